//! File systems that several machines mount at once: GFS2 (and GFS), OCFS2.

use super::found::{Found, When};
use super::limited::Limited;
use super::text;
use crate::structure;
use crate::structure::Show;

structure! {
    /// GFS2 superblock: at 64 KiB of the volume.
    pub struct Gfs2("gfs2.superblock", "GFS2 superblock", 272, Big) {
        /// Always 0x01161970.
        0 => magic: u32, Show::Hex;
        /// Kind of block: 1.
        4 => kind: u32, Show::Decimal;
        /// Zero.
        8 => padding: u64, Show::Decimal;
        /// Format of the block: 100.
        16 => block_format: u32, Show::Decimal;
        /// Zero.
        20 => padding_2: u32, Show::Decimal;
        /// Format of the file system: 1801 and 1802 for GFS2, 1309 for GFS.
        24 => format: u32, Show::Decimal;
        /// Format of what the machines share.
        28 => multihost_format: u32, Show::Decimal;
        /// Zero.
        32 => padding_3: u32, Show::Decimal;
        /// Bytes per block.
        36 => block_size: u32, Show::Bytes;
        /// The same as a power of two.
        40 => block_shift: u32, Show::Decimal;
        /// Zero.
        44 => padding_4: u32, Show::Decimal;
        /// Master directory, and fields of GFS.
        48 => master: [u8; 32], Show::Raw;
        /// Root directory.
        80 => root: [u8; 16], Show::Raw;
        /// How the machines agree: `lock_dlm`, `lock_nolock`.
        96 => lock_protocol: [u8; 64], Show::With(text::show_label);
        /// Name of the cluster and of the file system.
        160 => lock_table: [u8; 64], Show::With(text::show_label);
        /// Fields of GFS.
        224 => padding_5: [u8; 32], Show::Raw;
        /// Identity of the volume.
        256 => uuid: [u8; 16], Show::Uuid;
    }
}

structure! {
    /// OCFS2 superblock: the third block of the volume.
    pub struct Ocfs2("ocfs2.superblock", "OCFS2 superblock", 352, Little) {
        /// Always `OCFSV2`.
        0 => signature: [u8; 8], Show::Ascii;
        /// Generation of the inode that the superblock is.
        8 => generation: u32, Show::Hex;
        /// Fields of an inode.
        12 => inode: [u8; 8], Show::Raw;
        /// Clusters of the volume.
        20 => clusters: u32, Show::Decimal;
        /// Fields of an inode.
        24 => inode_2: [u8; 24], Show::Raw;
        /// When the volume was made.
        48 => created: u64, Show::With(text::show_time);
        /// Fields of an inode.
        56 => inode_3: [u8; 136], Show::Raw;
        /// Version, major.
        192 => major: u16, Show::Decimal;
        /// Version, minor.
        194 => minor: u16, Show::Decimal;
        /// Mounts since the last check.
        196 => mounts: u16, Show::Decimal;
        /// Mounts after which a check is due.
        198 => max_mounts: u16, Show::Decimal;
        /// State.
        200 => state: u16, Show::Flags(&[(2, "errors")]);
        /// What to do when an error is met.
        202 => on_error: u16, Show::Decimal;
        /// Seconds between checks.
        204 => check_interval: u32, Show::Decimal;
        /// Last check.
        208 => checked: u64, Show::With(text::show_time);
        /// System that made the volume.
        216 => creator: u32, Show::Decimal;
        /// Features that every reader may ignore.
        220 => features_compat: u32, Show::Hex;
        /// Features that a reader must know.
        224 => features_incompat: u32, Show::Hex;
        /// Features that allow an ignorant reader to read.
        228 => features_ro_compat: u32, Show::Hex;
        /// Block of the root directory.
        232 => root: u64, Show::Decimal;
        /// Block of the system directory.
        240 => system: u64, Show::Decimal;
        /// Bytes per block as a power of two.
        248 => block_log: u32, Show::Decimal;
        /// Bytes per cluster as a power of two.
        252 => cluster_log: u32, Show::Decimal;
        /// Machines that may mount it at once.
        256 => slots: u16, Show::Decimal;
        /// Zero.
        258 => reserved: [u8; 6], Show::Raw;
        /// First group of clusters.
        264 => first_group: u64, Show::Decimal;
        /// Label.
        272 => label: [u8; 64], Show::With(text::show_label);
        /// Identity of the volume.
        336 => uuid: [u8; 16], Show::Uuid;
    }
}

const GFS_AT: u64 = 64 << 10;
const GFS_MAGIC: [u8; 4] = [0x01, 0x16, 0x19, 0x70];
/// Smaller volumes are taken for neither, as by libblkid.
const GFS_SMALLEST: u64 = 32 << 20;
const OCFS_SMALLEST: u64 = 14_000 << 10;
const OCFS_ERRORS: u16 = 2;

/// Recognises GFS2, and GFS before it.
pub(super) fn read_gfs2(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < GFS_SMALLEST || !volume.holds(GFS_AT, &GFS_MAGIC) {
        return None;
    }
    let bytes = volume.read(GFS_AT, Gfs2::LENGTH)?;
    let superblock = Gfs2::decode(&bytes)?;
    let kind = match (superblock.format, superblock.multihost_format) {
        (1309, 1401) => "gfs",
        (1800..1900, 1900..2000) => "gfs2",
        _ => return None,
    };
    let mut found = Found::new(kind, volume.node(&Gfs2::LAYOUT, key, GFS_AT, &bytes));
    found.volume.label = text::label(&superblock.lock_table);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.fact("Lock protocol", text::label(&superblock.lock_protocol).unwrap_or_default());
    if kind == "gfs2" {
        found = found.version("1");
    }
    if found.power_of_two("block_size", superblock.block_size.into(), 512, 65536) {
        found.volume.block_bytes = Some(superblock.block_size.into());
    }
    Some(found)
}

/// Recognises OCFS2.
pub(super) fn read_ocfs2(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < OCFS_SMALLEST {
        return None;
    }
    let offset = [1024, 2048, 4096, 8192].into_iter().find(|offset| volume.holds(*offset, b"OCFSV2"))?;
    let bytes = volume.read(offset, Ocfs2::LENGTH)?;
    let superblock = Ocfs2::decode(&bytes)?;
    let version = format!("{}.{}", superblock.major, superblock.minor);
    let mut found = Found::new("ocfs2", volume.node(&Ocfs2::LAYOUT, key, offset, &bytes)).version(version);
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.time(When::Created, "created", superblock.created.try_into().unwrap_or(i64::MAX));
    found.time(When::Checked, "checked", superblock.checked.try_into().unwrap_or(i64::MAX));
    if (9..=12).contains(&superblock.block_log) && (12..=20).contains(&superblock.cluster_log) {
        found.size("clusters", superblock.clusters.into(), 1 << superblock.cluster_log);
        found.volume.block_bytes = Some(1 << superblock.block_log);
    } else {
        let detail = "the sizes of blocks and clusters cannot be";
        found.add(&super::rules::IMPLAUSIBLE, "block_log", detail);
    }
    // Whether it is mounted is in the journals of the machines.
    if superblock.state & OCFS_ERRORS != 0 {
        found.errors("state", "the state says that there are errors");
    }
    Some(found)
}
