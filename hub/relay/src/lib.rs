//! The relay: in the owner's account, between a voice assistant and the hub. It checks that a request is the owner's, seals it, waits
//! for the hub's answer and hands it on as it came.
//!
//! It keeps nothing: no device, no state, no token, no log of what was said. What it holds is one connection to the broker and the few
//! requests that wait for an answer. One process serves one home.

mod account;
mod alexa;
mod bridge;
mod clock;
mod config;
mod fetch;
mod google;
mod hex;
mod lambda;
mod line;
mod oauth;
mod password;
mod serve;
mod tls;
mod token;

use std::sync::Arc;

use bridge::Bridge;
pub use config::{Config, ConfigError};
pub use lambda::{LambdaError, RUNTIME_API};
pub use password::{PasswordError, hash};
pub use serve::ServeError;

/// Serves HTTP or HTTPS until dropped. `listening` is told the address once it is there.
pub async fn serve(config: Config, listening: impl FnOnce(std::net::SocketAddr)) -> Result<(), ServeError> {
    let Config { bridge, broker, alexa, google, listen } = config;
    let bridge = Arc::new(bridge);
    let line = Arc::clone(&bridge);
    tokio::select! {
        never = line::keep_up(&broker, &line) => match never {},
        ended = serve::run(listen, bridge, alexa, google, listening) => ended,
    }
}

/// Answers invocations of the Lambda runtime API at `api`, as in [`RUNTIME_API`], until dropped or refused.
pub async fn lambda(config: Config, api: &str) -> Result<(), LambdaError> {
    let Config { bridge, broker, alexa, .. } = config;
    let alexa = alexa.ok_or(LambdaError::NoAccount)?;
    tokio::select! {
        never = line::keep_up(&broker, &bridge) => match never {},
        ended = lambda::run(api, &bridge, &alexa) => ended,
    }
}

type Shared = Arc<Bridge>;
