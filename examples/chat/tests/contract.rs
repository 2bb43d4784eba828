//! What the page knows of the types is what they are.

/// `CONTRACT=write cargo test -p chat --test contract` writes the files anew.
#[test]
fn the_page_has_the_types_of_the_app() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/page");
    if let Err(error) = chat::shared::contract().check_or_write(page) {
        panic!("{error}");
    }
}
