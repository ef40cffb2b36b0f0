//! The table of all routes and who may use them. The router is built from it, and so are the tests.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{self, MethodRouter};

use crate::app::{self, App};
use crate::house::House;
use crate::page::ASSETS;
use crate::problem::Problem;
use crate::{api, assistants, body, changes, guard, login, openapi};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody who gets this far.
    Open,
    /// Whoever is logged in.
    Session,
    /// Whoever is logged in, and programs on this machine.
    SessionOrLoopback,
}

/// One row of the table.
pub(crate) struct Route<H> {
    /// The method it answers to.
    #[cfg_attr(not(test), expect(dead_code, reason = "`serve` holds it too; the tests walk the table"))]
    pub(crate) method: Method,
    /// Its path, parts in braces being variable.
    pub(crate) path: &'static str,
    /// Who may use it.
    pub(crate) access: Access,
    serve: MethodRouter<Arc<App<H>>>,
}

/// All routes.
pub(crate) fn table<H: House>() -> Vec<Route<H>> {
    use Access::{Open, Session, SessionOrLoopback};
    let mut table: Vec<_> = ASSETS.iter().map(|asset| get(Open, asset.path, async || *asset)).collect();
    table.extend([
        post(Open, "/api/v1/session", login::log_in::<H>),
        delete(Session, "/api/v1/session", login::log_out::<H>),
        get(Open, "/api/v1/openapi.json", openapi::document),
        get(Session, "/api/v1/status", api::status::<H>),
        get(Session, "/api/v1/adapters", api::adapters::<H>),
        post(Session, "/api/v1/permit-join", api::permit_join::<H>),
        get(Session, "/api/v1/events", api::events::<H>),
        get(Session, "/api/v1/changes", changes::changes::<H>),
        get(Session, "/api/v1/devices", api::devices::<H>),
        get(Session, "/api/v1/devices/{name}", api::device::<H>),
        patch(Session, "/api/v1/devices/{name}", api::edit::<H>),
        delete(Session, "/api/v1/devices/{name}", api::remove::<H>),
        post(Session, "/api/v1/devices/{name}/set", api::set::<H>),
        post(Session, "/api/v1/devices/{name}/lock", api::lock::<H>),
        post(Session, "/api/v1/devices/{name}/unlock", api::unlock::<H>),
        post(Session, "/api/v1/devices/{name}/interview", api::interview::<H>),
        post(Session, "/api/v1/devices/{name}/refresh", api::refresh::<H>),
        get(Session, "/api/v1/devices/{name}/history", api::history::<H>),
        get(Session, "/api/v1/policy", assistants::policy::<H>),
        post(Session, "/api/v1/policy/check", assistants::check::<H>),
        post(Session, "/api/v1/policy/diff", assistants::diff::<H>),
        post(Session, "/api/v1/policy/apply", assistants::apply::<H>),
        get(Session, "/api/v1/policy/preview/{audience}", assistants::preview::<H>),
        get(Session, "/api/v1/gateway", assistants::gateway::<H>),
        post(Session, "/api/v1/gateway/pause", assistants::pause::<H>),
        post(Session, "/api/v1/gateway/resume", assistants::resume::<H>),
        get(Session, "/api/v1/ledger", assistants::ledger::<H>),
        get(Session, "/api/v1/ledger/head", assistants::head::<H>),
        post(Session, "/api/v1/ledger/verify", assistants::verify::<H>),
        get(Session, "/api/v1/ledger/export", assistants::export::<H>),
        get(SessionOrLoopback, "/metrics", api::metrics::<H>),
    ]);
    table
}

/// The router of all routes, with the guard around it.
pub(crate) fn router<H: House>(app: Arc<App<H>>) -> Router {
    let names: Arc<[String]> = app.house.host_names().into();
    let mut router = Router::new();
    for Route { path, access, serve, .. } in table::<H>() {
        let serve = match access {
            Access::Open => serve,
            Access::Session => serve.route_layer(from_fn_with_state(Arc::clone(&app), app::need_session::<H>)),
            Access::SessionOrLoopback => {
                serve.route_layer(from_fn_with_state(Arc::clone(&app), app::need_session_or_loopback::<H>))
            }
        };
        router = router.route(path, serve);
    }
    router
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "there is nothing here"))
        .method_not_allowed_fallback(async || Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not with this method"))
        .layer(DefaultBodyLimit::max(body::LIMIT))
        .layer(from_fn_with_state(names, guard::guard))
        .with_state(app)
}

fn get<H: House, T: 'static>(access: Access, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::GET, path, access, serve: routing::get(handler) }
}

fn post<H: House, T: 'static>(access: Access, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::POST, path, access, serve: routing::post(handler) }
}

fn patch<H: House, T: 'static>(access: Access, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::PATCH, path, access, serve: routing::patch(handler) }
}

fn delete<H: House, T: 'static>(access: Access, path: &'static str, handler: impl Handler<T, Arc<App<H>>>) -> Route<H> {
    Route { method: Method::DELETE, path, access, serve: routing::delete(handler) }
}
