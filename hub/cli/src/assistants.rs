//! The commands about voice assistants: policies from files, the code for what widens, the key that is shown once, and
//! the ledger's export.

use std::io::{self, Read, Write};
use std::path::Path;

use home::admin::Request;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::Value;

use crate::args::{Cli, Gateway, Ledger, Policy, Verb, VoicePin};
use crate::failure::Failure;
use crate::socket::Socket;
use crate::terminal::Terminal;
use crate::{show, text};

/// The longest policy that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// Does what the command line says of voice assistants.
pub(crate) fn run(cli: &Cli, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match &cli.verb {
        Verb::Policy(policy) => about_policy(cli, policy, terminal),
        Verb::Gateway(gateway) => about_gateway(cli, gateway, terminal),
        Verb::Ledger(ledger) => about_ledger(cli, ledger, terminal),
        Verb::VoicePin(VoicePin::Set { pin_stdin }) => {
            if !pin_stdin && !terminal.can_answer {
                return Err(Failure::Usage(
                    "nobody can be asked here: give the PIN by standard input with --pin-stdin",
                ));
            }
            let pin = Some(terminal.secret("PIN for assistants")?);
            tell(cli, terminal, &Request::VoicePin { pin }, |_| "the PIN is set\n".to_owned())
        }
        Verb::VoicePin(VoicePin::Remove) => {
            let told = |_: &Value| "there is no PIN: nothing is unlocked by Google\n".to_owned();
            tell(cli, terminal, &Request::VoicePin { pin: None }, told)
        }
        _ => Err(Failure::Nonsense),
    }
}

fn ask(cli: &Cli, request: &Request) -> Result<Value, Failure> {
    Socket::connect(&cli.socket)?.ask(request)
}

/// Asks and prints the answer.
fn tell(
    cli: &Cli,
    terminal: &mut Terminal<'_>,
    request: &Request,
    view: impl Fn(&Value) -> String,
) -> Result<(), Failure> {
    let data = ask(cli, request)?;
    if cli.json { terminal.print_json(&data) } else { terminal.print(&view(&data)) }
}

fn about_policy(cli: &Cli, policy: &Policy, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match policy {
        Policy::Check { file } => {
            let text = read(file, terminal)?;
            tell(cli, terminal, &Request::PolicyCheck { text }, show::grants)
        }
        Policy::Show => tell(cli, terminal, &Request::PolicyShow, show::policy),
        Policy::Preview { audience } => {
            tell(cli, terminal, &Request::PolicyPreview { audience: audience.clone() }, show::messages)
        }
        Policy::Diff { first, second: None } => {
            let new = read(first, terminal)?;
            tell(cli, terminal, &Request::PolicyDiff { old: None, new }, show::changes)
        }
        Policy::Diff { first, second: Some(second) } => {
            let (old, new) = (Some(read(first, terminal)?), read(second, terminal)?);
            tell(cli, terminal, &Request::PolicyDiff { old, new }, show::changes)
        }
        Policy::Apply { file, confirm } => apply(cli, &read(file, terminal)?, confirm.clone(), terminal),
    }
}

/// Puts a policy into force; shows first what widens and has the code typed that belongs to it.
fn apply(cli: &Cli, text: &str, confirm: Option<String>, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let text = text.to_owned();
    let mut told = ask(cli, &Request::PolicyApply { text: text.clone(), confirm })?;
    if told.get("applied") != Some(&Value::Bool(true)) {
        let code = told.get("confirm").and_then(Value::as_str).ok_or(Failure::Nonsense)?.to_owned();
        if cli.json {
            terminal.print_json(&told)?;
        } else {
            terminal.print(&show::changes(&told))?;
        }
        if cli.json || !terminal.can_answer {
            return Err(Failure::Unconfirmed(text::clean(&code)));
        }
        let question = format!("Type {} to let this leave the house:", text::clean(&code));
        if terminal.question(&question)? != code {
            return Err(Failure::Usage("nothing was changed"));
        }
        told = ask(cli, &Request::PolicyApply { text, confirm: Some(code) })?;
        return terminal.print(&show::applied(&told));
    }
    if cli.json {
        return terminal.print_json(&told);
    }
    terminal.print(&show::changes(&told))?;
    terminal.print(&show::applied(&told))
}

fn about_gateway(cli: &Cli, gateway: &Gateway, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match gateway {
        Gateway::Status => tell(cli, terminal, &Request::GatewayStatus, show::gateway),
        Gateway::Pause => {
            let told = |_: &Value| "paused: nothing is said to any assistant, and nothing done for one\n".to_owned();
            tell(cli, terminal, &Request::GatewayPause, told)
        }
        Gateway::Resume => tell(cli, terminal, &Request::GatewayResume, |_| "not paused any more\n".to_owned()),
        Gateway::Unpair => {
            let told = |_: &Value| "the key is forgotten: no relay can ask any more\n".to_owned();
            tell(cli, terminal, &Request::GatewayUnpair, told)
        }
        Gateway::Pair { yes } => {
            let status = ask(cli, &Request::GatewayStatus)?;
            if status.get("paired") == Some(&Value::Bool(true)) && !yes {
                replace(terminal)?;
            }
            tell(cli, terminal, &Request::GatewayPair, |told| show::key(told, code(told).as_deref()))
        }
    }
}

/// Whoever has the key before can't ask any more.
fn replace(terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    if !terminal.can_answer {
        return Err(Failure::Usage("a relay is paired: say --yes if its key is to be replaced"));
    }
    let answer = terminal.question("A relay is paired; with a new key it can't ask any more. Replace it? Type yes:")?;
    if answer == "yes" { Ok(()) } else { Err(Failure::Usage("nothing was changed")) }
}

/// The key as a code to scan, without its hyphens.
fn code(told: &Value) -> Option<String> {
    let key = told.get("key")?.as_str()?.replace('-', "");
    let code = QrCode::new(key).ok()?;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

fn about_ledger(cli: &Cli, ledger: &Ledger, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match ledger {
        Ledger::List { limit, before, audience, kind, bodies } => {
            let (audience, kind) = (audience.clone(), kind.clone());
            let request = Request::LedgerList { limit: *limit, before: *before, audience, kind };
            tell(cli, terminal, &request, |data| show::entries(data, *bodies))
        }
        Ledger::Verify { head } => {
            let data = ask(cli, &Request::LedgerVerify { head: head.clone() })?;
            if cli.json {
                terminal.print_json(&data)?;
            }
            match data.get("flaw").and_then(Value::as_str) {
                Some(flaw) => Err(Failure::Unsound(text::clean(flaw))),
                None if cli.json => Ok(()),
                None => terminal.print(&show::verdict(&data)),
            }
        }
        Ledger::Head => tell(cli, terminal, &Request::LedgerHead, show::head),
        Ledger::Export => {
            let out: &mut dyn Write = &mut terminal.out;
            Socket::connect(&cli.socket)?.export(|line| Ok(out.write_all(line)?))?;
            Ok(terminal.out.flush()?)
        }
    }
}

/// A policy from a file, or from standard input.
fn read(path: &Path, terminal: &mut Terminal<'_>) -> Result<String, Failure> {
    let failed = |reason: String| Failure::File { path: path.to_owned(), reason };
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::Read::take(&mut *terminal.input, LARGEST + 1).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    }
    if bytes.len() as u64 > LARGEST {
        return Err(failed(format!("it has more than {LARGEST} bytes, which no policy has")));
    }
    String::from_utf8(bytes).map_err(|_| failed("it is not text in UTF-8".to_owned()))
}
