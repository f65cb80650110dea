//! ESX's space-efficient sparse extent (`SESPARSE`, in files named `-sesparse.vmdk`): two header sectors, and areas of
//! their own for the journal, the directory, the tables, and the grains of 4 KiB. All numbers have 64 bits.
//!
//! The formats of the journal, of the bitmap of free grains and of the list of their owners are not public. Here those
//! areas are as small as can be and zero.

use super::{Grains, grain_of};
use crate::disk::{Disk, SECTOR};
use crate::record::Record;
use std::collections::{BTreeMap, BTreeSet};

/// Sectors of a grain.
pub const GRAIN_SECTORS: u64 = 8;
/// Entries of a grain table.
pub const TABLE_ENTRIES: u64 = 4096;
/// The sector of the volatile header.
pub const VOLATILE_SECTOR: u64 = 1;
/// The table entry of a grain that the guest gave back.
pub const UNMAPPED: u64 = 1 << 60;
/// The table entry of a grain that reads as zeros.
pub const ZEROED: u64 = 2 << 60;

const GRAIN_BYTES: u64 = GRAIN_SECTORS * SECTOR;
const TABLE_SECTORS: u64 = TABLE_ENTRIES * 8 / SECTOR;
const ENTRIES_PER_SECTOR: u64 = SECTOR / 8;
const JOURNAL_SECTORS: u64 = 4;

/// An extent of that kind, to be filled from a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeSparse {
    /// Sectors of the guest.
    pub capacity: u64,
    /// Which grains it stores or marks as zeros, and in which order.
    pub grains: Grains,
    /// Grains that the guest gave back: they read as zeros too.
    pub unmapped: BTreeSet<u64>,
}

/// Such an extent as bytes, and where its parts are: byte offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// The grain directory.
    pub directory: u64,
    /// Each grain.
    pub grains: BTreeMap<u64, u64>,
    /// The first entry of each grain table.
    pub tables: BTreeMap<u64, u64>,
}

impl Written {
    /// Byte offset of the table entry of a grain whose table is there.
    pub fn entry(&self, grain: u64) -> u64 {
        self.tables[&(grain / TABLE_ENTRIES)] + grain % TABLE_ENTRIES * 8
    }
}

/// The table entry of the grain with that number in the file: its low 12 bits stand above the others.
pub const fn stored(index: u64) -> u64 {
    3 << 60 | (index & 0xfff) << 48 | index >> 12
}

/// Where the areas are: first sector and sectors of each.
struct Areas {
    volatile: (u64, u64),
    journal_header: (u64, u64),
    journal: (u64, u64),
    directory: (u64, u64),
    tables: (u64, u64),
    bitmap: (u64, u64),
    owners: (u64, u64),
    grains: (u64, u64),
}

impl SeSparse {
    /// An extent in which nothing is given back.
    pub fn new(capacity: u64) -> Self {
        Self { capacity, grains: Grains::default(), unmapped: BTreeSet::new() }
    }

    fn areas(&self, grains: u64) -> Areas {
        let tables = self.capacity.div_ceil(TABLE_ENTRIES * GRAIN_SECTORS);
        let mut end = VOLATILE_SECTOR;
        let mut next = |sectors: u64| {
            end += sectors;
            (end - sectors, sectors)
        };
        Areas {
            volatile: next(1),
            journal_header: next(1),
            journal: next(JOURNAL_SECTORS),
            directory: next(tables.div_ceil(ENTRIES_PER_SECTOR)),
            tables: next(tables * TABLE_SECTORS),
            bitmap: next(grains.div_ceil(SECTOR * 8).max(1)),
            owners: next(grains.div_ceil(ENTRIES_PER_SECTOR).max(1)),
            grains: next(grains * GRAIN_SECTORS),
        }
    }

    fn header(&self, areas: &Areas) -> Record {
        let places = [
            areas.volatile,
            areas.journal_header,
            areas.journal,
            areas.directory,
            areas.tables,
            areas.bitmap,
            areas.owners,
            areas.grains,
        ];
        let header = Record::new(SECTOR as usize)
            .le64(0, 0xcafe_babe)
            .le64(8, 0x2_0000_0001) // version 2.1
            .le64(16, self.capacity)
            .le64(24, GRAIN_SECTORS)
            .le64(32, TABLE_SECTORS);
        places
            .into_iter()
            .zip((80..).step_by(16))
            .fold(header, |header, ((first, sectors), at)| header.le64(at, first).le64(at + 8, sectors))
    }

    /// The extent.
    pub fn write(&self, disk: &Disk) -> Written {
        let mut stored_grains = self.grains.stored(disk, GRAIN_BYTES);
        stored_grains.retain(|grain| !self.unmapped.contains(grain));
        let areas = self.areas(stored_grains.len() as u64);
        let mut entries: Vec<(u64, u64)> =
            (0..).zip(&stored_grains).map(|(index, grain)| (*grain, stored(index))).collect();
        entries.extend(self.grains.zeroed.iter().map(|grain| (*grain, ZEROED)));
        entries.extend(self.unmapped.iter().map(|grain| (*grain, UNMAPPED)));

        let mut file = Disk::new((areas.grains.0 + areas.grains.1) * SECTOR);
        let mut extent = Written { directory: areas.directory.0 * SECTOR, ..Written::default() };
        for (grain, entry) in entries {
            // Tables are taken in the order in which they are needed.
            let free = extent.tables.len() as u64;
            let table = *extent.tables.entry(grain / TABLE_ENTRIES).or_insert_with(|| {
                let entry: u64 = 1 << 60 | free;
                file.write(extent.directory + grain / TABLE_ENTRIES * 8, entry.to_le_bytes());
                (areas.tables.0 + free * TABLE_SECTORS) * SECTOR
            });
            file.write(table + grain % TABLE_ENTRIES * 8, entry.to_le_bytes());
        }
        for (grain, index) in stored_grains.into_iter().zip(0..) {
            let place = areas.grains.0 * SECTOR + index * GRAIN_BYTES;
            extent.grains.insert(grain, place);
            file.write(place, grain_of(disk, grain, GRAIN_BYTES));
        }
        file.write(0, self.header(&areas));
        let volatile = Record::new(SECTOR as usize)
            .le64(0, 0xcafe_cafe)
            .le64(8, extent.tables.len() as u64) // the next free table
            .le64(16, 1) // the next transaction
            .le64(24, 0); // nothing in the journal
        file.write(VOLATILE_SECTOR * SECTOR, volatile);
        extent.bytes = file.to_bytes();
        extent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vmdk::Order;

    #[test]
    fn numbers_of_grains_are_rotated() {
        assert_eq!(stored(2), 0x3002_0000_0000_0000);
        assert_eq!(stored(4095), 0x3fff_0000_0000_0000);
        assert_eq!(stored(4097), 0x3001_0000_0000_0001);
    }

    #[test]
    fn tables_in_the_order_of_their_need() {
        let mut disk = Disk::new(65536 * SECTOR);
        disk.write(0, b"first");
        disk.write(32768 * SECTOR, b"in the second table");
        let extent = SeSparse {
            unmapped: [7].into(),
            grains: Grains { zeroed: [9].into(), order: Order::Descending, ..Grains::default() },
            ..SeSparse::new(disk.sectors())
        };
        let file = extent.write(&disk);
        let entry =
            |at: u64| u64::from_le_bytes(*file.bytes[at as usize..].first_chunk().expect("eight bytes"));
        assert_eq!((entry(file.directory), entry(file.directory + 8)), (1 << 60 | 1, 1 << 60));
        assert_eq!((entry(file.entry(4096)), entry(file.entry(0))), (stored(0), stored(1)));
        assert_eq!((entry(file.entry(7)), entry(file.entry(9)), entry(file.entry(8))), (UNMAPPED, ZEROED, 0));
        assert_eq!(file.bytes[file.grains[&4096] as usize], b'i');
        assert_eq!(file.grains[&0], file.grains[&4096] + 4096);
    }
}
