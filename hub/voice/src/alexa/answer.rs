//! Answers to directives. What goes wrong has one of two words, whatever the cause.

use summary::{Acted, Answer, Ask, Endpoint, Intent, Reported, Tick};

use super::directive::Form;
use super::discovery::device;
use super::message::{Cause, Change, Context, Event, Header, Message, Named, Payload, Scope};
use super::property::{echo, properties};
use crate::time::rfc3339;

/// An error: type and message. The two that an endpoint can have make bodies of one length.
#[derive(Clone, Copy)]
struct Error(&'static str, &'static str);

/// Not granted, out of bounds, not there, or an answer to something else.
const REFUSED: Error = Error("INSUFFICIENT_PERMISSIONS", "not granted");
/// The state is not known, or may not be.
const UNAVAILABLE: Error = Error("ENDPOINT_UNREACHABLE", "unknown for now");
const INVALID: Error = Error("INVALID_DIRECTIVE", "not understood");
const NO_GRANT: Error = Error("ACCEPT_GRANT_FAILED", "not granted");

/// The answer to a directive; total.
pub(crate) fn answer<'a>(ask: &Ask, form: &'a Form, answer: &'a Answer, id: String) -> Message<'a> {
    match (ask, answer) {
        (Ask::Malformed, _) => failed(form, INVALID, id),
        (Ask::Discover, Answer::Endpoints(endpoints)) => discovered(endpoints, id),
        (Ask::Grant, Answer::Granted) => {
            plain(form, ("Alexa.Authorization", "AcceptGrant.Response"), Payload::Nothing {}, id)
        }
        (Ask::Grant, _) => failed(form, NO_GRANT, id),
        (Ask::Report(asked), Answer::Report(tick, reported)) => match (asked.as_slice(), reported.as_slice()) {
            ([Some(asked)], [Reported::Endpoint(endpoint)]) if *asked == endpoint.id => {
                state(form, *tick, endpoint, id)
            }
            ([_], [Reported::Unavailable]) => failed(form, UNAVAILABLE, id),
            _ => failed(form, REFUSED, id),
        },
        (Ask::Act(acts), Answer::Acted(tick, acted)) => match (acts.as_slice(), acted.as_slice()) {
            ([act], [Acted::Accepted { .. }]) if act.intent == Intent::Activate => started(form, *tick, id),
            ([_], [Acted::Accepted { echo: said }]) => {
                let properties = said.map(|setpoint| echo(setpoint, *tick)).into_iter().collect();
                let response = plain(form, ("Alexa", "Response"), Payload::Nothing {}, id);
                Message { context: Some(Context { properties }), ..response }
            }
            _ => failed(form, REFUSED, id),
        },
        _ => failed(form, REFUSED, id),
    }
}

/// What there is. Not joined to its directive, which has no token: so the length does not depend on the asker.
pub(super) fn discovered(endpoints: &[Endpoint], id: String) -> Message<'_> {
    let payload = Payload::Endpoints { endpoints: endpoints.iter().map(device).collect() };
    message(header(("Alexa.Discovery", "Discover.Response"), None, id), None, payload)
}

/// How the endpoint is, unasked. The cause is a constant; the token is put in where it is known.
pub(crate) fn change_report(tick: Tick, endpoint: &Endpoint, id: String) -> Option<Message<'_>> {
    let properties = properties(&endpoint.face, tick).filter(|properties| !properties.is_empty())?;
    let scope = Some(Scope { kind: "BearerToken", token: "TOKEN" });
    let named = Named { scope, endpoint_id: endpoint.id.to_string().into() };
    let payload = Payload::Change { change: Change { cause: Cause { kind: "PERIODIC_POLL" }, properties } };
    let report = message(header(("Alexa", "ChangeReport"), None, id), Some(named), payload);
    Some(Message { context: Some(Context { properties: Vec::new() }), ..report })
}

fn state<'a>(form: &'a Form, tick: Tick, endpoint: &'a Endpoint, id: String) -> Message<'a> {
    let Some(properties) = properties(&endpoint.face, tick) else { return failed(form, UNAVAILABLE, id) };
    let report = plain(form, ("Alexa", "StateReport"), Payload::Nothing {}, id);
    Message { context: Some(Context { properties }), ..report }
}

fn started(form: &Form, tick: Tick, id: String) -> Message<'_> {
    let payload = Payload::Started { cause: Cause { kind: "VOICE_INTERACTION" }, timestamp: rfc3339(tick) };
    let started = plain(form, ("Alexa.SceneController", "ActivationStarted"), payload, id);
    Message { context: Some(Context { properties: Vec::new() }), ..started }
}

fn failed(form: &Form, error: Error, id: String) -> Message<'_> {
    let Error(kind, message) = error;
    let namespace = if kind == NO_GRANT.0 { "Alexa.Authorization" } else { "Alexa" };
    plain(form, (namespace, "ErrorResponse"), Payload::Error { kind, message }, id)
}

/// Joined to the directive by its token and endpoint.
fn plain<'a>(form: &'a Form, name: (&'static str, &'static str), payload: Payload<'a>, id: String) -> Message<'a> {
    let named = form.endpoint.as_deref().map(|id| Named { scope: None, endpoint_id: id.into() });
    message(header(name, form.token.as_deref(), id), named, payload)
}

fn header<'a>(
    (namespace, name): (&'static str, &'static str),
    token: Option<&'a str>,
    message_id: String,
) -> Header<'a> {
    Header { namespace, name, payload_version: "3", message_id, correlation_token: token }
}

fn message<'a>(header: Header<'a>, endpoint: Option<Named<'a>>, payload: Payload<'a>) -> Message<'a> {
    Message { event: Event { header, endpoint, payload }, context: None }
}
