//! The page itself: hand-written files, embedded. They ask the API for everything else.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    /// Where it is.
    pub(crate) path: &'static str,
    kind: &'static str,
    /// What it holds.
    pub(crate) text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// All files of the page.
pub(crate) const ASSETS: [Asset; 12] = [
    Asset { path: "/", kind: HTML, text: include_str!("../page/index.html") },
    Asset { path: "/style.css", kind: CSS, text: include_str!("../page/style.css") },
    Asset { path: "/icon.svg", kind: SVG, text: include_str!("../page/icon.svg") },
    Asset { path: "/app.js", kind: JAVASCRIPT, text: include_str!("../page/app.js") },
    Asset { path: "/api.js", kind: JAVASCRIPT, text: include_str!("../page/api.js") },
    Asset { path: "/card.js", kind: JAVASCRIPT, text: include_str!("../page/card.js") },
    Asset { path: "/dom.js", kind: JAVASCRIPT, text: include_str!("../page/dom.js") },
    Asset { path: "/join.js", kind: JAVASCRIPT, text: include_str!("../page/join.js") },
    Asset { path: "/lock.js", kind: JAVASCRIPT, text: include_str!("../page/lock.js") },
    Asset { path: "/texts.js", kind: JAVASCRIPT, text: include_str!("../page/texts.js") },
    Asset { path: "/thermostat.js", kind: JAVASCRIPT, text: include_str!("../page/thermostat.js") },
    Asset { path: "/words.js", kind: JAVASCRIPT, text: include_str!("../page/words.js") },
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
