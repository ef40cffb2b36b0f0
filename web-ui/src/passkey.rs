//! Passkeys: what a browser signed, verified (W3C Web Authentication, Level 3). ES256 alone, and no attestation: who
//! makes a household's phones is not ours to judge.

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::people::PasskeyKey;

/// ES256 as COSE numbers it (RFC 9053, section 2.1).
const ES256: i32 = -7;
/// What stands before the 65 bytes of a P-256 point in a `SubjectPublicKeyInfo` (RFC 5480, section 2).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// Flag of the authenticator's data: somebody touched it (section 6.1).
const PRESENT: u8 = 0x01;
/// Flag of the authenticator's data: and it knows who, by a PIN, a finger or a face.
const VERIFIED: u8 = 0x04;
/// Length of an id at most (section 4, credential id).
const ID: usize = 1023;
/// How long a browser waits for its user, in milliseconds.
const PATIENCE: u64 = 120_000;

/// The page that asks, as a browser names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// `https://hearth.local`.
    pub(crate) origin: String,
    /// The name that passkeys are bound to: `hearth.local`.
    pub(crate) name: String,
}

/// What `navigator.credentials.create` brought, in `toJSON`'s form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    id: String,
    response: CreatedResponse,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    public_key: String,
    public_key_algorithm: i32,
}

/// What `navigator.credentials.get` brought, in `toJSON`'s form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asserted {
    id: String,
    response: AssertedResponse,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertedResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// What was signed is not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasskeyError {
    /// It can't be read.
    #[error("the passkey's answer can't be read")]
    Form,
    /// It is for another question, page or kind.
    #[error("the passkey answered another question; try again")]
    Other,
    /// Nobody proved to the device who they are.
    #[error("the device did not check who you are; give it a PIN, a finger or a face first")]
    Unverified,
    /// A kind of key that is not known here.
    #[error("this device makes a kind of passkey that the hub does not know (ES256 is needed)")]
    Algorithm,
    /// The signature is wrong, or the passkey was copied.
    #[error("this is not the passkey that was added")]
    Signature,
}

/// Options for making a passkey (section 5.4), in JSON's form; `known` are those there are already.
pub(crate) fn creation(site: &Site, challenge: &[u8], user: &str, known: &[Vec<u8>]) -> Value {
    // The handle must tell nothing about its user (section 14.6.1), and be the same for the same one.
    let handle = Sha256::digest([b"hearth user ", user.to_lowercase().as_bytes()].concat());
    json!({
        "rp": {"id": site.name, "name": "Hearth"},
        "user": {"id": encode(&handle), "name": user, "displayName": user},
        "challenge": encode(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": ES256}],
        "timeout": PATIENCE,
        "excludeCredentials": descriptors(known),
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "required"},
        "attestation": "none",
    })
}

/// Options for using one (section 5.5); `known` are those that will do, all if it is empty.
pub(crate) fn request(site: &Site, challenge: &[u8], known: &[Vec<u8>]) -> Value {
    json!({
        "challenge": encode(challenge), "rpId": site.name, "timeout": PATIENCE,
        "allowCredentials": descriptors(known), "userVerification": "required",
    })
}

fn descriptors(ids: &[Vec<u8>]) -> Vec<Value> {
    ids.iter().map(|id| json!({"type": "public-key", "id": encode(id)})).collect()
}

impl Created {
    /// The new passkey's id and key (section 7.1, without attestation).
    pub(crate) fn verify(&self, site: &Site, challenge: &[u8]) -> Result<(Vec<u8>, PasskeyKey), PasskeyError> {
        check_client(&decode(&self.response.client_data)?, "webauthn.create", site, challenge)?;
        let counter = check_authenticator(&decode(&self.response.authenticator_data)?, site)?;
        if self.response.public_key_algorithm != ES256 {
            return Err(PasskeyError::Algorithm);
        }
        let key = decode(&self.response.public_key)?;
        let point = key.strip_prefix(&P256_PREFIX).filter(|point| point.len() == 65);
        let point = point.ok_or(PasskeyError::Algorithm)?.to_vec();
        Ok((self.id()?, PasskeyKey { point, counter }))
    }

    fn id(&self) -> Result<Vec<u8>, PasskeyError> {
        decode(&self.id).and_then(|id| if (16..=ID).contains(&id.len()) { Ok(id) } else { Err(PasskeyError::Form) })
    }
}

impl Asserted {
    /// Which passkey it is said to be.
    pub(crate) fn id(&self) -> Result<Vec<u8>, PasskeyError> {
        decode(&self.id)
    }

    /// The new count of uses, if it is this passkey (section 7.2).
    pub(crate) fn verify(&self, site: &Site, challenge: &[u8], known: &PasskeyKey) -> Result<u32, PasskeyError> {
        let client = decode(&self.response.client_data)?;
        check_client(&client, "webauthn.get", site, challenge)?;
        let authenticator = decode(&self.response.authenticator_data)?;
        let counter = check_authenticator(&authenticator, site)?;
        let signed = [authenticator.as_slice(), &Sha256::digest(&client)].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &known.point);
        key.verify(&signed, &decode(&self.response.signature)?).map_err(|_| PasskeyError::Signature)?;
        // One that counts must count on; synced passkeys say 0 for ever (section 6.1.1).
        if (counter, known.counter) != (0, 0) && counter <= known.counter {
            return Err(PasskeyError::Signature);
        }
        Ok(counter)
    }
}

fn check_client(bytes: &[u8], kind: &str, site: &Site, challenge: &[u8]) -> Result<(), PasskeyError> {
    let client: ClientData = serde_json::from_slice(bytes).map_err(|_| PasskeyError::Form)?;
    let fits = client.kind == kind
        && client.challenge == encode(challenge)
        && client.origin == site.origin
        && !client.cross_origin;
    if fits { Ok(()) } else { Err(PasskeyError::Other) }
}

/// The count of uses in an authenticator's data: hash of the site's name, flags, count (section 6.1).
fn check_authenticator(bytes: &[u8], site: &Site) -> Result<u32, PasskeyError> {
    let (hash, rest) = bytes.split_first_chunk::<32>().ok_or(PasskeyError::Form)?;
    let (flags, rest) = rest.split_first().ok_or(PasskeyError::Form)?;
    let (counter, _) = rest.split_first_chunk::<4>().ok_or(PasskeyError::Form)?;
    if hash.as_slice() != Sha256::digest(site.name.as_bytes()).as_slice() {
        return Err(PasskeyError::Other);
    }
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(PasskeyError::Unverified);
    }
    Ok(u32::from_be_bytes(*counter))
}

fn encode(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, PasskeyError> {
    BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).map_err(|_| PasskeyError::Form)
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    const CHALLENGE: [u8; 32] = [7; 32];

    fn site() -> Site {
        Site { origin: "https://hearth.local".to_owned(), name: "hearth.local".to_owned() }
    }

    struct Device(EcdsaKeyPair);

    impl Device {
        fn new() -> Self {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).unwrap())
        }

        fn client(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
            json!({"type": kind, "challenge": encode(challenge), "origin": origin}).to_string().into_bytes()
        }

        fn data(name: &str, flags: u8, counter: u32) -> Vec<u8> {
            [Sha256::digest(name.as_bytes()).as_slice(), &[flags], &counter.to_be_bytes()].concat()
        }

        fn create(&self, algorithm: i32) -> Created {
            serde_json::from_value(json!({"id": encode(&[9; 16]), "type": "public-key", "response": {
                "clientDataJSON": encode(&Self::client("webauthn.create", &CHALLENGE, "https://hearth.local")),
                "authenticatorData": encode(&Self::data("hearth.local", 5, 0)),
                "publicKey": encode(&[P256_PREFIX.as_slice(), self.0.public_key().as_ref()].concat()),
                "publicKeyAlgorithm": algorithm, "transports": ["internal"],
            }}))
            .unwrap()
        }

        fn sign(&self, client: &[u8], data: &[u8]) -> Asserted {
            let signed = [data, &Sha256::digest(client)].concat();
            let signature = self.0.sign(&SystemRandom::new(), &signed).unwrap();
            serde_json::from_value(json!({"id": encode(&[9; 16]), "response": {
                "clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature.as_ref()),
            }}))
            .unwrap()
        }
    }

    #[test]
    fn a_passkey_that_was_added_opens_and_a_copy_does_not() {
        let device = Device::new();
        let (id, mut key) = device.create(ES256).verify(&site(), &CHALLENGE).unwrap();
        assert_eq!(id, [9; 16]);
        let client = Device::client("webauthn.get", &CHALLENGE, "https://hearth.local");
        let used = device.sign(&client, &Device::data("hearth.local", 5, 3));
        assert_eq!(used.verify(&site(), &CHALLENGE, &key), Ok(3));
        key.counter = 3;
        assert_eq!(used.verify(&site(), &CHALLENGE, &key), Err(PasskeyError::Signature), "an old count");
        let stranger = Device::new().sign(&client, &Device::data("hearth.local", 5, 4));
        assert_eq!(stranger.verify(&site(), &CHALLENGE, &key), Err(PasskeyError::Signature));
    }

    #[test]
    fn what_was_signed_for_something_else_is_refused() {
        let device = Device::new();
        let (_, key) = device.create(ES256).verify(&site(), &CHALLENGE).unwrap();
        let verify = |kind: &str, challenge: &[u8], origin: &str, name: &str, flags: u8| {
            device.sign(&Device::client(kind, challenge, origin), &Device::data(name, flags, 0)).verify(
                &site(),
                &CHALLENGE,
                &key,
            )
        };
        let (get, ours, name) = ("webauthn.get", "https://hearth.local", "hearth.local");
        assert_eq!(verify(get, &CHALLENGE, ours, name, 5), Ok(0));
        assert_eq!(verify("webauthn.create", &CHALLENGE, ours, name, 5), Err(PasskeyError::Other));
        assert_eq!(verify(get, &[8; 32], ours, name, 5), Err(PasskeyError::Other));
        assert_eq!(verify(get, &CHALLENGE, "https://evil.example", name, 5), Err(PasskeyError::Other));
        assert_eq!(verify(get, &CHALLENGE, ours, "evil.example", 5), Err(PasskeyError::Other));
        assert_eq!(verify(get, &CHALLENGE, ours, name, 1), Err(PasskeyError::Unverified));
        assert_eq!(verify(get, &CHALLENGE, ours, name, 4), Err(PasskeyError::Unverified));
        assert!(device.create(-257).verify(&site(), &CHALLENGE).is_err());
    }

    #[test]
    fn no_bytes_are_a_panic() {
        for text in ["", "AA", "%%%", "e30", "eyJ0eXBlIjoxfQ"] {
            let response = json!({"id": text, "response": {
                "clientDataJSON": text, "authenticatorData": text, "signature": text,
            }});
            let asserted: Asserted = serde_json::from_value(response).unwrap();
            let key = PasskeyKey { point: vec![4; 65], counter: 0 };
            assert!(asserted.verify(&site(), &CHALLENGE, &key).is_err());
        }
    }
}
