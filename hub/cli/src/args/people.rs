//! What can be said about people and programs.

use clap::builder::NonEmptyStringValueParser as Text;
use clap::{Args, Subcommand};
use home::{Right, Role};

/// Who may use the page.
#[derive(Debug, Subcommand)]
pub(crate) enum Person {
    /// Add a person. A password that was made up is shown once.
    Add {
        /// Their name.
        #[arg(value_parser = Text::new())]
        name: String,
        /// What they are in the house: admin, resident or guest.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        about: About,
    },
    /// List everybody.
    List,
    /// Change a person; what is not said stays. A new password also ends their logins and one-time passwords.
    Change {
        /// Their name.
        #[arg(value_parser = Text::new())]
        name: String,
        /// What they are in the house: admin, resident or guest.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        #[command(flatten)]
        about: About,
    },
    /// Remove a person with their logins and tokens.
    Remove {
        /// Their name.
        #[arg(value_parser = Text::new())]
        name: String,
    },
}

/// What else there is to say about a person.
#[derive(Debug, Args)]
pub(crate) struct About {
    /// When their time is over, as 2026-12-24T18:00:00Z, or never.
    #[arg(long, value_name = "TIME", value_parser = Text::new())]
    pub(crate) until: Option<String>,
    /// Their rights on a device in place of the role's, such as front-door=read,lock.lock; can be said more than once.
    #[arg(long = "device", value_name = "NAME=RIGHTS", value_parser = device)]
    pub(crate) devices: Vec<(String, Vec<Right>)>,
    /// Read the password from standard input, one line.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// What programs may do.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token for the API and show it, once.
    Add {
        /// What it is for.
        #[arg(value_parser = Text::new())]
        name: String,
        /// In whose name; it never may more than they.
        #[arg(long, value_parser = Text::new())]
        person: String,
        /// What it may do: read, climate, lock.lock, lock.unlock, admin; with commas between.
        #[arg(long, value_delimiter = ',', required = true, value_parser = right)]
        scope: Vec<Right>,
        /// For how many days; without it, without end.
        #[arg(long)]
        days: Option<u32>,
    },
    /// List all tokens.
    List,
    /// Make a token worthless.
    Remove {
        /// Its id.
        #[arg(value_parser = Text::new())]
        id: String,
    },
}

fn role(word: &str) -> Result<Role, String> {
    let known = [Role::Admin, Role::Resident, Role::Guest];
    known.into_iter().find(|role| role.word() == word).ok_or_else(|| "known: admin, resident, guest".to_owned())
}

fn right(word: &str) -> Result<Right, String> {
    Right::from_word(word).ok_or_else(|| "known: read, climate, lock.lock, lock.unlock, admin".to_owned())
}

fn device(text: &str) -> Result<(String, Vec<Right>), String> {
    let (name, words) = text.rsplit_once('=').ok_or("a device, = and its rights: front-door=read,lock.lock")?;
    let rights: Result<_, _> = words.split(',').filter(|word| !word.is_empty()).map(right).collect();
    Ok((name.to_owned(), rights?))
}
