//! Names of partition types, and what a type leads one to expect inside.

mod gpt;
mod mbr;

use crate::structure::Guid;

/// Type id of the entry by which an MBR protects a GPT.
pub const PROTECTIVE: u8 = 0xee;

/// Type ids of partitions that hold logical partitions. Further ids of "hidden" or "secured" containers exist; no
/// operating system in use follows them.
pub const EXTENDED: [u8; 3] = [0x05, 0x0f, 0x85];

/// The usual name of an MBR type id.
pub fn mbr_name(id: u8) -> Option<&'static str> {
    mbr::TYPES.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

/// The usual name of a GPT type GUID.
pub fn gpt_name(id: Guid) -> Option<&'static str> {
    gpt::TYPES.iter().find(|(known, _)| *known == id.number()).map(|(_, name)| *name)
}

/// What a type promises about the content, as far as that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Logical partitions.
    Extended,
    /// Nothing: it stands for the whole GPT.
    Protective,
    /// A file system of DOS or Windows.
    Windows,
    /// The same in a GPT, where older Linux tools used this type for Linux too.
    BasicData,
    /// The FAT volume that UEFI starts from.
    EfiSystem,
    /// A file system of Linux.
    Linux,
    /// Swap space of Linux.
    LinuxSwap,
    /// A physical volume of LVM.
    LinuxLvm,
    /// Volumes of the Logical Disk Manager; never one file system as a whole.
    DynamicDisk,
    /// Room that holds no volume: what a system or a loader keeps for itself, a part of a volume on several disks, or
    /// nothing.
    Reserved,
    /// A slice of a BSD, with a table of its own inside.
    Bsd,
    /// The whole disk or slice, in a table that lists it beside its parts.
    Whole,
    /// Anything.
    Other,
}

impl Family {
    /// Of an MBR type id.
    pub fn of_mbr(id: u8) -> Self {
        match id {
            0x05 | 0x0f | 0x85 => Self::Extended,
            PROTECTIVE => Self::Protective,
            0x01 | 0x04 | 0x06 | 0x07 | 0x0b | 0x0c | 0x0e | 0x11 | 0x14 | 0x16 | 0x17 | 0x1b | 0x1c
            | 0x1e | 0x27 => Self::Windows,
            0x42 => Self::DynamicDisk,
            0x82 => Self::LinuxSwap,
            0x83 => Self::Linux,
            0x8e => Self::LinuxLvm,
            0xa5 | 0xa6 | 0xa9 => Self::Bsd,
            0xef => Self::EfiSystem,
            _ => Self::Other,
        }
    }

    /// Of the tag or type number that Sun's, SGI's and Solaris' labels share with Linux.
    pub fn of_unix(tag: u32) -> Self {
        match tag {
            0x82 => Self::LinuxSwap,
            0x83 => Self::Linux,
            0x8e => Self::LinuxLvm,
            _ => Self::Other,
        }
    }

    /// Of a GPT type GUID.
    pub fn of_gpt(id: Guid) -> Self {
        match id.number() {
            0xebd0a0a2_b9e5_4433_87c0_68b6b72699c7 => Self::BasicData,
            0xc12a7328_f81f_11d2_ba4b_00a0c93ec93b => Self::EfiSystem,
            0x0fc63daf_8483_4772_8e79_3d69d8477de4 => Self::Linux,
            0x0657fd6d_a4ab_43c4_84e5_0933c84b4f4f => Self::LinuxSwap,
            0xe6d6d379_f507_44c2_a23c_238f2a3df928 => Self::LinuxLvm,
            0x5808c8aa_7e8f_42e0_85d2_e1e90434cfb3 | 0xaf9b60a0_1431_4f62_bc68_3311714a69ad => {
                Self::DynamicDisk
            }
            0xe3c9e316_0b5c_4db8_817d_f92df00215ae => Self::Reserved,
            _ => Self::Other,
        }
    }

    /// Whether a partition of this family cannot well hold a volume of that kind (in `blkid`'s words). Only clear
    /// cases: a FAT volume in a Linux partition is common and harmless.
    pub fn contradicts(self, kind: &str) -> bool {
        let linux = LINUX_KINDS.contains(&kind);
        let windows = WINDOWS_KINDS.contains(&kind);
        match self {
            Self::Windows | Self::BasicData => linux,
            Self::EfiSystem => linux || (windows && kind != "vfat"),
            Self::Linux => windows && kind != "vfat",
            Self::LinuxSwap => windows || (linux && !matches!(kind, "swap" | "swsuspend" | "crypto_LUKS")),
            Self::LinuxLvm => windows || (linux && !matches!(kind, "LVM2_member" | "crypto_LUKS")),
            Self::Extended
            | Self::Protective
            | Self::DynamicDisk
            | Self::Reserved
            | Self::Bsd
            | Self::Whole
            | Self::Other => false,
        }
    }
}

/// Volumes that Windows reads.
const WINDOWS_KINDS: [&str; 5] = ["vfat", "ntfs", "exfat", "ReFS", "BitLocker"];

/// Volumes that only Linux reads.
const LINUX_KINDS: [&str; 11] = [
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "f2fs",
    "swap",
    "swsuspend",
    "LVM2_member",
    "crypto_LUKS",
    "linux_raid_member",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn tables_are_in_order_and_unique() {
        assert!(mbr::TYPES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let ids: BTreeSet<_> = gpt::TYPES.iter().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), gpt::TYPES.len());
    }

    #[test]
    fn types_have_names_and_families() {
        let guid =
            |text: &str| Guid::from_bytes(&uuid::Uuid::parse_str(text).unwrap().to_bytes_le()).unwrap();
        let efi = guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
        assert_eq!((gpt_name(efi), Family::of_gpt(efi)), (Some("EFI System"), Family::EfiSystem));
        assert_eq!(gpt_name(guid("12345678-f81f-11d2-ba4b-00a0c93ec93b")), None);
        assert_eq!(mbr_name(0x15), Some("Hidden extended (CHS)"));
        assert_eq!(mbr_name(0x7a), None);
        assert!(EXTENDED.iter().all(|id| Family::of_mbr(*id) == Family::Extended));
    }

    #[test]
    fn only_clear_contradictions_count() {
        assert!(Family::Windows.contradicts("ext4"));
        assert!(Family::Linux.contradicts("ntfs"));
        assert!(Family::LinuxSwap.contradicts("ext4"));
        assert!(!Family::LinuxSwap.contradicts("swap"));
        assert!(!Family::Linux.contradicts("vfat"));
        assert!(!Family::Windows.contradicts("iso9660"));
        assert!(!Family::DynamicDisk.contradicts("ntfs"));
    }
}
