//! A peer that always has more: it costs itself, and nobody else.

use std::time::Duration;

use irori::{
    App, RoomRef, Upgrade, WsContext, WsEvents, channel::NoKey, define_room, transport::Received, wire::Message,
};

use crate::{door::Door, wire::Wire};

const ROOM: RoomRef<NoKey, String, String, ()> = RoomRef::new("test", "room");

/// The default of `limits.inbox.messages`, and the reads of one turn.
const INBOX: usize = 64;
const READS: usize = 64;

struct Echo;

impl WsEvents for Echo {
    async fn on_message(&mut self, ws: &mut WsContext, message: Message) -> irori::Result {
        ws.send(message)?;
        Ok(())
    }
}

/// `/echo`, and a room in which a message is never done.
fn door() -> Door {
    let stuck = define_room(ROOM, ()).on_message(async |(), _, _: String| std::future::pending().await);
    Door::new(App::new().websocket("/echo", |_: &Upgrade| Echo).room(ROOM, stuck))
}

/// Says something in the room from outside.
fn announce(door: &Door, text: &str) {
    let room = door.app().rooms().of(ROOM, &NoKey {});
    door.world.block_on(room.broadcast(&text.to_owned())).unwrap();
}

fn was_said(wire: &Wire, text: &str) -> bool {
    wire.take_said().iter().any(|frame| frame.contains(text))
}

#[test]
fn messages_without_end_are_answered_as_they_come() {
    let (door, wire) = (door(), Wire::flooded_with(Received::Text("x".into())));
    let mut task = door.open("/echo", wire.clone());
    let mut answered = 0;
    for turn in 1..=100 {
        assert!(!task.poll());
        let came = wire.came();
        answered += wire.take_said().len();
        assert!(came >= turn && came <= turn * READS, "a turn is bounded: {came} in {turn}");
        assert!(answered + READS >= came, "and lets out what it made: {answered} of {came}");
    }
}

#[test]
fn pings_without_end_do_not_hold_up_what_others_send() {
    let (door, wire) = (door(), Wire::flooded_with(Received::Ping("?".into())));
    let mut task = door.join(wire.clone());
    task.poll();
    for turn in 0..100 {
        let text = format!("announcement {turn}");
        announce(&door, &text);
        wire.came();
        assert!(!task.poll());
        assert!(was_said(&wire, &text), "it goes out in the same turn");
    }
}

#[test]
fn pings_whose_answers_nobody_reads_are_owed_a_few() {
    let (door, wire) = (door(), Wire::default());
    let mut task = door.open("/echo", wire.clone());
    task.poll();
    wire.block();
    for _ in 0..1_000 {
        (0..10).for_each(|_| wire.say(Received::Ping("?".into())));
        wire.came();
        assert!(!task.settle());
    }
    wire.unblock();
    task.poll();
    let pongs = wire.take_said().iter().filter(|frame| *frame == "pong").count();
    assert!((1..=32).contains(&pongs), "{pongs} pongs were kept");
}

#[test]
fn signs_of_life_without_end_do_not_hold_up_what_others_send() {
    let (door, wire) = (door(), Wire::flooded_with(Received::Alive));
    let mut task = door.join(wire.clone());
    task.poll();
    announce(&door, "tea is ready");
    wire.came();
    assert!(!task.poll());
    assert!(was_said(&wire, "tea is ready"));
}

#[test]
fn a_slow_hook_pushes_back_and_holds_up_nothing() {
    let (door, wire) = (door(), Wire::flooded_with(Received::Text(r#"{"t":"msg","msg":"never done"}"#.into())));
    let mut task = door.join(wire.clone());
    for turn in 0..100 {
        let text = format!("announcement {turn}");
        announce(&door, &text);
        assert!(!task.poll());
        assert!(turn == 0 || was_said(&wire, &text), "it goes out beside the hook");
    }
    assert!(wire.came() <= INBOX + READS, "what the inbox does not hold is not read: {}", wire.came());
    assert!(!task.settle(), "and nothing spins meanwhile");
}

#[test]
fn a_flood_whose_answers_nobody_reads_ends() {
    let (door, wire) = (door(), Wire::flooded_with(Received::Text("x".into())));
    wire.block();
    let mut task = door.open("/echo", wire.clone());
    for _ in 0..100 {
        assert!(!task.poll(), "the peer has time to read its close frame");
        wire.came();
    }
    door.world.advance(Duration::from_secs(5));
    assert!(task.poll(), "and no more than 5 s of it");
    assert_eq!(door.app().connections(), 0);
}
