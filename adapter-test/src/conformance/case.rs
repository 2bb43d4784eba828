use irori::rt::BoxFuture;

use super::{client::Kit, harness::Capability};

/// One case: what it is called, what it needs, and what it does.
pub struct Case {
    /// The theme: the first half of its name.
    pub theme: &'static str,
    /// What it holds: the second half.
    pub name: &'static str,
    /// What a host must be capable of for it.
    pub needs: &'static [Capability],
    pub(crate) run: fn(Kit) -> BoxFuture<'static, ()>,
}

/// The cases of a theme: each an `async fn(kit: Kit)`, which may need capabilities.
///
/// ```text
/// cases! { "order":
///     client_to_server_fifo,
///     inbox_limit_pushes_back [VirtualTime],
///     a_thousand_without_loss = "1000_burst_no_loss",
/// }
/// ```
///
/// A case whose published name is no name in Rust is given it behind `=`.
macro_rules! cases {
    ($theme:literal: $($name:ident $(= $published:literal)? $([$($need:ident),+])?),+ $(,)?) => {
        pub(in crate::conformance) const CASES: &[$crate::conformance::Case] = &[$(
            $crate::conformance::Case {
                theme: $theme,
                name: [$($published,)? stringify!($name)][0],
                needs: &[$($($crate::conformance::Capability::$need),+)?],
                run: |kit| Box::pin($name(kit)),
            },
        )+];
    };
}

pub(super) use cases;
