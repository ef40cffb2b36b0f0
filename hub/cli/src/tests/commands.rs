//! Each command: what it asks and what it prints.

use serde_json::{Value, json};

use super::fake::{Fake, Seat, devices, run};

#[test]
fn each_command_asks_its_question() {
    let hub = Fake::new(json!({}), &[]);
    let cases = [
        ("status", json!({"verb": "status"})),
        ("devices", json!({"verb": "devices"})),
        ("device bath", json!({"verb": "device", "name": "bath"})),
        ("adapters", json!({"verb": "adapters"})),
        ("permit-join 60", json!({"verb": "permit-join", "seconds": 60})),
        ("permit-join 0 --adapter stick", json!({"verb": "permit-join", "seconds": 0, "adapter": "stick"})),
        ("set bath calibration -1.5", json!({"verb": "set", "name": "bath", "key": "calibration", "value": "-1.5"})),
        ("lock door", json!({"verb": "lock", "name": "door"})),
        ("unlock door", json!({"verb": "unlock", "name": "door"})),
        ("rename bath tub", json!({"verb": "rename", "from": "bath", "to": "tub"})),
        ("room bath Up", json!({"verb": "place", "name": "bath", "room": "Up"})),
        ("room bath", json!({"verb": "place", "name": "bath"})),
        ("remove bath --yes", json!({"verb": "remove", "name": "bath"})),
        ("interview bath", json!({"verb": "interview", "name": "bath"})),
        ("refresh bath", json!({"verb": "refresh", "name": "bath"})),
        ("events", json!({"verb": "events", "limit": 50})),
        ("events --limit 5 --device bath", json!({"verb": "events", "limit": 5, "name": "bath"})),
        (
            "history bath battery --since 30m",
            json!({"verb": "history", "name": "bath", "key": "battery", "since_seconds": 1800}),
        ),
        ("mqtt-user add ada --preset admin", json!({"verb": "mqtt-user-add", "user": "ada", "preset": "admin"})),
        ("authority", json!({"verb": "authority"})),
        ("mqtt-user list", json!({"verb": "mqtt-user-list"})),
        ("mqtt-user remove ada", json!({"verb": "mqtt-user-remove", "user": "ada"})),
    ];
    for (words, question) in cases {
        let ran = hub.hearth(words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words}");
        assert_eq!(hub.questions(), json!([question]), "{words}");
    }
}

#[test]
fn secrets_come_by_standard_input() {
    let hub = Fake::new(json!({}), &[]);
    let seat = Seat { input: "1234\n", ..Seat::default() };
    assert_eq!(hub.hearth_at("unlock door --pin-stdin", seat).code, 0);
    assert_eq!(hub.hearth_at("lock door --pin-stdin", seat).code, 0);
    let words = "mqtt-user add ada --preset admin --password-stdin";
    assert_eq!(hub.hearth_at(words, Seat { input: "two words \r\n", ..Seat::default() }).code, 0);
    let expected = json!([
        {"verb": "unlock", "name": "door", "pin": "1234"},
        {"verb": "lock", "name": "door", "pin": "1234"},
        {"verb": "mqtt-user-add", "user": "ada", "preset": "admin", "password": "two words "},
    ]);
    assert_eq!(hub.questions(), expected);
    assert_eq!(hub.hearth("unlock door --pin-stdin").code, 64, "nothing on standard input");
    assert_eq!(hub.questions(), json!([]));
}

#[test]
fn a_device_goes_only_after_a_yes() {
    let hub = Fake::new(json!({}), &[]);
    let person = |input| Seat { input, is_read: true, can_answer: true };
    assert_eq!(hub.hearth("remove bath").code, 64);
    assert_eq!(hub.hearth_at("remove bath", person("y\n")).code, 64);
    assert_eq!(hub.hearth_at("remove bath", person("")).code, 64);
    assert_eq!(hub.questions(), json!([]));
    let ran = hub.hearth_at("remove bath", person("yes\n"));
    assert_eq!((ran.code, ran.out.as_str()), (0, "done\n"));
    assert!(ran.err.contains("Remove bath"), "{}", ran.err);
    assert_eq!(hub.questions(), json!([{"verb": "remove", "name": "bath"}]));
}

/// What `words` prints when the daemon's answer to `verb` is `data`; and that `--json` prints just `data`.
fn printed(words: &str, verb: &str, data: &Value) -> String {
    let hub = Fake::new(json!({ verb: data }), &[]);
    let json = hub.hearth(&format!("--json {words}"));
    assert_eq!(json.out.lines().count(), 1, "{}", json.out);
    assert_eq!(serde_json::from_str::<Value>(&json.out).unwrap(), *data);
    let ran = hub.hearth(words);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for text in [&json.out, &ran.out] {
        assert!(!text.contains('\u{1b}'), "an escape sequence: {text}");
    }
    ran.out
}

#[test]
fn devices_are_a_table() {
    let expected = "\
NAME           ROOM     STATE                                                                    BATTERY  LINK  LAST SEEN (UTC)
Küche          Kitchen  21.5 °C, target 20 °C (soon 21), heat, heating, from before the restart  81.5 %   120   2026-11-23 18:00:00
front\u{fffd}[2Jdoor  -        interview running: endpoints, out of reach, jammed                       -        -     -
";
    assert_eq!(printed("devices", "devices", &devices()), expected);
    assert_eq!(printed("devices", "devices", &json!([])), "no devices yet; `hearth permit-join 120` lets them join\n");
}

#[test]
fn a_device_is_shown_whole() {
    let text = printed("device Küche", "device", &devices()[0]);
    for line in [
        "Küche",
        "  address    0x0000000000000001",
        "  room       Kitchen",
        "  can        thermostat, battery",
        "  interview  done",
        "  radio      in reach, last seen 2026-11-23 18:00:00 UTC",
        "  target     5 to 30 °C",
        "local_temperature          21.5 °C     2026-11-23 17:59:00",
        "occupied_heating_setpoint  20 °C       -                    asked for: 21",
        "battery                    81.5 %      -                    from before the restart",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line:?} is not in\n{text}");
    }
}

#[test]
fn the_status_is_a_few_lines() {
    let mut status = json!({
        "name": "hearth", "version": "0.1.0", "uptime_seconds": 3725,
        "adapters": [
            {"name": "stick", "port": "/dev/x", "status": "online", "reason": null, "channel": 11, "pan_id": "0x1a62", "firmware": "20240710", "joinable_seconds": 30},
            {"name": "attic", "port": "tcp://x", "status": "offline", "reason": "no such host", "channel": null, "pan_id": null, "firmware": null, "joinable_seconds": 0}],
        "devices": {"total": 2, "available": 1},
        "mqtt": {"connections": 3, "published": 40, "delivered": 50, "refused": 6},
        "store": {"bytes_written": 4096, "commits": 7, "problem": null},
    });
    let expected = "\
hearth 0.1.0, up 1 h 2 min
devices   1 of 2 available
adapter   stick: online, channel 11, PAN 0x1a62, devices may join for 30 s
adapter   attic: offline, no such host
mqtt      3 connections, 40 published, 50 delivered, 6 refused
store     4096 bytes in 7 commits
";
    assert_eq!(printed("status", "status", &status), expected);
    status["store"]["problem"] = json!("the disk is full");
    assert!(printed("status", "status", &status).ends_with("store     PROBLEM: the disk is full\n"));
}

#[test]
fn adapters_in_use_and_found_are_tables() {
    let data = json!({
        "configured": [{"name": "stick", "port": "/dev/x", "status": "online", "reason": null, "channel": 11, "pan_id": "0x1a62", "firmware": "20240710", "joinable_seconds": 0}],
        "found": [{"port": "tcp://10.0.0.9:6638", "name": "slzb-06", "protocol": "znp", "note": null}],
    });
    let expected = "\
NAME   PORT    STATUS                          FIRMWARE
stick  /dev/x  online, channel 11, PAN 0x1a62  20240710

found; to use one, put its port into an [[adapter]] section of /etc/hearth/hearth.toml:
NAME     PROTOCOL  PORT                 NOTE
slzb-06  znp       tcp://10.0.0.9:6638  -
";
    assert_eq!(printed("adapters", "adapters", &data), expected);
    let none = printed("adapters", "adapters", &json!({"configured": [], "found": []}));
    assert_eq!(none, "no adapter is configured\n");
}

#[test]
fn events_and_history_are_tables() {
    let events = json!([{"at": "2026-11-23T18:00:00.123Z", "device": "door", "ieee": "0x0000000000000002", "event": "bolt", "from": "locked", "to": "unlocked", "text": "door went from locked to unlocked"}]);
    let expected = "AT (UTC)             WHAT\n2026-11-23 18:00:00  door went from locked to unlocked\n";
    assert_eq!(printed("events", "events", &events), expected);
    let history = json!({"key": "local_temperature", "samples": [["2026-11-23T18:00:00.000Z", 21.5], ["2026-11-23T18:01:00.000Z", null]]});
    let expected = "AT (UTC)             VALUE\n2026-11-23 18:00:00  21.5 °C\n2026-11-23 18:01:00  -\n";
    assert_eq!(printed("history bath local_temperature", "history", &history), expected);
}

#[test]
fn outcomes_are_sentences() {
    assert_eq!(printed("set bath a 1", "set", &json!({"outcome": "done"})), "done\n");
    let pending = json!({"outcome": "pending", "within_seconds": 300});
    assert_eq!(printed("set bath a 1", "set", &pending), "waiting for the device to wake up, 5 min at most\n");
    assert_eq!(printed("permit-join 60", "permit-join", &json!({"seconds": 60})), "devices may join for 60 s\n");
    assert_eq!(printed("permit-join 0", "permit-join", &json!({"seconds": 0})), "the network is closed\n");
}

#[test]
fn users_and_a_made_up_password_are_shown() {
    let list = json!([{"user": "ada", "preset": "admin", "created": "2026-11-23T18:00:00.000Z"}]);
    let expected = "USER  PRESET  CREATED (UTC)\nada   admin   2026-11-23 18:00:00\n";
    assert_eq!(printed("mqtt-user list", "mqtt-user-list", &list), expected);
    let made_up = json!({"user": "ada", "preset": "admin", "password": "s3cret"});
    let text = printed("mqtt-user add ada --preset admin", "mqtt-user-add", &made_up);
    assert!(text.contains("password  s3cret\n"), "{text}");
    let given = json!({"user": "ada", "preset": "admin"});
    assert!(!printed("mqtt-user add ada --preset admin", "mqtt-user-add", &given).contains("password"));
}

#[test]
fn the_authority_is_shown_to_compare() {
    let data = json!({
        "name": "Hearth local authority", "path": "/var/lib/hearth/tls/authority.crt",
        "fingerprint": "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF", "ends": "2036-11-21T00:00:00.000Z",
        "server": {"names": ["hearth.local", "192.168.1.5"], "ends": "2027-12-25T00:00:00.000Z"},
    });
    let expected = "\
authority    Hearth local authority, until 2036-11-21 00:00:00 UTC
certificate  /var/lib/hearth/tls/authority.crt
SHA-256
  00:11:22:33:44:55:66:77
  88:99:AA:BB:CC:DD:EE:FF
server       until 2027-12-25 00:00:00 UTC, for hearth.local, 192.168.1.5
";
    assert_eq!(printed("authority", "authority", &data), expected);
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&format!("completions {shell}"), Seat::default());
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("permit-join") && ran.out.contains("mqtt-user"), "{shell}");
    }
}
