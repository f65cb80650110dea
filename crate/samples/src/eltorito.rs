//! El Torito: a boot record among the volume descriptors of a CD, and the catalogue that it leads to. Little-endian;
//! sectors of 2048 bytes.

use crate::disk::Disk;
use crate::record::Record;

/// Bytes of a sector of a CD.
pub const SECTOR: u64 = 2048;

/// Platforms.
pub mod platform {
    /// BIOS.
    pub const BIOS: u8 = 0;
    /// UEFI.
    pub const UEFI: u8 = 0xef;
}

/// An image: its platform, its sector, and how many sectors of 512 bytes are loaded.
pub type Image = (u8, u32, u16);

fn entry((_, sector, loaded): Image) -> Record {
    Record::new(32).u8(0, 0x88).le16(6, loaded).le32(8, sector)
}

/// Writes the boot record into sector 17, where it has to be, the descriptor that was there behind it, and the catalogue
/// into sector `catalogue`: the first image, then a section for each other one.
pub fn write(disk: &mut Disk, catalogue: u32, first: Image, others: &[Image]) {
    let record = Record::new(SECTOR as usize)
        .put(1, "CD001")
        .u8(6, 1)
        .put(7, "EL TORITO SPECIFICATION")
        .le32(71, catalogue);
    let end = disk.read(17 * SECTOR, SECTOR);
    disk.write(18 * SECTOR, end);
    disk.write(17 * SECTOR, record);
    let validation = Record::new(32).u8(0, 1).u8(1, first.0).put(4, "DISKGLASS").put(30, [0x55, 0xaa]);
    let sum = validation
        .bytes()
        .chunks_exact(2)
        .fold(0_u16, |sum, pair| sum.wrapping_add(u16::from_le_bytes([pair[0], pair[1]])));
    let mut records = vec![validation.le16(28, sum.wrapping_neg()), entry(first)];
    for (index, image) in others.iter().enumerate() {
        let indicator = if index + 1 == others.len() { 0x91 } else { 0x90 };
        records.push(Record::new(32).u8(0, indicator).u8(1, image.0).le16(2, 1));
        records.push(entry(*image));
    }
    for (index, record) in (0..).zip(&records) {
        disk.write(u64::from(catalogue) * SECTOR + index * 32, record);
    }
}
