use std::any::{TypeId, type_name};

use irori::Channel;
use ts_rs::{Config, TS, TypeVisitor};

use crate::{
    error::ContractError,
    key,
    layout::{docs, layout},
    name,
    token::canonical,
};

/// What the client calls a key without params.
pub(crate) const NO_PARAMS: &str = "NoParams";

/// A type that is exported.
#[derive(Debug)]
pub(crate) struct Declaration {
    id: TypeId,
    rust: &'static str,
    name: String,
    docs: String,
    /// `type Name = ..;`
    text: String,
}

/// What `()` is on the wire.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// A key that is not there: in the envelopes of rooms (PROTOCOL.md, section 5).
    Absent,
    /// JSON's `null`: everywhere else.
    Null,
}

/// Every type that some address speaks of, directly or not, each once.
#[derive(Debug)]
pub(crate) struct Declarations(Vec<Declaration>);

impl Declarations {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds `T` and all that it is made of. Says what it is in TypeScript.
    pub(crate) fn add<T: TS + 'static>(&mut self, unit: Unit) -> String {
        if TypeId::of::<T>() == TypeId::of::<()>() && matches!(unit, Unit::Absent) {
            return "undefined".to_owned();
        }
        self.visit::<T>();
        T::visit_generics(self);
        T::name(&config())
    }

    /// Adds the type of a key. Says what it is in TypeScript.
    pub(crate) fn key<Key: Channel>(&mut self) -> String {
        let Some(object) = key::object::<Key>() else { return NO_PARAMS.to_owned() };
        let (id, rust) = (TypeId::of::<Key>(), type_name::<Key>());
        let name = short(rust).to_owned();
        if !self.has(id) {
            let docs = format!("/** The key of `{}`. */", Key::PATTERN);
            self.0.push(Declaration { id, rust, name: name.clone(), docs, text: format!("type {name} = {object};") });
        }
        name
    }

    /// In the order of their names: how a derive orders what it visits is not said.
    pub(crate) fn by_name(&self) -> impl Iterator<Item = &Declaration> {
        let mut sorted: Vec<_> = self.0.iter().collect();
        sorted.sort_by_key(|declaration| (&declaration.name, declaration.rust));
        sorted.into_iter()
    }

    /// Whether each can have the name that it has.
    pub(crate) fn check(&self) -> Result<(), ContractError> {
        let sorted: Vec<_> = self.by_name().collect();
        if let Some(Declaration { name, rust, .. }) =
            sorted.iter().find(|declaration| !name::is_type(&declaration.name))
        {
            return Err(ContractError::BadType { name: name.clone(), rust });
        }
        match sorted.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some([one, other]) => {
                Err(ContractError::TypeTaken { name: one.name.clone(), rust: [one.rust, other.rust] })
            }
            _ => Ok(()),
        }
    }

    fn has(&self, id: TypeId) -> bool {
        self.0.iter().any(|declaration| declaration.id == id)
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // A generic type is declared once, whatever it is made of here.
        let id = TypeId::of::<T::WithoutGenerics>();
        let is_exported = T::output_path().is_some();
        if !is_exported || self.has(id) {
            return;
        }
        let config = config();
        let name = T::ident(&config);
        let mut text = T::decl(&config);
        if text.starts_with("enum ") {
            // It would be a value too, which a declaration does not bring along.
            text = format!("type {name} = {};", T::inline(&config));
        }
        self.0.push(Declaration { id, rust: type_name::<T>(), name, docs: T::docs().unwrap_or_default(), text });
        T::visit_dependencies(self);
    }
}

impl Declaration {
    pub(crate) fn types(&self) -> String {
        let docs = if self.docs.is_empty() { String::new() } else { docs(&self.docs, 0) };
        format!("{docs}export {}\n", layout(&self.text))
    }

    /// What the hash is made of.
    pub(crate) fn canonical(&self) -> String {
        canonical(&self.text)
    }
}

/// We speak JSON: `JSON.parse` makes a number of every number.
fn config() -> Config {
    Config::new().with_large_int("number")
}

/// The name of a type without its path and its generics.
fn short(rust: &str) -> &str {
    let path = rust.split('<').next().unwrap_or(rust);
    path.rsplit("::").next().unwrap_or(path)
}
