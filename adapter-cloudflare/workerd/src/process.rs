use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{self, Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::install;

/// How long an eviction may take.
const EVICTION: Duration = Duration::from_secs(10);

/// Builds a Worker by `cargo xtask worker build` with these arguments, and says in which folder it lies.
///
/// # Errors
///
/// When cargo cannot be started, or the Worker cannot be built: cargo says why.
pub fn build(args: &[&str]) -> io::Result<PathBuf> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["xtask", "worker", "build"]).args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = cargo.stderr(Stdio::inherit()).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    match said.lines().next_back().filter(|_| output.status.success()) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => {
            Err(io::Error::other(format!("`cargo xtask worker build {}`: {}\n{said}", args.join(" "), output.status)))
        }
    }
}

/// What serves the Worker of a folder, at a port of the system's choice; `--socket-addr=http=127.0.0.1:8787` sets it.
/// Variables of the Worker are variables of the environment; those that are not set there are as its `wrangler.jsonc`
/// says.
///
/// # Errors
///
/// Those of [`install`], and when the folder is not what [`build`] made.
pub fn command(worker: &Path) -> io::Result<Command> {
    let mut command = Command::new(install()?);
    // Eviction is an experiment of theirs.
    command.args(["serve", "--experimental", "--control-fd=1"]).arg(worker.join("config.capnp"));
    let vars: BTreeMap<String, String> = serde_json::from_slice(&fs::read(worker.join("vars.json"))?)?;
    command.envs(vars.into_iter().filter(|(name, _)| env::var_os(name).is_none()));
    Ok(command)
}

/// A running workerd. It ends when this is dropped.
#[derive(Debug)]
pub struct Workerd {
    child: Child,
    http: SocketAddr,
    evict: SocketAddr,
    _storage: Storage,
}

impl Workerd {
    /// Starts what [`command`] made, and waits until it listens. What the Worker logs goes to standard error.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or ends before it listens: it says why on standard error.
    pub fn start(mut command: Command) -> io::Result<Self> {
        let storage = Storage::new()?;
        command.arg(format!("--directory-path=storage={}", storage.0.display()));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut workerd = Self { child, http: nowhere, evict: nowhere, _storage: storage };

        let mut stdout = BufReader::new(stdout);
        while workerd.http == nowhere || workerd.evict == nowhere {
            let mut line = String::new();
            if stdout.read_line(&mut line)? == 0 {
                return Err(io::Error::other(format!("workerd has ended: {}", workerd.child.wait()?)));
            }
            workerd.hear(&line);
        }
        thread::spawn(move || io::copy(&mut stdout, &mut io::stderr()));
        Ok(workerd)
    }

    /// Where the Worker answers.
    pub fn addr(&self) -> SocketAddr {
        self.http
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Puts every Durable Object to sleep, as ten idle seconds would: memory goes, sockets and storage stay.
    ///
    /// # Errors
    ///
    /// When workerd does not answer, or refuses.
    pub fn evict(&self) -> io::Result<()> {
        let mut stream = TcpStream::connect(self.evict)?;
        stream.set_read_timeout(Some(EVICTION))?;
        stream.write_all(b"POST / HTTP/1.1\r\nHost: workerd\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if answer.starts_with("HTTP/1.1 204 ") { Ok(()) } else { Err(io::Error::other(answer)) }
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    ///
    /// When the system cannot say.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// Takes a line of its control channel: `{"event":"listen","socket":"http","port":4000}`.
    fn hear(&mut self, line: &str) {
        let Ok(event) = serde_json::from_str::<Value>(line) else { return };
        let port = event["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let (Some(socket), Some(port)) = (event["socket"].as_str(), port) else { return };
        match socket {
            "http" => self.http.set_port(port),
            "evict" => self.evict.set_port(port),
            _ => {}
        }
    }
}

/// Where the objects of one process keep what they store. In memory they would lose their alarms when they sleep.
#[derive(Debug)]
struct Storage(PathBuf);

impl Storage {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("irori-workerd-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let storage = Self(env::temp_dir().join(name));
        // A process that was killed may have left one of this name.
        let _ = fs::remove_dir_all(&storage.0);
        fs::create_dir_all(&storage.0)?;
        Ok(storage)
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        // What is left of it is the system's to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Workerd {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
