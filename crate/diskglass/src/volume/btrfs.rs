//! Btrfs.

use super::found::Found;
use super::limited::Limited;
use super::{State, rules, text};
use crate::checksum::crc32c;
use crate::structure;
use crate::structure::{Show, hex_bytes};
use blake2::Blake2b;
use blake2::digest::consts::U32;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh64::xxh64;

structure! {
    /// Btrfs superblock: at 64 KiB of the device, with copies at 64 MiB and 256 GiB.
    pub struct Superblock("btrfs.superblock", "Btrfs superblock", 4096, Little) {
        /// Checksum of everything behind it.
        0x00 => checksum: [u8; 32], Show::Raw;
        /// Identity of the file system.
        0x20 => fsid: [u8; 16], Show::Uuid;
        /// Byte offset of this copy on the device.
        0x30 => own_address: u64, Show::Offset;
        /// Flags.
        0x38 => flags: u64, Show::Flags(&[(1, "written"), (2, "reloc"), (4, "error"), (1 << 32, "seeding"), (1 << 33, "metadump"), (1 << 34, "metadump v2"), (1 << 35, "changing fsid"), (1 << 36, "changing fsid v2"), (1 << 38, "changing block group tree"), (1 << 40, "changing checksums")]);
        /// Always `_BHRfS_M`.
        0x40 => magic: [u8; 8], Show::Ascii;
        /// Number of the last change; the highest wins.
        0x48 => generation: u64, Show::Decimal;
        /// Logical address of the root tree.
        0x50 => root: u64, Show::Hex;
        /// Logical address of the chunk tree, which translates addresses.
        0x58 => chunk_root: u64, Show::Hex;
        /// Logical address of the log tree; 0 where there is nothing to replay.
        0x60 => log_root: u64, Show::Hex;
        /// Not used.
        0x68 => log_root_generation: u64, Show::Decimal;
        /// Bytes of the file system over all devices.
        0x70 => total_bytes: u64, Show::Bytes;
        /// Bytes in use over all devices.
        0x78 => bytes_used: u64, Show::Bytes;
        /// Object of the root directory.
        0x80 => root_directory: u64, Show::Decimal;
        /// Number of devices.
        0x88 => devices: u64, Show::Decimal;
        /// Bytes per sector.
        0x90 => sector_size: u32, Show::Bytes;
        /// Bytes per node of a tree.
        0x94 => node_size: u32, Show::Bytes;
        /// The same, for old readers.
        0x98 => leaf_size: u32, Show::Bytes;
        /// Bytes per stripe.
        0x9c => stripe_size: u32, Show::Bytes;
        /// Bytes in use of the array of chunks below.
        0xa0 => chunk_array_size: u32, Show::Decimal;
        /// Generation of the chunk tree.
        0xa4 => chunk_root_generation: u64, Show::Decimal;
        /// Features that every reader may ignore.
        0xac => features_compat: u64, Show::Hex;
        /// Features that allow an ignorant reader to read.
        0xb4 => features_compat_ro: u64, Show::Flags(&[(1, "free space tree"), (2, "free space tree valid"), (4, "verity"), (8, "block group tree")]);
        /// Features that a reader must know.
        0xbc => features_incompat: u64, Show::Flags(INCOMPAT);
        /// Kind of the checksums.
        0xc4 => checksum_type: u16, Show::Names(&[(0, "CRC-32C"), (1, "xxHash64"), (2, "SHA-256"), (3, "BLAKE2b")]);
        /// Level of the root tree.
        0xc6 => root_level: u8, Show::Decimal;
        /// Level of the chunk tree.
        0xc7 => chunk_root_level: u8, Show::Decimal;
        /// Level of the log tree.
        0xc8 => log_root_level: u8, Show::Decimal;
        /// Number of this device.
        0xc9 => device_id: u64, Show::Decimal;
        /// Bytes of this device.
        0xd1 => device_bytes: u64, Show::Bytes;
        /// Bytes of this device that are given to chunks.
        0xd9 => device_bytes_used: u64, Show::Bytes;
        /// Alignment of reads and writes.
        0xe1 => device_io_align: u32, Show::Bytes;
        /// Width of reads and writes.
        0xe5 => device_io_width: u32, Show::Bytes;
        /// Bytes per sector of this device.
        0xe9 => device_sector_size: u32, Show::Bytes;
        /// Kind of this device.
        0xed => device_type: u64, Show::Hex;
        /// Generation when the device was last changed.
        0xf5 => device_generation: u64, Show::Decimal;
        /// Where on the device chunks may start.
        0xfd => device_start: u64, Show::Offset;
        /// Group of devices.
        0x105 => device_group: u32, Show::Decimal;
        /// Hint: how fast it seeks.
        0x109 => device_seek_speed: u8, Show::Decimal;
        /// Hint: how fast it transfers.
        0x10a => device_bandwidth: u8, Show::Decimal;
        /// Identity of this device.
        0x10b => device_uuid: [u8; 16], Show::Uuid;
        /// Identity of the file system, once more.
        0x11b => device_fsid: [u8; 16], Show::Uuid;
        /// Label.
        0x12b => label: [u8; 256], Show::With(text::show_label);
        /// Generation of the cache of free space.
        0x22b => cache_generation: u64, Show::Decimal;
        /// Generation of the tree of UUIDs.
        0x233 => uuid_tree_generation: u64, Show::Decimal;
        /// Identity in the trees, where the file system was given a new one.
        0x23b => metadata_uuid: [u8; 16], Show::Uuid;
        /// Fields of newer features, and zeros.
        0x24b => reserved: [u8; 224], Show::Raw;
        /// The chunks that hold the chunk tree.
        0x32b => chunk_array: [u8; 2048], Show::Raw;
        /// Four earlier states of the roots.
        0xb2b => backup_roots: [u8; 672], Show::Raw;
        /// Zero.
        0xdcb => padding: [u8; 565], Show::Reserved;
    }
}

const INCOMPAT: &[(u64, &str)] = &[
    (0x1, "mixed backref"),
    (0x2, "default subvolume"),
    (0x4, "mixed groups"),
    (0x8, "LZO"),
    (0x10, "Zstandard"),
    (0x20, "big metadata"),
    (0x40, "extended inode references"),
    (0x80, "RAID 5/6"),
    (0x100, "skinny metadata"),
    (0x200, "no holes"),
    (0x400, "metadata UUID"),
    (0x800, "RAID 1 with 3 or 4 copies"),
    (0x1000, "zoned"),
    (0x2000, "extent tree v2"),
    (0x4000, "RAID stripe tree"),
    (0x10000, "simple quota"),
    (0x20000, "remap tree"),
];

/// Byte offset of the superblock.
const SUPERBLOCK_AT: u64 = 64 << 10;
/// Byte offset of its first copy.
const COPY_AT: u64 = 64 << 20;
/// Zoned devices keep their superblocks elsewhere.
const ZONED: u64 = 0x1000;
/// Byte offset of what the checksum is about.
const CHECKED_AT: usize = 32;
/// Smaller devices are not taken for Btrfs, as by libblkid.
const SMALLEST_BYTES: u64 = 1 << 20;

/// Recognises Btrfs.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES {
        return None;
    }
    let bytes = volume.read(SUPERBLOCK_AT, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes)?;
    if superblock.magic != *b"_BHRfS_M" {
        return None;
    }
    let mut found = Found::new("btrfs", volume.node(&Superblock::LAYOUT, key, SUPERBLOCK_AT, &bytes));
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.fsid);
    found.volume.device_uuid = text::uuid(&superblock.device_uuid);
    found.size("device_bytes", superblock.device_bytes, 1);
    found.volume.block_bytes = Some(superblock.sector_size.into());
    found.volume.devices = Some(superblock.devices);
    check_checksum(&mut found, &superblock, bytes.get(CHECKED_AT..)?);
    found.check_features("features_incompat", superblock.features_incompat, INCOMPAT);
    for (field, size) in [("sector_size", superblock.sector_size), ("node_size", superblock.node_size)] {
        if !size.is_power_of_two() {
            found.add(&rules::IMPLAUSIBLE, field, format!("it is {size}, which is no power of two"));
        }
    }
    let free = superblock.total_bytes.checked_sub(superblock.bytes_used).unwrap_or(u64::MAX);
    found.free("bytes_used", free, superblock.total_bytes, 1);
    if superblock.log_root == 0 {
        found.state(State::Clean);
    } else {
        found.state(State::NeedsRecovery);
        found.add(&rules::BTRFS_LOG, "log_root", "the superblock leads to a log tree");
    }
    if superblock.devices > 1 {
        let detail = format!("device {} of {} of this file system", superblock.device_id, superblock.devices);
        found.add(&rules::INCOMPLETE_SET, "devices", detail);
    }
    if superblock.features_incompat & ZONED == 0 {
        check_copy(volume, key, &mut found, &superblock);
    }
    Some(found)
}

/// Compares the copy at 64 MiB, where the device reaches that far.
fn check_copy(volume: &Limited, key: &str, found: &mut Found, superblock: &Superblock) {
    if superblock.device_bytes < COPY_AT + Superblock::LENGTH as u64 {
        return;
    }
    let Some(bytes) = volume.read(COPY_AT, Superblock::LENGTH) else { return };
    let Some(copy) = Superblock::decode(&bytes) else { return };
    let compared = [
        ("magic", superblock.magic == copy.magic),
        ("fsid", superblock.fsid == copy.fsid),
        ("device_uuid", superblock.device_uuid == copy.device_uuid),
    ];
    found.copy(volume.node(&Superblock::LAYOUT, key, COPY_AT, &bytes), "at 64 MiB", &compared);
}

/// Compares the checksum, where it is of a kind that is computed here.
fn check_checksum(found: &mut Found, superblock: &Superblock, checked: &[u8]) {
    let computed = match superblock.checksum_type {
        0 => crc32c(&[checked]).to_le_bytes().to_vec(),
        1 => xxh64(checked, 0).to_le_bytes().to_vec(),
        2 => Sha256::digest(checked).to_vec(),
        3 => Blake2b::<U32>::digest(checked).to_vec(),
        _ => return,
    };
    if !superblock.checksum.starts_with(&computed) {
        let stored = superblock.checksum.get(..computed.len()).unwrap_or_default();
        found.wrong_checksum("checksum", &hex_bytes(stored, 32), &hex_bytes(&computed, 32));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{btrfs, ids, kind, patched};
    use super::*;
    use crate::volume::Outcome;

    /// With these bytes of the superblock replaced and the checksum written anew.
    fn sealed(patches: &[(usize, &[u8])]) -> Outcome {
        let bytes = btrfs();
        let mut superblock = bytes[64 << 10..][..4096].to_vec();
        for (at, patch) in patches {
            superblock[*at..at + patch.len()].copy_from_slice(patch);
        }
        let sum = match superblock[0xc4] {
            1 => xxh64(&superblock[CHECKED_AT..], 0).to_le_bytes().to_vec(),
            2 => Sha256::digest(&superblock[CHECKED_AT..]).to_vec(),
            3 => Blake2b::<U32>::digest(&superblock[CHECKED_AT..]).to_vec(),
            _ => crc32c(&[&superblock[CHECKED_AT..]]).to_le_bytes().to_vec(),
        };
        superblock[..sum.len()].copy_from_slice(&sum);
        patched(&bytes, &[(SUPERBLOCK_AT, &superblock)])
    }

    #[test]
    fn checksums() {
        let bytes = btrfs();
        for at in [0x12b, 0xfff] {
            let outcome = patched(&bytes, &[(SUPERBLOCK_AT + at, &[0xa5])]);
            assert_eq!(ids(&outcome), ["volume.superblock.checksum"], "byte {at:#x}");
        }
        assert_eq!(ids(&sealed(&[(0x12b, b"other\0")])), [""; 0]);
        assert_eq!(ids(&sealed(&[(0xc4, &[2])])), [""; 0], "SHA-256");
        assert_eq!(ids(&patched(&bytes, &[(SUPERBLOCK_AT + 0xc4, &[2])])), ["volume.superblock.checksum"]);
        assert_eq!(ids(&sealed(&[(0xc4, &[1])])), [""; 0], "xxHash64");
        assert_eq!(ids(&sealed(&[(0xc4, &[3])])), [""; 0], "BLAKE2b");
        assert_eq!(
            ids(&patched(&bytes, &[(SUPERBLOCK_AT + 0xc4, &[9])])),
            [""; 0],
            "a kind that nobody knows"
        );
    }

    #[test]
    fn states() {
        assert_eq!(ids(&sealed(&[(0x60, &[1])])), ["volume.btrfs.log"]);
        assert_eq!(ids(&sealed(&[(0x88, &[2])])), ["volume.set.member"]);
        assert_eq!(ids(&sealed(&[(0xc3, &[0x80])])), ["volume.features.unknown"]);
        assert_eq!(ids(&sealed(&[(0x90, &[1])])), ["volume.superblock.implausible"]);
        assert_eq!(ids(&sealed(&[(0x78, &[0xff; 8])])), ["volume.superblock.implausible"]);
        let huge = sealed(&[(0xd1, &[0xff; 8])]);
        assert_eq!(ids(&huge), ["volume.superblock.implausible"]);
        assert_eq!(huge.volume.unwrap().size_bytes, None);
        assert_eq!(kind(&sealed(&[(0x40, b"!BHRfS_M")])), "", "mkfs writes this while it is at work");
    }
}
