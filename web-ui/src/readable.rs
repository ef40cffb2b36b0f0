//! Which lines of the house's watch somebody may see.

use home::{Access, Ieee, Right};
use serde_json::Value;

/// Whether a line is about something that may be read with this access. A line about no device is the hub's own.
pub(crate) fn readable(access: &Access, line: &str) -> bool {
    access.may_everywhere(Right::Read)
        || about(line).map_or_else(|| access.may_in_general(Right::Read), |device| access.may(Right::Read, device))
}

fn about(line: &str) -> Option<Ieee> {
    let change: Value = serde_json::from_str(line).ok()?;
    let places = ["/ieee", "/device/ieee", "/event/ieee"];
    places.iter().find_map(|place| change.pointer(place)?.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use home::{Rights, Role};

    use super::*;

    #[test]
    fn a_guest_sees_changes_of_the_listed_devices_alone() {
        let rights: Rights = [Right::Read].into_iter().collect();
        let guest = Access::of(Role::Guest, &BTreeMap::from([(Ieee(1), rights)]));
        let (own, other) = ("0x0000000000000001", "0x0000000000000002");
        for shape in [
            r#"{"change":"device","device":{"ieee":"IEEE"}}"#,
            r#"{"change":"removed","ieee":"IEEE"}"#,
            r#"{"change":"event","event":{"ieee":"IEEE"}}"#,
        ] {
            assert!(readable(&guest, &shape.replace("IEEE", own)), "{shape}");
            assert!(!readable(&guest, &shape.replace("IEEE", other)), "{shape}");
            assert!(readable(&Access::full(), &shape.replace("IEEE", other)), "{shape}");
        }
        for hub in [r#"{"change":"adapter","adapter":{}}"#, r#"{"change":"event","event":{"ieee":null}}"#, "no line"] {
            assert!(!readable(&guest, hub) && readable(&Access::of(Role::Resident, &BTreeMap::new()), hub), "{hub}");
        }
    }
}
