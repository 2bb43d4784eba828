use std::{collections::BTreeSet, path::Path};

use irori::{Channel, RoomRef, SocketRef};
use ts_rs::TS;

use crate::{
    address::{Address, Kind},
    declaration::{Declarations, Unit},
    error::{ContractError, FileError},
    files::{self, JAVASCRIPT, TYPES},
    hash::fnv1a,
    name,
};

/// The first line of both files.
const HEADER: &str = "// Made by irori-contract of the types in Rust: change those, not this.\n";

/// What the hash is called in the module.
const CONTRACT: &str = "CONTRACT";

/// What an app and its pages agree on: addresses, and the types of what is said there.
///
/// Nothing is refused until a file is asked for; the [`hash`](Self::hash) is there in any case.
#[derive(Debug)]
pub struct Contract {
    client: String,
    addresses: Vec<Address>,
    declarations: Declarations,
}

impl Contract {
    /// A contract about nothing yet.
    pub fn new() -> Self {
        Self { client: "irori".to_owned(), addresses: Vec::new(), declarations: Declarations::new() }
    }

    /// Where a page finds the client, as it says in an `import`; `irori` unless said otherwise. `contract.d.ts` takes
    /// `RoomRef` and `SocketRef` from there.
    pub fn client(mut self, module: impl Into<String>) -> Self {
        self.client = module.into();
        self
    }

    /// A room, and what pages import its address as.
    pub fn room<Key, In, Out, State>(mut self, export: &str, address: RoomRef<Key, In, Out, State>) -> Self
    where
        Key: Channel,
        In: TS + 'static,
        Out: TS + 'static,
        State: TS + 'static,
    {
        let types = &mut self.declarations;
        let (key, absent) = (types.key::<Key>(), Unit::Absent);
        let arguments = vec![key, types.add::<In>(absent), types.add::<Out>(absent), types.add::<State>(absent)];
        let (module, name) = (address.module(), address.name());
        self.addresses.push(Address {
            kind: Kind::Room,
            export: export.to_owned(),
            module,
            name,
            pattern: Key::PATTERN,
            arguments,
        });
        self
    }

    /// A socket, and what pages import its address as. `In` is what a page says, `Out` what it hears.
    pub fn socket<In, Out, Key>(mut self, export: &str, address: SocketRef<In, Out, Key>) -> Self
    where
        In: TS + 'static,
        Out: TS + 'static,
        Key: Channel,
    {
        let types = &mut self.declarations;
        let (key, null) = (types.key::<Key>(), Unit::Null);
        let arguments = vec![types.add::<In>(null), types.add::<Out>(null), key];
        let (module, name) = (address.module(), address.name());
        self.addresses.push(Address {
            kind: Kind::Socket,
            export: export.to_owned(),
            module,
            name,
            pattern: Key::PATTERN,
            arguments,
        });
        self
    }

    /// `contract.js`: each address under its name, and the hash as `CONTRACT`.
    ///
    /// # Errors
    ///
    /// Those of [`types`](Self::types).
    pub fn javascript(&self) -> Result<String, ContractError> {
        self.check()?;
        let mut text = format!("{HEADER}\nexport const {CONTRACT} = \"{}\";\n", self.hash());
        for address in &self.addresses {
            text += &address.javascript(CONTRACT);
        }
        Ok(text)
    }

    /// `contract.d.ts`: the types of what is said, of what members show and of keys, by name; then each address.
    ///
    /// # Errors
    ///
    /// [`ContractError`] when a name cannot be one in JavaScript, or two things have the same.
    pub fn types(&self) -> Result<String, ContractError> {
        self.check()?;
        let mut text = format!("{HEADER}\n{}", self.import());
        for declaration in self.declarations.by_name() {
            text += &format!("\n{}", declaration.types());
        }
        text += &format!("\n/** The hash of all that is said here. */\nexport declare const {CONTRACT}: string;\n");
        for address in &self.addresses {
            text += &address.types();
        }
        Ok(text)
    }

    /// 16 hex digits of what is agreed on: kind, module and name of each address, the pattern of its key, and the types with
    /// their names. Docs, the order of the addresses and what pages import them as are not part of it.
    ///
    /// It is the same on every platform, and stays the same as long as the types do and `ts-rs` writes them alike.
    pub fn hash(&self) -> String {
        let mut lines: Vec<_> = self.addresses.iter().map(Address::canonical).collect();
        lines.extend(self.declarations.by_name().map(|declaration| declaration.canonical()));
        lines.sort_unstable();
        format!("{:016x}", fnv1a(lines.join("\n").as_bytes()))
    }

    /// Whether `contract.js` and `contract.d.ts` in `folder` are those of this contract; in a process whose environment says
    /// `CONTRACT=write`, writes them. It is for a test, as the [docs of this crate](crate) show.
    ///
    /// # Errors
    ///
    /// [`FileError`] when a file is not what it should be, with its first line that is not, or cannot be read or written.
    pub fn check_or_write(&self, folder: impl AsRef<Path>) -> Result<(), FileError> {
        let files = [(TYPES, self.types()?), (JAVASCRIPT, self.javascript()?)];
        files::check_or_write(folder.as_ref(), &files)
    }

    /// Whether all names can stand in one module.
    fn check(&self) -> Result<(), ContractError> {
        let mut taken = vec![CONTRACT];
        for Address { export, .. } in &self.addresses {
            if !name::is_identifier(export) {
                return Err(ContractError::BadName(export.clone()));
            }
            if taken.contains(&export.as_str()) {
                return Err(ContractError::NameTaken(export.clone()));
            }
            taken.push(export);
        }
        self.declarations.check()
    }

    /// What `contract.d.ts` takes from the client.
    fn import(&self) -> String {
        let used: BTreeSet<&str> = self.addresses.iter().flat_map(Address::client_types).collect();
        if used.is_empty() {
            return String::new();
        }
        let used: Vec<_> = used.into_iter().collect();
        format!("import type {{ {} }} from {};\n", used.join(", "), name::quoted(&self.client))
    }
}

impl Default for Contract {
    fn default() -> Self {
        Self::new()
    }
}
