//! Questions about the PIN codes of locks: an admin's alone, for who has a code of the door has the door.

use home::admin::{Request, Secret};
use home::codes::{Code, Codes, SlotState};
use home::lock::Pin;
use home::{Access, Action, Device, Ieee, Name, Right, Target, Wish};
use serde_json::{Value, json};
use web_ui::Refused;

use super::House;
use super::asks::{Reply, invalid};

impl House {
    /// Answers a question about codes.
    pub(super) fn code(&self, access: &Access, request: Request) -> Result<Reply, Refused> {
        let lock = |name: &str| self.asked(access, Right::Admin, name);
        let act = |name: &str, action| Ok(Reply::After(Wish::Act { device: lock(name)?.ieee, action }));
        match request {
            Request::CodeList { name } => Ok(Reply::Now(view(lock(&name)?))),
            Request::CodePut { name, slot, pin, whose } => {
                let (pin, whose) = (pin_of(&pin)?, whose_of(whose)?);
                act(&name, Action::SetPin { slot, pin, name: whose })
            }
            Request::CodeName { name, slot, whose } => {
                let device: Ieee = lock(&name)?.ieee;
                Ok(Reply::After(Wish::NameCode { device, slot, name: whose_of(whose)? }))
            }
            Request::CodeEnable { name, slot } => act(&name, Action::EnablePin { slot }),
            Request::CodeDisable { name, slot } => act(&name, Action::DisablePin { slot }),
            Request::CodeRemove { name, slot } => act(&name, Action::ClearPin { slot }),
            Request::CodeCheck { name } => act(&name, Action::ReadCodes),
            _ => Err(invalid("not a question about codes")),
        }
    }
}

/// The codes of a lock.
fn view(device: &Device) -> Value {
    let limits = device.codes.limits;
    json!({
        "first": limits.map_or(0, |limits| limits.first),
        "slots": limits.map(|limits| limits.slots),
        "pin_min": limits.map_or(Pin::LENGTHS.0, |limits| limits.pin_min),
        "pin_max": limits.map_or(Pin::LENGTHS.1, |limits| limits.pin_max.min(Pin::LENGTHS.1)),
        "checking": device.pending.contains_key(&Target::Codes),
        "codes": codes(&device.codes),
    })
}

fn codes(codes: &Codes) -> Vec<Value> {
    codes.iter().map(|(slot, code)| entry(slot, code)).collect()
}

fn entry(slot: u16, code: &Code) -> Value {
    json!({
        "slot": slot,
        "name": code.name.as_ref().map(Name::as_str),
        "hub": Some(code.hub).filter(|state| *state != SlotState::Empty).map(SlotState::word),
        "lock": code.lock.map(SlotState::word),
        "drift": code.drift().map(home::codes::Drift::word),
    })
}

fn pin_of(pin: &Secret) -> Result<Pin, Refused> {
    Pin::new(pin.expose()).map_err(invalid)
}

fn whose_of(whose: Option<String>) -> Result<Option<Name>, Refused> {
    whose.map(|name| name.parse()).transpose().map_err(invalid)
}
