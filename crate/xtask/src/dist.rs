//! A release: the page as a folder and as one file, and the command. The same bytes each time.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::{serve, web};

/// The page as one file, as `cargo xtask build` calls it.
const SINGLE_FILE: &str = "diskglass.html";

/// What lists the checksums of all files of a release.
const SUMS: &str = "SHA256SUMS";

/// Makes a release in `target/dist`; `twice`: and another one in a fresh clone elsewhere, which has to be the same.
pub(crate) fn run(paths: &Paths, steps: &mut Steps, twice: bool) -> Result<()> {
    web::build(paths, steps)?;
    web::weigh(paths, steps)?;
    steps.run("Building the command", || {
        run::capture(
            run::cargo(&paths.root)
                .args(["build", "--quiet", "--profile", "dist", "--package", "diskglass-cli"])
                .env("RUSTFLAGS", remap()?.join(" ")),
        )?;
        Ok(String::new())
    })?;
    let release = paths.target.join("dist-files");
    steps.run("Collecting the release", || collect(paths, &release))?;
    print(&release)?;
    if twice { same_again(paths, steps, &release) } else { Ok(()) }
}

/// What keeps the places of this machine out of what is compiled: the folders that the crates were unpacked in.
pub(crate) fn remap() -> Result<Vec<String>> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo"))).context("there is no home folder")?;
    // Nothing was unpacked yet on a new machine: the name of the folder comes from the address of the registry.
    let sources = home.join("registry/src");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&sources).into_iter().flatten().flatten().map(|folder| folder.path()).collect();
    folders.sort();
    Ok(folders.iter().map(|folder| format!("--remap-path-prefix={}=crates", folder.display())).collect())
}

/// Puts together what is handed out.
fn collect(paths: &Paths, release: &Path) -> Result<String> {
    if release.exists() {
        fs::remove_dir_all(release)?;
    }
    for file in serve::files(&paths.dist())? {
        let to = if file == Path::new(SINGLE_FILE) {
            release.join(&file)
        } else {
            release.join("page").join(&file)
        };
        fs::create_dir_all(to.parent().unwrap_or(release))?;
        fs::copy(paths.dist().join(&file), to)?;
    }
    let command = paths.command("dist");
    fs::copy(&command, release.join(command.file_name().unwrap_or_default()))?;
    let mut sums = String::new();
    for file in serve::files(release)? {
        let sum = Sha256::digest(fs::read(release.join(&file))?);
        for byte in sum {
            write!(sums, "{byte:02x}")?;
        }
        writeln!(sums, "  {}", file.display())?;
    }
    fs::write(release.join(SUMS), sums)?;
    Ok(release.display().to_string())
}

fn print(release: &Path) -> Result<()> {
    println!();
    for file in serve::files(release)? {
        println!("{:<52} {:>12} bytes", file.display(), fs::metadata(release.join(&file))?.len());
    }
    println!();
    Ok(())
}

/// Makes the release of the last commit once more, from a clone in another place and with nothing that is built yet.
fn same_again(paths: &Paths, steps: &mut Steps, release: &Path) -> Result<()> {
    steps.run("Making it again in a fresh clone", || {
        let again = paths.target.join("dist-again");
        if again.exists() {
            fs::remove_dir_all(&again)?;
        }
        fs::create_dir_all(&again)?;
        let (copy, target) = (again.join("copy"), again.join("target"));
        run::capture(Command::new("git").args(["clone", "--quiet"]).arg(&paths.root).arg(&copy))?;
        run::capture(run::cargo(&copy).args(["xtask", "dist"]).env("CARGO_TARGET_DIR", &target))?;
        let sums = |folder: &Path| fs::read_to_string(folder.join(SUMS));
        let (first, second) = (sums(release)?, sums(&target.join("dist-files"))?);
        let different: Vec<&str> = first.lines().filter(|line| !second.contains(line)).collect();
        if first != second {
            bail!("not the same bytes:\n{}", different.join("\n"));
        }
        fs::remove_dir_all(&again)?;
        Ok(format!("{} files, the same bytes", first.lines().count()))
    })
}
