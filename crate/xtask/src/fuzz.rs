//! The fuzz targets in `tests/fuzz`: type-checked and replayed in every test run, run at length on demand.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths::Paths;
use crate::run::{self, Steps};

/// The largest input that a target is given: some files of metadata.
const MOST_BYTES: u32 = 256 << 10;

fn manifest(paths: &Paths) -> PathBuf {
    paths.root.join("tests/fuzz/Cargo.toml")
}

/// Cargo at work on the fuzz targets, without the fuzzer itself: that takes a nightly compiler.
fn cargo(paths: &Paths, command: &str) -> Command {
    let mut cargo = run::cargo(&paths.root);
    cargo.arg(command).args(["--quiet", "--no-default-features", "--manifest-path"]).arg(manifest(paths));
    cargo.env("CARGO_TARGET_DIR", &paths.target);
    cargo
}

/// The command that checks the types of all targets.
pub(crate) fn check(paths: &Paths) -> Command {
    cargo(paths, "check")
}

/// The command that replays what the targets start from.
pub(crate) fn replay(paths: &Paths) -> Command {
    let mut command = cargo(paths, "test");
    command.args(["--profile", "test", "--lib"]);
    command
}

/// Writes the seeds and runs one target or all. What was found before is kept beside the build and built on.
pub(crate) fn run(paths: &Paths, steps: &mut Steps, wanted: Option<&str>, seconds: u32) -> Result<()> {
    if which::which("cargo-fuzz").is_err() {
        bail!("cargo-fuzz is needed: install it with `cargo install cargo-fuzz`");
    }
    if run::answer(Command::new("rustup").args(["run", "nightly", "rustc", "--version"])).is_err() {
        bail!("a nightly compiler is needed: install it with `rustup toolchain install nightly`");
    }
    let corpus = paths.cache().join("fuzz");
    steps.run("Writing what the fuzz targets start from", || {
        run::capture(cargo(paths, "run").args(["--bin", "seeds", "--"]).arg(&corpus))?;
        Ok(String::new())
    })?;
    let mut targets: Vec<String> = fs::read_dir(&corpus)
        .with_context(|| format!("cannot read {}", corpus.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| wanted.is_none_or(|wanted| wanted == name))
        .collect();
    targets.sort();
    if targets.is_empty() {
        bail!("no fuzz target has that name; they are in tests/fuzz/fuzz_targets");
    }
    for target in targets {
        steps.run(&format!("Fuzzing {target} for {seconds} s"), || {
            let mut fuzz = Command::new("rustup");
            fuzz.args(["run", "nightly", "cargo", "fuzz", "run", "--fuzz-dir", "tests/fuzz", "--target-dir"]);
            fuzz.arg(paths.target.join("fuzz")).arg(&target).arg(corpus.join(&target)).arg("--");
            fuzz.args([format!("-max_total_time={seconds}"), format!("-max_len={MOST_BYTES}")]);
            fuzz.arg(format!("-artifact_prefix={}/", corpus.join(&target).display()));
            // The environment of this build's own Cargo would win over the nightly one.
            fuzz.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN").current_dir(&paths.root);
            let output = run::capture(&mut fuzz)?;
            let last = output.lines().rev().find(|line| line.contains("exec/s")).unwrap_or_default();
            Ok(last.split_whitespace().collect::<Vec<_>>().join(" "))
        })?;
    }
    Ok(())
}
