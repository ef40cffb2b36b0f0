//! The hub's own certificate authority, and the certificate that it gives the hub's server.
//!
//! It knows X.509 and what such a certificate may say. It keeps no file and reads no clock: the daemon stores the texts
//! that [`Authority::write`] and [`ServerCertificate::write`] give, and says what time it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use data_encoding::HEXUPPER;
use home::Timestamp;
use home::admin::Secret;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData, SanType,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const DAY: u64 = 86_400;
/// How long an authority is good for: installing one takes a walk to each device.
const AUTHORITY_DAYS: u64 = 3650;
/// How long a server's certificate is good for, its day of slack included. Browsers take at most 398.
const SERVER_DAYS: u64 = 397;
/// A certificate is renewed so long before its end.
const RENEWED_DAYS: u64 = 30;
/// Certificates begin a day early: other machines' clocks are a little behind.
const SLACK: u64 = DAY;
/// No certificate is older than this program (2026-01-01). A machine without a battery starts with its clock in 1970,
/// and an authority made then would have ended long ago.
const EPOCH: u64 = 1_767_225_600;
/// 2200-01-01: a clock beyond it is wrong, and the encoding of dates has an end.
const LATEST: u64 = 7_258_118_400;

/// Names of which the authority may speak, with all below them. The bare name of the hub is not among them: "house" and
/// "haus" are domains of the internet too, and a constraint holds for all names below.
const DOMAINS: [&str; 2] = ["local", "localhost"];
/// Private, link-local and loopback addresses (RFC 1918, 3927, 4193, 4291).
const NETWORKS: [(IpAddr, u8); 8] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
];

/// A certificate can't be made, or a kept one not be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// It can't be made.
    #[error("can't make a certificate")]
    Make(#[from] rcgen::Error),
    /// What was kept is no authority or no certificate, in whole or in part.
    #[error("what was kept is damaged ({0})")]
    Damaged(&'static str),
}

/// The hub's certificate authority with its key. It prints without the key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    name: String,
    /// Seconds since 1970.
    ends: u64,
    /// PEM.
    certificate: String,
    /// PEM, PKCS #8.
    key: Secret,
}

/// The certificate of the hub's server with its key. It prints without the key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerCertificate {
    /// Names and addresses that it is for.
    names: Vec<String>,
    /// Seconds since 1970.
    begins: u64,
    ends: u64,
    /// The fingerprint of the authority that made it.
    authority: String,
    /// PEM.
    certificate: String,
    /// PEM, PKCS #8.
    key: Secret,
}

impl Authority {
    /// Makes the authority of the hub called `hub`, for ten years from `now`. Its certificate speaks for names of the
    /// home alone: who steals the key can't play the owner's bank.
    pub fn make(hub: &str, now: Timestamp) -> Result<Self, CertificateError> {
        let name = format!("Hearth {hub} local authority");
        let name = name.replace("Hearth Hearth", "Hearth");
        let begins = begin(now);
        let ends = begins + AUTHORITY_DAYS * DAY;
        let mut params = params(&name);
        params.not_before = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(begins);
        params.not_after = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(ends);
        params.name_constraints =
            Some(NameConstraints { permitted_subtrees: constraints(), excluded_subtrees: Vec::new() });
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { name, ends, certificate, key: Secret::new(key.serialize_pem()) })
    }

    /// Takes up what [`write`](Self::write) gave.
    pub fn read(text: &str) -> Result<Self, CertificateError> {
        let authority: Self =
            serde_json::from_str(text).map_err(|_| CertificateError::Damaged("not as it was written"))?;
        let key = authority.key()?;
        let certificate = authority.der()?;
        let public = key.subject_public_key_info();
        if !certificate.windows(public.len()).any(|part| part == public) {
            return Err(CertificateError::Damaged("key and certificate do not belong together"));
        }
        Ok(authority)
    }

    /// All there is to keep, as one text. It holds the key.
    pub fn write(&self) -> Secret {
        written(self)
    }

    /// What it calls itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it ends.
    pub fn ends(&self) -> Timestamp {
        Timestamp(self.ends.saturating_mul(1000))
    }

    /// The certificate in PEM, for everybody.
    pub fn pem(&self) -> &str {
        &self.certificate
    }

    /// The certificate's bytes.
    pub fn der(&self) -> Result<Vec<u8>, CertificateError> {
        Ok(certificate_of(&self.certificate)?.to_vec())
    }

    /// SHA-256 of the certificate, as browsers and telephones show it: `AB:CD:…`.
    pub fn fingerprint(&self) -> Result<String, CertificateError> {
        Ok(fingerprint(&self.der()?))
    }

    /// Makes a certificate with a new key for those of `names` that the authority may speak for.
    pub fn issue(&self, names: &[String], now: Timestamp) -> Result<ServerCertificate, CertificateError> {
        let names: Vec<String> = names.iter().filter(|name| is_of_the_home(name)).cloned().collect();
        let begins = begin(now);
        let ends = (begins + SERVER_DAYS * DAY).min(self.ends);
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Hearth");
        params.subject_alt_names = names.iter().map(|name| subject(name)).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(begins);
        params.not_after = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(ends);
        // A new key each time: the serial number comes from it, and an authority must not give one twice.
        let key = KeyPair::generate()?;
        let issuer = Issuer::new(self::params(&self.name), self.key()?);
        let certificate = params.signed_by(&key, &issuer)?.pem();
        let authority = self.fingerprint()?;
        Ok(ServerCertificate { names, begins, ends, authority, certificate, key: Secret::new(key.serialize_pem()) })
    }

    fn key(&self) -> Result<KeyPair, CertificateError> {
        KeyPair::from_pem(self.key.expose()).map_err(|_| CertificateError::Damaged("no key"))
    }
}

impl ServerCertificate {
    /// Takes up what [`write`](Self::write) gave.
    pub fn read(text: &str) -> Result<Self, CertificateError> {
        let kept: Self = serde_json::from_str(text).map_err(|_| CertificateError::Damaged("not as it was written"))?;
        kept.pair()?;
        Ok(kept)
    }

    /// All there is to keep, as one text. It holds the key.
    pub fn write(&self) -> Secret {
        written(self)
    }

    /// When it ends.
    pub fn ends(&self) -> Timestamp {
        Timestamp(self.ends.saturating_mul(1000))
    }

    /// The names and addresses that it is for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether another one is needed: it ends soon, the clock was wrong when it was made, it is of another authority, or
    /// one of `names` is missing. A name that went is no reason: addresses come and go.
    pub fn is_due(&self, authority: &Authority, names: &[String], now: Timestamp) -> bool {
        let now = now.seconds().clamp(EPOCH, LATEST);
        let ends_soon = now + RENEWED_DAYS * DAY >= self.ends && self.ends < authority.ends;
        let missing = names.iter().any(|name| is_of_the_home(name) && !self.names.contains(name));
        let foreign = authority.fingerprint().is_ok_and(|fingerprint| fingerprint != self.authority);
        ends_soon || now + SLACK < self.begins || missing || foreign
    }

    /// Certificate and key, for the server.
    pub(crate) fn pair(&self) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), CertificateError> {
        let key = PrivateKeyDer::from_pem_slice(self.key.expose().as_bytes());
        Ok((certificate_of(&self.certificate)?, key.map_err(|_| CertificateError::Damaged("no key"))?))
    }
}

/// SHA-256 of a certificate's bytes: `AB:CD:…`.
pub(crate) fn fingerprint(certificate: &[u8]) -> String {
    Sha256::digest(certificate).iter().map(|byte| HEXUPPER.encode(&[*byte])).collect::<Vec<_>>().join(":")
}

fn certificate_of(pem: &str) -> Result<CertificateDer<'static>, CertificateError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| CertificateError::Damaged("no certificate"))
}

fn written(kept: &impl Serialize) -> Secret {
    Secret::new(serde_json::to_string(kept).expect("strings and numbers are always JSON"))
}

/// What the authority's own certificate and its signatures have in common.
fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn begin(now: Timestamp) -> u64 {
    now.seconds().clamp(EPOCH, LATEST) - SLACK
}

fn constraints() -> Vec<GeneralSubtree> {
    let domains = DOMAINS.iter().map(|domain| GeneralSubtree::DnsName((*domain).to_owned()));
    let network =
        |(address, prefix): &(IpAddr, u8)| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, *prefix));
    domains.chain(NETWORKS.iter().map(network)).collect()
}

fn subject(name: &str) -> Result<SanType, rcgen::Error> {
    Ok(match name.parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(name.try_into()?),
    })
}

/// Whether the authority may speak for a name or an address.
fn is_of_the_home(name: &str) -> bool {
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    match name.parse::<IpAddr>() {
        Ok(address) => NETWORKS.iter().any(|(network, prefix)| lies_in(address, *network, *prefix)),
        Err(_) => name == "localhost" || name.strip_suffix(".local").is_some_and(is_label),
    }
}

fn lies_in(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX << (32 - u32::from(prefix));
            address.to_bits() & mask == network.to_bits()
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let mask = u128::MAX << (128 - u32::from(prefix));
            address.to_bits() & mask == network.to_bits()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
