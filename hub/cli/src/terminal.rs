//! Where words come from and go to: standard streams, or a test's.

use std::io::{self, BufRead, Write};

use home::admin::Secret;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::text;

/// The longest line that is read, in bytes.
const LINE: u64 = 4096;

/// The three streams, and whether a person sits at them.
pub(crate) struct Terminal<'a> {
    /// Standard output, locked.
    pub(crate) out: &'a mut dyn Write,
    /// Standard error.
    pub(crate) err: &'a mut dyn Write,
    /// Standard input, locked.
    pub(crate) input: &'a mut dyn BufRead,
    /// A person reads what we print.
    pub(crate) is_read: bool,
    /// A person can answer.
    pub(crate) can_answer: bool,
}

impl Terminal<'_> {
    /// Prints text that ends its own lines.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }

    /// Prints a value as one line of JSON.
    pub(crate) fn print_json(&mut self, value: &Value) -> Result<(), Failure> {
        self.print(&format!("{}\n", text::json(value)))
    }

    /// Asks a question and returns the answer's line, trimmed.
    pub(crate) fn question(&mut self, question: &str) -> Result<String, Failure> {
        write!(self.err, "{question} ")?;
        self.err.flush()?;
        Ok(self.line()?.trim().to_owned())
    }

    /// Reads a secret from standard input, one line; a person does not see it.
    pub(crate) fn secret(&mut self, what: &str) -> Result<Secret, Failure> {
        let _hidden = if self.can_answer {
            write!(self.err, "{what}: ")?;
            self.err.flush()?;
            Hidden::begin()
        } else {
            None
        };
        let line = self.line()?;
        if self.can_answer {
            writeln!(self.err)?;
        }
        let secret = line.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(Failure::Usage("standard input is empty where a secret was expected"));
        }
        Ok(Secret::new(secret.to_owned()))
    }

    fn line(&mut self) -> Result<Zeroizing<String>, Failure> {
        // Reserved at once: a growing string would leave copies behind.
        let mut line = Zeroizing::new(String::with_capacity(usize::try_from(LINE).unwrap_or(0)));
        io::Read::take(&mut *self.input, LINE).read_line(&mut line)?;
        Ok(line)
    }
}

/// The terminal on standard input does not show what is typed, until this is dropped.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Option<Self> {
        let before = tcgetattr(io::stdin()).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).ok()?;
        Some(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Without a terminal there is nothing to bring back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
