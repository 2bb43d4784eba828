//! The session stepped by hand: every clock reading and every input is in sight.

use super::*;

const SECOND: u64 = 1_000_000_000;

struct Bench {
    session: Session,
    limits: Limits,
    now: Now,
}

impl Bench {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        let now = Now::from_nanos(SECOND);
        Self { session: Session::new(now, 512, Manner::default(), &limits), limits, now }
    }

    fn opened() -> Self {
        let mut bench = Self::new();
        assert_eq!(bench.poll(), "event open");
        bench.ended();
        bench
    }

    fn advance(&mut self, millis: u64) {
        self.now = self.now + Duration::from_millis(millis);
    }

    fn tell(&mut self, input: Input) {
        self.session.handle(self.now, input, &self.limits);
    }

    fn receive(&mut self, text: &'static str) {
        self.tell(Input::Received(Received::Text(Bytes::from_static(text.as_bytes()))));
    }

    fn ended(&mut self) {
        self.tell(Input::Ended(Outcome::default()));
    }

    fn poll(&mut self) -> String {
        let output = self.session.poll(self.now, &self.limits);
        if let Some(frame) = self.session.reply() {
            return format!("send {:?}", frame.opcode());
        }
        match output {
            Output::Event(event) => match event {
                Event::Open => "event open".into(),
                Event::Message(payload) => format!("event {}", String::from_utf8_lossy(payload.bytes())),
                Event::Fault(stage, cause) => format!("event fault {stage}: {cause}"),
                Event::Tick => "event tick".into(),
                Event::Close(info) => format!("event close {} {}", info.code, info.reason),
            },
            Output::Close(frame) => {
                let payload = frame.payload();
                let code = payload.split_first_chunk().map(|(code, _)| u16::from_be_bytes(*code));
                format!("close {code:?}")
            }
            Output::Wait(_) => "wait".into(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    fn polls(&mut self, expected: &[&str]) {
        for expected in expected {
            assert_eq!(self.poll(), *expected);
        }
    }
}

#[test]
fn a_message_waits_for_open_to_end() {
    let mut bench = Bench::new();
    bench.receive("early");
    bench.polls(&["event open", "wait"]);
    bench.ended();
    bench.polls(&["event early", "wait"]);
}

#[test]
fn the_peers_close_comes_after_its_messages_and_so_does_its_answer() {
    let mut bench = Bench::opened();
    bench.receive("a");
    bench.receive("b");
    bench.tell(Input::Received(Received::Close(Some(CloseFrame::of(CloseCode::NORMAL, "bye")))));
    for event in ["event a", "event b"] {
        bench.polls(&[event]);
        assert!(!bench.session.is_closing(), "it can be answered still");
        bench.ended();
    }
    bench.polls(&["close Some(1000)", "event close 1000 bye", "wait"]);
    assert!(bench.session.is_closing());
    bench.tell(Input::CloseSent);
    bench.polls(&["shut", "wait"]);
    bench.tell(Input::Shut);
    bench.ended();
    bench.polls(&["finished"]);
}

#[test]
fn a_hook_that_is_pending_does_not_keep_the_peers_close_from_its_answer() {
    let mut bench = Bench::opened();
    bench.receive("a");
    bench.receive("b");
    bench.polls(&["event a", "wait"]);
    bench.tell(Input::Received(Received::Close(None)));
    bench.polls(&["close None", "wait"]);
    bench.ended();
    bench.polls(&["event b"]);
    bench.ended();
    bench.polls(&["event close 1005 "]);
}

#[test]
fn our_close_tells_the_handler_at_once_and_cuts_a_peer_that_never_answers() {
    let mut bench = Bench::opened();
    bench.receive("dropped");
    bench.tell(Input::Close(CloseFrame::new(4001, "kicked").unwrap()));
    bench.receive("after");
    bench.polls(&["close Some(4001)", "event close 4001 kicked", "wait"]);
    bench.ended();
    bench.tell(Input::CloseSent);
    bench.polls(&["wait"]);
    bench.advance(5_000);
    bench.polls(&["abort", "finished"]);
}

#[test]
fn a_lost_connection_still_delivers_what_came() {
    let mut bench = Bench::opened();
    bench.receive("last words");
    bench.tell(Input::Failed(ReceiveError::Lost(None)));
    bench.polls(&["event last words", "wait"]);
    bench.ended();
    bench.polls(&["event close 1006 ", "wait"]);
    bench.ended();
    bench.polls(&["finished"]);
}

#[test]
fn silence_is_pinged_and_then_closed() {
    let mut bench = Bench::opened();
    bench.advance(24_999);
    bench.polls(&["wait"]);
    bench.advance(1);
    bench.polls(&["send Ping", "wait"]);
    bench.tell(Input::Received(Received::Pong));
    bench.advance(25_000);
    bench.polls(&["send Ping", "wait"]);
    bench.advance(10_000);
    bench.polls(&["close Some(4408)", "event close 4408 no pong"]);
}

#[test]
fn a_full_inbox_stops_the_reading_and_the_heartbeat_with_it() {
    let mut bench = Bench::new();
    bench.limits.inbox.messages = 2;
    bench.polls(&["event open"]);
    bench.receive("a");
    assert!(bench.session.wants_input(&bench.limits));
    bench.receive("b");
    assert!(!bench.session.wants_input(&bench.limits));
    bench.advance(3_600_000);
    bench.polls(&["wait"]);
    bench.ended();
    bench.polls(&["event a", "wait"]);
    assert!(bench.session.wants_input(&bench.limits));
}

#[test]
fn a_flood_is_dropped_and_told_and_in_the_end_closed() {
    let mut bench = Bench::new();
    bench.limits.rate.burst = 1;
    bench.limits.rate.strikes = 1;
    bench.polls(&["event open"]);
    for text in ["a", "b", "c"] {
        bench.receive(text);
    }
    bench.ended();
    bench.polls(&["event a"]);
    bench.ended();
    bench.polls(&["event fault message: over the limit: messages a second"]);
    bench.ended();
    bench.polls(&["event fault message: over the limit: messages a second"]);
    bench.ended();
    bench.polls(&["close Some(1008)", "event close 1008 rate limit"]);
}

#[test]
fn what_waited_because_we_did_not_read_is_no_flood() {
    let mut bench = Bench::new();
    bench.limits.rate.messages = 10;
    bench.limits.rate.burst = 2;
    bench.limits.inbox.messages = 1;
    bench.polls(&["event open"]);
    bench.receive("first");
    // For ten seconds nothing is read; at ten a second, a hundred messages have come meanwhile.
    bench.advance(10_000);
    bench.ended();
    for _ in 0..100 {
        bench.polls(&["event first"]);
        bench.receive("first");
        bench.ended();
    }
    bench.polls(&["event first", "wait"]);
    bench.session.caught_up();
    // And then the rate is what it was.
    bench.ended();
    for _ in 0..4 {
        bench.receive("more");
    }
    let next = std::iter::from_fn(|| {
        let next = bench.poll();
        bench.ended();
        Some(next)
    });
    assert!(next.take(4).any(|event| event == "event fault message: over the limit: messages a second"));
}

#[test]
fn pings_that_fill_the_inbox_are_no_flood_either() {
    let mut bench = Bench::new();
    bench.limits.rate.bytes = 1;
    bench.limits.message.bytes = 1;
    bench.limits.inbox.messages = 1;
    bench.polls(&["event open"]);
    bench.tell(Input::Received(Received::Ping(Bytes::from_static(b"a long question"))));
    assert!(!bench.session.wants_input(&bench.limits));
    bench.advance(60_000);
    bench.tell(Input::Received(Received::Ping(Bytes::from_static(b"a long question"))));
    bench.polls(&["send Pong"]);
}

#[test]
fn a_message_that_is_not_read_is_not_slow() {
    let mut bench = Bench::new();
    bench.limits.inbox.messages = 1;
    bench.polls(&["event open"]);
    bench.receive("waits");
    bench.tell(Input::Received(Received::Partial));
    bench.advance(3_600_000);
    bench.polls(&["wait"]);
    bench.ended();
    bench.polls(&["event waits", "wait"]);
    bench.advance(10_000);
    bench.polls(&["close Some(4408)"]);
}

#[test]
fn a_peer_that_is_not_read_is_not_idle() {
    let mut bench = Bench::new();
    bench.limits.liveness.idle = Some(Duration::from_secs(60));
    bench.limits.inbox.messages = 1;
    bench.polls(&["event open"]);
    bench.receive("waits");
    bench.advance(3_600_000);
    bench.polls(&["wait"]);
    bench.ended();
    bench.polls(&["event waits", "wait"]);
}

#[test]
fn the_apps_close_overrules_a_drain_that_waits() {
    let mut bench = Bench::opened();
    bench.receive("a");
    bench.tell(Input::Drain(Duration::ZERO));
    bench.polls(&["event a"]);
    bench.tell(Input::Close(CloseFrame::new(4001, "kick").unwrap()));
    bench.polls(&["close Some(4001)", "wait"]);
    bench.ended();
    bench.polls(&["event close 4001 kick"]);
}

#[test]
fn a_hooks_time_runs_from_when_it_is_pending() {
    let mut bench = Bench::new();
    bench.limits.handler.deadline = Some(Duration::from_secs(1));
    bench.polls(&["event open"]);
    bench.advance(10_000);
    bench.polls(&["wait"]);
    bench.advance(999);
    bench.polls(&["wait"]);
    bench.advance(1);
    bench.polls(&["cancel"]);
}

#[test]
fn a_message_that_never_gets_whole_times_out() {
    let mut bench = Bench::opened();
    bench.tell(Input::Received(Received::Partial));
    bench.advance(9_999);
    bench.tell(Input::Received(Received::Alive));
    bench.polls(&["wait"]);
    bench.advance(1);
    bench.polls(&["close Some(4408)", "event close 4408 message too slow"]);
}

#[test]
fn a_failed_open_closes_unless_the_unit_keeps() {
    let failed = || Input::Ended(Outcome { failed: true, ..Outcome::default() });
    let mut bench = Bench::new();
    bench.polls(&["event open"]);
    bench.tell(failed());
    bench.polls(&["close Some(1011)", "event close 1011 internal error"]);

    let mut bench = Bench::new();
    bench.session.manner.keep_failed_open = true;
    bench.polls(&["event open"]);
    bench.tell(failed());
    bench.polls(&["wait"]);
    bench.receive("a");
    bench.polls(&["event a"]);
    bench.tell(failed());
    bench.polls(&["wait"]);
}

#[test]
fn a_hook_over_its_deadline_is_dropped_and_fatal() {
    let mut bench = Bench::new();
    bench.limits.handler.deadline = Some(Duration::from_secs(1));
    bench.polls(&["event open", "wait"]);
    bench.advance(1_000);
    bench.polls(&["cancel", "wait"]);
    bench.tell(Input::Ended(Outcome { failed: true, fatal: true, ..Outcome::default() }));
    bench.polls(&["close Some(1011)", "event close 1011 internal error"]);
}

#[test]
fn a_denied_connection_sees_its_close_frame_and_no_hook() {
    let limits = Limits::default();
    let now = Now::default();
    let frame = CloseFrame::of(CloseCode::FORBIDDEN, "forbidden");
    let mut bench = Bench { session: Session::denied(now, &frame, &limits), limits, now };
    bench.receive("ignored");
    bench.polls(&["close Some(4403)", "wait"]);
    bench.tell(Input::CloseSent);
    bench.tell(Input::Received(Received::Close(None)));
    bench.polls(&["shut"]);
    bench.tell(Input::Shut);
    bench.polls(&["finished"]);
}

#[test]
fn a_drain_says_going_away_after_its_delay() {
    let mut bench = Bench::opened();
    bench.tell(Input::Drain(Duration::from_secs(3)));
    bench.polls(&["wait"]);
    bench.advance(3_000);
    bench.polls(&["close Some(1001)", "event close 1001 going away"]);
}

#[test]
fn pings_are_answered_one_by_one_but_a_flood_is_not() {
    let pongs_for = |pings| {
        let mut bench = Bench::opened();
        for _ in 0..pings {
            bench.tell(Input::Received(Received::Ping(Bytes::from_static(b"x"))));
        }
        std::iter::from_fn(|| Some(bench.poll()).filter(|output| output == "send Pong")).count()
    };
    assert_eq!(pongs_for(10), 10);
    assert_eq!(pongs_for(1_000), 16);
}

#[test]
fn the_session_stays_small() {
    assert!(size_of::<Session>() <= 512, "{}", size_of::<Session>());
}
