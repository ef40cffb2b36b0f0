//! `hearthd demo`: a whole house without hardware. The simulated adapter speaks the true wire protocol over TCP on
//! this machine; the daemon is the same that drives a real one.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use home::Role;
use home::admin::{Request, Secret};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::config::{Adapter, Config, FlowControl, Protocol};
use crate::desk::Desk;
use crate::journal::Journal;
use crate::people::{Changes, People};
use crate::run::{self, RunError, StartError};
use crate::users::{UserError, made_up_password};
use crate::wake::Asker;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// No place for its state.
    #[error("can't make a state directory for the demo")]
    StateDir(#[source] std::io::Error),
    /// No port for the simulated adapter.
    #[error("can't open a port for the simulated adapter")]
    Adapter(#[source] std::io::Error),
    /// The hub did not start.
    #[error("the hub could not start")]
    Start(#[from] StartError),
    /// The hub ended otherwise than it was told to.
    #[error("the hub did not end well")]
    Run(#[from] RunError),
    /// Nobody could be made who logs in to the page.
    #[error("can't make a login: {0}")]
    Person(String),
    /// No login could be made.
    #[error("can't make a login")]
    Login(#[from] UserError),
}

/// Names and rooms for the simulated devices, by what they can do; each is given once.
const NAMES: [(&str, &str, &str); 7] = [
    ("thermostat", "living-room-valve", "Living room"),
    ("thermostat", "bedroom-valve", "Bedroom"),
    ("thermostat", "bathroom-valve", "Bathroom"),
    ("lock", "front-door", "Hall"),
    ("lock", "back-door", "Kitchen"),
    ("contact", "kitchen-window", "Kitchen"),
    ("temperature", "bedroom-sensor", "Bedroom"),
];
/// How long the simulated devices may take to join.
const JOINING: Duration = Duration::from_secs(60);

/// Runs the demo until it is told to stop.
pub(crate) async fn run(state_dir: Option<PathBuf>, journal: Journal) -> Result<(), DemoError> {
    let place = Place::new(state_dir).map_err(DemoError::StateDir)?;
    let adapter = TcpListener::bind(("127.0.0.1", 0)).await.map_err(DemoError::Adapter)?;
    let port = adapter.local_addr().map_err(DemoError::Adapter)?;
    tokio::spawn(simulate(adapter, place.path.join("adapter.json")));

    let config = config(&place.path, port).await;
    let running = run::start(&config, journal).await?;
    let password = made_up_password()?;
    let at = running.desk.clock.now().wall;
    running.desk.users.add("demo", "admin", Some(password.clone()), at).await?;
    log_in_as_demo(&running.desk.people, password.clone()).await?;
    let lines = [
        "Hearth runs with a simulated home.".to_owned(),
        format!("  page       {}", running.page),
        format!("  MQTT       mqtt://{}", running.mqtt),
        format!("  login      demo / {}", password.expose()),
        format!("  terminal   hearth --socket {} devices", config.hub.admin_socket.display()),
        "The devices are joining now. Ctrl-C ends it.".to_owned(),
    ];
    say(&lines.join("\n"));
    tokio::spawn(furnish(running.desk.clone()));
    running.until_told().await?;
    Ok(())
}

/// Makes the demo's person, or gives them the new password if the state was kept.
async fn log_in_as_demo(people: &People, password: Secret) -> Result<(), DemoError> {
    let admin = Changes { role: Some(Role::Admin), password: Some(password), ..Changes::default() };
    let done = match people.show("demo", |device| device.to_string()) {
        Ok(_) => people.change("demo", admin).await,
        Err(_) => people.add("demo", admin).await.map(drop),
    };
    done.map_err(|refused| DemoError::Person(refused.error))
}

/// Runs the simulated home behind `listener`; what its adapter remembers is in `memory`.
async fn simulate(listener: TcpListener, memory: PathBuf) {
    let scenario = sim::Scenario::house();
    let mut adapter = sim::Adapter::new(&scenario);
    let kept = std::fs::read_to_string(&memory).ok().and_then(|text| serde_json::from_str(&text).ok());
    if let Some(Err(error)) = kept.map(|kept| adapter.load(kept)) {
        tracing::warn!(%error, "the simulated adapter starts without its memory");
    }
    let options = sim::runner::Options { memory: Some(memory), trace: None };
    let (mut simulation, _remote) = sim::Simulation::with(adapter, scenario.speed, options);
    if let Err(error) = simulation.serve(listener).await {
        tracing::error!(%error, "the simulated adapter has ended");
    }
}

fn say(text: &str) {
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Where the demo's state is; a place of its own making goes when the demo ends.
struct Place {
    path: PathBuf,
    passing: bool,
}

impl Place {
    fn new(asked: Option<PathBuf>) -> std::io::Result<Self> {
        let passing = asked.is_none();
        let path = asked.unwrap_or_else(|| std::env::temp_dir().join(format!("hearth-demo-{}", std::process::id())));
        std::fs::create_dir_all(&path)?;
        Ok(Self { path: std::path::absolute(path)?, passing })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.passing {
            // What is left of a temporary directory, the system clears away.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

async fn config(state: &Path, adapter: SocketAddr) -> Config {
    let mut config = Config::default();
    "Hearth demo".clone_into(&mut config.hub.name);
    config.hub.state_dir = state.to_owned();
    config.hub.admin_socket = state.join("admin.sock");
    config.gateway.socket = Some(state.join("gateway.sock"));
    config.http.listen = free_or_any(8080).await;
    // Nobody listens between this machine and itself, and a demo should open without a warning.
    config.http.plain = true;
    config.mqtt.listen = free_or_any(1883).await;
    config.adapters.push(Adapter {
        name: "simulated".to_owned(),
        port: format!("tcp://{adapter}"),
        protocol: Protocol::Znp,
        baud: 115_200,
        flow_control: FlowControl::None,
        channel: None,
    });
    config
}

/// The usual port on this machine, or any if it is taken.
async fn free_or_any(port: u16) -> SocketAddr {
    let usual = SocketAddr::from(([127, 0, 0, 1], port));
    match TcpListener::bind(usual).await {
        Ok(_) => usual,
        Err(_) => SocketAddr::from(([127, 0, 0, 1], 0)),
    }
}

/// Lets the devices join and gives them names and rooms, as an owner would.
async fn furnish(desk: Desk) {
    let deadline = tokio::time::Instant::now() + JOINING;
    let mut opened = false;
    while tokio::time::Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let Ok(Value::Array(devices)) = desk.ask(Asker::owner(), Request::Devices).await else { return };
        for device in &devices {
            name(&desk, device, &devices).await;
        }
        if devices.len() >= NAMES.len() && devices.iter().all(|device| device["name"] != device["ieee"]) {
            // Whether it closes now or by itself is all the same.
            let _ = desk.ask(Asker::owner(), Request::PermitJoin { seconds: 0, adapter: None }).await;
            say("All devices are there.");
            return;
        }
        if !opened {
            opened = desk.ask(Asker::owner(), Request::PermitJoin { seconds: 60, adapter: None }).await.is_ok();
        }
    }
}

/// Gives a device that still goes by its address the first name of its kind that no other has.
async fn name(desk: &Desk, device: &Value, all: &[Value]) {
    let Some(ieee) = device["ieee"].as_str() else { return };
    if device["name"] != device["ieee"] || device["interview"] != "done" {
        return;
    }
    let can = |word: &str| device["capabilities"].as_array().is_some_and(|can| can.iter().any(|c| c == word));
    let free = |name: &str| all.iter().all(|other| other["name"] != name);
    let Some((_, name, room)) = NAMES.iter().find(|(kind, name, _)| can(kind) && free(name)) else { return };
    let place = Request::Place { name: ieee.to_owned(), room: Some((*room).to_owned()) };
    let rename = Request::Rename { from: ieee.to_owned(), to: (*name).to_owned() };
    // The next round tries again; a name that was taken meanwhile is refused.
    let _ = desk.ask(Asker::owner(), place).await;
    let _ = desk.ask(Asker::owner(), rename).await;
}
