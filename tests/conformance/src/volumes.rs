//! A volume by each writer of the samples, as small as its format allows.

use diskglass_samples::disk::{Disk, KIB, MIB};
use diskglass_samples::uuid::Uuid;
use diskglass_samples::volumes::bitlocker::BitLocker;
use diskglass_samples::volumes::btrfs::Btrfs;
use diskglass_samples::volumes::exfat::Exfat;
use diskglass_samples::volumes::ext::{Ext, Version};
use diskglass_samples::volumes::f2fs::F2fs;
use diskglass_samples::volumes::fat::{Fat, Width};
use diskglass_samples::volumes::iso9660::Iso9660;
use diskglass_samples::volumes::luks::Luks2;
use diskglass_samples::volumes::lvm::Lvm;
use diskglass_samples::volumes::minix::Minix;
use diskglass_samples::volumes::ntfs::Ntfs;
use diskglass_samples::volumes::swap::Swap;
use diskglass_samples::volumes::xfs::Xfs;

const ID: Uuid = Uuid(0x0f1e_2d3c_4b5a_4978_8796_a5b4_c3d2_e1f0);

fn fat(width: Width, sectors: u32) -> Disk {
    Fat { width, sectors, hidden_sectors: 0, cluster_sectors: 1, serial: 0x1234_abcd, label: "FAT" }.build()
}

fn ext(version: Version, bytes: u64, block_bytes: u64) -> Disk {
    Ext { version, bytes, block_bytes, id: ID, label: "ext" }.build()
}

/// All of them: a name of its own, the type as `blkid` has it, and the volume.
pub fn volumes() -> Vec<(&'static str, &'static str, Disk)> {
    let exfat =
        Exfat { sectors: 1024, partition_offset: 0, cluster_shift: 3, serial: 0x1234_abcd, label: "exFAT" };
    let ntfs = Ntfs { sectors: 1032, hidden_sectors: 0, cluster_sectors: 8, serial: 0x1234, label: "NTFS" };
    let xfs = |sector_bytes| Xfs { blocks: 4096, sector_bytes, id: ID, label: "XFS" }.build();
    let iso = Iso9660 { label: "CD", written: "2024051709300000", file: "A.TXT", text: "A file.\r\n" };
    let lvm = Lvm {
        bytes: 8 * MIB,
        id: "q7Xf2K9dLmWc4RhT1vBz8NyE6sP3jGaU",
        group_id: "m4Zc8HtQ2pYv6WkL1nRb9XsD3fGj7AeU",
        volume_id: "T5uK1oJ8wNq3VyF6hCz0SxM2gBd9LrPi",
        group: "group",
        volume: "volume",
    };
    let bitlocker = BitLocker { bytes: 512 * KIB, id: ID, description: "PC C:", suspended: false };
    vec![
        ("fat12", "vfat", fat(Width::Fat12, 512)),
        ("fat16", "vfat", fat(Width::Fat16, 8192)),
        ("fat32", "vfat", fat(Width::Fat32, 70_000)),
        ("exfat", "exfat", exfat.build()),
        ("ntfs", "ntfs", ntfs.build()),
        ("ext2", "ext2", ext(Version::Ext2, 256 * KIB, 1024)),
        ("ext3", "ext3", ext(Version::Ext3, 8 * MIB, 4096)),
        ("ext4", "ext4", ext(Version::Ext4, 8 * MIB, 4096)),
        ("xfs", "xfs", xfs(512)),
        ("xfs-4k", "xfs", xfs(4096)),
        ("btrfs", "btrfs", Btrfs { bytes: 65 * MIB, id: ID, device_id: Uuid(7), label: "Btrfs" }.build()),
        ("f2fs", "f2fs", F2fs { bytes: 64 * MIB, id: ID, label: "F2FS" }.build()),
        ("minix", "minix", Minix { blocks: 128 }.build()),
        ("swap", "swap", Swap { bytes: 64 * KIB, id: ID, label: "swap" }.build()),
        ("iso9660", "iso9660", iso.build()),
        ("luks2", "crypto_LUKS", Luks2 { bytes: 1088 * KIB, id: ID, label: "LUKS" }.build()),
        ("lvm2", "LVM2_member", lvm.build()),
        ("bitlocker", "BitLocker", bitlocker.build()),
    ]
}
