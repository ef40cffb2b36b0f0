//! Each command: its question, and what is printed of the answer.

use clap::CommandFactory;
use clap_complete::Shell;
use home::admin::{Request, Secret};
use serde_json::Value;

use crate::args::{Cli, Code, Door, MqttUser, Person, Token, Verb};
use crate::failure::Failure;
use crate::socket::Socket;
use crate::terminal::Terminal;
use crate::{assistants, codes, join, people, show, text, watch};

type View = fn(&Value) -> String;

/// What a command comes down to.
enum Plan {
    /// One question, and how its answer is shown.
    Ask(Request, View),
    /// The same, and then a look at devices as they join, for so many seconds.
    Join(Request, u64),
    Watch,
    /// What takes more than one question, or prints more than one answer.
    Assistants,
    Completions(Shell),
}

/// Does what the command line says.
pub(crate) fn run(cli: &Cli, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match plan(cli, terminal)? {
        Plan::Ask(request, view) => {
            let data = Socket::connect(&cli.socket)?.ask(&request)?;
            if cli.json { terminal.print_json(&data) } else { terminal.print(&view(&data)) }?;
            if moves_bolt(&request) && data.get("outcome").is_some_and(|outcome| outcome == "pending") {
                return Err(Failure::NotYet);
            }
            Ok(())
        }
        Plan::Join(request, seconds) => join::run(&cli.socket, &request, seconds, terminal),
        Plan::Watch => watch::run(&cli.socket, cli.json, terminal),
        Plan::Assistants => assistants::run(cli, terminal),
        Plan::Completions(shell) => completions(shell, terminal),
    }
}

fn plan(cli: &Cli, terminal: &mut Terminal<'_>) -> Result<Plan, Failure> {
    let (request, view): (Request, View) = match &cli.verb {
        Verb::Status => (Request::Status, show::status),
        Verb::Devices => (Request::Devices, show::devices),
        Verb::Device(device) => (Request::Device { name: device.name() }, show::device),
        Verb::Adapters => (Request::Adapters, show::adapters),
        Verb::PermitJoin { seconds, adapter, wait } => {
            let request = Request::PermitJoin { seconds: *seconds, adapter: adapter.clone() };
            if *seconds > 0 && wait.stays(terminal.is_read && !cli.json) {
                return Ok(Plan::Join(request, *seconds));
            }
            (request, show::permit_join)
        }
        Verb::Set { device, key, value } => {
            (Request::Set { name: device.name(), key: key.clone(), value: value.clone() }, show::outcome)
        }
        Verb::Lock(door) => (Request::Lock { name: door.device.name(), pin: pin(door, terminal)? }, show::outcome),
        Verb::Unlock(door) => (Request::Unlock { name: door.device.name(), pin: pin(door, terminal)? }, show::outcome),
        Verb::Code(verb) => {
            let view: View = if matches!(verb, Code::List(_)) { show::codes } else { show::outcome };
            (codes::code(verb, terminal)?, view)
        }
        Verb::Rename { from, to } => (Request::Rename { from: from.clone(), to: to.clone() }, show::outcome),
        Verb::Room { device, room } => (Request::Place { name: device.name(), room: room.clone() }, show::outcome),
        Verb::Remove { device, yes } => {
            confirm(&device.name, *yes, terminal)?;
            (Request::Remove { name: device.name() }, show::outcome)
        }
        Verb::Interview(device) => (Request::Interview { name: device.name() }, show::outcome),
        Verb::Refresh(device) => (Request::Refresh { name: device.name() }, show::outcome),
        Verb::Events { limit, device } => (Request::Events { limit: *limit, name: device.clone() }, show::events),
        Verb::History { device, key, since } => {
            (Request::History { name: device.name(), key: key.clone(), since_seconds: *since }, show::history)
        }
        Verb::Authority => (Request::Authority, show::authority),
        Verb::SetupCode => (Request::SetupCode, show::setup_code),
        Verb::Person(verb) => {
            let view: View = match verb {
                Person::List => show::people,
                Person::Add { .. } | Person::Change { .. } => show::person,
                Person::Remove { .. } => show::outcome,
            };
            (people::person(verb, terminal)?, view)
        }
        Verb::Token(verb) => {
            let view: View = match verb {
                Token::List => show::tokens,
                Token::Add { .. } => show::token,
                Token::Remove { .. } => show::outcome,
            };
            (people::token(verb), view)
        }
        Verb::MqttUser(user) => about_user(user, terminal)?,
        Verb::Policy(_) | Verb::Gateway(_) | Verb::Ledger(_) | Verb::VoicePin(_) => return Ok(Plan::Assistants),
        Verb::Watch => return Ok(Plan::Watch),
        Verb::Completions { shell } => return Ok(Plan::Completions(*shell)),
    };
    Ok(Plan::Ask(request, view))
}

/// For a door a script reads 0 as "it is open" or "it is locked".
fn moves_bolt(request: &Request) -> bool {
    match request {
        Request::Lock { .. } | Request::Unlock { .. } => true,
        Request::Set { key, .. } => key == "state",
        _ => false,
    }
}

fn about_user(user: &MqttUser, terminal: &mut Terminal<'_>) -> Result<(Request, View), Failure> {
    Ok(match user {
        MqttUser::Add { name, preset, password_stdin } => {
            let password = if *password_stdin { Some(terminal.secret("password")?) } else { None };
            (Request::MqttUserAdd { user: name.clone(), preset: preset.clone(), password }, show::new_user)
        }
        MqttUser::List => (Request::MqttUserList, show::users),
        MqttUser::Remove { name } => (Request::MqttUserRemove { user: name.clone() }, show::outcome),
    })
}

fn pin(door: &Door, terminal: &mut Terminal<'_>) -> Result<Option<Secret>, Failure> {
    if door.pin_stdin { terminal.secret("PIN").map(Some) } else { Ok(None) }
}

/// Removing a device takes a walk to it to undo.
fn confirm(name: &str, yes: bool, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !terminal.can_answer {
        return Err(Failure::Usage("nobody can be asked here: say --yes if the device is to be removed"));
    }
    let question = format!("Remove {} and forget its name? Type yes:", text::clean(name));
    if terminal.question(&question)? == "yes" { Ok(()) } else { Err(Failure::Usage("not removed")) }
}

fn completions(shell: Shell, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hearth", &mut script);
    terminal.out.write_all(&script)?;
    Ok(terminal.out.flush()?)
}
