//! The first admin: made by whoever knows the set-up code, which only those see who can read the hub's log or run its
//! command line. It works once, for an hour, and only while nobody lives here.

use std::time::Duration;

use home::admin::Secret;
use home::{Role, Timestamp};
use sha2::{Digest, Sha256};
use store::Person;
use web_ui::Refused;

use super::{People, checked_password, conflict, forbidden, names, random};

/// How long a code works.
const LIFE: Duration = Duration::from_secs(3600);
/// So many wrong guesses at one code, and it works no more.
const GUESSES: u32 = 20;
/// 32 letters and digits that nobody mistakes for one another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// The code that works now, if one does.
#[derive(Default)]
pub(super) struct Setup(Option<Code>);

struct Code {
    digest: [u8; 32],
    made: Timestamp,
    wrong: u32,
}

/// What a code is compared by, without the hyphen and in whatever case it was typed.
fn digest(code: &str) -> [u8; 32] {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    Sha256::digest(letters.as_bytes()).into()
}

impl Setup {
    fn fits(&mut self, code: &str, now: Timestamp) -> bool {
        let Some(known) = &mut self.0 else { return false };
        if now.since(known.made) >= LIFE || known.wrong >= GUESSES {
            return false;
        }
        let fits = known.digest == digest(code);
        known.wrong += u32::from(!fits);
        fits
    }
}

impl People {
    /// Makes a new code; the one before works no more. 50 bits: 12 hexadecimal digits and a half.
    pub(crate) fn make_setup_code(&self) -> Result<Secret, Refused> {
        if !self.is_empty() {
            let error = "somebody lives here already; `hearth person add NAME --role admin` makes another admin";
            return Err(conflict(error));
        }
        let letters = random::<10>()?.map(|byte| ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'A'));
        let letters: String = letters.into_iter().map(char::from).collect();
        let (left, right) = letters.split_at(5);
        let code = Secret::new(format!("{left}-{right}"));
        self.table().setup = Setup(Some(Code { digest: digest(code.expose()), made: self.now(), wrong: 0 }));
        Ok(code)
    }

    /// Whether nobody lives here.
    pub(crate) fn is_empty(&self) -> bool {
        self.table().people.is_empty()
    }

    pub(super) async fn make_first(&self, code: &Secret, name: &str, password: Secret) -> Result<(), Refused> {
        let _changing = self.0.changing.lock().await;
        if !self.is_empty() {
            return Err(conflict("this hub was set up already; log in, or ask its admin"));
        }
        let now = self.now();
        let name = names::checked(name)?;
        checked_password(&password)?;
        if !self.table().setup.fits(code.expose(), now) {
            return Err(forbidden(
                "this is not the set-up code, or it is too old; `sudo hearth setup-code` makes a new one",
            ));
        }
        let person = Person::new(name, Role::Admin, self.hash(password).await?, now);
        self.keep(person).await?;
        self.table().setup = Setup::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(made: u64) -> Setup {
        Setup(Some(Code { digest: digest("ABCDE-FGHJK"), made: Timestamp(made), wrong: 0 }))
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["ABCDE-FGHJK", "abcdefghjk", " abcde fghjk "] {
            assert!(setup(0).fits(typed, Timestamp(0)), "{typed}");
        }
        assert!(!setup(0).fits("ABCDE-FGHJL", Timestamp(0)));
        assert!(!Setup::default().fits("", Timestamp(0)));
    }

    #[test]
    fn a_code_ends_after_an_hour_and_after_guesses() {
        assert!(!setup(0).fits("ABCDE-FGHJK", Timestamp(3_600_000)));
        let mut guessed = setup(0);
        for _ in 0..GUESSES {
            assert!(!guessed.fits("AAAAA-AAAAA", Timestamp(0)));
        }
        assert!(!guessed.fits("ABCDE-FGHJK", Timestamp(0)));
    }
}
