//! The client in JavaScript: its tests, and those of its types.

use crate::failure::Failure;
use crate::npm::Package;

/// The client's package, with the TypeScript that pages are checked with, too.
pub(crate) const CLIENT: Package = Package("client/js");

/// Tests it on Node, without a browser and in virtual time.
///
/// # Errors
///
/// When a test fails, or a type is not what it should be.
pub(crate) fn test() -> Result<(), Failure> {
    CLIENT.install()?;
    CLIENT.run("test")?;
    CLIENT.run("types")
}
