//! Which parameter of a pattern is which field of a struct.

use irori_pattern::{Pattern, Slot, field_name};
use proc_macro2::Span;
use syn::{Ident, Type};

use crate::option;
use crate::problems::unless;
use crate::refusal;
use crate::shape::NamedField;

/// A parameter and its field, of which each is the other's only one.
pub(crate) struct Binding<'a> {
    /// The name of the parameter.
    pub param: &'a str,
    pub slot: Slot,
    /// The name of the field.
    pub field: &'a Ident,
    /// The type of the value: of the field, or inside its `Option` when the slot may be absent.
    pub value: &'a Type,
}

/// Finds the field of every parameter and the parameter of every field. `literal` is where the
/// pattern stands.
pub(crate) fn bind<'a>(
    pattern: &Pattern<'a>,
    literal: Span,
    fields: Vec<NamedField<'a>>,
) -> syn::Result<Vec<Binding<'a>>> {
    let mut unbound = Unbound { pattern, literal, fields };
    let mut bindings = Vec::new();
    let mut errors = Vec::new();
    for (param, slot) in pattern.slots() {
        match unbound.bind(param, slot) {
            Ok(binding) => bindings.push(binding),
            Err(error) => errors.push(error),
        }
    }
    let left = unbound.fields.into_iter();
    errors.extend(left.map(|field| refusal::no_param(field, pattern)));
    unless(errors, bindings)
}

/// The fields that no parameter was found for yet.
struct Unbound<'p, 'a> {
    pattern: &'p Pattern<'a>,
    literal: Span,
    fields: Vec<NamedField<'a>>,
}

impl<'a> Unbound<'_, 'a> {
    fn bind(&mut self, param: &'a str, slot: Slot) -> syn::Result<Binding<'a>> {
        let field = self.take_field(param, slot)?;
        let value = match (slot.may_be_absent(), option::inner(field.ty)) {
            (true, Some(inner)) => Ok(inner),
            (false, None) => Ok(field.ty),
            (true, None) => Err(refusal::not_optional(param, slot, field)),
            (false, Some(inner)) => Err(refusal::not_required(param, slot, field, inner, self.pattern)),
        };
        Ok(Binding { param, slot, field: field.ident, value: value? })
    }

    fn take_field(&mut self, param: &str, slot: Slot) -> syn::Result<NamedField<'a>> {
        if let Some(earlier) = self.namesake(param) {
            return Err(refusal::one_field_for_two(self.literal, earlier, param));
        }
        let wanted = field_name(param);
        if let Some(at) = self.fields.iter().position(|field| field.name() == wanted) {
            return Ok(self.fields.remove(at));
        }
        let is_alike = |field: &NamedField<'_>| field_name(&field.name()) == wanted;
        match self.fields.iter().position(is_alike) {
            Some(at) => Err(refusal::misspelled(self.fields.remove(at), param)),
            None => Err(refusal::no_field(self.literal, param, slot)),
        }
    }

    /// The earlier parameter that stands for the same field.
    fn namesake(&self, param: &str) -> Option<&'a str> {
        let names = self.pattern.slots().map(|(name, _)| name);
        let mut earlier = names.take_while(|name| *name != param);
        earlier.find(|name| field_name(name) == field_name(param))
    }
}
