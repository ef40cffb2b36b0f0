//! The relay: in the owner's account, between a voice assistant and the hub. It checks that a request is the owner's, seals it, waits
//! for the hub's answer and hands it on as it came. Where the owner's policy lets Alexa be told something unasked, it opens that and posts
//! it to Amazon, with a token that the hub keeps and sends along.
//!
//! It keeps nothing: no device, no state, no token, no log of what was said. What it holds is one connection to the broker and the few
//! requests that wait for an answer. One process serves one home.

mod account;
mod alexa;
mod amazon;
mod base64;
mod bridge;
mod clock;
mod config;
mod fetch;
mod google;
mod hex;
mod lambda;
mod oauth;
mod password;
mod push;
mod remote;
mod secret;
mod serve;
mod tls;
mod token;

use std::sync::Arc;

use bridge::Bridge;
use line::{Listener, Publish, Sender};
use push::Pushes;

pub use config::{Config, ConfigError};
pub use lambda::{LambdaError, RUNTIME_API};
pub use password::{PasswordError, hash};
pub use remote::AddressError;
pub use serve::ServeError;

/// Serves HTTP or HTTPS until dropped. `listening` is told the address once it is there.
pub async fn serve(config: Config, listening: impl FnOnce(std::net::SocketAddr)) -> Result<(), ServeError> {
    let Config { key, bridge, push_topic, broker, alexa, google, listen } = config;
    let bridge = Arc::new(bridge);
    let amazon = alexa.as_ref().and_then(|skill| skill.amazon.clone());
    let pushes = amazon.map(|amazon| (push_topic, Arc::new(Pushes::new(&key, clock::now(), amazon))));
    let ears = Ears { bridge: Arc::clone(&bridge), pushes };
    tokio::select! {
        never = line::keep_up(&broker, &ears) => match never {},
        ended = serve::run(listen, bridge, alexa, google, listening) => ended,
    }
}

/// Answers invocations of the Lambda runtime API at `api`, as in [`RUNTIME_API`], until dropped or refused.
pub async fn lambda(config: Config, api: &str) -> Result<(), LambdaError> {
    let Config { key, bridge, broker, alexa, .. } = config;
    let skill = alexa.ok_or(LambdaError::NoAccount)?;
    // Lambda starts us because there is a push, so the first one is older than we are. The price: within the seconds for which a push
    // opens at all, another instance may be made to post it again, word for word.
    let pushes = skill.amazon.clone().map(|amazon| Pushes::new(&key, 0, amazon));
    let ears = Ears { bridge: Arc::new(bridge), pushes: None };
    tokio::select! {
        never = line::keep_up(&broker, &ears) => match never {},
        ended = lambda::run(api, &ears.bridge, &skill, pushes.as_ref()) => ended,
    }
}

type Shared = Arc<Bridge>;

/// Who hears what comes from the broker.
struct Ears {
    bridge: Shared,
    /// Those on this topic. Lambda has its own way to them: each instance would hear each.
    pushes: Option<(String, Arc<Pushes>)>,
}

impl Listener for Ears {
    fn topics(&self) -> Vec<String> {
        let pushes = self.pushes.iter().map(|(topic, _)| topic);
        [&self.bridge.topics().replies].into_iter().chain(pushes).cloned().collect()
    }

    fn reach(&self, sender: Option<Sender>) {
        self.bridge.reach(sender);
    }

    fn hear(&self, message: &Publish) {
        match &self.pushes {
            Some((topic, pushes)) if message.topic == topic.as_bytes() => pushes.hear(&message.payload, clock::now()),
            _ => self.bridge.hear(message),
        }
    }
}
