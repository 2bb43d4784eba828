//! The kit, tested by sabotage: adapters with one planted fault after another, each caught by a case that names it.

#![expect(clippy::panic, reason = "a test fails by a panic")]

mod event;
mod fault;
mod host;
mod seams;
mod stream;

use std::{
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use event::ByEvent;
use fault::{FAULTS, Fault};
use host::Bytewise;
use irori_test::conformance::{Case, Harness, all};

#[test]
fn without_a_fault_every_case_holds() {
    assert!(held(Bytewise::default()) > 250);
    assert!(held(ByEvent::default()) > 230);
}

/// How many cases a host holds, which are all that it can.
fn held(harness: impl Harness) -> usize {
    let harness: Arc<dyn Harness> = Arc::new(harness);
    all().filter(|case| case.lacking(&*harness).next().is_none()).map(|case| case.run(&harness)).count()
}

#[test]
fn every_fault_is_caught_by_its_case() {
    let missed: Vec<_> = faults().filter(|fault| !is_caught(fault)).map(|fault| (fault.what, fault.case)).collect();
    assert_eq!(missed, []);
}

fn is_caught(fault: &Fault) -> bool {
    let (case, harness) = (case(fault), fault.harness());
    assert_eq!(case.lacking(&*harness).next(), None, "{case} cannot be run");
    catch_unwind(AssertUnwindSafe(|| case.run(&harness))).is_err()
}

/// `docs/sabotage.md` shows the table. `SABOTAGE=write cargo test -p irori-test --test sabotage` writes it.
#[test]
fn the_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sabotage.md");
    if std::env::var("SABOTAGE").is_ok_and(|what| what == "write") {
        std::fs::write(path, page()).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, page(), "`SABOTAGE=write cargo test -p irori-test --test sabotage` writes it anew");
}

fn faults() -> impl Iterator<Item = &'static Fault> {
    FAULTS.iter().copied().flatten()
}

fn case(fault: &Fault) -> &'static Case {
    all().find(|case| case.to_string() == fault.case).unwrap_or_else(|| panic!("there is no {}", fault.case))
}

fn page() -> String {
    let mut page = String::from(
        "# Sabotage\n\nFaults that were planted in an adapter, one at a time, and the case of the conformance kit that \
         does not hold then.\nWithout them every case holds. The adapters, and this table, are in `tests/sabotage`: one \
         drives streams; the other, for the\nend of the table, is called by event.\n\n\
         | an adapter that | breaks |\n| --- | --- |\n",
    );
    for Fault { what, case, .. } in faults() {
        let _ = writeln!(page, "| {what} | `{case}` |");
    }
    page
}
