//! APFS, the file system of macOS since 2017: a container, and the volumes in it.

use super::found::Found;
use super::int::{index, le};
use super::limited::Limited;
use super::{Content, Fact, Volume, rules, text};
use crate::checksum::fletcher64;
use crate::report::exact;
use crate::structure;
use crate::structure::Show;

structure! {
    /// APFS container superblock: block 0 of the container. It is a copy; the newest one is in the ring of checkpoints.
    pub struct Superblock("apfs.superblock", "APFS container superblock", 1312, Little) {
        /// Fletcher's checksum of the rest of the block.
        0 => checksum: u64, Show::Hex;
        /// Object id: 1.
        8 => object: u64, Show::Decimal;
        /// Number of the transaction that wrote it; the highest wins.
        16 => transaction: u64, Show::Decimal;
        /// Type of object, and how it is stored: 1 for a container superblock.
        24 => object_type: u32, Show::Hex;
        /// Subtype: 0.
        28 => object_subtype: u32, Show::Hex;
        /// Always `NXSB`.
        32 => magic: [u8; 4], Show::Ascii;
        /// Bytes per block.
        36 => block_size: u32, Show::Bytes;
        /// Blocks of the container.
        40 => block_count: u64, Show::Decimal;
        /// Features that every reader may ignore.
        48 => features: u64, Show::Flags(&[(1, "defragmentation"), (2, "low-capacity Fusion")]);
        /// Features that allow an ignorant reader to read.
        56 => features_ro_compat: u64, Show::Hex;
        /// Features that a reader must know.
        64 => features_incompat: u64, Show::Flags(INCOMPAT);
        /// Identity of the container.
        72 => uuid: [u8; 16], Show::Uuid;
        /// Next object id.
        88 => next_object: u64, Show::Decimal;
        /// Next transaction.
        96 => next_transaction: u64, Show::Decimal;
        /// Blocks of the ring of checkpoints; the highest bit says that they lie apart.
        104 => descriptor_blocks: u32, Show::Hex;
        /// Blocks of the checkpoints' data.
        108 => data_blocks: u32, Show::Hex;
        /// First block of the ring of checkpoints.
        112 => descriptor_base: u64, Show::Decimal;
        /// First block of the checkpoints' data.
        120 => data_base: u64, Show::Decimal;
        /// Where the next checkpoint goes in the ring.
        128 => descriptor_next: u32, Show::Decimal;
        /// Where its data go.
        132 => data_next: u32, Show::Decimal;
        /// Where this checkpoint starts in the ring.
        136 => descriptor_index: u32, Show::Decimal;
        /// Blocks of this checkpoint.
        140 => descriptor_length: u32, Show::Decimal;
        /// Where its data start.
        144 => data_index: u32, Show::Decimal;
        /// Blocks of its data.
        148 => data_length: u32, Show::Decimal;
        /// Object of the space manager.
        152 => space_manager: u64, Show::Decimal;
        /// Block of the object map, which leads to the volumes.
        160 => object_map: u64, Show::Decimal;
        /// Object of the reaper.
        168 => reaper: u64, Show::Decimal;
        /// For tests.
        176 => test_type: u32, Show::Decimal;
        /// Volumes that there may be.
        180 => max_volumes: u32, Show::Decimal;
        /// Objects of the volumes; 0 for none.
        184 => volumes: [u8; 800], Show::Raw;
        /// Counters, and where blocks must be freed.
        984 => counters: [u8; 280], Show::Raw;
        /// Flags.
        1264 => flags: u64, Show::Flags(&[(1, "reserved"), (2, "reserved"), (4, "software cryptography")]);
        /// Block of the driver by which a Mac starts from here.
        1272 => efi_driver: u64, Show::Decimal;
        /// Identity of the Fusion drive; zero where there is none.
        1280 => fusion_uuid: [u8; 16], Show::Uuid;
        /// Where the keys of encrypted volumes are.
        1296 => key_bag: [u8; 16], Show::Raw;
    }
}

structure! {
    /// APFS volume superblock: name, role and contents of a volume in a container.
    pub struct VolumeSuperblock("apfs.volume", "APFS volume superblock", 968, Little) {
        /// Fletcher's checksum of the rest of the block.
        0 => checksum: u64, Show::Hex;
        /// Object id.
        8 => object: u64, Show::Decimal;
        /// Number of the transaction that wrote it.
        16 => transaction: u64, Show::Decimal;
        /// Type of object, and how it is stored: 13 for a volume superblock.
        24 => object_type: u32, Show::Hex;
        /// Subtype: 0.
        28 => object_subtype: u32, Show::Hex;
        /// Always `APSB`.
        32 => magic: [u8; 4], Show::Ascii;
        /// Place in the container's list.
        36 => index: u32, Show::Decimal;
        /// Features that every reader may ignore.
        40 => features: u64, Show::Hex;
        /// Features that allow an ignorant reader to read.
        48 => features_ro_compat: u64, Show::Hex;
        /// Features that a reader must know.
        56 => features_incompat: u64, Show::Flags(&[(1, "case-insensitive"), (2, "dataless snapshots"), (4, "encryption rolled"), (8, "normalization-insensitive"), (0x10, "incomplete restore"), (0x20, "sealed")]);
        /// Last unmount, in nanoseconds since 1970.
        64 => unmounted: u64, Show::With(show_nanoseconds);
        /// Blocks that are kept for it.
        72 => reserved_blocks: u64, Show::Decimal;
        /// Blocks that it may take; 0 for no limit.
        80 => quota_blocks: u64, Show::Decimal;
        /// Blocks that it takes.
        88 => allocated_blocks: u64, Show::Decimal;
        /// Keys and trees.
        96 => trees: [u8; 88], Show::Raw;
        /// Files.
        184 => files: u64, Show::Decimal;
        /// Directories.
        192 => directories: u64, Show::Decimal;
        /// Symbolic links.
        200 => links: u64, Show::Decimal;
        /// Other objects.
        208 => others: u64, Show::Decimal;
        /// Snapshots.
        216 => snapshots: u64, Show::Decimal;
        /// Blocks ever allocated and ever freed.
        224 => totals: [u8; 16], Show::Raw;
        /// Identity of the volume.
        240 => uuid: [u8; 16], Show::Uuid;
        /// Last change, in nanoseconds since 1970.
        256 => modified: u64, Show::With(show_nanoseconds);
        /// Flags.
        264 => flags: u64, Show::Flags(&[(1, "not encrypted"), (2, "reserved"), (8, "one key"), (0x10, "spilled over"), (0x20, "run spillover cleaner")]);
        /// Software that made the volume.
        272 => formatted_by: [u8; 32], Show::Ascii;
        /// When it was made, in nanoseconds since 1970.
        304 => formatted: u64, Show::With(show_nanoseconds);
        /// Transaction that made it.
        312 => formatted_transaction: u64, Show::Decimal;
        /// Software that changed it last, and seven times before.
        320 => modified_by: [u8; 384], Show::Raw;
        /// Name.
        704 => name: [u8; 256], Show::With(text::show_label);
        /// Next document id.
        960 => next_document: u32, Show::Decimal;
        /// Role of the volume.
        964 => role: u16, Show::Names(ROLES);
        /// Zero.
        966 => reserved: u16, Show::Decimal;
    }
}

const INCOMPAT: &[(u64, &str)] = &[(1, "version 1"), (2, "version 2"), (0x100, "Fusion")];
const FUSION: u64 = 0x100;

const ROLES: &[(u64, &str)] = &[
    (0, "none"),
    (1, "System"),
    (2, "User"),
    (4, "Recovery"),
    (8, "VM"),
    (0x10, "Preboot"),
    (0x20, "Installer"),
    (0x40, "Data"),
    (0x80, "Baseband"),
    (0xc0, "Update"),
    (0x100, "xART"),
    (0x140, "Hardware"),
    (0x180, "Backup"),
    (0x240, "Enterprise"),
    (0x2c0, "Prelogin"),
];

const BLOCK: usize = 4096;
/// Blocks of the ring of checkpoints that are looked at.
const RING_BLOCKS: u32 = 24;
/// Volumes that are looked at: more are hardly ever in one container.
const VOLUMES: usize = 12;
/// Levels of the object map that are followed.
const LEVELS: usize = 4;
const UNENCRYPTED: u64 = 1;

fn nanoseconds(count: u64) -> Option<String> {
    let seconds = i64::try_from(count / 1_000_000_000).ok()?;
    (seconds != 0).then(|| structure::utc(seconds))
}

fn show_nanoseconds(bytes: &[u8]) -> String {
    let count = bytes.try_into().map_or(0, u64::from_le_bytes);
    nanoseconds(count).unwrap_or_else(|| "never".into())
}

/// A block whose checksum is right.
fn object(volume: &Limited, block: u64, block_size: u64) -> Option<Vec<u8>> {
    let bytes = volume.read(block.checked_mul(block_size)?, BLOCK)?;
    let stored = bytes.first_chunk().map(|sum| u64::from_le_bytes(*sum))?;
    (fletcher64(bytes.get(8..)?) == stored).then_some(bytes)
}

/// Recognises containers of APFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(32, b"NXSB") {
        return None;
    }
    let bytes = volume.read(0, BLOCK)?;
    let superblock = Superblock::decode(&bytes)?;
    if superblock.object_type & 0xffff != 1 || superblock.object_subtype != 0 {
        return None;
    }
    let mut found = Found::new("apfs", volume.node(&Superblock::LAYOUT, key, 0, &bytes));
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.check_sum_64("checksum", superblock.checksum, fletcher64(bytes.get(8..)?));
    if !found.power_of_two("block_size", superblock.block_size.into(), 4096, 65536) {
        return Some(found);
    }
    found.blocks("block_count", superblock.block_count, superblock.block_size.into());
    found.check_features("features_incompat", superblock.features_incompat, INCOMPAT);
    if superblock.features_incompat & FUSION != 0 {
        found.member("features_incompat", 2, "it is one of the two devices of a Fusion drive");
    }
    // Larger blocks exist on paper only.
    if superblock.block_size as usize == BLOCK {
        read_volumes(volume, key, &mut found, superblock);
    }
    Some(found)
}

/// The newest copy of the container superblock in the ring of checkpoints.
fn newest(volume: &Limited, first: Superblock) -> Superblock {
    let ring = first.descriptor_blocks;
    if ring == 0 || ring >> 31 != 0 {
        return first;
    }
    let (base, start) = (first.descriptor_base, first.descriptor_index);
    let mut newest = first;
    for step in 0..RING_BLOCKS.min(ring) {
        let index = u64::from(start).saturating_add(step.into()) % u64::from(ring);
        let Some(offset) = base.checked_add(index).and_then(|block| block.checked_mul(BLOCK as u64)) else {
            break;
        };
        if volume.holds(offset.saturating_add(32), b"NXSB")
            && let Some(copy) = object(volume, offset / BLOCK as u64, BLOCK as u64)
                .and_then(|bytes| Superblock::decode(&bytes))
            && copy.transaction > newest.transaction
        {
            newest = copy;
        }
    }
    newest
}

/// The volumes that the newest checkpoint leads to.
fn read_volumes(volume: &Limited, key: &str, found: &mut Found, first: Superblock) {
    let block_size = u64::from(first.block_size);
    let newest = newest(volume, first);
    found.fact("Last transaction", newest.transaction.to_string());
    let Some(map) = object(volume, newest.object_map, block_size) else { return };
    let Some(tree) = le(&map, 48, 8) else { return };
    let ids = newest.volumes.as_chunks::<8>().0.iter().map(|id| u64::from_le_bytes(*id));
    for (index, id) in ids.filter(|id| *id != 0).take(VOLUMES).enumerate() {
        let Some(block) = look_up(volume, tree, id, newest.transaction) else { continue };
        let Some(bytes) = object(volume, block, block_size) else { continue };
        let Some(superblock) = VolumeSuperblock::decode(&bytes).filter(|found| found.magic == *b"APSB")
        else {
            continue;
        };
        let mut node = volume.node(&VolumeSuperblock::LAYOUT, key, block * block_size, &bytes);
        node.key = format!("{}.{}", node.key, index + 1);
        if superblock.flags & UNENCRYPTED == 0 {
            let name = text::show_label(&superblock.name);
            let detail = format!("the volume {name:?} of the container is encrypted");
            found.add_finding(crate::finding::Finding::new(&rules::ENCRYPTED, detail).field(&node, "flags"));
        }
        found.volume.contents.push(content(&superblock, block_size, node.key.clone()));
        found.add_node(node);
    }
}

fn content(superblock: &VolumeSuperblock, block_size: u64, structure: String) -> Content {
    let role = ROLES.iter().find(|(role, _)| *role == u64::from(superblock.role));
    let facts = [
        ("Role", role.map_or_else(|| format!("0x{:x}", superblock.role), |(_, name)| (*name).into())),
        ("Made by", text::label(&superblock.formatted_by).unwrap_or_default()),
        ("Files", superblock.files.to_string()),
        ("Directories", superblock.directories.to_string()),
        ("Snapshots", superblock.snapshots.to_string()),
    ];
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let inner = Volume {
        kind: "apfs".into(),
        label: text::label(&superblock.name),
        uuid: text::uuid(&superblock.uuid),
        used_bytes: superblock.allocated_blocks.checked_mul(block_size).and_then(exact),
        created: nanoseconds(superblock.formatted),
        written: nanoseconds(superblock.modified),
        facts: facts.map(|(name, value)| Fact { name: name.into(), value }).collect(),
        structure: Some(structure),
        ..Volume::default()
    };
    Content {
        name: inner.label.clone().unwrap_or_default(),
        id: inner.uuid.clone(),
        volume: Some(Box::new(inner)),
        ..Content::default()
    }
}

/// The block of the newest version of an object, no newer than that transaction.
fn look_up(volume: &Limited, tree: u64, id: u64, transaction: u64) -> Option<u64> {
    const IS_ROOT: u64 = 1;
    const FIXED_SIZES: u64 = 4;
    /// Bytes at the end of the root node that describe the whole tree.
    const TREE_INFO: usize = 40;
    let mut block = tree;
    for _ in 0..LEVELS {
        let node = object(volume, block, BLOCK as u64)?;
        let (flags, level, keys) = (le(&node, 32, 2)?, le(&node, 34, 2)?, le(&node, 36, 4)?);
        if flags & FIXED_SIZES == 0 {
            return None;
        }
        let toc = 56 + index(le(&node, 40, 2))?;
        let key_area = toc + index(le(&node, 42, 2))?;
        let end = if flags & IS_ROOT != 0 { BLOCK - TREE_INFO } else { BLOCK };
        let mut best = None;
        for at in 0..usize::try_from(keys).ok()?.min(BLOCK / 4) {
            let key = key_area + index(le(&node, toc + at * 4, 2))?;
            let value = end.checked_sub(index(le(&node, toc + at * 4 + 2, 2))?)?;
            let found = (le(&node, key, 8)?, le(&node, key + 8, 8)?);
            if found > (id, transaction) {
                break;
            }
            best = Some((found.0, value));
        }
        let (found, value) = best?;
        if level == 0 {
            return if found == id { le(&node, value + 8, 8) } else { None };
        }
        block = le(&node, value, 8)?;
    }
    None
}
