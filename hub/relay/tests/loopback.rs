//! From HTTP to the hub's socket and back: relay, mosquitto with TLS and client certificates, gateway, and a stand-in for the hub that
//! opens what it gets.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

#[path = "../../gateway/tests/support/mod.rs"]
mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::time::{SystemTime, UNIX_EPOCH};

use seal::{Opener, PairingKey, Refused, Rules};
use support::{Gateway, Hub, Mosquitto, RULES, certificates, free_port, gateway_config, run_gateway};
use tempfile::TempDir;

const DIRECTIVE: &str = r#"{"directive":{"header":{"namespace":"Alexa.LockController","name":"Lock","correlationToken":"C"},
    "endpoint":{"endpointId":"doors","scope":{"type":"BearerToken","token":"owner's"}},"payload":{}}}"#;

#[expect(clippy::disallowed_methods, reason = "the hub's clock, for which the test stands in")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// The hub's side of the socket, with the key.
struct House {
    gateway: Gateway,
    opener: Opener,
    hub: seal::Hub,
}

impl House {
    /// Opens the next request, checks its body, answers it; returns its frame.
    fn answer(&mut self, asked: &str, answer: &[u8]) -> Vec<u8> {
        let (route, frame) = self.gateway.request();
        let request = self.opener.open(&frame, now()).unwrap();
        assert_eq!(request.body.as_slice(), asked.as_bytes());
        self.gateway.write(&route, self.hub.seal_reply(&request, answer, now()).unwrap().as_ref());
        frame
    }
}

struct Scene {
    folder: TempDir,
    broker: Option<Mosquitto>,
    port: u16,
    house: House,
    relay: SocketAddr,
}

/// Amazon's profile service, for a user whose token is `owner's`.
fn profile_service() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map(Result::unwrap) {
            let request = String::from_utf8(head(&mut stream)).unwrap().to_lowercase();
            let user =
                if request.contains("authorization: bearer owner's\r\n") { "amzn1.owner" } else { "amzn1.other" };
            let body = format!("{{\"user_id\":\"{user}\"}}");
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    address
}

fn head(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        bytes.extend(byte);
    }
    bytes
}

/// Posts a body; returns status and body of the answer.
fn post(to: SocketAddr, path: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(to).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), format!("{head}\r\n\r\n{body}"))
}

fn body(answer: &(u16, String)) -> &str {
    answer.1.split_once("\r\n\r\n").unwrap().1
}

fn write_relay_config(folder: &Path, port: u16, key: &PairingKey) {
    let at = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("pairing.key"), key.to_text().as_bytes()).unwrap();
    std::fs::write(folder.join("client.secret"), "a client secret of more than thirty-two").unwrap();
    std::fs::write(folder.join("token.secret"), "a token secret of more than thirty-two").unwrap();
    let text = format!(
        "home = \"home\"\npairing-key = {:?}\n[broker]\nhost = \"localhost\"\nport = {port}\nca = {:?}\ncertificate = {:?}\nkey = {:?}\n\
         [listen]\naddress = \"127.0.0.1:0\"\n[alexa]\nuser-id = \"amzn1.owner\"\nprofile-url = \"http://{}/user/profile\"\n\
         [google]\nclient-id = \"google\"\nclient-secret = {:?}\nredirect-prefix = \"https://oauth.example/r/\"\nuser = \"owner\"\n\
         password-hash = {:?}\ntoken-secret = {:?}\n",
        at("pairing.key"),
        at("ca.pem"),
        at("relay.pem"),
        at("relay.key"),
        profile_service(),
        at("client.secret"),
        relay::hash("open sesame").unwrap(),
        at("token.secret"),
    );
    std::fs::write(folder.join("relay.toml"), text).unwrap();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn scene() -> Option<Scene> {
    if !support::mosquitto_is_there() {
        return None;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    certificates(folder.path());
    let broker = Some(Mosquitto::start(folder.path(), port, RULES.as_ref()));
    let socket = Hub::listen(folder.path());
    run_gateway(gateway_config(folder.path(), port));
    let key = PairingKey::generate().unwrap();
    write_relay_config(folder.path(), port, &key);
    let config = relay::Config::load(&folder.path().join("relay.toml")).unwrap();
    let (told, listening) = mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(relay::serve(config, move |address| told.send(address).unwrap())).unwrap();
    });
    let mut gateway = socket.accept();
    gateway.until_connected(true);
    let rules = Rules { skew_ms: 1_000, not_before: now() - 60_000 };
    let house = House { gateway, opener: Opener::requests(&key, rules), hub: seal::Hub::new(&key) };
    Some(Scene { folder, broker, port, house, relay: listening.recv().unwrap() })
}

#[test]
fn a_directive_reaches_the_hub_and_its_answer_alexa() {
    let Some(mut scene) = scene() else { return };
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
    let Some(mut scene) = scene() else { return };
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
    let Some(mut scene) = scene() else { return };
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
    let Some(mut scene) = scene() else { return };
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
    let Some(scene) = scene() else { return };
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
    let Some(mut scene) = scene() else { return };
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
