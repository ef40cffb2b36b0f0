//! A secret text of Amazon's: a code, a token, a client's secret. Does not print, and is forgotten when dropped.

use std::fmt;

use axum::http::HeaderValue;
use serde::Deserialize;
use zeroize::Zeroizing;

/// The longest that is taken, in bytes. Amazon says 2048.
const LONGEST: usize = 4096;

/// 1 to 4096 printable ASCII characters, none of which JSON or a header would have to escape.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Secret(Zeroizing<String>);

/// Why a text is no secret. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 1 to {LONGEST} printable characters")]
pub(crate) struct NoSecret;

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// As an `Authorization` header, which does not print either.
    pub(crate) fn bearer(&self) -> Result<HeaderValue, NoSecret> {
        let text = Zeroizing::new(format!("Bearer {}", self.expose()));
        let mut value = HeaderValue::from_str(&text).map_err(|_| NoSecret)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl TryFrom<String> for Secret {
    type Error = NoSecret;

    fn try_from(text: String) -> Result<Self, NoSecret> {
        let text = Zeroizing::new(text);
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain);
        if fits { Ok(Self(text)) } else { Err(NoSecret) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(_)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stays_as_it_is_and_unsaid() {
        let longest = "x".repeat(LONGEST);
        for fine in ["Atza|a/b+c==", &longest] {
            let secret = Secret::try_from(fine.to_owned()).unwrap();
            assert_eq!(secret.expose(), fine);
            assert_eq!(secret.bearer().unwrap().as_bytes(), format!("Bearer {fine}").as_bytes());
            assert!(!format!("{secret:?} {:?}", secret.bearer()).contains(fine));
        }
        for wrong in ["", "a b", "a\nb", "a\"b", "a\\b", "ä", &format!("{longest}x")] {
            assert!(Secret::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        // Not even the reader of JSON repeats it.
        let error = serde_json::from_str::<Secret>("\"not fit\"").unwrap_err();
        assert!(!error.to_string().contains("fit"), "{error}");
    }
}
