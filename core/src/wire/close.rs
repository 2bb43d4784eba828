//! Why a connection ends: the codes of RFC 6455, section 7.4, and our own (PROTOCOL.md, section 6).

use std::fmt;

/// The longest reason in bytes: a control frame holds 125, the code takes two (RFC 6455, section 5.5).
const REASON_BYTES: usize = 123;

/// A close code, by name where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the purpose of the connection is fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: the host goes away, or the page was left.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: the peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: data of a kind that cannot be taken.
    pub const UNSUPPORTED: Self = Self(1003);
    /// 1005: the close frame carried no code. Never sent, only seen.
    pub const NO_STATUS: Self = Self(1005);
    /// 1006: the connection was lost without a close frame. Never sent, only seen.
    pub const ABNORMAL: Self = Self(1006);
    /// 1007: data that is not what its type says, such as text that is no UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// 1008: a limit is broken again and again.
    pub const POLICY: Self = Self(1008);
    /// 1009: a message is too big.
    pub const TOO_BIG: Self = Self(1009);
    /// 1011: a handler panicked, or the opening failed.
    pub const INTERNAL: Self = Self(1011);
    /// 1012: the host restarts.
    pub const RESTART: Self = Self(1012);
    /// 1013: slow consumer (its outgoing queue was full), or no room now.
    pub const TRY_AGAIN: Self = Self(1013);
    /// 4403: denied.
    pub const FORBIDDEN: Self = Self(4403);
    /// 4408: timed out.
    pub const TIMED_OUT: Self = Self(4408);
    /// 4409: the client was made for another contract than the app's ([`App::contract`](crate::App::contract)), and is
    /// to load its page anew.
    pub const CONTRACT: Self = Self(4409);

    /// The code as a number.
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// Whether a close frame may carry it (RFC 6455, section 7.4; 1004, 1005, 1006 and 1015 may never be sent).
    pub const fn is_sendable(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl PartialEq<u16> for CloseCode {
    fn eq(&self, other: &u16) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A code that no close frame may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCloseCode(pub CloseCode);

impl fmt::Display for InvalidCloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be sent: use 1000-1003, 1007-1014 or, for codes of your own, 3000-4999", self.0)
    }
}

impl std::error::Error for InvalidCloseCode {}

/// What a close frame carries: a code that may be sent, and a reason of at most 123 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseFrame {
    code: CloseCode,
    reason: String,
}

impl CloseFrame {
    /// A close frame; a reason over 123 bytes is cut at a character.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] when the code may not be sent.
    pub fn new(code: impl Into<CloseCode>, reason: impl Into<String>) -> Result<Self, InvalidCloseCode> {
        let code = code.into();
        if !code.is_sendable() {
            return Err(InvalidCloseCode(code));
        }
        Ok(Self::of(code, reason.into()))
    }

    /// A close frame with 1000 and no reason.
    pub fn normal() -> Self {
        Self::of(CloseCode::NORMAL, "")
    }

    /// A close frame with a code of this crate's own.
    pub(crate) fn of(code: CloseCode, reason: impl Into<String>) -> Self {
        debug_assert!(code.is_sendable());
        let mut reason = reason.into();
        reason.truncate(reason.floor_char_boundary(REASON_BYTES));
        Self { code, reason }
    }

    /// The code.
    pub fn code(&self) -> CloseCode {
        self.code
    }

    /// The reason, perhaps empty.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// How a connection ended, as its close hook is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloseInfo {
    /// The code: the peer's when it closed first, else ours. 1005 when it sent none, 1006 when the connection was lost.
    pub code: CloseCode,
    /// The reason that came or went with the code.
    pub reason: String,
    /// Whether a close frame began the end, as `wasClean` says in a browser.
    pub was_clean: bool,
}

impl CloseInfo {
    /// An end, for those who see one: a client, or a transport of its own.
    pub fn new(code: impl Into<CloseCode>, reason: impl Into<String>, was_clean: bool) -> Self {
        Self { code: code.into(), reason: reason.into(), was_clean }
    }

    /// A connection that was lost: 1006.
    pub fn lost() -> Self {
        Self::new(CloseCode::ABNORMAL, "", false)
    }

    pub(crate) fn peer(frame: Option<&CloseFrame>) -> Self {
        match frame {
            Some(frame) => Self::ours(frame),
            None => Self::new(CloseCode::NO_STATUS, "", true),
        }
    }

    pub(crate) fn ours(frame: &CloseFrame) -> Self {
        Self::new(frame.code, frame.reason.clone(), true)
    }
}

impl fmt::Display for CloseInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, reason, .. } = self;
        match reason.as_str() {
            "" => write!(f, "closed with {code}"),
            reason => write!(f, "closed with {code}: {reason}"),
        }
    }
}

/// To those who wanted it open.
impl std::error::Error for CloseInfo {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_at_a_character() {
        let frame = CloseFrame::new(1000, "é".repeat(100)).unwrap();
        assert_eq!(frame.reason().len(), 122);
        assert!(frame.reason().chars().all(|c| c == 'é'));
    }

    #[test]
    fn reserved_codes_are_refused() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
            assert!(CloseFrame::new(code, "").is_err(), "{code}");
        }
        for code in [1000, 1003, 1007, 1014, 3000, 4999] {
            assert!(CloseFrame::new(code, "").is_ok(), "{code}");
        }
    }
}
