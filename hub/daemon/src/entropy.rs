//! The operating system's random source, as drivers see it.

use zigbee::ncp::Entropy;

/// Random bytes from the operating system.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        // Without random bytes a network key would be no secret: better no network at all.
        getrandom::fill(bytes).expect("the operating system has random bytes once it has booted");
    }
}
