//! The build tool: `cargo xtask build | serve | test | lint | fmt | dist | bench | fuzz | bless`.

mod bench;
mod dist;
mod fuzz;
mod lint;
mod paths;
mod run;
mod serve;
mod setup;
mod split;
mod test;
mod wasm;
mod web;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::paths::Paths;
use crate::run::Steps;

/// Builds, serves and tests diskglass.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page into dist/
    Build,
    /// Build the page and serve it on this machine
    Serve {
        /// The port to listen on; the next free one where it is taken
        #[arg(long, default_value_t = 8017)]
        port: u16,
        /// Serve dist/ as it is
        #[arg(long)]
        no_build: bool,
    },
    /// Set up what the tests need, then run the lints and every test
    Test {
        /// Only the tests in Rust and in Node: no lints, no browser, and no tools installed to compare with
        #[arg(long)]
        quick: bool,
    },
    /// Check formatting, lints, types and the walls between the crates
    Lint,
    /// Format everything that `lint` checks the formatting of
    Fmt,
    /// Make a release: the page as a folder and as one file, and the command
    Dist {
        /// Make it twice, in two places, and compare all bytes
        #[arg(long)]
        twice: bool,
    },
    /// Measure the command against qemu-img
    Bench {
        /// How often each program runs; the median counts
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
        runs: u32,
    },
    /// Run the fuzz targets, starting from the samples
    Fuzz {
        /// Which one; all of them, one after the other, where none is named
        target: Option<String>,
        /// How long each runs
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
    },
    /// Write the golden reports anew from what the library says now
    Bless,
}

fn main() -> ExitCode {
    match dispatch(&Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &Command) -> Result<()> {
    let paths = Paths::find()?;
    let mut steps = Steps::default();
    match command {
        Command::Build => web::build(&paths, &mut steps),
        Command::Serve { port, no_build } => {
            if !no_build {
                web::build(&paths, &mut steps)?;
            }
            serve::run(&paths.dist(), *port)
        }
        Command::Test { quick } => test::run(&paths, &mut steps, *quick),
        Command::Lint => lint::run(&paths, &mut steps),
        Command::Fmt => lint::format(&paths, &mut steps),
        Command::Dist { twice } => dist::run(&paths, &mut steps, *twice),
        Command::Bench { runs } => bench::run(&paths, &mut steps, *runs),
        Command::Fuzz { target, seconds } => fuzz::run(&paths, &mut steps, target.as_deref(), *seconds),
        Command::Bless => test::bless(&paths, &mut steps),
    }
}
