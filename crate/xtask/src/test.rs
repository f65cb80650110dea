//! The whole test run, and the golden reports.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::{fuzz, lint, serve, setup, wasm, web};

/// The tests of the WebAssembly module in Node; the other files beside it need the page and a browser.
const WASM_TESTS: &str = "wasm.test.mjs";

/// The tests that need Firefox, and those that need `WebKitGTK`.
const ELSEWHERE: [&str; 2] = ["firefox.test.mjs", "webkit.test.mjs"];

/// Runs the tests, prints a summary and fails if anything did. A part that fails keeps no other part from running.
pub(crate) fn run(paths: &Paths, steps: &mut Steps, quick: bool) -> Result<()> {
    let mut failures = Vec::new();
    let mut part = |result: Result<()>| {
        let passed = result.is_ok();
        failures.extend(result.err());
        passed
    };

    let is_built = if quick {
        part(setup::page(paths, steps).and_then(|()| wasm::build(paths, steps)))
    } else {
        part(setup::machine_packages(steps)) && part(web::build(paths, steps))
    };
    if !quick && is_built {
        part(web::weigh(paths, steps));
        part(lint::check_all(paths, steps));
    }
    part(rust(paths, steps));
    part(fuzz_seeds(paths, steps));
    if is_built {
        part(wasm_in_node(paths, steps));
        part(page_in_node(paths, steps));
    }
    if !quick && is_built {
        part(page_in_browser(paths, steps));
    }

    for failure in &failures {
        eprintln!("\n{failure:#}");
    }
    steps.summary();
    if !failures.is_empty() {
        bail!("\nThe tests failed.");
    }
    Ok(())
}

/// The command that the tests run: built like the tests, because the library is compiled that way already.
fn command_under_test(paths: &Paths) -> PathBuf {
    paths.command("debug")
}

fn rust(paths: &Paths, steps: &mut Steps) -> Result<()> {
    steps.run("Building the command", || {
        let arguments = ["build", "--quiet", "--profile", "test", "--package", "diskglass-cli"];
        run::capture(run::cargo(&paths.root).args(arguments))?;
        Ok(String::new())
    })?;
    if env::var_os("DISKGLASS_CORPUS").is_none() {
        steps.skip("Reading a corpus of real images", "DISKGLASS_CORPUS names no folder of images");
    }
    // This tool is built already and has no slow tests: they are built like it, not optimised like the others.
    let parts: [(&str, &[&str]); 2] = [
        (
            "Running the Rust tests",
            &["test", "--quiet", "--no-fail-fast", "--workspace", "--exclude", "xtask"],
        ),
        (
            "Running the tests of the build tool",
            &["test", "--quiet", "--profile", "dev", "--package", "xtask"],
        ),
    ];
    for (title, arguments) in parts {
        steps.run(title, || {
            let output = run::capture(
                run::cargo(&paths.root)
                    .args(arguments)
                    .env("DISKGLASS_CLI", command_under_test(paths))
                    .env("PATH", setup::search_path()),
            )?;
            Ok(rust_counts(&output).to_string())
        })?;
    }
    Ok(())
}

fn fuzz_seeds(paths: &Paths, steps: &mut Steps) -> Result<()> {
    steps.run("Replaying the seeds of the fuzz targets", || {
        Ok(rust_counts(&run::capture(&mut fuzz::replay(paths))?).to_string())
    })
}

fn wasm_in_node(paths: &Paths, steps: &mut Steps) -> Result<()> {
    setup::npm_packages(steps, &paths.browser_tests())?;
    steps.run("Testing the WebAssembly module in Node", || {
        node_tests(paths, &[paths.browser_tests().join(WASM_TESTS)], &mut Command::new("node"))
    })
}

/// What of the page needs no browser.
fn page_in_node(paths: &Paths, steps: &mut Steps) -> Result<()> {
    let tests = tests_in(&paths.www().join("src/tests"))?;
    steps
        .run("Testing the logic of the page in Node", || node_tests(paths, &tests, &mut Command::new("node")))
}

/// The test files for Node in a folder, which must have some.
fn tests_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let tests: Vec<PathBuf> = serve::files(folder)?
        .into_iter()
        .filter(|file| !file.starts_with("node_modules") && file.to_string_lossy().ends_with(".test.mjs"))
        .map(|file| folder.join(file))
        .collect();
    if tests.is_empty() {
        bail!("there are no tests in {}", folder.display());
    }
    Ok(tests)
}

fn page_in_browser(paths: &Paths, steps: &mut Steps) -> Result<()> {
    setup::npm_packages(steps, &paths.browser_tests())?;
    let mut tests = tests_in(&paths.browser_tests())?;
    tests.retain(|file| !file.ends_with(WASM_TESTS));
    let (elsewhere, tests): (Vec<PathBuf>, Vec<PathBuf>) =
        tests.into_iter().partition(|file| ELSEWHERE.iter().any(|name| file.ends_with(name)));
    let [firefox_tests, webkit_tests] = ELSEWHERE
        .map(|name| elsewhere.iter().filter(|file| file.ends_with(name)).cloned().collect::<Vec<PathBuf>>());
    let firefox = setup::firefox();
    let mut in_browser = |name: &str, tests: &[PathBuf], lacking: Option<&str>| {
        let title = format!("Testing the page in {name}");
        if let Some(install) = lacking {
            steps.skip(&title, &format!("there is no {name}: {install}"));
            return Ok(());
        }
        let mut node = Command::new("node");
        for (variable, program) in
            [("DISKGLASS_CHROMIUM", setup::chromium()), ("DISKGLASS_FIREFOX", firefox.clone())]
        {
            if let Some(program) = program {
                node.env(variable, program);
            }
        }
        steps.run(&title, || node_tests(paths, tests, &mut node))
    };
    let lacking = |is_there: bool, install| (!is_there).then_some(install);
    // One that fails keeps no other from running.
    let done = [
        in_browser(
            "Chromium",
            &tests,
            lacking(
                setup::chromium().is_some(),
                "`apt-get install chromium`, or name one in DISKGLASS_CHROMIUM",
            ),
        ),
        in_browser(
            "Firefox",
            &firefox_tests,
            lacking(firefox.is_some(), "`apt-get install firefox-esr`, or name one in DISKGLASS_FIREFOX"),
        ),
        in_browser(
            "WebKitGTK",
            &webkit_tests,
            lacking(setup::has_webkit(), "`apt-get install webkit2gtk-driver xvfb xauth`"),
        ),
    ];
    done.into_iter().collect()
}

fn node_tests(paths: &Paths, files: &[PathBuf], command: &mut Command) -> Result<String> {
    let output = run::capture(
        command
            .current_dir(paths.browser_tests())
            // A browser that nobody closed, or an answer that never comes, must not hold up the run.
            .args(["--test", "--test-reporter=tap", "--test-force-exit", "--test-timeout=600000"])
            .args(files)
            .env("DISKGLASS_DIST", paths.dist())
            .env("DISKGLASS_CLI", command_under_test(paths)),
    )?;
    Ok(node_counts(&output).context("Node did not say how many tests ran")?.to_string())
}

/// Has the test of the golden reports write them instead of comparing.
pub(crate) fn bless(paths: &Paths, steps: &mut Steps) -> Result<()> {
    steps.run("Writing the golden reports", || {
        let output = run::capture(
            run::cargo(&paths.root)
                .args(["test", "--quiet", "--package", "diskglass-conformance", "--test", "golden"])
                .env("DISKGLASS_BLESS", "1"),
        )?;
        Ok(rust_counts(&output).to_string())
    })?;
    println!("Read what changed with `git diff` before you commit it.");
    Ok(())
}

/// How many tests ran.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    skipped: usize,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed", self.passed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Adds up lines like `test result: ok. 12 passed; 0 failed; 1 ignored; ...`.
fn rust_counts(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter_map(|line| line.strip_prefix("test result: ok. ")) {
        for part in line.split("; ") {
            match part.split_once(' ') {
                Some((number, "passed")) => counts.passed += number.parse().unwrap_or(0),
                Some((number, "ignored")) => counts.skipped += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
    counts
}

/// Reads the lines `# pass 12` and `# skipped 1` at the end of Node's TAP output.
fn node_counts(output: &str) -> Option<Counts> {
    let number =
        |key: &str| output.lines().rev().find_map(|line| line.strip_prefix(key)?.trim().parse().ok());
    Some(Counts { passed: number("# pass ")?, skipped: number("# skipped ")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_rust_tests() {
        let output = "\
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s
test something ... ok
test result: ok. 30 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s
";
        let counts = rust_counts(output);
        assert_eq!(counts, Counts { passed: 42, skipped: 1 });
        assert_eq!(counts.to_string(), "42 passed, 1 skipped");
        assert_eq!(rust_counts("").to_string(), "0 passed");
    }

    #[test]
    fn counts_node_tests() {
        let output =
            "ok 1 - x\n# pass 99 of my own\n1..1\n# tests 3\n# pass 2\n# fail 0\n# skipped 1\n# todo 0\n";
        assert_eq!(node_counts(output), Some(Counts { passed: 2, skipped: 1 }));
        assert_eq!(node_counts("no tests"), None);
    }
}
