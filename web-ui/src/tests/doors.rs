//! Who gets in, and what no request gets past.

use super::fake::Fake;
use super::roles::concrete;
use crate::need::Need;
use crate::routes;

#[tokio::test]
async fn nothing_but_the_open_routes_answers_a_stranger() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let (mut open, mut shut) = (0, 0);
    for route in routes::table::<Fake>().into_iter().map(|route| route.described) {
        let body = (route.method != "GET").then_some("{}");
        for client in [
            client.clone(),
            client.with("cookie", "hearth_session=0000"),
            client.with("authorization", "Basic YWRhOmNvcnJlY3QgaG9yc2U="),
            client.with("authorization", "Bearer "),
            client.with("authorization", "Bearer hearth_0000"),
        ] {
            let reply = client.ask(route.method.as_str(), &concrete(route.path), body).await;
            match route.need {
                Need::Session | Need::Device(_) | Need::Hub(_) => {
                    assert_eq!(reply.status, 401, "{} {}", route.method, route.path);
                    assert_eq!(reply.json()["status"], 401);
                    shut += 1;
                }
                Need::Nothing | Need::HubOrLoopback(_) => {
                    assert!(
                        [200, 400, 409].contains(&reply.status),
                        "{} {} {}",
                        route.method,
                        route.path,
                        reply.status
                    );
                    open += 1;
                }
            }
        }
    }
    assert!(open > 0 && shut > 30, "{open} {shut}");
    assert_eq!(house.questions().len(), 0, "the house was asked for a stranger");
}

/// traversal-corpus: every way that somebody once left a web server's directory by.
#[tokio::test]
async fn no_path_leads_out_of_the_page() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let ups = ["..", "%2e%2e", "%252e%252e", "..;", ".%2e", "%c0%ae%c0%ae", "..%00", "....//", "..\\\\"];
    let ends = ["Cargo.toml", "etc/passwd", "api/v1/status", "assets", "index.html.gz"];
    let mut asked = 0;
    for start in ["", "/assets", "/api/v1", "/api/v1/devices", "//", "/.", "http://127.0.0.1"] {
        for up in ups {
            for end in ends {
                for slash in ["/", "%2f", "%5c", "//"] {
                    let path = format!("{start}/{up}{slash}{up}{slash}{end}").replacen("//", "/", 1);
                    if path.contains(|c: char| c.is_whitespace()) {
                        continue;
                    }
                    let reply = client.get(&path).await;
                    assert!([400, 401, 404].contains(&reply.status), "{path}: {}", reply.status);
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 1000 && house.questions().is_empty(), "{asked}");
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let (client, _stop) = Fake::new().serve().await;
    for path in ["/", "/api/v1/status", "/api/v1/openapi.json", "/nothing", "/metrics"] {
        let reply = client.get(path).await;
        let policy = reply.header("content-security-policy").expect(path);
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        let cache = if path == "/" { "no-cache" } else { "no-store" };
        assert_eq!(reply.header("cache-control"), Some(cache), "{path}");
    }
}

#[tokio::test]
async fn a_foreign_name_or_origin_is_refused() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    assert_eq!(client.with("host", "evil.example").get("/api/v1/status").await.status, 421);
    assert_eq!(client.with("host", "evil.example").get("/").await.status, 421);
    assert_eq!(client.with("host", "hearth.local").get("/api/v1/status").await.status, 200);
    assert_eq!(client.with("host", "hearth").get("/api/v1/status").await.status, 200);

    let lock = "/api/v1/devices/door/unlock";
    assert_eq!(client.with("origin", "http://evil.example").post(lock, "{}").await.status, 403);
    assert_eq!(client.with("origin", "null").post(lock, "{}").await.status, 403);
    assert_eq!(client.with("content-type", "text/plain").post(lock, "{}").await.status, 415);
    assert_eq!(client.ask("POST", lock, None).await.status, 415);
    let remove = client.with("origin", "http://evil.example").ask("DELETE", "/api/v1/devices/door", None).await;
    assert_eq!(remove.status, 403);
    house.questions();
    let own = format!("http://{}", client.address);
    assert_eq!(client.with("origin", &own).post(lock, r#"{"code":"90210"}"#).await.status, 200);
    assert_eq!(house.questions().len(), 1, "nothing of the refused reached the house");
}

#[tokio::test]
async fn a_session_is_a_cookie_that_scripts_cannot_read() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let reply = client.post("/api/v1/session", r#"{"user":"ada","password":"correct horse"}"#).await;
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.contains("httponly") && cookie.contains("samesite=strict"), "{cookie}");
    let visitor = client.logged_in().await;
    assert_eq!(visitor.get("/api/v1/status").await.status, 200);
    assert_eq!(house.asked.lock().unwrap()[0].0, "ada");
    assert_eq!(visitor.ask("DELETE", "/api/v1/session", None).await.status, 200);
    assert_eq!(visitor.get("/api/v1/status").await.status, 401);
}

#[tokio::test]
async fn guesses_are_slowed_down_and_all_failures_look_alike() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let mut bodies = Vec::new();
    for attempt in 0..8 {
        let body = format!(r#"{{"user":"ada{}","password":"guess {attempt}"}}"#, attempt % 2);
        let reply = client.post("/api/v1/session", &body).await;
        assert_eq!(reply.status, 401);
        bodies.push(reply.body);
    }
    assert_eq!(house.people.tried(), 5, "the house was asked for more than the free attempts");
    let right = client.post("/api/v1/session", r#"{"user":"ada","password":"correct horse"}"#).await;
    assert_eq!(right.status, 401, "the right password does not end the wait");
    bodies.push(right.body);
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test]
async fn a_body_is_bounded_and_its_secrets_stay_out_of_the_answer() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    let large = format!(r#"{{"pin":"{}"}}"#, "1".repeat(64 * 1024));
    assert_eq!(client.post("/api/v1/devices/door/unlock", &large).await.status, 413);
    for body in [r#"{"pin":12345678}"#, r#"{"pin":"12345678","x":1}"#, r#"["12345678"]"#, r#""12345678"#, "12345678"] {
        let reply = client.post("/api/v1/devices/door/unlock", body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(!reply.body.contains("12345678"), "{}", reply.body);
    }
    assert_eq!(house.questions().len(), 0);
}

#[tokio::test]
async fn one_address_gets_only_so_many_connections() {
    let (client, _stop) = Fake::new().serve().await;
    let mut held = Vec::new();
    for _ in 0..16 {
        held.push(tokio::net::TcpStream::connect(client.address).await.unwrap());
    }
    let mut refused = tokio::net::TcpStream::connect(client.address).await.unwrap();
    let read = tokio::io::AsyncReadExt::read(&mut refused, &mut [0; 1]).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    drop(held);
    // The server sees the closed connections in its own time.
    loop {
        let mut stream = client.begin("GET", "/api/v1/setup", None).await;
        let mut bytes = Vec::new();
        let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut bytes).await;
        if read.is_ok() && bytes.starts_with(b"HTTP/1.1 200") {
            break;
        }
        tokio::task::yield_now().await;
    }
}
