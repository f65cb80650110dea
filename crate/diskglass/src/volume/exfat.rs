//! exFAT.

use super::found::{Compared, Found};
use super::limited::Limited;
use super::{State, rules, text};
use crate::structure;
use crate::structure::{Endian, FieldType, Node, Show};

structure! {
    /// exFAT boot sector: the first sector of the volume describes its layout. Eleven more belong to it; the last of them is a checksum, and all twelve are repeated.
    pub struct BootSector("exfat.boot-sector", "exFAT boot sector", 512, Little) {
        /// Jump to the boot code.
        0 => jump: [u8; 3], Show::Raw;
        /// Always `EXFAT` and three spaces.
        3 => file_system_name: [u8; 8], Show::Ascii;
        /// Zero, where FAT has its parameter block: so that nobody takes it for FAT.
        11 => must_be_zero: [u8; 53], Show::Reserved;
        /// Sectors on the disk before the volume; 0 where that does not matter.
        64 => partition_offset: u64, Show::Decimal;
        /// Sectors of the volume.
        72 => volume_length: u64, Show::Decimal;
        /// First sector of the file allocation table.
        80 => fat_offset: u32, Show::Decimal;
        /// Sectors of the file allocation table.
        84 => fat_length: u32, Show::Decimal;
        /// First sector of cluster 2.
        88 => cluster_heap_offset: u32, Show::Decimal;
        /// Number of clusters.
        92 => cluster_count: u32, Show::Decimal;
        /// First cluster of the root directory.
        96 => root_cluster: u32, Show::Decimal;
        /// Serial number, made from the time of formatting.
        100 => serial: u32, Show::With(text::show_serial);
        /// Version of the format, minor and major.
        104 => revision: u16, Show::With(revision);
        /// State of the volume.
        106 => flags: u16, Show::Flags(&[(1, "second FAT active"), (2, "dirty"), (4, "media failure"), (8, "clear to zero")]);
        /// Bytes per sector as a power of two: 9 to 12.
        108 => bytes_per_sector_shift: u8, Show::Decimal;
        /// Sectors per cluster as a power of two.
        109 => sectors_per_cluster_shift: u8, Show::Decimal;
        /// Number of file allocation tables: 1, or 2 with TexFAT.
        110 => fats: u8, Show::Decimal;
        /// BIOS number of the drive.
        111 => drive: u8, Show::Hex;
        /// Per cent of the clusters in use; 255 for unknown.
        112 => percent_in_use: u8, Show::Decimal;
        /// Zero.
        113 => reserved: [u8; 7], Show::Reserved;
        /// Boot code.
        120 => boot_code: [u8; 390], Show::Raw;
        /// Always 55 AA.
        510 => signature: [u8; 2], Show::Raw;
    }
}

fn revision(bytes: &[u8]) -> String {
    match bytes {
        [minor, major] => format!("{major}.{minor}"),
        _ => String::new(),
    }
}

/// Sector of the copy of the boot region.
const BACKUP_SECTOR: u64 = 12;
/// Length of a directory entry in bytes.
const ENTRY_BYTES: usize = 32;
/// Clusters of the root directory that are followed.
const ROOT_CLUSTERS: usize = 100;
/// Bytes of the root directory that are searched for the label.
const ROOT_BYTES: u64 = 128 << 10;
/// Bytes of a directory read at once.
const PIECE_BYTES: usize = 4096;

impl BootSector {
    fn is_valid(&self) -> bool {
        self.file_system_name == *b"EXFAT   "
            && self.must_be_zero == [0; 53]
            && self.signature == [0x55, 0xaa]
            && (9..=12).contains(&self.bytes_per_sector_shift)
            && self.sectors_per_cluster_shift <= 25 - self.bytes_per_sector_shift
            && matches!(self.fats, 1 | 2)
    }

    fn sector_bytes(&self) -> u64 {
        1 << self.bytes_per_sector_shift.min(12)
    }

    fn cluster_bytes(&self) -> u64 {
        self.sector_bytes() << self.sectors_per_cluster_shift.min(16)
    }

    /// Byte offset of a cluster of the heap.
    fn cluster_offset(&self, cluster: u32) -> Option<u64> {
        let index = cluster.checked_sub(2).filter(|index| *index < self.cluster_count)?;
        let offset = u64::from(index).checked_mul(self.cluster_bytes())?;
        offset.checked_add(u64::from(self.cluster_heap_offset) * self.sector_bytes())
    }
}

/// Checksum of the boot region: eleven sectors, without flags and per cent in use.
fn checksum(bytes: &[u8]) -> u32 {
    let counted = bytes.iter().enumerate().filter(|(index, _)| !matches!(index, 106 | 107 | 112));
    counted.fold(0_u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add((*byte).into()))
}

/// Recognises exFAT.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, BootSector::LENGTH)?;
    let boot = BootSector::decode(&bytes)?;
    if !boot.is_valid() {
        return None;
    }
    let mut found = Found::new("exfat", volume.node(&BootSector::LAYOUT, key, 0, &bytes));
    found.volume.uuid = text::serial(boot.serial);
    found.volume.version = Some(revision(&boot.revision.to_le_bytes()));
    found.volume.label = label(volume, &boot);
    found.size("volume_length", boot.volume_length, boot.sector_bytes());
    if let Some((stored, computed)) = wrong_checksum(volume, boot.sector_bytes()) {
        found.wrong_checksum("boot_code", &format!("0x{stored:08x}"), &format!("0x{computed:08x}"));
    }
    found.volume.block_bytes = Some(boot.cluster_bytes());
    found.claims_sector("bytes_per_sector_shift", boot.sector_bytes());
    if boot.percent_in_use <= 100 {
        found.fact("In use", format!("{} %", boot.percent_in_use));
    }
    found.state(if boot.flags & 2 == 0 { State::Clean } else { State::Dirty });
    if boot.flags & 2 != 0 {
        found.add(&rules::EXFAT_DIRTY, "flags", "the flag VolumeDirty is set");
    }
    if boot.flags & 4 != 0 {
        found.state(State::Errors);
        found.add(&rules::MEDIA_FAILURE, "flags", "the flag MediaFailure is set");
    }
    found.claims_start("partition_offset", boot.partition_offset, boot.sector_bytes());
    let copy = backup(volume, key, BACKUP_SECTOR * boot.sector_bytes(), &boot);
    found.backup(&format!("sector {BACKUP_SECTOR}"), copy);
    Some(found)
}

/// Stored and computed checksum of the boot region, where they differ. The twelfth sector repeats the checksum.
fn wrong_checksum(volume: &Limited, sector_bytes: u64) -> Option<(u32, u32)> {
    let sector = usize::try_from(sector_bytes).ok()?;
    let region = volume.read(0, sector * 12)?;
    let (counted, stored) = region.split_at_checked(sector * 11)?;
    let computed = checksum(counted);
    let stored = stored.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes));
    stored.into_iter().find(|stored| *stored != computed).map(|stored| (stored, computed))
}

/// The label in the root directory: an entry of type 0x83.
fn label(volume: &Limited, boot: &BootSector) -> Option<String> {
    let mut cluster = boot.root_cluster;
    let mut left = ROOT_BYTES;
    for _ in 0..ROOT_CLUSTERS {
        let offset = boot.cluster_offset(cluster)?;
        let length = boot.cluster_bytes().min(left);
        if length == 0 {
            return None;
        }
        let mut at = 0;
        while at < length {
            let count = usize::try_from(length - at).ok()?.min(PIECE_BYTES);
            for entry in volume.read(offset + at, count)?.chunks_exact(ENTRY_BYTES) {
                match entry {
                    [0x83, count, name @ ..] => {
                        let name = name.get(..usize::from(*count).min(11) * 2)?;
                        return text::label_utf16(name, Endian::Little);
                    }
                    [0, ..] => return None,
                    _ => {}
                }
            }
            at += count as u64;
        }
        left -= length;
        let entry = u64::from(boot.fat_offset) * boot.sector_bytes() + u64::from(cluster) * 4;
        cluster = u32::decode(&volume.read(entry, 4)?, 0, Endian::Little)?;
    }
    None
}

/// The copy of the boot sector, and where it describes another volume.
fn backup(volume: &Limited, key: &str, offset: u64, boot: &BootSector) -> Option<(Node, Vec<Compared>)> {
    let bytes = volume.read(offset, BootSector::LENGTH)?;
    let copy = BootSector::decode(&bytes).filter(|copy| copy.file_system_name == *b"EXFAT   ")?;
    let compared = [
        ("volume_length", boot.volume_length == copy.volume_length),
        ("fat_offset", boot.fat_offset == copy.fat_offset),
        ("fat_length", boot.fat_length == copy.fat_length),
        ("cluster_heap_offset", boot.cluster_heap_offset == copy.cluster_heap_offset),
        ("cluster_count", boot.cluster_count == copy.cluster_count),
        ("root_cluster", boot.root_cluster == copy.root_cluster),
        ("bytes_per_sector_shift", boot.bytes_per_sector_shift == copy.bytes_per_sector_shift),
        ("sectors_per_cluster_shift", boot.sectors_per_cluster_shift == copy.sectors_per_cluster_shift),
    ];
    Some((volume.node(&BootSector::LAYOUT, key, offset, &bytes), compared.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{exfat, ids, kind, patched};
    use super::*;

    #[test]
    fn flags_are_no_damage() {
        let bytes = exfat();
        assert_eq!(ids(&patched(&bytes, &[(106, &[2])])), ["volume.exfat.dirty"]);
        assert_eq!(ids(&patched(&bytes, &[(106, &[4])])), ["volume.fat.media-failure"]);
        assert_eq!(ids(&patched(&bytes, &[(112, &[99])])), [""; 0]);
    }

    #[test]
    fn the_checksum_covers_the_boot_region() {
        let bytes = exfat();
        for at in [120, 100, 3 * 512, 10 * 512 + 511, 11 * 512, 11 * 512 + 508] {
            let outcome = patched(&bytes, &[(at, &[0xa5])]);
            assert_eq!(ids(&outcome), ["volume.superblock.checksum"], "byte {at}");
            assert_eq!(outcome.nodes[0].state, structure::State::Damaged);
        }
    }

    #[test]
    fn the_backup() {
        let bytes = exfat();
        let backup = 12 * 512;
        assert_eq!(ids(&patched(&bytes, &[(backup, &[0; 512])])), ["volume.backup.absent"]);
        assert_eq!(ids(&patched(&bytes, &[(backup + 72, &[1])])), ["volume.backup.differs"]);
        assert_eq!(ids(&patched(&bytes, &[(backup + 106, &[2])])), [""; 0]);
    }

    #[test]
    fn fields_that_cannot_be() {
        let bytes = exfat();
        for (at, value) in [
            (11, 1),
            (63, 1),
            (108, 8),
            (108, 13),
            (108, 255),
            (109, 17),
            (109, 255),
            (110, 0),
            (110, 3),
            (511, 0),
        ] {
            assert_eq!(kind(&patched(&bytes, &[(at, &[value])])), "", "byte {at} = {value}");
        }
        let huge = patched(&bytes, &[(72, &[0xff; 8])]);
        assert!(huge.findings.has(&rules::IMPLAUSIBLE));
        assert_eq!(huge.volume.unwrap().size_bytes, None);
    }

    #[test]
    fn a_root_directory_elsewhere_has_no_label() {
        let bytes = exfat();
        for cluster in [0_u32, 1, 0xffff_fff7, u32::MAX] {
            let outcome = patched(&bytes, &[(96, &cluster.to_le_bytes())]);
            assert_eq!(outcome.volume.unwrap().label, None);
        }
    }
}
