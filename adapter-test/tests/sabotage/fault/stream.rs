//! From the 101 to the end of the stream.

use std::task::Poll;

use bytes::Bytes;
use irori::{
    transport::{ReceiveError, Received},
    wire::{Fragment, Opcode},
};
use serde_json::{Map, Value};

use super::{Fault, fault};
use crate::seams::Close;

pub(super) const RECEIVING: &[Fault] = &[
    fault("loses the first frame", "lifecycle::frame_sent_before_open_done_is_kept", |seams| {
        seams.incoming = |frames, before| {
            if before == 0 && !frames.is_empty() {
                frames.remove(0);
            }
        };
    }),
    fault("hands up every frame twice", "order::client_to_server_fifo", |seams| {
        seams.incoming = |frames, _| *frames = frames.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
    }),
    fault("hands up two frames that came together in the wrong order", "order::client_to_server_fifo", |seams| {
        seams.incoming = |frames, _| frames.reverse();
    }),
    fault(
        "hands up binary messages behind the text that came with them",
        "order::interleaved_text_binary_fifo",
        |seams| {
            seams.incoming = |frames, _| frames.sort_by_key(|frame| frame.opcode == Opcode::Binary);
        },
    ),
    fault("hands up bytes as text", "message::binary_round_trip", |seams| {
        seams.incoming = |frames, _| each(frames, Opcode::Binary, |frame| frame.opcode = Opcode::Text);
    }),
    fault("mends text that is no UTF-8", "message::invalid_utf8_closes_1007", |seams| {
        seams.incoming = |frames, _| {
            each(frames, Opcode::Text, |frame| {
                frame.payload = String::from_utf8_lossy(&frame.payload).into_owned().into();
            });
        };
    }),
    fault("swallows empty messages", "message::empty_text", |seams| {
        seams.incoming = |frames, _| frames.retain(|frame| frame.opcode != Opcode::Text || !frame.payload.is_empty());
    }),
    fault("takes each fragment for a message", "message::fragmented_is_reassembled", |seams| {
        seams.incoming = |frames, _| {
            frames.iter_mut().for_each(|frame| frame.fin = true);
            each(frames, Opcode::Continuation, |frame| frame.opcode = Opcode::Text);
        };
    }),
    fault("keeps no limit on bytes", "message::over_limit_closes_1009", |seams| {
        seams.limits = |limits| limits.bytes = usize::MAX;
    }),
    fault("keeps no limit on fragments", "message::too_many_fragments_closed", |seams| {
        seams.limits = |limits| limits.fragments = u32::MAX;
    }),
    fault("expects a whole frame of each read", "message::one_frame_in_halves_is_one_message", |seams| {
        seams.keeps_halves = false;
    }),
    fault("does not say that a message began", "message::fragments_too_slow_closed", |seams| {
        seams.received = |received| match received {
            Ok(Received::Partial) => Poll::Ready(Ok(Received::Alive)),
            received => Poll::Ready(received),
        };
    }),
    fault("says with each fragment that a message began", "message::fragments_too_slow_closed", |seams| {
        seams.received = |received| match received {
            Ok(Received::Alive) => Poll::Ready(Ok(Received::Partial)),
            received => Poll::Ready(received),
        };
    }),
    fault("says that a message began when its first frame is whole", "message::half_a_frame_times_out", |seams| {
        seams.begins_early = false;
    }),
    fault("swallows pings", "message::ping_answered", |seams| {
        seams.incoming = |frames, _| frames.retain(|frame| frame.opcode != Opcode::Ping);
    }),
    fault("swallows pongs", "heartbeat::pong_keeps_alive", |seams| {
        seams.incoming = |frames, _| frames.retain(|frame| frame.opcode != Opcode::Pong);
    }),
    fault("drops the code of a close frame that came", "lifecycle::client_close_code_seen", |seams| {
        seams.incoming = |frames, _| each(frames, Opcode::Close, |frame| frame.payload = Bytes::new());
    }),
    fault("drops the reason of a close frame that came", "lifecycle::client_close_reason_seen", |seams| {
        seams.incoming = |frames, _| each(frames, Opcode::Close, |frame| frame.payload.truncate(2));
    }),
    fault("takes a close frame for a loss", "lifecycle::close_frame_is_answered", |seams| {
        seams.received = |received| match received {
            Ok(Received::Close(_)) => Poll::Ready(Err(ReceiveError::Lost(None))),
            received => Poll::Ready(received),
        };
    }),
    fault("takes what breaks the protocol for a loss", "error::transport_error_then_close", |seams| {
        seams.received = |received| Poll::Ready(received.map_err(|_| ReceiveError::Lost(None)));
    }),
    fault("takes a loss for a close frame", "lifecycle::abrupt_loss_is_1006", |seams| {
        seams.received = |received| match received {
            Err(ReceiveError::Lost(_)) => Poll::Ready(Ok(Received::Close(None))),
            received => Poll::Ready(received),
        };
    }),
    fault("keeps a connection, and its place, whose client is gone", "limit::max_per_address", |seams| {
        seams.received = |received| match received {
            Err(ReceiveError::Lost(_)) => Poll::Pending,
            received => Poll::Ready(received),
        };
    }),
];

pub(super) const SENDING: &[Fault] = &[
    fault("loses what goes out behind the first frame of a write", "order::server_to_client_fifo", |seams| {
        seams.outgoing = |frames| frames.truncate(1);
    }),
    fault("sends what goes out in one write in the wrong order", "order::server_to_client_fifo", |seams| {
        seams.outgoing = |frames| frames.reverse();
    }),
    fault("lets short frames overtake long ones of the same write", "room::same_order_for_all_members", |seams| {
        seams.outgoing = |frames| frames.sort_by_key(|frame| frame.payload.len());
    }),
    fault("writes JSON anew, without what is null", "presence::explicit_null_kept", |seams| {
        seams.outgoing = |frames| rewrite(frames, |object| object.retain(|_, value| !value.is_null()));
    }),
    fault("writes JSON anew, its keys by the alphabet", "transcript::room_two_clients", |seams| {
        seams.outgoing = |frames| rewrite(frames, |object| object.sort_keys());
    }),
    fault("sends text as bytes", "message::text_round_trip", |seams| {
        seams.outgoing = |frames| each(frames, Opcode::Text, |frame| frame.opcode = Opcode::Binary);
    }),
    fault("swallows the server's pings", "heartbeat::server_pings_when_idle", |seams| {
        seams.outgoing = |frames| frames.retain(|frame| frame.opcode != Opcode::Ping);
    }),
    fault("answers pings that the core answers too", "message::ping_answered", |seams| {
        seams.outgoing = |frames| twice(frames, Opcode::Pong);
    }),
    fault("says that it has flushed what the stream did not take", "outbox::slow_member_is_cut_not_room", |seams| {
        seams.flushes = false;
    }),
    fault("drops the code of a close frame", "lifecycle::server_close_code_seen", |seams| {
        seams.outgoing = |frames| each(frames, Opcode::Close, |frame| frame.payload = Bytes::new());
    }),
    fault("drops the reason of a close frame", "lifecycle::server_close_reason_seen", |seams| {
        seams.outgoing = |frames| each(frames, Opcode::Close, |frame| frame.payload.truncate(2));
    }),
    fault("answers close frames that the core answers too", "lifecycle::simultaneous_close", |seams| {
        seams.outgoing = |frames| twice(frames, Opcode::Close);
    }),
];

pub(super) const CLOSING: &[Fault] = &[
    fault("ends the stream without a close frame", "guard::deny_closes_4403", |seams| {
        seams.outgoing = |frames| frames.retain(|frame| frame.opcode != Opcode::Close);
    }),
    fault(
        "drops what the stream has not taken when a close frame follows",
        "shutdown::drains_outboxes_until_deadline",
        |seams| seams.close_waits = false,
    ),
    fault("drops the stream when the close frame is out", "lifecycle::close_waits_for_what_is_on_its_way", |seams| {
        seams.close = Close::AtOnce;
    }),
    fault("never ends the stream", "lifecycle::close_frame_is_answered", |seams| seams.close = Close::Never),
];

fn each(frames: &mut [Fragment], opcode: Opcode, change: fn(&mut Fragment)) {
    frames.iter_mut().filter(|frame| frame.opcode == opcode).for_each(change);
}

fn twice(frames: &mut Vec<Fragment>, opcode: Opcode) {
    let again = |frame: Fragment| std::iter::repeat_n(frame.clone(), 1 + usize::from(frame.opcode == opcode));
    *frames = std::mem::take(frames).into_iter().flat_map(again).collect();
}

/// Changes the objects that text frames say.
fn rewrite(frames: &mut [Fragment], change: fn(&mut Map<String, Value>)) {
    for frame in frames.iter_mut().filter(|frame| frame.opcode == Opcode::Text) {
        if let Ok(mut object) = serde_json::from_slice(&frame.payload) {
            change(&mut object);
            frame.payload = Value::Object(object).to_string().into();
        }
    }
}
