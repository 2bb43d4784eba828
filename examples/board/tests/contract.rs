//! What the page knows of the types is what they are.

/// `cargo xtask types --write` writes the files anew.
#[test]
fn the_page_has_the_types_of_the_app() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/page");
    if let Err(error) = board::shared::contract().check_or_write(page) {
        panic!("{error}");
    }
}

/// The page in Rust reads it there: what makes the hash is not for pages.
#[test]
fn the_first_string_of_the_module_is_the_hash() {
    let hash = board::shared::contract().hash();
    assert_eq!(include_str!("../page/contract.js").split('"').nth(1), Some(hash.as_str()));
}
