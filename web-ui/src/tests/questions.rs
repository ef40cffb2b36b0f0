//! Which question each route asks, and how answers and refusals look.

use home::admin::ErrorKind;
use serde_json::json;

use super::fake::Fake;

#[tokio::test]
async fn each_route_asks_its_question() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    let cases = [
        ("GET", "/status", "", json!([{"verb": "status"}])),
        ("GET", "/devices", "", json!([{"verb": "devices"}])),
        ("GET", "/devices/bath%20room", "", json!([{"verb": "device", "name": "bath room"}])),
        ("GET", "/devices/0x0011223344556677", "", json!([{"verb": "device", "name": "0x0011223344556677"}])),
        ("GET", "/adapters", "", json!([{"verb": "adapters"}])),
        ("POST", "/permit-join", r#"{"seconds":120}"#, json!([{"verb": "permit-join", "seconds": 120}])),
        ("POST", "/devices/door/lock", "{}", json!([{"verb": "lock", "name": "door"}])),
        (
            "POST",
            "/devices/door/unlock",
            r#"{"code":"90210","pin":"1234"}"#,
            json!([{"verb": "unlock", "name": "door", "pin": "1234"}]),
        ),
        ("POST", "/devices/bath/refresh", "", json!([{"verb": "refresh", "name": "bath"}])),
        ("POST", "/devices/bath/interview", "", json!([{"verb": "interview", "name": "bath"}])),
        ("DELETE", "/devices/bath", "", json!([{"verb": "remove", "name": "bath"}])),
        ("GET", "/events", "", json!([{"verb": "events", "limit": 100}])),
        ("GET", "/events?limit=5&device=door", "", json!([{"verb": "events", "limit": 5, "name": "door"}])),
        ("GET", "/events?limit=4000000000", "", json!([{"verb": "events", "limit": 1000}])),
        (
            "GET",
            "/devices/bath/history?key=battery&since=24h",
            "",
            json!([{"verb": "history", "name": "bath", "key": "battery", "since_seconds": 86400}]),
        ),
        ("GET", "/policy", "", json!([{"verb": "policy-show"}])),
        ("POST", "/policy/check", r#"{"text":"t"}"#, json!([{"verb": "policy-check", "text": "t"}])),
        ("POST", "/policy/diff", r#"{"old":"o","new":"n"}"#, json!([{"verb": "policy-diff", "old": "o", "new": "n"}])),
        (
            "POST",
            "/policy/apply",
            r#"{"text":"t","confirm":"1f"}"#,
            json!([{"verb": "policy-apply", "text": "t", "confirm": "1f"}]),
        ),
        ("GET", "/policy/preview/alexa", "", json!([{"verb": "policy-preview", "audience": "alexa"}])),
        ("GET", "/gateway", "", json!([{"verb": "gateway-status"}])),
        ("POST", "/gateway/pause", "", json!([{"verb": "gateway-pause"}])),
        ("POST", "/gateway/resume", "", json!([{"verb": "gateway-resume"}])),
        ("GET", "/ledger", "", json!([{"verb": "ledger-list", "limit": 50}])),
        (
            "GET",
            "/ledger?limit=5&before=9&audience=a&kind=refused",
            "",
            json!([{"verb": "ledger-list", "limit": 5, "before": 9, "audience": "a", "kind": "refused"}]),
        ),
        ("GET", "/ledger/head", "", json!([{"verb": "ledger-head"}])),
        ("POST", "/ledger/verify", r#"{"head":"1:ab"}"#, json!([{"verb": "ledger-verify", "head": "1:ab"}])),
        (
            "PATCH",
            "/devices/bath",
            r#"{"name":"bathroom","room":null}"#,
            json!([{"verb": "place", "name": "bath"}, {"verb": "rename", "from": "bath", "to": "bathroom"}, {"verb": "device", "name": "bathroom"}]),
        ),
        (
            "PATCH",
            "/devices/bath",
            r#"{"room":"Up"}"#,
            json!([{"verb": "place", "name": "bath", "room": "Up"}, {"verb": "device", "name": "bath"}]),
        ),
        (
            "POST",
            "/devices/bath/set",
            r#"{"occupied_heating_setpoint":21.5,"system_mode":"heat"}"#,
            json!([{"verb": "set", "name": "bath", "key": "occupied_heating_setpoint", "value": "21.5"},
                   {"verb": "set", "name": "bath", "key": "system_mode", "value": "heat"}]),
        ),
    ];
    for (method, path, body, expected) in cases {
        let body = (method == "POST" || method == "PATCH").then_some(body);
        let reply = client.ask(method, &format!("/api/v1{path}"), body).await;
        assert_eq!(reply.status, 200, "{method} {path}: {}", reply.body);
        assert_eq!(json!(house.questions()), expected, "{method} {path}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_not_asked() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    for (method, path, body) in [
        ("POST", "/permit-join", Some("{}")),
        ("POST", "/permit-join", Some(r#"{"seconds":-1}"#)),
        ("POST", "/devices/bath/set", Some("{}")),
        ("POST", "/devices/bath/set", Some(r#"{"a":null}"#)),
        ("POST", "/devices/bath/set", Some(r#"{"a":{"b":1}}"#)),
        ("POST", "/devices/bath/set", Some(r#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}"#)),
        ("PATCH", "/devices/bath", Some("{}")),
        ("GET", "/devices/bath/history?key=battery", None),
        ("GET", "/devices/bath/history?key=battery&since=yesterday", None),
        ("GET", "/events?limit=many", None),
    ] {
        let reply = client.ask(method, &format!("/api/v1{path}"), body).await;
        assert_eq!(reply.status, 400, "{method} {path} {body:?}");
    }
    assert_eq!(house.questions().len(), 0);
    assert_eq!(client.get("/api/v1/nothing").await.status, 404);
    assert_eq!(client.post("/api/v1/status", "{}").await.status, 405);
}

#[tokio::test]
async fn answers_pass_through_and_pending_is_202() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    house.answer(json!([{"name": "bath"}]));
    assert_eq!(client.get("/api/v1/devices").await.json(), json!([{"name": "bath"}]));
    house.answer(json!({"outcome": "pending", "within_seconds": 300}));
    let reply = client.post("/api/v1/devices/bath/set", r#"{"occupied_heating_setpoint":21.5}"#).await;
    let expected = json!({"occupied_heating_setpoint": {"outcome": "pending", "within_seconds": 300}});
    assert_eq!((reply.status, reply.json()), (202, expected));
    assert_eq!(client.get("/metrics").await.body, "hearth_devices 2\n");
}

#[tokio::test]
async fn refusals_are_problems() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    for (kind, word, status) in [
        (ErrorKind::Invalid, "invalid", 422),
        (ErrorKind::NotFound, "not_found", 404),
        (ErrorKind::Conflict, "conflict", 409),
        (ErrorKind::Unavailable, "unavailable", 503),
        (ErrorKind::Failed, "failed", 502),
    ] {
        house.refuse(kind, "because");
        let reply = client.get("/api/v1/devices/bath").await;
        assert_eq!((reply.status, reply.header("content-type")), (status, Some("application/problem+json")));
        let body = reply.json();
        assert_eq!(
            (&body["kind"], &body["detail"], &body["status"]),
            (&json!(word), &json!("because"), &json!(status))
        );
    }
}

#[tokio::test]
async fn who_was_slower_is_told_that_somebody_else_changed_it() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    for (path, method, body, first, second) in [
        (
            "/devices/bath",
            "PATCH",
            r#"{"room":"Up"}"#,
            json!({"ieee": "0x1", "name": "bath", "room": null, "state": 1}),
            json!({"ieee": "0x1", "name": "bath", "room": "Down"}),
        ),
        (
            "/people/rob",
            "PATCH",
            r#"{"role":"resident"}"#,
            json!({"name": "rob", "role": "guest"}),
            json!({"name": "rob", "role": "admin"}),
        ),
        ("/policy", "POST", r#"{"text":""}"#, json!({"text": "version = 1"}), json!({"text": ""})),
    ] {
        let change = if path == "/policy" { "/policy/apply" } else { path };
        house.answer(first.clone());
        let reply = client.get(&format!("/api/v1{path}")).await;
        let tag = reply.header("etag").expect(path).to_owned();
        house.answer(second);
        house.questions();
        let refused = client.with("if-match", &tag).ask(method, &format!("/api/v1{change}"), Some(body)).await;
        assert_eq!((refused.status, refused.json()["kind"].as_str()), (412, Some("changed")), "{path}");
        assert_eq!(house.questions().len(), 1, "it was only looked at");
        house.answer(first);
        let done = client.with("if-match", &tag).ask(method, &format!("/api/v1{change}"), Some(body)).await;
        assert_eq!(done.status, 200, "{path}: {}", done.body);
    }
}
