//! Chains of differencing VHDs, read by the library and by libvhdi: byte for byte the same disk. (qemu-img takes a
//! differencing image for a dynamic one, so it cannot be asked.)
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests stop at the first surprise")]

use diskglass::image::LinkStatus;
use diskglass_conformance::disk_images::first_difference;
use diskglass_conformance::on_disk::{files_in, session_of};
use diskglass_conformance::tools::{Tool, text, tools};
use diskglass_conformance::{corpus, faults, files};
use diskglass_samples::gallery;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Opens the images given, leaf first, each with the next one as its parent, and writes the leaf's disk into a file.
const READ_WITH_LIBVHDI: &str = "
import sys, pyvhdi
*paths, out = sys.argv[1:]
above = None
for path in reversed(paths):
    image = pyvhdi.file()
    image.open(path)
    if above is not None:
        image.set_parent(above)
    above = image
size = above.get_media_size()
with open(out, 'wb') as raw:
    raw.truncate(size)
    for at in range(0, size, 1 << 20):
        above.seek_offset(at, 0)
        piece = above.read_buffer(min(1 << 20, size - at))
        if piece.count(0) != len(piece):
            raw.seek(at)
            raw.write(piece)
";

/// Python with libvhdi, or a word that it is missing.
fn libvhdi() -> Option<Tool> {
    let [python] = tools(["python3"])?;
    if python.try_run(&["-c", "import pyvhdi"]).is_err() {
        println!("skipped: libvhdi for Python is not installed");
        return None;
    }
    Some(python)
}

/// The files of the chain, leaf first, and whether all of it is VHD and there.
fn chain_of(paths: &[PathBuf]) -> Option<Vec<PathBuf>> {
    let report = session_of(paths).inspect(None);
    let whole = report
        .chain
        .iter()
        .all(|link| link.format == "vhd" && matches!(link.status, LinkStatus::Matches | LinkStatus::Base));
    let path = |name: &String| paths.iter().find(|path| path.file_name().unwrap() == name.as_str()).cloned();
    let chain: Vec<PathBuf> = report.chain.iter().filter_map(|link| path(&link.key)).collect();
    (whole && chain.len() > 1 && chain.len() == report.chain.len()).then_some(chain)
}

/// Reads the chain both ways.
fn compare(python: &Tool, chain: &[PathBuf]) {
    let folder = TempDir::new().unwrap();
    let raw = folder.path().join("chain.raw");
    let mut arguments = vec!["-c", READ_WITH_LIBVHDI];
    arguments.extend(chain.iter().map(|path| text(path)));
    arguments.push(text(&raw));
    python.run(&arguments);
    let mut session = session_of(chain);
    let report = session.inspect(chain.first().and_then(|leaf| leaf.file_name()?.to_str()));
    assert_eq!(faults(&report), [""; 0], "{chain:?}");
    let disk = session.disk().unwrap();
    assert_eq!(disk.size(), fs::metadata(&raw).unwrap().len(), "{chain:?}");
    assert_eq!(first_difference(&disk, &raw, disk.size()), None, "{chain:?}");
}

fn write_all(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Vec<PathBuf> {
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    files_in(folder)
}

#[test]
fn chains_of_the_gallery_are_read_as_libvhdi_reads_them() {
    let Some(python) = libvhdi() else { return };
    let mut compared = 0;
    for sample in gallery().iter().filter(|sample| sample.is_healthy() && sample.variant == "differencing") {
        let folder = TempDir::new().unwrap();
        let Some(chain) = chain_of(&write_all(folder.path(), files(sample))) else { continue };
        compare(&python, &chain);
        compared += 1;
    }
    assert!(compared > 0, "the gallery has no chain");
}

#[test]
fn real_chains_are_read_as_libvhdi_reads_them() {
    let (Some(python), Some(folder)) = (libvhdi(), corpus::folder()) else { return };
    let mut compared = 0;
    for set in corpus::sets(&folder).iter().filter(|set| set.members() > 1) {
        let folder = TempDir::new().unwrap();
        let members = set.read().into_iter().map(|member| (member.name, member.bytes)).collect();
        let Some(chain) = chain_of(&write_all(folder.path(), members)) else { continue };
        compare(&python, &chain);
        compared += 1;
    }
    println!("{compared} chains");
}
