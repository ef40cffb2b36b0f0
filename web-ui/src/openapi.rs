//! The API's own description, OpenAPI 3.1, made from the table of routes: what the table does not have is not described,
//! and what it has is.

use axum::http::Method;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, PathItem, Ref, Required,
    ResponseBuilder, ResponsesBuilder,
};

use crate::app::COOKIE;
use crate::describe::{self, Doc, Schemas};
use crate::need::Need;
use crate::schema::Problem;

/// One described route.
pub(crate) struct Described {
    /// Its method.
    pub(crate) method: Method,
    /// Its path.
    pub(crate) path: &'static str,
    /// What it needs.
    pub(crate) need: Need,
    /// What is said of it.
    pub(crate) doc: Doc,
}

/// The document for these routes.
pub(crate) fn describe(routes: Vec<Described>) -> serde_json::Value {
    let mut schemas = Schemas::new();
    describe::name::<Problem>(&mut schemas);
    let mut paths = PathsBuilder::new();
    for route in routes {
        schemas.extend(route.doc.schemas.clone());
        let method = match route.method {
            Method::POST => HttpMethod::Post,
            Method::PUT => HttpMethod::Put,
            Method::PATCH => HttpMethod::Patch,
            Method::DELETE => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        paths = paths.path(route.path, PathItem::new(method, operation(&route)));
    }
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE))))
        .security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    let document: OpenApi =
        OpenApiBuilder::new().info(info()).paths(paths).components(Some(components.build())).build();
    // Every part of it is plain data.
    serde_json::to_value(document).unwrap_or_default()
}

fn info() -> utoipa::openapi::Info {
    let mut license = License::new("Apache-2.0 OR MIT");
    license.identifier = Some("Apache-2.0 OR MIT".to_owned());
    let about = "The hub's API on the local network. A request that changes something must have the content type \
                 application/json and, from a browser, the hub's own origin. Errors are problem+json (RFC 9457).";
    InfoBuilder::new().title("Hearth").version("1").description(Some(about)).license(Some(license)).build()
}

fn operation(route: &Described) -> Operation {
    let Described { method, path, need, doc } = route;
    let mut operation = OperationBuilder::new().summary(Some(doc.summary)).description(needed(*need));
    let words: Vec<_> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
    for word in &words {
        let parameter = ParameterBuilder::new().name(*word).parameter_in(ParameterIn::Path).required(Required::True);
        operation = operation.parameter(parameter.schema(Some(describe::text())));
    }
    for parameter in &doc.query {
        operation = operation.parameter(parameter.clone());
    }
    let mut statuses = doc.statuses.clone();
    if let Some((body, required)) = &doc.body {
        let content = ContentBuilder::new().schema(Some(body.clone())).build();
        let required = if *required { Required::True } else { Required::False };
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(required));
        operation = operation.request_body(Some(body.build()));
        statuses.extend([400, 408, 413]);
    }
    if *method != Method::GET {
        // The content type, and another page's origin.
        statuses.extend([403, 415]);
    }
    if !doc.query.is_empty() || !words.is_empty() {
        statuses.push(400);
    }
    match need {
        Need::Nothing => operation = operation.security(SecurityRequirement::default()),
        Need::Session => {
            operation = operation.security(SecurityRequirement::new("session", [""; 0]));
            statuses.extend([401, 403]);
        }
        Need::Device(right) | Need::Hub(right) | Need::HubOrLoopback(right) => {
            operation = operation
                .security(SecurityRequirement::new("session", [""; 0]))
                .security(SecurityRequirement::new("token", [right.word()]));
            if matches!(need, Need::HubOrLoopback(_)) {
                operation = operation.security(SecurityRequirement::default());
            }
            statuses.extend([401, 403]);
        }
    }
    // A name that is not ours.
    statuses.push(421);
    statuses.sort_unstable();
    statuses.dedup();
    operation.responses(responses(doc, &statuses)).build()
}

/// What is needed, in words.
fn needed(need: Need) -> Option<String> {
    match need {
        Need::Nothing => None,
        Need::Session => Some("Takes a login; a token will not do.".to_owned()),
        Need::Device(right) => Some(format!("Takes the right `{}` on the device.", right.word())),
        Need::Hub(right) => Some(format!("Takes the right `{}` in general.", right.word())),
        Need::HubOrLoopback(right) => {
            Some(format!("Takes the right `{}` in general, or a program on the hub's machine.", right.word()))
        }
    }
}

fn responses(doc: &Doc, statuses: &[u16]) -> utoipa::openapi::Responses {
    let (kind, schema) = &doc.answer;
    let answer = |about: &str| {
        let content = ContentBuilder::new().schema(Some(schema.clone())).build();
        ResponseBuilder::new().description(about).content(*kind, content).build()
    };
    let mut responses = ResponsesBuilder::new().response("200", answer("Done."));
    for status in statuses {
        let response = if *status == 202 {
            answer("The same, and it waits for a device that sleeps.")
        } else {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            ResponseBuilder::new().description(about(*status)).content("application/problem+json", content).build()
        };
        responses = responses.response(status.to_string(), response);
    }
    responses.build()
}

fn about(status: u16) -> &'static str {
    match status {
        400 => "The request is not what is described here.",
        401 => "Nobody is logged in, or the login failed.",
        403 => "Without the right or the proof for it, or from another page.",
        404 => "There is no such thing.",
        408 => "The body did not come in time.",
        409 => "It collides with something that exists.",
        412 => "Somebody else changed it meanwhile.",
        413 => "The body is larger than 64 KiB.",
        415 => "The content type is not application/json.",
        421 => "The hub does not go by this name.",
        422 => "A value makes no sense.",
        502 => "It was tried and failed.",
        _ => "It can't be done now.",
    }
}
