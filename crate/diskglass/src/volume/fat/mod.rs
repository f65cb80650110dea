//! FAT12, FAT16 and FAT32.
//!
//! The signature is weak (a boot sector that begins with a jump), so the numbers of the BIOS parameter block decide,
//! by the rules of libblkid. NTFS and exFAT fail them on purpose: their blocks say that there are no FATs.

mod root;
mod structures;

use super::found::{Compared, Found};
use super::limited::Limited;
use super::{State, rules, text};
use crate::structure;
use crate::structure::Node;
pub use structures::{BootSector, BootSector32, DirectoryEntry, FsInfo};

/// Limits by which libblkid tells the three apart: clusters.
const FAT12_CLUSTERS: u64 = 0xff4;
const FAT16_CLUSTERS: u64 = 0xfff4;
const FAT32_CLUSTERS: u64 = 0x0fff_fff6;

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
    found.volume.label = root::label(volume, layout);
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
    found.volume.label = root::label_32(volume, boot, layout);
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
    found.claims_start("hidden_sectors", hidden_sectors.into(), layout.sector_bytes);
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
fn backup(volume: &Limited, key: &str, offset: u64, boot: &BootSector32) -> Option<(Node, Vec<Compared>)> {
    let bytes = volume.read(offset, BootSector32::LENGTH)?;
    let copy = BootSector32::decode(&bytes)?;
    if copy.signature != [0x55, 0xaa] || !copy.bytes_per_sector.is_power_of_two() {
        return None;
    }
    let compared = [
        ("bytes_per_sector", boot.bytes_per_sector == copy.bytes_per_sector),
        ("sectors_per_cluster", boot.sectors_per_cluster == copy.sectors_per_cluster),
        ("reserved_sectors", boot.reserved_sectors == copy.reserved_sectors),
        ("fats", boot.fats == copy.fats),
        ("sectors_32", boot.sectors_32 == copy.sectors_32),
        ("sectors_per_fat", boot.sectors_per_fat == copy.sectors_per_fat),
        ("root_cluster", boot.root_cluster == copy.root_cluster),
    ];
    Some((volume.node(&BootSector32::LAYOUT, key, offset, &bytes), compared.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fat, ids, kind, patched};
    use super::*;
    use diskglass_samples::volumes::fat::Width;

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
