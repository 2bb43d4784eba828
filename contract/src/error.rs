use std::{error::Error, fmt, io, path::PathBuf};

/// Why a contract cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContractError {
    /// A name of an address is none that a JavaScript module could export.
    BadName(String),
    /// Two addresses have one name, or one is called `CONTRACT` as the hash is.
    NameTaken(String),
    /// A type's name is none that a type of the app's could have in TypeScript.
    BadType {
        /// The name.
        name: String,
        /// The type in Rust.
        rust: &'static str,
    },
    /// Two types have one name.
    TypeTaken {
        /// The name.
        name: String,
        /// The types in Rust.
        rust: [&'static str; 2],
    },
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadName(name) => {
                write!(
                    f,
                    "a page cannot import `{name}`: a name is made of ASCII letters, digits and `_`, and no keyword"
                )
            }
            Self::NameTaken(name) => write!(f, "`{name}` is there twice; give one of them another name"),
            Self::BadType { name, rust } => {
                write!(
                    f,
                    "`{rust}` cannot be called `{name}` in TypeScript; give it a name with `#[ts(rename = \"..\")]`"
                )
            }
            Self::TypeTaken { name, rust: [one, other] } => write!(
                f,
                "`{one}` and `{other}` are both called `{name}` in TypeScript; rename one of them, or give it a name with \
                 `#[ts(rename = \"..\")]`"
            ),
        }
    }
}

impl Error for ContractError {}

/// Why the files of a contract are not as they should be.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError {
    /// The contract cannot be written down.
    Contract(ContractError),
    /// A file is not what the types in Rust say.
    Stale {
        /// The file.
        path: PathBuf,
        /// Its first line that differs, counted from 1.
        line: usize,
        /// What it should say there; nothing when it should have ended.
        expected: String,
        /// What it says there; nothing when it has ended.
        found: String,
    },
    /// A file cannot be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl From<ContractError> for FileError {
    fn from(error: ContractError) -> Self {
        Self::Contract(error)
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(error) => error.fmt(f),
            Self::Stale { path, line, expected, found } => write!(
                f,
                "{}:{line} says `{}`, and the types in Rust say `{}`; run this with CONTRACT=write in the environment to \
                 have it written anew",
                path.display(),
                found.trim(),
                expected.trim()
            ),
            Self::Io { path, error } => write!(
                f,
                "{}: {error}; run this with CONTRACT=write in the environment to have it written",
                path.display()
            ),
        }
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Contract(error) => Some(error),
            Self::Stale { .. } => None,
            Self::Io { error, .. } => Some(error),
        }
    }
}
