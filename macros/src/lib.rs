//! `#[derive(Channel)]`: a struct as the address of a channel.
//!
//! Use it through `irori`, which exports it beside the trait of the same name; what it generates
//! names `::irori`.
//!
//! ```
//! use irori::Channel;
//!
//! #[derive(Channel)]
//! #[channel("board/:boardId/files/:path*")]
//! pub struct BoardFiles {
//!     pub board_id: u64,
//!     pub path: Option<String>,
//! }
//! ```
//!
//! The pattern is checked when the struct is compiled, by the grammar of `irori-pattern`, and the
//! struct against the pattern. What is wrong is reported all at once, at the words that are wrong,
//! with what to write instead.
//!
//! * Each parameter has its field and each field its parameter. The field of `:boardId` is
//!   `board_id`: the pattern spells a parameter as the wire has it, the struct as Rust does.
//! * A slot that may be absent (`:id?`, `:path*`) is an `Option` of a type, any other (`:id`,
//!   `:path+`) the type itself.
//! * The type of a field is anything that is `FromStr` and `ToString`. A value that does not parse
//!   is no key: the connection is denied.
//! * A channel without parameters is a struct without fields: `struct Lobby;` or `struct Lobby {}`.
//! * Enums, unions, tuple structs and generic structs are refused.

mod attribute;
mod binding;
mod expand;
mod option;
mod problems;
mod refusal;
mod shape;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct the address of a channel: implements `irori::channel::Channel` for it.
///
/// The pattern stands in `#[channel("board/:board_id")]` on the struct. The [page of this
/// crate](crate) has the rules.
#[proc_macro_derive(Channel, attributes(channel))]
pub fn derive_channel(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
