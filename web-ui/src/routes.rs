//! The table of all routes and who may use them. The router is built from it, and so are the tests.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{self, MethodRouter};
use home::Right;

use crate::app::{self, App};
use crate::house::House;
use crate::page::ASSETS;
use crate::problem::Problem;
use crate::{api, assistants, body, changes, guard, login, openapi};

/// What a route needs of the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: it is open to everybody who gets this far.
    Nothing,
    /// A session of one's own: no token will do.
    Session,
    /// This right on some device; the house knows on which it is asked for, and looks again.
    Device(Right),
    /// This right for the hub as a whole.
    Hub(Right),
    /// The same, or a program on this machine.
    HubOrLoopback(Right),
}

/// One row of the table.
pub(crate) struct Route<H> {
    /// The method it answers to.
    #[cfg_attr(not(test), expect(dead_code, reason = "`serve` holds it too; the tests walk the table"))]
    pub(crate) method: Method,
    /// Its path, parts in braces being variable.
    pub(crate) path: &'static str,
    /// What it needs.
    pub(crate) need: Need,
    serve: MethodRouter<Arc<App<H>>>,
}

/// All routes.
pub(crate) fn table<H: House>() -> Vec<Route<H>> {
    use Need::{Device, Hub, HubOrLoopback, Nothing, Session};
    use Right::{Admin, Climate, Lock, Read, Unlock};
    let mut table: Vec<_> = ASSETS.iter().map(|asset| get(Nothing, asset.path, async || *asset)).collect();
    table.extend([
        post(Nothing, "/api/v1/session", login::log_in::<H>),
        delete(Session, "/api/v1/session", login::log_out::<H>),
        get(Nothing, "/api/v1/openapi.json", openapi::document),
        get(Device(Read), "/api/v1/status", api::status::<H>),
        get(Hub(Read), "/api/v1/adapters", api::adapters::<H>),
        post(Hub(Admin), "/api/v1/permit-join", api::permit_join::<H>),
        get(Device(Read), "/api/v1/events", api::events::<H>),
        get(Device(Read), "/api/v1/changes", changes::changes::<H>),
        get(Device(Read), "/api/v1/devices", api::devices::<H>),
        get(Device(Read), "/api/v1/devices/{name}", api::device::<H>),
        patch(Hub(Admin), "/api/v1/devices/{name}", api::edit::<H>),
        delete(Hub(Admin), "/api/v1/devices/{name}", api::remove::<H>),
        post(Device(Climate), "/api/v1/devices/{name}/set", api::set::<H>),
        post(Device(Lock), "/api/v1/devices/{name}/lock", api::lock::<H>),
        post(Device(Unlock), "/api/v1/devices/{name}/unlock", api::unlock::<H>),
        post(Hub(Admin), "/api/v1/devices/{name}/interview", api::interview::<H>),
        post(Device(Read), "/api/v1/devices/{name}/refresh", api::refresh::<H>),
        get(Device(Read), "/api/v1/devices/{name}/history", api::history::<H>),
        get(Hub(Read), "/api/v1/policy", assistants::policy::<H>),
        post(Hub(Admin), "/api/v1/policy/check", assistants::check::<H>),
        post(Hub(Admin), "/api/v1/policy/diff", assistants::diff::<H>),
        post(Hub(Admin), "/api/v1/policy/apply", assistants::apply::<H>),
        get(Hub(Read), "/api/v1/policy/preview/{audience}", assistants::preview::<H>),
        get(Hub(Read), "/api/v1/gateway", assistants::gateway::<H>),
        post(Hub(Admin), "/api/v1/gateway/pause", assistants::pause::<H>),
        post(Hub(Admin), "/api/v1/gateway/resume", assistants::resume::<H>),
        get(Hub(Read), "/api/v1/ledger", assistants::ledger::<H>),
        get(Hub(Read), "/api/v1/ledger/head", assistants::head::<H>),
        post(Hub(Read), "/api/v1/ledger/verify", assistants::verify::<H>),
        get(Hub(Admin), "/api/v1/ledger/export", assistants::export::<H>),
        get(HubOrLoopback(Read), "/metrics", api::metrics::<H>),
    ]);
    table
}

/// The router of all routes, with the guard around it.
pub(crate) fn router<H: House>(app: Arc<App<H>>) -> Router {
    let names: Arc<[String]> = app.house.host_names().into();
    let mut router = Router::new();
    for Route { path, need, serve, .. } in table::<H>() {
        let serve = serve.route_layer(from_fn_with_state((Arc::clone(&app), need), app::admit::<H>));
        router = router.route(path, serve);
    }
    router
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "there is nothing here"))
        .method_not_allowed_fallback(async || Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not with this method"))
        .layer(DefaultBodyLimit::max(body::LIMIT))
        .layer(from_fn_with_state(names, guard::guard))
        .with_state(app)
}

fn get<H: House, T: 'static>(need: Need, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::GET, path, need, serve: routing::get(handler) }
}

fn post<H: House, T: 'static>(need: Need, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::POST, path, need, serve: routing::post(handler) }
}

fn patch<H: House, T: 'static>(need: Need, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::PATCH, path, need, serve: routing::patch(handler) }
}

fn delete<H: House, T: 'static>(need: Need, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::DELETE, path, need, serve: routing::delete(handler) }
}
