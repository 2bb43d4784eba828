//! The few chores that cargo cannot do alone. `cargo xtask help` lists them.

#![expect(clippy::print_stdout, reason = "a chore reports on stdout")]

mod autobahn;
mod bench;
mod browser;
mod build;
mod chromium;
mod command;
mod failure;
mod folder;
mod hosts;
mod javascript;
mod kit;
mod library;
mod npm;
mod page;
mod server;
mod sizes;
mod step;
mod test;
mod tidy;
mod toolchain;
mod types;
mod worker;
mod workspace;

use std::process::ExitCode;

use failure::Failure;
use lexopt::prelude::{Long, Short, Value};

const HELP: &str = "\
The chores of this workspace: cargo xtask <chore>

  test           every test of the project, from a clean checkout, as CI runs it
  test --quick   the inner loop: format, tidy, unit and integration tests, clippy
  test --all     every test, and those of the pages with a framework, which take long to build
  bench idle     memory per idle connection: 5,000 on a socket, 5,000 in a room
  bench stall    what a member that never reads costs the others of a room of 1,000
  bench reconnect  how 1,000 clients come back to a server that was killed, or replaced
  bench worker   what an echo and a delivery cost in a Worker and in plain JavaScript: bench worker [PACKAGE] [--unwind]
  hosts          whether the README's table of hosts is what their conformance tests say
  hosts --write  writes it anew
  types          whether pages have the types of their apps, and keep to them
  types --write  writes them anew
  page build     a page in Rust, as a server takes it: page build NAME
  sizes          what a visitor loads: the client in JavaScript, and the smallest page in Rust
  worker build   a Worker of the workspace, as the real runtime takes it: worker build PACKAGE [--unwind]
  worker serve   runs it there: worker serve PACKAGE [--unwind] [--port PORT]
  tidy           the rules of style and design that a reading of the text can hold
  help           this page
";

fn main() -> ExitCode {
    match Chore::parse(lexopt::Parser::from_env()).and_then(Chore::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// What one call of `cargo xtask` does.
#[derive(Debug, PartialEq, Eq)]
enum Chore {
    Help,
    Test,
    QuickTest,
    TestAll,
    Tidy,
    Hosts,
    WriteHosts,
    Types,
    WriteTypes,
    /// Not said yet of what.
    Bench,
    BenchOf(bench::Bench),
    Page(page::Task),
    Sizes,
    Worker(worker::Task),
}

impl Chore {
    fn parse(mut args: lexopt::Parser) -> Result<Self, Failure> {
        let mut chore = None;
        while let Some(arg) = args.next()? {
            chore = Some(match (arg, chore) {
                (Short('h') | Long("help"), _) => Self::Help,
                (Value(name), None) if name == "page" => return page::Task::parse(args).map(Self::Page),
                (Value(name), None) if name == "worker" => return worker::Task::parse(args).map(Self::Worker),
                (Value(name), None) => Self::named(&name.to_string_lossy())?,
                (Long("quick"), Some(Self::Test)) => Self::QuickTest,
                (Long("all"), Some(Self::Test)) => Self::TestAll,
                (Long("write"), Some(Self::Hosts)) => Self::WriteHosts,
                (Long("write"), Some(Self::Types)) => Self::WriteTypes,
                (Value(what), Some(Self::Bench)) if what == "worker" => {
                    return worker::Task::parse_bench(args).map(Self::Worker);
                }
                (Value(what), Some(Self::Bench)) => Self::BenchOf(bench::Bench::named(&what.to_string_lossy())?),
                (other, _) => return Err(other.unexpected().into()),
            });
        }
        Ok(chore.unwrap_or(Self::Help))
    }

    fn named(name: &str) -> Result<Self, Failure> {
        match name {
            "help" => Ok(Self::Help),
            "test" => Ok(Self::Test),
            "tidy" => Ok(Self::Tidy),
            "hosts" => Ok(Self::Hosts),
            "types" => Ok(Self::Types),
            "sizes" => Ok(Self::Sizes),
            "bench" => Ok(Self::Bench),
            _ => Err(Failure::new(format!("no chore is called `{name}`\n\n{HELP}"))),
        }
    }

    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Help => print!("{HELP}"),
            Self::Test => test::everything()?,
            Self::QuickTest => test::quick()?,
            Self::TestAll => test::all()?,
            Self::Tidy => tidy::check()?,
            Self::Hosts => hosts::check()?,
            Self::WriteHosts => hosts::write()?,
            Self::Types => types::check()?,
            Self::WriteTypes => types::write()?,
            Self::Bench => {
                return Err(Failure::new("of what? `cargo xtask bench idle`, `stall`, `reconnect` or `worker`"));
            }
            Self::BenchOf(bench) => bench.run()?,
            Self::Page(task) => task.run()?,
            Self::Sizes => sizes::check()?,
            Self::Worker(task) => task.run()?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Chore, Failure};

    fn parse(args: &[&str]) -> Result<Chore, Failure> {
        Chore::parse(lexopt::Parser::from_args(args))
    }

    #[test]
    fn chores_are_told_apart() {
        assert_eq!(parse(&[]).unwrap(), Chore::Help);
        assert_eq!(parse(&["test"]).unwrap(), Chore::Test);
        assert_eq!(parse(&["test", "--quick"]).unwrap(), Chore::QuickTest);
        assert_eq!(parse(&["test", "--all"]).unwrap(), Chore::TestAll);
        assert_eq!(parse(&["tidy"]).unwrap(), Chore::Tidy);
        assert_eq!(parse(&["hosts"]).unwrap(), Chore::Hosts);
        assert_eq!(parse(&["hosts", "--write"]).unwrap(), Chore::WriteHosts);
        assert_eq!(parse(&["types"]).unwrap(), Chore::Types);
        assert_eq!(parse(&["types", "--write"]).unwrap(), Chore::WriteTypes);
        assert_eq!(parse(&["sizes"]).unwrap(), Chore::Sizes);
        assert!(matches!(parse(&["page", "build", "board-page"]).unwrap(), Chore::Page(_)));
        assert_eq!(parse(&["bench", "idle"]).unwrap(), Chore::BenchOf(super::bench::Bench::Idle));
        assert_eq!(parse(&["tidy", "--help"]).unwrap(), Chore::Help);
    }

    #[test]
    fn what_is_not_a_chore_is_refused() {
        for args in [
            &["tset"][..],
            &["tidy", "--quick"],
            &["test", "again"],
            &["--quick"],
            &["test", "--write"],
            &["sizes", "--all"],
        ] {
            assert!(parse(args).is_err(), "{args:?} was taken");
        }
    }
}
