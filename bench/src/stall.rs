//! What a member that never reads costs the others: the time until a broadcast has reached everybody else, with and
//! without one such member, in one run.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    Result,
    client::{Client, Tally, stalled},
    server::Server,
};

/// Where they meet: a room without a state, whose messages go to all, the author too.
const ROOM: &str = "/__sockets?m=demo%2Fmod&s=bare";

/// Broadcasts per measurement: enough to fill the stalled member's window and its whole outbox, and to go on after that.
const BROADCASTS: usize = 2_000;

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

    broadcast(sender, &tally, members, BROADCASTS / 10).await?;
    let without = broadcast(sender, &tally, members, BROADCASTS).await?;

    let told = tally.expect(members);
    let silent = stalled(server.addr, ROOM).await?;
    tally.reached(told).await;
    let before = tally.seen();
    let with = broadcast(sender, &tally, members, BROADCASTS).await?;
    let left = tally.seen() - before - members * BROADCASTS;
    drop(silent);

    report(members, &without, &with, left);
    Ok(())
}

/// Sends so many broadcasts, each once the one before has reached everybody, and says how long each took.
#[expect(clippy::disallowed_methods, reason = "it measures the time of the wall")]
async fn broadcast(sender: &mut Client, tally: &Tally, members: usize, count: usize) -> Result<Vec<Duration>> {
    let text = format!(r#"{{"t":"msg","msg":"{}"}}"#, "x".repeat(64));
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let all = tally.expect(members);
        let start = Instant::now();
        sender.send(&text).await?;
        tally.reached(all).await;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn report(members: usize, without: &[Duration], with: &[Duration], left: usize) {
    let at = |times: &[Duration], percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{} broadcasts to {members} members, each once the one before has reached everybody:", with.len());
    for percent in [50, 90, 99] {
        let (without, with) = (at(without, percent), at(with, percent));
        let ratio = with.as_secs_f64() / without.as_secs_f64();
        println!("p{percent}: {without:.1?} without, {with:.1?} beside a member that never reads: {ratio:.2}");
    }
    let cut = if left >= members { "was cut, and the others were told" } else { "still had room in its queue" };
    println!("the member that never reads {cut}");
}
