//! ZCL frames: the header, and the foundation's commands with values of every type.

#![no_main]

use libfuzzer_sys::fuzz_target;
use zigbee::zcl::{Command, Frame, Global};

fuzz_target!(|input: &[u8]| {
    let Ok(frame) = Frame::decode(input) else { return };
    assert_eq!(Frame::decode(&frame.encode()).as_ref(), Ok(&frame));
    let Some(Ok(command)) = frame.global() else { return };
    assert_eq!(command.id(), frame.header.command);
    assert_eq!(Global::decode(command.id(), &command.payload()).as_ref(), Ok(&command));
    let _ = format!("{command:?}");
});
