//! The client over real TCP: against axum, and against servers that do not behave.

#![cfg(test)] // or clippy takes the helpers below for production code

mod bound;
mod dial;
mod end;
mod host;
mod raw;
#[cfg(feature = "rustls")]
mod secure;
mod silence;
mod talk;
