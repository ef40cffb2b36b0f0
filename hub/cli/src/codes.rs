//! Questions about the PIN codes of a lock.

use home::admin::Request;

use crate::args::{Code, Place};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// The question for what was said about a code.
pub(crate) fn code(verb: &Code, terminal: &mut Terminal<'_>) -> Result<Request, Failure> {
    let at = |place: &Place| (place.lock.name(), place.slot);
    Ok(match verb {
        Code::List(lock) => Request::CodeList { name: lock.name() },
        Code::Set { place, whose } => {
            let (name, slot) = at(place);
            Request::CodePut { name, slot, pin: terminal.secret("PIN")?, whose: whose.clone() }
        }
        Code::Name { place, whose } => {
            let (name, slot) = at(place);
            Request::CodeName { name, slot, whose: whose.clone() }
        }
        Code::Enable(place) => {
            let (name, slot) = at(place);
            Request::CodeEnable { name, slot }
        }
        Code::Disable(place) => {
            let (name, slot) = at(place);
            Request::CodeDisable { name, slot }
        }
        Code::Remove(place) => {
            let (name, slot) = at(place);
            Request::CodeRemove { name, slot }
        }
        Code::Check(lock) => Request::CodeCheck { name: lock.name() },
    })
}
