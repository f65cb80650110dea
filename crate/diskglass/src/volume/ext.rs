//! ext2, ext3, ext4, and journals on a device of their own (jbd).

use super::found::{Found, When};
use super::limited::Limited;
use super::{State, rules, text};
use crate::checksum::crc32c;
use crate::structure;
use crate::structure::{Show, size_text};

structure! {
    /// ext superblock: at byte 1024 of the volume. Some block groups start with a copy.
    pub struct Superblock("ext.superblock", "ext superblock", 1024, Little) {
        /// Number of inodes.
        0x00 => inodes: u32, Show::Decimal;
        /// Number of blocks, low half.
        0x04 => blocks_low: u32, Show::Decimal;
        /// Blocks kept for the administrator, low half.
        0x08 => reserved_blocks_low: u32, Show::Decimal;
        /// Free blocks, low half.
        0x0c => free_blocks_low: u32, Show::Decimal;
        /// Free inodes.
        0x10 => free_inodes: u32, Show::Decimal;
        /// First block with data: 1 where a block has 1 KiB, otherwise 0.
        0x14 => first_data_block: u32, Show::Decimal;
        /// Block size: 1024 bytes, shifted left by this.
        0x18 => log_block_size: u32, Show::With(block_size_text);
        /// Cluster size, in the same form.
        0x1c => log_cluster_size: u32, Show::With(block_size_text);
        /// Blocks per group.
        0x20 => blocks_per_group: u32, Show::Decimal;
        /// Clusters per group.
        0x24 => clusters_per_group: u32, Show::Decimal;
        /// Inodes per group.
        0x28 => inodes_per_group: u32, Show::Decimal;
        /// Last mount.
        0x2c => mount_time: u32, Show::With(text::show_time);
        /// Last write to the superblock.
        0x30 => write_time: u32, Show::With(text::show_time);
        /// Mounts since the last check.
        0x34 => mount_count: u16, Show::Decimal;
        /// Mounts after which a check is due; 65535 for never.
        0x36 => max_mount_count: u16, Show::Decimal;
        /// Always 0xef53.
        0x38 => magic: u16, Show::Hex;
        /// State of the file system.
        0x3a => state: u16, Show::Flags(&[(1, "clean"), (2, "errors"), (4, "recovering orphans"), (0x20, "replaying fast commits")]);
        /// What to do when an error is met.
        0x3c => on_error: u16, Show::Names(&[(1, "continue"), (2, "mount read-only"), (3, "panic")]);
        /// Minor revision.
        0x3e => minor_revision: u16, Show::Decimal;
        /// Last check.
        0x40 => check_time: u32, Show::With(text::show_time);
        /// Seconds between checks; 0 for none.
        0x44 => check_interval: u32, Show::Decimal;
        /// System that made the volume.
        0x48 => creator_os: u32, Show::Names(&[(0, "Linux"), (1, "Hurd"), (2, "Masix"), (3, "FreeBSD"), (4, "Lites")]);
        /// Revision: 1 has features and inodes of any size.
        0x4c => revision: u32, Show::Decimal;
        /// User who may use the reserved blocks.
        0x50 => reserved_user: u16, Show::Decimal;
        /// Group that may use the reserved blocks.
        0x52 => reserved_group: u16, Show::Decimal;
        /// First inode that is not reserved.
        0x54 => first_inode: u32, Show::Decimal;
        /// Bytes per inode.
        0x58 => inode_size: u16, Show::Bytes;
        /// Block group that this copy lies in.
        0x5a => block_group: u16, Show::Decimal;
        /// Features that every reader may ignore.
        0x5c => features_compat: u32, Show::Flags(COMPAT);
        /// Features that a reader must know.
        0x60 => features_incompat: u32, Show::Flags(INCOMPAT);
        /// Features that allow an ignorant reader to read.
        0x64 => features_ro_compat: u32, Show::Flags(RO_COMPAT);
        /// Identity of the volume.
        0x68 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        0x78 => label: [u8; 16], Show::With(text::show_label);
        /// Where it was last mounted.
        0x88 => last_mounted: [u8; 64], Show::With(text::show_label);
        /// For compression, which was never finished.
        0xc8 => algorithms: u32, Show::Hex;
        /// Blocks to allocate ahead for files.
        0xcc => preallocate_blocks: u8, Show::Decimal;
        /// Blocks to allocate ahead for directories.
        0xcd => preallocate_directory_blocks: u8, Show::Decimal;
        /// Blocks kept for more group descriptors, should the volume grow.
        0xce => reserved_descriptor_blocks: u16, Show::Decimal;
        /// Identity of the journal, where it is on another device.
        0xd0 => journal_uuid: [u8; 16], Show::Uuid;
        /// Inode of the journal.
        0xe0 => journal_inode: u32, Show::Decimal;
        /// Device number of the journal, where it is on another device.
        0xe4 => journal_device: u32, Show::Hex;
        /// First inode of the list of files that were deleted while open.
        0xe8 => last_orphan: u32, Show::Decimal;
        /// Seed of the hash of directory indexes.
        0xec => hash_seed: [u8; 16], Show::Raw;
        /// Hash of directory indexes.
        0xfc => hash_version: u8, Show::Names(&[(0, "legacy"), (1, "half MD4"), (2, "tea"), (3, "legacy, unsigned"), (4, "half MD4, unsigned"), (5, "tea, unsigned"), (6, "SipHash")]);
        /// Whether the journal's inode is kept below.
        0xfd => journal_backup_type: u8, Show::Decimal;
        /// Bytes per group descriptor, with 64-bit block numbers.
        0xfe => descriptor_size: u16, Show::Decimal;
        /// Mount options that apply without being asked for.
        0x100 => default_mount_options: u32, Show::Hex;
        /// First group with descriptors of its own.
        0x104 => first_meta_group: u32, Show::Decimal;
        /// When the volume was made.
        0x108 => mkfs_time: u32, Show::With(text::show_time);
        /// Copy of the journal's inode.
        0x10c => journal_blocks: [u8; 68], Show::Raw;
        /// Number of blocks, high half.
        0x150 => blocks_high: u32, Show::Decimal;
        /// Blocks kept for the administrator, high half.
        0x154 => reserved_blocks_high: u32, Show::Decimal;
        /// Free blocks, high half.
        0x158 => free_blocks_high: u32, Show::Decimal;
        /// Bytes that every inode has at least beyond 128.
        0x15c => min_extra_inode_size: u16, Show::Decimal;
        /// Bytes that new inodes get beyond 128.
        0x15e => want_extra_inode_size: u16, Show::Decimal;
        /// Flags.
        0x160 => flags: u32, Show::Flags(&[(1, "signed directory hash"), (2, "unsigned directory hash"), (4, "test code")]);
        /// Blocks per chunk of a RAID.
        0x164 => raid_stride: u16, Show::Decimal;
        /// Seconds between signs of life, against mounting twice.
        0x166 => mount_protection_interval: u16, Show::Decimal;
        /// Block of the signs of life.
        0x168 => mount_protection_block: u64, Show::Decimal;
        /// Blocks per stripe of a RAID.
        0x170 => raid_stripe_width: u32, Show::Decimal;
        /// Groups whose metadata lie together, as a power of two.
        0x174 => log_groups_per_flex: u8, Show::Decimal;
        /// Checksum of metadata: 1 for CRC-32C.
        0x175 => checksum_type: u8, Show::Names(&[(0, "none"), (1, "CRC-32C")]);
        /// Version of the encryption.
        0x176 => encryption_level: u8, Show::Decimal;
        /// Zero.
        0x177 => reserved_pad: u8, Show::Decimal;
        /// KiB written to the volume in its life.
        0x178 => kib_written: u64, Show::Decimal;
        /// Fields of snapshots, which Linux does not have.
        0x180 => snapshots: [u8; 20], Show::Raw;
        /// Number of errors met.
        0x194 => error_count: u32, Show::Decimal;
        /// First error: when.
        0x198 => first_error_time: u32, Show::With(text::show_time);
        /// First error: in which inode.
        0x19c => first_error_inode: u32, Show::Decimal;
        /// First error: in which block.
        0x1a0 => first_error_block: u64, Show::Decimal;
        /// First error: function of the kernel that noticed it.
        0x1a8 => first_error_function: [u8; 32], Show::Ascii;
        /// First error: line in its source.
        0x1c8 => first_error_line: u32, Show::Decimal;
        /// Last error: when.
        0x1cc => last_error_time: u32, Show::With(text::show_time);
        /// Last error: in which inode.
        0x1d0 => last_error_inode: u32, Show::Decimal;
        /// Last error: line in the source of the kernel.
        0x1d4 => last_error_line: u32, Show::Decimal;
        /// Last error: in which block.
        0x1d8 => last_error_block: u64, Show::Decimal;
        /// Last error: function of the kernel that noticed it.
        0x1e0 => last_error_function: [u8; 32], Show::Ascii;
        /// Mount options set by tune2fs.
        0x200 => mount_options: [u8; 64], Show::Ascii;
        /// Inode of the quotas of users.
        0x240 => user_quota_inode: u32, Show::Decimal;
        /// Inode of the quotas of groups.
        0x244 => group_quota_inode: u32, Show::Decimal;
        /// Blocks that metadata take.
        0x248 => overhead_blocks: u32, Show::Decimal;
        /// The two groups with copies of the superblock, with sparse_super2.
        0x24c => backup_groups: u64, Show::Hex;
        /// Encryption algorithms in use.
        0x254 => encryption_algorithms: [u8; 4], Show::Raw;
        /// Salt of the encryption keys.
        0x258 => encryption_salt: [u8; 16], Show::Raw;
        /// Inode of lost+found.
        0x268 => lost_found_inode: u32, Show::Decimal;
        /// Inode of the quotas of projects.
        0x26c => project_quota_inode: u32, Show::Decimal;
        /// Seed of the checksums, where it is not the UUID.
        0x270 => checksum_seed: u32, Show::Hex;
        /// High bits of six times above, in the order they come there.
        0x274 => times_high: [u8; 6], Show::Raw;
        /// Codes of the first and the last error.
        0x27a => error_codes: [u8; 2], Show::Raw;
        /// Encoding of file names, where letter case does not matter.
        0x27c => encoding: u16, Show::Decimal;
        /// Flags of that encoding.
        0x27e => encoding_flags: u16, Show::Hex;
        /// Inode of the list of orphans.
        0x280 => orphan_file_inode: u32, Show::Decimal;
        /// Zero.
        0x284 => reserved: [u8; 376], Show::Reserved;
        /// CRC-32C of all bytes before it, not inverted at the end.
        0x3fc => checksum: u32, Show::Hex;
    }
}

const CREATORS: [&str; 5] = ["Linux", "Hurd", "Masix", "FreeBSD", "Lites"];

const COMPAT: &[(u64, &str)] = &[
    (0x1, "dir_prealloc"),
    (0x2, "imagic_inodes"),
    (0x4, "has_journal"),
    (0x8, "ext_attr"),
    (0x10, "resize_inode"),
    (0x20, "dir_index"),
    (0x40, "lazy_bg"),
    (0x80, "exclude_inode"),
    (0x100, "exclude_bitmap"),
    (0x200, "sparse_super2"),
    (0x400, "fast_commit"),
    (0x800, "stable_inodes"),
    (0x1000, "orphan_file"),
];

const INCOMPAT: &[(u64, &str)] = &[
    (0x1, "compression"),
    (0x2, "filetype"),
    (0x4, "needs_recovery"),
    (0x8, "journal_dev"),
    (0x10, "meta_bg"),
    (0x40, "extents"),
    (0x80, "64bit"),
    (0x100, "mmp"),
    (0x200, "flex_bg"),
    (0x400, "ea_inode"),
    (0x1000, "dirdata"),
    (0x2000, "metadata_csum_seed"),
    (0x4000, "large_dir"),
    (0x8000, "inline_data"),
    (0x10000, "encrypt"),
    (0x20000, "casefold"),
];

const RO_COMPAT: &[(u64, &str)] = &[
    (0x1, "sparse_super"),
    (0x2, "large_file"),
    (0x4, "btree_dir"),
    (0x8, "huge_file"),
    (0x10, "uninit_bg"),
    (0x20, "dir_nlink"),
    (0x40, "extra_isize"),
    (0x80, "has_snapshot"),
    (0x100, "quota"),
    (0x200, "bigalloc"),
    (0x400, "metadata_csum"),
    (0x800, "replica"),
    (0x1000, "read-only"),
    (0x2000, "project"),
    (0x4000, "shared_blocks"),
    (0x8000, "verity"),
    (0x10000, "orphan_present"),
];

/// Byte offset of the superblock.
const SUPERBLOCK_AT: u64 = 1024;
/// Byte offset of the checksum in it.
const CHECKSUM_AT: usize = 0x3fc;
const MAGIC: u16 = 0xef53;
/// The block size is at most 64 KiB.
const MAX_LOG_BLOCK_SIZE: u32 = 6;

const STATE_CLEAN: u16 = 1;
const STATE_ERRORS: u16 = 2;
const FLAG_TEST: u32 = 4;
const HAS_JOURNAL: u32 = 0x4;
const NEEDS_RECOVERY: u32 = 0x4;
const JOURNAL_DEV: u32 = 0x8;
const BITS_64: u32 = 0x80;
const ENCRYPT: u32 = 0x10000;
const SPARSE_SUPER_2: u32 = 0x200;
const METADATA_CSUM: u32 = 0x400;
/// Features that ext3 knows.
const EXT3_INCOMPAT: u32 = 0x2 | NEEDS_RECOVERY | 0x10;
const EXT3_RO_COMPAT: u32 = 0x7;

fn block_size_text(bytes: &[u8]) -> String {
    let shift = bytes.try_into().map_or(u32::MAX, u32::from_le_bytes);
    if shift <= MAX_LOG_BLOCK_SIZE { size_text(1024 << shift) } else { "not valid".into() }
}

impl Superblock {
    /// The word for its kind: by the features that its readers must know.
    fn kind(&self) -> &'static str {
        let beyond_ext3 =
            self.features_ro_compat & !EXT3_RO_COMPAT != 0 || self.features_incompat & !EXT3_INCOMPAT != 0;
        let has_journal = self.features_compat & HAS_JOURNAL != 0;
        // ext2 has no journal to recover from.
        let beyond_ext2 = beyond_ext3 || self.features_incompat & NEEDS_RECOVERY != 0;
        match () {
            () if self.features_incompat & JOURNAL_DEV != 0 => "jbd",
            () if self.flags & FLAG_TEST != 0 => "ext4dev",
            () if beyond_ext3 => "ext4",
            () if has_journal => "ext3",
            () if beyond_ext2 => "ext4",
            () => "ext2",
        }
    }

    fn high(&self, high: u32) -> u64 {
        if self.features_incompat & BITS_64 == 0 { 0 } else { u64::from(high) << 32 }
    }

    fn blocks(&self) -> u64 {
        self.high(self.blocks_high) | u64::from(self.blocks_low)
    }

    /// When it was made, written to, mounted and checked. The high bits of these times came later.
    fn tell_times(&self, found: &mut Found) {
        let [written, mounted, created, checked, ..] = self.times_high;
        let times = [
            (When::Created, "mkfs_time", self.mkfs_time, created),
            (When::Written, "write_time", self.write_time, written),
            (When::Mounted, "mount_time", self.mount_time, mounted),
            (When::Checked, "check_time", self.check_time, checked),
        ];
        for (when, field, low, high) in times {
            found.time(when, field, i64::from(high) << 32 | i64::from(low));
        }
    }

    fn free_blocks(&self) -> u64 {
        self.high(self.free_blocks_high) | u64::from(self.free_blocks_low)
    }
}

/// Recognises ext2, ext3, ext4 and jbd.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(SUPERBLOCK_AT, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes)?;
    // The magic has but two bytes. No revision above 1 was ever made.
    if superblock.magic != MAGIC || superblock.revision > 1 || superblock.blocks() == 0 {
        return None;
    }
    let kind = superblock.kind();
    let mut found = Found::new(kind, volume.node(&Superblock::LAYOUT, key, SUPERBLOCK_AT, &bytes));
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.volume.version = Some(format!("{}.{}", superblock.revision, superblock.minor_revision));
    if superblock.log_block_size <= MAX_LOG_BLOCK_SIZE {
        let unit = 1024 << superblock.log_block_size;
        found.blocks("blocks_low", superblock.blocks(), unit);
        if kind != "jbd" {
            found.free("free_blocks_low", superblock.free_blocks(), superblock.blocks(), unit);
            check_copy(volume, key, &mut found, &superblock, unit);
        }
    } else {
        let detail = format!("the block size is 1024 bytes, shifted left by {}", superblock.log_block_size);
        found.add(&rules::IMPLAUSIBLE, "log_block_size", detail);
    }
    if superblock.features_ro_compat & METADATA_CSUM != 0 {
        let computed = !crc32c(&[bytes.get(..CHECKSUM_AT)?]);
        if computed != superblock.checksum {
            let stored = format!("0x{:08x}", superblock.checksum);
            found.wrong_checksum("checksum", &stored, &format!("0x{computed:08x}"));
        }
    }
    found.check_features("features_incompat", superblock.features_incompat.into(), INCOMPAT);
    if kind != "jbd" {
        check(&mut found, &superblock);
        superblock.tell_times(&mut found);
        found.fact("Last mounted on", text::label(&superblock.last_mounted).unwrap_or_default());
        found.fact("Made by", CREATORS.get(superblock.creator_os as usize).copied().unwrap_or("unknown"));
        if superblock.features_incompat & ENCRYPT != 0 {
            found.encrypted("features_incompat", "directories of it may be encrypted one by one");
        }
    }
    Some(found)
}

/// Compares the copy of the superblock in the second group.
fn check_copy(volume: &Limited, key: &str, found: &mut Found, superblock: &Superblock, unit: u64) {
    let first = u64::from(superblock.first_data_block);
    let group = match superblock.features_compat & SPARSE_SUPER_2 {
        0 => 1,
        _ => superblock.backup_groups & 0xffff_ffff,
    };
    let block =
        group.checked_mul(superblock.blocks_per_group.into()).and_then(|block| block.checked_add(first));
    let Some(block) = block.filter(|block| group != 0 && *block < superblock.blocks()) else { return };
    // Blocks that are larger than the place of the first superblock have theirs at their start.
    let Some(at) = block.checked_mul(unit) else { return };
    let Some(bytes) = volume.read(at, Superblock::LENGTH) else { return };
    let Some(copy) = Superblock::decode(&bytes) else { return };
    let compared = [
        ("magic", superblock.magic == copy.magic),
        ("blocks_low", superblock.blocks() == copy.blocks()),
        ("log_block_size", superblock.log_block_size == copy.log_block_size),
        ("uuid", superblock.uuid == copy.uuid),
    ];
    let node = volume.node(&Superblock::LAYOUT, key, at, &bytes);
    found.copy(node, &format!("in group {group}"), &compared);
}

/// The checks that a journal of its own is spared.
fn check(found: &mut Found, superblock: &Superblock) {
    if superblock.free_inodes > superblock.inodes {
        let detail = format!("{} of {} inodes are free", superblock.free_inodes, superblock.inodes);
        found.add(&rules::IMPLAUSIBLE, "free_inodes", detail);
    }
    if superblock.features_incompat & NEEDS_RECOVERY != 0 {
        found.state(State::NeedsRecovery);
        found.add(&rules::EXT_DIRTY, "features_incompat", "the journal has to be replayed");
    } else if superblock.state & STATE_CLEAN == 0 {
        found.state(State::Dirty);
        found.add(&rules::EXT_DIRTY, "state", "the state does not say clean");
    } else {
        found.state(State::Clean);
    }
    if superblock.state & STATE_ERRORS != 0 || superblock.error_count != 0 {
        let field = if superblock.state & STATE_ERRORS != 0 { "state" } else { "error_count" };
        let detail = match superblock.error_count {
            0 => "the state says that there are errors".into(),
            count => format!(
                "{count} errors, the last one in {}",
                text::label(&superblock.last_error_function).unwrap_or_else(|| "an unnamed place".into())
            ),
        };
        found.state(State::Errors);
        found.add(&rules::EXT_ERRORS, field, detail);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::{ext, ids, kind, patched};
    use super::*;
    use crate::volume::Outcome;
    use diskglass_samples::volumes::ext::Version;

    /// The superblock of an ext4 with a checksum, and with these bytes replaced.
    pub(crate) fn superblock(patches: &[(usize, &[u8])]) -> Vec<u8> {
        let bytes = ext(Version::Ext4);
        let mut superblock = bytes[1024..2048].to_vec();
        superblock[0x65] |= 0x04;
        for (at, patch) in patches {
            superblock[*at..at + patch.len()].copy_from_slice(patch);
        }
        let crc = (!crc32c(&[&superblock[..CHECKSUM_AT]])).to_le_bytes();
        superblock[CHECKSUM_AT..].copy_from_slice(&crc);
        superblock
    }

    fn sealed(patches: &[(usize, &[u8])]) -> Outcome {
        patched(&ext(Version::Ext4), &[(1024, &superblock(patches))])
    }

    #[test]
    fn the_features_make_the_kind() {
        let kind_of = |compat: u32, incompat: u32, ro_compat: u32, flags: u32| {
            let bytes = [compat, incompat, ro_compat].map(u32::to_le_bytes).concat();
            kind(&sealed(&[(0x5c, &bytes), (0x160, &flags.to_le_bytes())])).to_owned()
        };
        assert_eq!(kind_of(0, 0x2, 0x3, 0), "ext2");
        assert_eq!(kind_of(0x4, 0x6, 0x3, 0), "ext3");
        assert_eq!(kind_of(0, 0x4, 0x3, 0), "ext4", "a journal to replay is no feature of ext2");
        assert_eq!(kind_of(0x4, 0x42, 0x3, 0), "ext4");
        assert_eq!(kind_of(0, 0x2, 0x8, 0), "ext4");
        assert_eq!(kind_of(0, 0x8, 0, 0), "jbd");
        assert_eq!(kind_of(0x4, 0x42, 0x3, 4), "ext4dev");
    }

    #[test]
    fn the_checksum() {
        let outcome = patched(&ext(Version::Ext4), &[(1024, &superblock(&[])), (1024 + 0x88, b"/mnt")]);
        assert_eq!(ids(&outcome), ["volume.superblock.checksum"]);
        let finding = outcome.findings.iter().next().unwrap();
        assert_eq!(finding.field.as_deref(), Some("checksum"));
        assert_eq!(outcome.nodes[0].state, structure::State::Damaged);
        assert_eq!(ids(&sealed(&[(0x88, b"/mnt")])), [""; 0]);
    }

    #[test]
    fn states() {
        let bytes = ext(Version::Ext4);
        let incompat = bytes[1024 + 0x60];
        assert_eq!(ids(&sealed(&[(0x60, &[incompat | 4])])), ["volume.ext.dirty"]);
        assert_eq!(ids(&sealed(&[(0x3a, &[0])])), ["volume.ext.dirty"]);
        assert_eq!(ids(&sealed(&[(0x3a, &[3])])), ["volume.ext.errors"]);
        let counted = sealed(&[(0x194, &[5]), (0x1e0, b"ext4_lookup")]);
        assert_eq!(ids(&counted), ["volume.ext.errors"]);
        assert_eq!(counted.findings.iter().next().unwrap().detail, "5 errors, the last one in ext4_lookup");
        assert_eq!(ids(&sealed(&[(0x63, &[0x80])])), ["volume.features.unknown"]);
    }

    #[test]
    fn numbers_that_cannot_be() {
        for shift in [7_u32, 22, 31, 32, 255, u32::MAX] {
            let outcome = sealed(&[(0x18, &shift.to_le_bytes())]);
            assert_eq!(ids(&outcome), ["volume.superblock.implausible"], "{shift}");
            assert_eq!(outcome.volume.unwrap().size_bytes, None);
        }
        assert_eq!(ids(&sealed(&[(0x0c, &[0xff; 4])])), ["volume.superblock.implausible"]);
        assert_eq!(ids(&sealed(&[(0x10, &[0xff; 4])])), ["volume.superblock.implausible"]);
        assert_eq!(kind(&sealed(&[(0x4c, &[2])])), "", "no such revision");
        assert_eq!(kind(&sealed(&[(4, &[0; 4]), (0x150, &[0; 4])])), "", "no blocks");
        let bits_64 = BITS_64 | u32::from(ext(Version::Ext4)[1024 + 0x60]);
        let huge = sealed(&[(0x60, &bits_64.to_le_bytes()), (0x150, &[0xff; 4])]);
        assert_eq!(huge.volume.unwrap().size_bytes, None);
    }
}
