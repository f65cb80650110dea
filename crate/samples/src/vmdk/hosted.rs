//! The sparse extent of VMware's hosted products, VirtualBox and qemu: a header, a directory of grain tables (twice,
//! for safety), and grains of 64 KiB.

use super::{Grains, grain_of};
use crate::disk::{Disk, SECTOR};
use crate::record::Record;
use std::collections::BTreeMap;

/// Sectors of a grain: 64 KiB.
pub const GRAIN_SECTORS: u64 = 128;
/// Entries of a grain table.
pub const TABLE_ENTRIES: u64 = 512;
/// Sectors that products reserve for an embedded descriptor.
pub const DESCRIPTOR_SECTORS: u64 = 20;
/// The table entry of a grain that reads as zeros, with [`FLAG_ZEROED_GRAINS`].
pub const ZEROED: u32 = 1;
/// The newline bytes in the header are there to be checked.
pub const FLAG_NEWLINES: u32 = 1;
/// There is a second grain directory with tables of its own.
pub const FLAG_REDUNDANT: u32 = 2;
/// Table entries may say [`ZEROED`].
pub const FLAG_ZEROED_GRAINS: u32 = 4;
/// Grains are compressed.
pub const FLAG_COMPRESSED: u32 = 0x1_0000;
/// Markers stand in front of grains and tables.
pub const FLAG_MARKERS: u32 = 0x2_0000;

const ENTRIES_PER_SECTOR: u64 = SECTOR / 4;

/// A sparse extent, to be filled from a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparse {
    /// Sectors of the guest that it covers.
    pub capacity: u64,
    /// Sectors of a grain.
    pub grain_sectors: u64,
    /// Entries of a grain table.
    pub table_entries: u64,
    /// Header version: 1, or 2 where grains may be zeroed.
    pub version: u32,
    /// The `FLAG_` bits.
    pub flags: u32,
    /// The embedded descriptor; the extents of a split disk have none.
    pub descriptor: Option<Vec<u8>>,
    /// Sectors that are reserved for it.
    pub descriptor_sectors: u64,
    /// Which grains it stores, and in which order. Zeroed ones need [`FLAG_ZEROED_GRAINS`].
    pub grains: Grains,
}

impl Sparse {
    /// An extent as VMware's hosted products write it today.
    pub fn new(capacity: u64, descriptor: Option<String>) -> Self {
        Self {
            capacity,
            grain_sectors: GRAIN_SECTORS,
            table_entries: TABLE_ENTRIES,
            version: 1,
            flags: FLAG_NEWLINES | FLAG_REDUNDANT,
            descriptor: descriptor.map(String::into_bytes),
            descriptor_sectors: DESCRIPTOR_SECTORS,
            grains: Grains::default(),
        }
    }

    /// With those grains; where some are zeroed, with the version and the flag that this needs.
    #[must_use]
    pub fn with(self, grains: Grains) -> Self {
        let zeroed = !grains.zeroed.is_empty();
        let (version, flag) = if zeroed { (2, FLAG_ZEROED_GRAINS) } else { (self.version, 0) };
        Self { version, flags: self.flags | flag, grains, ..self }
    }

    /// Sectors for the descriptor.
    fn room(&self) -> u64 {
        if self.descriptor.is_some() { self.descriptor_sectors } else { 0 }
    }

    /// Where everything in front of the grains lies.
    pub fn layout(&self) -> Layout {
        Layout::after(
            1 + self.room(),
            self.capacity,
            self.grain_sectors,
            self.table_entries,
            self.flags & FLAG_REDUNDANT != 0,
        )
    }

    /// The header: the first sector.
    pub fn header(&self) -> Vec<u8> {
        let layout = self.layout();
        Header {
            version: self.version,
            flags: self.flags,
            capacity: self.capacity,
            grain_sectors: self.grain_sectors,
            descriptor: self.room(),
            table_entries: self.table_entries,
            rgd: layout.rgd,
            gd: layout.gd,
            overhead: layout.overhead,
        }
        .to_bytes()
    }

    /// Bytes of a grain.
    pub fn grain_bytes(&self) -> u64 {
        self.grain_sectors * SECTOR
    }

    /// The sectors of the file at which the grains of a disk lie.
    pub fn places(&self, disk: &Disk) -> BTreeMap<u64, u64> {
        let overhead = self.layout().overhead;
        let stored = self.grains.stored(disk, self.grain_bytes()).into_iter();
        stored.zip(0..).map(|(grain, index)| (grain, overhead + index * self.grain_sectors)).collect()
    }

    /// The extent.
    pub fn write(&self, disk: &Disk) -> Vec<u8> {
        let layout = self.layout();
        let places = self.places(disk);
        let mut entries: BTreeMap<u64, u32> =
            self.grains.zeroed.iter().map(|grain| (*grain, ZEROED)).collect();
        entries.extend(places.iter().map(|(grain, sector)| (*grain, *sector as u32)));

        let mut file = Disk::new((layout.overhead + places.len() as u64 * self.grain_sectors) * SECTOR);
        file.write(0, self.header());
        if let Some(text) = &self.descriptor {
            file.write(SECTOR, text);
        }
        layout.write(&mut file, &entries);
        for (grain, sector) in places {
            file.write(sector * SECTOR, grain_of(disk, grain, self.grain_bytes()));
        }
        file.to_bytes()
    }
}

/// The header of a sparse extent, and the footer of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u32,
    pub(super) flags: u32,
    pub(super) capacity: u64,
    pub(super) grain_sectors: u64,
    /// Sectors for the descriptor, from sector 1 on.
    pub(super) descriptor: u64,
    pub(super) table_entries: u64,
    pub(super) rgd: u64,
    pub(super) gd: u64,
    pub(super) overhead: u64,
}

impl Header {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        Record::new(SECTOR as usize)
            .put(0, "KDMV")
            .le32(4, self.version)
            .le32(8, self.flags)
            .le64(12, self.capacity)
            .le64(20, self.grain_sectors)
            .le64(28, u64::from(self.descriptor > 0))
            .le64(36, self.descriptor)
            .le32(44, self.table_entries as u32)
            .le64(48, self.rgd)
            .le64(56, self.gd)
            .le64(64, self.overhead)
            .u8(72, 0) // closed cleanly
            .put(73, b"\n \r\n") // a transfer in text mode would alter these
            .le16(77, u16::from(self.flags & FLAG_COMPRESSED != 0)) // deflate
            .into_bytes()
    }
}

/// Where the metadata of a sparse extent lies: header, descriptor, redundant directory and its tables, directory and
/// its tables, then grains. All in sectors unless a name says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many grain tables.
    pub tables: u64,
    /// Entries of a grain table.
    pub table_entries: u64,
    /// Length of a grain directory.
    pub directory: u64,
    /// The redundant grain directory; 0 where there is none.
    pub rgd: u64,
    /// The grain directory.
    pub gd: u64,
    /// The first grain.
    pub overhead: u64,
}

impl Layout {
    /// The usual layout of what follows the descriptor.
    pub(super) fn after(first: u64, capacity: u64, grain: u64, table_entries: u64, redundant: bool) -> Self {
        let tables = capacity.div_ceil(table_entries * grain);
        let directory = tables.div_ceil(ENTRIES_PER_SECTOR);
        let whole = directory + tables * table_entries.div_ceil(ENTRIES_PER_SECTOR);
        let (rgd, gd) = if redundant { (first, first + whole) } else { (0, first) };
        let overhead = (gd + whole).next_multiple_of(grain);
        Self { tables, table_entries, directory, rgd, gd, overhead }
    }

    /// Sectors of a grain table.
    pub(super) fn table_sectors(&self) -> u64 {
        self.table_entries.div_ceil(ENTRIES_PER_SECTOR)
    }

    /// A grain table of one of the two directories.
    fn table(&self, directory: u64, table: u64) -> u64 {
        directory + self.directory + table * self.table_sectors()
    }

    /// Writes the directories and the tables with the entries of those grains.
    pub(super) fn write(&self, file: &mut Disk, entries: &BTreeMap<u64, u32>) {
        for directory in [self.rgd, self.gd].into_iter().filter(|directory| *directory != 0) {
            for table in 0..self.tables {
                let sector = self.table(directory, table) as u32;
                file.write(directory * SECTOR + table * 4, sector.to_le_bytes());
            }
            for (grain, entry) in entries {
                file.write(self.entry_in(directory, *grain), entry.to_le_bytes());
            }
        }
    }

    fn entry_in(&self, directory: u64, grain: u64) -> u64 {
        self.table(directory, grain / self.table_entries) * SECTOR + grain % self.table_entries * 4
    }

    /// Byte offset of an entry of the grain directory.
    pub fn directory_entry(&self, table: u64) -> u64 {
        self.gd * SECTOR + table * 4
    }

    /// Byte offset of the entry of a grain in its grain table.
    pub fn entry(&self, grain: u64) -> u64 {
        self.entry_in(self.gd, grain)
    }

    /// Byte offset of the entry of a grain in the redundant copy of its table.
    pub fn redundant_entry(&self, grain: u64) -> u64 {
        self.entry_in(self.rgd, grain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::hex;
    use crate::vmdk::Order;

    /// What qemu-img wrote for a disk of 10243 sectors, byte by byte.
    #[test]
    fn header_and_tables_as_another_writer_makes_them() {
        let mut disk = Disk::new(10243 * SECTOR);
        disk.write(0, b"first grain");
        disk.write(1 << 20, b"grain 16");
        let file = Sparse::new(10243, Some("# Disk DescriptorFile\n".into())).write(&disk);
        let expected = [
            (0, "4b444d560100000003000000032800000000000080000000000000000100000000000000"),
            (0x24, "1400000000000000000200001500000000000000"),
            (0x38, "1a000000000000008000000000000000000a200d0a0000"),
            (0x2a00, "16000000"),
            (0x3400, "1b000000"),
            (0x3600, "80000000"),
            (0x3640, "00010000"),
        ];
        for (offset, expected) in expected {
            assert_eq!(hex(&file[offset..offset + expected.len() / 2]), expected, "at {offset:#x}");
        }
        assert_eq!(&file[65536..65547], b"first grain");
        assert_eq!(&file[131_072..131_080], b"grain 16");
    }

    #[test]
    fn layouts_by_the_formula() {
        let large = Sparse::new(100 << 21, Some(String::new())).layout();
        assert_eq!(
            (large.tables, large.directory, large.rgd, large.gd, large.overhead),
            (3200, 25, 21, 12846, 25728)
        );
        let split = Sparse::new(8_323_072, None).layout();
        assert_eq!((split.tables, split.rgd, split.gd), (127, 1, 510));
        let single = Sparse { flags: FLAG_NEWLINES, ..Sparse::new(10243, Some(String::new())) }.layout();
        assert_eq!((single.rgd, single.gd, single.overhead), (0, 21, 128));
    }

    #[test]
    fn grains_in_the_order_of_their_first_write() {
        let mut disk = Disk::new(1 << 20);
        disk.write(0, b"a");
        disk.write(5 << 16, b"b");
        let grains = Grains { written: [9].into(), zeroed: [5, 11].into(), order: Order::Descending };
        let image = Sparse::new(disk.sectors(), None).with(grains);
        assert_eq!(image.places(&disk), BTreeMap::from([(9, 128), (0, 256)]));
        let file = image.write(&disk);
        let entry = |grain| file[image.layout().entry(grain) as usize];
        assert_eq!((entry(5), entry(11), entry(9), entry(1)), (1, 1, 128, 0));
        assert_eq!((file[4], file[8], file[128 * 512], file[256 * 512]), (2, 7, 0, b'a'));
    }
}
