//! The command measured against qemu-img, on the same files in the same run.

use std::fmt;
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

    println!("\n{:<28} {:>24} {:>24} {:>8} {:>8}", "image", "diskglass", "qemu-img", "time", "memory");
    // What qemu-img makes, and the question to it that comes closest to `diskglass inspect`.
    let images = [
        ("dynamic.vhd", "2040G", ["-f", "vpc", "-o", "subformat=dynamic"], "info"),
        ("sparse.vmdk", "1T", ["-f", "vmdk", "-o", "subformat=monolithicSparse"], "check"),
    ];
    for (name, size, options, question) in images {
        let image = folder.path().join(name);
        run::capture(Command::new(&qemu_img).arg("create").args(options).arg(&image).arg(size))?;
        let mut inspect = Command::new(&diskglass);
        inspect.args(["inspect", "--json"]).arg(&image);
        let mut ask_qemu = Command::new(&qemu_img);
        ask_qemu.args([question, "--output=json"]).arg(&image);
        let (ours, theirs) = compare(runs, &mut inspect, &mut ask_qemu)?;
        println!(
            "{:<28} {:>24} {:>24} {:>7.2}x {:>7.2}x",
            format!("{name}, {size}, {question}"),
            ours.to_string(),
            theirs.to_string(),
            ours.time.as_secs_f64() / theirs.time.as_secs_f64(),
            ratio(ours.memory, theirs.memory),
        );
    }
    println!("\nMedian of {runs} runs, warm cache; below 1 means that diskglass needs less.");
    Ok(())
}

fn compare(runs: u32, inspect: &mut Command, ask_qemu: &mut Command) -> Result<(Cost, Cost)> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // In turns, so that a machine that gets busy is unfair to both; the first round only fills the cache.
    for round in 0..=runs {
        let our_cost = measure(inspect)?;
        let their_cost = measure(ask_qemu)?;
        if round > 0 {
            ours.push(our_cost);
            theirs.push(their_cost);
        }
    }
    Ok((median(&ours)?, median(&theirs)?))
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
