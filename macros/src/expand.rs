//! From a struct to its implementation of `Channel`, or to everything that is wrong with it.

use irori_pattern::{Pattern, Segment, Slot};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Ident, LitStr};

use crate::attribute;
use crate::binding::{Binding, bind};
use crate::problems::both;
use crate::shape;

/// The implementation of `::irori::channel::Channel` for `input`.
///
/// # Errors
///
/// All problems of the struct, each with the span of the words that are to blame.
pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let literal = attribute::literal(input);
    let text = literal.as_ref().map(LitStr::value).unwrap_or_default();
    let address = literal.and_then(|literal| Ok((parse(&text, &literal)?, literal)));
    let channel = both(address, shape::fields(input)).and_then(|((pattern, literal), fields)| {
        let bindings = bind(&pattern, literal.span(), fields)?;
        Ok(implementation(&input.ident, &literal, &pattern, &bindings))
    });
    let well_formed = both(attribute::refuse_others(input), shape::refuse_generics(input));
    both(channel, well_formed).map(|(channel, _)| channel)
}

fn parse<'a>(text: &'a str, literal: &LitStr) -> syn::Result<Pattern<'a>> {
    Pattern::parse(text).map_err(|refusal| Error::new(literal.span(), refusal))
}

fn implementation(name: &Ident, literal: &LitStr, pattern: &Pattern<'_>, bindings: &[Binding<'_>]) -> TokenStream {
    let segments = pattern.segments().iter().map(segment);
    let reads = bindings.iter().map(read);
    let writes = bindings.iter().map(write);
    // Without fields, `params` would be unused in one function and never changed in the other.
    let (argument, mutable) = match bindings {
        [] => (quote!(_), None),
        _ => (quote!(params), Some(quote!(mut))),
    };
    quote! {
        #[automatically_derived]
        impl ::irori::channel::Channel for #name {
            const PATTERN: &'static str = #literal;
            const SEGMENTS: &'static [::irori::channel::Segment<'static>] = &[#(#segments),*];

            fn from_params(
                #argument: &::irori::channel::Params,
            ) -> ::core::result::Result<Self, ::irori::channel::KeyError> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }

            fn to_params(&self) -> ::irori::channel::Params {
                let #mutable params = ::irori::channel::Params::new();
                #(#writes)*
                params
            }
        }
    }
}

fn segment(segment: &Segment<'_>) -> TokenStream {
    match segment {
        Segment::Literal(text) => quote!(::irori::channel::Segment::Literal(#text)),
        Segment::Param { name, slot } => {
            let slot = self::slot(*slot);
            quote!(::irori::channel::Segment::Param { name: #name, slot: #slot })
        }
    }
}

fn slot(slot: Slot) -> TokenStream {
    match slot {
        Slot::Required => quote!(::irori::channel::Slot::Required),
        Slot::Optional => quote!(::irori::channel::Slot::Optional),
        Slot::Rest => quote!(::irori::channel::Slot::Rest),
        Slot::RestNonEmpty => quote!(::irori::channel::Slot::RestNonEmpty),
    }
}

/// A field of the struct literal in `from_params`.
fn read(binding: &Binding<'_>) -> TokenStream {
    let (param, field, value) = (binding.param, binding.field, binding.value);
    let read = match binding.slot.may_be_absent() {
        true => quote!(optional),
        false => quote!(required),
    };
    quote_spanned!(at(binding)=> #field: ::irori::channel::Params::#read::<#value>(params, #param)?)
}

/// A statement of `to_params`.
fn write(binding: &Binding<'_>) -> TokenStream {
    let (param, field) = (binding.param, binding.field);
    let set = |value| {
        let text = quote_spanned!(at(binding)=> ::std::string::ToString::to_string(#value));
        quote!(::irori::channel::Params::set(&mut params, #param, #text);)
    };
    if binding.slot.may_be_absent() {
        let set = set(quote!(value));
        quote!(if let ::core::option::Option::Some(value) = &self.#field { #set })
    } else {
        set(quote!(&self.#field))
    }
}

/// Where the compiler is to point when a type cannot be read or written: at the type. Names are
/// looked up as if they stood at the derive, so that a `macro_rules` may write the struct.
fn at(binding: &Binding<'_>) -> Span {
    binding.value.span().resolved_at(Span::call_site())
}

#[cfg(test)]
mod tests;
