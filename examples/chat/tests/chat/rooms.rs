//! Who is where, and who hears what.

use std::{sync::atomic::Ordering, time::Duration};

use chat::shared::{Ask, ServerSays};

use super::{House, Somebody, user_joined, user_left};

#[test]
fn who_joins_is_told_who_is_there_and_the_others_who_came() {
    let house = House::new();
    let mut grace = house.enter("Grace");
    assert_eq!(grace.join("lobby"), ["Grace"]);
    let mut ada = house.enter("Ada");
    assert_eq!(ada.join("lobby"), ["Ada", "Grace"]);
    assert_eq!(grace.hear(), user_joined("lobby", "Ada"));

    ada.ask(Ask::Who { room: "lobby".into() });
    let users = ["Ada", "Grace"].map(str::to_owned).into();
    assert_eq!(ada.hear(), ServerSays::Users { room: "lobby".into(), users });
    grace.client.expect_quiet();
}

#[test]
fn all_in_a_room_hear_what_is_said_there_and_nobody_else() {
    let house = House::new();
    let (mut ada, mut grace) = ada_and_grace(&house);
    let mut edsger = house.enter_room("Edsger", "attic");
    ada.say("lobby", "the engine\nweaves");
    for hears in [&mut ada, &mut grace] {
        assert_eq!(hears.hear_said(), ["lobby", "Ada", "the engine\nweaves"]);
        hears.client.expect_quiet();
    }
    edsger.client.expect_quiet();
}

#[test]
fn one_socket_is_in_several_rooms() {
    let house = House::new();
    let (mut ada, mut grace) = ada_and_grace(&house);
    ada.join("attic");
    let mut edsger = house.enter("Edsger");
    assert_eq!(edsger.join("attic"), ["Ada", "Edsger"]);
    assert_eq!(ada.hear(), user_joined("attic", "Edsger"));

    edsger.say("attic", "up here");
    grace.say("lobby", "down here");
    assert_eq!(ada.hear_said(), ["attic", "Edsger", "up here"]);
    assert_eq!(ada.hear_said(), ["lobby", "Grace", "down here"]);

    ada.leave("attic");
    assert_eq!(ada.hear(), ServerSays::Left { room: "attic".into() });
    edsger.hear_said();
    assert_eq!(edsger.hear(), user_left("attic", "Ada"));
    edsger.say("attic", "alone");
    ada.client.expect_quiet();
    grace.say("lobby", "still here?");
    assert_eq!(ada.hear_said()[2], "still here?");
}

#[test]
fn to_join_twice_is_to_be_there_once() {
    let house = House::new();
    let (mut ada, mut grace) = ada_and_grace(&house);
    assert_eq!(grace.join("lobby"), ["Ada", "Grace"]);
    ada.client.expect_quiet();
    ada.say("lobby", "once");
    grace.hear_said();
    grace.client.expect_quiet();
}

#[test]
fn a_user_with_two_connections_is_listed_once_and_leaves_with_the_last() {
    let house = House::new();
    let (mut ada, mut grace) = ada_and_grace(&house);
    let mut phone = house.enter("Grace");
    assert_eq!(phone.join("lobby"), ["Ada", "Grace"]);
    ada.client.expect_quiet();
    ada.say("lobby", "hello, both of you");
    for hears in [&mut ada, &mut grace, &mut phone] {
        hears.hear_said();
    }

    drop(grace);
    ada.client.expect_quiet();
    phone.client.expect_quiet();
    phone.leave("lobby");
    assert_eq!(ada.hear(), user_left("lobby", "Grace"));
}

#[test]
fn however_a_connection_ends_its_user_leaves_every_room() {
    let ends: [(&str, End); 5] = [
        ("by a goodbye", |mut grace, _| grace.client.close(1000, "")),
        ("lost", |grace, _| drop(grace)),
        ("without a sign of life", |mut grace, house| {
            grace.client.vanish();
            house.server.advance(Duration::from_secs(60));
        }),
        ("with a message too big", |mut grace, _| {
            grace.client.send_text(&"x".repeat(20_000));
            grace.client.expect_close(1009);
        }),
        ("by a panic, while everybody else has to wait", |mut grace, house| {
            house.clock_breaks.store(true, Ordering::Relaxed);
            grace.say("lobby", "what time is it?");
            grace.client.expect_close(1011);
        }),
    ];
    for (how, end) in ends {
        println!("{how}"); // shown when the test fails
        let house = House::new();
        let (mut ada, mut grace) = ada_and_grace(&house);
        ada.join("attic");
        grace.join("attic");
        assert_eq!(ada.hear(), user_joined("attic", "Grace"));
        end(grace, &house);
        assert_eq!(ada.hear(), user_left("attic", "Grace"));
        assert_eq!(ada.hear(), user_left("lobby", "Grace"));
        assert_eq!(ada.join("lobby"), ["Ada"]);
    }
}

#[test]
fn who_does_not_read_is_closed_and_leaves_too() {
    let house = House::new();
    let (mut ada, mut grace) = ada_and_grace(&house);
    grace.client.stall();
    for number in 0..1_100 {
        house.server.advance(Duration::from_millis(500));
        ada.say("lobby", &format!("{number} {}", "x".repeat(400)));
        match ada.hear() {
            ServerSays::Said { .. } => {}
            other => return assert_eq!(other, user_left("lobby", "Grace")),
        }
    }
    panic!("Grace is still in the list");
}

/// How a connection ends.
type End = fn(Somebody, &House);

/// Both in the lobby, with nothing left to hear.
fn ada_and_grace(house: &House) -> (Somebody, Somebody) {
    let mut ada = house.enter_room("Ada", "lobby");
    let grace = house.enter_room("Grace", "lobby");
    assert_eq!(ada.hear(), user_joined("lobby", "Grace"));
    (ada, grace)
}
