//! The room over a sink that writes down what it gets.

use std::{cell::RefCell, rc::Rc};

use super::*;
use crate::wire::Opcode;

#[derive(Clone)]
struct Pen {
    id: ConnectionId,
    page: Rc<RefCell<Vec<String>>>,
}

impl Sink for Pen {
    fn id(&self) -> ConnectionId {
        self.id
    }

    fn deliver(&self, parcel: Parcel, tally: &mut Tally) {
        let text = String::from_utf8(parcel.frame.payload().to_vec()).unwrap();
        self.page.borrow_mut().push(format!("{} gets {text}", name(self.id)));
        tally.count(&Ok(crate::error::Sent::Queued), None);
    }
}

fn name(id: ConnectionId) -> String {
    ["a", "b", "c"][(id.seed() & 0xFF) as usize].to_owned()
}

struct World {
    room: Room<Pen>,
    page: Rc<RefCell<Vec<String>>>,
}

impl World {
    fn new() -> Self {
        Self { room: Room::default(), page: Rc::default() }
    }

    fn join(&mut self, number: u128, state: &'static str) -> Seat {
        let pen = Pen { id: ConnectionId::from_random(number), page: Rc::clone(&self.page) };
        let state = (!state.is_empty()).then(|| Bytes::from_static(state.as_bytes()));
        self.room.join(pen, state, &mut Tally::default())
    }

    /// What was delivered since, with ids as names.
    fn written(&self) -> Vec<String> {
        let ids: Vec<_> = (0..3).map(|number| ConnectionId::from_random(number).to_string()).collect();
        self.page
            .take()
            .into_iter()
            .map(|line| ids.iter().zip(["a", "b", "c"]).fold(line, |line, (id, name)| line.replace(id, name)))
            .collect()
    }

    fn say(&self, audience: Audience) -> Vec<String> {
        self.room.broadcast(Frame::new(Opcode::Text, b"hi"), audience, &mut Tally::default());
        self.written()
    }
}

#[test]
fn a_joiner_gets_the_snapshot_and_the_others_the_news() {
    let mut world = World::new();
    world.join(0, "1");
    assert_eq!(world.written(), [r#"a gets {"t":"snapshot","self":"a","members":[{"id":"a","state":1}]}"#]);
    world.join(1, "");
    assert_eq!(
        world.written(),
        [
            r#"a gets {"from":"b","t":"presence","op":"join"}"#,
            r#"b gets {"t":"snapshot","self":"b","members":[{"id":"a","state":1},{"id":"b"}]}"#,
        ]
    );
}

#[test]
fn an_update_reaches_everybody_and_is_in_the_next_snapshot() {
    let mut world = World::new();
    let seat = world.join(0, "1");
    world.join(1, "2");
    world.written();
    world.room.update(seat, Some(Bytes::from_static(b"null")), &mut Tally::default());
    assert_eq!(
        world.written(),
        [
            r#"a gets {"from":"a","t":"presence","op":"update","state":null}"#,
            r#"b gets {"from":"a","t":"presence","op":"update","state":null}"#,
        ]
    );
    world.join(2, "");
    assert!(world.written()[2].contains(r#"[{"id":"a","state":null},{"id":"b","state":2},{"id":"c"}]"#));
}

#[test]
fn a_leave_is_told_to_those_who_stay_and_only_once() {
    let mut world = World::new();
    let first = world.join(0, "");
    let second = world.join(1, "");
    world.written();
    world.room.leave(first, &mut Tally::default());
    world.room.leave(first, &mut Tally::default());
    assert_eq!(world.written(), [r#"b gets {"from":"a","t":"presence","op":"leave"}"#]);
    assert!(!world.room.dispose());
    world.room.leave(second, &mut Tally::default());
    assert!(world.written().is_empty());
    assert!(world.room.dispose());
}

#[test]
fn each_audience_hears_what_it_should_and_in_order() {
    let mut world = World::new();
    for number in 0..3 {
        world.join(number, "");
    }
    world.written();
    let a = ConnectionId::from_random(0);
    assert_eq!(world.say(Audience::Everyone), ["a gets hi", "b gets hi", "c gets hi"]);
    assert_eq!(world.say(Audience::Others(a)), ["b gets hi", "c gets hi"]);
    assert_eq!(world.say(Audience::AuthorLast(a)), ["b gets hi", "c gets hi", "a gets hi"]);
}
