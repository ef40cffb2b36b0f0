//! Past values as a file for spreadsheets (RFC 4180).

use std::fmt::Write;

use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use home::admin::Request;
use serde_json::Value;

use crate::api::{Answer, Shared, Span, Who};
use crate::asked::{Asked, Part};
use crate::house::House;

/// One key's values: `time,value`, a line each.
pub(crate) async fn history<H: House>(app: Shared<H>, who: Who, Part(name): Part, Asked(span): Asked<Span>) -> Answer {
    let since_seconds = span.seconds()?;
    let key = span.key.clone();
    let data = app.house.ask(&who.caller, Request::History { name, key: span.key, since_seconds }).await?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    let name = HeaderValue::from_static("attachment; filename=\"hearth-history.csv\"");
    let table = table(&key, data.get("samples").and_then(Value::as_array).map_or(&[][..], Vec::as_slice));
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], table).into_response())
}

fn table(key: &str, samples: &[Value]) -> String {
    let mut table = format!("time,{}\r\n", cell(key));
    for sample in samples {
        let part = |at: usize| sample.get(at).map_or_else(String::new, plain);
        // A String takes all that is written.
        let _ = write!(table, "{},{}\r\n", cell(&part(0)), cell(&part(1)));
    }
    table
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins like one, and is no number, is quoted behind an
/// apostrophe.
fn cell(text: &str) -> String {
    let acts = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let safe = if acts { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\r', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_has_a_line_for_each_sample() {
        let samples = [json!(["2026-11-24T08:00:00.000Z", 20.5]), json!(["2026-11-24T09:00:00.000Z", null])];
        let expected = "time,local_temperature\r\n2026-11-24T08:00:00.000Z,20.5\r\n2026-11-24T09:00:00.000Z,\r\n";
        assert_eq!(table("local_temperature", &samples), expected);
    }

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("-20.5"), "-20.5");
        assert_eq!(cell("@a,\"b\""), "\"'@a,\"\"b\"\"\"");
    }
}
