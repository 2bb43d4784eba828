//! What is said when the parameters of a pattern and the fields of a struct do not match.

use irori_pattern::{Pattern, Segment, Slot, field_name};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Error, Ident, Type};

use crate::option;
use crate::shape::NamedField;

/// For a parameter whose field is missing.
pub(crate) fn no_field(literal: Span, param: &str, slot: Slot) -> Error {
    let field = field_name(param);
    let new = as_identifier(&field);
    let ty = match slot.may_be_absent() {
        true => "Option<String>",
        false => "String",
    };
    let message = format!(
        "the pattern has `{}`, but the struct has no field `{field}`; add `pub {new}: {ty}`",
        segment(param, slot)
    );
    Error::new(literal, message)
}

/// For two parameters that are one name in snake case.
pub(crate) fn one_field_for_two(literal: Span, earlier: &str, param: &str) -> Error {
    let message = format!(
        "`:{earlier}` and `:{param}` both stand for the field `{}`; \
         write another name for one of them",
        field_name(param)
    );
    Error::new(literal, message)
}

/// For a field whose name is in camel case, as its parameter is.
pub(crate) fn misspelled(field: NamedField<'_>, param: &str) -> Error {
    let name = field_name(param);
    let new = as_identifier(&name);
    let message = format!("the field of `:{param}` is `{name}`; rename `{}` to `{new}`", field.ident);
    Error::new(field.ident.span(), message)
}

/// For a field that is in no segment of the pattern.
pub(crate) fn no_param(field: NamedField<'_>, pattern: &Pattern<'_>) -> Error {
    let name = field.name();
    let is_option = option::inner(field.ty).is_some();
    let advice = match (is_option, has_open_slot(pattern)) {
        (false, _) => format!("add `/:{name}` to the pattern or remove the field"),
        (true, false) => format!("add `/:{name}?` to the pattern or remove the field"),
        (true, true) => "remove it, since the one slot that may be absent is taken".to_owned(),
    };
    let segments: Vec<String> = pattern.segments().iter().map(ToString::to_string).collect();
    let message = format!("field `{name}` is no parameter of `{}`; {advice}", segments.join("/"));
    Error::new(field.ident.span(), message)
}

/// For a slot that may be absent and a field that may not.
pub(crate) fn not_optional(param: &str, slot: Slot, field: NamedField<'_>) -> Error {
    let message =
        format!("`{}` may be absent; write `{}: Option<{}>`", segment(param, slot), field.ident, spelled(field.ty));
    Error::new_spanned(field.ty, message)
}

/// For a slot that is always filled and a field that may be `None`.
pub(crate) fn not_required(
    param: &str,
    slot: Slot,
    field: NamedField<'_>,
    inner: &Type,
    pattern: &Pattern<'_>,
) -> Error {
    let mut message =
        format!("`{}` is never absent; write `{}: {}`", segment(param, slot), field.ident, spelled(inner));
    let absent = match slot {
        Slot::RestNonEmpty => Some(Slot::Rest),
        _ if has_open_slot(pattern) => None,
        _ => Some(Slot::Optional),
    };
    if let Some(absent) = absent {
        message.push_str(&format!(", or `{}` in the pattern", segment(param, absent)));
    }
    Error::new_spanned(field.ty, message)
}

/// Whether the pattern has the one slot that it may have beside required ones.
fn has_open_slot(pattern: &Pattern<'_>) -> bool {
    pattern.slots().any(|(_, slot)| slot != Slot::Required)
}

fn segment(name: &str, slot: Slot) -> String {
    Segment::Param { name, slot }.to_string()
}

/// `type` has to be written `r#type`.
fn as_identifier(name: &str) -> String {
    match syn::parse_str::<Ident>(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("r#{name}"),
    }
}

/// A type as people write it: tokens print with a space between any two, which only two words need.
fn spelled(ty: &Type) -> String {
    let tokens = ty.to_token_stream().to_string();
    let mut spelled = String::with_capacity(tokens.len());
    let mut rest = tokens.chars().peekable();
    while let Some(c) = rest.next() {
        let between_words = spelled.ends_with(is_word) && rest.peek().is_some_and(|next| is_word(*next));
        if c != ' ' || between_words {
            spelled.push(c);
        }
    }
    spelled
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests;
