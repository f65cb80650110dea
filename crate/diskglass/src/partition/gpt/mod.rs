//! The GUID partition table: a header and an array of entries, twice. Numbers are little-endian.

mod attributes;
mod copies;
mod entries;
mod headers;
mod protection;

use super::disk::Disk;
use super::mbr::Mbr;
use super::rules;
use super::table::Table;
use crate::finding::Finding;
use crate::structure::{Guid, Show};
use copies::{Copies, SIGNATURE};

crate::structure! {
    /// Says where the partition entries are and seals them and itself with checksums. One copy stands in the sector
    /// after the MBR, the other in the last sector of the disk.
    pub struct Header("gpt.header", "GPT header", 92, Little) {
        /// Always `EFI PART`.
        0 => signature: [u8; 8], Show::Ascii;
        /// Revision of the format; 1.0 is the only one.
        8 => revision: u32, Show::Version;
        /// Bytes of this header that the checksum covers.
        12 => header_size: u32, Show::Bytes;
        /// CRC-32 of the header with these four bytes as zero.
        16 => header_crc32: u32, Show::Hex;
        /// Zero.
        20 => reserved: [u8; 4], Show::Reserved;
        /// The sector that this copy is in.
        24 => my_lba: u64, Show::Decimal;
        /// The sector that the other copy is in.
        32 => alternate_lba: u64, Show::Decimal;
        /// First sector that a partition may have.
        40 => first_usable_lba: u64, Show::Decimal;
        /// Last sector that a partition may have.
        48 => last_usable_lba: u64, Show::Decimal;
        /// The disk's identity.
        56 => disk_guid: [u8; 16], Show::Guid;
        /// First sector of this copy's array of entries.
        72 => partition_entry_lba: u64, Show::Decimal;
        /// Entries in the array, used or not.
        80 => number_of_partition_entries: u32, Show::Decimal;
        /// Bytes of one entry: 128, or that times a power of two.
        84 => size_of_partition_entry: u32, Show::Bytes;
        /// CRC-32 of the whole array, the unused entries included.
        88 => partition_entry_array_crc32: u32, Show::Hex;
    }
}

crate::structure! {
    /// One partition: what kind it is, its identity and name, and the sectors it has, the last one included.
    pub struct PartitionEntry("gpt.entry", "Partition entry", 128, Little) {
        /// What kind of partition it is; all zero where the entry is unused.
        0 => type_guid: [u8; 16], Show::Guid;
        /// The partition's own identity (PARTUUID).
        16 => unique_guid: [u8; 16], Show::Guid;
        /// First sector.
        32 => first_lba: u64, Show::Decimal;
        /// Last sector, which still belongs to the partition.
        40 => last_lba: u64, Show::Decimal;
        /// Flags: bits 0 to 2 for every type, bits 48 to 63 as the type has it.
        48 => attributes: u64, Show::Hex;
        /// Name, in UTF-16.
        56 => name: [u8; 72], Show::Utf16;
    }
}

// The only revision there is.
const REVISION_1_0: u32 = 0x0001_0000;

/// Reads the tables of a disk that is partitioned by a GPT.
///
/// Windows and Linux only believe a GPT behind a protective MBR. Without one it counts here only where nothing else is
/// on the disk.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let mbr = Mbr::of(disk);
    let protected = mbr.as_ref().is_some_and(Mbr::is_protective);
    let copies = Copies::find(disk, protected)?;
    let chosen = copies.chosen()?;
    if !protected {
        let other_table =
            mbr.as_ref().is_some_and(|mbr| mbr.ordinary().next().is_some() && mbr.is_table(disk));
        let sane = chosen.header.revision == REVISION_1_0 && chosen.header.my_lba == chosen.lba;
        if other_table || disk.volume().volume.is_some() || !(sane || chosen.is_valid()) {
            return None;
        }
    }
    let hybrid = protected && mbr.as_ref().is_some_and(|mbr| mbr.ordinary().next().is_some());
    let mut table = Table::new(if hybrid { "hybrid" } else { "gpt" }, chosen.sector_bytes);
    let header = &chosen.header;
    table.disk_id = Guid::from_bytes(&header.disk_guid).map(|guid| guid.to_string());
    let last = disk.sectors(table.sector_bytes);
    table.usable = (header.first_usable_lba, header.last_usable_lba.saturating_add(1).min(last));

    if let Some(mbr) = &mbr {
        let title = match (protected, hybrid) {
            (_, true) => "Hybrid master boot record",
            (true, _) => "Protective master boot record",
            _ => "Sector 0",
        };
        table.nodes = mbr.nodes(disk, title);
    }
    headers::show(disk, &copies, &mut table);
    headers::check(disk, &copies, &mut table);
    entries::read(disk, chosen, &mut table);
    protection::check(disk, mbr.as_ref(), &mut table);
    Some(table)
}
/// Whether a disk that is not partitioned by a GPT still has parts of one.
pub(super) fn remains(disk: &Disk) -> Option<Finding> {
    let last = (disk.size() / 512 * 512).checked_sub(512);
    let places = [Some(512), Some(4096), last];
    let offset = (places.into_iter().flatten())
        .find(|offset| disk.read(*offset, SIGNATURE.len()).is_some_and(|bytes| bytes == SIGNATURE))?;
    let place = crate::structure::span_at(&**disk.bytes(), offset, 512);
    let detail = format!("a GPT header is still at byte {offset}, but the disk is not partitioned by a GPT");
    Some(Finding::new(&rules::gpt::GPT_REMAINS, detail).place(place))
}
