//! What the page costs in a real browser: time to the first overview, scripting time per frame, memory.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::paths::Paths;
use crate::run::Steps;
use crate::{setup, web};

/// Builds the page and prints what it costs; `command` writes the samples that are opened.
pub(super) fn run(paths: &Paths, steps: &mut Steps, command: &Path) -> Result<()> {
    const TITLE: &str = "Measuring the page in Chromium";
    let Some(chromium) = setup::chromium() else {
        steps.skip(TITLE, "there is no Chromium; DISKGLASS_CHROMIUM can name one");
        return Ok(());
    };
    web::build(paths, steps)?;
    setup::npm_packages(steps, &paths.browser_tests())?;
    println!("\nThe page in Chromium: scripting, style and layout on its own thread\n");
    let status = Command::new("node")
        .arg("bench.mjs")
        .current_dir(paths.browser_tests())
        .env("DISKGLASS_CHROMIUM", chromium)
        .env("DISKGLASS_DIST", paths.dist())
        .env("DISKGLASS_CLI", command)
        .stdin(Stdio::null())
        .status()?;
    if !status.success() {
        bail!("the page could not be measured: node ended with {status}");
    }
    Ok(())
}
