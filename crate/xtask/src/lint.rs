//! Formatting, lints, types, and the walls between the crates.

use std::process::Command;

use anyhow::{Result, bail};

use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::{fuzz, setup, wasm};

/// What the library must not know: browsers, event loops and threads.
const BEHIND_THE_WALL: [&str; 5] = ["wasm-bindgen", "web-sys", "js-sys", "tokio", "rayon"];

/// Generates what the page's types come from, then checks everything.
pub(crate) fn run(paths: &Paths, steps: &mut Steps) -> Result<()> {
    setup::page(paths, steps)?;
    wasm::build(paths, steps)?;
    check_all(paths, steps)
}

/// Runs every check, also those after one that failed, and fails if one did.
pub(crate) fn check_all(paths: &Paths, steps: &mut Steps) -> Result<()> {
    let mut failures = Vec::new();
    let mut check = |title: &str, command: &mut Command| {
        let result = steps.run(title, || run::capture(command).map(|_| String::new()));
        failures.extend(result.err().map(|error| format!("{error:#}")));
    };

    check(
        "Checking Rust formatting",
        run::cargo(&paths.root).args(["fmt", "--all", "--check", "--", "--color=never"]),
    );
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    check("Checking Rust lints", run::cargo(&paths.root).args(clippy));
    check("Checking the fuzz targets", &mut fuzz::check(paths));
    for part in ["page", "worker", "node"] {
        let project = format!("www/tsconfig.{part}.json");
        check(
            &format!("Checking types: {project}"),
            node_program(paths, "typescript/bin/tsc").args(["--project", &project]),
        );
    }
    let eslint = ["--config", "www/eslint.config.js", "--max-warnings", "0", "www", "tests/browser"];
    check(
        "Checking TypeScript and JavaScript lints",
        node_program(paths, "eslint/bin/eslint.js").args(eslint),
    );
    check("Checking page and test formatting", prettier(paths).arg("--check"));
    failures.extend(
        steps.run("Checking the library's walls", || wall(paths)).err().map(|error| format!("{error:#}")),
    );

    if !failures.is_empty() {
        bail!("{}", failures.join("\n\n"));
    }
    Ok(())
}

/// Formats the Rust code, the page and its tests.
pub(crate) fn format(paths: &Paths, steps: &mut Steps) -> Result<()> {
    setup::node()?;
    setup::npm_packages(steps, &paths.www())?;
    steps.run("Formatting", || {
        run::capture(run::cargo(&paths.root).args(["fmt", "--all"]))?;
        run::capture(prettier(paths).arg("--write"))?;
        Ok(String::new())
    })
}

fn prettier(paths: &Paths) -> Command {
    let mut command = node_program(paths, "prettier/bin/prettier.cjs");
    command.arg("--log-level=warn");
    command.args(["--ignore-path=.gitignore", "--ignore-path=www/.prettierignore"]);
    command.args(["www", "tests/browser"]);
    command
}

/// A program out of the page's npm packages.
fn node_program(paths: &Paths, path: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(paths.npm_program(path)).current_dir(&paths.root);
    command
}

fn wall(paths: &Paths) -> Result<String> {
    let arguments =
        ["tree", "--package", "diskglass", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let tree = run::answer(run::cargo(&paths.root).args(arguments))?;
    let found = over_the_wall(&tree);
    if !found.is_empty() {
        bail!("the library must not depend on {}, not even through another crate", found.join(", "));
    }
    Ok(format!("{} crates", crates(&tree).count()))
}

/// The crates that `cargo tree --prefix none` names.
fn crates(tree: &str) -> impl Iterator<Item = &str> {
    tree.lines().filter_map(|line| line.split_whitespace().next())
}

fn over_the_wall(tree: &str) -> Vec<&str> {
    crates(tree).filter(|name| BEHIND_THE_WALL.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_a_crate_behind_the_wall() {
        let tree = "diskglass v0.1.0 (/somewhere/js-sys/diskglass)\nserde v1.0.228\njs-sys v0.3.107\nrayon-not v1.0.0\n";
        assert_eq!(over_the_wall(tree), ["js-sys"]);
        assert_eq!(crates(tree).count(), 4);
    }
}
