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

/// What it may take to open an image, gzipped.
const BUDGET_KIB: usize = 400;

/// Files by what they are for.
const GROUPS: [(&str, &[&str]); 3] = [
    ("to open an image", &[]),
    ("once it is open, or where it is damaged", &["assets/diskglass_rest", "assets/all-samples"]),
    // The gallery, other languages than English, the whole page once more as one file, what an installed page is drawn
    // with.
    (
        "on demand",
        &[
            "assets/samples_bg",
            "assets/samples-",
            "assets/ja-",
            "diskglass.html",
            "icon",
            "manifest",
            "sw.js",
            "favicon",
        ],
    ),
];

/// Fails where the page has become too heavy.
pub(crate) fn weigh(paths: &Paths, steps: &mut Steps) -> Result<()> {
    steps.run("Weighing the page", || {
        let mut bytes = 0;
        for file in serve::files(&paths.dist())?.iter().filter(|file| group(file) == 0) {
            bytes += gzip_size(&fs::read(paths.dist().join(file))?)?;
        }
        let note = format!("{} of {BUDGET_KIB} KiB gzipped", bytes.div_ceil(1024));
        if bytes > BUDGET_KIB << 10 {
            bail!("the page has become too heavy: {note}");
        }
        Ok(note)
    })
}

/// Which group a file belongs to: the first one, unless its name begins as one of another.
fn group(file: &Path) -> usize {
    let name = file.to_string_lossy().replace('\\', "/");
    let is_in = |(_, starts): &(&str, &[&str])| starts.iter().any(|start| name.starts_with(start));
    GROUPS.iter().position(is_in).unwrap_or_default()
}

/// Prints how large each file is, and how much that is by what they are for.
fn print_sizes(dist: &Path) -> Result<()> {
    let mut groups = GROUPS.map(|(title, _)| (title, 0, 0));
    println!("\n{:<44} {:>12} {:>12}", dist.display(), "bytes", "gzip");
    for file in serve::files(dist)? {
        let bytes = fs::read(dist.join(&file))?;
        let packed = gzip_size(&bytes)?;
        println!("{:<44} {:>12} {packed:>12}", file.display(), bytes.len());
        if let Some((_, sum, packed_sum)) = groups.get_mut(group(&file)) {
            *sum += bytes.len();
            *packed_sum += packed;
        }
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
