//! The page itself: hand-written files, embedded. They ask the API for everything else.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    /// Where it is.
    pub(crate) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// All files of the page.
pub(crate) const ASSETS: [Asset; 4] = [
    Asset { path: "/", kind: HTML, text: include_str!("../page/index.html") },
    Asset { path: "/style.css", kind: CSS, text: include_str!("../page/style.css") },
    Asset { path: "/icon.svg", kind: SVG, text: include_str!("../page/icon.svg") },
    Asset { path: "/app.js", kind: JAVASCRIPT, text: include_str!("../page/app.js") },
];

/// Whether `path` is one of the page's files.
pub(crate) fn is_asset(path: &str) -> bool {
    ASSETS.iter().any(|asset| asset.path == path)
}

impl IntoResponse for Asset {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, HeaderValue::from_static(self.kind))], self.text).into_response()
    }
}
