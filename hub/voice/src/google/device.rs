//! What there is, as Google's devices and traits: the owner's name for it, an opaque id, and constants.

use serde::Serialize;
use summary::{Endpoint, Face, Mode};

use super::state::{MODE, readable};

/// Languages in which words are offered. They are the owner's and the same in both.
const LANGUAGES: [&str; 2] = ["en", "de"];

/// A device as it is synchronised.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Device<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    traits: [&'static str; 1],
    name: Name<'a>,
    will_report_state: bool,
    attributes: Attributes<'a>,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

/// The directions that a trait has. Google wants the opposite of each said as well.
#[derive(Serialize)]
#[serde(untagged)]
enum Attributes<'a> {
    #[serde(rename_all = "camelCase")]
    OpenClose {
        discrete_only_open_close: bool,
        command_only_open_close: bool,
        query_only_open_close: bool,
    },
    Lock {},
    #[serde(rename_all = "camelCase")]
    OnOff {
        command_only_on_off: bool,
        query_only_on_off: bool,
    },
    #[serde(rename_all = "camelCase")]
    Modes {
        available_modes: [AvailableMode<'a>; 1],
        command_only_modes: bool,
        query_only_modes: bool,
    },
    #[serde(rename_all = "camelCase")]
    TemperatureSetting {
        available_thermostat_modes: [&'static str; 1],
        thermostat_temperature_unit: &'static str,
        command_only_temperature_setting: bool,
        query_only_temperature_setting: bool,
    },
    #[serde(rename_all = "camelCase")]
    Scene {
        scene_reversible: bool,
    },
}

#[derive(Serialize)]
struct AvailableMode<'a> {
    name: &'static str,
    name_values: Vec<NameValues<'a>>,
    settings: Vec<Setting<'a>>,
    ordered: bool,
}

#[derive(Serialize)]
struct NameValues<'a> {
    name_synonym: [&'a str; 1],
    lang: &'static str,
}

#[derive(Serialize)]
struct Setting<'a> {
    setting_name: &'a str,
    setting_values: Vec<SettingValues>,
}

#[derive(Serialize)]
struct SettingValues {
    setting_synonym: [String; 1],
    lang: &'static str,
}

/// The endpoint as it is synchronised. Nothing here depends on how it is.
pub(super) fn device(endpoint: &Endpoint) -> Device<'_> {
    let (kind, trait_name, attributes) = shape(endpoint);
    Device {
        id: endpoint.id.to_string(),
        kind,
        traits: [trait_name],
        name: Name { name: endpoint.alias.as_str() },
        will_report_state: endpoint.push && readable(&endpoint.face),
        attributes,
    }
}

fn shape(endpoint: &Endpoint) -> (&'static str, &'static str, Attributes<'_>) {
    match &endpoint.face {
        Face::Contact(_) => (
            "action.devices.types.DOOR",
            "action.devices.traits.OpenClose",
            Attributes::OpenClose {
                discrete_only_open_close: true,
                command_only_open_close: false,
                query_only_open_close: true,
            },
        ),
        Face::Lock(_) => ("action.devices.types.LOCK", "action.devices.traits.LockUnlock", Attributes::Lock {}),
        Face::Switch(_) => (
            "action.devices.types.SWITCH",
            "action.devices.traits.OnOff",
            Attributes::OnOff { command_only_on_off: false, query_only_on_off: true },
        ),
        Face::Mode(mode) => {
            let available_modes = [available(mode, endpoint.alias.as_str())];
            let modes = Attributes::Modes { available_modes, command_only_modes: false, query_only_modes: true };
            ("action.devices.types.SENSOR", "action.devices.traits.Modes", modes)
        }
        Face::Thermostat(_) => (
            "action.devices.types.THERMOSTAT",
            "action.devices.traits.TemperatureSetting",
            Attributes::TemperatureSetting {
                available_thermostat_modes: ["heat"],
                thermostat_temperature_unit: "C",
                command_only_temperature_setting: true,
                query_only_temperature_setting: false,
            },
        ),
        Face::Scene => {
            ("action.devices.types.SCENE", "action.devices.traits.Scene", Attributes::Scene { scene_reversible: false })
        }
    }
}

fn available<'a>(mode: &'a Mode, alias: &'a str) -> AvailableMode<'a> {
    let settings = mode.words.iter().map(|word| {
        let text = word.as_str().replace('_', " ");
        let values = LANGUAGES.map(|lang| SettingValues { setting_synonym: [text.clone()], lang });
        Setting { setting_name: word.as_str(), setting_values: values.into() }
    });
    AvailableMode {
        name: MODE,
        name_values: LANGUAGES.map(|lang| NameValues { name_synonym: [alias], lang }).into(),
        settings: settings.collect(),
        ordered: true,
    }
}
