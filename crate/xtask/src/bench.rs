//! The command measured against its peers, on the same files in the same run; and the page in a browser.

mod images;
mod page;

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use wait4::Wait4;

use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::setup;

/// What one program needed, at the median of its runs.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    /// Largest resident set, in bytes.
    memory: u64,
}

/// Makes images, runs both programs on them in turns, and prints the ratios.
pub(crate) fn run(paths: &Paths, steps: &mut Steps, runs: u32) -> Result<()> {
    let path = setup::search_path();
    let Ok(qemu_img) = which::which_in("qemu-img", Some(&path), &paths.root) else {
        bail!("qemu-img is needed: install it with `apt-get install qemu-utils`");
    };
    steps.run("Building the command", || {
        run::capture(run::cargo(&paths.root).args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "diskglass-cli",
        ]))?;
        Ok(String::new())
    })?;
    let diskglass = paths.command("release");
    // Beside the build and not in /tmp, which may be memory.
    std::fs::create_dir_all(paths.cache())?;
    let folder = tempfile::tempdir_in(paths.cache())?;

    println!("\n{:<46} {:>20}   peers, and how much of their time and memory we need", "image", "diskglass");
    for image in images::make(&qemu_img, folder.path())? {
        let command = |program: &Path, arguments: &[&str]| {
            let path = |argument: &&str| match *argument {
                images::IMAGE => image.path.clone().into_os_string(),
                other => other.into(),
            };
            let mut command = Command::new(program);
            command.args(arguments.iter().map(path)).current_dir(folder.path());
            command
        };
        let mut programs = vec![command(&diskglass, image.arguments)];
        let mut names = Vec::new();
        for (name, arguments) in image.peers {
            let Ok(program) = which::which_in(name, Some(&path), &paths.root) else { continue };
            programs.push(command(&program, arguments));
            let options = arguments.iter().filter(|argument| **argument != images::IMAGE);
            names.push([*name].into_iter().chain(options.copied()).collect::<Vec<_>>().join(" "));
        }
        let costs = compare(runs, &mut programs)?;
        let Some((ours, theirs)) = costs.split_first() else { continue };
        println!("{:<46} {:>20}", image.title, ours.to_string());
        for (name, cost) in names.iter().zip(theirs) {
            println!(
                "{:<46} {:>20}   {:.2}x time, {:.2}x memory",
                format!("  {name}"),
                cost.to_string(),
                ours.time.as_secs_f64() / cost.time.as_secs_f64(),
                ratio(ours.memory, cost.memory),
            );
        }
    }
    println!("\nMedian of {runs} runs, warm cache; below 1 means that diskglass needs less.");
    page::run(paths, steps, &diskglass)
}

/// What each of the programs needs. They run in turns, so that a machine that gets busy is unfair to all; the first
/// round only fills the cache.
fn compare(runs: u32, programs: &mut [Command]) -> Result<Vec<Cost>> {
    let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); programs.len()];
    for round in 0..=runs {
        for (program, costs) in programs.iter_mut().zip(&mut costs) {
            let cost = measure(program)?;
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    costs.iter().map(|costs| median(costs)).collect()
}

fn measure(command: &mut Command) -> Result<Cost> {
    let start = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let used = child.wait4()?;
    let time = start.elapsed();
    if !used.status.success() {
        bail!("{command:?} ended with {}", used.status);
    }
    Ok(Cost { time, memory: used.rusage.maxrss })
}

/// The median of time and of memory, each on its own.
fn median(costs: &[Cost]) -> Result<Cost> {
    let mut times: Vec<_> = costs.iter().map(|cost| cost.time).collect();
    let mut memories: Vec<_> = costs.iter().map(|cost| cost.memory).collect();
    times.sort_unstable();
    memories.sort_unstable();
    let middle = costs.len() / 2;
    times
        .get(middle)
        .zip(memories.get(middle))
        .map(|(&time, &memory)| Cost { time, memory })
        .context("nothing was measured")
}

#[allow(clippy::cast_precision_loss, reason = "memory sizes are far below 2^52")]
fn ratio(ours: u64, theirs: u64) -> f64 {
    ours as f64 / theirs as f64
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ms, {} MB", self.time.as_secs_f64() * 1e3, self.memory / 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_median() {
        let cost = |millis, memory| Cost { time: Duration::from_millis(millis), memory };
        let costs = [cost(9, 100), cost(1, 300), cost(5, 200)];
        let median = median(&costs).unwrap();
        assert_eq!((median.time, median.memory), (Duration::from_millis(5), 200));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn measures_a_program() {
        let cost = measure(Command::new("sleep").arg("0.05")).unwrap();
        assert!(cost.time >= Duration::from_millis(50));
        assert!(cost.memory > 0);
        assert!(measure(&mut Command::new("false")).is_err());
    }
}
