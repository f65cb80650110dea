//! XFS.

use super::found::Found;
use super::limited::Limited;
use super::{State, rules, text};
use crate::checksum::crc32c;
use crate::structure;
use crate::structure::Show;

structure! {
    /// XFS superblock: the first sector of the volume. Every allocation group starts with a copy.
    pub struct Superblock("xfs.superblock", "XFS superblock", 512, Big) {
        /// Always `XFSB`.
        0 => magic: [u8; 4], Show::Ascii;
        /// Bytes per block.
        4 => block_size: u32, Show::Bytes;
        /// Blocks of the volume.
        8 => data_blocks: u64, Show::Decimal;
        /// Blocks of the real-time device.
        16 => realtime_blocks: u64, Show::Decimal;
        /// Extents of the real-time device.
        24 => realtime_extents: u64, Show::Decimal;
        /// Identity of the volume.
        32 => uuid: [u8; 16], Show::Uuid;
        /// First block of the log; 0 where it is on another device.
        48 => log_start: u64, Show::Decimal;
        /// Inode of the root directory.
        56 => root_inode: u64, Show::Decimal;
        /// Inode of the bitmap of the real-time device.
        64 => realtime_bitmap_inode: u64, Show::Decimal;
        /// Inode of the summary of the real-time device.
        72 => realtime_summary_inode: u64, Show::Decimal;
        /// Blocks per extent of the real-time device.
        80 => realtime_extent_size: u32, Show::Decimal;
        /// Blocks per allocation group.
        84 => group_blocks: u32, Show::Decimal;
        /// Number of allocation groups.
        88 => groups: u32, Show::Decimal;
        /// Blocks of the bitmap of the real-time device.
        92 => realtime_bitmap_blocks: u32, Show::Decimal;
        /// Blocks of the log.
        96 => log_blocks: u32, Show::Decimal;
        /// Version in the lowest four bits (4 or 5), old feature bits above.
        100 => version: u16, Show::Hex;
        /// Bytes per sector.
        102 => sector_size: u16, Show::Bytes;
        /// Bytes per inode.
        104 => inode_size: u16, Show::Bytes;
        /// Inodes per block.
        106 => inodes_per_block: u16, Show::Decimal;
        /// Label.
        108 => label: [u8; 12], Show::With(text::show_label);
        /// Block size as a power of two.
        120 => block_log: u8, Show::Decimal;
        /// Sector size as a power of two.
        121 => sector_log: u8, Show::Decimal;
        /// Inode size as a power of two.
        122 => inode_log: u8, Show::Decimal;
        /// Inodes per block as a power of two.
        123 => inodes_per_block_log: u8, Show::Decimal;
        /// Blocks per allocation group as a power of two, rounded up.
        124 => group_blocks_log: u8, Show::Decimal;
        /// Extents of the real-time device as a power of two.
        125 => realtime_extents_log: u8, Show::Decimal;
        /// Not 0 while mkfs is at work.
        126 => in_progress: u8, Show::Decimal;
        /// Per cent of the volume that inodes may take.
        127 => inode_percent: u8, Show::Decimal;
        /// Allocated inodes.
        128 => inodes: u64, Show::Decimal;
        /// Free inodes among them.
        136 => free_inodes: u64, Show::Decimal;
        /// Free blocks; not kept up to date while the volume is mounted.
        144 => free_blocks: u64, Show::Decimal;
        /// Free extents of the real-time device.
        152 => free_realtime_extents: u64, Show::Decimal;
        /// Inodes of the quotas of users and groups.
        160 => quota_inodes: [u8; 16], Show::Raw;
        /// State of the quotas.
        176 => quota_flags: u16, Show::Hex;
        /// Flags: 1 for read-only.
        178 => flags: u8, Show::Flags(&[(1, "read-only")]);
        /// Zero.
        179 => shared_version: u8, Show::Decimal;
        /// Alignment of inodes in blocks.
        180 => inode_alignment: u32, Show::Decimal;
        /// Stripe unit of a RAID in blocks.
        184 => stripe_unit: u32, Show::Decimal;
        /// Stripe width of a RAID in blocks.
        188 => stripe_width: u32, Show::Decimal;
        /// Blocks per directory block as a power of two.
        192 => directory_block_log: u8, Show::Decimal;
        /// Sector size of the log as a power of two.
        193 => log_sector_log: u8, Show::Decimal;
        /// Sector size of the log.
        194 => log_sector_size: u16, Show::Bytes;
        /// Stripe unit of the log.
        196 => log_stripe_unit: u32, Show::Bytes;
        /// More feature bits of version 4.
        200 => features_2: u32, Show::Hex;
        /// The same again: some machines once wrote it to this place.
        204 => features_2_again: u32, Show::Hex;
        /// Features that every reader may ignore. This and what follows is of version 5.
        208 => features_compat: u32, Show::Hex;
        /// Features that allow an ignorant reader to read.
        212 => features_ro_compat: u32, Show::Flags(RO_COMPAT);
        /// Features that a reader must know.
        216 => features_incompat: u32, Show::Flags(INCOMPAT);
        /// Features that whoever replays the log must know.
        220 => features_log_incompat: u32, Show::Flags(&[(1, "extended attributes")]);
        /// CRC-32C of the sector, these four bytes taken as zero; little-endian, unlike everything else.
        224 => crc: [u8; 4], Show::With(crc_text);
        /// Alignment of sparse inodes.
        228 => sparse_inode_alignment: u32, Show::Decimal;
        /// Inode of the quotas of projects.
        232 => project_quota_inode: u64, Show::Decimal;
        /// Number of the last change of this superblock in the log.
        240 => log_sequence: u64, Show::Hex;
        /// Identity in the volume's structures, where the volume was given a new one.
        248 => meta_uuid: [u8; 16], Show::Uuid;
        /// Fields of rarer features, and zeros.
        264 => rest: [u8; 248], Show::Raw;
    }
}

const RO_COMPAT: &[(u64, &str)] = &[(1, "finobt"), (2, "rmapbt"), (4, "reflink"), (8, "inobtcount")];

const INCOMPAT: &[(u64, &str)] = &[
    (0x1, "ftype"),
    (0x2, "sparse inodes"),
    (0x4, "meta uuid"),
    (0x8, "bigtime"),
    (0x10, "needs repair"),
    (0x20, "nrext64"),
    (0x40, "exchange range"),
    (0x80, "parent pointers"),
    (0x100, "metadata directory"),
    (0x200, "zoned"),
    (0x400, "zone gaps"),
];

const NEEDS_REPAIR: u32 = 0x10;

/// Byte offset of the checksum.
const CRC_AT: usize = 224;

fn crc_text(bytes: &[u8]) -> String {
    bytes.try_into().map_or_else(|_| String::new(), |bytes| format!("0x{:08x}", u32::from_le_bytes(bytes)))
}

impl Superblock {
    /// The checks of libblkid: the magic alone is not enough.
    fn is_valid(&self) -> bool {
        let log2 = |size: u32, log: u8, allowed: std::ops::RangeInclusive<u8>| {
            allowed.contains(&log) && 1_u32.checked_shl(log.into()) == Some(size)
        };
        let extent = u64::from(self.realtime_extent_size) * u64::from(self.block_size);
        let (groups, group_blocks) = (u64::from(self.groups), u64::from(self.group_blocks));
        let least = groups.saturating_sub(1) * group_blocks + 64;
        self.magic == *b"XFSB"
            && groups > 0
            && log2(self.sector_size.into(), self.sector_log, 9..=15)
            && log2(self.block_size, self.block_log, 9..=16)
            && log2(self.inode_size.into(), self.inode_log, 8..=11)
            && self.block_log.checked_sub(self.inode_log) == Some(self.inodes_per_block_log)
            && (4 << 10..=1 << 30).contains(&extent)
            && self.inode_percent <= 100
            && (least..=groups * group_blocks).contains(&self.data_blocks)
    }

    fn is_v5(&self) -> bool {
        self.version & 0xf == 5
    }
}

/// Recognises XFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes)?;
    if !superblock.is_valid() {
        return None;
    }
    let mut found = Found::new("xfs", volume.node(&Superblock::LAYOUT, key, 0, &bytes));
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.uuid);
    let unit = superblock.block_size.into();
    found.blocks("data_blocks", superblock.data_blocks, unit);
    found.free("free_blocks", superblock.free_blocks, superblock.data_blocks, unit);
    found.fact("Version", (superblock.version & 0xf).to_string());
    found.fact("Log", if superblock.log_start == 0 { "on another device" } else { "" });
    check_copy(volume, key, &mut found, &superblock);
    if superblock.is_v5() {
        if let Some(sector) = volume.read(0, superblock.sector_size.into())
            && let Some((before, from)) = sector.split_at_checked(CRC_AT)
            && let Some((stored, after)) = from.split_first_chunk::<4>()
        {
            let (stored, computed) = (u32::from_le_bytes(*stored), crc32c(&[before, &[0; 4], after]));
            if stored != computed {
                found.wrong_checksum("crc", &format!("0x{stored:08x}"), &format!("0x{computed:08x}"));
            }
        }
        found.check_features("features_incompat", superblock.features_incompat.into(), INCOMPAT);
        if superblock.features_incompat & NEEDS_REPAIR != 0 {
            found.state(State::Errors);
            found.add(&rules::XFS_NEEDS_REPAIR, "features_incompat", "the bit NEEDSREPAIR is set");
        }
    }
    Some(found)
}

/// Compares the superblock of the second allocation group. Only some of its fields are kept the same.
fn check_copy(volume: &Limited, key: &str, found: &mut Found, superblock: &Superblock) {
    let at = u64::from(superblock.group_blocks) * u64::from(superblock.block_size);
    if superblock.groups < 2 {
        return;
    }
    let Some(bytes) = volume.read(at, Superblock::LENGTH) else { return };
    let Some(copy) = Superblock::decode(&bytes) else { return };
    let compared = [
        ("magic", superblock.magic == copy.magic),
        ("block_size", superblock.block_size == copy.block_size),
        ("group_blocks", superblock.group_blocks == copy.group_blocks),
    ];
    let node = volume.node(&Superblock::LAYOUT, key, at, &bytes);
    found.copy(node, "in the second allocation group", &compared);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ids, kind, patched, xfs};
    use super::*;
    use std::rc::Rc;

    /// With these bytes replaced and the checksum written anew.
    fn sealed(bytes: &Rc<Vec<u8>>, at: usize, patch: &[u8]) -> crate::volume::Outcome {
        let mut sector = bytes[..512].to_vec();
        sector[at..at + patch.len()].copy_from_slice(patch);
        sector[CRC_AT..CRC_AT + 4].fill(0);
        let crc = crc32c(&[&sector]).to_le_bytes();
        sector[CRC_AT..CRC_AT + 4].copy_from_slice(&crc);
        patched(bytes, &[(0, &sector)])
    }

    #[test]
    fn the_checksum_covers_the_sector() {
        let bytes = xfs();
        for at in [108, 144, 225, 511] {
            let outcome = patched(&bytes, &[(at, &[0xa5])]);
            assert!(ids(&outcome).contains(&"volume.superblock.checksum"), "byte {at}");
            assert_eq!(outcome.nodes[0].state, structure::State::Damaged);
        }
        assert_eq!(ids(&sealed(&bytes, 108, b"renamed\0\0\0\0\0")), [""; 0]);
        // Version 4 has no checksum.
        assert_eq!(ids(&patched(&bytes, &[(101, &[0xa4]), (225, &[0])])), [""; 0]);
    }

    #[test]
    fn features_and_counters() {
        let bytes = xfs();
        let incompat = bytes[219];
        assert_eq!(ids(&sealed(&bytes, 219, &[incompat | 0x10])), ["volume.xfs.needs-repair"]);
        assert_eq!(ids(&sealed(&bytes, 216, &[0x80])), ["volume.features.unknown"]);
        assert_eq!(ids(&sealed(&bytes, 144, &[0xff; 8])), ["volume.superblock.implausible"]);
    }

    #[test]
    fn fields_that_cannot_be() {
        let bytes = xfs();
        for (at, value) in [
            (4, 255),
            (88, 0),
            (120, 255),
            (120, 13),
            (121, 8),
            (122, 255),
            (123, 9),
            (127, 101),
            (80, 255),
            (8, 1),
        ] {
            let patch: &[u8] = if at == 88 { &[0; 4] } else { &[value] };
            assert_eq!(kind(&patched(&bytes, &[(at, patch)])), "", "byte {at} = {value}");
        }
    }
}
