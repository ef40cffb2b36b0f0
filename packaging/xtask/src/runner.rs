//! Runs the table of steps: one line each when all is well, everything it printed when not, and the sum of tests at the end.

use std::env;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use crate::machine;
use crate::steps::{self, STEPS, Step};
use crate::tally::Tally;

/// Run the steps named, or all. Fails if one fails.
pub(crate) fn run(root: &Path, names: &[String]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        eprintln!("no step is called {unknown}; there are: {}", known.join(", "));
        return ExitCode::from(crate::EX_USAGE);
    }
    if let Err(lack) = machine::need_c_compiler() {
        eprintln!("{lack}");
        return ExitCode::FAILURE;
    }
    let mut sum = Tally::default();
    if let Some(script) = steps::set_up() {
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]);
        sum = sum.plus(timed("set-up", shell));
        if sum.failed > 0 {
            println!("set-up needs root; or run this yourself, then try again:\n  {script}");
        }
    }
    for step in STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)) {
        match step.only_with.filter(|(program, _)| machine::find(program).is_none()) {
            Some((program, instead)) => println!("{:<14} skipped: {program} {instead}", step.name),
            None => sum = sum.plus(timed(step.name, command(root, step))),
        }
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn command(root: &Path, step: &Step) -> Command {
    let (program, arguments) = step.command.split_first().unwrap_or((&"true", &[]));
    let program = match *program {
        "cargo" => env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        other => other.into(),
    };
    let mut command = Command::new(program);
    command.args(arguments).envs(step.environment.iter().copied()).current_dir(root);
    command
}

/// Run a command to its end and print its line. Its tests; a command that fails without a failed test counts as one.
fn timed(name: &str, command: Command) -> Tally {
    print!("{name:<14} ");
    // Shown while it runs, where there is someone to see it.
    let _ = io::stdout().flush();
    let start = now();
    let (fine, output) = match finish(command) {
        Ok((fine, output)) => (fine, output),
        Err(error) => (false, format!("cannot run it: {error}\n")),
    };
    let took = start.elapsed().as_secs_f32();
    let tally = Tally::of(&output);
    if fine {
        println!("ok {took:>7.1} s");
        return tally;
    }
    println!("FAILED {took:.1} s\n{output}");
    Tally { failed: tally.failed.max(1), ..tally }
}

/// Both streams in the order written, as a terminal would show them.
fn finish(mut command: Command) -> io::Result<(bool, String)> {
    let (mut reader, writer) = io::pipe()?;
    let mut child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // It holds our copies of the pipe's end, and reading ends when the last copy is closed.
    drop(command);
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    let status = child.wait()?;
    Ok((status.success(), String::from_utf8_lossy(&output).into_owned()))
}

#[expect(clippy::disallowed_methods, reason = "a build tool measures how long its steps take")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_is_kept_in_order_and_the_exit_code_decides() {
        let (fine, output) = finish(sh("echo out; echo err >&2; echo end; exit 3")).unwrap();
        assert!(!fine);
        assert_eq!(output, "out\nerr\nend\n");
        assert!(finish(sh("true")).unwrap().0);
    }

    #[test]
    fn a_step_that_fails_is_never_counted_as_nothing() {
        assert_eq!(timed("fails", sh("exit 1")), Tally { passed: 0, failed: 1 });
        assert_eq!(timed("absent", Command::new("/no/such/program")), Tally { passed: 0, failed: 1 });
        let result = "echo 'test result: FAILED. 2 passed; 3 failed; 0 ignored'; exit 101";
        assert_eq!(timed("tests", sh(result)), Tally { passed: 2, failed: 3 });
        assert_eq!(timed("fine", sh("echo 'test result: ok. 4 passed; 0 failed'")), Tally { passed: 4, failed: 0 });
    }

    #[test]
    fn every_step_has_a_command_and_a_name_of_its_own() {
        for (place, step) in STEPS.iter().enumerate() {
            assert!(!step.command.is_empty());
            assert!(!STEPS.iter().take(place).any(|other| other.name == step.name), "{}", step.name);
        }
    }
}
