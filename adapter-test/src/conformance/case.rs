use std::{fmt, sync::Arc};

use irori::rt::BoxFuture;

use super::{
    client::Kit,
    harness::{Capability, Harness},
    suite::keep_warnings,
};

/// One case: what it is called, what it needs, and what it does. Shown, it is its name: `theme::case`.
pub struct Case {
    /// The theme: the first half of its name.
    pub theme: &'static str,
    /// What it holds: the second half.
    pub name: &'static str,
    /// What a host must be capable of for it.
    pub needs: &'static [Capability],
    pub(super) run: fn(Kit) -> BoxFuture<'static, ()>,
}

impl Case {
    /// What the host lacks of the needs.
    pub fn lacking(&self, harness: &dyn Harness) -> impl Iterator<Item = Capability> {
        self.needs.iter().copied().filter(|need| !harness.capabilities().contains(need))
    }

    /// Runs it, on a host that lacks nothing of its needs.
    ///
    /// # Panics
    ///
    /// When it does not hold.
    pub fn run(&self, harness: &Arc<dyn Harness>) {
        keep_warnings();
        harness.block_on((self.run)(Kit::new(Arc::clone(harness))));
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.theme, self.name)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.to_string()).field("needs", &self.needs).finish_non_exhaustive()
    }
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
