//! The coordinator against a fake adapter: bytes of frames in, bytes of frames out.

mod bench;
mod hostile;
mod interview;
mod joining;
mod locks;
mod presence;
mod queue;
mod thermostat;

use std::time::Duration;

use home::{DriverRecord, Event};

use crate::ncp::{Indication, Request, SendError, ZdoRequest, ZdoResponse};
use crate::zcl::Value;
