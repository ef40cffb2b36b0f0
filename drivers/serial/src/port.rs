//! What the owner writes down about a port: where it is and how it is set.
//!
//! Knows the text forms. Does not know whether the port exists.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where an adapter is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Port {
    /// A tty by its absolute path, best the `/dev/serial/by-id/…` link: `ttyUSB0` changes places.
    Tty(PathBuf),
    /// A raw TCP socket of a network adapter; the name is looked up again at each connect.
    Tcp {
        /// Name or address; an IPv6 address without its brackets.
        host: String,
        /// 1 to 65535.
        port: u16,
    },
}

/// Why a text is no port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParsePortError {
    /// Neither a path nor a URL.
    #[error("port \"{0}\" is neither a path such as /dev/serial/by-id/… nor tcp://host:port")]
    Form(String),
    /// `tcp://` without `:port`.
    #[error("port \"{0}\" has no port number; network adapters mostly use 6638, as in tcp://host:6638")]
    NoNumber(String),
    /// The part after the last colon is not 1 to 65535.
    #[error("port number \"{0}\" is not in 1 to 65535")]
    Number(String),
    /// Nothing, or something that cannot be a host, between `tcp://` and the port number.
    #[error("host \"{0}\" is not a name or an address")]
    Host(String),
}

impl FromStr for Port {
    type Err = ParsePortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(rest) = text.strip_prefix("tcp://") {
            return parse_tcp(text, rest);
        }
        if text.starts_with('/') && text.len() > 1 && !text.contains('\0') {
            return Ok(Self::Tty(PathBuf::from(text)));
        }
        Err(ParsePortError::Form(text.to_owned()))
    }
}

fn parse_tcp(text: &str, rest: &str) -> Result<Port, ParsePortError> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, number) = match rest.rsplit_once(':') {
        Some((host, number)) if !number.contains(']') => (host, number),
        _ => return Err(ParsePortError::NoNumber(text.to_owned())),
    };
    let port =
        number.parse().ok().filter(|port| *port != 0).ok_or_else(|| ParsePortError::Number(number.to_owned()))?;
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let valid = |host: &str| !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || "/@[]".contains(c));
    match bracketed {
        Some(inner) if inner.contains(':') && valid(inner) => Ok(Port::Tcp { host: inner.to_owned(), port }),
        None if !host.contains(':') && valid(host) => Ok(Port::Tcp { host: host.to_owned(), port }),
        _ => Err(ParsePortError::Host(host.to_owned())),
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tty(path) => write!(f, "{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

/// How a tty paces its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlowControl {
    /// Not at all (nearly every TI adapter).
    #[default]
    None,
    /// XON and XOFF bytes. For protocols that escape them (EZSP's ASH); ZNP does not.
    Software,
    /// RTS/CTS wires.
    Hardware,
}

/// How a tty is set; a TCP port has no use for it. Always 8 data bits, no parity, 1 stop bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Bits per second.
    pub baud: u32,
    /// Pacing.
    pub flow_control: FlowControl,
}

impl Default for Settings {
    /// 115200 without flow control: what most adapters speak.
    fn default() -> Self {
        Self { baud: 115_200, flow_control: FlowControl::None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tcp(host: &str, port: u16) -> Port {
        Port::Tcp { host: host.to_owned(), port }
    }

    #[test]
    fn paths_and_urls_are_told_apart() {
        assert_eq!("/dev/ttyACM0".parse(), Ok(Port::Tty("/dev/ttyACM0".into())));
        assert_eq!("tcp://slzb-06.local:6638".parse(), Ok(tcp("slzb-06.local", 6638)));
        assert_eq!("tcp://192.168.1.9:8888/".parse(), Ok(tcp("192.168.1.9", 8888)));
        assert_eq!("tcp://[fe80::1%eth0]:6638".parse(), Ok(tcp("fe80::1%eth0", 6638)));
    }

    #[test]
    fn what_is_wrong_is_said_with_the_value() {
        let error = |text: &str| text.parse::<Port>().unwrap_err();
        for text in ["", "/", "ttyUSB0", "socket://host:1", "/dev/tty\0"] {
            assert_eq!(error(text), ParsePortError::Form(text.to_owned()));
        }
        assert_eq!(error("tcp://host"), ParsePortError::NoNumber("tcp://host".to_owned()));
        assert_eq!(error("tcp://[::1]"), ParsePortError::NoNumber("tcp://[::1]".to_owned()));
        for number in ["", "0", "65536", "http", "-1"] {
            assert_eq!(error(&format!("tcp://host:{number}")), ParsePortError::Number(number.to_owned()));
        }
        for host in ["", "a b", "user@host", "::1", "[host]", "x/y"] {
            assert_eq!(error(&format!("tcp://{host}:6638")), ParsePortError::Host(host.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn a_parsed_port_prints_as_something_that_parses_to_it(text in "(/[a-z]{1,9}|tcp://([a-z.]{1,9}|\\[[0-9a-f:]{1,9}\\]):[0-9]{1,5})") {
            if let Ok(port) = text.parse::<Port>() {
                prop_assert_eq!(port.to_string().parse(), Ok(port));
            }
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = text.parse::<Port>();
            let _ = format!("tcp://{text}").parse::<Port>();
        }
    }
}
