//! How an extent is divided into grains and grain tables.

use super::header::SECTOR;

/// The largest grain that can be mapped: 1 GiB, as in qemu.
pub(super) const MOST_GRAIN_SECTORS: u64 = 0x20_0000;

/// The largest grain table that can be mapped.
pub(super) const MOST_TABLE_ENTRIES: u64 = 1 << 16;

/// The largest disk that a report can state exactly: 2^53 bytes.
pub(super) const MOST_SECTORS: u64 = (1 << 53) / SECTOR;

/// How an extent is divided into grains and grain tables. All numbers are at least 1 and met their limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Sectors of the extent.
    pub capacity: u64,
    /// Sectors of a grain.
    pub grain: u64,
    /// Entries of a grain table.
    pub table_entries: u64,
    /// Bytes of an entry, of grain tables and directories alike: 4 or 8.
    pub entry_bytes: u64,
    /// Grains of the extent; the last one may be shorter for the guest.
    pub grains: u64,
    /// Grain tables, which is also the number of entries of the grain directory.
    pub tables: u64,
}

impl Geometry {
    /// The division into grains of `grain` sectors and tables of `table_entries` entries; `None` where one of the
    /// numbers is impossible.
    pub fn new(capacity: u64, grain: u64, table_entries: u64, entry_bytes: u64) -> Option<Self> {
        let usable = (1..=MOST_GRAIN_SECTORS).contains(&grain)
            && (1..=MOST_TABLE_ENTRIES).contains(&table_entries)
            && (1..=MOST_SECTORS).contains(&capacity);
        usable.then(|| {
            let grains = capacity.div_ceil(grain);
            let tables = grains.div_ceil(table_entries);
            Self { capacity, grain, table_entries, entry_bytes, grains, tables }
        })
    }

    /// Bytes of a grain.
    pub fn grain_bytes(self) -> u64 {
        self.grain * SECTOR
    }

    /// Bytes of the entries of a grain table.
    pub fn table_bytes(self) -> u64 {
        self.table_entries * self.entry_bytes
    }

    /// Sectors that a grain table takes.
    pub fn table_sectors(self) -> u64 {
        self.table_bytes().div_ceil(SECTOR)
    }

    /// Bytes of the entries of a grain directory.
    pub fn directory_bytes(self) -> u64 {
        self.tables * self.entry_bytes
    }

    /// Sectors that a grain directory takes.
    pub fn directory_sectors(self) -> u64 {
        self.directory_bytes().div_ceil(SECTOR)
    }

    /// Sectors of the guest's disk that this grain stands for.
    pub fn sectors_of(self, grain: u64) -> u64 {
        self.capacity.saturating_sub(grain.saturating_mul(self.grain)).min(self.grain)
    }

    /// Grains that table stands for: fewer than its entries where the disk ends in it.
    pub fn grains_of(self, table: u64) -> u64 {
        self.grains.saturating_sub(table.saturating_mul(self.table_entries)).min(self.table_entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_grain_and_the_last_table_may_be_short() {
        let geometry = Geometry::new(10243, 128, 512, 4).unwrap();
        assert_eq!((geometry.grains, geometry.tables, geometry.sectors_of(80)), (81, 1, 3));
        assert_eq!((geometry.grains_of(0), geometry.grains_of(1)), (81, 0));
        let large = Geometry::new(100 << 21, 128, 512, 4).unwrap();
        assert_eq!((large.tables, large.directory_sectors(), large.table_sectors()), (3200, 25, 4));
    }

    #[test]
    fn impossible_numbers_divide_nothing() {
        for (capacity, grain, entries) in
            [(0, 8, 512), (8, 0, 512), (8, 8, 0), (u64::MAX, 8, 512), (8, u64::MAX, 512)]
        {
            assert!(Geometry::new(capacity, grain, entries, 4).is_none());
        }
    }
}
