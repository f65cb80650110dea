//! ESX's sparse extent (`VMFSSPARSE`, in files named `-delta.vmdk`): a header of four sectors, a directory, and tables
//! that are made when their first grain is written. A grain is usually a single sector.

use super::{Grains, grain_of};
use crate::disk::{Disk, SECTOR};
use crate::record::Record;
use std::collections::BTreeMap;

/// Entries of a grain table.
pub const TABLE_ENTRIES: u64 = 4096;
/// Sectors of the header; the directory follows it.
pub const HEADER_SECTORS: u64 = 4;

const TABLE_SECTORS: u64 = TABLE_ENTRIES * 4 / SECTOR;
const HEADER_BYTES: usize = (HEADER_SECTORS * SECTOR) as usize;

/// An extent of that kind, to be filled from a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cowd {
    /// Sectors of the guest.
    pub capacity: u64,
    /// Sectors of a grain.
    pub grain_sectors: u64,
    /// Which grains it stores, and in which order. This format cannot mark grains as zeros.
    pub grains: Grains,
}

/// Such an extent as bytes, and where its parts are: byte offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// Each grain.
    pub grains: BTreeMap<u64, u64>,
    /// The first entry of each grain table.
    pub tables: BTreeMap<u64, u64>,
}

impl Written {
    /// Byte offset of the table entry of a grain whose table is there.
    pub fn entry(&self, grain: u64) -> u64 {
        self.tables[&(grain / TABLE_ENTRIES)] + grain % TABLE_ENTRIES * 4
    }
}

impl Cowd {
    /// An extent as ESX writes it.
    pub fn new(capacity: u64) -> Self {
        Self { capacity, grain_sectors: 1, grains: Grains::default() }
    }

    fn tables(&self) -> u64 {
        self.capacity.div_ceil(TABLE_ENTRIES * self.grain_sectors)
    }

    fn header(&self, free_sector: u64) -> Vec<u8> {
        Record::new(HEADER_BYTES)
            .put(0, "COWD")
            .le32(4, 1) // version
            .le32(8, 3) // flags
            .le32(12, self.capacity as u32)
            .le32(16, self.grain_sectors as u32)
            .le32(20, HEADER_SECTORS as u32) // the directory
            .le32(24, self.tables() as u32)
            .le32(28, free_sector as u32)
            .into_bytes()
    }

    /// The extent.
    pub fn write(&self, disk: &Disk) -> Written {
        let mut extent = Written::default();
        let mut directory = vec![0_u32; self.tables() as usize];
        let directory_bytes = (self.tables() * 4).next_multiple_of(SECTOR) as usize;
        let file = &mut extent.bytes;
        file.resize(HEADER_BYTES + directory_bytes, 0);
        for grain in self.grains.stored(disk, self.grain_sectors * SECTOR) {
            let table = *extent.tables.entry(grain / TABLE_ENTRIES).or_insert_with(|| {
                let place = file.len() as u64;
                directory[(grain / TABLE_ENTRIES) as usize] = (place / SECTOR) as u32;
                file.resize(file.len() + (TABLE_SECTORS * SECTOR) as usize, 0);
                place
            });
            let place = file.len() as u64;
            let entry = (table + grain % TABLE_ENTRIES * 4) as usize;
            file[entry..entry + 4].copy_from_slice(&((place / SECTOR) as u32).to_le_bytes());
            extent.grains.insert(grain, place);
            file.extend(grain_of(disk, grain, self.grain_sectors * SECTOR));
            // The last grain is whole even where the disk is not.
            file.resize((place + self.grain_sectors * SECTOR) as usize, 0);
        }
        let header = self.header(file.len() as u64 / SECTOR);
        file[..HEADER_BYTES].copy_from_slice(&header);
        for (place, entry) in file[HEADER_BYTES..].chunks_exact_mut(4).zip(directory) {
            place.copy_from_slice(&entry.to_le_bytes());
        }
        extent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::hex;

    /// The places of an extent that qemu-img reads: two tables, each in front of its grains.
    #[test]
    fn tables_are_made_when_they_are_needed() {
        let mut disk = Disk::new(8192 * SECTOR);
        for sector in [0, 5, 4096, 8191] {
            disk.write(sector * SECTOR, [b'd'; 512]);
        }
        let extent = Cowd::new(disk.sectors()).write(&disk);
        assert_eq!(extent.bytes.len(), 37376);
        assert_eq!(
            hex(&extent.bytes[..32]),
            "434f574401000000030000000020000001000000040000000200000049000000"
        );
        assert_eq!(hex(&extent.bytes[2048..2056]), "0500000027000000");
        assert_eq!(extent.entry(8191), 36348);
        assert_eq!(extent.bytes[36348], 72);
        assert_eq!(extent.grains[&8191], 36864);
    }
}
