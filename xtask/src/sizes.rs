//! What a visitor loads: `cargo xtask sizes`.

use std::fmt;
use std::fs;
use std::path::Path;

use crate::command::{command, output};
use crate::failure::Failure;
use crate::folder::at;
use crate::page::Page;
use crate::workspace;

/// The client in JavaScript, as it is served.
const CLIENT: &str = "client/js/client.js";

/// Bytes that it may have, compressed.
const CLIENT_BYTES: u64 = 4096;

/// The smallest page in Rust.
const PAGE: &str = "echo-page";

/// Measures the clients.
///
/// # Errors
///
/// When the one in JavaScript is too large, or something cannot be built.
pub(crate) fn check() -> Result<(), Failure> {
    let client = Size::of(&workspace::root().join(CLIENT))?;
    println!("   {CLIENT}: {client}, of {CLIENT_BYTES}");
    println!("   {}", Page::build(PAGE)?);
    if client.compressed > CLIENT_BYTES {
        return Err(Failure::new(format!("{CLIENT}: {client}, and may have {CLIENT_BYTES}")));
    }
    Ok(())
}

/// Bytes of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    plain: u64,
    /// By `gzip -9`.
    compressed: u64,
}

impl Size {
    /// Measures a file.
    ///
    /// # Errors
    ///
    /// When it is not there, or no `gzip` is.
    pub(crate) fn of(path: &Path) -> Result<Self, Failure> {
        let plain = fs::metadata(path).map_err(|error| at(path, &error))?.len();
        let compressed = output(command("gzip", &["-9", "--no-name", "--stdout", &path.to_string_lossy()]))?;
        Ok(Self { plain, compressed: compressed.len() as u64 })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {} gzipped", self.plain, self.compressed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Size};

    #[test]
    fn what_repeats_compresses() {
        let size = Size::of(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs").as_path()).unwrap();
        assert!(0 < size.compressed && size.compressed < size.plain / 2, "{size}");
        assert!(Size::of(Path::new("no/such/file")).is_err());
    }
}
