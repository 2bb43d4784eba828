//! Memory per idle connection: so many on `/echo`, then so many in one room; held, and then all answering.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::{
    Result,
    client::{Client, Tally},
    server::Server,
};

/// Connections that are opened at a time.
const AT_ONCE: usize = 16;

/// What a connection may cost, in bytes.
const BUDGET: usize = 12 * 1024;

/// Where they go, and where those go who come first, so that the server allocates once what it allocates once.
const ECHO: [&str; 2] = ["/echo", "/echo"];
const ROOM: [&str; 2] = [
    "/__sockets?m=demo%2Fmod&s=chat&r=%7B%22roomId%22%3A%221%22%7D",
    "/__sockets?m=demo%2Fmod&s=chat&r=%7B%22roomId%22%3A%22warm%22%7D",
];

pub(crate) async fn run(executable: &str, count: usize) -> Result<()> {
    let echo = measure(executable, ECHO, count, 0, "hello").await?;
    report("idle on /echo", count, &echo);
    // Each gets a snapshot, and each but the last hears of all who come later.
    let news = count + count * (count - 1) / 2;
    let room = measure(executable, ROOM, count, news, r#"{"t":"msg","msg":{"direct":1}}"#).await?;
    report("members of one room", count, &room);
    if echo.held > BUDGET || room.held > BUDGET {
        return Err(format!("a connection may cost {BUDGET} bytes").into());
    }
    Ok(())
}

/// Bytes per connection: while all are held, and after all have asked and were answered.
struct Cost {
    held: usize,
    answered: usize,
}

/// Opens so many connections, waits for the `news` that their coming makes, and lets all of them ask.
async fn measure(
    executable: &str,
    [target, warm]: [&'static str; 2],
    count: usize,
    news: usize,
    message: &'static str,
) -> Result<Cost> {
    let server = Server::start(executable).await?;
    drop(open(&server, warm, AT_ONCE, &Arc::default()).await?);
    let before = server.memory()?;

    let tally = Arc::new(Tally::default());
    let told = tally.expect(news);
    let mut clients = open(&server, target, count, &tally).await?;
    tally.reached(told).await;
    let held = server.memory()?;

    let answers = tally.expect(count);
    for client in &mut clients {
        client.send(message).await?;
    }
    tally.reached(answers).await;
    let answered = server.memory()?;
    let each = |after: usize| after.saturating_sub(before) / count;
    Ok(Cost { held: each(held), answered: each(answered) })
}

async fn open(server: &Server, target: &'static str, count: usize, tally: &Arc<Tally>) -> Result<Vec<Client>> {
    let mut opening = JoinSet::new();
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        if opening.len() >= AT_ONCE {
            clients.extend(next(&mut opening).await?);
        }
        let (addr, tally) = (server.addr, Arc::clone(tally));
        opening.spawn(async move { Client::connect(addr, target, &tally).await });
    }
    while !opening.is_empty() {
        clients.extend(next(&mut opening).await?);
    }
    Ok(clients)
}

async fn next(opening: &mut JoinSet<Result<Client>>) -> Result<Option<Client>> {
    opening.join_next().await.transpose()?.transpose()
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn report(what: &str, count: usize, cost: &Cost) {
    let kib = |bytes: usize| bytes as f64 / 1024.0;
    println!(
        "{count} {what}: {:.1} KiB per connection while held, {:.1} KiB after all were answered",
        kib(cost.held),
        kib(cost.answered)
    );
}
