//! The page: everything that goes into `dist/`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
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

/// What of the page a visit may load until an image is open, gzipped.
const BUDGET_KIB: usize = 610;

/// Files that only some visits need, by how their names begin: the gallery, other languages than English, the whole
/// page once more as one file, what an installed page is drawn with.
const ON_DEMAND: [&str; 7] =
    ["assets/samples", "assets/ja-", "diskglass.html", "icon", "manifest", "sw.js", "favicon"];

/// Fails where the page has become too heavy.
pub(crate) fn weigh(paths: &Paths, steps: &mut Steps) -> Result<()> {
    steps.run("Weighing the page", || {
        let mut bytes = 0;
        for file in serve::files(&paths.dist())?.iter().filter(|file| !is_on_demand(file)) {
            bytes += gzip_size(&fs::read(paths.dist().join(file))?)?;
        }
        let note = format!("{} of {BUDGET_KIB} KiB gzipped", bytes.div_ceil(1024));
        if bytes > BUDGET_KIB << 10 {
            bail!("the page has become too heavy: {note}");
        }
        Ok(note)
    })
}

fn is_on_demand(file: &Path) -> bool {
    let name = file.to_string_lossy().replace('\\', "/");
    ON_DEMAND.iter().any(|start| name.starts_with(start))
}

/// Prints how large each file is, and what a visit loads until an image is open.
fn print_sizes(dist: &Path) -> Result<()> {
    let mut groups = [("until an image is open", 0, 0), ("on demand", 0, 0)];
    println!("\n{:<44} {:>12} {:>12}", dist.display(), "bytes", "gzip");
    for file in serve::files(dist)? {
        let bytes = fs::read(dist.join(&file))?;
        let packed = gzip_size(&bytes)?;
        println!("{:<44} {:>12} {packed:>12}", file.display(), bytes.len());
        let [first, later] = &mut groups;
        let group = if is_on_demand(&file) { later } else { first };
        group.1 += bytes.len();
        group.2 += packed;
    }
    for (title, bytes, packed) in groups {
        println!("{title:<44} {bytes:>12} {packed:>12}");
    }
    println!();
    Ok(())
}

/// How many bytes travel when a server compresses.
fn gzip_size(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
