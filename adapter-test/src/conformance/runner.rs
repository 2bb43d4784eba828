use std::{env, panic, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Trial};

use super::{case::Case, cases, harness::Harness};

/// Every case, in the order of the published list.
pub fn all() -> impl Iterator<Item = &'static Case> {
    cases::THEMES.iter().copied().flatten()
}

/// The argument that asks what the host can do. No case is run then.
const CAPABILITIES: &str = "--capabilities";

/// Runs all cases that the host is capable of, by the arguments of the command line, as a test binary does.
///
/// With `--capabilities` alone it runs none, and prints the names of the host's capabilities, one per line.
pub fn run(harness: impl Harness) -> ExitCode {
    if env::args_os().skip(1).eq([CAPABILITIES]) {
        print_capabilities(&harness);
        return ExitCode::SUCCESS;
    }
    let harness: Arc<dyn Harness> = Arc::new(harness);
    run_trials(all().map(|case| trial(case.to_string(), case, &harness)))
}

/// Runs all cases in each of several modes of a host, as [`run`] does in one: `mode::theme::case` is what they are called.
pub fn run_modes<H: Harness>(modes: impl IntoIterator<Item = (&'static str, H)>) -> ExitCode {
    run_trials(modes.into_iter().flat_map(|(mode, harness)| {
        let harness: Arc<dyn Harness> = Arc::new(harness);
        all().map(move |case| trial(format!("{mode}::{case}"), case, &harness))
    }))
}

fn run_trials(trials: impl Iterator<Item = Trial>) -> ExitCode {
    hush_planned_panics();
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

#[expect(clippy::print_stdout, reason = "whoever asks reads it there")]
fn print_capabilities(harness: &impl Harness) {
    harness.capabilities().iter().for_each(|capability| println!("{capability:?}"));
}

/// A case as a test. What the host lacks for it is in its kind, and it is ignored then, never passed.
fn trial(name: String, case: &'static Case, harness: &Arc<dyn Harness>) -> Trial {
    let lacking: Vec<_> = case.lacking(&**harness).map(|need| format!("{need:?}")).collect();
    let harness = Arc::clone(harness);
    let trial = Trial::test(name, move || {
        case.run(&harness);
        Ok(())
    });
    if lacking.is_empty() {
        return trial;
    }
    trial.with_kind(format!("lacks {}", lacking.join(", "))).with_ignored_flag(true)
}

/// Hooks of the suite panic on purpose. Nobody is to take that for a fault while the cases run.
fn hush_planned_panics() {
    let show = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let is_of_the_suite = info.location().is_some_and(|at| at.file().contains("suite"));
        if !(is_of_the_suite && info.payload_as_str().is_some_and(|text| text.contains("secret panic"))) {
            show(info);
        }
    }));
}
