//! What the machine itself adds: one message through a pty and a TCP connection, from sleeper to sleeper, with nothing
//! of a hub between them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use crate::numbers::{percentile, spread};
use crate::rows::{Measured, Scale};
use crate::scene::Side;
use crate::support::now;

/// Of the frame of a thermostat's report.
const LENGTH: usize = 33;
const PAUSE: Duration = Duration::from_millis(5);

/// Both sides of a pty that passes bytes on as they are.
fn pty() -> (File, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let mut mode = tcgetattr(&slave).unwrap();
    mode.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &mode).unwrap();
    (master.into(), slave)
}

/// Passes on what comes until it ends.
fn forward(mut from: File, mut to: TcpStream) {
    let mut bytes = [0; LENGTH];
    while from.read_exact(&mut bytes).is_ok() && to.write_all(&bytes).is_ok() {}
}

/// From the writer at the pty over a forwarder to the reader of the connection.
pub(crate) fn floor(_: &Side, scale: Scale) -> Measured {
    let (mut master, slave) = pty();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut end = listener.accept().unwrap().0;
    std::thread::spawn(move || forward(slave, stream));
    let (arrival, arrivals) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; LENGTH];
        while end.read_exact(&mut bytes).is_ok() && arrival.send(now()).is_ok() {}
    });
    let times: Vec<_> = (0..scale.of(1000, 200))
        .map(|_| {
            std::thread::sleep(PAUSE);
            let sent = now();
            master.write_all(&[0xfe; LENGTH]).unwrap();
            arrivals.recv().unwrap().saturating_sub(sent)
        })
        .collect();
    let figures = vec![percentile(&times, 0.5).as_secs_f64(), percentile(&times, 0.99).as_secs_f64()];
    Measured { text: spread(&times), good: true, figures }
}
