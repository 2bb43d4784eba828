//! What a member that never reads costs the others: the time until a broadcast has reached everybody else, with and
//! without one such member, in one run.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    Result,
    client::{Client, Stalled, Tally},
    server::Server,
};

/// Where they meet: a room that does what a message says.
const ROOM: &str = "/__sockets?m=demo%2Fmod&s=chat&r=%7B%22roomId%22%3A%221%22%7D";

/// Rounds, each with a guest that reads and then with one that does not, and broadcasts beside each of them.
const ROUNDS: usize = 10;
const BROADCASTS: usize = 200;

/// Broadcasts after which a guest asks for something of its own, as large as a message may be. Of a guest that never reads,
/// what the kernel keeps for it is full soon, then its outbox, and then it is cut, well before the end.
const ASKS_EVERY: usize = 2;

/// A further member, which asks for large things. Whether it reads what it asked for is all the difference.
enum Guest {
    Reads(Client),
    NeverReads(Stalled),
}

impl Guest {
    async fn send(&mut self, text: &str) -> Result<()> {
        match self {
            Self::Reads(client) => client.send(text).await,
            Self::NeverReads(stalled) => stalled.send(text).await,
        }
    }
}

pub(crate) async fn run(executable: &str, members: usize) -> Result<()> {
    let server = Server::start(executable).await?;
    let tally = Arc::new(Tally::default());
    let mut clients = Vec::with_capacity(members);
    // The first sees every joiner and itself; so all frames of the joining are 1 + 2 + .. + members.
    let joined = tally.expect(members * (members + 1) / 2);
    for _ in 0..members {
        clients.push(Client::connect(server.addr, ROOM, &tally).await?);
    }
    tally.reached(joined).await;
    let [sender, ..] = clients.as_mut_slice() else {
        return Err("a room of nobody".into());
    };

    let (mut without, mut with, mut cuts) = (Vec::new(), Vec::new(), 0);
    for round in 0..=ROUNDS {
        let told = tally.expect(members);
        let mut guest = Guest::Reads(Client::connect(server.addr, ROOM, &Arc::default()).await?);
        tally.reached(told).await;
        let times = broadcast(sender, &tally, members, &mut guest).await?;
        let told = tally.expect(members);
        drop(guest);
        tally.reached(told).await;
        if round == 0 {
            continue; // the first warms up
        }
        without.extend(times);

        let told = tally.expect(members);
        let mut guest = Guest::NeverReads(Stalled::connect(server.addr, ROOM).await?);
        tally.reached(told).await;
        let start = tally.seen();
        with.extend(broadcast(sender, &tally, members, &mut guest).await?);
        // Cut, it was told of before the last broadcast was.
        let was_cut = tally.seen() - start >= members * (BROADCASTS + 1);
        cuts += usize::from(was_cut);
        let told = tally.expect(if was_cut { 0 } else { members });
        drop(guest);
        tally.reached(told).await;
    }
    report(members, without, with, cuts);
    Ok(())
}

/// Sends the broadcasts of half a round, each once the one before has reached everybody, and says how long each took.
#[expect(clippy::disallowed_methods, reason = "it measures the time of the wall")]
async fn broadcast(sender: &mut Client, tally: &Tally, members: usize, guest: &mut Guest) -> Result<Vec<Duration>> {
    let text = format!(r#"{{"t":"msg","msg":{{"self":1,"x":"{}"}}}}"#, "x".repeat(64));
    let large = format!(r#"{{"t":"msg","msg":{{"direct":1,"x":"{}"}}}}"#, "x".repeat(60_000));
    let mut times = Vec::with_capacity(BROADCASTS);
    for number in 0..BROADCASTS {
        if number % ASKS_EVERY == 0 {
            guest.send(&large).await?;
        }
        let all = tally.expect(members);
        let start = Instant::now();
        sender.send(&text).await?;
        tally.reached(all).await;
        times.push(start.elapsed());
    }
    Ok(times)
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn report(members: usize, mut without: Vec<Duration>, mut with: Vec<Duration>, cuts: usize) {
    without.sort_unstable();
    with.sort_unstable();
    let at = |times: &[Duration], percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{} broadcasts to {members} members, each once the one before has reached everybody:", with.len());
    for percent in [50, 90, 99] {
        let (without, with) = (at(&without, percent), at(&with, percent));
        let ratio = with.as_secs_f64() / without.as_secs_f64();
        println!(
            "p{percent}: {without:.1?} beside a guest that reads, {with:.1?} beside one that never does: {ratio:.2}"
        );
    }
    println!("of {ROUNDS} guests that never read, {cuts} were cut meanwhile, and the others were told");
}
