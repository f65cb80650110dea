//! Running steps and programs: one calm line each, the whole story only when something failed.

use std::env;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The steps of one run, as they were printed, for the summary at its end.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

struct Step {
    title: String,
    outcome: Outcome,
    time: Duration,
}

enum Outcome {
    Passed { note: String },
    Failed,
    Skipped { why: String },
}

impl Steps {
    /// Runs one step. What it returns is a note for the end of its line, such as a number of tests; it may be empty.
    pub(crate) fn run(&mut self, title: &str, step: impl FnOnce() -> Result<String>) -> Result<()> {
        print!("{title} ... ");
        // A line that appears late is a nuisance, not a failure.
        let _ = io::stdout().flush();
        let start = Instant::now();
        let result = step();
        let outcome = match &result {
            Ok(note) => Outcome::Passed { note: note.clone() },
            Err(_) => Outcome::Failed,
        };
        let step = Step { title: title.to_owned(), outcome, time: start.elapsed() };
        println!("{step}");
        self.done.push(step);
        result.map(|_| ()).with_context(|| format!("{title}: failed"))
    }

    /// Says that a step is left out, and why.
    pub(crate) fn skip(&mut self, title: &str, why: &str) {
        let step = Step {
            title: title.to_owned(),
            outcome: Outcome::Skipped { why: why.to_owned() },
            time: Duration::ZERO,
        };
        println!("{title} ... {step}");
        self.done.push(step);
    }

    /// Prints every step again, with the total time.
    pub(crate) fn summary(&self) {
        println!("\nSummary");
        for step in &self.done {
            println!("  {:<56} {step}", step.title);
        }
        let total: Duration = self.done.iter().map(|step| step.time).sum();
        println!("  {:<56} {}", "total", seconds(total));
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = seconds(self.time);
        match &self.outcome {
            Outcome::Passed { note } if note.is_empty() => write!(f, "{time}"),
            Outcome::Passed { note } => write!(f, "{time}, {note}"),
            Outcome::Failed => write!(f, "{time}, FAILED"),
            Outcome::Skipped { why } => write!(f, "skipped: {why}"),
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The Cargo that started this tool, at work in the repository.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Runs a program to its end and returns what it wrote to both of its outputs.
///
/// # Errors
/// The program cannot be started, or fails: then the error carries everything it wrote.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    // One file for both outputs keeps their lines in order, and no pipe can fill up.
    let mut output = tempfile::tempfile()?;
    let status = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?)
        .status()
        .with_context(|| format!("cannot run `{line}`"))?;
    let text = read_back(&mut output)?;
    if !status.success() {
        bail!("`{line}` ended with {status}:\n{}", text.trim_end());
    }
    Ok(text)
}

/// Runs a program to its end and returns what it wrote to its standard output alone.
///
/// # Errors
/// The program cannot be started, or fails: then the error carries what it complained of.
pub(crate) fn answer(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{line}`"))?;
    if !output.status.success() {
        bail!(
            "`{line}` ended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not answer in UTF-8"))
}

fn read_back(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words: Vec<_> =
        std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}
