//! Intents: what is asked of which devices, and the PIN if one was spoken.

use summary::{Act, Ask, EndpointId, Intent, Pin};

use crate::degrees::Scale;
use crate::tree::Tree;

/// Google's are UUIDs.
pub(super) const LONGEST_REQUEST_ID: usize = 128;

/// Twice as long as an id of ours.
const LONGEST_ID: usize = 64;

/// "A little warmer" is a weight of 1; this is half a degree.
const WEIGHT: i32 = 50;

/// What an answer repeats of a request.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// Joins the answer to the request.
    pub(crate) request_id: Option<String>,
    /// The devices as they were named, one for each part of the question.
    pub(crate) named: Vec<Named>,
}

/// A device as it was named.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) id: String,
    /// Whether a PIN was spoken that can't be one.
    pub(crate) misspoken: bool,
}

/// What is to be done with some devices.
struct Execution {
    intent: Intent,
    misspoken: bool,
}

/// Reads a request. One that is not understood keeps its id for the error.
pub(crate) fn parse(body: &Tree) -> (Ask, Form) {
    let request_id = body.get("requestId").and_then(|id| id.token(LONGEST_REQUEST_ID)).map(str::to_owned);
    let Some(request_id) = request_id else { return (Ask::Malformed, Form::default()) };
    let (ask, named) = ask(body).unwrap_or((Ask::Malformed, Vec::new()));
    (ask, Form { request_id: Some(request_id), named })
}

fn ask(body: &Tree) -> Option<(Ask, Vec<Named>)> {
    let [input] = body.get("inputs")?.list()? else { return None };
    let payload = input.get("payload");
    match input.get("intent")?.text()? {
        "action.devices.SYNC" => Some((Ask::Discover, Vec::new())),
        "action.devices.QUERY" => query(payload?),
        "action.devices.EXECUTE" => execute(payload?),
        "action.devices.DISCONNECT" => Some((Ask::Unlink, Vec::new())),
        _ => None,
    }
}

/// A device that is named twice is asked for once: the answer has one place for it.
fn query(payload: &Tree) -> Option<(Ask, Vec<Named>)> {
    let mut ids: Vec<&str> = Vec::new();
    for id in device_ids(payload)? {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let asked = ids.iter().map(|id| id.parse().ok()).collect();
    let named = ids.iter().map(|id| Named { id: (*id).to_owned(), misspoken: false }).collect();
    Some((Ask::Report(asked), named))
}

/// Every execution of a command is for every device of that command.
fn execute(payload: &Tree) -> Option<(Ask, Vec<Named>)> {
    let (mut acts, mut named) = (Vec::new(), Vec::new());
    for command in payload.get("commands")?.list()? {
        let ids = device_ids(command)?;
        let executions = command.get("execution")?.list()?;
        if acts.len() + ids.len() * executions.len() > Ask::MOST {
            return None;
        }
        for execution in executions {
            let Execution { intent, misspoken } = read(execution)?;
            for id in &ids {
                let endpoint: Option<EndpointId> = id.parse().ok();
                acts.push(Act { endpoint, intent: intent.clone() });
                named.push(Named { id: (*id).to_owned(), misspoken });
            }
        }
    }
    Some((Ask::Act(acts), named))
}

fn device_ids(of: &Tree) -> Option<Vec<&str>> {
    let devices = of.get("devices")?.list()?;
    if devices.len() > Ask::MOST {
        return None;
    }
    devices.iter().map(|device| device.get("id")?.token(LONGEST_ID)).collect()
}

/// Reads one execution. What no endpoint of ours can do, or is no number, is something else to do, and will be refused.
fn read(execution: &Tree) -> Option<Execution> {
    let command = execution.get("command")?.text()?;
    let params = execution.get("params");
    let spoken = execution.get("challenge").and_then(|challenge| challenge.get("pin"));
    let pin = spoken.and_then(Tree::text).and_then(Pin::new);
    let misspoken = spoken.is_some() && pin.is_none();
    let intent = params.and_then(|params| intent(command, params, pin)).unwrap_or(Intent::Other);
    Some(Execution { intent, misspoken })
}

fn intent(command: &str, params: &Tree, pin: Option<Pin>) -> Option<Intent> {
    match command.strip_prefix("action.devices.commands.")? {
        "ThermostatTemperatureSetpoint" => {
            let asked = params.get("thermostatTemperatureSetpoint")?.number()?;
            Scale::Celsius.temperature(asked).map(Intent::SetSetpoint)
        }
        "TemperatureRelative" => relative(params).map(Intent::AdjustSetpoint),
        "LockUnlock" => Some(if params.get("lock")?.bool()? { Intent::Lock } else { Intent::Unlock(pin) }),
        "ActivateScene" => (!params.get("deactivate")?.bool()?).then_some(Intent::Activate),
        _ => None,
    }
}

/// By degrees, or by a weight from -5 to 5.
fn relative(params: &Tree) -> Option<i32> {
    match (params.get("thermostatTemperatureRelativeDegree"), params.get("thermostatTemperatureRelativeWeight")) {
        (Some(degrees), None) => Scale::Celsius.difference(degrees.number()?),
        (None, Some(weight)) => {
            let weight = weight.number()?.as_i64().filter(|weight| (-5..=5).contains(weight))?;
            Some(i32::try_from(weight).ok()? * WEIGHT)
        }
        _ => None,
    }
}
