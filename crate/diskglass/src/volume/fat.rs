//! FAT12, FAT16 and FAT32.
//!
//! The signature is weak (a boot sector that begins with a jump), so the numbers of the BIOS parameter block decide,
//! by the rules of libblkid. NTFS and exFAT fail them on purpose: their blocks say that there are no FATs.

use super::found::Found;
use super::limited::Limited;
use super::{State, rules, text};
use crate::structure;
use crate::structure::{Node, Show};

const EXTENDED_SIGNATURES: &[(u64, &str)] =
    &[(0x28, "0x28: a serial number follows"), (0x29, "0x29: serial number, label and type follow")];

const STATES: &[(u64, &str)] = &[(1, "in use"), (2, "surface test wanted")];

structure! {
    /// FAT boot sector (FAT12 and FAT16): the first sector of the volume, with the BIOS parameter block that describes its layout.
    pub struct BootSector("fat.boot-sector", "FAT boot sector", 512, Little) {
        /// Jump over the parameter block, for a BIOS that starts from here.
        0 => jump: [u8; 3], Show::Raw;
        /// Name of the system that formatted the volume.
        3 => oem_name: [u8; 8], Show::Ascii;
        /// Bytes per sector: 512 to 4096.
        11 => bytes_per_sector: u16, Show::Bytes;
        /// Sectors per cluster, the unit in which space is given to files.
        13 => sectors_per_cluster: u8, Show::Decimal;
        /// Sectors before the first file allocation table, this one included.
        14 => reserved_sectors: u16, Show::Decimal;
        /// Number of file allocation tables, normally 2.
        16 => fats: u8, Show::Decimal;
        /// Entries in the root directory.
        17 => root_entries: u16, Show::Decimal;
        /// Sectors of the volume, where they fit into 16 bits.
        19 => sectors_16: u16, Show::Decimal;
        /// Kind of medium: 0xf8 for a hard disk, 0xf0 for a floppy disk.
        21 => media: u8, Show::Hex;
        /// Sectors per file allocation table.
        22 => sectors_per_fat: u16, Show::Decimal;
        /// Sectors per track of the disk geometry.
        24 => sectors_per_track: u16, Show::Decimal;
        /// Heads of the disk geometry.
        26 => heads: u16, Show::Decimal;
        /// Sectors on the disk before the volume.
        28 => hidden_sectors: u32, Show::Decimal;
        /// Sectors of the volume, where they need 32 bits.
        32 => sectors_32: u32, Show::Decimal;
        /// BIOS number of the drive: 0x80 for the first hard disk.
        36 => drive: u8, Show::Hex;
        /// Bits that Windows NT and Linux set while the volume is in use.
        37 => state: u8, Show::Flags(STATES);
        /// Which of the next three fields are in use.
        38 => extended_signature: u8, Show::Names(EXTENDED_SIGNATURES);
        /// Serial number, made from the time of formatting.
        39 => serial: u32, Show::With(text::show_serial);
        /// Label at the time of formatting; the valid one is in the root directory.
        43 => label: [u8; 11], Show::Ascii;
        /// A hint for people; the number of clusters decides.
        54 => type_name: [u8; 8], Show::Ascii;
        /// Boot code.
        62 => boot_code: [u8; 448], Show::Raw;
        /// Always 55 AA.
        510 => signature: [u8; 2], Show::Raw;
    }
}

structure! {
    /// FAT32 boot sector: the first sector of the volume, with the BIOS parameter block that describes its layout. A copy is in sector 6.
    pub struct BootSector32("fat32.boot-sector", "FAT32 boot sector", 512, Little) {
        /// Jump over the parameter block, for a BIOS that starts from here.
        0 => jump: [u8; 3], Show::Raw;
        /// Name of the system that formatted the volume.
        3 => oem_name: [u8; 8], Show::Ascii;
        /// Bytes per sector: 512 to 4096.
        11 => bytes_per_sector: u16, Show::Bytes;
        /// Sectors per cluster, the unit in which space is given to files.
        13 => sectors_per_cluster: u8, Show::Decimal;
        /// Sectors before the first file allocation table, this one included.
        14 => reserved_sectors: u16, Show::Decimal;
        /// Number of file allocation tables, normally 2.
        16 => fats: u8, Show::Decimal;
        /// Zero: the root directory is a chain of clusters here.
        17 => root_entries: u16, Show::Decimal;
        /// Zero: the sectors are counted with 32 bits.
        19 => sectors_16: u16, Show::Decimal;
        /// Kind of medium: 0xf8 for a hard disk.
        21 => media: u8, Show::Hex;
        /// Zero: this is how FAT32 is told apart.
        22 => sectors_per_fat_16: u16, Show::Decimal;
        /// Sectors per track of the disk geometry.
        24 => sectors_per_track: u16, Show::Decimal;
        /// Heads of the disk geometry.
        26 => heads: u16, Show::Decimal;
        /// Sectors on the disk before the volume.
        28 => hidden_sectors: u32, Show::Decimal;
        /// Sectors of the volume.
        32 => sectors_32: u32, Show::Decimal;
        /// Sectors per file allocation table.
        36 => sectors_per_fat: u32, Show::Decimal;
        /// Bit 7: only one table is kept up to date, that of the number in bits 0 to 3.
        40 => flags: u16, Show::Hex;
        /// Version of the format: 0.
        42 => version: u16, Show::Decimal;
        /// First cluster of the root directory, normally 2.
        44 => root_cluster: u32, Show::Decimal;
        /// Sector with the number of free clusters, normally 1.
        48 => fsinfo_sector: u16, Show::Decimal;
        /// Sector with the copy of this one, normally 6.
        50 => backup_sector: u16, Show::Decimal;
        /// Zero.
        52 => reserved: [u8; 12], Show::Reserved;
        /// BIOS number of the drive: 0x80 for the first hard disk.
        64 => drive: u8, Show::Hex;
        /// Bits that Windows NT and Linux set while the volume is in use.
        65 => state: u8, Show::Flags(STATES);
        /// Which of the next three fields are in use.
        66 => extended_signature: u8, Show::Names(EXTENDED_SIGNATURES);
        /// Serial number, made from the time of formatting.
        67 => serial: u32, Show::With(text::show_serial);
        /// Label at the time of formatting; the valid one is in the root directory.
        71 => label: [u8; 11], Show::Ascii;
        /// A hint for people; the number of clusters decides.
        82 => type_name: [u8; 8], Show::Ascii;
        /// Boot code.
        90 => boot_code: [u8; 420], Show::Raw;
        /// Always 55 AA.
        510 => signature: [u8; 2], Show::Raw;
    }
}

structure! {
    /// FAT32 information sector: hints that save an operating system from counting.
    pub struct FsInfo("fat32.fsinfo", "FAT32 information sector", 512, Little) {
        /// Always `RRaA`.
        0 => lead_signature: [u8; 4], Show::Ascii;
        /// Zero.
        4 => reserved: [u8; 480], Show::Reserved;
        /// Always `rrAa`.
        484 => signature: [u8; 4], Show::Ascii;
        /// Free clusters when the volume was last unmounted; all ones for unknown.
        488 => free_clusters: u32, Show::Decimal;
        /// Where the search for a free cluster starts; all ones for unknown.
        492 => next_free: u32, Show::Decimal;
        /// Zero.
        496 => reserved_2: [u8; 12], Show::Reserved;
        /// Always 00 00 55 AA.
        508 => trail_signature: [u8; 4], Show::Raw;
    }
}

structure! {
    /// FAT directory entry.
    pub struct DirectoryEntry("fat.directory-entry", "FAT directory entry", 32, Little) {
        /// Name, eight characters and three; of a label, eleven.
        0 => name: [u8; 11], Show::Ascii;
        /// Attributes.
        11 => attributes: u8, Show::Flags(&[(1, "read-only"), (2, "hidden"), (4, "system"), (8, "label"), (16, "directory"), (32, "archive")]);
        /// Times of creation and access.
        12 => created: [u8; 8], Show::Raw;
        /// High half of the first cluster.
        20 => cluster_high: u16, Show::Decimal;
        /// Time of the last change.
        22 => written: [u8; 4], Show::Raw;
        /// Low half of the first cluster.
        26 => cluster_low: u16, Show::Decimal;
        /// Size in bytes.
        28 => size: u32, Show::Bytes;
    }
}

/// Limits by which libblkid tells the three apart: clusters.
const FAT12_CLUSTERS: u64 = 0xff4;
const FAT16_CLUSTERS: u64 = 0xfff4;
const FAT32_CLUSTERS: u64 = 0x0fff_fff6;

/// Bytes of the root directory that are searched for the label, which is normally the first entry.
const ROOT_BYTES: u64 = 128 << 10;
/// Clusters of the root directory that are followed.
const ROOT_CLUSTERS: usize = 100;
/// Bytes of a directory read at once.
const PIECE_BYTES: usize = 4096;

/// What all kinds of FAT have in common, in sectors where nothing else is said.
struct Layout {
    sector_bytes: u64,
    cluster_sectors: u64,
    reserved: u64,
    root_entries: u64,
    sectors: u64,
    clusters: u64,
    /// All tables together.
    fat_sectors: u64,
    version: &'static str,
}

impl Layout {
    /// The layout, if the parameter block describes a FAT volume.
    fn of(boot: &BootSector, boot32: &BootSector32) -> Option<Self> {
        let sector_bytes = u64::from(boot.bytes_per_sector);
        let plausible = boot.fats != 0
            && boot.reserved_sectors != 0
            && (boot.media >= 0xf8 || boot.media == 0xf0)
            && boot.sectors_per_cluster.is_power_of_two()
            && sector_bytes.is_power_of_two()
            && (512..=4096).contains(&sector_bytes);
        if !plausible {
            return None;
        }
        let is_32 = boot.sectors_per_fat == 0;
        let per_fat = if is_32 { boot32.sectors_per_fat } else { boot.sectors_per_fat.into() };
        let sectors = if boot.sectors_16 == 0 { boot.sectors_32 } else { boot.sectors_16.into() };
        let fat_sectors = u64::from(per_fat) * u64::from(boot.fats);
        let root_entries = u64::from(boot.root_entries);
        let root_sectors = (root_entries * DirectoryEntry::LENGTH as u64).div_ceil(sector_bytes);
        let reserved = u64::from(boot.reserved_sectors);
        let data = u64::from(sectors).checked_sub(reserved + fat_sectors + root_sectors)?;
        let clusters = data / u64::from(boot.sectors_per_cluster);
        let version = match clusters {
            _ if per_fat == 0 => return None,
            0..=FAT32_CLUSTERS if is_32 => "FAT32",
            0..FAT12_CLUSTERS if !is_32 => "FAT12",
            FAT12_CLUSTERS..FAT16_CLUSTERS if !is_32 => "FAT16",
            _ => return None,
        };
        Some(Self {
            sector_bytes,
            cluster_sectors: boot.sectors_per_cluster.into(),
            reserved,
            root_entries,
            sectors: sectors.into(),
            clusters,
            fat_sectors,
            version,
        })
    }

    fn is_fat32(&self) -> bool {
        self.version == "FAT32"
    }

    fn cluster_bytes(&self) -> u64 {
        self.cluster_sectors * self.sector_bytes
    }

    /// Byte offset of the file allocation table.
    fn fat_offset(&self) -> u64 {
        self.reserved * self.sector_bytes
    }

    /// Byte offset of the root directory of FAT12 and FAT16, and of cluster 2 of FAT32.
    fn data_offset(&self) -> u64 {
        (self.reserved + self.fat_sectors) * self.sector_bytes
    }
}

/// How a boot sector says that it is one of FAT.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// By the name of the format.
    Name,
    /// Only by beginning with a jump, or by 55 AA at its end.
    Jump,
}

fn mark(boot: &BootSector, boot32: &BootSector32) -> Option<Mark> {
    let name_32 = boot32.type_name.starts_with(b"MSWIN") || boot32.type_name == *b"FAT32   ";
    let name = boot.type_name.starts_with(b"MSDOS")
        || [b"FAT16   ", b"FAT12   ", b"FAT     "].contains(&&boot.type_name);
    if name_32 || name {
        return Some(Mark::Name);
    }
    // OS/2 puts such a parameter block in front of JFS and HPFS.
    let is_other = [b"JFS     ", b"HPFS    "].contains(&&boot.type_name);
    (boot.signature == [0x55, 0xaa] && !is_other).then_some(Mark::Jump)
}

/// Recognises FAT12, FAT16 and FAT32.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, BootSector::LENGTH)?;
    let boot = BootSector::decode(&bytes)?;
    let boot32 = BootSector32::decode(&bytes)?;
    let mark = mark(&boot, &boot32)?;
    let layout = Layout::of(&boot, &boot32)?;
    let found = if layout.is_fat32() {
        read_32(volume, key, &bytes, &boot32, &layout, mark)?
    } else {
        read_16(volume, key, &bytes, &boot, &layout)
    };
    Some(found)
}

fn read_16(volume: &Limited, key: &str, bytes: &[u8], boot: &BootSector, layout: &Layout) -> Found {
    let mut found = Found::new("vfat", volume.node(&BootSector::LAYOUT, key, 0, bytes));
    let size_field = if boot.sectors_16 == 0 { "sectors_32" } else { "sectors_16" };
    found.size(size_field, layout.sectors, layout.sector_bytes);
    if matches!(boot.extended_signature, 0x28 | 0x29) {
        found.volume.uuid = text::serial(boot.serial);
    }
    let root = layout.root_entries * DirectoryEntry::LENGTH as u64;
    if let Search::Label(label) = search(volume, layout.data_offset(), root.min(ROOT_BYTES)) {
        found.volume.label = text::label(&label);
    }
    describe(&mut found, layout, boot.hidden_sectors);
    let second = (layout.version == "FAT16").then(|| fat_entry(volume, layout.fat_offset() + 2, 2)).flatten();
    check_state(&mut found, boot.state, second.map(|entry| (entry, 15)));
    found
}

fn read_32(
    volume: &Limited,
    key: &str,
    bytes: &[u8],
    boot: &BootSector32,
    layout: &Layout,
    mark: Mark,
) -> Option<Found> {
    let mut found = Found::new("vfat", volume.node(&BootSector32::LAYOUT, key, 0, bytes));
    let size_field = if boot.sectors_16 == 0 { "sectors_32" } else { "sectors_16" };
    found.size(size_field, layout.sectors, layout.sector_bytes);
    if boot.fsinfo_sector != 0 {
        let offset = u64::from(boot.fsinfo_sector) * layout.sector_bytes;
        if let Some(bytes) = volume.read(offset, FsInfo::LENGTH) {
            let info = FsInfo::decode(&bytes)?;
            let sound = matches!(&info.lead_signature, b"RRaA" | b"RRdA" | [0, 0, 0, 0])
                && matches!(&info.signature, b"rrAa" | [0, 0, 0, 0]);
            if !sound && mark == Mark::Jump {
                return None;
            }
            let free = u64::from(info.free_clusters);
            if sound && info.free_clusters != u32::MAX {
                found.free("fsinfo_sector", free, layout.clusters, layout.cluster_bytes());
            }
            let state = if sound { structure::State::Ok } else { structure::State::Damaged };
            found.add_node(volume.node(&FsInfo::LAYOUT, key, offset, &bytes).state(state));
        }
    }
    found.volume.uuid = text::serial(boot.serial);
    found.volume.label = label_32(volume, boot, layout);
    describe(&mut found, layout, boot.hidden_sectors);
    let second = fat_entry(volume, layout.fat_offset() + 4, 4);
    check_state(&mut found, boot.state, second.map(|entry| (entry, 27)));
    if !matches!(boot.backup_sector, 0 | 0xffff) {
        let copy = backup(volume, key, u64::from(boot.backup_sector) * layout.sector_bytes, boot);
        found.backup(&format!("sector {}", boot.backup_sector), copy);
    }
    Some(found)
}

fn describe(found: &mut Found, layout: &Layout, hidden_sectors: u32) {
    found.volume.version = Some(layout.version.into());
    found.volume.block_bytes = Some(layout.cluster_bytes());
    found.claims_sector("bytes_per_sector", layout.sector_bytes);
    // Zero is what formatters write that do not know of partitions.
    if hidden_sectors != 0 {
        found.claims_start("hidden_sectors", u64::from(hidden_sectors) * layout.sector_bytes);
    }
}

/// What a search through a piece of the root directory came to.
enum Search {
    Label([u8; 11]),
    /// There are no entries behind this piece.
    End,
    /// The search goes on.
    Nothing,
}

/// Looks for the label in `length` bytes of directory entries.
fn search(volume: &Limited, offset: u64, length: u64) -> Search {
    let mut at = 0;
    while at < length {
        let count = usize::try_from(length - at).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let Some(piece) = offset.checked_add(at).and_then(|from| volume.read(from, count)) else {
            return Search::End;
        };
        for bytes in piece.chunks_exact(DirectoryEntry::LENGTH) {
            let Some(entry) = DirectoryEntry::decode(bytes) else { return Search::End };
            let [first, rest @ ..] = entry.name;
            match first {
                0 => return Search::End,
                0xe5 => continue,
                _ => {}
            }
            let is_label = entry.attributes & 0x18 == 0x08
                && entry.attributes & 0x3f != 0x0f
                && (entry.cluster_high, entry.cluster_low) == (0, 0);
            if is_label {
                // The mark of a deleted entry is also a letter: a name that begins with it begins with 5.
                let mut label = entry.name;
                if first == 0x05 {
                    label = [0xe5; 11];
                    if let Some(tail) = label.get_mut(1..) {
                        tail.copy_from_slice(&rest);
                    }
                }
                return Search::Label(label);
            }
        }
        at += count as u64;
    }
    Search::Nothing
}

/// The label in the root directory of FAT32, which is a chain of clusters.
fn label_32(volume: &Limited, boot: &BootSector32, layout: &Layout) -> Option<String> {
    let cluster_bytes = layout.cluster_sectors * layout.sector_bytes;
    let entries = u64::from(boot.sectors_per_fat) * layout.sector_bytes / 4;
    let mut left = ROOT_BYTES;
    let mut cluster = u64::from(boot.root_cluster);
    for _ in 0..ROOT_CLUSTERS {
        if cluster < 2 || cluster >= entries || left == 0 {
            return None;
        }
        let offset = layout.data_offset() + (cluster - 2) * cluster_bytes;
        let length = cluster_bytes.min(left);
        match search(volume, offset, length) {
            Search::Label(label) => return text::label(&label),
            Search::End => return None,
            Search::Nothing => left -= length,
        }
        cluster = u64::from(fat_entry(volume, layout.fat_offset() + cluster * 4, 4)? & 0x0fff_ffff);
    }
    None
}

/// An entry of the file allocation table of FAT16 (two bytes) or FAT32 (four).
fn fat_entry(volume: &Limited, offset: u64, length: usize) -> Option<u32> {
    let bytes = volume.read(offset, length)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Looks at the marks of a volume in use. `second` is the second entry of the file allocation table and the number of
/// its highest bit, which says clean; the one below says that no read or write failed. All others are set.
fn check_state(found: &mut Found, state: u8, second: Option<(u32, u32)>) {
    let mut dirty = Vec::new();
    if state & 1 != 0 {
        dirty.push("the boot sector says that the volume is in use");
    }
    if let Some((entry, bit)) = second {
        let (clean, sound) = (1_u32 << bit, 1_u32 << (bit - 1));
        // Formatters that know nothing of the two bits write other values. The lowest three may be anything.
        let knows = entry | clean | sound | !((clean << 1) - 1) | 7 == u32::MAX;
        if knows && entry & clean == 0 {
            dirty.push("the second entry of the file allocation table says that the volume is in use");
        }
        if knows && entry & sound == 0 {
            let detail = format!("the second entry of the file allocation table is 0x{entry:x}");
            found.state(State::Errors);
            found.add(&rules::MEDIA_FAILURE, "reserved_sectors", detail);
        }
    }
    if dirty.is_empty() {
        found.state(State::Clean);
    } else {
        found.state(State::Dirty);
        found.add(&rules::FAT_DIRTY, "state", dirty.join("; "));
    }
}

/// The copy of the boot sector, and where it describes another volume. Labels, serial numbers and marks of use are
/// not kept the same by all systems and do not count.
fn backup(
    volume: &Limited,
    key: &str,
    offset: u64,
    boot: &BootSector32,
) -> Option<(Node, Vec<&'static str>)> {
    let bytes = volume.read(offset, BootSector32::LENGTH)?;
    let copy = BootSector32::decode(&bytes)?;
    if copy.signature != [0x55, 0xaa] || !copy.bytes_per_sector.is_power_of_two() {
        return None;
    }
    let differences = [
        ("bytes_per_sector", boot.bytes_per_sector == copy.bytes_per_sector),
        ("sectors_per_cluster", boot.sectors_per_cluster == copy.sectors_per_cluster),
        ("reserved_sectors", boot.reserved_sectors == copy.reserved_sectors),
        ("fats", boot.fats == copy.fats),
        ("sectors_32", boot.sectors_32 == copy.sectors_32),
        ("sectors_per_fat", boot.sectors_per_fat == copy.sectors_per_fat),
        ("root_cluster", boot.root_cluster == copy.root_cluster),
    ];
    let differences = differences.into_iter().filter(|(_, same)| !same).map(|(name, _)| name);
    Some((volume.node(&BootSector32::LAYOUT, key, offset, &bytes), differences.collect()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fat, ids, kind, patched};
    use super::*;
    use diskglass_samples::volumes::fat::Width;
    use std::rc::Rc;

    /// Offset of the root directory.
    fn root(bytes: &[u8]) -> u64 {
        let (boot, boot32) = (BootSector::decode(bytes).unwrap(), BootSector32::decode(bytes).unwrap());
        Layout::of(&boot, &boot32).unwrap().data_offset()
    }

    fn label(bytes: &Rc<Vec<u8>>, patches: &[(u64, &[u8])]) -> Option<String> {
        patched(bytes, patches).volume.unwrap().label
    }

    fn entry(name: &[u8; 11], attributes: u8, cluster: u16) -> Vec<u8> {
        let mut bytes = name.to_vec();
        bytes.push(attributes);
        bytes.resize(32, 0);
        bytes[26..28].copy_from_slice(&cluster.to_le_bytes());
        bytes
    }

    #[test]
    fn the_label_is_that_of_the_root_directory() {
        for width in [Width::Fat12, Width::Fat16, Width::Fat32] {
            let bytes = fat(width);
            let at = root(&bytes);
            // The boot sector says DATA 1 all the same.
            assert_eq!(label(&bytes, &[(at, &[0; 32])]), None, "no entry");
            assert_eq!(label(&bytes, &[(at, &[0xe5])]), None, "deleted");
            assert_eq!(label(&bytes, &[(at, b"OTHER      ")]).as_deref(), Some("OTHER"));
            assert_eq!(
                label(&bytes, &[(at, b"\x05BC")]).as_deref(),
                Some("\u{fffd}BCA 1"),
                "5 stands for E5"
            );
            let others = [
                entry(b"LONG NAME  ", 0x0f, 0),
                entry(b"README  TXT", 0x20, 3),
                entry(b"DIR        ", 0x10, 4),
                entry(b"THIRD      ", 0x08, 0),
            ];
            assert_eq!(label(&bytes, &[(at, &others.concat())]).as_deref(), Some("THIRD"));
        }
    }

    #[test]
    fn the_root_directory_of_fat32_is_a_chain() {
        let bytes = fat(Width::Fat32);
        let at = root(&bytes);
        let full = entry(b"README  TXT", 0x20, 3).repeat(16);
        let boot32 = BootSector32::decode(&bytes).unwrap();
        let table = u64::from(boot32.reserved_sectors) * 512;
        let next = entry(b"FAR AWAY   ", 0x08, 0);
        let patches: [(u64, &[u8]); 3] = [(at, &full), (table + 8, &[9, 0, 0, 0]), (at + 7 * 512, &next)];
        assert_eq!(label(&bytes, &patches).as_deref(), Some("FAR AWAY"));
        let circle: [(u64, &[u8]); 2] = [(at, &full), (table + 8, &[2, 0, 0, 0])];
        assert_eq!(label(&bytes, &circle), None);
    }

    #[test]
    fn what_looks_like_fat_but_is_none() {
        let bytes = fat(Width::Fat16);
        let none = |patches: &[(u64, &[u8])]| {
            assert_eq!(kind(&patched(&bytes, patches)), "", "{patches:x?}");
        };
        // An MBR has boot code where the parameter block would be: zeros, or anything.
        none(&[(11, &[0; 51])]);
        none(&[(
            0,
            &[
                0xfa, 0x33, 0xc0, 0x8e, 0xd0, 0xbc, 0x00, 0x7c, 0x8b, 0xf4, 0x50, 0x07, 0x50, 0x1f, 0xfb,
                0xfc, 0xbf, 0x00, 0x06, 0xb9, 0x00, 0x01,
            ],
        )]);
        none(&[(16, &[0])]);
        none(&[(14, &[0, 0])]);
        none(&[(13, &[3])]);
        none(&[(11, &[0, 1])]);
        none(&[(21, &[0xf1])]);
        none(&[(19, &[1, 0]), (32, &[0; 4])]);
        none(&[(54, b"HPFS    ")]);
        none(&[(54, b"JFS     ")]);
        none(&[(54, &[0; 8]), (510, &[0, 0])]);
        assert_eq!(kind(&patched(&bytes, &[(54, &[0; 8])])), "vfat", "55 AA is enough");
        assert_eq!(kind(&patched(&bytes, &[(510, &[0, 0])])), "vfat", "the name is enough");
    }

    #[test]
    fn bitlocker_is_not_fat() {
        let bytes = fat(Width::Fat32);
        let pointer = (64_u64 << 10).to_le_bytes();
        let to_go = b"\xeb\x58\x90MSWIN4.1";
        let patches: [(u64, &[u8]); 3] = [(0, to_go), (440, &pointer), (64 << 10, b"-FVE-FS-")];
        assert_eq!(kind(&patched(&bytes, &patches)), "BitLocker");
        assert_eq!(kind(&patched(&bytes, &patches[..2])), "vfat", "Windows 98 wrote that name too");
        assert_eq!(kind(&patched(&bytes, &[(0, b"\xeb\x52\x90-FVE-FS-")])), "BitLocker");
    }

    #[test]
    fn marks_of_use_and_of_failures() {
        let (fat12, fat16, fat32) = (fat(Width::Fat12), fat(Width::Fat16), fat(Width::Fat32));
        assert_eq!(ids(&patched(&fat12, &[(37, &[1])])), ["volume.fat.dirty"]);
        assert_eq!(ids(&patched(&fat12, &[(512, &[0xf8, 0x0f, 0])])), [""; 0], "FAT12 has no such bits");
        assert_eq!(ids(&patched(&fat32, &[(65, &[1])])), ["volume.fat.dirty"]);
        let table = |bytes: &[u8]| u64::from(BootSector::decode(bytes).unwrap().reserved_sectors) * 512;
        let (at16, at32) = (table(&fat16) + 2, table(&fat32) + 4);
        assert_eq!(ids(&patched(&fat16, &[(at16, &[0xff, 0x7f])])), ["volume.fat.dirty"]);
        assert_eq!(ids(&patched(&fat16, &[(at16, &[0xff, 0xbf])])), ["volume.fat.media-failure"]);
        assert_eq!(ids(&patched(&fat32, &[(at32, &[0xff, 0xff, 0xff, 0x07])])), ["volume.fat.dirty"]);
        assert_eq!(ids(&patched(&fat32, &[(at32, &[0xff, 0xff, 0xff, 0x0b])])), ["volume.fat.media-failure"]);
        assert_eq!(ids(&patched(&fat32, &[(at32, &[0xf8, 0xff, 0xff, 0x0f])])), [""; 0]);
        assert_eq!(
            ids(&patched(&fat32, &[(at32, &[0, 0, 0, 0])])),
            [""; 0],
            "whoever wrote that knows no marks"
        );
    }

    #[test]
    fn the_backup_of_fat32() {
        let bytes = fat(Width::Fat32);
        let backup = 6 * 512;
        assert_eq!(ids(&patched(&bytes, &[(backup, &[0; 512])])), ["volume.backup.absent"]);
        assert_eq!(ids(&patched(&bytes, &[(backup + 65, &[1]), (backup + 71, b"NO NAME    ")])), [""; 0]);
        let other = patched(&bytes, &[(backup + 32, &[0, 0, 2, 0])]);
        assert_eq!(ids(&other), ["volume.backup.differs"]);
        let finding = other.findings.iter().next().unwrap();
        assert_eq!(finding.structure.as_deref(), Some("fat32.boot-sector@p1.backup"));
        assert_eq!(finding.field.as_deref(), Some("sectors_32"));
    }

    #[test]
    fn a_damaged_information_sector_is_shown_as_such() {
        let bytes = fat(Width::Fat32);
        let outcome = patched(&bytes, &[(512, b"junk")]);
        assert_eq!(kind(&outcome), "vfat");
        let info = outcome.nodes.iter().find(|node| node.id == "fat32.fsinfo").unwrap();
        assert_eq!(info.state, structure::State::Damaged);
        // Without the name of the format, that is too little to go by.
        assert_eq!(kind(&patched(&bytes, &[(512, b"junk"), (82, &[0; 8])])), "");
    }
}
