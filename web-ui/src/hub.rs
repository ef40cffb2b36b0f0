//! The hub itself: its machine, its log, and who may use MQTT.

use home::admin::{Request, Secret};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{Answer, Shared, Who, ask};
use crate::asked::{Asked, Part};
use crate::body::{Sent, Shape};
use crate::house::House;

/// Lines of the log without a limit.
const LINES: u32 = 200;

#[derive(Debug, Deserialize)]
pub(crate) struct Tail {
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMqttUser {
    #[schema(max_length = 64)]
    user: String,
    /// What the user may do.
    #[schema(example = "admin")]
    preset: Option<String>,
    /// Without one it is made up.
    #[schema(value_type = Option<String>, format = Password, min_length = 8, max_length = 256)]
    password: Option<Secret>,
}

impl Shape for NewMqttUser {
    const EXAMPLE: &'static str = r#"{"user":"node-red"}, with "password" if it is not to be made up"#;
}

pub(crate) async fn system<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::System).await
}

pub(crate) async fn log<H: House>(app: Shared<H>, who: Who, Asked(tail): Asked<Tail>) -> Answer {
    ask(&app, &who, Request::LogTail { limit: tail.limit.unwrap_or(LINES) }).await
}

pub(crate) async fn mqtt_users<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::MqttUserList).await
}

pub(crate) async fn add_mqtt_user<H: House>(app: Shared<H>, who: Who, Sent(body): Sent<NewMqttUser>) -> Answer {
    let NewMqttUser { user, preset, password } = body;
    let preset = preset.unwrap_or_else(|| "admin".to_owned());
    ask(&app, &who, Request::MqttUserAdd { user, preset, password }).await
}

pub(crate) async fn remove_mqtt_user<H: House>(app: Shared<H>, who: Who, Part(user): Part) -> Answer {
    ask(&app, &who, Request::MqttUserRemove { user }).await
}
