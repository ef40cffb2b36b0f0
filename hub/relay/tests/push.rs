//! Told unasked: from a grant's code to the event at Amazon, over relay, mosquitto with TLS, gateway and stand-ins for Amazon and the hub.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

#[path = "../../gateway/tests/support/mod.rs"]
mod support;

mod scene;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Mutex, Once};
use std::time::Duration;

use scene::amazon::{ACCESS, Amazon, Asked, CLIENT_SECRET, REFRESH};
use scene::{Scene, body, head, no_push, now, post, runtime, scene, with_push};
use seal::{PairingKey, Vendor};

const GRANT: &str = r#"{"directive":{"header":{"namespace":"Alexa.Authorization","name":"AcceptGrant","messageId":"M","payloadVersion":"3"},"payload":{"grant":{"type":"OAuth2.AuthorizationCode","code":"the code"},"grantee":{"type":"BearerToken","token":"owner's"}}}}"#;
const ACCEPTED: &str =
    r#"{"event":{"header":{"namespace":"Alexa.Authorization","name":"AcceptGrant.Response"},"payload":{}}}"#;

/// All that was logged by this test's process, at every level.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged() -> String {
    String::from_utf8(LOG.lock().unwrap().clone()).unwrap()
}

/// Waits until it is; a test that waits in vain ends.
fn until_logged(what: &str) {
    let found = (0..3_000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        logged().contains(what)
    });
    assert!(found, "not logged: {what}");
}

fn logging_scene(push: fn(&Amazon, &Path) -> String) -> Option<Scene> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(|| Log).init();
    });
    scene(push)
}

/// A change report as the hub writes it.
fn event(endpoint: &str, token: &str) -> String {
    format!(
        r#"{{"event":{{"header":{{"namespace":"Alexa","name":"ChangeReport","payloadVersion":"3","messageId":"M"}},"endpoint":{{"scope":{{"type":"BearerToken","token":"{token}"}},"endpointId":"{endpoint}"}},"payload":{{"change":{{"cause":{{"type":"PERIODIC_POLL"}},"properties":[{{"value":"TOKEN"}}]}}}}}},"context":{{"properties":[]}}}}"#
    )
}

/// As the hub hands it to the relay.
fn push(endpoint: &str) -> String {
    format!("{{\"token\":\"{REFRESH}\",\"event\":{}}}", event(endpoint, "TOKEN"))
}

/// What arrives at the event gateway then.
fn told(endpoint: &str) -> Asked {
    Asked { path: "/v3/events".to_owned(), bearer: Some(ACCESS.to_owned()), body: event(endpoint, ACCESS) }
}

/// Has Alexa grant something, which the hub answers so; returns what the hub got and what Alexa hears.
fn grant(scene: &mut Scene, answer: &str) -> (String, String) {
    let relay = scene.relay;
    let asking = std::thread::spawn(move || post(relay, "/alexa", "", GRANT));
    let (request, _) = scene.house.next(answer.as_bytes());
    let heard = asking.join().unwrap();
    (String::from_utf8(request.body.to_vec()).unwrap(), body(&heard).to_owned())
}

/// Nothing that is anybody's secret was ever logged.
fn nothing_was_said() {
    let logged = logged();
    for secret in [REFRESH, ACCESS, CLIENT_SECRET, "the code", "the+code", "the-refresh", "ChangeReport"] {
        assert!(!logged.contains(secret), "{secret}");
    }
}

#[test]
fn the_hub_gets_what_the_grants_code_is_good_for() {
    let Some(mut scene) = logging_scene(with_push) else { return };
    let (got, heard) = grant(&mut scene, ACCEPTED);
    assert_eq!(heard, ACCEPTED);
    let wanted: serde_json::Value = serde_json::from_str(&GRANT.replace("the code", REFRESH)).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&got).unwrap(), wanted);
    let exchange = scene.amazon.next();
    let form = "grant_type=authorization_code&code=the+code&client_id=amzn1.client&client_secret=amzn1.oa2-cs.v1.0123456789abcdef";
    assert_eq!(exchange, Asked { path: "/auth/o2/token".to_owned(), bearer: None, body: form.to_owned() });
    // A hub whose policy grants no push refuses; Alexa hears that, and nobody has the token.
    let refused = ACCEPTED.replace("AcceptGrant.Response", "ErrorResponse");
    assert_eq!(grant(&mut scene, &refused).1, refused);
    nothing_was_said();
}

#[test]
fn a_code_that_amazon_does_not_take_never_reaches_the_hub() {
    let Some(mut scene) = logging_scene(with_push) else { return };
    scene.amazon.instead(400, r#"{"error":"invalid_grant","error_description":"the code"}"#);
    let refused = post(scene.relay, "/alexa", "", GRANT);
    assert!(body(&refused).contains("ACCEPT_GRANT_FAILED"), "{}", refused.1);
    until_logged("the token service answered 400 Bad Request invalid_grant");
    scene.amazon.instead(200, r#"{"access_token":"Atza|only"}"#);
    assert!(body(&post(scene.relay, "/alexa", "", GRANT)).contains("ACCEPT_GRANT_FAILED"));
    // A stranger's is not even exchanged: the next that Amazon and the hub hear of is the owner's.
    let stranger = post(scene.relay, "/alexa", "", &GRANT.replace("owner's", "stranger's"));
    assert!(body(&stranger).contains("ACCEPT_GRANT_FAILED"));
    assert_eq!(grant(&mut scene, ACCEPTED).1, ACCEPTED);
    assert!((0..3).all(|_| scene.amazon.next().path == "/auth/o2/token"));
    assert!(scene.amazon.asked.try_recv().is_err());
    nothing_was_said();
}

#[test]
fn without_push_in_its_file_the_relay_refuses_a_grant_by_itself() {
    let Some(scene) = logging_scene(no_push) else { return };
    let refused = post(scene.relay, "/alexa", "", GRANT);
    assert!(body(&refused).contains("ACCEPT_GRANT_FAILED") && body(&refused).contains("Alexa.Authorization"));
    assert!(scene.amazon.asked.try_recv().is_err());
}

#[test]
fn what_the_hub_says_unasked_reaches_amazon_once() {
    let Some(mut scene) = logging_scene(with_push) else { return };
    grant(&mut scene, ACCEPTED);
    scene.amazon.next();
    let frame = scene.house.seal(Vendor::Alexa, &push("one"));
    scene.house.push(&frame);
    assert_eq!(scene.amazon.event(), told("one"));
    // Again; from who has another key; changed; too old; not for Alexa; no push at all; with no room for a token, or with too much.
    scene.house.push(&frame);
    let stranger = seal::Hub::new(&PairingKey::generate().unwrap());
    scene.house.push(stranger.seal_push(Vendor::Alexa, push("two").as_bytes(), now()).unwrap().as_ref());
    let mut changed = scene.house.seal(Vendor::Alexa, &push("three"));
    changed[9_000] ^= 1;
    scene.house.push(&changed);
    let old = scene.house.hub.seal_push(Vendor::Alexa, push("four").as_bytes(), now() - 10_000).unwrap();
    scene.house.push(old.as_ref());
    let (good, roomless) = (push("five"), push("six").replace("BearerToken", "Other"));
    let twice = push("seven").replace(r#"{"value":"TOKEN"}"#, r#""scope":{"type":"BearerToken","token":"TOKEN"}"#);
    for (vendor, body) in [
        (Vendor::Google, good.as_str()),
        (Vendor::Alexa, "{}"),
        (Vendor::Alexa, "\u{0}"),
        (Vendor::Alexa, r#"{"token":"","event":{}}"#),
        (Vendor::Alexa, &roomless),
        (Vendor::Alexa, &twice),
    ] {
        let frame = scene.house.seal(vendor, body);
        scene.house.push(&frame);
    }
    // Nothing of that arrives before the next that is right, or instead of it.
    let frame = scene.house.seal(Vendor::Alexa, &push("eight"));
    scene.house.push(&frame);
    assert_eq!(scene.amazon.event(), told("eight"));
    assert!(scene.amazon.asked.try_recv().is_err());
    until_logged("a request that was opened before failed=1");
    until_logged("what the hub sent is no push failed=10");
    nothing_was_said();
}

#[test]
fn what_amazon_does_not_take_is_counted_and_tried_twice_at_most() {
    let Some(mut scene) = logging_scene(with_push) else { return };
    grant(&mut scene, ACCEPTED);
    scene.amazon.next();
    let mut push = |endpoint: &str| {
        let frame = scene.house.seal(Vendor::Alexa, &push(endpoint));
        scene.house.push(&frame);
    };
    let next = || scene.amazon.next().path;
    let (token, events) = ("/auth/o2/token", "/v3/events");
    // Both attempts fail at the token service.
    scene.amazon.instead(503, "secret");
    scene.amazon.instead(500, "secret");
    push("one");
    assert_eq!([next(), next()], [token, token]);
    until_logged("the token service answered 500 Internal Server Error without a code that is known failed=1");
    // The second one succeeds.
    scene.amazon.instead(200, r#"{"access_token":"Atza|a"}"#);
    scene.amazon.instead(503, r#"{"payload":{"code":"SERVICE_UNAVAILABLE_EXCEPTION"}}"#);
    push("two");
    assert_eq!([next(), next(), next(), next()], [token, events, token, events]);
    // What will not get better is not tried again.
    for (status, code, body) in [
        (403, "SKILL_DISABLED_EXCEPTION failed=2", r#"{"payload":{"code":"SKILL_DISABLED_EXCEPTION"}}"#),
        (401, "INVALID_ACCESS_TOKEN_EXCEPTION failed=3", r#"{"payload":{"code":"INVALID_ACCESS_TOKEN_EXCEPTION"}}"#),
        (429, "THROTTLING_EXCEPTION failed=4", r#"{"payload":{"code":"THROTTLING_EXCEPTION"}}"#),
        (302, "without a code that is known failed=5", "http://evil.example"),
    ] {
        scene.amazon.instead(200, r#"{"access_token":"Atza|a"}"#);
        scene.amazon.instead(status, body);
        push("three");
        assert_eq!([next(), next()], [token, events]);
        until_logged(code);
    }
    scene.amazon.instead(200, r#"{"access_token":"two words"}"#);
    push("four");
    assert_eq!(next(), token);
    until_logged("the token service gave no token that can be used failed=6");
    push("five");
    assert_eq!(scene.amazon.event(), told("five"));
    nothing_was_said();
}

#[test]
fn without_amazon_the_relay_goes_on() {
    /// Nobody listens there.
    fn nowhere(amazon: &Amazon, folder: &Path) -> String {
        with_push(amazon, folder).replace(&amazon.address.to_string(), "127.0.0.1:9")
    }
    let Some(mut scene) = logging_scene(nowhere) else { return };
    assert!(body(&post(scene.relay, "/alexa", "", GRANT)).contains("ACCEPT_GRANT_FAILED"));
    let relay = scene.relay;
    let asking = std::thread::spawn(move || post(relay, "/alexa", "", scene::DIRECTIVE));
    scene.house.answer(scene::DIRECTIVE, b"{}");
    assert_eq!(body(&asking.join().unwrap()), "{}");
    for endpoint in ["one", "two"] {
        let frame = scene.house.seal(Vendor::Alexa, &push(endpoint));
        scene.house.push(&frame);
    }
    until_logged("the token service can't be reached failed=2");
    nothing_was_said();
}

#[test]
fn each_mistake_about_push_is_named() {
    let (folder, amazon) = (tempfile::tempdir().unwrap(), Amazon::start());
    support::certificates(folder.path());
    let fine = with_push(&amazon, folder.path());
    let url = format!("http://{}", amazon.address);
    std::fs::write(folder.path().join("short"), "amzn1").unwrap();
    std::fs::write(folder.path().join("spaced"), CLIENT_SECRET.replace('.', " ")).unwrap();
    let refusal = |push: &str| {
        scene::write_relay_config(folder.path(), 8883, &PairingKey::generate().unwrap(), &amazon, push);
        let error = relay::Config::load(&folder.path().join("relay.toml")).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", source.unwrap_or_default())
    };
    for (from, to, expected) in [
        ("\"eu\"", "\"moon\"", "unknown variant `moon`, expected one of `eu`, `na`, `fe`"),
        (
            url.as_str(),
            "http://example.org",
            "alexa.push token-url = \"http://example.org/auth/o2/token\" is no https://",
        ),
        ("token-url", "token", "unknown field `token`"),
        ("client-id = \"amzn1.client\"", "", "missing field `client-id`"),
        ("alexa.secret", "nowhere", "nowhere can't be read"),
        ("alexa.secret", "short", "short holds fewer than 32 characters"),
        ("alexa.secret", "spaced", "spaced holds no secret of a client at Amazon"),
    ] {
        let told = refusal(&fine.replace(from, to));
        assert!(told.contains(expected), "{told} lacks {expected}");
        assert!(!told.contains(CLIENT_SECRET) && !told.contains("0123456789"), "{told}");
    }
}

#[test]
fn a_lambda_function_posts_what_a_rule_hands_it() {
    let Some(scene) = logging_scene(with_push) else { return };
    let config = relay::Config::load(&scene.folder.path().join("relay.toml")).unwrap();
    let runtime_api = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = runtime_api.local_addr().unwrap().to_string();
    // Sealed before the function starts, as it is when the function starts because of it.
    let frame = scene.house.hub.seal_push(Vendor::Alexa, push("one").as_bytes(), now()).unwrap();
    std::thread::spawn(move || runtime().block_on(relay::lambda(config, &address)));
    let invoke = |event: &str| {
        let (mut next, _) = runtime_api.accept().unwrap();
        head(&mut next);
        let length = event.len();
        write!(next, "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: R\r\ncontent-length: {length}\r\n\r\n{event}")
            .unwrap();
        let (mut response, _) = runtime_api.accept().unwrap();
        assert!(head(&mut response).starts_with(b"POST /2018-06-01/runtime/invocation/R/response "));
        let mut answer = [0; 4];
        response.read_exact(&mut answer).unwrap();
        write!(response, "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").unwrap();
        answer
    };
    let pushed = format!("{{\"push\":\"{}\"}}", base64(frame.as_ref()));
    assert_eq!(&invoke(&pushed), b"null");
    assert_eq!(scene.amazon.event(), told("one"));
    // Again, and what is no frame: no error for which Lambda would call again, and nothing for Amazon.
    for event in [pushed.as_str(), r#"{"push":""}"#, r#"{"push":"!"}"#] {
        assert_eq!(&invoke(event), b"null");
    }
    // Whatever else there is in it, it is a directive.
    assert_eq!(&invoke(r#"{"push":"","directive":{}}"#), b"{\"ev");
    assert!(scene.amazon.asked.try_recv().is_err());
    nothing_was_said();
}

fn base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let value =
            group.iter().fold(0_usize, |value, byte| value << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let digit = char::from(digits[value >> (18 - 6 * at) & 63]);
            text.push(if at <= group.len() { digit } else { '=' });
        }
    }
    text
}
