use std::{env, fs, io, path::Path};

use crate::error::FileError;

pub(crate) const JAVASCRIPT: &str = "contract.js";
pub(crate) const TYPES: &str = "contract.d.ts";

/// Compares the files of `folder` with these, or writes them when the environment says `CONTRACT=write`.
pub(crate) fn check_or_write(folder: &Path, files: &[(&str, String)]) -> Result<(), FileError> {
    let act = if env::var_os("CONTRACT").is_some_and(|asked| asked == "write") { write } else { check };
    files.iter().try_for_each(|(name, text)| act(&folder.join(name), text))
}

fn write(path: &Path, text: &str) -> Result<(), FileError> {
    fs::write(path, text).map_err(|error| failed(path, error))
}

/// Line by line: how a checkout ends its lines is its own affair.
fn check(path: &Path, expected: &str) -> Result<(), FileError> {
    let found = fs::read_to_string(path).map_err(|error| failed(path, error))?;
    let (mut expected, mut found) = (expected.lines(), found.lines());
    for line in 1.. {
        match (expected.next(), found.next()) {
            (None, None) => break,
            (expected, found) if expected == found => {}
            (expected, found) => {
                let [expected, found] = [expected, found].map(|line| line.unwrap_or_default().to_owned());
                return Err(FileError::Stale { path: path.to_owned(), line, expected, found });
            }
        }
    }
    Ok(())
}

fn failed(path: &Path, error: io::Error) -> FileError {
    FileError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_held_to_what_it_should_say() {
        let path = env::temp_dir().join(format!("irori-contract-{}.d.ts", std::process::id()));
        let check = |expected| check(&path, expected).map_err(|error| error.to_string());
        let file = path.display();

        drop(fs::remove_file(&path));
        let missing = check("a\n").unwrap_err();
        assert!(missing.starts_with(&format!("{file}: ")) && missing.contains("CONTRACT=write"), "{missing}");

        write(&path, "a\r\n  b: c;\r\n").unwrap();
        assert_eq!(check("a\n  b: c;\n"), Ok(()), "however its lines end");

        let stale = check("a\n  b: d;\n").unwrap_err();
        assert!(stale.starts_with(&format!("{file}:2 says `b: c;`, and the types in Rust say `b: d;`; ")), "{stale}");
        assert!(stale.contains("CONTRACT=write"), "{stale}");
        assert!(check("a\n").unwrap_err().contains(":2 says `b: c;`, and the types in Rust say ``"));
        assert!(check("a\n  b: c;\nd\n").unwrap_err().contains(":3 says ``, and the types in Rust say `d`"));
        fs::remove_file(&path).unwrap();
    }
}
