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
fn a_room_has_a_hundred_members() {
    let house = House::new();
    let mut members: Vec<_> = (0..100).map(|number| house.enter_room(&format!("user {number}"), "lobby")).collect();
    let mut ada = house.enter("Ada");
    refused(&mut ada, "lobby", Code::RoomFull, "lobby is full");
    drop(members.pop());
    assert_eq!(ada.join("lobby").len(), 100);
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
