//! What a hub with TLS says to those who come without it: where the page is, and how to install its authority. It knows
//! no session and no house, and sets no cookie.
//!
//! There is no `Strict-Transport-Security` anywhere. A browser that has seen it lets nobody pass an error of the
//! certificate: a hub that was set up anew, an authority that was removed, another hub that goes by `hearth.local` or
//! `[http] plain = true` would lock people out of their heating. It would gain little: cookies are `Secure`, and nothing
//! but this is served without TLS.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing;

use crate::guard;
use crate::problem::Problem;
use crate::tls::Public;

const GERMAN: &str = include_str!("doorstep/de.html");
const ENGLISH: &str = include_str!("doorstep/en.html");
const STYLE: &str = include_str!("doorstep/authority.css");
/// Stands in the texts for the fingerprint.
const FINGERPRINT: &str = "{fingerprint}";

/// The page on the authority and its certificate; it belongs beside the other routes too.
pub(crate) fn pages(names: Arc<[String]>, authority: &Arc<Public>) -> Router {
    dressed(routes(authority), names)
}

/// All there is without TLS.
pub(crate) fn doorstep(names: Arc<[String]>, authority: &Arc<Public>) -> Router {
    dressed(routes(authority).fallback(onward).method_not_allowed_fallback(onward), names)
}

fn routes(authority: &Arc<Public>) -> Router {
    let (german, english) = (page(GERMAN, authority), page(ENGLISH, authority));
    let usual = (german.clone(), english.clone());
    let certificate = Arc::clone(authority);
    Router::new()
        .route(
            "/authority",
            routing::get(async move |headers: HeaderMap| html(if reads_german(&headers) { usual.0 } else { usual.1 })),
        )
        .route("/authority/de", routing::get(async move || html(german)))
        .route("/authority/en", routing::get(async move || html(english)))
        .route("/authority.css", routing::get(async || typed("text/css; charset=utf-8", STYLE)))
        .route(
            "/authority.crt",
            routing::get(async move || typed("application/x-x509-ca-cert", certificate.der.clone())),
        )
}

/// With the guard before it. Nothing here may be kept: a redirect that a browser remembers would hold when the owner has
/// chosen `plain = true`.
fn dressed(router: Router, names: Arc<[String]>) -> Router {
    router.layer(from_fn_with_state(names, guard::guard)).layer(map_response(async |mut response: Response| {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }))
}

/// Sends who looks to the same place with TLS, and refuses who acts: what they sent, a password perhaps, was readable
/// already, and must not work.
async fn onward(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let detail = "this hub is used with https:// only; what was sent now could be read on its way";
        let mut response = Problem::new(StatusCode::UPGRADE_REQUIRED, detail).into_response();
        response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("TLS/1.2, HTTP/1.1"));
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        return response;
    }
    // The guard has seen that the host is one of ours.
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    match HeaderValue::try_from(format!("https://{host}{path}")) {
        Ok(place) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, place)]).into_response(),
        Err(_) => Problem::new(StatusCode::BAD_REQUEST, "no address to go on to").into_response(),
    }
}

fn page(text: &str, authority: &Public) -> String {
    // Eight bytes a line: nobody compares 64 digits in a row.
    let bytes: Vec<_> = authority.fingerprint.split(':').collect();
    let lines: Vec<_> = bytes.chunks(8).map(|line| line.join(":")).collect();
    text.replace(FINGERPRINT, &lines.join("\n"))
}

fn html(text: String) -> Response {
    let mut response = typed("text/html; charset=utf-8", text);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

fn typed(kind: &'static str, body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}

/// Whether German comes before English.
fn reads_german(headers: &HeaderMap) -> bool {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut languages = wanted.split(',').map(|tag| tag.trim().get(..2).unwrap_or_default().to_ascii_lowercase());
    languages.find(|language| language == "de" || language == "en").is_some_and(|language| language == "de")
}
