//! The root directory of a FAT volume: its label is an entry there.

use super::super::limited::Limited;
use super::super::text;
use super::structures::{BootSector32, DirectoryEntry};
use super::{Layout, fat_entry};

/// Bytes of the root directory that are searched for the label, which is normally the first entry.
const ROOT_BYTES: u64 = 128 << 10;
/// Clusters of the root directory that are followed.
const ROOT_CLUSTERS: usize = 100;
/// Bytes of a directory read at once.
const PIECE_BYTES: usize = 4096;

/// What a search through a piece of the root directory came to.
enum Search {
    Label([u8; 11]),
    /// There are no entries behind this piece.
    End,
    /// The search goes on.
    Nothing,
}

/// Looks for the label in `length` bytes of directory entries.
fn search(volume: &Limited, offset: u64, length: u64) -> Search {
    let mut at = 0;
    while at < length {
        let count = usize::try_from(length - at).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let Some(piece) = offset.checked_add(at).and_then(|from| volume.read(from, count)) else {
            return Search::End;
        };
        for bytes in piece.chunks_exact(DirectoryEntry::LENGTH) {
            let Some(entry) = DirectoryEntry::decode(bytes) else { return Search::End };
            let [first, rest @ ..] = entry.name;
            match first {
                0 => return Search::End,
                0xe5 => continue,
                _ => {}
            }
            let is_label = entry.attributes & 0x18 == 0x08
                && entry.attributes & 0x3f != 0x0f
                && (entry.cluster_high, entry.cluster_low) == (0, 0);
            if is_label {
                // The mark of a deleted entry is also a letter: a name that begins with it begins with 5.
                let mut label = entry.name;
                if first == 0x05 {
                    label = [0xe5; 11];
                    if let Some(tail) = label.get_mut(1..) {
                        tail.copy_from_slice(&rest);
                    }
                }
                return Search::Label(label);
            }
        }
        at += count as u64;
    }
    Search::Nothing
}

/// The label in the root directory of FAT12 and FAT16, which has a place of its own.
pub(super) fn label(volume: &Limited, layout: &Layout) -> Option<String> {
    let length = layout.root_entries * DirectoryEntry::LENGTH as u64;
    match search(volume, layout.data_offset(), length.min(ROOT_BYTES)) {
        Search::Label(label) => text::label(&label),
        _ => None,
    }
}

/// The label in the root directory of FAT32, which is a chain of clusters.
pub(super) fn label_32(volume: &Limited, boot: &BootSector32, layout: &Layout) -> Option<String> {
    let cluster_bytes = layout.cluster_bytes();
    let entries = u64::from(boot.sectors_per_fat) * layout.sector_bytes / 4;
    let mut left = ROOT_BYTES;
    let mut cluster = u64::from(boot.root_cluster);
    for _ in 0..ROOT_CLUSTERS {
        if cluster < 2 || cluster >= entries || left == 0 {
            return None;
        }
        let offset = layout.data_offset() + (cluster - 2) * cluster_bytes;
        let length = cluster_bytes.min(left);
        match search(volume, offset, length) {
            Search::Label(label) => return text::label(&label),
            Search::End => return None,
            Search::Nothing => left -= length,
        }
        cluster = u64::from(fat_entry(volume, layout.fat_offset() + cluster * 4, 4)? & 0x0fff_ffff);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::BootSector;
    use super::*;
    use crate::volume::tests::{fat, patched};
    use diskglass_samples::volumes::fat::Width;
    use std::rc::Rc;

    /// Offset of the root directory.
    fn root(bytes: &[u8]) -> u64 {
        let (boot, boot32) = (BootSector::decode(bytes).unwrap(), BootSector32::decode(bytes).unwrap());
        Layout::of(&boot, &boot32).unwrap().data_offset()
    }

    fn label(bytes: &Rc<Vec<u8>>, patches: &[(u64, &[u8])]) -> Option<String> {
        patched(bytes, patches).volume.unwrap().label
    }

    fn entry(name: &[u8; 11], attributes: u8, cluster: u16) -> Vec<u8> {
        let mut bytes = name.to_vec();
        bytes.push(attributes);
        bytes.resize(32, 0);
        bytes[26..28].copy_from_slice(&cluster.to_le_bytes());
        bytes
    }

    #[test]
    fn the_label_is_that_of_the_root_directory() {
        for width in [Width::Fat12, Width::Fat16, Width::Fat32] {
            let bytes = fat(width);
            let at = root(&bytes);
            // The boot sector says DATA 1 all the same.
            assert_eq!(label(&bytes, &[(at, &[0; 32])]), None, "no entry");
            assert_eq!(label(&bytes, &[(at, &[0xe5])]), None, "deleted");
            assert_eq!(label(&bytes, &[(at, b"OTHER      ")]).as_deref(), Some("OTHER"));
            assert_eq!(
                label(&bytes, &[(at, b"\x05BC")]).as_deref(),
                Some("\u{fffd}BCA 1"),
                "5 stands for E5"
            );
            let others = [
                entry(b"LONG NAME  ", 0x0f, 0),
                entry(b"README  TXT", 0x20, 3),
                entry(b"DIR        ", 0x10, 4),
                entry(b"THIRD      ", 0x08, 0),
            ];
            assert_eq!(label(&bytes, &[(at, &others.concat())]).as_deref(), Some("THIRD"));
        }
    }

    #[test]
    fn the_root_directory_of_fat32_is_a_chain() {
        let bytes = fat(Width::Fat32);
        let at = root(&bytes);
        let full = entry(b"README  TXT", 0x20, 3).repeat(16);
        let boot32 = BootSector32::decode(&bytes).unwrap();
        let table = u64::from(boot32.reserved_sectors) * 512;
        let next = entry(b"FAR AWAY   ", 0x08, 0);
        let patches: [(u64, &[u8]); 3] = [(at, &full), (table + 8, &[9, 0, 0, 0]), (at + 7 * 512, &next)];
        assert_eq!(label(&bytes, &patches).as_deref(), Some("FAR AWAY"));
        let circle: [(u64, &[u8]); 2] = [(at, &full), (table + 8, &[2, 0, 0, 0])];
        assert_eq!(label(&bytes, &circle), None);
    }
}
