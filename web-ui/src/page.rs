//! The page itself: what was built from `page/`, embedded. It asks the API for everything else.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use crate::problem::Problem;

/// Every file, and beside each text the same compressed. A build without the page has none.
#[derive(Embed)]
#[folder = "page/dist"]
#[allow_missing = true]
struct Files;

/// What a hub without its page says.
const NOT_BUILT: &str = "this hub was built without its page: `cargo xtask page` builds it; the API is there";

/// Answers with a file of the page, or that there is none.
pub(crate) fn file(uri: &Uri, headers: &HeaderMap) -> Response {
    let Some(name) = name(uri.path()) else {
        return Problem::new(StatusCode::NOT_FOUND, "there is nothing here").into_response();
    };
    let compressed = if takes_gzip(headers) { Files::get(&format!("{name}.gz")) } else { None };
    let (file, encoding) = match (compressed, Files::get(&name)) {
        (Some(file), _) => (file, Some(HeaderValue::from_static("gzip"))),
        (None, Some(file)) => (file, None),
        (None, None) => return Problem::new(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response(),
    };
    respond(&name, file, encoding)
}

fn respond(name: &str, file: EmbeddedFile, encoding: Option<HeaderValue>) -> Response {
    let kind = HeaderValue::from_static(kind(name));
    let mut response = ([(header::CONTENT_TYPE, kind)], file.data).into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// Whether `path` is a file of the page.
pub(crate) fn is_file(path: &str) -> bool {
    name(path).is_some()
}

/// Whether what is at `path` never changes: its name holds the hash of its content.
pub(crate) fn is_lasting(path: &str) -> bool {
    path.starts_with("/assets/") && is_file(path)
}

/// The embedded name of what is at `path`. Only a name on the list is one: nothing is looked for in directories.
fn name(path: &str) -> Option<String> {
    if path == "/" {
        return Some("index.html".to_owned());
    }
    let name = path.strip_prefix('/')?;
    let known = !name.contains(".gz") && Files::iter().any(|file| file == name);
    known.then(|| name.to_owned())
}

/// Whether the client reads gzip: every browser does.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = values.flat_map(|value| value.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_on_the_list_are_files() {
        assert!(is_file("/"));
        for path in
            ["", "//", "/..", "/../Cargo.toml", "/assets/../index.html", "/assets/", "/index.html.gz", "/.gitkeep"]
        {
            assert!(!is_file(path), "{path}");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_read_it() {
        let takes = |text: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(text))]))
        };
        assert!(takes("gzip, deflate, br") && takes("br;q=1.0, GZIP;q=0.5"));
        assert!(!takes("br") && !takes("gzip;q=0") && !takes(""));
    }
}
