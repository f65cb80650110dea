//! The command itself, as people and scripts call it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The command: the one that `DISKGLASS_CLI` names, or the one beside the tests; a line says
/// that the test is skipped where there is none.
pub fn command() -> Option<PathBuf> {
    let named = std::env::var_os("DISKGLASS_CLI").map(PathBuf::from);
    let path = named.unwrap_or_else(|| {
        let beside = std::env::current_exe().unwrap();
        beside.ancestors().nth(2).unwrap().join(format!("diskglass{}", std::env::consts::EXE_SUFFIX))
    });
    if !path.is_file() {
        println!("skipped: {} is not built", path.display());
        return None;
    }
    Some(path)
}

/// Runs it with nothing to read.
pub fn run<A: AsRef<OsStr>>(command: &Path, arguments: &[A]) -> Output {
    Command::new(command).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Its exit status.
pub fn status(output: &Output) -> i32 {
    output.status.code().expect("the command was not killed")
}

/// What it printed.
pub fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// Checks that the command failed the way the contract says: exit status 2, one line, and nothing else. Returns the line.
pub fn one_line(output: &Output) -> &str {
    let line = std::str::from_utf8(&output.stderr).unwrap();
    assert_eq!((status(output), stdout(output)), (2, ""), "{line}");
    assert!(line.ends_with('\n') && line.lines().count() == 1, "{line:?}");
    line
}
