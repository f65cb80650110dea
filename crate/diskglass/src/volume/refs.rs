//! ReFS, of Windows Server.

use super::found::{Compared, Found};
use super::limited::Limited;
use crate::structure;
use crate::structure::{Node, Show};

structure! {
    /// ReFS boot sector: the first sector of the volume, with a copy in the last one. Label and usage are in trees.
    pub struct BootSector("refs.boot-sector", "ReFS boot sector", 512, Little) {
        /// Zero: nothing starts from here.
        0 => jump: [u8; 3], Show::Raw;
        /// Always `ReFS` and four zeros.
        3 => signature: [u8; 8], Show::Ascii;
        /// Zero.
        11 => reserved: [u8; 5], Show::Reserved;
        /// Always `FSRS`.
        16 => identifier: [u8; 4], Show::Ascii;
        /// Bytes of the structure.
        20 => length: u16, Show::Bytes;
        /// Checksum.
        22 => checksum: u16, Show::Hex;
        /// Sectors of the volume.
        24 => sectors: u64, Show::Decimal;
        /// Bytes per sector.
        32 => bytes_per_sector: u32, Show::Bytes;
        /// Sectors per cluster.
        36 => sectors_per_cluster: u32, Show::Decimal;
        /// Version, major.
        40 => major: u8, Show::Decimal;
        /// Version, minor.
        41 => minor: u8, Show::Decimal;
        /// Not known.
        42 => unknown: [u8; 14], Show::Raw;
        /// Serial number of the volume.
        56 => serial: u64, Show::Hex;
        /// Bytes per container.
        64 => container_bytes: u64, Show::Bytes;
        /// Zero.
        72 => padding: [u8; 440], Show::Raw;
    }
}

/// Recognises ReFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(0, b"\0\0\0ReFS\0") {
        return None;
    }
    let bytes = volume.read(0, BootSector::LENGTH)?;
    let boot = BootSector::decode(&bytes)?;
    let mut found = Found::new("ReFS", volume.node(&BootSector::LAYOUT, key, 0, &bytes));
    if boot.identifier != *b"FSRS" {
        return Some(found);
    }
    let sector = u64::from(boot.bytes_per_sector);
    found.volume.version = Some(format!("{}.{}", boot.major, boot.minor));
    let is_right = found.power_of_two("bytes_per_sector", sector, 512, 4096)
        && found.power_of_two("sectors_per_cluster", boot.sectors_per_cluster.into(), 1, 1 << 12);
    if is_right {
        found.size("sectors", boot.sectors, sector);
        found.volume.block_bytes = Some(sector * u64::from(boot.sectors_per_cluster));
        found.claims_sector("bytes_per_sector", sector);
    }
    if boot.serial != 0 {
        found.fact("Serial number", format!("{:016X}", boot.serial));
    }
    let copy =
        volume.size().checked_sub(sector.max(512)).and_then(|offset| backup(volume, key, offset, &boot));
    found.backup("the last sector", copy);
    Some(found)
}

fn backup(volume: &Limited, key: &str, offset: u64, boot: &BootSector) -> Option<(Node, Vec<Compared>)> {
    let bytes = volume.read(offset, BootSector::LENGTH)?;
    let copy = BootSector::decode(&bytes).filter(|copy| copy.identifier == *b"FSRS")?;
    let compared = [
        ("sectors", boot.sectors == copy.sectors),
        ("bytes_per_sector", boot.bytes_per_sector == copy.bytes_per_sector),
        ("sectors_per_cluster", boot.sectors_per_cluster == copy.sectors_per_cluster),
        ("serial", boot.serial == copy.serial),
    ];
    Some((volume.node(&BootSector::LAYOUT, key, offset, &bytes), compared.to_vec()))
}
