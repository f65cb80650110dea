//! Chains of differencing VHDs, read by the library and by libvhdi: byte for byte the same disk, but for one mistake of
//! libvhdi (20210425 to 20260901). It takes the sector that follows a run of marked sectors from the image as well,
//! although its bit is clear and it is in the parent. Sectors that differ are allowed where it can be proved that they
//! differ for that reason. (qemu-img takes a differencing image for a dynamic one, so it cannot be asked.)
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests stop at the first surprise")]

use diskglass::image::LinkStatus;
use diskglass::session::Session;
use diskglass_conformance::on_disk::{FileBytes, files_in, session_of};
use diskglass_conformance::tools::{Tool, text};
use diskglass_conformance::{corpus, files};
use diskglass_samples::gallery;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Bytes that are compared at once.
const STEP_BYTES: usize = 64 << 10;
const STEP: u64 = STEP_BYTES as u64;

/// Opens the images given, leaf first, each with the next one as its parent, and writes the leaf's disk into a file.
const READ_WITH_LIBVHDI: &str = "
import sys, pyvhdi
*paths, out = sys.argv[1:]
above, kept = None, []
for path in reversed(paths):
    image = pyvhdi.file()
    image.open(path)
    if above is not None:
        image.set_parent(above)
    above = image
    kept.append(image)
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
    session.inspect(chain.first().and_then(|leaf| leaf.file_name()?.to_str()));
    let disk = session.disk().unwrap();
    assert_eq!(disk.size(), fs::metadata(&raw).unwrap().len(), "{chain:?}");
    let theirs = FileBytes::open(&raw);
    let differing: Vec<u64> = (0..disk.size() / STEP)
        .filter(|step| {
            disk.read_vec(step * STEP, STEP_BYTES).unwrap()
                != theirs.read_vec(step * STEP, STEP_BYTES).unwrap()
        })
        .flat_map(|step| (step * STEP..(step + 1) * STEP).step_by(512))
        .filter(|at| disk.read_array::<512>(*at).unwrap() != theirs.read_array::<512>(*at).unwrap())
        .collect();
    for at in &differing {
        let read = theirs.read_array::<512>(*at).unwrap();
        assert!(is_taken_too_far(&session, *at, &read), "byte {at} of {chain:?} differs");
    }
    println!("{chain:?}: {} sectors taken from the wrong image by libvhdi", differing.len());
}

/// Whether libvhdi's sector is the one that follows the sector before it in the file that holds that one, and that file
/// is further up the chain than the one that has the sector in truth.
fn is_taken_too_far(session: &Session, at: u64, theirs: &[u8]) -> bool {
    let piece = |at: u64| session.translate(at, 512).ok()?.pieces.into_iter().next();
    let Some((before, this)) = at.checked_sub(512).and_then(piece).zip(piece(at)) else { return false };
    let Some(place) = before.place else { return false };
    let follows = session.bytes(&place.file, place.offset + 512, 512);
    before.image != this.image && follows.is_ok_and(|bytes| bytes == theirs)
}

fn write_all(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Vec<PathBuf> {
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    files_in(folder)
}

#[test]
fn chains_of_the_gallery_are_read_as_libvhdi_reads_them() {
    let Some(python) = Tool::python_with("pyvhdi") else { return };
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
    let (Some(python), Some(folder)) = (Tool::python_with("pyvhdi"), corpus::folder()) else { return };
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
