//! Directives: a namespace and a name say what is asked, the payload how much.

use summary::{Act, Ask, EndpointId, Intent};

use crate::degrees::Scale;
use crate::tree::Tree;

/// Longer correlation tokens were never seen; with one of this length every answer still fits into a frame.
const LONGEST_TOKEN: usize = 4096;

/// Twice as long as an id of ours.
const LONGEST_ID: usize = 64;

/// What an answer repeats of a directive.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// Joins the answer to the directive.
    pub(crate) token: Option<String>,
    /// The endpoint as it was named.
    pub(crate) endpoint: Option<String>,
}

/// Reads a directive. One that is not understood keeps its token and endpoint for the error.
pub(crate) fn parse(body: &Tree) -> (Ask, Form) {
    let read = || {
        let directive = body.get("directive")?;
        let header = directive.get("header")?;
        let form = form(header, directive.get("endpoint"))?;
        let ask = ask(header, directive.get("payload"), form.endpoint.as_deref()).unwrap_or(Ask::Malformed);
        Some((ask, form))
    };
    read().unwrap_or((Ask::Malformed, Form::default()))
}

/// What is to be said back; both may be absent, but not be anything else than a token.
fn form(header: &Tree, endpoint: Option<&Tree>) -> Option<Form> {
    let token = match header.get("correlationToken") {
        Some(token) => Some(token.token(LONGEST_TOKEN)?.to_owned()),
        None => None,
    };
    let endpoint = match endpoint.and_then(|endpoint| endpoint.get("endpointId")) {
        Some(id) => Some(id.token(LONGEST_ID)?.to_owned()),
        None => None,
    };
    Some(Form { token, endpoint })
}

fn ask(header: &Tree, payload: Option<&Tree>, endpoint: Option<&str>) -> Option<Ask> {
    if header.get("payloadVersion")?.text()? != "3" {
        return None;
    }
    let (namespace, name) = (header.get("namespace")?.text()?, header.get("name")?.text()?);
    match (namespace, name) {
        ("Alexa.Discovery", "Discover") => return Some(Ask::Discover),
        ("Alexa.Authorization", "AcceptGrant") => return Some(Ask::Grant),
        _ => {}
    }
    let endpoint: Option<EndpointId> = endpoint?.parse().ok();
    if (namespace, name) == ("Alexa", "ReportState") {
        return Some(Ask::Report(vec![endpoint]));
    }
    Some(Ask::Act(vec![Act { endpoint, intent: intent(namespace, name, payload)? }]))
}

/// What is to be done; `None` for a directive that this file does not know.
fn intent(namespace: &str, name: &str, payload: Option<&Tree>) -> Option<Intent> {
    let intent = match (namespace.strip_prefix("Alexa.")?, name) {
        ("ThermostatController", "SetTargetTemperature") => setpoint(payload).unwrap_or(Intent::Other),
        ("ThermostatController", "AdjustTargetTemperature") => adjustment(payload).unwrap_or(Intent::Other),
        ("LockController", "Lock") => Intent::Lock,
        ("LockController", "Unlock") => Intent::Unlock(None),
        ("SceneController", "Activate") => Intent::Activate,
        ("ThermostatController", "SetThermostatMode" | "ResumeSchedule")
        | ("SceneController", "Deactivate")
        | ("ModeController", "SetMode" | "AdjustMode")
        | ("ToggleController", "TurnOn" | "TurnOff")
        | ("RangeController", "SetRangeValue" | "AdjustRangeValue") => Intent::Other,
        _ => return None,
    };
    Some(intent)
}

/// One setpoint for good: a pair to stay between and one for some hours are things that no endpoint of ours can do.
fn setpoint(payload: Option<&Tree>) -> Option<Intent> {
    let payload = payload?;
    if ["lowerSetpoint", "upperSetpoint", "schedule"].into_iter().any(|key| payload.get(key).is_some()) {
        return None;
    }
    let asked = payload.get("targetSetpoint")?;
    scale(asked)?.temperature(asked.get("value")?.number()?).map(Intent::SetSetpoint)
}

fn adjustment(payload: Option<&Tree>) -> Option<Intent> {
    let asked = payload?.get("targetSetpointDelta")?;
    scale(asked)?.difference(asked.get("value")?.number()?).map(Intent::AdjustSetpoint)
}

fn scale(temperature: &Tree) -> Option<Scale> {
    Scale::from_word(temperature.get("scale")?.text()?)
}
