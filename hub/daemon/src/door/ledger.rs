//! The ledger as its owner asks for it. Reads the disk, so it runs on threads that may wait.

use home::Timestamp;
use home::admin::ErrorKind;
use serde_json::{Value, json};
use store::ledger::{Filter, Flaw, Head, Ledger, Noted, ParseHeadError, ParseKindError, Recorded};
use tokio::sync::mpsc;
use web_ui::{Answer, Refused};

use super::requests::{failed, invalid};

/// Lines of an export that wait for whoever reads them.
const LINES: usize = 64;

/// Entries below `before`, newest first.
pub(crate) async fn list(
    ledger: Ledger,
    limit: u32,
    before: Option<u64>,
    audience: Option<String>,
    kind: Option<String>,
) -> Answer {
    let filter = Filter {
        audience: audience
            .map(|name| name.parse())
            .transpose()
            .map_err(|error: summary::NameError| invalid(error.to_string()))?,
        kind: kind.map(|word| word.parse()).transpose().map_err(|error: ParseKindError| invalid(error.to_string()))?,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    reading(move || {
        let page = ledger.page(before, limit, &filter).map_err(|error| failed(&error))?;
        let entries: Vec<_> = page.entries.iter().map(view).collect();
        Ok(json!({"entries": entries, "more": page.more, "damaged": page.damaged}))
    })
    .await
}

/// The last entry's number and hash.
pub(crate) async fn head(ledger: Ledger) -> Answer {
    reading(move || {
        let head = ledger.head().map_err(|error| failed(&error))?;
        Ok(json!({"head": head.map(|head| head.to_string())}))
    })
    .await
}

/// Whether the chain is whole, also against a head that was noted.
pub(crate) async fn verify(ledger: Ledger, noted: Option<String>) -> Answer {
    let noted: Option<Head> =
        noted.map(|text| text.parse()).transpose().map_err(|error: ParseHeadError| invalid(error.to_string()))?;
    reading(move || {
        let found = ledger.verify(noted).map_err(|error| failed(&error))?;
        let nothing = |flaw: Option<String>, sound: bool| {
            json!({"sound": sound, "flaw": flaw, "entries": 0, "head": null, "signed": 0, "rolled_up": 0, "noted": null, "key": null})
        };
        Ok(match found {
            Err(Flaw::Empty) if noted.is_none() => nothing(None, true),
            Err(flaw) => nothing(Some(flaw.to_string()), false),
            Ok(verdict) => json!({
                "sound": true,
                "flaw": null,
                "entries": verdict.entries,
                "head": verdict.head.to_string(),
                "signed": verdict.signed,
                "rolled_up": verdict.rollup.map_or(0, |rollup| rollup.last.number),
                "noted": word(verdict.noted),
                "key": verdict.key.to_string(),
            }),
        })
    })
    .await
}

/// The whole ledger, line by line with line feeds; the end of the channel is the end of the ledger. Its head is signed
/// first, at the time `at`.
pub(crate) fn export(ledger: Ledger, at: Timestamp) -> mpsc::Receiver<Result<String, String>> {
    let (lines, reader) = mpsc::channel(LINES);
    let (signed, wait) = tokio::sync::oneshot::channel();
    // An export without the last signature is one all the same.
    ledger.sign(at.seconds(), Box::new(move |result| drop(signed.send(result))));
    tokio::spawn(async move {
        let _ = wait.await;
        let read = move || {
            let export = match ledger.export() {
                Ok(export) => export,
                Err(error) => return drop(lines.blocking_send(Err(error.to_string()))),
            };
            for line in export {
                let line = line.map_err(|error| error.to_string());
                // The reader may have hung up.
                if lines.blocking_send(line).is_err() {
                    return;
                }
            }
        };
        tokio::task::spawn_blocking(read).await
    });
    reader
}

async fn reading(read: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    let done = tokio::task::spawn_blocking(read).await;
    done.unwrap_or_else(|error| Err(Refused { kind: ErrorKind::Failed, error: error.to_string() }))
}

fn view(recorded: &Recorded) -> Value {
    let entry = &recorded.entry;
    let body = (!entry.body().is_empty()).then(|| String::from_utf8_lossy(entry.body()));
    json!({
        "number": recorded.number,
        "at": Timestamp(entry.at().saturating_mul(1000)).to_string(),
        "audience": entry.audience().map(ToString::to_string),
        "kind": entry.kind().word(),
        "detail": entry.detail(),
        "body": body,
    })
}

fn word(noted: Noted) -> &'static str {
    match noted {
        Noted::Nothing => "nothing",
        Noted::Found => "found",
        Noted::RolledUp => "rolled_up",
    }
}
