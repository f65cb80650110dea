//! ISO 9660 (ECMA-119): a data CD with one file.
//!
//! Sixteen sectors for boot code, the primary volume descriptor, the end of the descriptors, the path tables in both
//! byte orders, the root directory, the file. Sectors have 2048 bytes; most numbers are stored in both byte orders.

use crate::disk::Disk;
use crate::record::Record;

/// A data CD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iso9660 {
    /// Label: at most 32 capital letters, digits and underscores.
    pub label: &'static str,
    /// When it was written: `YYYYMMDDhhmmsscc`. What `blkid` calls the UUID is this with hyphens.
    pub written: &'static str,
    /// Name of the file: `README.TXT`.
    pub file: &'static str,
    /// Contents of the file: at most a sector.
    pub text: &'static str,
}

const SECTOR: u64 = 2048;
const PRIMARY: u64 = 16;
/// The end of the descriptors, with room for one more behind it: El Torito's boot record has to be in its place.
const TERMINATOR: u64 = 17;
const PATH_TABLE_LE: u64 = 19;
const PATH_TABLE_BE: u64 = 20;
const ROOT: u64 = 21;
const FILE: u64 = 22;
const SECTORS: u64 = 23;
const PATH_TABLE_BYTES: u32 = 10;

/// A number in both byte orders, least significant byte first.
fn both_32(value: u64) -> Vec<u8> {
    let value = value as u32;
    [value.to_le_bytes(), value.to_be_bytes()].concat()
}

fn both_16(value: u16) -> Vec<u8> {
    [value.to_le_bytes(), value.to_be_bytes()].concat()
}

/// A directory record. Names of one byte 0 or 1 are the directory itself and its parent.
fn directory_record(sector: u64, length: u64, is_directory: bool, name: &[u8]) -> Record {
    Record::new((33 + name.len()).next_multiple_of(2))
        .u8(0, (33 + name.len()).next_multiple_of(2) as u8)
        .put(2, both_32(sector))
        .put(10, both_32(length))
        .put(18, [124, 5, 17, 9, 30, 0, 0]) // 2024-05-17 09:30:00 UTC
        .u8(25, if is_directory { 2 } else { 0 })
        .put(28, both_16(1)) // volume of the set
        .u8(32, name.len() as u8)
        .put(33, name)
}

impl Iso9660 {
    fn root_record() -> Record {
        directory_record(ROOT, SECTOR, true, &[0])
    }

    fn descriptor(kind: u8) -> Record {
        Record::new(SECTOR as usize).u8(0, kind).put(1, "CD001").u8(6, 1)
    }

    fn primary(&self) -> Record {
        let never = "0000000000000000\0";
        Self::descriptor(1)
            .padded(8, 32, "LINUX")
            .padded(40, 32, self.label)
            .put(80, both_32(SECTORS))
            .put(120, both_16(1)) // volumes of the set
            .put(124, both_16(1))
            .put(128, both_16(SECTOR as u16))
            .put(132, both_32(PATH_TABLE_BYTES.into()))
            .le32(140, PATH_TABLE_LE as u32)
            .be32(148, PATH_TABLE_BE as u32)
            .put(156, Self::root_record())
            .padded(190, 128, "") // volume set
            .padded(318, 128, "") // publisher
            .padded(446, 128, "") // who prepared it
            .padded(574, 128, "DISKGLASS SAMPLES")
            .padded(702, 37 * 3, "") // copyright, abstract, bibliography
            .put(813, self.written)
            .put(830, self.written)
            .put(847, never) // expires
            .put(864, never) // effective
            .u8(881, 1) // version of the file structure
    }

    /// A path table with only the root; `sector` comes in the byte order of the table.
    fn path_table(sector: [u8; 4], parent: [u8; 2]) -> Record {
        Record::new(PATH_TABLE_BYTES as usize).u8(0, 1).put(2, sector).put(6, parent)
    }

    /// The image.
    pub fn build(&self) -> Disk {
        let name = format!("{};1", self.file);
        let records = [
            Self::root_record(),
            directory_record(ROOT, SECTOR, true, &[1]),
            directory_record(FILE, self.text.len() as u64, false, name.as_bytes()),
        ];
        let mut disk = Disk::new(SECTORS * SECTOR);
        disk.write(PRIMARY * SECTOR, self.primary());
        disk.write(TERMINATOR * SECTOR, Self::descriptor(255));
        let root = ROOT as u32;
        disk.write(PATH_TABLE_LE * SECTOR, Self::path_table(root.to_le_bytes(), 1_u16.to_le_bytes()));
        disk.write(PATH_TABLE_BE * SECTOR, Self::path_table(root.to_be_bytes(), 1_u16.to_be_bytes()));
        let mut at = ROOT * SECTOR;
        for record in &records {
            disk.write(at, record);
            at += record.bytes().len() as u64;
        }
        disk.write(FILE * SECTOR, self.text);
        disk
    }
}
