//! From a request to its answer.

use std::net::SocketAddr;

use http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use irori_test::conformance::Greeting;

use super::{Fault, fault};

pub(super) const MOUNTING: &[Fault] = &[
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
    fault("mounts the endpoint, but not what is below it", "script::served_with_type_and_tag", |seams| {
        seams.mounts = |app, path| app.serves(path) && !path.ends_with("/client.js");
    }),
    fault("mounts the browser client where it is by default", "script::below_the_endpoint_wherever_that_is", |seams| {
        seams.mounts = |app, path| match path {
            "/__sockets/client.js" => true,
            path => app.serves(path) && !path.ends_with("/client.js"),
        };
    }),
    fault("takes every path for the app's", "upgrade::other_routes_of_the_host_still_work", |seams| {
        seams.mounts = |_, path| !path.starts_with("/log");
    }),
];

pub(super) const READING: &[Fault] = &[
    fault("takes every method for GET", "upgrade::wrong_method_405", |seams| {
        seams.request = |parts| parts.method = Method::GET;
    }),
    fault("takes HEAD for GET", "script::head_has_no_body", |seams| {
        seams.request = |parts| {
            if parts.method == Method::HEAD {
                parts.method = Method::GET;
            }
        };
    }),
    fault("drops the tag that a browser knows", "script::revalidated_by_tag", |seams| {
        seams.request = |parts| drop(parts.headers.remove(header::IF_NONE_MATCH));
    }),
    fault("hands on no query params but `m`, `s` and `r`", "upgrade::other_contract_closes_4409", |seams| {
        seams.request = |parts| retarget(parts, |target| target.replace("&c=", "&"));
    }),
    fault("decodes an encoded plus before the core decodes the query", "upgrade::query_is_decoded", |seams| {
        seams.request = |parts| retarget(parts, |target| target.replace("%2B", "+"));
    }),
    fault(
        "decodes an encoded percent sign before the core decodes the query",
        "channel::values_stay_in_their_slots",
        |seams| {
            seams.request = |parts| retarget(parts, |target| target.replace("%25", "%"));
        },
    ),
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
        seams.random = |_, _| 7;
    }),
];

pub(super) const ANSWERING: &[Fault] = &[
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
    fault("marks every text as plain", "script::served_with_type_and_tag", |seams| {
        seams.answer = |answer| {
            if let Some(kind) = answer.headers_mut().get_mut(header::CONTENT_TYPE) {
                *kind = HeaderValue::from_static("text/plain; charset=utf-8");
            }
        };
    }),
    fault("cuts off a long text", "script::served_with_type_and_tag", |seams| {
        seams.answer = |answer| answer.body_mut().truncate(1_024);
    }),
    fault("lets its own origins alone import a script", "script::pages_of_any_origin_may_import_it", |seams| {
        seams.answer = |answer| drop(answer.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN));
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

fn retarget(parts: &mut Parts, change: fn(&str) -> String) {
    let target = parts.uri.to_string();
    parts.uri = change(&target).parse().unwrap_or_else(|_| Uri::from_static("/"));
}
