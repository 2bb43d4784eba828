//! What a struct becomes.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;

#[test]
fn a_required_param_is_a_field() {
    let board = "#[channel(\"board/:boardId\")] pub struct Board { pub board_id: u64 }";
    let implementation = quote! {
        #[automatically_derived]
        impl ::irori::channel::Channel for Board {
            const PATTERN: &'static str = "board/:boardId";
            const SEGMENTS: &'static [::irori::channel::Segment<'static>] = &[
                ::irori::channel::Segment::Literal("board"),
                ::irori::channel::Segment::Param {
                    name: "boardId",
                    slot: ::irori::channel::Slot::Required
                }
            ];

            fn from_params(
                params: &::irori::channel::Params,
            ) -> ::core::result::Result<Self, ::irori::channel::KeyError> {
                ::core::result::Result::Ok(Self {
                    board_id: ::irori::channel::Params::required::<u64>(params, "boardId")?
                })
            }

            fn to_params(&self) -> ::irori::channel::Params {
                let mut params = ::irori::channel::Params::new();
                ::irori::channel::Params::set(
                    &mut params,
                    "boardId",
                    ::std::string::ToString::to_string(&self.board_id)
                );
                params
            }
        }
    };
    assert_eq!(expanded(board), implementation.to_string());
}

#[test]
fn a_param_that_may_be_absent_is_an_option() {
    for (mark, slot) in [("?", quote!(Optional)), ("*", quote!(Rest))] {
        let item = format!("#[channel(\":type{mark}\")] struct Any {{ r#type: Option<Kind> }}");
        assert_contains(&item, &quote!(slot: ::irori::channel::Slot::#slot));
        assert_contains(&item, &quote!(Self { r#type: ::irori::channel::Params::optional::<Kind>(params, "type")? }));
        assert_contains(
            &item,
            &quote! {
                if let ::core::option::Option::Some(value) = &self.r#type {
                    ::irori::channel::Params::set(
                        &mut params,
                        "type",
                        ::std::string::ToString::to_string(value)
                    );
                }
            },
        );
    }
}

#[test]
fn a_rest_that_is_not_empty_is_required() {
    let item = "#[channel(\"files/:path+\")] struct Files { path: String }";
    assert_contains(item, &quote!(slot: ::irori::channel::Slot::RestNonEmpty));
    assert_contains(item, &quote!(::irori::channel::Params::required::<String>(params, "path")?));
}

#[test]
fn a_channel_without_params_is_a_struct_without_fields() {
    for body in [";", " {}"] {
        let item = format!("#[channel(\"chat:lobby-1\")] struct Lobby{body}");
        assert_contains(&item, &quote!(&[::irori::channel::Segment::Literal("chat:lobby-1")]));
        assert_contains(
            &item,
            &quote! {
                fn from_params(
                    _: &::irori::channel::Params,
                ) -> ::core::result::Result<Self, ::irori::channel::KeyError> {
                    ::core::result::Result::Ok(Self {})
                }

                fn to_params(&self) -> ::irori::channel::Params {
                    let params = ::irori::channel::Params::new();
                    params
                }
            },
        );
    }
}

/// Fields are found by name; their order, their types and what else stands on them is their own.
#[test]
fn structs_that_are_channels() {
    for item in [
        "#[channel(\"a/:b/:c\")] struct A { c: u8, b: u8 }",
        "#[channel(\"a/:b\",)] struct A { b: u8 }",
        "#[channel(r#\"a/:b\"#)] struct A { b: u8 }",
        "#[serde(x)] #[channel(\"a/:b\")] struct A { #[serde(skip)] b: u8 }",
        "#[channel(\"a/:b*\")] struct A { b: ::std::option::Option<u8> }",
        "#[channel(\"a/:b\")] struct A { b: Optional<u8> }",
        "#[channel(\"a/:7/:self\")] struct A { _7: u8, self_: u8 }",
        "#[channel(\"a/:userID\")] struct A { user_id: u8 }",
    ] {
        assert_contains(item, &quote!(impl ::irori::channel::Channel for A));
    }
}

fn assert_contains(item: &str, tokens: &TokenStream) {
    let expanded = expanded(item);
    assert!(expanded.contains(&tokens.to_string()), "`{tokens}` is not in `{expanded}`");
}

/// The tokens of an implementation, or the first message.
fn expanded(item: &str) -> String {
    let implementation = syn::parse_str(item).and_then(|input| expand(&input));
    implementation.map_or_else(|error| error.to_string(), |tokens| tokens.to_string())
}
