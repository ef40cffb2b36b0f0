//! Puts the daemon together, in the order in which things need each other, and takes it apart again.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use home::{AdapterName, DriverRecord, Ieee, State};
use store::{Kept, Store};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use zigbee::adapter::{Settings, Znp};
use zigbee::coordinator::Coordinator;

use crate::announce::{Announcement, announce, host_label};
use crate::certificates::{self, Certificates, CertificatesError};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::desk::Desk;
use crate::door::{self, Keeper, Knock, Socket};
use crate::entropy::SystemEntropy;
use crate::found::Found;
use crate::house::{AdapterSeat, House, Outside, Unwritten};
use crate::journal::Journal;
use crate::mqtt::topics::Topics;
use crate::people::People;
use crate::radio::Radio;
use crate::retained::RetainedRows;
use crate::users::{UserError, Users};
use crate::wake::{WAKES, Wake, radio_line};
use crate::{admin, listen, notify};

/// Why the daemon did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The state directory can't be made or entered.
    #[error("can't use the state directory {path}")]
    StateDir {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The databases can't be opened.
    #[error("can't open the databases")]
    Store(#[from] store::OpenError),
    /// What was kept of an adapter's network can't be read; forming another one would lose every device.
    #[error("can't read what was kept of adapter {adapter}'s network; restore the state directory from a backup")]
    Network {
        /// Which adapter.
        adapter: AdapterName,
        /// Why.
        #[source]
        source: zigbee::network::RecordError,
    },
    /// A port is taken or not ours.
    #[error("can't listen on {address} ({section} listen)")]
    Listen {
        /// The configuration's section.
        section: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The admin socket can't be made.
    #[error("can't open the admin socket {path}")]
    Admin {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is no thread for the gateway's socket.
    #[error("can't start the thread for the gateway's socket")]
    Door(#[source] std::io::Error),
    /// The broker's settings are wrong.
    #[error("can't start the broker")]
    Broker(#[from] broker::ConfigError),
    /// An MQTT filter of our own is wrong.
    #[error("can't subscribe to the hub's own topics")]
    Topics(#[from] broker::topic::TopicError),
    /// The users can't be set up.
    #[error("can't set up users")]
    Users(#[from] UserError),
}

/// Why the daemon ended otherwise than it was told to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The house's task ended: a defect, or a disk on which nothing can be kept. Whoever watches over the daemon starts
    /// it again, and the check at the start says what is wrong.
    #[error("the house has ended: {0}")]
    House(String),
    /// It was told to stop while the disk failed.
    #[error("{0} changes were not written to the disk, and what they say of locks was told to nobody")]
    Unwritten(usize),
    /// Signals can't be caught.
    #[error("can't catch signals")]
    Signals(#[source] std::io::Error),
}

/// A daemon that runs.
pub(crate) struct Running {
    /// Where questions go.
    pub(crate) desk: Desk,
    /// Where the page is, as one types it.
    pub(crate) page: String,
    /// Where the broker is.
    pub(crate) mqtt: SocketAddr,
    stop: Stop,
}

/// What has to be told and waited for at the end.
struct Stop {
    house: oneshot::Sender<()>,
    house_ended: tokio::task::JoinHandle<Unwritten>,
    servers: tokio::sync::watch::Sender<bool>,
    broker_ended: tokio::task::JoinHandle<()>,
    store: Store,
    admin_socket: PathBuf,
    _announced: Option<crate::announce::Announced>,
}

/// Starts everything.
pub(crate) async fn start(config: &Config, journal: Journal) -> Result<Running, StartError> {
    let clock = Clock::start();
    make_private(&config.hub.state_dir)
        .map_err(|source| StartError::StateDir { path: config.hub.state_dir.clone(), source })?;
    let options = store::Options {
        flush: config.history.flush,
        days: usize::try_from(config.history.retention.as_secs() / 86_400).unwrap_or(usize::MAX),
        ..store::Options::default()
    };
    let (store, kept) = Store::open(&config.hub.state_dir, &options)?;
    let certificates = open_certificates(config, clock);
    let http = listen("[http]", config.http.listen).await?;
    let mqtt = listen("[mqtt]", config.mqtt.listen).await?;
    let admin_socket = listen::listen(&config.hub.admin_socket)
        .map_err(|source| StartError::Admin { path: config.hub.admin_socket.clone(), source })?;
    let addresses = (address("[http]", &http, config.http.listen)?, address("[mqtt]", &mqtt, config.mqtt.listen)?);

    let Kept { devices, networks, users, people, retained } = kept;
    let topics = Topics::new(&config.mqtt.base_topic);
    let users = Users::new(store.clone(), users)?;
    let people = People::new(store.clone(), people, clock);
    let rows = RetainedRows::new(store.clone(), retained);
    let broker = broker::Broker::start(broker_config(config, &topics), Arc::new(users.clone()), Arc::new(rows))?;
    let broker = Arc::new(broker);
    let local = broker.local();
    let filters = topics.subscriptions();
    let messages = local.subscribe_ahead(&filters.iter().map(String::as_str).collect::<Vec<_>>())?;

    let records: Vec<_> = devices.iter().map(|d| (d.adapter.clone(), d.ieee, d.record.clone())).collect();
    let (wakes, inbox) = mpsc::channel(WAKES);
    let adapters = start_radios(config, clock, &networks, &records, &wakes)?;
    let names = config.adapters.iter().map(|adapter| AdapterName::new(&adapter.name)).collect();
    let stats = Arc::clone(&broker);
    let (knock, knocks) = mpsc::unbounded_channel();
    let keeper = open_door(config, clock, store.ledger().clone(), &knock)?;
    let outside = Outside {
        name: config.hub.name.clone(),
        clock,
        store: store.clone(),
        local,
        broker_stats: Arc::new(move || stats.stats()),
        topics,
        adapters,
        keeper,
    };
    let house = House::new(State::restore(clock.now(), names, devices), outside, knocks);
    let found = Found::default();
    let desk = Desk {
        house: wakes,
        watchers: house.watchers(),
        users,
        people,
        ledger: store.ledger().clone(),
        found: found.clone(),
        certificates: certificates.as_ref().ok().cloned().flatten(),
        clock,
        name: config.hub.name.clone(),
        state_dir: config.hub.state_dir.clone(),
        journal,
    };
    let (stop_house, house_stops) = oneshot::channel();
    let house_ended = tokio::spawn(house.run(inbox, messages, house_stops));
    let (servers, stopping) = tokio::sync::watch::channel(false);
    let broker_ended = tokio::spawn(serve_broker(broker, mqtt, stopping.clone()));
    tokio::spawn(admin::serve(admin_socket, desk.clone()));
    serve_page(config, http, &desk, certificates, stopping);
    let name = &config.hub.name;
    let announcement = Announcement { name, http: addresses.0, tls: !config.http.plain, mqtt: addresses.1 };
    let announced = announce(&announcement, &found);
    let stop = Stop {
        house: stop_house,
        house_ended,
        servers,
        broker_ended,
        store,
        admin_socket: config.hub.admin_socket.clone(),
        _announced: announced,
    };
    Ok(Running { desk, page: page(config, addresses.0), mqtt: addresses.1, stop })
}

impl Running {
    /// Runs until SIGTERM, SIGINT or SIGHUP (a terminal that closes; nothing is read anew), then stops in order: the
    /// disk has all, the house says goodbye, the servers close.
    /// Says in the log how the first admin is made, while there is none. The code is a secret that works once, for an
    /// hour: whoever reads the log runs this machine.
    pub(crate) fn tell_setup_code(&self) {
        if let Ok(code) = self.desk.people.make_setup_code() {
            tracing::info!(
                "nobody lives here yet: open {} and enter the set-up code {}; `hearth setup-code` makes a new one",
                self.page,
                code.expose()
            );
        }
    }

    pub(crate) async fn until_told(mut self) -> Result<(), RunError> {
        let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(RunError::Signals)?;
        let mut hangup = signal(SignalKind::hangup()).map_err(RunError::Signals)?;
        let watchdog = tokio::spawn(notify::watchdog(self.desk.clone()));
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
            ended = &mut self.stop.house_ended => {
                let reason = ended.map_or_else(|error| error.to_string(), |_| "the log says why".to_owned());
                return Err(RunError::House(reason));
            }
        }
        tracing::info!("stopping");
        notify::stopping();
        watchdog.abort();
        self.stop().await
    }

    async fn stop(self) -> Result<(), RunError> {
        let Stop { house, house_ended, servers, broker_ended, store, admin_socket, _announced } = self.stop;
        // The house may have ended by itself.
        let _ = house.send(());
        let unwritten = house_ended.await.map_err(|error| RunError::House(error.to_string()));
        servers.send_replace(true);
        let patience = std::time::Duration::from_secs(3);
        if tokio::time::timeout(patience, broker_ended).await.is_err() {
            tracing::warn!("the broker did not stop in time");
        }
        let closed = tokio::task::spawn_blocking(move || store.close()).await;
        if let Err(error) = closed {
            tracing::error!(%error, "the databases did not close well");
        }
        // It may be gone already.
        let _ = std::fs::remove_file(admin_socket);
        match unwritten? {
            Unwritten(0) => Ok(()),
            Unwritten(changes) => Err(RunError::Unwritten(changes)),
        }
    }
}

async fn serve_broker(
    broker: Arc<broker::Broker>,
    listener: TcpListener,
    stopping: tokio::sync::watch::Receiver<bool>,
) {
    broker.serve(listener, stopped(stopping)).await;
}

async fn stopped(mut stopping: tokio::sync::watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Makes a directory that only we can enter.
fn make_private(path: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
}

async fn listen(section: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { section, address, source })
}

/// Where a listener really is: port 0 asks for any.
fn address(section: &'static str, listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Listen { section, address: asked, source })
}

fn broker_config(config: &Config, topics: &Topics) -> broker::Config {
    broker::Config {
        switch: match config.mqtt.switch {
            config::Switch::Rumqttd => broker::SwitchKind::Rumqttd,
            config::Switch::Direct => broker::SwitchKind::Direct,
        },
        reserved: topics.reserved(),
        open: topics.open(),
        never_retained: topics.commands(),
        ..broker::Config::default()
    }
}

/// Where the page is: at the hub's name, if it listens on each address.
fn page(config: &Config, address: SocketAddr) -> String {
    let scheme = if config.http.plain { "http" } else { "https" };
    if address.ip().is_unspecified() {
        format!("{scheme}://{}.local:{}", host_label(&config.hub.name), address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

/// Serves the page, unless its certificates can't be used: the house stays warm without a page, and MQTT and the command
/// line go on.
fn serve_page(
    config: &Config,
    http: TcpListener,
    desk: &Desk,
    certificates: Result<Option<Certificates>, CertificatesError>,
    stopping: tokio::sync::watch::Receiver<bool>,
) {
    let tls = match certificates {
        Ok(None) => None,
        Ok(Some(certificates)) => {
            let tls = certificates.tls();
            tokio::spawn(certificates.keep(config.hub.name.clone(), desk.clock));
            Some(tls)
        }
        Err(error) => {
            let why = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
            tracing::error!("the page is not served: {error}{why}");
            return;
        }
    };
    tokio::spawn(web_ui::serve(http, desk.clone(), tls, stopped(stopping)));
}

/// Takes up the page's certificates; none where it is served without TLS.
fn open_certificates(config: &Config, clock: Clock) -> Result<Option<Certificates>, CertificatesError> {
    if config.http.plain {
        return Ok(None);
    }
    let hub = &config.hub;
    Certificates::open(&hub.state_dir, &hub.name, &certificates::host_names(&hub.name), clock.now().wall).map(Some)
}

/// Takes up what the door goes by, and starts its socket, if one is configured.
fn open_door(
    config: &Config,
    clock: Clock,
    ledger: store::ledger::Ledger,
    house: &mpsc::UnboundedSender<Knock>,
) -> Result<Keeper, StartError> {
    let socket = config.gateway.socket.clone();
    let outside = door::Outside { ledger, socket: socket.clone(), house: house.clone() };
    let (keeper, lines) = Keeper::start(outside, clock.now());
    if let Some(path) = socket {
        Socket { path, lines, house: house.clone(), clock }.start().map_err(StartError::Door)?;
    }
    Ok(keeper)
}

/// Starts a task for each adapter.
fn start_radios(
    config: &Config,
    clock: Clock,
    networks: &[(AdapterName, DriverRecord)],
    records: &[(AdapterName, Ieee, Option<DriverRecord>)],
    wakes: &mpsc::Sender<Wake>,
) -> Result<BTreeMap<AdapterName, AdapterSeat>, StartError> {
    let mut seats = BTreeMap::new();
    for adapter in &config.adapters {
        let name = AdapterName::new(&adapter.name);
        // The configuration was checked when it was read.
        let Ok(port) = adapter.port.parse::<serial::Port>() else { continue };
        let kept = networks.iter().find(|(of, _)| *of == name);
        let network = kept.map(|(_, record)| zigbee::network::decode(record)).transpose();
        let network = network.map_err(|source| StartError::Network { adapter: name.clone(), source })?;
        let known = records.iter().filter(|(of, _, _)| *of == name);
        let known = known.filter_map(|(_, ieee, record)| record.clone().map(|record| (*ieee, record))).collect();
        let settings = Settings { channel: adapter.channel, network };
        let driver = Coordinator::new(name.clone(), Znp::new(settings, Box::new(SystemEntropy)), known);
        let (to_radio, line) = radio_line();
        let radio = Radio {
            name: name.clone(),
            port,
            settings: serial::Settings { baud: adapter.baud, flow_control: adapter.flow_control.into() },
            driver,
            clock,
            line,
            house: wakes.clone(),
        };
        tokio::spawn(radio.run());
        seats.insert(name, AdapterSeat { port: adapter.port.clone(), radio: to_radio });
    }
    Ok(seats)
}
