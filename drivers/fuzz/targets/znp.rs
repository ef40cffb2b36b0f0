//! Commands of a TI adapter: kind, subsystem, id and data as they come, for whichever table they belong to.

#![no_main]

use libfuzzer_sys::fuzz_target;
use zigbee::mt::{Command, Frame, Kind};
use zigbee::znp::{Areq, Sreq, Srsp};

/// What is understood is written as something that is understood as the same.
macro_rules! round_trip {
    ($table:ty, $frame:expr) => {
        if let Ok(command) = <$table>::decode($frame) {
            assert_eq!(command.command(), $frame.command());
            assert_eq!(<$table>::decode(&command.encode()).as_ref(), Ok(&command));
            let _ = format!("{command:?}");
        }
    };
}

fuzz_target!(|input: &[u8]| {
    let [kind, subsystem, id, data @ ..] = input else { return };
    let kinds = [Kind::Sreq, Kind::Srsp, Kind::Areq, Kind::Poll];
    let kind = kinds[usize::from(*kind) % kinds.len()];
    let Ok(frame) = Frame::new(kind, Command::new((subsystem & 0x1F).into(), *id), data) else { return };
    round_trip!(Sreq, &frame);
    round_trip!(Srsp, &frame);
    round_trip!(Areq, &frame);
});
