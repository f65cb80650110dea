//! Volumes: what a partition, or a whole disk, holds. Each writer gives a [`Disk`](crate::disk::Disk) of the volume's
//! size that is ready to be placed in a partition.
//!
//! FAT, exFAT, ext2/3/4, Minix, NTFS, XFS, swap and ISO 9660 are complete, empty file systems that their own checkers
//! pass; of Btrfs, F2FS, LVM2, LUKS and BitLocker there is what makes them known and describes them.

pub mod bitlocker;
pub mod btrfs;
pub mod exfat;
pub mod ext;
pub mod f2fs;
pub mod fat;
pub mod iso9660;
pub mod luks;
pub mod lvm;
pub mod minix;
pub mod ntfs;
pub mod swap;
pub mod xfs;

/// Bits `range` of a bitmap set, lowest bit first: how most file systems mark what is in use.
fn set_bits(bitmap: &mut [u8], range: std::ops::Range<usize>) {
    for bit in range {
        bitmap[bit / 8] |= 1 << (bit % 8);
    }
}
