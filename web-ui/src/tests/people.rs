//! Getting in: the first set-up, second factors, sessions that end.

use super::fake::Fake;
use super::few::{CODE, TOTP};

#[tokio::test]
async fn the_set_up_works_once_and_not_without_its_code() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let body = |code: &str| format!(r#"{{"code":"{code}","user":"ada","password":"correct horse"}}"#);
    assert_eq!(client.get("/api/v1/setup").await.json()["needed"], false);
    assert_eq!(client.post("/api/v1/setup", &body(CODE)).await.status, 409, "somebody lives here");
    house.people.empty();
    assert_eq!(client.get("/api/v1/setup").await.json()["needed"], true);
    assert_eq!(client.post("/api/v1/setup", &body("AAAAA-AAAAA")).await.status, 403);
    let made = client.post("/api/v1/setup", &body(CODE)).await;
    assert_eq!(made.status, 200);
    assert!(made.header("set-cookie").unwrap().contains("httponly"));
    assert_eq!(client.post("/api/v1/setup", &body(CODE)).await.status, 409, "setup-replay");
}

#[tokio::test]
async fn guesses_at_the_set_up_code_are_slowed_down() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    house.people.empty();
    for _ in 0..5 {
        client.post("/api/v1/setup", r#"{"code":"AAAAA-AAAAA","user":"eve","password":"correct horse"}"#).await;
    }
    let right = format!(r#"{{"code":"{CODE}","user":"eve","password":"correct horse"}}"#);
    assert_eq!(client.post("/api/v1/setup", &right).await.status, 401);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_the_password_alone() {
    let (client, _stop) = Fake::new().serve().await;
    let login = |password: &str, code: &str| {
        let code = if code.is_empty() { String::new() } else { format!(r#","code":"{code}""#) };
        format!(r#"{{"user":"tom","password":"{password}"{code}}}"#)
    };
    let first = client.post("/api/v1/session", &login("correct horse", "")).await;
    assert_eq!((first.status, first.json()["kind"].as_str()), (401, Some("second_factor")));
    let wrong = client.post("/api/v1/session", &login("wrong", TOTP)).await;
    assert_eq!((wrong.status, wrong.json()["kind"].as_str()), (401, None), "a wrong password tells nothing of codes");
    assert_eq!(client.post("/api/v1/session", &login("correct horse", "000000")).await.status, 401);
    assert_eq!(client.post("/api/v1/session", &login("correct horse", TOTP)).await.status, 200);
}

#[tokio::test]
async fn a_login_begins_a_session_of_its_own_whatever_cookie_came_along() {
    let (client, _stop) = Fake::new().serve().await;
    let fixed = format!("hearth_session={}", "a".repeat(64));
    let reply =
        client.with("cookie", &fixed).post("/api/v1/session", r#"{"user":"ada","password":"correct horse"}"#).await;
    assert!(!reply.header("set-cookie").unwrap().contains(&"a".repeat(64)), "session fixation");
    assert_eq!(client.with("cookie", &fixed).get("/api/v1/status").await.status, 401);
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session_and_another_password_all_the_others() {
    let (client, _stop) = Fake::new().serve().await;
    let (phone, desk) = (client.logged_in().await, client.logged_in().await);
    let changed =
        phone.ask("POST", "/api/v1/me/password", Some(r#"{"old":"correct horse","new":"battery staple"}"#)).await;
    assert_eq!(changed.status, 200);
    assert_eq!(desk.get("/api/v1/me").await.status, 401);
    assert_eq!(phone.get("/api/v1/me").await.status, 401, "the secret is a new one");
    let cookie = changed.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let phone = client.with("cookie", &cookie);
    assert_eq!(phone.get("/api/v1/me").await.status, 200);
    let desk = client.logged_in().await;
    assert_eq!(desk.ask("DELETE", "/api/v1/me/sessions", None).await.status, 200);
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn what_weakens_an_account_takes_its_password_and_guesses_wait() {
    let (client, _stop) = Fake::new().serve().await;
    let rob = client.logged_in_as("rob").await;
    for _ in 0..5 {
        let refused = rob.ask("PUT", "/api/v1/me/pin", Some(r#"{"password":"guess","pin":"90210"}"#)).await;
        assert_eq!((refused.status, refused.json()["kind"].as_str()), (403, Some("proof")));
    }
    let waits = rob.ask("PUT", "/api/v1/me/pin", Some(r#"{"password":"correct horse","pin":"90210"}"#)).await;
    assert_eq!(waits.status, 403);
}

#[tokio::test]
async fn passkeys_need_a_name_and_their_own_question() {
    let (client, _stop) = Fake::new().serve().await;
    assert_eq!(client.post("/api/v1/session/passkey/options", "{}").await.status, 409, "an address is no name");
    let named = client.with("host", "hearth.local");
    let options = named.post("/api/v1/session/passkey/options", "{}").await.json();
    assert_eq!(options["publicKey"]["rpId"], "hearth.local");
    let answer = serde_json::json!({"id": options["id"], "credential": {"id": "AAAA", "response": {
        "clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA",
    }}});
    assert_eq!(named.post("/api/v1/session/passkey", &answer.to_string()).await.status, 401);
}
