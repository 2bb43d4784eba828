use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of `package.json`, which says the version.
const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// The program. npm installs it from the lock file, when it is not there or the lock file is newer.
///
/// # Errors
///
/// When npm is missing or fails, or has nothing for this platform.
pub fn install() -> io::Result<PathBuf> {
    let folder = Path::new(FOLDER);
    if !is_fresh(folder) {
        let status = Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir(folder).status();
        let status = status.map_err(|error| io::Error::new(error.kind(), format!("cannot start `npm ci`: {error}")))?;
        if !status.success() {
            return Err(io::Error::other(format!("`npm ci` in {FOLDER}: {status}")));
        }
    }
    program(&folder.join("node_modules/@cloudflare"))
}

/// Whether npm has installed since the lock file was last written.
fn is_fresh(folder: &Path) -> bool {
    let written = |file: &str| fs::metadata(folder.join(file))?.modified();
    match (written("package-lock.json"), written("node_modules/.package-lock.json")) {
        (Ok(wanted), Ok(installed)) => installed >= wanted,
        _ => false,
    }
}

/// npm unpacks one package, that of this platform. The program in it is the binary itself, where the one of the package
/// `workerd` may be a script that starts it.
fn program(packages: &Path) -> io::Result<PathBuf> {
    let programs = fs::read_dir(packages)?.filter_map(|package| Some(package.ok()?.path().join("bin/workerd")));
    programs.into_iter().find(|program| program.is_file()).ok_or_else(|| {
        let why = format!("npm has no workerd for this platform: {} is empty", packages.display());
        io::Error::new(io::ErrorKind::Unsupported, why)
    })
}
