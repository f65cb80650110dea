//! The guest's disk: written out for other tools, and compared with what they read.

use diskglass::bytes::Bytes;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes that are moved at once.
const STEP: usize = 1 << 20;

/// Bytes at the start and before the end of a stretch that other tools look at to recognise it.
const EDGES: u64 = 512 << 20;

/// Writes a stretch of a disk into a file, zeros as holes. What lies in the middle of a very large one is left out: no
/// partition table and no superblock is there.
pub fn write_range(disk: &Bytes, offset: u64, length: u64, path: &Path) {
    let mut file = File::create(path).unwrap();
    file.set_len(length).unwrap();
    let last = length.saturating_sub(EDGES) / STEP as u64 * STEP as u64;
    let starts = (0..length.min(EDGES)).chain(last.max(EDGES)..length).step_by(STEP);
    for start in starts {
        let bytes = disk.read_up_to(offset + start, STEP).unwrap();
        let within = usize::try_from(length - start).map_or(bytes.len(), |rest| rest.min(bytes.len()));
        if bytes[..within].iter().any(|byte| *byte != 0) {
            file.seek(SeekFrom::Start(start)).unwrap();
            file.write_all(&bytes[..within]).unwrap();
        }
    }
}

/// Where a disk differs from a file first, if it does; only the first `length` bytes are compared.
pub fn first_difference(disk: &Bytes, raw: &Path, length: u64) -> Option<u64> {
    let mut file = File::open(raw).unwrap();
    for start in (0..length).step_by(STEP) {
        let rest = usize::try_from(length - start).map_or(STEP, |rest| rest.min(STEP));
        let ours = disk.read_vec(start, rest).unwrap();
        let mut theirs = vec![0; ours.len()];
        file.read_exact(&mut theirs).unwrap();
        if ours != theirs {
            let within = ours.iter().zip(&theirs).position(|(our, their)| our != their).unwrap_or(0);
            return Some(start + within as u64);
        }
    }
    None
}
