//! Everything that a vendor sends is understood, or known not to be.

use serde_json::{Value, json};
use summary::Vendor::{Alexa, Google};
use summary::{Act, Acted, Answer, Ask, EndpointId, Intent, Pin, Reported, Vendor};

use super::samples::{ID, answered, control, directive, execute, executions, intent, query, tick};
use crate::{GrantCode, LARGEST_REQUEST, Request};

fn ask(vendor: Vendor, body: &[u8]) -> Ask {
    Request::parse(vendor, body).ask().clone()
}

fn act(intent: Intent) -> Ask {
    Ask::Act(vec![Act { endpoint: Some(ID), intent }])
}

#[test]
fn alexas_directives_are_understood() {
    let none = json!({});
    let degrees = |value: Value, scale: &str| json!({"targetSetpoint": {"value": value, "scale": scale}});
    let delta = |value: Value, scale: &str| json!({"targetSetpointDelta": {"value": value, "scale": scale}});
    for (namespace, name, payload, intent) in [
        ("ThermostatController", "SetTargetTemperature", degrees(json!(20.5), "CELSIUS"), Intent::SetSetpoint(2050)),
        ("ThermostatController", "SetTargetTemperature", degrees(json!(68), "FAHRENHEIT"), Intent::SetSetpoint(2000)),
        ("ThermostatController", "SetTargetTemperature", degrees(json!(293.15), "KELVIN"), Intent::SetSetpoint(2000)),
        (
            "ThermostatController",
            "AdjustTargetTemperature",
            delta(json!(-1.0), "CELSIUS"),
            Intent::AdjustSetpoint(-100),
        ),
        ("ThermostatController", "AdjustTargetTemperature", delta(json!(9), "FAHRENHEIT"), Intent::AdjustSetpoint(500)),
        ("ThermostatController", "SetThermostatMode", json!({"thermostatMode": {"value": "COOL"}}), Intent::Other),
        ("ThermostatController", "ResumeSchedule", none.clone(), Intent::Other),
        ("LockController", "Lock", none.clone(), Intent::Lock),
        ("LockController", "Unlock", none.clone(), Intent::Unlock(None)),
        ("SceneController", "Activate", none.clone(), Intent::Activate),
        ("SceneController", "Deactivate", none.clone(), Intent::Other),
        ("ModeController", "SetMode", json!({"mode": "cold"}), Intent::Other),
        ("ModeController", "AdjustMode", json!({"modeDelta": 1}), Intent::Other),
        ("ToggleController", "TurnOn", none.clone(), Intent::Other),
        ("ToggleController", "TurnOff", none.clone(), Intent::Other),
        ("RangeController", "SetRangeValue", json!({"rangeValue": 7}), Intent::Other),
        ("RangeController", "AdjustRangeValue", json!({"rangeValueDelta": 3}), Intent::Other),
    ] {
        let body = control(&format!("Alexa.{namespace}"), name, &payload);
        assert_eq!(ask(Alexa, &body), act(intent), "{namespace}.{name} {payload}");
    }
    assert_eq!(ask(Alexa, &directive("Alexa.Discovery", "Discover", None, &none)), Ask::Discover);
    let grant = json!({"grant": {"type": "OAuth2.AuthorizationCode", "code": "a-code"}, "grantee": {}});
    assert_eq!(ask(Alexa, &directive("Alexa.Authorization", "AcceptGrant", None, &grant)), Ask::Grant);
    assert_eq!(ask(Alexa, &control("Alexa", "ReportState", &none)), Ask::Report(vec![Some(ID)]));
}

#[test]
fn a_grants_code_comes_with_a_whole_grant_alone_and_is_never_printed() {
    let ask = |grant: &Value| {
        let payload = json!({"grant": grant, "grantee": {"type": "BearerToken", "token": "t"}});
        Request::parse(Alexa, &directive("Alexa.Authorization", "AcceptGrant", None, &payload))
    };
    let longest = "c".repeat(GrantCode::LONGEST);
    for code in ["Atzr|a-code", &longest] {
        let request = ask(&json!({"type": "OAuth2.AuthorizationCode", "code": code}));
        assert_eq!(request.grant().map(GrantCode::expose), Some(code));
        assert!(!format!("{request:?}").contains(code));
    }
    for grant in [
        json!({}),
        json!({"code": "c"}),
        json!({"type": "OAuth2.AuthorizationCode"}),
        json!({"type": "Other", "code": "c"}),
        json!({"type": "OAuth2.AuthorizationCode", "code": ""}),
        json!({"type": "OAuth2.AuthorizationCode", "code": "a b"}),
        json!({"type": "OAuth2.AuthorizationCode", "code": 7}),
        json!({"type": "OAuth2.AuthorizationCode", "code": format!("{longest}c")}),
    ] {
        let request = ask(&grant);
        assert_eq!((request.ask(), request.grant().is_none()), (&Ask::Grant, true), "{grant}");
    }
    let whole = json!({"grant": {"type": "OAuth2.AuthorizationCode", "code": "c"}});
    assert!(Request::parse(Alexa, &directive("Alexa.Discovery", "Discover", None, &whole)).grant().is_none());
}

#[test]
fn a_setpoint_is_one_number_in_a_known_scale() {
    for payload in [
        json!({}),
        json!({"targetSetpoint": {"value": "20", "scale": "CELSIUS"}}),
        json!({"targetSetpoint": {"value": 1e308, "scale": "CELSIUS"}}),
        json!({"targetSetpoint": {"value": -1e308, "scale": "FAHRENHEIT"}}),
        json!({"targetSetpoint": {"value": null, "scale": "CELSIUS"}}),
        json!({"targetSetpoint": {"value": 20, "scale": "RANKINE"}}),
        json!({"targetSetpoint": {"value": 20}}),
        json!({"targetSetpoint": 20}),
        json!({"targetSetpoint": {"value": 20, "scale": "CELSIUS"}, "schedule": {"duration": "PT2H"}}),
        json!({"lowerSetpoint": {"value": 18, "scale": "CELSIUS"}, "upperSetpoint": {"value": 22, "scale": "CELSIUS"}}),
    ] {
        let body = control("Alexa.ThermostatController", "SetTargetTemperature", &payload);
        assert_eq!(ask(Alexa, &body), act(Intent::Other), "{payload}");
    }
    let body = control("Alexa.ThermostatController", "SetTargetTemperature", &json!({"targetSetpoint": {"value": 20}}));
    for endless in ["NaN", "Infinity", "1e999"] {
        let body = String::from_utf8(body.clone()).unwrap().replace("20}", &format!("{endless}}}"));
        assert_eq!(ask(Alexa, body.as_bytes()), Ask::Malformed, "{endless}");
    }
}

#[test]
fn what_is_no_directive_is_malformed() {
    let none = json!({});
    let text = |body: Vec<u8>| String::from_utf8(body).unwrap();
    let good = text(control("Alexa.LockController", "Unlock", &none));
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replace(from, to)
    };
    for body in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        text(control("Alexa.PowerController", "TurnOn", &none)),
        text(control("Alexa.LockController", "unlock", &none)),
        text(control("LockController", "Unlock", &none)),
        text(directive("Alexa.LockController", "Unlock", None, &none)),
        with("\"payloadVersion\":\"3\"", "\"payloadVersion\":\"2\""),
        with("\"payloadVersion\":\"3\"", "\"payloadVersion\":3"),
        with("\"name\":\"Unlock\"", "\"name\":\"Lock\",\"name\":\"Unlock\""),
        with("dG9rZW4/+w==", &"t".repeat(4097)),
        with("dG9rZW4/+w==", "a\\u0000b"),
        with(&ID.to_string(), &"a".repeat(65)),
        with(&ID.to_string(), "a b"),
        with("\"payload\":{}", &format!("\"payload\":{{\"x\":\"{}\"}}", "x".repeat(LARGEST_REQUEST))),
        with("\"payload\":{}", &format!("\"payload\":{}{}", "[".repeat(500), "]".repeat(500))),
    ] {
        assert_eq!(ask(Alexa, body.as_bytes()), Ask::Malformed, "{body:.300}");
        let answer = answered(Alexa, body.as_bytes(), &Answer::Refused);
        assert_eq!(answer["event"]["payload"]["type"], "INVALID_DIRECTIVE", "{body:.300}");
    }
    assert_eq!(ask(Alexa, good.as_bytes()), act(Intent::Unlock(None)));
}

#[test]
fn the_answer_is_joined_to_the_directive() {
    let unknown = control("Alexa.PowerController", "TurnOn", &json!({}));
    let foreign = directive("Alexa.LockController", "Lock", Some("some-lamp#1"), &json!({}));
    assert_eq!(ask(Alexa, &foreign), Ask::Act(vec![Act { endpoint: None, intent: Intent::Lock }]));
    for (body, endpoint) in [(unknown, ID.to_string()), (foreign, "some-lamp#1".to_owned())] {
        let answer = answered(Alexa, &body, &Answer::Refused);
        assert_eq!(answer["event"]["header"]["correlationToken"], "dG9rZW4/+w==");
        assert_eq!(answer["event"]["endpoint"]["endpointId"], endpoint);
    }
    let long = control("Alexa", "ReportState", &json!({}));
    let long = String::from_utf8(long).unwrap().replace("dG9rZW4/+w==", &"t".repeat(4096));
    let answer = answered(Alexa, long.as_bytes(), &Answer::Refused);
    assert_eq!(answer["event"]["header"]["correlationToken"], "t".repeat(4096));
}

#[test]
fn googles_intents_are_understood() {
    assert_eq!(ask(Google, &intent("SYNC", None)), Ask::Discover);
    assert_eq!(ask(Google, &intent("DISCONNECT", None)), Ask::Unlink);
    let id = ID.to_string();
    assert_eq!(ask(Google, &query(&[&id, "some-lamp", &id])), Ask::Report(vec![Some(ID), None]));
    for (command, params, intent) in [
        ("ThermostatTemperatureSetpoint", json!({"thermostatTemperatureSetpoint": 22.5}), Intent::SetSetpoint(2250)),
        ("ThermostatTemperatureSetpoint", json!({"thermostatTemperatureSetpoint": "22"}), Intent::Other),
        ("ThermostatTemperatureSetpoint", json!({"thermostatTemperatureSetpoint": 1e308}), Intent::Other),
        ("TemperatureRelative", json!({"thermostatTemperatureRelativeDegree": -2}), Intent::AdjustSetpoint(-200)),
        ("TemperatureRelative", json!({"thermostatTemperatureRelativeWeight": 2}), Intent::AdjustSetpoint(100)),
        ("TemperatureRelative", json!({"thermostatTemperatureRelativeWeight": 6}), Intent::Other),
        ("ThermostatSetMode", json!({"thermostatMode": "heat"}), Intent::Other),
        ("LockUnlock", json!({"lock": true, "followUpToken": "a"}), Intent::Lock),
        ("LockUnlock", json!({"lock": false}), Intent::Unlock(None)),
        ("LockUnlock", json!({"lock": "false"}), Intent::Other),
        ("ActivateScene", json!({"deactivate": false}), Intent::Activate),
        ("ActivateScene", json!({"deactivate": true}), Intent::Other),
        ("OnOff", json!({"on": true}), Intent::Other),
        ("SetModes", json!({"updateModeSettings": {"mode": "cold"}}), Intent::Other),
    ] {
        assert_eq!(ask(Google, &execute(command, &params)), act(intent), "{command} {params}");
    }
}

#[test]
fn a_pin_comes_with_the_challenge() {
    let unlock = |pin: Value| {
        let command = "action.devices.commands.LockUnlock";
        executions(&[json!({"command": command, "params": {"lock": false}, "challenge": {"pin": pin}})])
    };
    assert_eq!(ask(Google, &unlock(json!("471199"))), act(Intent::Unlock(Pin::new("471199"))));
    let needs_pin = Answer::Acted(tick(), vec![Acted::NeedsPin]);
    let wrong_pin = Answer::Acted(tick(), vec![Acted::WrongPin]);
    for (body, answer, challenge) in [
        (execute("LockUnlock", &json!({"lock": false})), &needs_pin, "pinNeeded"),
        (unlock(json!("471199")), &wrong_pin, "challengeFailedPinNeeded"),
        // One that can't be the PIN is never compared, and was still spoken.
        (unlock(json!("12")), &needs_pin, "challengeFailedPinNeeded"),
        (unlock(json!(4711)), &needs_pin, "challengeFailedPinNeeded"),
    ] {
        let said = answered(Google, &body, answer);
        let command = &said["payload"]["commands"][0];
        assert_eq!(command["errorCode"], "challengeNeeded", "{said}");
        assert_eq!(command["challengeNeeded"]["type"], challenge, "{said}");
        assert!(!said.to_string().contains("471199"), "{said}");
    }
    let locked = answered(Google, &execute("LockUnlock", &json!({"lock": true})), &needs_pin);
    assert_eq!(locked["payload"]["commands"][0]["errorCode"], "notSupported");
}

#[test]
fn what_is_no_intent_is_malformed() {
    let many: Vec<_> = (0..65).map(|at| format!("device-{at}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let nine: Vec<_> = (0..9).map(|_| json!({"command": "action.devices.commands.OnOff", "params": {}})).collect();
    let eight: Vec<_> = (0..8).map(|at| json!({"id": at.to_string()})).collect();
    let product = json!({"commands": [{"devices": eight, "execution": nine}]});
    for body in [
        b"{}".to_vec(),
        b"{\"inputs\":[{\"intent\":\"action.devices.SYNC\"}]}".to_vec(),
        b"{\"requestId\":\"a\",\"inputs\":[]}".to_vec(),
        b"{\"requestId\":\"a b\",\"inputs\":[{\"intent\":\"action.devices.SYNC\"}]}".to_vec(),
        intent("IDENTIFY", None),
        intent("QUERY", None),
        query(&[""]),
        query(&["a\"b"]),
        query(&many),
        intent("EXECUTE", Some(&product)),
        intent("EXECUTE", Some(&json!({"commands": [{"devices": [{"id": 1}], "execution": []}]}))),
    ] {
        assert_eq!(ask(Google, &body), Ask::Malformed, "{:.300}", String::from_utf8_lossy(&body));
        assert_eq!(answered(Google, &body, &Answer::Refused)["payload"]["errorCode"], "protocolError");
    }
    assert!(matches!(ask(Google, &query(&many[..64])), Ask::Report(ids) if ids.len() == Ask::MOST));
}

#[test]
fn a_device_has_one_outcome() {
    let command = |name: &str| json!({"command": format!("action.devices.commands.{name}"), "params": {}});
    let body = executions(&[command("OnOff"), command("LockUnlock"), command("OnOff")]);
    let accepted = Acted::Accepted { echo: None };
    for (acted, status) in [
        ([accepted.clone(), accepted.clone(), accepted.clone()], "PENDING"),
        ([accepted.clone(), Acted::Refused, accepted.clone()], "ERROR"),
        ([Acted::Refused, accepted.clone(), accepted], "ERROR"),
    ] {
        let said = answered(Google, &body, &Answer::Acted(tick(), acted.to_vec()));
        assert_eq!(said["payload"]["commands"].as_array().unwrap().len(), 1, "{said}");
        assert_eq!(said["payload"]["commands"][0]["status"], status, "{said}");
    }
}

#[test]
fn another_endpoint_than_asked_for_is_not_told() {
    let mut other = super::samples::endpoints().swap_remove(1);
    other.id = EndpointId([1; 16]);
    let answer = Answer::Report(tick(), vec![Reported::Endpoint(other)]);
    let said = answered(Alexa, &control("Alexa", "ReportState", &json!({})), &answer);
    assert_eq!(said["event"]["payload"]["type"], "INSUFFICIENT_PERMISSIONS");
    let said = answered(Google, &query(&[&ID.to_string()]), &answer);
    assert_eq!(said["payload"]["devices"][ID.to_string()], json!({"online": false, "status": "OFFLINE"}));
}
