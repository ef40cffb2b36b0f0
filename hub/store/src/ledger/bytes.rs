//! The canonical form of what is hashed and signed: numbers in big endian, everything else behind its length. Knows no
//! entry.

/// Puts bytes behind their length in one byte. Longer ones do not occur: names and words are short.
pub(super) fn put_short(out: &mut Vec<u8>, bytes: &[u8]) {
    let bytes = bytes.get(..255).unwrap_or(bytes);
    out.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(bytes);
}

/// Puts bytes behind their length in four bytes.
pub(super) fn put_long(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Takes what was put, in the same order; `None` where the bytes end early.
pub(super) struct Parts<'b>(pub(super) &'b [u8]);

impl<'b> Parts<'b> {
    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    /// A number.
    pub(super) fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Bytes behind a length in one byte.
    pub(super) fn short(&mut self) -> Option<&'b [u8]> {
        let [length] = self.array()?;
        self.take(usize::from(length))
    }

    /// Bytes behind a length in four bytes.
    pub(super) fn long(&mut self) -> Option<&'b [u8]> {
        let length = u32::from_be_bytes(self.array()?);
        self.take(usize::try_from(length).ok()?)
    }

    /// Text behind a length in one byte.
    pub(super) fn word(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.short()?).ok()
    }

    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }
}
