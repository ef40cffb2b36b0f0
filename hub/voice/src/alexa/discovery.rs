//! What there is, as Alexa's endpoints and capabilities: the owner's name for it, an opaque id, and constants.

use serde::Serialize;
use summary::{Endpoint, Face, Mode};

use super::answer;
use super::property::{ACTIVE, MODE};

/// Locales in which words are offered. They are the owner's and the same in all; Alexa does not hear those that are missing.
const LOCALES: [&str; 2] = ["en-US", "de-DE"];

/// An endpoint as it is discovered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Device<'a> {
    endpoint_id: String,
    manufacturer_name: &'static str,
    friendly_name: &'a str,
    description: &'static str,
    display_categories: [&'static str; 1],
    capabilities: [Capability<'a>; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Capability<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    interface: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
    #[serde(rename = "capabilityResources", skip_serializing_if = "Option::is_none")]
    resources: Option<Resources<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<Configuration<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supports_deactivation: Option<bool>,
    /// Only scenes say it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    proactively_reported: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    supported: [Supported; 1],
    proactively_reported: bool,
    retrievable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_controllable: Option<bool>,
}

#[derive(Serialize)]
struct Supported {
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resources<'a> {
    friendly_names: Vec<FriendlyName<'a>>,
}

#[derive(Serialize)]
struct FriendlyName<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    value: Label<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Label<'a> {
    #[serde(rename_all = "camelCase")]
    Asset { asset_id: &'static str },
    /// In the owner's words.
    Text { text: String, locale: &'a str },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Configuration<'a> {
    #[serde(rename_all = "camelCase")]
    Thermostat { supported_modes: [&'static str; 1], supports_scheduling: bool },
    #[serde(rename_all = "camelCase")]
    Mode { ordered: bool, supported_modes: Vec<ModeName<'a>> },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModeName<'a> {
    value: &'a str,
    mode_resources: Resources<'a>,
}

/// How many bytes the list takes.
pub(crate) fn discovery_size(endpoints: &[Endpoint]) -> usize {
    let id = "0".repeat(36);
    serde_json::to_vec(&answer::discovered(endpoints, id)).map_or(usize::MAX, |body| body.len())
}

/// The endpoint as it is discovered. Nothing here depends on how it is.
pub(super) fn device(endpoint: &Endpoint) -> Device<'_> {
    let (category, capability) = capability(endpoint);
    Device {
        endpoint_id: endpoint.id.to_string(),
        manufacturer_name: "Hearth",
        friendly_name: endpoint.alias.as_str(),
        description: "Hearth",
        display_categories: [category],
        capabilities: [capability, interface("Alexa")],
    }
}

fn capability(endpoint: &Endpoint) -> (&'static str, Capability<'_>) {
    let reported = |name, readable, non_controllable| {
        let proactively_reported = endpoint.push && readable;
        Some(Properties {
            supported: [Supported { name }],
            proactively_reported,
            retrievable: readable,
            non_controllable,
        })
    };
    match &endpoint.face {
        Face::Contact(_) => {
            let properties = reported("detectionState", true, None);
            ("CONTACT_SENSOR", Capability { properties, ..interface("Alexa.ContactSensor") })
        }
        Face::Lock(lock) => {
            let properties = reported("lockState", lock.locked.is_some(), None);
            ("SMARTLOCK", Capability { properties, ..interface("Alexa.LockController") })
        }
        Face::Switch(_) => {
            let properties = reported("toggleState", true, Some(true));
            let resources = Some(spoken(&["active", "aktiv"]));
            let toggle = interface("Alexa.ToggleController");
            ("OTHER", Capability { instance: Some(ACTIVE), properties, resources, ..toggle })
        }
        Face::Mode(mode) => {
            let properties = reported("mode", true, Some(true));
            ("OTHER", Capability { properties, ..mode_controller(mode) })
        }
        Face::Thermostat(thermostat) => {
            let properties = reported("targetSetpoint", thermostat.setpoint.is_some(), None);
            let heat = Configuration::Thermostat { supported_modes: ["HEAT"], supports_scheduling: false };
            let thermostat = interface("Alexa.ThermostatController");
            ("THERMOSTAT", Capability { properties, configuration: Some(heat), ..thermostat })
        }
        Face::Scene => {
            let scene = interface("Alexa.SceneController");
            let (supports_deactivation, proactively_reported) = (Some(false), Some(false));
            ("SCENE_TRIGGER", Capability { supports_deactivation, proactively_reported, ..scene })
        }
    }
}

fn mode_controller(mode: &Mode) -> Capability<'_> {
    let supported_modes = mode.words.iter().map(|word| {
        let text = word.as_str().replace('_', " ");
        ModeName { value: word.as_str(), mode_resources: spoken(&[&text; LOCALES.len()]) }
    });
    let name = FriendlyName { kind: "asset", value: Label::Asset { asset_id: "Alexa.Setting.Mode" } };
    Capability {
        instance: Some(MODE),
        resources: Some(Resources { friendly_names: vec![name] }),
        configuration: Some(Configuration::Mode { ordered: true, supported_modes: supported_modes.collect() }),
        ..interface("Alexa.ModeController")
    }
}

/// A name in each locale.
fn spoken(texts: &[&str; LOCALES.len()]) -> Resources<'static> {
    let name = |(text, locale): (&&str, _)| FriendlyName {
        kind: "text",
        value: Label::Text { text: (*text).to_owned(), locale },
    };
    Resources { friendly_names: texts.iter().zip(LOCALES).map(name).collect() }
}

fn interface(interface: &'static str) -> Capability<'static> {
    Capability {
        kind: "AlexaInterface",
        interface,
        version: "3",
        instance: None,
        properties: None,
        resources: None,
        configuration: None,
        supports_deactivation: None,
        proactively_reported: None,
    }
}
