//! `#[channel("board/:board_id")]`, read from a struct.

use irori_pattern::field_name;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Error, LitStr, Token};

use crate::option;
use crate::problems::unless;
use crate::shape;

/// The string of the first `#[channel]` on an item.
pub(crate) fn literal(input: &DeriveInput) -> syn::Result<LitStr> {
    let name = &input.ident;
    let Some(attribute) = input.attrs.iter().find(is_channel) else {
        let message = format!("`{name}` has no channel name; write `{}` above it", example(input));
        return Err(Error::new(name.span(), message));
    };
    let one_string = |content: ParseStream<'_>| {
        let literal = content.parse()?;
        content.parse::<Option<Token![,]>>()?;
        Ok(literal)
    };
    attribute.parse_args_with(one_string).map_err(|_| {
        let message = format!("`#[channel]` takes one string and nothing else; write `{}`", example(input));
        Error::new_spanned(attribute, message)
    })
}

/// Refuses a second `#[channel]`, and one on a field, where the compiler would allow it too.
pub(crate) fn refuse_others(input: &DeriveInput) -> syn::Result<()> {
    let second = input.attrs.iter().filter(is_channel).skip(1);
    let mut errors = Vec::new();
    errors.extend(second.map(|other| Error::new_spanned(other, SECOND)));
    if let Data::Struct(data) = &input.data {
        let attributes = data.fields.iter().flat_map(|field| &field.attrs);
        let on_fields = attributes.filter(is_channel);
        errors.extend(on_fields.map(|other| Error::new_spanned(other, ON_FIELD)));
    }
    unless(errors, ())
}

const SECOND: &str = "a struct is one channel; write a struct of its own for this name, or remove it";
const ON_FIELD: &str = "the pattern above the struct says which parameter a field is; remove this attribute";

fn is_channel(attribute: &&Attribute) -> bool {
    attribute.path().is_ident("channel")
}

/// The attribute as it could be for this item: its name, then its fields.
fn example(input: &DeriveInput) -> String {
    let mut pattern = field_name(&input.ident.unraw().to_string());
    for field in shape::fields(input).unwrap_or_default() {
        let mark = option::inner(field.ty).map_or("", |_| "?");
        pattern.push_str(&format!("/:{}{mark}", field.name()));
    }
    format!("#[channel(\"{pattern}\")]")
}
