//! Over-the-air upgrade (11): devices ask for images; this hub has none.

use crate::wire::record;
use crate::zcl::Status;
use crate::zcl::command::commands;

/// Over-the-air upgrade. The device is the client, the hub the server.
pub const CLUSTER: u16 = 0x0019;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// IEEE address of the server.
    pub const UPGRADE_SERVER_ID: u16 = 0x0000;
    /// Uint32.
    pub const FILE_OFFSET: u16 = 0x0001;
    /// Uint32.
    pub const CURRENT_FILE_VERSION: u16 = 0x0002;
}

record! {
    /// A device asks for its next image.
    pub struct QueryNextImage {
        /// Bit 0: the hardware version is present.
        pub control: u8,
        /// Manufacturer code.
        pub manufacturer: u16,
        /// Type of image.
        pub image_type: u16,
        /// Version that it runs.
        pub version: u32,
        /// Its hardware.
        pub hardware: Option<u16>,
    }

    /// The next image.
    pub struct QueryNextImageResponse {
        /// [`Status::NoImageAvailable`] if there is none.
        pub status: Status,
        /// Absent unless successful.
        pub image: Option<Image>,
    }

    /// An image.
    pub struct Image {
        /// Manufacturer code.
        pub manufacturer: u16,
        /// Type of image.
        pub image_type: u16,
        /// Its version.
        pub version: u32,
        /// Its size, bytes.
        pub size: u32,
    }
}

impl QueryNextImageResponse {
    /// There is none.
    pub fn none() -> Self {
        Self { status: Status::NoImageAvailable, image: None }
    }
}

commands! {
    /// Commands of the device.
    pub enum ToServer for CLUSTER, ToServer {
        /// It asks for its next image.
        QueryNextImage(query: QueryNextImage) = 0x01,
    }
}

commands! {
    /// Commands to the device.
    pub enum ToClient for CLUSTER, ToClient {
        /// The next image.
        QueryNextImageResponse(response: QueryNextImageResponse) = 0x02,
    }
}
