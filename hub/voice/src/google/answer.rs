//! Answers to intents. What goes wrong has one of two words, whatever the cause.

use summary::{Act, Acted, Answer, Ask, Endpoint, EndpointId, Intent, Reported};

use super::device::device;
use super::intent::{Form, LONGEST_REQUEST_ID, Named};
use super::message::{Body, ById, Challenge, Command, Found, Message, Payload, Report, States, Told};
use super::state::{State, readable, state};

/// Not granted, out of bounds, not there, or an answer to something else.
const REFUSED: &str = "notSupported";
/// Not understood.
const INVALID: &str = "protocolError";
/// Google asks for a PIN and comes back with it.
const PIN: &str = "pinNeeded";
/// The same, after a wrong one.
const PIN_AGAIN: &str = "challengeFailedPinNeeded";

/// The answer to an intent; total. `id` stands in where the request had none.
pub(crate) fn answer<'a>(ask: &Ask, form: &'a Form, answer: &'a Answer, id: String, account: String) -> Message<'a> {
    let payload = match (ask, answer) {
        (Ask::Unlink, Answer::Unlinked) => return Message::Nothing {},
        (Ask::Discover, Answer::Endpoints(endpoints)) => synchronised(endpoints, account),
        (Ask::Report(asked), Answer::Report(_, reported)) if asked.len() == reported.len() => {
            let found = form.named.iter().zip(asked).zip(reported);
            let devices = found.map(|((named, asked), reported)| (named.id.as_str().into(), query(*asked, reported)));
            Payload { agent_user_id: None, error_code: None, body: Body::Query { devices: ById(devices.collect()) } }
        }
        (Ask::Act(acts), Answer::Acted(_, acted)) if acts.len() == acted.len() => {
            let commands = commands(&form.named, acts, acted);
            Payload { agent_user_id: None, error_code: None, body: Body::Execute { commands } }
        }
        _ => refused(ask, account),
    };
    Message::Answer { request_id: form.request_id.clone().unwrap_or(id), payload }
}

/// How the endpoint is, unasked; not known is said too.
pub(crate) fn report_state(endpoint: &Endpoint, request_id: String, account: String) -> Option<Message<'_>> {
    if !readable(&endpoint.face) {
        return None;
    }
    let told = match state(&endpoint.face) {
        Some(state) => Told { online: true, state },
        None => Told { online: false, state: State::Nothing {} },
    };
    let states = ById(vec![(endpoint.id.to_string().into(), told)]);
    Some(Message::Report { request_id, agent_user_id: account, payload: Report { devices: States { states } } })
}

/// How many bytes the list takes, behind the longest request id.
pub(crate) fn discovery_size(endpoints: &[Endpoint]) -> usize {
    let payload = synchronised(endpoints, "0".repeat(32));
    let message = Message::Answer { request_id: "0".repeat(LONGEST_REQUEST_ID), payload };
    serde_json::to_vec(&message).map_or(usize::MAX, |body| body.len())
}

fn synchronised(endpoints: &[Endpoint], account: String) -> Payload<'_> {
    let devices = endpoints.iter().map(device).collect();
    Payload { agent_user_id: Some(account), error_code: None, body: Body::Sync { devices } }
}

/// The error of a whole request, with what its schema wants.
fn refused(ask: &Ask, account: String) -> Payload<'static> {
    let (agent_user_id, body) = match ask {
        Ask::Discover => (Some(account), Body::Sync { devices: Vec::new() }),
        Ask::Report(_) => (None, Body::Query { devices: ById(Vec::new()) }),
        Ask::Act(_) => (None, Body::Execute { commands: Vec::new() }),
        Ask::Grant | Ask::Unlink | Ask::Malformed => (None, Body::Nothing {}),
    };
    let error_code = Some(if *ask == Ask::Malformed { INVALID } else { REFUSED });
    Payload { agent_user_id, error_code, body }
}

/// What is not known, not there and not to be read is offline.
fn query(asked: Option<EndpointId>, reported: &Reported) -> Found<'_> {
    let state = match reported {
        Reported::Endpoint(endpoint) if asked == Some(endpoint.id) => state(&endpoint.face),
        _ => None,
    };
    match state {
        Some(state) => Found { online: true, status: "SUCCESS", state },
        None => Found { online: false, status: "OFFLINE", state: State::Nothing {} },
    }
}

/// One for each device, in the order of their first naming: what went wrong first, or that all is on its way.
fn commands<'a>(named: &'a [Named], acts: &[Act], acted: &[Acted]) -> Vec<Command<'a>> {
    let mut commands: Vec<Command<'a>> = Vec::new();
    for ((named, act), acted) in named.iter().zip(acts).zip(acted) {
        let command = command(named, &act.intent, acted);
        match commands.iter_mut().find(|earlier| earlier.ids == command.ids) {
            Some(earlier) if earlier.error_code.is_none() => *earlier = command,
            Some(_) => {}
            None => commands.push(command),
        }
    }
    commands
}

fn command<'a>(named: &'a Named, intent: &Intent, acted: &Acted) -> Command<'a> {
    let unlock = matches!(intent, Intent::Unlock(_));
    let challenge = match acted {
        // Said before it is done, and Google can't be told a setpoint: so nothing is said back.
        Acted::Accepted { .. } => {
            return Command { ids: [&named.id], status: "PENDING", error_code: None, challenge_needed: None };
        }
        Acted::NeedsPin if unlock => Some(if named.misspoken { PIN_AGAIN } else { PIN }),
        Acted::WrongPin if unlock => Some(PIN_AGAIN),
        Acted::NeedsPin | Acted::WrongPin | Acted::Refused => None,
    };
    let error_code = Some(if challenge.is_some() { "challengeNeeded" } else { REFUSED });
    let challenge_needed = challenge.map(|kind| Challenge { kind });
    Command { ids: [&named.id], status: "ERROR", error_code, challenge_needed }
}
