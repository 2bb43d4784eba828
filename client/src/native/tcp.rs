//! TCP to a name that may have several addresses, some of which lead nowhere.

use std::{future::poll_fn, io, net::SocketAddr, pin::pin, task::Poll, time::Duration};

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use irori::rt::{Runtime as _, Timer as _};
use irori_tokio::TokioRuntime;
use tokio::net::{TcpStream, lookup_host};

/// How long an address is tried alone, before the next one is, too (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to whichever address of `host` answers first.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses = lookup_host(format!("{host}:{port}")).await?;
    first(in_turns(addresses), TcpStream::connect).await
}

/// Both families in turns, that of the first address first (RFC 8305, section 4).
fn in_turns(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let addresses: Vec<_> = addresses.collect();
    let prefers_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|addr| addr.is_ipv6() == prefers_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::new();
    while first.len() + second.len() > 0 {
        turns.extend(first.next().into_iter().chain(second.next()));
    }
    turns
}

/// The first that succeeds; when none does, why the first of them failed.
async fn first<S, F: Future<Output = io::Result<S>>>(
    addresses: Vec<SocketAddr>,
    dial: impl Fn(SocketAddr) -> F,
) -> io::Result<S> {
    let mut waiting = addresses.into_iter();
    let mut under_way = FuturesUnordered::new();
    let mut failure = None;
    let mut next_at = TokioRuntime.now();
    let mut timer = pin!(TokioRuntime.timer());
    poll_fn(|cx| {
        loop {
            match under_way.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(stream))) => return Poll::Ready(Ok(stream)),
                Poll::Ready(Some(Err(error))) => {
                    failure.get_or_insert(error);
                    next_at = TokioRuntime.now(); // nothing is gained by waiting for it
                    continue;
                }
                Poll::Ready(None) | Poll::Pending => {}
            }
            if waiting.len() == 0 {
                let nowhere = || io::Error::new(io::ErrorKind::NotFound, "the name has no address");
                let failed = under_way.is_empty().then(|| Err(failure.take().unwrap_or_else(nowhere)));
                return failed.map_or(Poll::Pending, Poll::Ready);
            }
            if timer.as_mut().poll_until(next_at, cx).is_pending() {
                return Poll::Pending;
            }
            under_way.extend(waiting.next().map(&dial));
            next_at = TokioRuntime.now() + HEAD_START;
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn addr(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn families_take_turns() {
        let [a6, b6, c6] = ["[::1]:1", "[::2]:1", "[::3]:1"].map(addr);
        let [a4, b4] = ["10.0.0.1:1", "10.0.0.2:1"].map(addr);
        assert_eq!(in_turns([a6, b6, c6, a4].into_iter()), [a6, a4, b6, c6]);
        assert_eq!(in_turns([a4, b4, a6].into_iter()), [a4, a6, b4]);
        assert_eq!(in_turns([a4, a6, b6, c6].into_iter()), [a4, a6, b6, c6]);
        assert_eq!(in_turns([b4, a4].into_iter()), [b4, a4]);
        assert_eq!(in_turns([].into_iter()), []);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_leads_nowhere_holds_nobody_up() {
        let start = TokioRuntime.now();
        let addresses = vec![addr("[::1]:1"), addr("10.0.0.1:1")];
        let dial = |addr: SocketAddr| async move { if addr.is_ipv6() { pending().await } else { Ok(addr) } };
        assert_eq!(first(addresses, dial).await.unwrap(), addr("10.0.0.1:1"));
        assert_eq!(TokioRuntime.now().since(start), HEAD_START);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_refuses_is_followed_at_once_and_told_in_the_end() {
        let start = TokioRuntime.now();
        let addresses = vec![addr("10.0.0.1:1"), addr("10.0.0.2:1")];
        let refuse = |addr: SocketAddr| async move { Err::<(), _>(io::Error::other(addr.to_string())) };
        assert_eq!(first(addresses, refuse).await.unwrap_err().to_string(), "10.0.0.1:1");
        assert_eq!(first(vec![], refuse).await.unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(TokioRuntime.now(), start);
    }
}
