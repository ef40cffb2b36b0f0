//! The role matrix: each route by each role and each token, straight from the route table.

use home::{Access, Right};

use super::client::Client;
use super::fake::Fake;
use super::few::Few;
use crate::need::Need;
use crate::openapi::Described;
use crate::routes;

/// The path with something in place of its variable parts.
pub(super) fn concrete(path: &str) -> String {
    let parts = [("{name}", "bath"), ("{person}", "rob"), ("{id}", "00"), ("{audience}", "a"), ("{slot}", "1")];
    parts.iter().fold(path.to_owned(), |path, (part, value)| path.replace(part, value))
}

/// Whether `access` is enough for `route`.
fn is_enough(need: Need, access: &Access, has_session: bool) -> bool {
    match need {
        // The tests ask from this machine.
        Need::Nothing | Need::HubOrLoopback(_) => true,
        Need::Session => has_session,
        Need::Device(right) => access.may_somewhere(right),
        Need::Hub(right) => access.may_in_general(right),
    }
}

async fn ask(client: &Client, route: &Described) -> u16 {
    let body = (route.method != "GET" && route.method != "DELETE").then_some("{}");
    client.ask(route.method.as_str(), &concrete(route.path), body).await.status
}

/// Whoever has no right gets 403 and nothing else, and the house hears nothing; whoever has it gets something else.
async fn check(house: &Fake, client: &Client, access: &Access, has_session: bool, who: &str) {
    for route in routes::table::<Fake>().into_iter().map(|route| route.described) {
        // Streams do not end; sessions would.
        if route.path.ends_with("/changes") || (route.method == "DELETE" && route.path.contains("/session")) {
            continue;
        }
        // Changes of the account by somebody who does not know the password are refused for that.
        if route.path.starts_with("/api/v1/me") && route.need == Need::Session && has_session {
            continue;
        }
        house.questions();
        let status = ask(client, &route).await;
        let asked = house.questions().len();
        let (method, path, need) = (&route.method, route.path, route.need);
        if is_enough(need, access, has_session) {
            // The proof at a door is asked for after the right.
            let proof = path.ends_with("/unlock") && has_session;
            assert!(proof || status != 403, "{who}: {method} {path} is refused");
        } else {
            assert_eq!((status, asked), (403, 0), "{who}: {method} {path} needs {need:?}");
        }
    }
}

#[tokio::test]
async fn each_role_gets_what_its_rights_say_on_every_route() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    for who in ["ada", "rob", "gus"] {
        let visitor = client.logged_in_as(who).await;
        check(&house, &visitor, &Few::access(who).unwrap(), true, who).await;
    }
}

#[tokio::test]
async fn a_token_gets_what_its_scopes_say_on_every_route() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    for right in Right::ALL {
        let token = client.with("authorization", &format!("Bearer hearth_{}", right.word()));
        let access = Access::full().within([right].into_iter().collect());
        check(&house, &token, &access, false, right.word()).await;
    }
}

#[tokio::test]
async fn a_token_unlocks_by_its_scope_and_a_person_by_a_proof() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let unlock = "/api/v1/devices/door/unlock";
    let token = client.with("authorization", "Bearer hearth_lock.unlock");
    assert_eq!(token.post(unlock, "{}").await.status, 200);
    house.questions();
    let rob = client.logged_in_as("rob").await;
    for body in ["{}", r#"{"code":"00000"}"#] {
        let refused = rob.post(unlock, body).await;
        assert_eq!((refused.status, refused.json()["kind"].as_str()), (403, Some("proof")));
    }
    assert_eq!(house.questions().len(), 0, "a door was opened without a proof");
    assert_eq!(rob.post(unlock, r#"{"code":"90210"}"#).await.status, 200);
    assert_eq!(house.questions().len(), 1);
}

#[tokio::test]
async fn door_codes_are_not_to_be_guessed() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let rob = client.logged_in_as("rob").await;
    for _ in 0..5 {
        rob.post("/api/v1/devices/door/unlock", r#"{"code":"00000"}"#).await;
    }
    let right = rob.post("/api/v1/devices/door/unlock", r#"{"code":"90210"}"#).await;
    assert_eq!(right.status, 403, "after five wrong codes the right one has to wait, too");
    assert_eq!(house.questions().len(), 0);
    let ada = client.logged_in().await;
    let other = ada.post("/api/v1/devices/door/unlock", r#"{"code":"90210"}"#).await;
    assert_eq!(other.status, 200, "others do not wait");
}
