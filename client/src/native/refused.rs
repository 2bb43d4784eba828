use std::{fmt, time::Duration};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

/// A server that answered an attempt over HTTP, and not as one of sockets does: what is in a
/// [`Problem::Connect`](crate::Problem::Connect) then.
///
/// ```
/// use irori_client::{Options, Problem, Refused};
///
/// let options = Options::to("https://board.example").on_problem(|problem| match problem {
///     Problem::Connect(why) if why.downcast_ref().is_some_and(|it: &Refused| it.status == 401) => eprintln!("sign in again"),
///     problem => eprintln!("{problem}"),
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// What it answered.
    pub status: StatusCode,
    /// When to try again, where it says so in seconds (RFC 9110, section 10.2.3). Servers of ours do, with 503.
    pub retry_after: Option<Duration>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, headers: &HeaderMap) -> Self {
        let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Self { status, retry_after: seconds.map(Duration::from_secs) }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered {}", self.status)
    }
}

impl std::error::Error for Refused {}
