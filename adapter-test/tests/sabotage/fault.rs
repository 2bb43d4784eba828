use std::{net::SocketAddr, task::Poll};

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use irori::{
    transport::{ReceiveError, Received},
    wire::{Fragment, Opcode},
};
use irori_test::conformance::Greeting;

use crate::seams::{Close, Seams};

/// One fault, planted in an adapter that is right without it.
pub(crate) struct Fault {
    /// What the adapter does.
    pub(crate) what: &'static str,
    /// The case that does not hold then.
    pub(crate) case: &'static str,
    pub(crate) plant: fn(&mut Seams),
}

const fn fault(what: &'static str, case: &'static str, plant: fn(&mut Seams)) -> Fault {
    Fault { what, case, plant }
}

/// The table, in the order in which an adapter meets a connection.
pub(crate) const FAULTS: &[&[Fault]] = &[MOUNTING, READING, ANSWERING, RECEIVING, SENDING, CLOSING];

const MOUNTING: &[Fault] = &[
    fault("mounts no path that has params", "upgrade::route_params_are_seen", |seams| {
        seams.mounts = |app, path| app.paths().any(|pattern| pattern == path);
    }),
    fault("mounts an optional slot as a required one", "upgrade::absent_route_params_are_absent", |seams| {
        seams.mounts = |app, path| {
            let is_deep = path.matches('/').count() > 1;
            app.serves(path) && (is_deep || app.paths().any(|pattern| pattern == path))
        };
    }),
    fault("mounts a rest as one segment", "upgrade::route_params_are_seen", |seams| {
        seams.mounts = |app, path| app.serves(path) && path.matches('/').count() <= 2;
    }),
    fault("trims a slash from the end of a path", "upgrade::routes_match_whole_paths", |seams| {
        seams.mounts = |app, path| app.serves(path.trim_end_matches('/'));
        seams.request = |parts| retarget(parts, |target| target.trim_end_matches('/').to_owned());
    }),
    fault("does not care for the case of a path", "upgrade::name_case_is_exact", |seams| {
        seams.mounts = |app, path| app.serves(&path.to_lowercase());
        seams.request = |parts| retarget(parts, |target| target.replace("/__Sockets", "/__sockets"));
    }),
    fault("takes every path for the app's", "upgrade::other_routes_of_the_host_still_work", |seams| {
        seams.mounts = |_, path| !path.starts_with("/log");
    }),
];

const READING: &[Fault] = &[
    fault("takes every method for GET", "upgrade::wrong_method_405", |seams| {
        seams.request = |parts| parts.method = Method::GET;
    }),
    fault("decodes an encoded plus before the core decodes the query", "upgrade::query_is_decoded", |seams| {
        seams.request = |parts| retarget(parts, |target| target.replace("%2B", "+"));
    }),
    fault("drops headers that no standard names", "upgrade::headers_are_seen", |seams| {
        seams.request = |parts| {
            let unknown = parts.headers.keys().filter(|name| name.as_str().starts_with("x-"));
            for name in unknown.cloned().collect::<Vec<_>>() {
                parts.headers.remove(name);
            }
        };
    }),
    fault("drops the origin", "upgrade::origin_other_403", |seams| {
        seams.request = |parts| drop(parts.headers.remove(header::ORIGIN));
    }),
    fault("drops the host that was asked for", "upgrade::origin_same_allowed", |seams| {
        seams.request = |parts| drop(parts.headers.remove(header::HOST));
    }),
    fault("drops the offered subprotocols", "upgrade::subprotocol_picked_first_supported", |seams| {
        seams.request = |parts| drop(parts.headers.remove(header::SEC_WEBSOCKET_PROTOCOL));
    }),
    fault("reads the first token of `Connection` alone", "upgrade::headers_of_browsers_are_understood", |seams| {
        seams.request = |parts| {
            let value = parts.headers.get(header::CONNECTION).and_then(|value| value.to_str().ok());
            let first: Option<HeaderValue> = value.and_then(|value| value.split(',').next()?.parse().ok());
            first.map(|first| parts.headers.insert(header::CONNECTION, first));
        };
    }),
    fault("leaves the extensions of a request behind", "upgrade::request_extensions_are_seen", |seams| {
        seams.request = |parts| {
            parts.extensions.remove::<Greeting>();
        };
    }),
    fault("does not say where the peer is", "upgrade::remote_addr_is_seen", |seams| {
        seams.request = |parts| {
            parts.extensions.remove::<SocketAddr>();
        };
    }),
    fault("gives every connection the same randomness", "upgrade::concurrent_upgrades_get_distinct_ids", |seams| {
        seams.random = |_| 7;
    }),
];

const ANSWERING: &[Fault] = &[
    fault("answers 200 where it should be 426", "upgrade::plain_get_is_refused_426", |seams| {
        seams.answer = |answer| {
            if answer.status() == StatusCode::UPGRADE_REQUIRED {
                *answer.status_mut() = StatusCode::OK;
            }
        };
    }),
    fault("refuses everything with 400", "upgrade::origin_other_403", |seams| {
        seams.answer = |answer| {
            if answer.status().is_client_error() {
                *answer.status_mut() = StatusCode::BAD_REQUEST;
            }
        };
    }),
    fault("refuses without the headers of a refusal", "limit::max_connections", |seams| {
        seams.answer = |answer| {
            if answer.status().is_server_error() {
                answer.headers_mut().clear();
            }
        };
    }),
    fault("drops the app's headers", "upgrade::response_headers_added", |seams| {
        seams.answer = |answer| drop(answer.headers_mut().remove("x-irori"));
    }),
    fault("keeps one `Set-Cookie` of several", "upgrade::set_cookie_kept_multiple", |seams| {
        seams.answer = |answer| {
            let last = answer.headers().get_all(header::SET_COOKIE).iter().next_back().cloned();
            last.map(|last| answer.headers_mut().insert(header::SET_COOKIE, last));
        };
    }),
    fault("does not answer the subprotocol that was picked", "upgrade::subprotocol_picked_first_supported", |seams| {
        seams.answer = |answer| drop(answer.headers_mut().remove(header::SEC_WEBSOCKET_PROTOCOL));
    }),
    fault("answers a subprotocol that nobody picked", "upgrade::subprotocol_none_when_unsupported", |seams| {
        seams.answer = |answer| {
            let default = HeaderValue::from_static("irori.v1");
            answer.headers_mut().entry(header::SEC_WEBSOCKET_PROTOCOL).or_insert(default);
        };
    }),
];

const RECEIVING: &[Fault] = &[
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

const SENDING: &[Fault] = &[
    fault("loses what goes out behind the first frame of a write", "order::server_to_client_fifo", |seams| {
        seams.outgoing = |frames| frames.truncate(1);
    }),
    fault("sends what goes out in one write in the wrong order", "order::server_to_client_fifo", |seams| {
        seams.outgoing = |frames| frames.reverse();
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

const CLOSING: &[Fault] = &[
    fault("ends the stream without a close frame", "guard::deny_closes_4403", |seams| {
        seams.outgoing = |frames| frames.retain(|frame| frame.opcode != Opcode::Close);
    }),
    fault("drops the stream when the close frame is out", "lifecycle::close_waits_for_what_is_on_its_way", |seams| {
        seams.close = Close::AtOnce;
    }),
    fault("never ends the stream", "lifecycle::close_frame_is_answered", |seams| seams.close = Close::Never),
];

fn retarget(parts: &mut Parts, change: fn(&str) -> String) {
    let target = parts.uri.to_string();
    parts.uri = change(&target).parse().unwrap_or_else(|_| Uri::from_static("/"));
}

fn each(frames: &mut [Fragment], opcode: Opcode, change: fn(&mut Fragment)) {
    frames.iter_mut().filter(|frame| frame.opcode == opcode).for_each(change);
}

fn twice(frames: &mut Vec<Fragment>, opcode: Opcode) {
    let again = |frame: Fragment| std::iter::repeat_n(frame.clone(), 1 + usize::from(frame.opcode == opcode));
    *frames = std::mem::take(frames).into_iter().flat_map(again).collect();
}
