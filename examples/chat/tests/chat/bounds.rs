//! How many there may be of what.

use chat::shared::Code;

use super::{House, Somebody};

#[test]
fn a_connection_is_in_eight_rooms() {
    let house = House::new();
    let mut ada = house.enter("Ada");
    for number in 0..8 {
        ada.join(&format!("room-{number}"));
    }
    refused(&mut ada, "attic", Code::TooManyRooms, "you are in 8 rooms: leave one first");
    ada.join("room-7"); // where one is already, one is not refused
    ada.leave("room-0");
    ada.hear();
    ada.join("attic");
}

#[test]
fn a_user_has_ten_connections() {
    let house = House::new();
    let mut windows: Vec<_> = (0..10).map(|_| house.enter_room("Ada", "lobby")).collect();
    assert_eq!(house.enter("Ada").client.expect_close(4430), "too many connections");
    assert_eq!(house.enter_room("Grace", "attic").join("lobby"), ["Ada", "Grace"]);
    drop(windows.pop());
    house.enter_room("Ada", "lobby");
}

#[test]
fn a_room_has_a_hundred_users() {
    let house = House::new();
    let mut members: Vec<_> = (0..100).map(|number| house.enter_room(&format!("user {number}"), "lobby")).collect();
    let mut ada = house.enter("Ada");
    refused(&mut ada, "lobby", Code::RoomFull, "lobby is full");
    assert_eq!(house.enter("user 0").join("lobby").len(), 100); // who is in comes in once more
    drop(members.pop());
    assert_eq!(ada.join("lobby").len(), 100);
}

#[test]
fn a_room_is_not_full_of_connections() {
    let house = House::new();
    let _windows: Vec<_> = (0..100).map(|number| house.enter_room(&format!("user {}", number / 10), "lobby")).collect();
    assert_eq!(house.enter("Ada").join("lobby").len(), 11);
}

#[test]
fn there_are_a_thousand_rooms() {
    let house = House::new();
    let mut members: Vec<_> = (0..125).map(|number| house.enter(&format!("user {number}"))).collect();
    for (number, member) in members.iter_mut().enumerate() {
        for room in 0..8 {
            member.join(&format!("{number}-{room}"));
        }
    }
    let mut ada = house.enter("Ada");
    refused(&mut ada, "attic", Code::TooManyRooms, "there are 1000 rooms already");
    ada.join("0-0"); // one that is there has place
    drop(members.pop()); // with eight rooms that nobody else was in
    ada.join("attic");
}

#[track_caller]
fn refused(somebody: &mut Somebody, room: &str, code: Code, message: &str) {
    somebody.client.send_json(&serde_json::json!({"type": "join", "room": room}));
    assert_eq!(somebody.expect_error(code), message);
}
