#![doc = include_str!("../docs/book.md")]

mod address;
mod contract;
mod declaration;
mod error;
mod files;
mod hash;
mod key;
mod layout;
mod name;
mod token;

pub use self::{
    contract::Contract,
    error::{ContractError, FileError},
};
