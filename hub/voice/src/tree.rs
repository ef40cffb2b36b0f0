//! JSON from outside, read without surprises: a key that comes twice is an error, and a number stays as it was written.
//! Knows nothing of what a message means. `serde_json` bounds the depth (128), the caller the length.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A JSON value. It may hold a PIN, so it can't be printed.
pub(crate) enum Tree {
    /// A key that is there without a value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number that a double can hold.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Tree>),
    /// An object; no key was there twice.
    Object(BTreeMap<String, Tree>),
}

impl Tree {
    /// Reads a whole body, `None` if it is not JSON or says a key twice.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// What an object has under `key`; an explicit null counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.get(key).filter(|value| !matches!(value, Self::Null)),
            _ => None,
        }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    pub(crate) fn number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// A text that can be said back: 1 to `most` printable ASCII characters, none of which grows when it is written as JSON.
    pub(crate) fn token(&self, most: usize) -> Option<&str> {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        self.text().filter(|text| (1..=most).contains(&text.len()) && text.bytes().all(plain))
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
        Number::from_f64(value).map(Tree::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut object = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry::<String, Tree>()? {
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("a key comes twice"));
            }
        }
        Ok(Tree::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_once() {
        assert!(Tree::parse(br#"{"a":{"b":1,"c":2}}"#).is_some());
        for bad in
            [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"b":2}}"#, r#"[{"b":1,"\u0062":2}]"#, "{} {}", "", "NaN", "1e999"]
        {
            assert!(Tree::parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        for (depth, fine) in [(100, true), (200, false), (6_000, false)] {
            let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(Tree::parse(nested.as_bytes()).is_some(), fine, "{depth}");
        }
    }

    #[test]
    fn a_token_does_not_grow() {
        for (text, fine) in
            [("a/b+c==", true), ("", false), ("abcdefghi", false), ("a b", false), ("a\\nb", false), ("é", false)]
        {
            let tree = Tree::parse(format!("\"{text}\"").as_bytes()).unwrap();
            assert_eq!(tree.token(8).is_some(), fine, "{text}");
        }
    }
}
