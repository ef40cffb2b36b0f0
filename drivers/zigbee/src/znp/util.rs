//! UTIL: what the NCP knows of itself and of its children.

use crate::wire::{Ieee, List, Rest, codes, record};
use crate::znp::Status;

codes! {
    /// Where the NCP stands in its network life.
    pub enum DeviceState: u8 {
        /// Initialised, not started.
        Hold = 0,
        /// Initialised, not connected.
        Init = 1,
        /// Looking for networks.
        Discovering = 2,
        /// Joining.
        Joining = 3,
        /// Rejoining.
        Rejoining = 4,
        /// Joined, not authenticated.
        Unauthenticated = 5,
        /// Running as end device.
        EndDevice = 6,
        /// Running as router.
        Router = 7,
        /// Starting as coordinator.
        StartingCoordinator = 8,
        /// Running as coordinator.
        Coordinator = 9,
        /// Lost its parent.
        Orphan = 10,
    }
}

record! {
    /// The NCP itself.
    pub struct DeviceInfo {
        /// 0 if valid.
        pub status: Status,
        /// Its IEEE address.
        pub ieee: Ieee,
        /// Its network address, 0 for a coordinator in a network.
        pub short: u16,
        /// Bits: 1 coordinator, 2 router, 4 end device.
        pub device_type: u8,
        /// Where it stands.
        pub state: DeviceState,
        /// Network addresses of its children.
        pub children: List<u16, 116>,
    }

    /// A row of the association table. Its layout depends on the chip: 28 bytes packed, 36 aligned.
    pub struct Association {
        /// Network address; 0xFFFF in an empty row.
        pub short: u16,
        /// Row of the address manager.
        pub address_index: u16,
        /// Parent 0, child end device 1 and 2, child router 3 and 4, sibling 5, other 6.
        pub relation: u8,
        /// The rest, whose length tells the alignment.
        pub rest: Rest<245>,
    }

    /// Look a child up by either address.
    pub struct AssocGetWithAddress {
        /// IEEE address, or 0.
        pub ieee: Ieee,
        /// Network address, or 0xFFFE.
        pub short: u16,
    }

    /// Put a device into the association table (Koenkk's builds).
    pub struct AssocAdd {
        /// IEEE address.
        pub ieee: Ieee,
        /// Network address.
        pub short: u16,
        /// As in [`Association::relation`].
        pub relation: u8,
    }
}
