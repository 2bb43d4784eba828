//! What workerd spends on an echo and on a delivery of a broadcast: for a Worker of ours and for one in plain
//! JavaScript, by turns, in one run.

use std::{fs, net::SocketAddr, str::FromStr, sync::Arc};

use tokio::task::yield_now;

use crate::{
    Result,
    client::{Client, Tally},
};

/// Rounds, in each of which every contender has a slice of some 20 ms: short, so that whatever else the machine does
/// comes upon all of them alike.
const ROUNDS: usize = 100;

/// A process that listens, written `ID@ADDR`.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    id: u32,
    addr: SocketAddr,
}

impl FromStr for Target {
    type Err = Box<dyn std::error::Error + Send + Sync>;

    fn from_str(text: &str) -> Result<Self> {
        let (id, addr) = text.split_once('@').ok_or("a process that listens is written ID@ADDR")?;
        Ok(Self { id: id.parse()?, addr: addr.parse()? })
    }
}

impl Target {
    /// The time on a processor that its threads have had, in nanoseconds, as soon as it has nothing left to do: while a
    /// thread runs, the kernel counts only now and then.
    async fn spent(self) -> Result<u64> {
        while self.read("stat")?.rsplit(')').next().is_some_and(|state| state.starts_with(" R")) {
            yield_now().await;
        }
        let mut sum = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.id))? {
            // Not `stat`, which counts hundredths of a second.
            let times = fs::read_to_string(thread?.path().join("schedstat"))?;
            sum += times.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(sum)
    }

    fn read(self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.id);
        Ok(fs::read_to_string(&path).map_err(|error| format!("the time of a process is read from {path}: {error}"))?)
    }
}

pub(crate) async fn run(plain: Target, ours: Target, clients: usize) -> Result<()> {
    let open = |target, task, frames| Contender::open(target, task, clients, frames);
    let mut echo = [open(plain, Task::Echo, 0).await?, open(ours, Task::Echo, 0).await?];
    // Ours tells a newcomer who is there, and the others of the newcomer.
    let joins = clients * (clients + 1) / 2;
    let mut room = [open(plain, Task::Pass, 0).await?, open(ours, Task::Pass, joins).await?];
    for round in 0..=ROUNDS {
        for contender in echo.iter_mut().chain(&mut room) {
            let cost = contender.slice().await?;
            // The first warms up.
            contender.costs.extend((round > 0).then_some(cost));
        }
    }
    report("echo", echo);
    report("delivery of a broadcast", room);
    Ok(())
}

/// What is asked of a Worker.
#[derive(Clone, Copy)]
enum Task {
    /// Everybody says something, and hears it again.
    Echo,
    /// One says something, and all others hear it.
    Pass,
}

impl Task {
    fn target(self) -> &'static str {
        match self {
            Self::Echo => "/__sockets?m=bench&s=echo",
            Self::Pass => "/__sockets?m=bench&s=room&r=%7B%7D",
        }
    }

    /// What a client says: 64 bytes.
    fn text(self) -> String {
        match self {
            Self::Echo => format!("\"{}\"", "x".repeat(62)),
            Self::Pass => format!(r#"{{"t":"msg","msg":"{}"}}"#, "x".repeat(44)),
        }
    }

    fn turns(self) -> usize {
        match self {
            Self::Echo => 20,
            Self::Pass => 30,
        }
    }
}

/// A Worker with its clients.
struct Contender {
    target: Target,
    task: Task,
    tally: Arc<Tally>,
    clients: Vec<Client>,
    /// Nanoseconds per frame heard, one for each slice.
    costs: Vec<f64>,
}

impl Contender {
    /// Connects so many clients, and waits for the frames that this makes.
    async fn open(target: Target, task: Task, count: usize, frames: usize) -> Result<Self> {
        let tally = Arc::new(Tally::default());
        let told = tally.expect(frames);
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            clients.push(Client::connect(target.addr, task.target(), &tally).await?);
        }
        tally.reached(told).await;
        Ok(Self { target, task, tally, clients, costs: Vec::with_capacity(ROUNDS) })
    }

    /// Does its task some times, each once the one before is done, and says what a frame has cost.
    async fn slice(&mut self) -> Result<f64> {
        let text = self.task.text();
        let count = self.clients.len();
        let before = self.target.spent().await?;
        let mut heard = 0;
        for turn in 0..self.task.turns() {
            let (speakers, frames) = match self.task {
                Task::Echo => (0..count, count),
                Task::Pass => (turn % count..turn % count + 1, count - 1),
            };
            let all = self.tally.expect(frames);
            for client in &mut self.clients[speakers] {
                client.send(&text).await?;
            }
            self.tally.reached(all).await;
            heard += frames;
        }
        Ok((self.target.spent().await? - before) as f64 / heard as f64)
    }
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn report(what: &str, contenders: [Contender; 2]) {
    let [plain, ours] = contenders.map(|contender| {
        let mut costs = contender.costs;
        costs.sort_unstable_by(f64::total_cmp);
        costs[costs.len() / 2] / 1e3
    });
    println!("{what}: {plain:.1} us in plain JavaScript, {ours:.1} us here: {:.2}", ours / plain);
}
