//! The independent tools that the library is compared with. None of them has to be there.

use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where system programs are, beside the PATH.
const SYSTEM_FOLDERS: [&str; 2] = ["/usr/sbin", "/sbin"];

/// An installed program.
pub struct Tool {
    name: &'static str,
    path: PathBuf,
}

/// These programs, or `None` and a line that says which one is missing: the test is skipped then.
pub fn tools<const N: usize>(names: [&'static str; N]) -> Option<[Tool; N]> {
    let found: Vec<Tool> = names.iter().filter_map(|name| Tool::find(name)).collect();
    found.try_into().ok()
}

impl Tool {
    /// Looks for a program; says so where there is none.
    pub fn find(name: &'static str) -> Option<Self> {
        let folders = env::var_os("PATH").unwrap_or_default();
        let found = env::split_paths(&folders)
            .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
            .map(|folder| folder.join(name))
            .find(|path| path.is_file());
        if found.is_none() {
            println!("skipped: {name} is not installed");
        }
        Some(Self { name, path: found? })
    }

    /// The distribution's own Python with a module of the distribution's; says so where that is missing. Another Python
    /// that comes first in the PATH does not have such modules.
    pub fn python_with(module: &str) -> Option<Self> {
        let python = Self { name: "python3", path: PathBuf::from("/usr/bin/python3") };
        let is_there = python.path.is_file() && python.try_run(&["-c", &format!("import {module}")]).is_ok();
        if !is_there {
            println!("skipped: Python has no {module}");
        }
        is_there.then_some(python)
    }

    fn output<A: AsRef<OsStr>>(&self, arguments: &[A], folder: Option<&Path>, input: &str) -> Output {
        let mut command = Command::new(&self.path);
        command.args(arguments).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
        // A program that asks for nothing may end before it has read anything.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn judge(&self, output: &Output) -> Result<String, String> {
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(out);
        }
        let error = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} ended with {}: {error}{out}", self.name, output.status))
    }

    /// Runs it and returns what it prints.
    ///
    /// # Panics
    /// When it fails.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> String {
        self.try_run(arguments).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Runs it and returns what it prints.
    ///
    /// # Errors
    /// What it says when it fails.
    pub fn try_run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<String, String> {
        self.judge(&self.output(arguments, None, ""))
    }

    /// Runs it in a folder and returns what it prints.
    ///
    /// # Errors
    /// What it says when it fails.
    pub fn try_run_in<A: AsRef<OsStr>>(&self, folder: &Path, arguments: &[A]) -> Result<String, String> {
        self.judge(&self.output(arguments, Some(folder), ""))
    }

    /// Runs it with that standard input and returns what it prints.
    ///
    /// # Panics
    /// When it fails.
    pub fn run_with<A: AsRef<OsStr>>(&self, arguments: &[A], input: &str) -> String {
        self.judge(&self.output(arguments, None, input)).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The text of a path that a test made.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("the tests name files in ASCII")
}

/// The major version of `qemu-img`.
pub fn qemu_version(qemu_img: &Tool) -> u32 {
    let said = qemu_img.run(&["--version"]);
    let version = said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    version.and_then(|version| version.split('.').next()?.parse().ok()).expect("qemu-img has a version")
}

/// What a tool prints as JSON.
pub fn json(printed: &str) -> Value {
    serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error} in {printed}"))
}

/// The value of a line `Key : value` or `Key: value` that libvhdi's and libvmdk's tools print.
pub fn line_value<'a>(printed: &'a str, key: &str) -> Option<&'a str> {
    printed.lines().find_map(|line| Some(line.trim().strip_prefix(key)?.trim().strip_prefix(':')?.trim()))
}

/// The number of bytes in a value like `4.0 MiB (4194304 bytes)`.
pub fn bytes_in(value: &str) -> Option<u64> {
    let inner = value.rsplit_once('(').map_or(value, |(_, inner)| inner);
    inner.split_whitespace().next()?.parse().ok()
}

/// What `blkid` says of a file: the keys of its `udev` form without their prefix, values decoded.
pub fn blkid(tool: &Tool, path: &Path) -> BTreeMap<String, String> {
    // It fails where it finds nothing, which is an answer too.
    let printed = tool.try_run(&["-p", "-o", "udev", text(path)]).unwrap_or_default();
    printed
        .lines()
        .filter_map(|line| line.strip_prefix("ID_FS_")?.split_once('='))
        .map(|(key, value)| (key.to_owned(), unescape(value)))
        .collect()
}

/// Undoes `\x20` in what `blkid -o udev` prints.
fn unescape(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.strip_prefix(b"x").and_then(|tail| tail.get(..2)).filter(|_| *first == b'\\');
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[3..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_tools_print() {
        assert_eq!(unescape("New\\x20Volume"), "New Volume");
        assert_eq!(unescape("a\\b\\x5c"), "a\\b\\");
        assert_eq!(
            line_value("\tMedia size\t\t: 4.0 MiB (4194304 bytes)\n", "Media size"),
            Some("4.0 MiB (4194304 bytes)")
        );
        assert_eq!(bytes_in("4.0 MiB (4194304 bytes)"), Some(4_194_304));
        assert_eq!(bytes_in("512 bytes"), Some(512));
    }
}
