//! Questions about people and programs.

use std::collections::BTreeMap;

use home::Rights;
use home::admin::{Request, Secret};

use crate::args::{About, Person, Token};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// The question for what was said about a person.
pub(crate) fn person(verb: &Person, terminal: &mut Terminal<'_>) -> Result<Request, Failure> {
    Ok(match verb {
        Person::Add { name, role, about } => Request::PersonAdd {
            name: name.clone(),
            role: *role,
            until: about.until.clone(),
            devices: devices(about),
            password: password(about, terminal)?,
        },
        Person::List => Request::PersonList,
        Person::Change { name, role, about } => Request::PersonChange {
            name: name.clone(),
            role: *role,
            until: about.until.clone(),
            devices: (!about.devices.is_empty()).then(|| devices(about)),
            password: password(about, terminal)?,
        },
        Person::Remove { name } => Request::PersonRemove { name: name.clone() },
    })
}

/// The question for what was said about a token.
pub(crate) fn token(verb: &Token) -> Request {
    match verb {
        Token::Add { name, person, scope, days } => Request::TokenAdd {
            person: person.clone(),
            name: name.clone(),
            scopes: scope.iter().copied().collect(),
            days: *days,
        },
        Token::List => Request::TokenList,
        Token::Remove { id } => Request::TokenRemove { id: id.clone() },
    }
}

fn devices(about: &About) -> BTreeMap<String, Rights> {
    about.devices.iter().map(|(name, rights)| (name.clone(), rights.iter().copied().collect())).collect()
}

fn password(about: &About, terminal: &mut Terminal<'_>) -> Result<Option<Secret>, Failure> {
    if about.password_stdin { terminal.secret("password").map(Some) } else { Ok(None) }
}
