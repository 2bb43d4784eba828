//! How fast one may talk, and what becomes of who talks faster.

use std::time::Duration;

use chat::shared::{Ask, ClientSays, Code, Problem, ServerSays};

use super::{House, Somebody, user_joined, user_left};

const HALF_A_SECOND: Duration = Duration::from_millis(500);
const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn twenty_at_once_and_two_a_second() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    talks(&mut ada, 20);
    ada.say("lobby", "one too many");
    let too_fast =
        Problem { code: Code::TooFast, message: "too many messages at once".to_owned(), retry_after: Some(1) };
    assert_eq!(ada.hear_error(), too_fast);

    for _ in 0..10 {
        house.server.advance(HALF_A_SECOND);
        talks(&mut ada, 1);
    }
    house.server.advance(MINUTE);
    talks(&mut ada, 20);
}

#[test]
fn three_too_many_in_a_minute_lead_to_a_ban_on_every_connection() {
    let house = House::new();
    let (mut grace, mut ada) = (house.enter_room("Grace", "lobby"), house.enter_room("Ada", "lobby"));
    let mut phone = house.enter("Ada");
    assert_eq!(grace.hear(), user_joined("lobby", "Ada"));
    exhaust(&mut ada);
    for client in [&mut ada, &mut phone] {
        assert_eq!(client.hear_error(), banned(60));
        assert_eq!(client.client.expect_close(4429), "too many messages: banned for 60 s");
    }
    for _ in 0..20 {
        grace.hear_said();
    }
    assert_eq!(grace.hear(), user_left("lobby", "Ada"));
}

#[test]
fn who_is_banned_is_told_at_the_door_and_comes_in_after_a_minute() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    talks(&mut ada, 1);
    exhaust(&mut ada);
    let mut grace = house.enter_room("Grace", "lobby");

    house.server.advance(Duration::from_millis(17_300));
    let mut again = house.enter("Ada");
    again.ask(Ask::Join { room: "lobby".into() });
    assert_eq!(again.client.expect_close(4429), "too many messages: banned for 43 s");
    grace.client.expect_quiet();

    house.server.advance(Duration::from_millis(42_700));
    let mut ada = house.enter_room("Ada", "lobby");
    talks(&mut ada, 20);
}

/// As after a restart of the server, by a page that asks again when it is told to.
#[test]
fn who_comes_back_to_eight_rooms_in_three_windows_is_not_banned() {
    let house = House::new();
    let mut windows = ["Ada", "Ada", "Ada"].map(|name| (house.enter(name), Vec::from_iter(0..8)));
    let mut refused = 0;
    while windows.iter().any(|(_, missing)| !missing.is_empty()) {
        for (window, missing) in &mut windows {
            missing.retain(|&room| {
                let is_refused = !joins(window, room);
                refused += u32::from(is_refused);
                is_refused
            });
        }
        house.server.advance(Duration::from_secs(1));
    }
    assert!(refused > 3, "only {refused} times too fast, which would lead to no ban anyway");

    let [(ada, _), ..] = &mut windows;
    ada.say("0", "back");
    for (window, _) in &mut windows {
        assert_eq!(window.hear_said(), ["0", "Ada", "back"]);
        window.client.expect_quiet();
    }
}

#[test]
fn who_was_too_fast_in_joining_may_talk() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    for _ in 0..19 {
        ada.join("lobby");
    }
    for _ in 0..20 {
        assert!(!joins(&mut ada, 0));
    }
    talks(&mut ada, 20);
}

#[test]
fn what_is_no_message_counts_as_one() {
    let house = House::new();
    let mut ada = house.enter("Ada");
    for _ in 0..20 {
        ada.client.send_text("?");
        ada.expect_error(Code::Malformed);
    }
    ada.client.send_text("?");
    ada.expect_error(Code::TooFast);
}

#[test]
fn the_connections_of_a_user_share_a_rate_and_users_do_not() {
    let house = House::new();
    let (mut ada, mut phone) = (house.enter_room("Ada", "lobby"), house.enter("Ada"));
    talks(&mut ada, 20);
    phone.client.send_text("?");
    phone.expect_error(Code::TooFast);
    let mut grace = house.enter_room("Grace", "lobby");
    talks(&mut grace, 20);
}

#[test]
fn after_a_minute_it_is_forgiven() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    talks(&mut ada, 20);
    for _ in 0..3 {
        for _ in 0..2 {
            ada.say("lobby", "one too many");
            ada.expect_error(Code::TooFast);
        }
        house.server.advance(MINUTE);
        talks(&mut ada, 20);
    }
}

/// Asks to join a room, which may be too fast, and is answered.
#[track_caller]
fn joins(somebody: &mut Somebody, room: u32) -> bool {
    somebody.client.send_json(&ClientSays { request: Some(room), ask: Ask::Join { room: room.to_string() } });
    match somebody.hear() {
        ServerSays::Joined { room: joined, .. } => joined == room.to_string(),
        ServerSays::Error { request, problem } => {
            let answer = (request, problem.code, problem.retry_after);
            assert_eq!(answer, (Some(room), Code::TooFast, Some(1)));
            false
        }
        other => panic!("{other:?}"),
    }
}

/// Says so many things, each of which is heard.
#[track_caller]
fn talks(somebody: &mut Somebody, times: usize) {
    for number in 0..times {
        somebody.say("lobby", &number.to_string());
        assert_eq!(somebody.hear_said()[2], number.to_string());
    }
}

/// Talks until the ban, which is the next thing to be heard.
#[track_caller]
fn exhaust(somebody: &mut Somebody) {
    loop {
        somebody.say("lobby", "again");
        match somebody.hear() {
            ServerSays::Said { .. } => {}
            ServerSays::Error { problem, .. } => {
                assert_eq!(problem.code, Code::TooFast);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    somebody.say("lobby", "again");
    somebody.expect_error(Code::TooFast);
    somebody.say("lobby", "again");
}

fn banned(seconds: u64) -> Problem {
    let message = format!("too many messages: banned for {seconds} s");
    Problem { code: Code::Banned, message, retry_after: Some(seconds) }
}
