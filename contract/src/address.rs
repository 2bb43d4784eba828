use crate::{declaration::NO_PARAMS, name::quoted, token};

/// A socket or a room, as a page knows it.
#[derive(Debug)]
pub(crate) struct Address {
    pub(crate) kind: Kind,
    /// Its name in the page's module.
    pub(crate) export: String,
    pub(crate) module: &'static str,
    pub(crate) name: &'static str,
    /// The channel of its key, empty when it has none.
    pub(crate) pattern: &'static str,
    /// The type arguments of its reference, in TypeScript.
    pub(crate) arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Room,
    Socket,
}

impl Kind {
    /// What the client calls such an address.
    pub(crate) const fn reference(self) -> &'static str {
        match self {
            Self::Room => "RoomRef",
            Self::Socket => "SocketRef",
        }
    }
}

impl Address {
    /// `contract` is the name of the hash.
    pub(crate) fn javascript(&self, contract: &str) -> String {
        let Self { export, module, name, .. } = self;
        let (module, name) = (quoted(module), quoted(name));
        format!("export const {export} = {{ module: {module}, name: {name}, contract: {contract} }};\n")
    }

    pub(crate) fn types(&self) -> String {
        let Self { export, kind, arguments, .. } = self;
        format!("export declare const {export}: {}<{}>;\n", kind.reference(), arguments.join(", "))
    }

    /// What it needs of the client's.
    pub(crate) fn client_types(&self) -> impl Iterator<Item = &'static str> {
        let no_params = self.arguments.iter().any(|argument| argument == NO_PARAMS).then_some(NO_PARAMS);
        no_params.into_iter().chain([self.kind.reference()])
    }

    /// What the hash is made of.
    pub(crate) fn canonical(&self) -> String {
        let place = [self.module, self.name, self.pattern].map(quoted).join(" ");
        let arguments: Vec<_> = self.arguments.iter().map(|argument| token::canonical(argument)).collect();
        format!("{} {place} {}", self.kind.reference(), arguments.join(" ; "))
    }
}
