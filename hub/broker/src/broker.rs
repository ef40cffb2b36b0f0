//! The broker as a whole: what is started, what it shows, how it stops.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    auth::Authenticator,
    client::Shared,
    config::{Config, ConfigError, SwitchKind},
    counters::Stats,
    hub::{Client, Hub},
    lane::Lane,
    local::Local,
    retained::RetainedStore,
    server::{self, Doors},
    switch::{Ahead, Direct, Switch},
};

/// How often expired sessions and delayed wills are looked for.
const SWEEP: Duration = Duration::from_millis(500);

/// An MQTT broker. Stops for good when dropped; [`Broker::serve`] returns when told to.
pub struct Broker {
    shared: Arc<Shared>,
    doors: Arc<Doors>,
    sweeper: JoinHandle<()>,
}

impl Broker {
    /// Starts the broker inside a tokio runtime. Nobody can connect before [`Broker::serve`].
    pub fn start(
        config: Config,
        auth: Arc<dyn Authenticator>,
        store: Arc<dyn RetainedStore>,
    ) -> Result<Self, ConfigError> {
        let hub = Arc::new(Hub::new(&config, store, Instant::now())?);
        let switch: Box<dyn Switch> = match config.switch {
            SwitchKind::Direct => Box::new(Direct(Arc::clone(&hub))),
            SwitchKind::Rumqttd => Box::new(Lane::start(Arc::clone(&hub))),
        };
        let switch: Arc<dyn Switch> = Arc::new(Ahead { hub: Arc::clone(&hub), switch });
        let sweeper = tokio::spawn(sweep(Arc::clone(&hub), Arc::clone(&switch)));
        let shared = Arc::new(Shared { config, hub, switch, auth });
        Ok(Self { shared, doors: Arc::default(), sweeper })
    }

    /// Serves MQTT on a listener until `shutdown` is ready; then clients are told and all connections closed.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        server::serve(&self.shared, &self.doors, listener, shutdown).await;
    }

    /// The handle for the program that holds the broker.
    pub fn local(&self) -> Local {
        Local::new(Arc::clone(&self.shared.hub), Arc::clone(&self.shared.switch))
    }

    /// All counters, as of now.
    pub fn stats(&self) -> Stats {
        Stats {
            connections: self.doors.count() as u64,
            lane_bypassed: self.shared.switch.is_bypassed(),
            ..self.shared.hub.stats()
        }
    }

    /// All sessions, by client id.
    pub fn clients(&self) -> Vec<Client> {
        self.shared.hub.clients()
    }

    /// Ends a client's session and connection; says whether there was one. It may come again: to keep it
    /// away, change what its user may do first.
    pub fn kick(&self, client_id: &str) -> bool {
        let Ok(will) = self.shared.hub.kick(client_id) else {
            return false;
        };
        if let Some(will) = will {
            self.shared.switch.publish(will, None);
        }
        true
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.sweeper.abort();
    }
}

async fn sweep(hub: Arc<Hub>, switch: Arc<dyn Switch>) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for will in hub.sweep(Instant::now()) {
            switch.publish(will, None);
        }
    }
}
