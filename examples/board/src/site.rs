//! What every host serves beside the app: the page, and signing in and out.

use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{CONTENT_TYPE, LOCATION, SET_COOKIE},
};

use crate::{page, user::User};

/// The most bytes of a form; a host takes no longer one.
pub const FORM_BYTES: usize = 4096;

/// The answer to a request that is not the app's. `form` is its body.
pub fn answer(method: &Method, path: &str, form: &[u8]) -> Response<String> {
    match (method.as_str(), path) {
        ("POST", "/sign-in") => to_board(sign_in(form)),
        ("POST", "/sign-out") => to_board(Some(User::SIGN_OUT.to_owned())),
        ("GET" | "HEAD", path) => file(path),
        _ => status(StatusCode::NOT_FOUND),
    }
}

/// The cookie of who signs in. Without a name that will do there is none, and the page asks again.
fn sign_in(form: &[u8]) -> Option<String> {
    let (_, name) = form_urlencoded::parse(form).find(|(key, _)| key == "name")?;
    User::named(&name).map(|user| user.sign_in())
}

fn to_board(cookie: Option<String>) -> Response<String> {
    let mut response = status(StatusCode::SEE_OTHER);
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_static("/"));
    headers.extend(cookie.and_then(|cookie| Some((SET_COOKIE, cookie.try_into().ok()?))));
    response
}

fn file(path: &str) -> Response<String> {
    let Some(file) = page::FILES.into_iter().find(|file| file.path == path) else {
        return status(StatusCode::NOT_FOUND);
    };
    let mut response = Response::new(file.text.to_owned());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    response
}

fn status(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cookie that a form sets.
    fn cookie(path: &str, form: &[u8]) -> Option<String> {
        let response = answer(&Method::POST, path, form);
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()[LOCATION], "/");
        response.headers().get(SET_COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned())
    }

    #[test]
    fn who_signs_in_is_remembered_until_they_sign_out() {
        let ada = cookie("/sign-in", b"name=Ada+Lovelace");
        assert_eq!(ada.unwrap().split(';').next(), Some("name=Ada%20Lovelace"));
        assert_eq!(cookie("/sign-in", b"name=+&other=Ada"), None);
        assert_eq!(cookie("/sign-out", b"").as_deref(), Some(User::SIGN_OUT));
    }

    #[test]
    fn the_page_is_there_and_nothing_else() {
        let css = answer(&Method::GET, "/board.css", b"");
        assert_eq!(css.status(), 200);
        assert_eq!(css.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(answer(&Method::GET, "/", b"").body().contains("<title>"));
        for (method, path) in [(Method::GET, "/board"), (Method::POST, "/"), (Method::GET, "/sign-in")] {
            assert_eq!(answer(&method, path, b"").status(), 404, "{method} {path}");
        }
    }
}
