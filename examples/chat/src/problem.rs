use std::time::Duration;

use crate::shared::{Code, Problem};

/// Characters that are told of what is malformed: what a parser says may quote all of it.
const QUOTED: usize = 200;

impl Problem {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }

    /// In the words of the parser.
    pub(crate) fn malformed(error: impl ToString) -> Self {
        Self::new(Code::Malformed, error.to_string().chars().take(QUOTED).collect::<String>())
    }

    /// In the words of the checks, each with the field that it is about.
    pub(crate) fn invalid(report: &garde::Report) -> Self {
        let faults = report.iter().map(|(field, error)| format!("{field}: {error}"));
        Self::new(Code::Invalid, faults.collect::<Vec<_>>().join("; "))
    }

    pub(crate) fn too_fast(wait: Duration) -> Self {
        let retry_after = Some(seconds(wait));
        Self { code: Code::TooFast, message: "too many messages at once".to_owned(), retry_after }
    }

    pub(crate) fn banned(wait: Duration) -> Self {
        let seconds = seconds(wait);
        let message = format!("too many messages: banned for {seconds} s");
        Self { code: Code::Banned, message, retry_after: Some(seconds) }
    }
}

/// Whole seconds, as `Retry-After` has them (RFC 9110, section 10.2.3), and never too few.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
