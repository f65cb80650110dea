//! Members of RAIDs in the Disk Data Format of SNIA, which hardware controllers and mdadm write.

use super::found::{Found, When};
use super::limited::Limited;
use super::text;
use crate::checksum::crc32_from;
use crate::structure;
use crate::structure::Show;

structure! {
    /// DDF anchor header: the last sector of the disk. Copies with all sections are elsewhere.
    pub struct Header("ddf.header", "DDF anchor header", 512, Big) {
        /// Always 0xde11de11.
        0 => signature: u32, Show::Hex;
        /// CRC-32 of the sector, these four bytes taken as ones.
        4 => crc: u32, Show::Hex;
        /// Identity of the configuration: vendor, and a number.
        8 => guid: [u8; 24], Show::Ascii;
        /// Version of the format.
        32 => revision: [u8; 8], Show::Ascii;
        /// Number of the last change.
        40 => sequence: u32, Show::Decimal;
        /// When it was written, in seconds since 1980.
        44 => timestamp: u32, Show::With(show_time);
        /// Whether the configuration is being changed.
        48 => open_flag: u8, Show::Names(&[(0, "closed"), (0xff, "open")]);
        /// Whether it came from another controller.
        49 => foreign_flag: u8, Show::Decimal;
        /// Whether disks are grouped.
        50 => enforce_groups: u8, Show::Decimal;
        /// Ones.
        51 => padding: [u8; 45], Show::Raw;
        /// Sector of the first copy of the configuration.
        96 => primary: u64, Show::SectorOffset;
        /// Sector of the second copy.
        104 => secondary: u64, Show::SectorOffset;
        /// Which header this is.
        112 => kind: u8, Show::Names(&[(0, "anchor"), (1, "primary"), (2, "secondary")]);
        /// Ones.
        113 => padding_2: [u8; 3], Show::Raw;
        /// Sectors for the controller's own use.
        116 => workspace_length: u32, Show::Sectors;
        /// Where they start.
        120 => workspace: u64, Show::SectorOffset;
        /// Physical disks that there may be.
        128 => max_disks: u16, Show::Decimal;
        /// Virtual disks that there may be.
        130 => max_volumes: u16, Show::Decimal;
        /// Virtual disks that there may be on one physical disk.
        132 => max_partitions: u16, Show::Decimal;
        /// Sectors of a configuration record.
        134 => record_length: u16, Show::Decimal;
        /// Disks that a virtual disk may have.
        136 => max_elements: u16, Show::Decimal;
        /// Ones.
        138 => padding_3: [u8; 54], Show::Raw;
        /// Where the sections lie, counted from the header, and how long they are.
        192 => sections: [u8; 64], Show::Raw;
        /// Ones.
        256 => padding_4: [u8; 256], Show::Raw;
    }
}

const SIGNATURE: [u8; 4] = [0xde, 0x11, 0xde, 0x11];
const SECTOR: u64 = 512;
/// Sectors from the end at which the header may be.
const FROM_END: [u64; 2] = [1, 257];
/// Smaller disks are not looked at, as by libblkid.
const SMALLEST_BYTES: u64 = 0x30000;
/// Seconds from 1970 to 1980, the epoch of DDF.
const SECONDS_1970_TO_1980: i64 = 315_532_800;

fn show_time(bytes: &[u8]) -> String {
    let seconds = bytes.try_into().map_or(0, u32::from_be_bytes);
    structure::utc(i64::from(seconds) + SECONDS_1970_TO_1980)
}

/// Recognises members of a DDF RAID.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES {
        return None;
    }
    let sectors = volume.size() / SECTOR;
    // The second place is far from everything else; it is that of disks which firmware cut.
    let places = FROM_END.get(..if volume.is_disk() { 2 } else { 1 }).unwrap_or_default();
    let places = places.iter().filter_map(|count| Some(sectors.checked_sub(*count)? * SECTOR));
    let offset = places.into_iter().find(|offset| volume.holds(*offset, &SIGNATURE))?;
    let bytes = volume.read(offset, Header::LENGTH)?;
    let header = Header::decode(&bytes)?;
    // Where a copy cannot be, the signature means nothing.
    let is_backed = header.primary == 0
        || header.primary.checked_mul(SECTOR).is_some_and(|copy| volume.holds(copy, &SIGNATURE));
    if !is_backed {
        return None;
    }
    let mut found = Found::new("ddf_raid_member", volume.node(&Header::LAYOUT, key, offset, &bytes));
    found.volume.uuid = text::label(&header.guid);
    found.volume.version = text::label(&header.revision);
    let (before, rest) = bytes.split_at_checked(4)?;
    let computed = crc32_from(0, &[before, &[0xff; 4], rest.get(4..)?]);
    let usual = !crc32_from(u32::MAX, &[before, &[0xff; 4], rest.get(4..)?]);
    found.check_sum("crc", header.crc, if header.crc == computed { computed } else { usual });
    found.time(When::Written, "timestamp", i64::from(header.timestamp) + SECONDS_1970_TO_1980);
    found.add(
        &super::rules::INCOMPLETE_SET,
        "guid",
        "it is a disk of a RAID that a controller puts together",
    );
    Some(found)
}
