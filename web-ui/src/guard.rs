//! What every request must bring and every answer must carry, whatever it is about.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::page;
use crate::problem::Problem;

/// Scripts and styles from here alone, nothing inline, no frame around us, and no text that becomes markup but the
/// templates that were compiled into the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Refuses what no page of ours sends and dresses every answer.
pub(crate) async fn guard(State(names): State<Arc<[String]>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let cache = match (page::is_lasting(path), page::is_file(path)) {
        (true, _) => "public, max-age=31536000, immutable",
        (false, true) => "no-cache",
        (false, false) => "no-store",
    };
    let mut response = match check(&names, request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

fn check(names: &[String], method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |status, detail: &str| Err(Problem::new(status, detail));
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(Ok(host)), None) = (hosts.next().map(HeaderValue::to_str), hosts.next()) else {
        return refuse(StatusCode::BAD_REQUEST, "a request needs one host header");
    };
    if !is_ours(host, names) {
        return refuse(
            StatusCode::MISDIRECTED_REQUEST,
            "the hub does not go by this name; use its address, its name, or its name with .local",
        );
    }
    if method.is_safe() {
        return Ok(());
    }
    // A browser always says where a changing request comes from; a program outside a browser need not.
    if headers.get(header::ORIGIN).is_some_and(|origin| !is_same_origin(origin, host)) {
        return refuse(StatusCode::FORBIDDEN, "the request comes from a page of another origin");
    }
    // A request to delete need not have a body; if it has one, it is JSON.
    let has_body = method != Method::DELETE || headers.contains_key(header::CONTENT_TYPE);
    if has_body && !is_json(headers) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    }
    Ok(())
}

/// Whether a `Host` header names us. A foreign name that leads here is an attack through a visitor's browser.
fn is_ours(host: &str, names: &[String]) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    if host.contains('@') {
        return false;
    }
    let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
    bare.parse::<IpAddr>().is_ok()
        || name == "localhost"
        || name.strip_suffix(".local").is_some()
        || names.contains(&name)
}

fn is_same_origin(origin: &HeaderValue, host: &str) -> bool {
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let place = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    place.is_some_and(|place| place.eq_ignore_ascii_case(host))
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else {
        return false;
    };
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_ours() {
        let names = ["hearth".to_owned(), "pi.fritz.box".to_owned()];
        for host in [
            "127.0.0.1",
            "192.168.1.5:8080",
            "[fe80::1]:80",
            "localhost:8080",
            "Hearth.local",
            "hearth",
            "hearth.local.",
            "pi.fritz.box",
        ] {
            assert!(is_ours(host, &names), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "hearth.evil.example",
            "local",
            "192.168.1.5.evil.example",
            "a@127.0.0.1",
            "1.2.3.4@evil",
        ] {
            assert!(!is_ours(host, &names), "{host}");
        }
    }

    #[test]
    fn an_origin_is_the_host_or_foreign() {
        let same = |origin: &'static str| is_same_origin(&HeaderValue::from_static(origin), "hearth.local:8080");
        assert!(same("http://hearth.local:8080"));
        for foreign in ["null", "http://hearth.local", "http://evil.example", "hearth.local:8080", "file://", ""] {
            assert!(!same(foreign), "{foreign}");
        }
    }
}
