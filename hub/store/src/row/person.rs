//! People, their tokens and their sessions. A person's name, a token's id and a session's digest are in the table's key.

use home::{Ieee, Rights, Role, Timestamp};
use minicbor::{Decode, Encode};

use super::{Row, RowError, decode, encode};
use crate::model::{Passkey, PasswordHash, Person, Session, Token, TotpSecret};

#[derive(Encode, Decode)]
struct PersonRow<'b> {
    /// 0 admin, 1 resident, 2 guest.
    #[n(0)]
    role: u8,
    #[n(1)]
    until: Option<u64>,
    #[n(2)]
    devices: Vec<(u64, u8)>,
    #[n(3)]
    created: u64,
    #[b(4)]
    password: &'b str,
    #[b(5)]
    pin: Option<&'b str>,
    #[cbor(b(6), with = "minicbor::bytes")]
    totp: Option<&'b [u8]>,
    #[b(7)]
    passkeys: Vec<PasskeyRow<'b>>,
}

#[derive(Encode, Decode)]
struct PasskeyRow<'b> {
    #[cbor(b(0), with = "minicbor::bytes")]
    id: &'b [u8],
    #[b(1)]
    name: &'b str,
    #[cbor(b(2), with = "minicbor::bytes")]
    key: &'b [u8],
    #[n(3)]
    counter: u32,
    #[n(4)]
    created: u64,
    #[n(5)]
    used: Option<u64>,
}

#[derive(Encode, Decode)]
struct TokenRow<'b> {
    #[cbor(b(0), with = "minicbor::bytes")]
    digest: &'b [u8],
    #[b(1)]
    name: &'b str,
    #[b(2)]
    person: &'b str,
    #[n(3)]
    scopes: u8,
    #[n(4)]
    created: u64,
    #[n(5)]
    expires: Option<u64>,
}

#[derive(Encode, Decode)]
struct SessionRow<'b> {
    #[cbor(b(0), with = "minicbor::bytes")]
    digest: &'b [u8],
    #[b(1)]
    person: &'b str,
    #[n(2)]
    began: u64,
    #[n(3)]
    used: u64,
    #[b(4)]
    address: &'b str,
}

/// The person without the name.
pub(crate) fn write_person(person: &Person) -> Row {
    encode(&PersonRow {
        role: match person.role {
            Role::Admin => 0,
            Role::Resident => 1,
            Role::Guest => 2,
        },
        until: person.until.map(|at| at.0),
        devices: person.devices.iter().map(|(device, rights)| (device.0, rights.bits())).collect(),
        created: person.created.0,
        password: person.password.expose(),
        pin: person.pin.as_ref().map(PasswordHash::expose),
        totp: person.totp.as_ref().map(TotpSecret::expose),
        passkeys: person.passkeys.iter().map(passkey_row).collect(),
    })
}

fn passkey_row(passkey: &Passkey) -> PasskeyRow<'_> {
    let Passkey { id, name, key, counter, created, used } = passkey;
    PasskeyRow { id, name, key, counter: *counter, created: created.0, used: used.map(|at| at.0) }
}

/// The person called `name`.
pub(crate) fn read_person(name: &str, bytes: &[u8]) -> Result<Person, RowError> {
    let row: PersonRow<'_> = decode(bytes)?;
    let passkey = |key: PasskeyRow<'_>| Passkey {
        id: key.id.to_vec(),
        name: key.name.to_owned(),
        key: key.key.to_vec(),
        counter: key.counter,
        created: Timestamp(key.created),
        used: key.used.map(Timestamp),
    };
    Ok(Person {
        name: name.to_owned(),
        role: match row.role {
            0 => Role::Admin,
            1 => Role::Resident,
            2 => Role::Guest,
            _ => return Err(RowError::Value("an unknown role")),
        },
        until: row.until.map(Timestamp),
        devices: row.devices.into_iter().map(|(device, bits)| (Ieee(device), Rights::from_bits(bits))).collect(),
        created: Timestamp(row.created),
        password: PasswordHash::new(row.password.to_owned()),
        pin: row.pin.map(|pin| PasswordHash::new(pin.to_owned())),
        totp: row.totp.map(|secret| TotpSecret::new(secret.to_vec())),
        passkeys: row.passkeys.into_iter().map(passkey).collect(),
    })
}

/// The token without its id.
pub(crate) fn write_token(token: &Token) -> Row {
    encode(&TokenRow {
        digest: &token.digest,
        name: &token.name,
        person: &token.person,
        scopes: token.scopes.bits(),
        created: token.created.0,
        expires: token.expires.map(|at| at.0),
    })
}

/// The token of this id.
pub(crate) fn read_token(id: &str, bytes: &[u8]) -> Result<Token, RowError> {
    let row: TokenRow<'_> = decode(bytes)?;
    Ok(Token {
        id: id.to_owned(),
        digest: row.digest.try_into().map_err(|_| RowError::Value("a digest of another length"))?,
        name: row.name.to_owned(),
        person: row.person.to_owned(),
        scopes: Rights::from_bits(row.scopes),
        created: Timestamp(row.created),
        expires: row.expires.map(Timestamp),
    })
}

/// A session, whole.
pub(crate) fn write_session(session: &Session) -> Row {
    encode(&SessionRow {
        digest: &session.digest,
        person: &session.person,
        began: session.began.0,
        used: session.used.0,
        address: &session.address,
    })
}

/// A session, whole.
pub(crate) fn read_session(bytes: &[u8]) -> Result<Session, RowError> {
    let row: SessionRow<'_> = decode(bytes)?;
    Ok(Session {
        digest: row.digest.try_into().map_err(|_| RowError::Value("a digest of another length"))?,
        person: row.person.to_owned(),
        began: Timestamp(row.began),
        used: Timestamp(row.used),
        address: row.address.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use home::Right;

    use super::*;

    fn person(role: Role) -> Person {
        let rights: Rights = [Right::Read, Right::Lock].into_iter().collect();
        Person {
            name: "ada".to_owned(),
            role,
            until: Some(Timestamp(9)),
            devices: BTreeMap::from([(Ieee(7), rights)]),
            created: Timestamp(1),
            password: PasswordHash::new("$argon2id$1".to_owned()),
            pin: Some(PasswordHash::new("$argon2id$2".to_owned())),
            totp: Some(TotpSecret::new(vec![1; 20])),
            passkeys: vec![Passkey {
                id: vec![1, 2],
                name: "phone".to_owned(),
                key: vec![4; 65],
                counter: 3,
                created: Timestamp(2),
                used: None,
            }],
        }
    }

    #[test]
    fn people_tokens_and_sessions_read_back_as_written() {
        for role in [Role::Admin, Role::Resident, Role::Guest] {
            assert_eq!(read_person("ada", &write_person(&person(role))), Ok(person(role)));
        }
        let token = Token {
            id: "7f".to_owned(),
            digest: [5; 32],
            name: "garage".to_owned(),
            person: "ada".to_owned(),
            scopes: [Right::Read].into_iter().collect(),
            created: Timestamp(1),
            expires: None,
        };
        assert_eq!(read_token("7f", &write_token(&token)), Ok(token));
        let session = Session {
            digest: [6; 32],
            person: "ada".to_owned(),
            began: Timestamp(1),
            used: Timestamp(2),
            address: "192.0.2.1".to_owned(),
        };
        assert_eq!(read_session(&write_session(&session)), Ok(session));
    }

    #[test]
    fn nothing_of_a_person_prints_a_secret() {
        let shown = format!("{:?}", person(Role::Admin));
        assert!(!shown.contains("argon2id") && shown.contains("TotpSecret(..)"), "{shown}");
    }
}
