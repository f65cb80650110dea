//! NTFS.

use super::found::{Compared, Found};
use super::limited::Limited;
use super::{State, rules, text};
use crate::finding::Finding;
use crate::structure;
use crate::structure::{Endian, FieldValue, Node, Show, size_text};

structure! {
    /// NTFS boot sector: the first sector of the volume says where the master file table is. A copy is in the last sector of the partition.
    pub struct BootSector("ntfs.boot-sector", "NTFS boot sector", 512, Little) {
        /// Jump to the boot code.
        0 => jump: [u8; 3], Show::Raw;
        /// Always `NTFS` and four spaces.
        3 => oem_id: [u8; 8], Show::Ascii;
        /// Bytes per sector: 256 to 4096.
        11 => bytes_per_sector: u16, Show::Bytes;
        /// Sectors per cluster; from 240 on, a negative power of two: 244 means 4096.
        13 => sectors_per_cluster: u8, Show::With(sectors_per_cluster_text);
        /// Zero.
        14 => reserved_sectors: u16, Show::Decimal;
        /// Zero: so that nobody takes it for FAT.
        16 => fats: u8, Show::Decimal;
        /// Zero.
        17 => root_entries: u16, Show::Decimal;
        /// Zero.
        19 => sectors_16: u16, Show::Decimal;
        /// Kind of medium: 0xf8 for a hard disk.
        21 => media: u8, Show::Hex;
        /// Zero.
        22 => sectors_per_fat: u16, Show::Decimal;
        /// Sectors per track of the disk geometry.
        24 => sectors_per_track: u16, Show::Decimal;
        /// Heads of the disk geometry.
        26 => heads: u16, Show::Decimal;
        /// Sectors on the disk before the volume; Windows' boot code goes by it.
        28 => hidden_sectors: u32, Show::Decimal;
        /// Zero.
        32 => sectors_32: u32, Show::Decimal;
        /// BIOS number of the drive: 0x80 for the first hard disk.
        36 => drive: u8, Show::Hex;
        /// Not used by Windows.
        37 => unused: [u8; 3], Show::Raw;
        /// Sectors of the volume; the partition has one more, for the copy of this sector.
        40 => total_sectors: u64, Show::Decimal;
        /// Cluster with the start of the master file table ($MFT).
        48 => mft_cluster: u64, Show::Decimal;
        /// Cluster with the copy of its first records ($MFTMirr).
        56 => mft_mirror_cluster: u64, Show::Decimal;
        /// Clusters per record of the master file table; a negative power of two in bytes where negative: -10 means 1024.
        64 => clusters_per_record: i8, Show::With(record_text);
        /// Not used.
        65 => unused_2: [u8; 3], Show::Raw;
        /// Clusters per index record, in the same form.
        68 => clusters_per_index: i8, Show::With(record_text);
        /// Not used.
        69 => unused_3: [u8; 3], Show::Raw;
        /// Serial number of the volume.
        72 => serial: u64, Show::Hex;
        /// Not used.
        80 => checksum: u32, Show::Hex;
        /// Boot code.
        84 => boot_code: [u8; 426], Show::Raw;
        /// Always 55 AA.
        510 => signature: [u8; 2], Show::Raw;
    }
}

structure! {
    /// NTFS file record of $Volume: record 3 of the master file table holds the label and the state of the volume.
    pub struct FileRecord("ntfs.volume-record", "NTFS record of $Volume", 48, Little) {
        /// Always `FILE`.
        0 => magic: [u8; 4], Show::Ascii;
        /// Offset of the update sequence: two bytes at the end of each 512-byte sector are kept there, and a number is put in their place, to tell torn records.
        4 => update_offset: u16, Show::Decimal;
        /// Words of the update sequence: the number itself, and one per sector.
        6 => update_count: u16, Show::Decimal;
        /// Number of the last change in $LogFile.
        8 => log_sequence: u64, Show::Decimal;
        /// How often the record was reused.
        16 => sequence: u16, Show::Decimal;
        /// Directory entries that lead to it.
        18 => links: u16, Show::Decimal;
        /// Offset of the first attribute.
        20 => first_attribute: u16, Show::Decimal;
        /// Whether the record is in use.
        22 => flags: u16, Show::Flags(&[(1, "in use"), (2, "directory"), (4, "extension"), (8, "view index")]);
        /// Bytes in use.
        24 => used: u32, Show::Bytes;
        /// Bytes of the record.
        28 => allocated: u32, Show::Bytes;
        /// Base record, where this is an extension.
        32 => base_record: u64, Show::Hex;
        /// Number of the next attribute.
        40 => next_attribute: u16, Show::Decimal;
        /// Zero.
        42 => reserved: u16, Show::Decimal;
        /// Number of this record.
        44 => number: u32, Show::Decimal;
    }
}

structure! {
    /// NTFS volume information: version and state of the volume, an attribute of $Volume.
    pub struct VolumeInformation("ntfs.volume-information", "NTFS volume information", 12, Little) {
        /// Zero.
        0 => reserved: u64, Show::Hex;
        /// Version of NTFS, major: 3 since Windows 2000.
        8 => major: u8, Show::Decimal;
        /// Version of NTFS, minor: 1 since Windows XP.
        9 => minor: u8, Show::Decimal;
        /// State of the volume.
        10 => flags: u16, Show::Flags(VOLUME_FLAGS);
    }
}

const VOLUME_FLAGS: &[(u64, &str)] = &[
    (0x0001, "dirty"),
    (0x0002, "resize $LogFile"),
    (0x0004, "upgrade on mount"),
    (0x0008, "mounted by NT 4"),
    (0x0010, "deleting the change journal"),
    (0x0020, "repair object ids"),
    (0x4000, "chkdsk is running"),
    (0x8000, "modified by chkdsk"),
];

const FLAG_DIRTY: u16 = 0x0001;
const FLAG_CHKDSK: u16 = 0x4000;

const ATTRIBUTE_VOLUME_NAME: u32 = 0x60;
const ATTRIBUTE_VOLUME_INFORMATION: u32 = 0x70;
const ATTRIBUTE_END: u32 = 0xffff_ffff;

/// Number of the record of $Volume.
const VOLUME_RECORD: u64 = 3;
/// Record sizes that are read: 1024 and 4096 are usual.
const RECORD_BYTES: std::ops::RangeInclusive<u64> = 256..=64 << 10;
/// Largest cluster, since Windows 10.
const CLUSTER_BYTES: u64 = 2 << 20;

fn sectors_per_cluster(value: u8) -> Option<u64> {
    match value {
        1 | 2 | 4 | 8 | 16 | 32 | 64 | 128 => Some(value.into()),
        240..=249 => Some(1 << (256 - u32::from(value))),
        _ => None,
    }
}

fn sectors_per_cluster_text(bytes: &[u8]) -> String {
    let count = bytes.first().and_then(|value| sectors_per_cluster(*value));
    count.map_or_else(|| "not valid".into(), |count| count.to_string())
}

fn record_text(bytes: &[u8]) -> String {
    match bytes {
        [value @ 0..=127] => format!("{value} clusters"),
        [value] => match 1_u64.checked_shl(256 - u32::from(*value)) {
            Some(size) => size_text(size),
            None => "not valid".into(),
        },
        _ => String::new(),
    }
}

impl BootSector {
    fn cluster_bytes(&self) -> Option<u64> {
        let sector = u64::from(self.bytes_per_sector);
        let cluster = sector * sectors_per_cluster(self.sectors_per_cluster)?;
        let valid = sector.is_power_of_two() && (256..=4096).contains(&sector) && cluster <= CLUSTER_BYTES;
        valid.then_some(cluster)
    }

    fn record_bytes(&self) -> Option<u64> {
        let bytes = match self.clusters_per_record {
            count @ (1 | 2 | 4 | 8 | 16 | 32 | 64) => self.cluster_bytes()? * u64::from(count.unsigned_abs()),
            exponent @ -31..=-9 => 1 << exponent.unsigned_abs(),
            _ => return None,
        };
        RECORD_BYTES.contains(&bytes).then_some(bytes)
    }

    /// Whether the fields that Windows never uses are zero: the others look like anything.
    fn is_valid(&self) -> bool {
        self.oem_id == *b"NTFS    "
            && self.cluster_bytes().is_some()
            && self.record_bytes().is_some()
            && (self.reserved_sectors, self.fats, self.root_entries, self.sectors_16) == (0, 0, 0, 0)
            && (self.sectors_per_fat, self.sectors_32) == (0, 0)
            && self.mft_cluster <= self.clusters()
            && self.mft_mirror_cluster <= self.clusters()
    }

    fn clusters(&self) -> u64 {
        self.total_sectors / sectors_per_cluster(self.sectors_per_cluster).unwrap_or(u64::MAX)
    }
}

/// What became of a record of the master file table.
enum Record {
    /// Where it lies, and its bytes with the update sequence undone.
    Intact(u64, Vec<u8>),
    Damaged,
    /// The image does not hold it.
    Missing,
}

/// The record of $Volume in the table (or its mirror) that starts at that cluster.
fn volume_record(volume: &Limited, boot: &BootSector, cluster: u64) -> Record {
    let record = |number: u64| {
        let size = boot.record_bytes()?;
        let start = cluster.checked_mul(boot.cluster_bytes()?)?;
        let offset = start.checked_add(number * size)?;
        Some((offset, volume.read(offset, usize::try_from(size).ok()?)?))
    };
    match (record(0), record(VOLUME_RECORD)) {
        (Some((_, first)), Some((offset, mut bytes))) => {
            let is_table = first.starts_with(b"FILE") && bytes.starts_with(b"FILE");
            if is_table && undo_update_sequence(&mut bytes).is_some() {
                Record::Intact(offset, bytes)
            } else {
                Record::Damaged
            }
        }
        _ => Record::Missing,
    }
}

/// Puts the two bytes at the end of each 512-byte sector back in their places; `None` where the record is torn.
fn undo_update_sequence(record: &mut [u8]) -> Option<()> {
    let header = FileRecord::decode(record)?;
    let from = usize::from(header.update_offset);
    let words = record.get(from..from + usize::from(header.update_count) * 2)?.to_vec();
    let (number, kept) = words.as_chunks::<2>().0.split_first()?;
    for (kept, sector) in kept.iter().zip(record.chunks_exact_mut(512)) {
        let end = sector.last_chunk_mut::<2>()?;
        if end != number {
            return None;
        }
        *end = *kept;
    }
    Some(())
}

structure! {
    /// NTFS attribute header, of an attribute whose value lies in the record.
    pub struct AttributeHeader("ntfs.attribute", "NTFS attribute", 24, Little) {
        /// What the attribute holds: 0x60 the label, 0x70 the volume information.
        0 => kind: u32, Show::Hex;
        /// Bytes of the attribute with its header.
        4 => length: u32, Show::Bytes;
        /// 1 where the value lies outside of the record.
        8 => non_resident: u8, Show::Decimal;
        /// Characters of the attribute's name.
        9 => name_length: u8, Show::Decimal;
        /// Offset of the name.
        10 => name_offset: u16, Show::Decimal;
        /// Compressed, encrypted, sparse.
        12 => flags: u16, Show::Hex;
        /// Number of the attribute in its record.
        14 => instance: u16, Show::Decimal;
        /// Bytes of the value.
        16 => value_length: u32, Show::Bytes;
        /// Offset of the value from the attribute's start.
        20 => value_offset: u16, Show::Decimal;
        /// Whether the value is indexed.
        22 => indexed: u16, Show::Decimal;
    }
}

/// Offset and bytes of the value of the first attribute of that kind.
fn attribute(record: &[u8], kind: u32) -> Option<(usize, &[u8])> {
    let mut at = usize::from(FileRecord::decode(record)?.first_attribute);
    loop {
        let header = AttributeHeader::decode(record.get(at..)?)?;
        if header.kind == ATTRIBUTE_END || (header.length as usize) < AttributeHeader::LENGTH {
            return None;
        }
        if header.kind == kind && header.non_resident == 0 {
            let from = at + usize::from(header.value_offset);
            return Some((from, record.get(from..from.checked_add(header.value_length as usize)?)?));
        }
        at = at.checked_add(header.length as usize)?;
    }
}

/// Recognises NTFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, BootSector::LENGTH)?;
    let boot = BootSector::decode(&bytes)?;
    if !boot.is_valid() {
        return None;
    }
    let mut found = Found::new("ntfs", volume.node(&BootSector::LAYOUT, key, 0, &bytes));
    match volume_record(volume, &boot, boot.mft_cluster) {
        Record::Intact(offset, record) => describe(volume, key, &mut found, offset, &record),
        trouble => {
            let mirror = volume_record(volume, &boot, boot.mft_mirror_cluster);
            match (&trouble, &mirror) {
                (Record::Missing, _) => {
                    let detail = "the start of the master file table is not in the image";
                    found.add(&rules::PART_MISSING, "mft_cluster", detail);
                }
                (_, Record::Intact(..)) => {
                    let detail = format!("in cluster {} are no intact records", boot.mft_cluster);
                    found.add(&rules::NTFS_MFT, "mft_cluster", detail);
                }
                // A boot sector without a table is left over from before the partition was formatted anew.
                _ => return None,
            }
            if let Record::Intact(offset, record) = mirror {
                describe(volume, key, &mut found, offset, &record);
            }
        }
    }
    found.volume.uuid = (boot.serial != 0).then(|| format!("{:016X}", boot.serial));
    let sector_bytes = u64::from(boot.bytes_per_sector);
    found.size("total_sectors", boot.total_sectors, sector_bytes);
    found.volume.block_bytes = boot.cluster_bytes();
    found.claims_sector("bytes_per_sector", sector_bytes);
    found.claims_start("hidden_sectors", boot.hidden_sectors.into(), sector_bytes);
    let copy = boot.total_sectors.checked_mul(sector_bytes).and_then(|end| backup(volume, key, end, &boot));
    found.backup(&format!("sector {}", boot.total_sectors), copy);
    Some(found)
}

/// What the record of $Volume says.
fn describe(volume: &Limited, key: &str, found: &mut Found, offset: u64, record: &[u8]) {
    let mut node = volume.node(&FileRecord::LAYOUT, key, offset, record);
    let parent = node.key.clone();
    let meaning = "Label of the volume, the value of the attribute $VOLUME_NAME.";
    if let Some((at, value)) = attribute(record, ATTRIBUTE_VOLUME_NAME)
        && let (Ok(at), Ok(length)) = (u32::try_from(at), u32::try_from(value.len()))
    {
        found.volume.label = text::label_utf16(value, Endian::Little);
        let label = found.volume.label.clone().unwrap_or_default();
        node.fields.push(FieldValue::text("volume_name", at, length, &label, meaning));
        if let Some(span) = &mut node.span {
            span.length = span.length.max(u64::from(at) + u64::from(length));
        }
    }
    found.add_node(node);
    let Some((at, value)) = attribute(record, ATTRIBUTE_VOLUME_INFORMATION) else { return };
    let Some(information) = VolumeInformation::decode(value) else { return };
    let node = volume.node(&VolumeInformation::LAYOUT, key, offset + at as u64, value).within(parent);
    let flags = information.flags;
    found.fact("NTFS version", format!("{}.{}", information.major, information.minor));
    found.state(if flags & (FLAG_DIRTY | FLAG_CHKDSK) == 0 { State::Clean } else { State::Dirty });
    if flags & (FLAG_DIRTY | FLAG_CHKDSK) != 0 {
        let detail = match (flags & FLAG_DIRTY != 0, flags & FLAG_CHKDSK != 0) {
            (_, true) => "the flag is set that chkdsk is running",
            _ => "the flag is set that the volume is dirty",
        };
        found.add_finding(Finding::new(&rules::NTFS_DIRTY, detail).field(&node, "flags"));
    }
    found.add_node(node);
}

/// The copy of the boot sector, and where it describes another volume.
fn backup(volume: &Limited, key: &str, offset: u64, boot: &BootSector) -> Option<(Node, Vec<Compared>)> {
    let bytes = volume.read(offset, BootSector::LENGTH)?;
    let copy = BootSector::decode(&bytes).filter(|copy| copy.oem_id == *b"NTFS    ")?;
    let compared = [
        ("bytes_per_sector", boot.bytes_per_sector == copy.bytes_per_sector),
        ("sectors_per_cluster", boot.sectors_per_cluster == copy.sectors_per_cluster),
        ("total_sectors", boot.total_sectors == copy.total_sectors),
        ("mft_cluster", boot.mft_cluster == copy.mft_cluster),
        ("mft_mirror_cluster", boot.mft_mirror_cluster == copy.mft_mirror_cluster),
        ("clusters_per_record", boot.clusters_per_record == copy.clusters_per_record),
        ("clusters_per_index", boot.clusters_per_index == copy.clusters_per_index),
        ("serial", boot.serial == copy.serial),
    ];
    Some((volume.node(&BootSector::LAYOUT, key, offset, &bytes), compared.to_vec()))
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "offsets in small samples")]
mod tests {
    use super::super::tests::{ids, kind, ntfs, patched};
    use super::*;
    use crate::bytes::{Bytes, Slice};
    use std::rc::Rc;

    /// Offsets of the record of $Volume in the table and in its mirror, and of the flags in a record.
    fn places(bytes: &[u8]) -> (u64, u64, u64) {
        let boot = BootSector::decode(bytes).unwrap();
        let cluster = boot.cluster_bytes().unwrap();
        let record = VOLUME_RECORD * boot.record_bytes().unwrap();
        let at = boot.mft_cluster * cluster + record;
        let mut found = bytes[at as usize..][..1024].to_vec();
        undo_update_sequence(&mut found).unwrap();
        let (flags, _) = attribute(&found, ATTRIBUTE_VOLUME_INFORMATION).unwrap();
        (at, boot.mft_mirror_cluster * cluster + record, flags as u64 + 10)
    }

    #[test]
    fn the_state_of_the_volume() {
        let bytes = ntfs();
        let (record, _, flags) = places(&bytes);
        assert_eq!(ids(&patched(&bytes, &[(record + flags, &[1])])), ["volume.ntfs.dirty"]);
        assert_eq!(ids(&patched(&bytes, &[(record + flags + 1, &[0x40])])), ["volume.ntfs.dirty"]);
        assert_eq!(ids(&patched(&bytes, &[(record + flags + 1, &[0x80])])), [""; 0]);
    }

    #[test]
    fn the_mirror_stands_in_for_the_table() {
        let bytes = ntfs();
        let (record, mirror, _) = places(&bytes);
        for damage in
            [(record, b"BAAD".as_slice()), (record + 510, &[0xaa, 0xaa]), (record - 3 * 1024, &[0; 4])]
        {
            let outcome = patched(&bytes, &[damage]);
            assert_eq!(ids(&outcome), ["volume.ntfs.mft-damaged"]);
            assert_eq!(outcome.volume.unwrap().label.as_deref(), Some("Syst\u{e8}me"));
        }
        let both: [(u64, &[u8]); 2] = [(record, &[0; 4]), (mirror, &[0; 4])];
        assert_eq!(kind(&patched(&bytes, &both)), "", "a boot sector without a table is a leftover");
    }

    #[test]
    fn a_table_that_the_image_does_not_hold() {
        let bytes = ntfs();
        let (record, ..) = places(&bytes);
        let cut: Bytes = Rc::new(Slice::new(Rc::clone(&bytes) as Bytes, 0, record));
        let outcome = super::super::recognise(&cut, "p1");
        assert_eq!(kind(&outcome), "ntfs");
        assert!(outcome.findings.has(&rules::PART_MISSING));
        assert_eq!(outcome.findings.worst(), Some(crate::finding::Severity::Info));
    }

    #[test]
    fn the_backup() {
        let bytes = ntfs();
        let backup = bytes.len() as u64 - 512;
        assert_eq!(ids(&patched(&bytes, &[(backup, &[0; 512])])), ["volume.backup.absent"]);
        assert_eq!(ids(&patched(&bytes, &[(backup + 40, &[1])])), ["volume.backup.differs"]);
        assert_eq!(ids(&patched(&bytes, &[(backup + 28, &[1])])), [""; 0], "hidden sectors may differ");
    }

    #[test]
    fn fields_that_cannot_be() {
        let bytes = ntfs();
        let ones = [0xff; 8];
        let two_to_63 = (1_u64 << 63).to_le_bytes();
        let patches: [(u64, &[u8]); 12] = [
            (11, &[0, 0]),
            (11, &[0, 3]),
            (13, &[0]),
            (13, &[3]),
            (13, &[239]),
            (16, &[2]),
            (32, &[1]),
            (48, &ones),
            (48, &two_to_63),
            (56, &two_to_63),
            (64, &[0]),
            (64, &[0x80]),
        ];
        for patch in patches {
            assert_eq!(kind(&patched(&bytes, &[patch])), "", "{patch:x?}");
        }
        let far = patched(&bytes, &[(40, &ones), (48, &two_to_63)]);
        assert_eq!(kind(&far), "", "more clusters than there can be");
        let huge = patched(&bytes, &[(40, &ones)]);
        assert!(huge.findings.has(&rules::IMPLAUSIBLE));
    }

    #[test]
    fn sector_ends_are_put_back() {
        let mut record = vec![0_u8; 1024];
        record[4..8].copy_from_slice(&[48, 0, 3, 0]);
        record[48..54].copy_from_slice(&[7, 0, b'a', b'b', b'c', b'd']);
        record[510..512].copy_from_slice(&[7, 0]);
        record[1022..].copy_from_slice(&[7, 0]);
        let mut torn = record.clone();
        undo_update_sequence(&mut record).unwrap();
        assert_eq!((&record[510..512], &record[1022..]), (&b"ab"[..], &b"cd"[..]));
        torn[1022] = 6;
        assert!(undo_update_sequence(&mut torn).is_none());
    }

    #[test]
    fn attributes_that_lead_nowhere_end_the_search() {
        let bytes = ntfs();
        let (record, ..) = places(&bytes);
        let first = u64::from(bytes[record as usize + 20]);
        for length in [0_u32, 1, 23, 0x7fff_ffff, u32::MAX] {
            let outcome = patched(&bytes, &[(record + first + 4, &length.to_le_bytes())]);
            assert_eq!(outcome.volume.unwrap().label, None);
        }
    }
}
