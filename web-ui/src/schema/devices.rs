//! Devices, adapters and what happens.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A device, whole.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Device {
    /// The owner's name for it, or its address.
    name: String,
    /// Its address.
    #[schema(pattern = "^0x[0-9a-f]{16}$")]
    ieee: String,
    /// Whose network it is in.
    adapter: String,
    #[schema(required)]
    room: Option<String>,
    #[schema(required)]
    manufacturer: Option<String>,
    #[schema(required)]
    model: Option<String>,
    #[schema(required)]
    software: Option<String>,
    power: Power,
    /// `thermostat`, `lock`, …
    capabilities: Vec<String>,
    interview: Interview,
    /// What the interview is at.
    #[schema(required)]
    interview_step: Option<String>,
    /// Whether it can be reached.
    available: bool,
    #[schema(required, format = DateTime)]
    last_seen: Option<String>,
    /// The last values by key, as on MQTT.
    #[schema(value_type = BTreeMap<String, Value>)]
    state: BTreeMap<String, Value>,
    /// When each value was reported.
    reported_at: BTreeMap<String, String>,
    /// What a thermostat can be set to, in degrees Celsius.
    limits: Option<Limits>,
}

/// A range of temperatures in degrees Celsius.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Limits {
    min: f64,
    max: f64,
}

/// Where a device's power comes from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Power {
    Mains,
    Battery,
    Unknown,
}

/// How far the hub has found out what a device is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Interview {
    Waiting,
    Running,
    Done,
    Failed,
}

/// What became of a command.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Outcome {
    outcome: Ended,
    /// When a pending one is over at the latest.
    within_seconds: Option<u64>,
}

/// Whether a command is over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ended {
    Done,
    Pending,
}

/// For how long devices may join.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Join {
    seconds: Option<u64>,
    outcome: Option<Ended>,
}

/// A radio adapter.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Adapter {
    name: String,
    port: String,
    status: AdapterStatus,
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    channel: Option<u8>,
    #[schema(required)]
    pan_id: Option<String>,
    #[schema(required)]
    firmware: Option<String>,
    /// For so long devices may join.
    joinable_seconds: u64,
}

/// How an adapter is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AdapterStatus {
    Starting,
    Online,
    Offline,
    Refused,
}

/// Adapters in use, and those found beside them.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Adapters {
    configured: Vec<Adapter>,
    found: Vec<FoundAdapter>,
}

/// An adapter that is there and not in use.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FoundAdapter {
    port: String,
    name: String,
    protocol: String,
    #[schema(required)]
    note: Option<String>,
}

/// How the hub is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Status {
    name: String,
    version: String,
    uptime_seconds: u64,
    adapters: Vec<Adapter>,
    devices: DeviceCount,
    mqtt: MqttCount,
    store: StoreState,
}

/// How many devices there are.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DeviceCount {
    total: u64,
    available: u64,
}

/// What the broker did since it started.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MqttCount {
    connections: u64,
    published: u64,
    delivered: u64,
    refused: u64,
}

/// How the disk is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StoreState {
    bytes_written: u64,
    commits: u64,
    /// What is wrong, if anything is.
    #[schema(required)]
    problem: Option<String>,
}

/// Something that happened. Further fields depend on the kind.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Event {
    #[schema(format = DateTime)]
    at: String,
    /// The device's name now.
    #[schema(required)]
    device: Option<String>,
    #[schema(required)]
    ieee: Option<String>,
    /// The kind.
    event: String,
    /// One English sentence.
    text: String,
    /// By what means: `keypad`, `rfid`, …
    source: Option<String>,
    /// The lock's slot.
    user: Option<u16>,
    from: Option<String>,
    to: Option<String>,
    action: Option<String>,
    origin: Option<String>,
    reason: Option<String>,
    name: Option<String>,
    seconds: Option<u64>,
    adapter: Option<String>,
}

/// Past values of a key, oldest first.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct History {
    key: String,
    /// Time and value of each.
    samples: Vec<(String, Value)>,
}

/// The PIN codes of a lock.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Codes {
    /// The number of the lock's first slot.
    first: u16,
    /// How many slots it has; nobody knows until it was asked.
    #[schema(required)]
    slots: Option<u16>,
    /// The fewest digits of a PIN.
    pin_min: u8,
    /// The most digits of a PIN.
    pin_max: u8,
    /// Whether the lock is being asked for its slots.
    checking: bool,
    /// The slots that are in use at the lock or by the hub's book.
    codes: Vec<LockCode>,
}

/// One slot of a lock.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LockCode {
    slot: u16,
    /// Whose it is.
    #[schema(required)]
    name: Option<String>,
    /// What the hub did last to it, if it did.
    #[schema(required)]
    hub: Option<SlotState>,
    /// What the lock says, if it was asked.
    #[schema(required)]
    lock: Option<SlotState>,
    #[schema(required)]
    drift: Option<Drift>,
}

/// What is in a slot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SlotState {
    Empty,
    Enabled,
    Disabled,
}

/// Where the lock's word differs from what the hub did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Drift {
    /// A PIN is there that the hub did not put there.
    Foreign,
    /// The hub put one there, and the slot is empty.
    Missing,
    /// It opens, and the hub had disabled it.
    Enabled,
    /// It does not open, and the hub had it enabled.
    Disabled,
    /// Somebody changed the PIN at the lock.
    Changed,
}
