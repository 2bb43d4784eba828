//! The table of states and transitions (PROTOCOL.md, section 7), which the JavaScript client is held to as well. It says
//! itself what its words mean.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

mod case;
mod names;
mod puppet;
mod subject;

use self::case::Table;

#[test]
fn a_client_does_what_the_table_says() {
    let table: Table = serde_json::from_str(include_str!("../../transitions.json")).unwrap();
    let failures: Vec<_> = table.cases.iter().filter_map(|case| case.run().err()).collect();
    assert!(table.cases.len() > 200, "the table is all there");
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), table.cases.len(), failures.join("\n"));
}
