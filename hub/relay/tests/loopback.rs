//! From HTTP to the hub's socket and back: relay, mosquitto with TLS and client certificates, gateway, and a stand-in for the hub that
//! opens what it gets.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

#[path = "../../gateway/tests/support/mod.rs"]
mod support;

mod scene;

use std::io::{Read, Write};
use std::net::TcpListener;

use scene::{DIRECTIVE, body, head, no_push, now, post, runtime, scene};
use seal::Refused;
use support::{Mosquitto, RULES};

#[test]
fn a_directive_reaches_the_hub_and_its_answer_alexa() {
    let Some(mut scene) = scene(no_push) else { return };
    let relay = scene.relay;
    let asking = std::thread::spawn(move || post(relay, "/alexa", "", DIRECTIVE));
    let frame = scene.house.answer(DIRECTIVE, b"{\"event\":\"the hub's bytes\"}");
    let answer = asking.join().unwrap();
    assert_eq!((answer.0, body(&answer)), (200, "{\"event\":\"the hub's bytes\"}"));
    // Somebody who kept the frame opens nothing with it.
    assert_eq!(scene.house.opener.open(&frame, now()), Err(Refused::Again));
}

#[test]
fn a_stranger_is_refused_without_asking_the_hub() {
    let Some(mut scene) = scene(no_push) else { return };
    let stranger = post(scene.relay, "/alexa", "", &DIRECTIVE.replace("owner's", "stranger's"));
    assert!(
        body(&stranger).contains("INVALID_AUTHORIZATION_CREDENTIAL")
            && body(&stranger).contains("\"correlationToken\":\"C\"")
    );
    let nobody = post(scene.relay, "/alexa", "", "{}");
    assert!(body(&nobody).contains("INVALID_DIRECTIVE"));
    assert_eq!(post(scene.relay, "/google", "", "{}").0, 401);
    assert_eq!(post(scene.relay, "/google", "authorization: Bearer 00\r\n", "{}").0, 401);
    assert_eq!(post(scene.relay, "/alexa", "", &"x".repeat(20_000)).0, 413);
    // The first that the hub hears of is the owner's.
    let relay = scene.relay;
    let asking = std::thread::spawn(move || post(relay, "/alexa", "", DIRECTIVE));
    scene.house.answer(DIRECTIVE, b"{}");
    assert_eq!(asking.join().unwrap().0, 200);
}

#[test]
fn google_links_and_asks() {
    let Some(mut scene) = scene(no_push) else { return };
    let query = "client_id=google&redirect_uri=https%3A%2F%2Foauth.example%2Fr%2Fproject&state=S&response_type=code";
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let path = format!("/oauth/authorize?{query}");
    assert_eq!(post(scene.relay, &path, form, "user=owner&password=wrong").0, 403);
    let elsewhere = path.replace("oauth.example", "evil.example");
    assert_eq!(post(scene.relay, &elsewhere, form, "user=owner&password=open+sesame").0, 400);
    let linked = post(scene.relay, &path, form, "user=owner&password=open+sesame");
    let code = linked.1.split_once("code=").unwrap().1.split('&').next().unwrap();
    let exchange = format!(
        "client_id=google&client_secret=a+client+secret+of+more+than+thirty-two&grant_type=authorization_code&code={code}\
         &redirect_uri=https%3A%2F%2Foauth.example%2Fr%2Fproject"
    );
    let granted = post(scene.relay, "/oauth/token", form, &exchange);
    assert_eq!(granted.0, 200, "{}", granted.1);
    let token = granted.1.split_once("\"access_token\":\"").unwrap().1.split('"').next().unwrap().to_owned();
    let relay = scene.relay;
    let sync = r#"{"requestId":"1","inputs":[{"intent":"action.devices.SYNC"}]}"#;
    let asking =
        std::thread::spawn(move || post(relay, "/google", &format!("authorization: Bearer {token}\r\n"), sync));
    scene.house.answer(sync, b"{\"requestId\":\"1\"}");
    assert_eq!(body(&asking.join().unwrap()), "{\"requestId\":\"1\"}");
}

#[test]
fn after_the_brokers_restart_all_find_each_other_again() {
    let Some(mut scene) = scene(no_push) else { return };
    scene.broker = None;
    scene.house.gateway.until_connected(false);
    scene.broker = Some(Mosquitto::start(scene.folder.path(), scene.port, RULES.as_ref()));
    scene.house.gateway.until_connected(true);
    let relay = scene.relay;
    let asking = std::thread::spawn(move || post(relay, "/alexa", "", DIRECTIVE));
    scene.house.answer(DIRECTIVE, b"{}");
    assert_eq!(body(&asking.join().unwrap()), "{}");
}

#[test]
fn without_the_hub_alexa_hears_that_it_is_unreachable() {
    let Some(scene) = scene(no_push) else { return };
    // Nobody answers; the relay gives up before Alexa does.
    let answer = post(scene.relay, "/alexa", "", DIRECTIVE);
    assert!(
        body(&answer).contains("BRIDGE_UNREACHABLE") && body(&answer).contains("\"endpointId\":\"doors\""),
        "{}",
        answer.1
    );
}

#[test]
fn a_lambda_function_answers_invocations() {
    let Some(mut scene) = scene(no_push) else { return };
    let config = relay::Config::load(&scene.folder.path().join("relay.toml")).unwrap();
    let runtime_api = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = runtime_api.local_addr().unwrap().to_string();
    std::thread::spawn(move || runtime().block_on(relay::lambda(config, &address)));
    let (mut next, _) = runtime_api.accept().unwrap();
    assert!(head(&mut next).starts_with(b"GET /2018-06-01/runtime/invocation/next "));
    write!(
        next,
        "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: R\r\ncontent-length: {}\r\n\r\n{DIRECTIVE}",
        DIRECTIVE.len()
    )
    .unwrap();
    scene.house.answer(DIRECTIVE, b"{\"event\":1}");
    let (mut response, _) = runtime_api.accept().unwrap();
    assert!(head(&mut response).starts_with(b"POST /2018-06-01/runtime/invocation/R/response "));
    let mut sent = [0; 11];
    response.read_exact(&mut sent).unwrap();
    assert_eq!(&sent, b"{\"event\":1}");
}
