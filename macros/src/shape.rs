//! Which items can be channels: structs with named fields or none, of no generics.

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, Type};

/// A field that has a name, as every field of a channel does.
#[derive(Clone, Copy)]
pub(crate) struct NamedField<'a> {
    /// The name as it is written, raw if it has to be.
    pub ident: &'a Ident,
    pub ty: &'a Type,
}

impl NamedField<'_> {
    /// The name without its `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}

/// The fields of a struct, none for `struct Lobby;`.
pub(crate) fn fields(input: &DeriveInput) -> syn::Result<Vec<NamedField<'_>>> {
    let refuse = |span, message| Err(Error::new(span, message));
    let data = match &input.data {
        Data::Struct(data) => data,
        Data::Enum(data) => return refuse(data.enum_token.span, NO_ENUM),
        Data::Union(data) => return refuse(data.union_token.span, NO_UNION),
    };
    match &data.fields {
        Fields::Unit => Ok(Vec::new()),
        Fields::Named(fields) => Ok(fields.named.iter().filter_map(named).collect()),
        Fields::Unnamed(fields) if fields.unnamed.is_empty() => refuse(fields.span(), NO_PARENTHESES),
        Fields::Unnamed(fields) => refuse(fields.span(), NO_TUPLE),
    }
}

/// A channel is one name, so it cannot be one for each type.
pub(crate) fn refuse_generics(input: &DeriveInput) -> syn::Result<()> {
    let generics = &input.generics;
    if !generics.params.is_empty() {
        return Err(Error::new_spanned(generics, NO_GENERICS));
    }
    match &generics.where_clause {
        None => Ok(()),
        Some(clause) => Err(Error::new_spanned(clause, NO_GENERICS)),
    }
}

fn named(field: &Field) -> Option<NamedField<'_>> {
    let ident = field.ident.as_ref()?;
    Some(NamedField { ident, ty: &field.ty })
}

const NO_ENUM: &str = "an enum cannot be a channel, whose parameters are the fields of a struct; \
    write one struct for each kind of channel";
const NO_UNION: &str = "a union cannot be a channel, whose parameters are the fields of a struct; \
    write a struct";
const NO_TUPLE: &str = "the fields of a channel are found by the names of its parameters; \
    write them with names, as in `{ pub board_id: String }`";
const NO_PARENTHESES: &str = "a channel without parameters has no fields; remove the `()`";
const NO_GENERICS: &str = "a channel cannot be generic, since it has one name whatever the types \
    are; write the types out, in one struct for each channel";
