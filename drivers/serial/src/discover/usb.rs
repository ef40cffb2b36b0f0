//! USB sticks as the file system shows them: the stable links of `/dev/serial/by-id`, and the ids that sysfs has for the device behind.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Candidate, sticks};
use crate::port::{Port, Settings};

/// How far above the tty its USB device may be in sysfs: port, interface, device, and some to spare.
const DEPTH: usize = 6;
/// More links than any machine has sticks.
const LINKS: usize = 256;

/// The likely adapters below `root` (`/` but in tests), by path. Unreadable entries are left out.
pub fn usb_adapters(root: &Path) -> Vec<Candidate> {
    let by_id = root.join("dev/serial/by-id");
    let Ok(entries) = fs::read_dir(&by_id) else { return Vec::new() };
    let mut links: Vec<PathBuf> = entries.flatten().take(LINKS).map(|entry| entry.path()).collect();
    links.sort();
    links.iter().filter_map(|link| candidate(root, link)).collect()
}

fn candidate(root: &Path, link: &Path) -> Option<Candidate> {
    let tty = fs::read_link(link).ok()?;
    let usb = Usb::of_tty(root, tty.file_name()?.as_ref())?;
    let by_id = link.file_name()?.to_string_lossy();
    let stick = sticks::find(usb.ids, &format!("{} {} {by_id}", usb.manufacturer, usb.product))?;
    let name = match stick.protocol {
        None if !usb.product.is_empty() => usb.product,
        _ => stick.name.to_owned(),
    };
    Some(Candidate {
        port: Port::Tty(Path::new("/").join(link.strip_prefix(root).ok()?)),
        name,
        protocol: stick.protocol,
        settings: Settings { baud: stick.baud, flow_control: stick.flow_control },
        serial_number: Some(usb.serial).filter(|serial| !serial.is_empty()),
    })
}

/// What a USB device says of itself; a text it does not have is empty.
struct Usb {
    ids: (u16, u16),
    manufacturer: String,
    product: String,
    serial: String,
}

impl Usb {
    fn of_tty(root: &Path, tty: &Path) -> Option<Self> {
        let port = fs::canonicalize(root.join("sys/class/tty").join(tty).join("device")).ok()?;
        port.ancestors().take(DEPTH).find_map(Self::read)
    }

    fn read(folder: &Path) -> Option<Self> {
        let text = |file: &str| fs::read_to_string(folder.join(file)).map(|text| text.trim().to_owned()).ok();
        let id = |file: &str| u16::from_str_radix(&text(file)?, 16).ok();
        Some(Self {
            ids: (id("idVendor")?, id("idProduct")?),
            manufacturer: text("manufacturer").unwrap_or_default(),
            product: text("product").unwrap_or_default(),
            serial: text("serial").unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::Protocol;
    use crate::port::FlowControl;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    /// A machine's file system with one USB device per call of `plug`.
    struct Machine(TempDir);

    impl Machine {
        fn new() -> Self {
            let machine = Self(tempfile::tempdir().unwrap());
            fs::create_dir_all(machine.at("dev/serial/by-id")).unwrap();
            fs::create_dir_all(machine.at("sys/class/tty")).unwrap();
            machine
        }

        fn at(&self, path: &str) -> PathBuf {
            self.0.path().join(path)
        }

        fn plug(&self, tty: &str, by_id: &str, texts: &[(&str, &str)]) {
            let device = format!("sys/devices/pci0/usb1/{tty}-device");
            let port = format!("{device}/1-1:1.0/{tty}");
            fs::create_dir_all(self.at(&port)).unwrap();
            for (file, text) in texts {
                fs::write(self.at(&device).join(file), format!("{text}\n")).unwrap();
            }
            fs::create_dir_all(self.at(&format!("sys/class/tty/{tty}"))).unwrap();
            symlink(self.at(&port), self.at(&format!("sys/class/tty/{tty}/device"))).unwrap();
            symlink(format!("../../{tty}"), self.at(&format!("dev/serial/by-id/{by_id}"))).unwrap();
        }
    }

    #[test]
    fn a_stick_is_found_by_its_stable_path_with_what_it_speaks() {
        let machine = Machine::new();
        let by_id = "usb-Nabu_Casa_ZBT-2_1CDB-if00";
        machine.plug(
            "ttyACM0",
            by_id,
            &[("idVendor", "303a"), ("idProduct", "4001"), ("product", "ZBT-2"), ("serial", "1CDB")],
        );
        let expected = Candidate {
            port: Port::Tty(Path::new("/dev/serial/by-id").join(by_id)),
            name: "Home Assistant Connect ZBT-2".to_owned(),
            protocol: Some(Protocol::Ezsp),
            settings: Settings { baud: 460_800, flow_control: FlowControl::Hardware },
            serial_number: Some("1CDB".to_owned()),
        };
        assert_eq!(usb_adapters(machine.0.path()), [expected]);
    }

    #[test]
    fn a_bare_bridge_is_named_by_itself_and_needs_asking() {
        let machine = Machine::new();
        machine.plug(
            "ttyUSB0",
            "usb-Silicon_Labs_CP2102N-if00-port0",
            &[("idVendor", "10c4"), ("idProduct", "ea60"), ("product", "CP2102N USB to UART")],
        );
        let found = usb_adapters(machine.0.path());
        let said: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.protocol, one.settings.baud)).collect();
        assert_eq!(said, [("CP2102N USB to UART", None, 115_200)]);
    }

    #[test]
    fn what_is_no_adapter_or_broken_is_left_out() {
        let machine = Machine::new();
        machine.plug("ttyUSB0", "usb-GPS-if00", &[("idVendor", "1546"), ("idProduct", "01a8")]);
        machine.plug("ttyUSB1", "usb-Odd-if00", &[("idVendor", "not hex"), ("idProduct", "ea60")]);
        symlink("../../ttyUSB9", machine.at("dev/serial/by-id/usb-Gone-if00")).unwrap();
        fs::write(machine.at("dev/serial/by-id/plain-file"), "").unwrap();
        assert_eq!(usb_adapters(machine.0.path()), []);
        assert_eq!(usb_adapters(&machine.at("nowhere")), []);
    }
}
