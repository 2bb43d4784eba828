//! The browser client of irori, as the text that a host serves.
//!
//! It is one ES module without dependencies: what a page imports from `/__sockets/client.js`, and what npm has as `irori`.

/// The source of `client.js`, to be served as `text/javascript`. At most 4,096 bytes when gzipped.
pub const CLIENT: &str = include_str!("client.js");
