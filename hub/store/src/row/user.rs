//! An MQTT user. The name is in the table's key.

use home::Timestamp;
use minicbor::{Decode, Encode};

use super::{Row, RowError, decode, encode};
use crate::model::{PasswordHash, User};

#[derive(Encode, Decode)]
struct UserRow<'b> {
    #[b(0)]
    preset: &'b str,
    #[b(1)]
    hash: &'b str,
    /// Milliseconds since 1970.
    #[n(2)]
    created: u64,
}

/// The user without the name.
pub(crate) fn write_user(user: &User) -> Row {
    encode(&UserRow { preset: &user.preset, hash: user.hash.expose(), created: user.created.0 })
}

/// The user called `name`.
pub(crate) fn read_user(name: &str, bytes: &[u8]) -> Result<User, RowError> {
    let row: UserRow<'_> = decode(bytes)?;
    Ok(User {
        name: name.to_owned(),
        preset: row.preset.to_owned(),
        hash: PasswordHash::new(row.hash.to_owned()),
        created: Timestamp(row.created),
    })
}
