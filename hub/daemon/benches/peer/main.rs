//! The figures and faults by which Hearth wants to be better than what a user would pick instead, measured from outside:
//! the release daemon, the simulated adapter on a pty, a client on a socket.
//!
//! `cargo bench -p hearthd --bench peer -- [--quick] [--switch direct] [--peer DIR] [ROW…]`; `--list` names the rows.
//! With `--peer` each row is measured for the peer too, right after Hearth. Compare only figures of one run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "a bench is a test that prints"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod faults;
mod figures;
mod floor;
mod hearth;
mod machine;
mod numbers;
mod options;
mod recovery;
mod rows;
mod scene;
mod table;
mod trace;
mod zigbee2mqtt;

use options::Options;
use rows::{Measured, ROWS, Row, Scale};
use scene::Side;
use zigbee2mqtt::Installation;

/// Wrong arguments (`sysexits.h`).
const USAGE: i32 = 64;

fn main() {
    let arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let options = Options::parse(arguments).unwrap_or_else(|error| refuse(&error));
    if options.list {
        for row in ROWS {
            println!("{:<14} {}", row.name, row.figure);
        }
        return;
    }
    println!("{}", machine::describe());
    let hearth = Side::Hearth { switch: options.switch };
    let peer = options.peer.map(|folder| Installation::find(&folder).unwrap_or_else(|error| refuse(&error)));
    if let Some(peer) = &peer {
        println!("{}", peer.version());
    }
    let peer = peer.map(Side::Peer);
    let measure_both = |row: &'static Row| table::Line {
        row,
        hearth: measure("Hearth", row, &hearth, options.scale),
        peer: peer.as_ref().filter(|_| row.both).map(|peer| measure("the peer", row, peer, options.scale)),
    };
    let lines: Vec<_> = options.rows.into_iter().map(measure_both).collect();
    println!("\n{}", table::show(&lines, peer.is_some()));
}

fn refuse(error: &str) -> ! {
    eprintln!("{error}");
    std::process::exit(USAGE);
}

/// Measures one row; a row that fails is shown as failed and leaves the others alone.
fn measure(whose: &str, row: &Row, side: &Side, scale: Scale) -> Measured {
    eprintln!("{} ({whose}): {}", row.name, row.figure);
    let measure = std::panic::AssertUnwindSafe(|| (row.measure)(side, scale));
    let measured = std::panic::catch_unwind(measure).unwrap_or_else(|_| Measured {
        text: "could not be measured".to_owned(),
        good: false,
        figures: Vec::new(),
    });
    eprintln!("{} ({whose}): {}", row.name, measured.text);
    measured
}
