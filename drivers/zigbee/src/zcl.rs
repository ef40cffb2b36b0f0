//! Zigbee cluster library: being built.
