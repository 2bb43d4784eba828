//! How the clients of a server come back after it was lost: all in one second, or spread.

mod hearth;
mod histogram;

use std::{net::SocketAddr, time::Duration};

use irori_client::{Options, Socket, Status, use_socket};
use tokio::time::timeout;

pub(crate) use self::hearth::serve;
use self::{
    hearth::{AT, Hearth},
    histogram::Histogram,
};
use crate::Result;

/// How much fuller than the average the fullest second may be.
const BUDGET: f64 = 2.0;

/// How long a server is gone that is killed.
const OUTAGES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(8)];

/// What the clients of a service with many of them may choose, beside the default.
const FLEET_DELAY: Duration = Duration::from_secs(5);

/// Longer than any client waits between two tries, and a start.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) async fn run(executable: &str, count: usize) -> Result<()> {
    let mut over = 0;
    for min_delay in [None, Some(FLEET_DELAY)] {
        let clients = min_delay.map_or("by default".to_owned(), |delay| format!("with a min_delay of {delay:?}"));
        for outage in OUTAGES {
            let histogram = killed(executable, count, min_delay, outage).await?;
            over += usize::from(!report(&format!("killed, back after {outage:?}, clients {clients}"), &histogram));
        }
        let histogram = replaced(executable, count, min_delay).await?;
        over += usize::from(!report(&format!("replaced while it drains, clients {clients}"), &histogram));
    }
    if over > 0 {
        return Err(format!("{over} times the fullest second had more than {BUDGET} times the average").into());
    }
    Ok(())
}

/// The server is killed, and starts again after a while.
async fn killed(executable: &str, count: usize, min_delay: Option<Duration>, outage: Duration) -> Result<Histogram> {
    let hearth = Hearth::start(executable, None).await?;
    let addr = hearth.addr;
    let _clients = gather(addr, count, min_delay).await?;
    hearth.kill().await?;
    pause(outage).await;
    coming(Hearth::start(executable, Some(addr)).await?, count).await
}

/// Another server takes over the port, and then the first says goodbye.
async fn replaced(executable: &str, count: usize, min_delay: Option<Duration>) -> Result<Histogram> {
    let mut hearth = Hearth::start(executable, None).await?;
    let addr = hearth.addr;
    let _clients = gather(addr, count, min_delay).await?;
    let next = Hearth::start(executable, Some(addr)).await?;
    hearth.drain();
    coming(next, count).await
}

/// So many clients, all connected.
async fn gather(addr: SocketAddr, count: usize, min_delay: Option<Duration>) -> Result<Vec<Socket<(), ()>>> {
    let connect = |_| {
        let options = Options::to(format!("http://{addr}")).max_retries(None);
        use_socket(AT, min_delay.into_iter().fold(options, Options::min_delay))
    };
    let clients: Vec<_> = (0..count).map(connect).collect();
    for client in &clients {
        let open = timeout(PATIENCE, client.status().wait_for(|status| *status == Status::Open)).await;
        open?.ok_or("a client has ended")?;
    }
    Ok(clients)
}

/// When each of so many clients has come.
async fn coming(mut hearth: Hearth, count: usize) -> Result<Histogram> {
    let mut times = Vec::with_capacity(count);
    while times.len() < count {
        let time = timeout(PATIENCE, hearth.next()).await;
        times.push(time.map_err(|_| format!("only {} of {count} clients came back", times.len()))??);
    }
    Ok(Histogram::of(times))
}

#[expect(clippy::disallowed_methods, reason = "it measures the time of the wall")]
async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Prints it; says whether it is within the budget.
#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn report(what: &str, histogram: &Histogram) -> bool {
    println!("{what}\n{histogram}\n");
    histogram.ratio() <= BUDGET
}
