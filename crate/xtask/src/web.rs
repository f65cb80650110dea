//! The page: everything that goes into `dist/`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::{serve, setup, wasm};

/// Builds the page and says how large it became.
pub(crate) fn build(paths: &Paths, steps: &mut Steps) -> Result<()> {
    setup::page(paths, steps)?;
    wasm::build(paths, steps)?;
    steps.run("Building the page", || {
        let vite = paths.npm_program("vite/bin/vite.js");
        run::capture(Command::new("node").arg(vite).arg("build").current_dir(paths.www()))?;
        Ok(String::new())
    })?;
    print_sizes(&paths.dist())
}

fn print_sizes(dist: &Path) -> Result<()> {
    let (mut total, mut total_packed) = (0, 0);
    println!("\n{:<44} {:>12} {:>12}", dist.display(), "bytes", "gzip");
    for file in serve::files(dist)? {
        let bytes = fs::read(dist.join(&file))?;
        let packed = gzip_size(&bytes)?;
        println!("{:<44} {:>12} {packed:>12}", file.display(), bytes.len());
        total += bytes.len();
        total_packed += packed;
    }
    println!("{:<44} {total:>12} {total_packed:>12}\n", "total");
    Ok(())
}

/// How many bytes travel when a server compresses.
fn gzip_size(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
