//! Workers, from a package to the real runtime: `cargo xtask worker`.

mod bench;
mod build;
mod config;
mod test;
mod wrangler;

pub(crate) use test::Workers;

use std::fmt;
use std::path::{Path, PathBuf};

use lexopt::prelude::{Long, Value, ValueExt as _};
use workerd::Workerd;

use crate::failure::Failure;
use crate::workspace;

const USAGE: &str = "\
what of which?
  cargo xtask worker build PACKAGE [--unwind]
  cargo xtask worker serve PACKAGE [--unwind] [--port PORT]";

/// Where a Worker is served, unless told otherwise: the port of `wrangler dev`.
const PORT: u16 = 8787;

/// What one call of `cargo xtask worker` does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Build(Package),
    /// At this port, or any if it is 0, until it is interrupted.
    Serve(Package, u16),
    /// Beside a Worker in plain JavaScript.
    Bench(Package),
}

/// A package of the workspace that is a Worker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Package {
    name: String,
    /// Whether a panic unwinds, and ends nothing but what panicked.
    unwind: bool,
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = if self.unwind { "-unwind" } else { "" };
        write!(f, "{}{suffix}", self.name)
    }
}

impl Task {
    /// Reads what is left of the arguments after `worker`.
    pub(crate) fn parse(args: lexopt::Parser) -> Result<Self, Failure> {
        let Arguments { words, unwind, port } = Arguments::read(args)?;
        let [what, name] = <[String; 2]>::try_from(words).map_err(|_| Failure::new(USAGE))?;
        let package = Package { name, unwind };
        match (what.as_str(), port) {
            ("build", None) => Ok(Self::Build(package)),
            ("serve", port) => Ok(Self::Serve(package, port.unwrap_or(PORT))),
            _ => Err(Failure::new(USAGE)),
        }
    }

    /// Reads what is left of the arguments after `bench worker`: a package, or none for that of the bench.
    pub(crate) fn parse_bench(args: lexopt::Parser) -> Result<Self, Failure> {
        match Arguments::read(args)? {
            Arguments { words, unwind, port: None } if words.len() <= 1 => {
                let name = words.into_iter().next().unwrap_or_else(|| "bench-worker".to_owned());
                Ok(Self::Bench(Package { name, unwind }))
            }
            _ => Err(Failure::new("of which? `cargo xtask bench worker [PACKAGE] [--unwind]`")),
        }
    }

    /// Does it. The last line that a build prints is the folder where the Worker lies.
    ///
    /// # Errors
    ///
    /// When it cannot be built, or workerd cannot be installed or started, or has ended.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Build(package) => println!("{}", build::build(package)?.display()),
            Self::Serve(package, port) => serve(package, *port)?,
            Self::Bench(package) => bench::bench(package)?,
        }
        Ok(())
    }
}

/// What a task may be given, in any order.
struct Arguments {
    words: Vec<String>,
    unwind: bool,
    port: Option<u16>,
}

impl Arguments {
    fn read(mut args: lexopt::Parser) -> Result<Self, Failure> {
        let mut read = Self { words: Vec::new(), unwind: false, port: None };
        while let Some(arg) = args.next()? {
            match arg {
                Long("unwind") => read.unwind = true,
                Long("port") => read.port = Some(args.value()?.parse()?),
                Value(word) => read.words.push(word.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(read)
    }
}

fn serve(package: &Package, port: u16) -> Result<(), Failure> {
    let workerd = start(&build::build(package)?, port)?;
    println!("open http://{}", workerd.addr());
    let ended = workerd.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
    Err(Failure::new(format!("workerd has ended: {ended}")))
}

/// Starts workerd for the Worker of a folder, at this port, or any if it is 0.
fn start(folder: &Path, port: u16) -> Result<Workerd, Failure> {
    let started = workerd::command(folder).and_then(|mut command| {
        command.arg(format!("--socket-addr=http=127.0.0.1:{port}"));
        Workerd::start(command)
    });
    started.map_err(|error| Failure::new(error.to_string()))
}

/// Where the Worker of this name is put.
fn folder(name: &str) -> PathBuf {
    workspace::target().join("worker").join(name)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::wrangler::Wrangler;
    use super::{Failure, PORT, Package, Task, build, folder, start};
    use crate::folder::{empty, write};

    fn parse(args: &[&str]) -> Result<Task, Failure> {
        Task::parse(lexopt::Parser::from_args(args))
    }

    fn board(unwind: bool) -> Package {
        Package { name: "board".to_owned(), unwind }
    }

    #[test]
    fn tasks_are_told_apart() {
        assert_eq!(parse(&["build", "board"]).unwrap(), Task::Build(board(false)));
        assert_eq!(parse(&["build", "--unwind", "board"]).unwrap(), Task::Build(board(true)));
        assert_eq!(parse(&["serve", "board"]).unwrap(), Task::Serve(board(false), PORT));
        assert_eq!(parse(&["serve", "board", "--port", "0"]).unwrap(), Task::Serve(board(false), 0));
    }

    #[test]
    fn a_bench_has_a_worker_of_its_own() {
        let parse = |args: &[&str]| Task::parse_bench(lexopt::Parser::from_args(args));
        let own = Package { name: "bench-worker".to_owned(), unwind: true };
        assert_eq!(parse(&["--unwind"]).unwrap(), Task::Bench(own));
        assert_eq!(parse(&["board"]).unwrap(), Task::Bench(board(false)));
        assert!(parse(&["board", "suite"]).is_err());
    }

    #[test]
    fn what_is_not_a_task_is_refused() {
        for args in
            [&[][..], &["build"], &["build", "board", "--port", "0"], &["deploy", "board"], &["build", "a", "b"]]
        {
            assert!(parse(args).is_err(), "{args:?} was taken");
        }
    }

    const COUNTER: &str = r#"
        export class Counter {
            count = 0;
            fetch() { return new Response(String(++this.count)); }
        }
        export default {
            async fetch(request, env) {
                const stub = env.COUNTERS.get(env.COUNTERS.idFromName("one"));
                return new Response(env.NOUN + " " + await (await stub.fetch(request)).text());
            }
        };
    "#;

    #[test]
    fn workerd_serves_what_is_written_and_evicts() {
        let folder = folder("xtask-counter");
        let wrangler = Wrangler {
            compatibility_date: "2026-10-01".to_owned(),
            vars: [("NOUN".to_owned(), "visit".to_owned())].into(),
            objects: [("COUNTERS".to_owned(), "Counter".to_owned())].into(),
            with_sqlite: ["Counter".to_owned()].into(),
            ..Wrangler::default()
        };
        empty(&folder).unwrap();
        write(&folder, "entry.mjs", COUNTER).unwrap();
        build::finish(&folder, &wrangler).unwrap();

        let workerd = start(&folder, 0).unwrap();
        let visit = || {
            let mut stream = TcpStream::connect(workerd.addr()).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer.lines().next_back().unwrap_or_default().to_owned()
        };
        assert_eq!([visit(), visit()], ["visit 1", "visit 2"]);
        workerd.evict().unwrap();
        assert_eq!(visit(), "visit 1");
    }
}
