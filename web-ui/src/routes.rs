//! The table of all routes and who may use them. The router is built from it, and so are the tests.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodRouter};
use home::Right::{Admin, Climate, Lock, Read, Unlock};

use crate::app::{self, App};
use crate::describe::{Doc, gives, lists, number, text, writes};
use crate::house::House;
use crate::need::Need::{self, Device, Hub, HubOrLoopback, Nothing, Session};
use crate::openapi::Described;
use crate::problem::Problem;
use crate::schema as said;
use crate::{
    account, api, assistants, body, changes, codes, csv, doors, edits, guard, hub, login, openapi, page, residents,
};

/// One row of the table.
pub(crate) struct Route<H> {
    /// Its method and path, what it needs, and what the API's description says of it.
    pub(crate) described: Described,
    serve: MethodRouter<Arc<App<H>>>,
}

/// Statuses of what the house is asked and nothing can be wrong with.
const HOUSE: &[u16] = &[502, 503];
/// Statuses of what the house is asked with a value or a name.
const UPDATE: &[u16] = &[404, 409, 412, 422, 502, 503];
/// The same where a device may sleep.
const DEVICE: &[u16] = &[202, 400, 404, 409, 422, 502, 503];

/// All routes of the API.
pub(crate) fn table<H: House>() -> Vec<Route<H>> {
    [door(), account(), people(), house(), devices(), lock_codes(), hub(), assistants()].into_iter().flatten().collect()
}

/// `GET /api/v1/openapi.json`.
async fn document<H: House>() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], description::<H>().to_string()).into_response()
}

/// The API's description: OpenAPI 3.1.
pub fn description<H: House>() -> serde_json::Value {
    openapi::describe(table::<H>().into_iter().map(|route| route.described).collect())
}

/// Getting in and out.
fn door<H: House>() -> Vec<Route<H>> {
    vec![
        get(
            Nothing,
            "/api/v1/setup",
            login::setup_state::<H>,
            gives::<said::Setup>("Whether the hub waits for its first admin"),
        ),
        post(
            Nothing,
            "/api/v1/setup",
            login::set_up::<H>,
            gives::<said::LoggedIn>("Make the first admin with the set-up code, and log in")
                .takes::<login::SetUp>()
                .also(&[401, 409, 422, 502, 503]),
        ),
        post(
            Nothing,
            "/api/v1/session",
            login::log_in::<H>,
            gives::<said::LoggedIn>("Log in").takes::<login::Credentials>().also(&[401, 502, 503]),
        ),
        post(
            Nothing,
            "/api/v1/session/passkey/options",
            login::passkey_options::<H>,
            gives::<said::Question>("A question to any passkey of this page")
                .may_take::<body::Nothing>()
                .also(&[409, 503]),
        ),
        post(
            Nothing,
            "/api/v1/session/passkey",
            login::passkey_log_in::<H>,
            gives::<said::LoggedIn>("Log in with a passkey").takes::<login::Passkey>().also(&[401, 409, 502, 503]),
        ),
        delete(Session, "/api/v1/session", login::log_out::<H>, gives::<said::Nothing>("Log out")),
    ]
}

/// One's own account.
fn account<H: House>() -> Vec<Route<H>> {
    vec![
        get(Session, "/api/v1/me", account::me::<H>, gives::<said::Account>("One's own account")),
        post(
            Session,
            "/api/v1/me/password",
            account::password::<H>,
            gives::<said::LoggedIn>("Change the password; all other sessions end")
                .takes::<account::Passwords>()
                .also(UPDATE),
        ),
        put(
            Session,
            "/api/v1/me/pin",
            account::pin::<H>,
            gives::<said::Nothing>("Set the door code that is asked for when unlocking, or remove it")
                .takes::<account::DoorCode>()
                .also(UPDATE),
        ),
        post(
            Session,
            "/api/v1/me/totp",
            account::totp::<H>,
            gives::<said::CodeSecret>("Make a secret for one-time passwords; it counts once confirmed")
                .takes::<account::Password>()
                .also(UPDATE),
        ),
        post(
            Session,
            "/api/v1/me/totp/confirm",
            account::totp_confirm::<H>,
            gives::<said::Nothing>("Ask for one-time passwords from now on").takes::<account::Code>().also(UPDATE),
        ),
        delete(
            Session,
            "/api/v1/me/totp",
            account::totp_end::<H>,
            gives::<said::Nothing>("Ask for one-time passwords no more").takes::<account::Password>().also(UPDATE),
        ),
        post(
            Session,
            "/api/v1/me/passkeys/options",
            account::passkey_options::<H>,
            gives::<said::Question>("A question to make a passkey").takes::<account::Password>().also(UPDATE),
        ),
        post(
            Session,
            "/api/v1/me/passkeys",
            account::passkey_add::<H>,
            gives::<said::Nothing>("Add a passkey").takes::<account::NewPasskey>().also(UPDATE),
        ),
        delete(
            Session,
            "/api/v1/me/passkeys/{id}",
            account::passkey_remove::<H>,
            gives::<said::Nothing>("Remove a passkey").also(UPDATE),
        ),
        post(
            Session,
            "/api/v1/me/proof/options",
            account::proof_options::<H>,
            gives::<said::Question>("A question to one's own passkeys, as the proof for unlocking")
                .may_take::<body::Nothing>()
                .also(&[409, 503]),
        ),
        delete(
            Session,
            "/api/v1/me/sessions",
            account::log_out_everywhere::<H>,
            gives::<said::Nothing>("Log out everywhere"),
        ),
    ]
}

/// What an admin does about people.
fn people<H: House>() -> Vec<Route<H>> {
    vec![
        get(Hub(Admin), "/api/v1/people", residents::people::<H>, lists::<said::Person>("All people").also(HOUSE)),
        post(
            Hub(Admin),
            "/api/v1/people",
            residents::add::<H>,
            gives::<said::MadePerson>("Add a person").takes::<residents::NewPerson>().also(UPDATE),
        ),
        get(
            Hub(Admin),
            "/api/v1/people/{person}",
            edits::person::<H>,
            gives::<said::Person>("One person").also(UPDATE),
        ),
        patch(
            Hub(Admin),
            "/api/v1/people/{person}",
            edits::change_person::<H>,
            gives::<said::Person>("Change a person").takes::<residents::ChangedPerson>().also(UPDATE),
        ),
        delete(
            Hub(Admin),
            "/api/v1/people/{person}",
            residents::remove::<H>,
            gives::<said::Nothing>("Remove a person, with their sessions and tokens").also(UPDATE),
        ),
        get(
            Hub(Admin),
            "/api/v1/tokens",
            residents::tokens::<H>,
            lists::<said::Token>("All tokens, without their secrets"),
        ),
        post(
            Hub(Admin),
            "/api/v1/tokens",
            residents::add_token::<H>,
            gives::<said::MadeToken>("Make a token for a program").takes::<residents::NewToken>().also(UPDATE),
        ),
        delete(
            Hub(Admin),
            "/api/v1/tokens/{id}",
            residents::remove_token::<H>,
            gives::<said::Nothing>("Make a token worthless").also(UPDATE),
        ),
    ]
}

/// The hub itself.
fn hub<H: House>() -> Vec<Route<H>> {
    vec![
        get(Hub(Admin), "/api/v1/system", hub::system::<H>, gives::<said::System>("The machine").also(HOUSE)),
        get(
            Hub(Admin),
            "/api/v1/system/log",
            hub::log::<H>,
            lists::<said::LogLine>("The newest lines of the log, the newest last")
                .asks("limit", "At most so many", number(0, 500))
                .also(HOUSE),
        ),
        get(
            Hub(Admin),
            "/api/v1/mqtt-users",
            hub::mqtt_users::<H>,
            lists::<said::MqttUser>("Who may use MQTT").also(HOUSE),
        ),
        post(
            Hub(Admin),
            "/api/v1/mqtt-users",
            hub::add_mqtt_user::<H>,
            gives::<said::MadeMqttUser>("Make an MQTT user, or give one another password")
                .takes::<hub::NewMqttUser>()
                .also(UPDATE),
        ),
        delete(
            Hub(Admin),
            "/api/v1/mqtt-users/{person}",
            hub::remove_mqtt_user::<H>,
            gives::<said::Nothing>("Remove an MQTT user").also(UPDATE),
        ),
    ]
}

/// The house itself.
fn house<H: House>() -> Vec<Route<H>> {
    vec![
        get(Nothing, "/api/v1/openapi.json", document::<H>, writes("This document", "application/json")),
        get(Device(Read), "/api/v1/status", api::status::<H>, gives::<said::Status>("How the hub is").also(HOUSE)),
        get(
            Hub(Read),
            "/api/v1/adapters",
            api::adapters::<H>,
            gives::<said::Adapters>("Radio adapters in use, and those found beside them").also(HOUSE),
        ),
        post(
            Hub(Admin),
            "/api/v1/permit-join",
            api::permit_join::<H>,
            gives::<said::Join>("Let devices join").takes::<api::PermitJoin>().also(DEVICE),
        ),
        get(
            Device(Read),
            "/api/v1/events",
            api::events::<H>,
            lists::<said::Event>("What happened, newest first")
                .asks("limit", "At most so many", number(0, 1000))
                .asks("device", "Only of this device", text())
                .also(UPDATE),
        ),
        get(
            Device(Read),
            "/api/v1/changes",
            changes::changes::<H>,
            writes(
                "Changes as they happen, as server-sent events; an event `reload` says that some were missed",
                "text/event-stream",
            )
            .asks("last-event-id", "The last id that was heard, where the header can't be sent", text()),
        ),
    ]
}

/// Devices.
fn devices<H: House>() -> Vec<Route<H>> {
    vec![
        get(Device(Read), "/api/v1/devices", api::devices::<H>, lists::<said::Device>("All devices").also(HOUSE)),
        get(
            Device(Read),
            "/api/v1/devices/{name}",
            edits::device::<H>,
            gives::<said::Device>("One device").also(UPDATE),
        ),
        patch(
            Hub(Admin),
            "/api/v1/devices/{name}",
            edits::edit::<H>,
            gives::<said::Device>("Change a device's name or room").takes::<edits::Edit>().also(UPDATE),
        ),
        delete(
            Hub(Admin),
            "/api/v1/devices/{name}",
            api::remove::<H>,
            gives::<said::Outcome>("Send a device away and forget it").also(DEVICE),
        ),
        post(
            Device(Climate),
            "/api/v1/devices/{name}/set",
            api::set::<H>,
            gives::<said::Outcomes>("Set values, one after the other").takes::<api::Values>().also(DEVICE),
        ),
        post(
            Device(Lock),
            "/api/v1/devices/{name}/lock",
            doors::lock::<H>,
            gives::<said::Outcome>("Lock a door").may_take::<doors::Pin>().also(DEVICE),
        ),
        post(
            Device(Unlock),
            "/api/v1/devices/{name}/unlock",
            doors::unlock::<H>,
            gives::<said::Outcome>("Unlock a door; a person proves who they are")
                .may_take::<doors::Proven>()
                .also(DEVICE),
        ),
        post(
            Hub(Admin),
            "/api/v1/devices/{name}/interview",
            api::interview::<H>,
            gives::<said::Outcome>("Find out anew what a device is").also(DEVICE),
        ),
        post(
            Device(Read),
            "/api/v1/devices/{name}/refresh",
            api::refresh::<H>,
            gives::<said::Outcome>("Ask a device for its values").also(DEVICE),
        ),
        get(
            Device(Read),
            "/api/v1/devices/{name}/history.csv",
            csv::history::<H>,
            writes("Past values of one key, for spreadsheets", "text/csv")
                .needs("key", "The payload key", text())
                .needs("since", "How far back: 90s, 30m, 24h, 7d", text())
                .also(UPDATE),
        ),
        get(
            Device(Read),
            "/api/v1/devices/{name}/history",
            api::history::<H>,
            gives::<said::History>("Past values of one key")
                .needs("key", "The payload key", text())
                .needs("since", "How far back: 90s, 30m, 24h, 7d", text())
                .also(UPDATE),
        ),
        get(HubOrLoopback(Read), "/metrics", api::metrics::<H>, writes("Metrics for Prometheus", "text/plain")),
    ]
}

/// PIN codes of locks.
fn lock_codes<H: House>() -> Vec<Route<H>> {
    vec![
        get(
            Hub(Admin),
            "/api/v1/devices/{name}/codes",
            codes::list::<H>,
            gives::<said::Codes>("The PIN codes of a lock, without the PINs").also(UPDATE),
        ),
        put(
            Hub(Admin),
            "/api/v1/devices/{name}/codes/{slot}",
            codes::put::<H>,
            gives::<said::Outcome>("Put a PIN into a slot; a person proves who they are")
                .takes::<codes::NewCode>()
                .also(DEVICE),
        ),
        patch(
            Hub(Admin),
            "/api/v1/devices/{name}/codes/{slot}",
            codes::change::<H>,
            gives::<said::Outcome>("Say whose a code is, let it open no more or again")
                .takes::<codes::ChangedCode>()
                .also(DEVICE),
        ),
        delete(
            Hub(Admin),
            "/api/v1/devices/{name}/codes/{slot}",
            codes::remove::<H>,
            gives::<said::Outcome>("Empty a slot").also(DEVICE),
        ),
        post(
            Hub(Admin),
            "/api/v1/devices/{name}/codes/check",
            codes::check::<H>,
            gives::<said::Outcome>("Ask a lock what is in its slots").also(DEVICE),
        ),
    ]
}

/// What voice assistants hear.
fn assistants<H: House>() -> Vec<Route<H>> {
    vec![
        get(Hub(Read), "/api/v1/policy", edits::policy::<H>, gives::<said::Policy>("The policy in force").also(HOUSE)),
        post(
            Hub(Admin),
            "/api/v1/policy/check",
            assistants::check::<H>,
            gives::<said::Grants>("What a policy would grant, or what is wrong with it")
                .takes::<assistants::Text>()
                .also(UPDATE),
        ),
        post(
            Hub(Admin),
            "/api/v1/policy/diff",
            assistants::diff::<H>,
            gives::<said::Changes>("What a policy would widen and narrow").takes::<assistants::Two>().also(UPDATE),
        ),
        post(
            Hub(Admin),
            "/api/v1/policy/apply",
            edits::apply_policy::<H>,
            gives::<said::Applied>(
                "Put a policy into force; one that widens needs the code that the answer without one shows",
            )
            .takes::<assistants::Applied>()
            .also(UPDATE),
        ),
        get(
            Hub(Read),
            "/api/v1/policy/preview/{audience}",
            assistants::preview::<H>,
            gives::<said::Preview>("The very bytes that an assistant gets now").also(UPDATE),
        ),
        get(
            Hub(Admin),
            "/api/v1/assistants/{audience}/directives",
            assistants::directives::<H>,
            lists::<said::DirectiveName>("What can be asked as an assistant would ask it now").also(UPDATE),
        ),
        post(
            Hub(Admin),
            "/api/v1/assistants/{audience}/ask",
            assistants::rehearse::<H>,
            gives::<said::Rehearsal>("Ask as an assistant would, and see what it would get")
                .takes::<assistants::Directive>()
                .also(UPDATE),
        ),
        get(
            Hub(Read),
            "/api/v1/gateway",
            assistants::gateway::<H>,
            gives::<said::Gateway>("How the way to the assistants is").also(HOUSE),
        ),
        post(
            Hub(Admin),
            "/api/v1/gateway/pause",
            assistants::pause::<H>,
            gives::<said::Paused>("Say nothing to any assistant").also(UPDATE),
        ),
        post(
            Hub(Admin),
            "/api/v1/gateway/resume",
            assistants::resume::<H>,
            gives::<said::Paused>("Go on after a pause").also(UPDATE),
        ),
        get(
            Hub(Read),
            "/api/v1/ledger",
            assistants::ledger::<H>,
            gives::<said::Ledger>("What left the house, newest first")
                .asks("limit", "At most so many", number(0, 100))
                .asks("before", "Only below this number", number(0, 1 << 53))
                .asks("audience", "Only of this audience", text())
                .asks("kind", "Only of this kind", text())
                .also(UPDATE),
        ),
        get(
            Hub(Read),
            "/api/v1/ledger/head",
            assistants::head::<H>,
            gives::<said::Head>("The last entry, to be noted elsewhere").also(HOUSE),
        ),
        post(
            Hub(Read),
            "/api/v1/ledger/verify",
            assistants::verify::<H>,
            gives::<said::Verdict>("Verify the whole ledger").may_take::<assistants::Noted>().also(UPDATE),
        ),
        get(
            Hub(Admin),
            "/api/v1/ledger/export",
            assistants::export::<H>,
            writes(
                "The whole ledger, a line of JSON each; a connection that breaks means that not all is there",
                "application/jsonl",
            ),
        ),
    ]
}

/// The router of all routes, with the guard around it.
pub(crate) fn router<H: House>(app: Arc<App<H>>) -> Router {
    let names: Arc<[String]> = app.house.host_names().into();
    let mut router = Router::new();
    for Route { described: Described { path, need, .. }, serve } in table::<H>() {
        let serve = serve.route_layer(from_fn_with_state((Arc::clone(&app), need), app::admit::<H>));
        router = router.route(path, serve);
    }
    router
        .fallback(elsewhere)
        .method_not_allowed_fallback(async || Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not with this method"))
        .layer(DefaultBodyLimit::max(body::LIMIT))
        .layer(from_fn_with_state(names, guard::guard))
        .with_state(app)
}

/// The page's files, and nothing.
async fn elsewhere(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    match method {
        Method::GET | Method::HEAD => page::file(&uri, &headers),
        _ => Problem::new(StatusCode::NOT_FOUND, "there is nothing here").into_response(),
    }
}

fn get<H: House, T: 'static>(
    need: Need,
    path: &'static str,
    handler: impl Handler<T, Arc<App<H>>>,
    doc: Doc,
) -> Route<H> {
    Route { described: Described { method: Method::GET, path, need, doc }, serve: routing::get(handler) }
}

fn post<H: House, T: 'static>(
    need: Need,
    path: &'static str,
    handler: impl Handler<T, Arc<App<H>>>,
    doc: Doc,
) -> Route<H> {
    Route { described: Described { method: Method::POST, path, need, doc }, serve: routing::post(handler) }
}

fn put<H: House, T: 'static>(
    need: Need,
    path: &'static str,
    handler: impl Handler<T, Arc<App<H>>>,
    doc: Doc,
) -> Route<H> {
    Route { described: Described { method: Method::PUT, path, need, doc }, serve: routing::put(handler) }
}

fn patch<H: House, T: 'static>(
    need: Need,
    path: &'static str,
    handler: impl Handler<T, Arc<App<H>>>,
    doc: Doc,
) -> Route<H> {
    Route { described: Described { method: Method::PATCH, path, need, doc }, serve: routing::patch(handler) }
}

fn delete<H: House, T: 'static>(
    need: Need,
    path: &'static str,
    handler: impl Handler<T, Arc<App<H>>>,
    doc: Doc,
) -> Route<H> {
    Route { described: Described { method: Method::DELETE, path, need, doc }, serve: routing::delete(handler) }
}
