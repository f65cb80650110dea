//! Bringing a machine to where it can build and test: whatever is missing is installed, or named with the command
//! that installs it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use semver::Version;

use crate::paths::Paths;
use crate::run::{self, Steps};

/// What the page's code compiles to.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Where Debian keeps programs that are not for everybody's PATH.
const SYSTEM_FOLDERS: [&str; 2] = ["/usr/sbin", "/sbin"];

/// The Debian packages of the tools that the conformance tests compare with, each with a program out of it.
const PEERS: [(&str, &str); 15] = [
    ("qemu-utils", "qemu-img"),
    ("libvhdi-utils", "vhdiinfo"),
    ("libvmdk-utils", "vmdkinfo"),
    ("fdisk", "sfdisk"),
    ("gdisk", "sgdisk"),
    ("dosfstools", "mkfs.vfat"),
    ("e2fsprogs", "mkfs.ext4"),
    ("ntfs-3g", "mkntfs"),
    ("xfsprogs", "mkfs.xfs"),
    ("btrfs-progs", "mkfs.btrfs"),
    ("exfatprogs", "mkfs.exfat"),
    ("lvm2", "pvcreate"),
    ("cryptsetup-bin", "cryptsetup"),
    ("genisoimage", "genisoimage"),
    ("zstd", "zstd"),
];

/// The Debian packages of Python modules that the tests compare with, each with its module.
const PEER_MODULES: [(&str, &str); 1] = [("python3-libvhdi", "pyvhdi")];

/// Makes sure that Rust can compile for the browser.
pub(crate) fn wasm_target(steps: &mut Steps) -> Result<()> {
    let folder =
        run::answer(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    // Asking for the folder and not rustup also finds the target of a Rust that came from a distribution.
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    if which::which("rustup").is_err() {
        bail!(
            "the Rust target {WASM_TARGET} is needed: install it with `apt-get install libstd-rust-dev-wasm32`, \
             or Rust with rustup from https://rustup.rs"
        );
    }
    steps.run("Adding the Rust target for WebAssembly", || {
        run::capture(Command::new("rustup").args(["target", "add", WASM_TARGET]))?;
        Ok(String::new())
    })
}

/// Makes sure that there is a Node that the page's tools run on, and npm.
pub(crate) fn node() -> Result<()> {
    const INSTALL: &str =
        "install it with `apt-get install nodejs npm` where that is new enough, or from https://nodejs.org";
    let Ok(answer) = run::answer(Command::new("node").arg("--version")) else {
        bail!("Node 20.19 or newer is needed: {INSTALL}");
    };
    if !is_supported_node(&answer) {
        bail!("Node 20.19 or newer is needed (there is {}): {INSTALL}", answer.trim());
    }
    if which::which("npm").is_err() {
        bail!("npm is needed: install it with `apt-get install npm`");
    }
    Ok(())
}

/// Whether Vite runs on this Node: 20 from 20.19, 22 from 22.12, and everything later.
fn is_supported_node(version: &str) -> bool {
    let Ok(version) = Version::parse(version.trim().trim_start_matches('v')) else { return false };
    match version.major {
        20 => version.minor >= 19,
        22 => version.minor >= 12,
        major => major >= 23,
    }
}

/// Installs the npm packages of a folder, unless what is there came from the same lock file.
pub(crate) fn npm_packages(steps: &mut Steps, folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("cannot read the lock file in {}", folder.display()))?;
    // A copy of the lock tells reliably what is installed; times do not survive a checkout.
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let name = folder.file_name().unwrap_or_default().display();
    steps.run(&format!("Installing the npm packages of {name}"), || {
        let npm = which::which("npm").context("npm is needed: install it with `apt-get install npm`")?;
        run::capture(Command::new(npm).current_dir(folder).args(["ci", "--no-fund", "--no-audit"]))?;
        fs::write(&installed, &lock)?;
        Ok(String::new())
    })
}

/// The Chromium that the browser tests drive: the one `DISKGLASS_CHROMIUM` names, or the machine's own.
pub(crate) fn chromium() -> Option<PathBuf> {
    env::var_os("DISKGLASS_CHROMIUM").map(PathBuf::from).or_else(|| {
        ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| which::which(name).ok())
    })
}

/// The Firefox that the browser tests drive: the one `DISKGLASS_FIREFOX` names, or the machine's own.
pub(crate) fn firefox() -> Option<PathBuf> {
    env::var_os("DISKGLASS_FIREFOX")
        .map(PathBuf::from)
        .or_else(|| ["firefox-esr", "firefox"].iter().find_map(|name| which::which(name).ok()))
}

/// Whether `WebKitGTK` can be driven, on a display that nobody sees.
pub(crate) fn has_webkit() -> bool {
    ["WebKitWebDriver", "xvfb-run", "xauth"].iter().all(|name| has_program(name))
}

/// Installs the browsers and the tools that the tests compare with, where apt is at hand; elsewhere says what is
/// missing.
pub(crate) fn machine_packages(steps: &mut Steps) -> Result<()> {
    let mut missing: Vec<&str> =
        PEERS.iter().filter(|(_, program)| !has_program(program)).map(|(package, _)| *package).collect();
    missing
        .extend(PEER_MODULES.iter().filter(|(_, module)| !has_module(module)).map(|(package, _)| *package));
    if chromium().is_none() {
        missing.extend(["chromium", "fonts-dejavu-core"]);
    }
    if firefox().is_none() {
        missing.push("firefox-esr");
    }
    if !has_webkit() {
        missing.extend(["webkit2gtk-driver", "xvfb", "xauth"]);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if which::which("apt-get").is_err() {
        steps.skip(
            "Installing test tools",
            &format!("no apt-get; tests that need one of these are skipped: {names}"),
        );
        return Ok(());
    }
    steps.run("Installing test tools", || {
        if apt_install(&missing).is_err() {
            // The package lists are empty on a fresh machine and stale on an old one.
            run::capture(as_root("apt-get").arg("update"))?;
            apt_install(&missing).with_context(|| {
                format!("install them with `apt-get install --no-install-recommends {names}`")
            })?;
        }
        Ok(names.clone())
    })
}

fn apt_install(packages: &[&str]) -> Result<String> {
    run::capture(as_root("apt-get").args(["install", "-y", "--no-install-recommends"]).args(packages))
}

/// A command that runs with the rights to install packages and asks no questions.
fn as_root(program: &str) -> Command {
    let is_root = run::answer(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        let mut command = Command::new(program);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    } else {
        let mut command = Command::new("sudo");
        command.args(["-n", "DEBIAN_FRONTEND=noninteractive", program]);
        command
    }
}

fn has_program(name: &str) -> bool {
    which::which_in_global(name, Some(search_path())).is_ok_and(|mut found| found.next().is_some())
}

/// Whether the distribution's own Python is there and has that module.
fn has_module(name: &str) -> bool {
    run::answer(Command::new("/usr/bin/python3").args(["-c", &format!("import {name}")])).is_ok()
}

/// The PATH, with the folders for system programs.
pub(crate) fn search_path() -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(SYSTEM_FOLDERS.iter().map(PathBuf::from));
    env::join_paths(folders).unwrap_or(path)
}

/// Everything that the page is built with.
pub(crate) fn page(paths: &Paths, steps: &mut Steps) -> Result<()> {
    wasm_target(steps)?;
    node()?;
    npm_packages(steps, &paths.www())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_node_is_new_enough() {
        for version in ["v20.19.0\n", "v20.20.2", "v22.12.0", "v22.21.1", "v23.11.0", "v24.0.0", "v26.1.0"] {
            assert!(is_supported_node(version), "{version}");
        }
        for version in ["v20.18.3", "v18.20.4", "v21.7.3", "v22.11.0", "v9.9.9", "20", "", "node"] {
            assert!(!is_supported_node(version), "{version}");
        }
    }

    #[test]
    fn looks_for_programs_beside_the_path() {
        assert!(has_program("sh"));
        assert!(!has_program("no-such-program-anywhere"));
        let folders: Vec<_> = env::split_paths(&search_path()).collect();
        assert!(folders.ends_with(&SYSTEM_FOLDERS.map(PathBuf::from)), "{folders:?}");
    }
}
