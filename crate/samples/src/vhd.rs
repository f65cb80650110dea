//! Microsoft's Virtual Hard Disk, version 1. Every number in its structures is big-endian.
//!
//! | Kind | In the file |
//! |---|---|
//! | fixed | the guest's bytes, then the footer |
//! | dynamic | copy of the footer, header, block allocation table (BAT), blocks, footer |
//! | differencing | as dynamic, with the path of the parent; a block holds only what differs from it |
//!
//! After the *Virtual Hard Disk Image Format Specification*, version 1.0 (Microsoft, 2006).

use crate::checksum;
use crate::disk::{Disk, SECTOR};
use crate::record::{Record, utf16be, utf16le};
use crate::time;
use crate::uuid::Uuid;

/// Length of the footer and of its copy.
pub const FOOTER_BYTES: u64 = 512;
/// Length of the footer before Virtual PC 2004, which left out the last reserved byte.
pub const SHORT_FOOTER_BYTES: u64 = 511;
/// Where in the footer its checksum stands.
pub const FOOTER_CHECKSUM: usize = 64;
/// Where the dynamic header stands: behind the copy of the footer.
pub const HEADER_OFFSET: u64 = 512;
/// Length of the dynamic header.
pub const HEADER_BYTES: u64 = 1024;
/// Where in the dynamic header its checksum stands.
pub const HEADER_CHECKSUM: usize = 36;
/// Where the block allocation table stands: behind the header.
pub const BAT_OFFSET: u64 = HEADER_OFFSET + HEADER_BYTES;
/// The entry of a block that takes no space.
pub const UNALLOCATED: u32 = 0xffff_ffff;
/// The block size that nearly every product uses.
pub const BLOCK_BYTES: u32 = 2 << 20;
/// The other block size that Windows offers.
pub const SMALL_BLOCK_BYTES: u32 = 512 << 10;

const NOWHERE: u64 = u64::MAX;
const VERSION_1_0: u32 = 0x0001_0000;

/// Who wrote an image: four letters, a version of its own counting, and the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Creator {
    /// Application, padded with spaces.
    pub application: [u8; 4],
    /// Major version in the high half, minor version in the low half.
    pub version: u32,
    /// `Wi2k` on Windows.
    pub host: [u8; 4],
}

impl Creator {
    /// Connectix Virtual PC, in the days of the short footer.
    pub const VIRTUAL_PC_1: Self = Self::windows_host(*b"vpc ", 1, 0);
    /// Virtual PC 2007. Shows the guest the size of the geometry, not of the size field.
    pub const VIRTUAL_PC_2007: Self = Self::windows_host(*b"vpc ", 5, 3);
    /// Windows 8.1 and Server 2012 R2: Disk Management, diskpart, Hyper-V.
    pub const WINDOWS_8_1: Self = Self::windows_host(*b"win ", 6, 3);
    /// Windows 10 and Server 2016, and later.
    pub const WINDOWS_10: Self = Self::windows_host(*b"win ", 10, 0);
    /// VirtualBox 7.0.
    pub const VIRTUALBOX_7: Self = Self::windows_host(*b"vbox", 7, 0);

    const fn windows_host(application: [u8; 4], major: u32, minor: u32) -> Self {
        Self { application, version: major << 16 | minor, host: *b"Wi2k" }
    }
}

/// Cylinders, heads and sectors per track: what the BIOS of the guest believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Cylinders.
    pub cylinders: u16,
    /// Heads.
    pub heads: u8,
    /// Sectors per track.
    pub sectors: u8,
}

impl Geometry {
    /// The specification's algorithm (its appendix "CHS Calculation"). It rounds down: the last sectors of most
    /// disks lie beyond the last cylinder.
    pub const fn of(total_sectors: u64) -> Self {
        const LARGEST: u64 = 65535 * 16 * 255;
        let total = if total_sectors > LARGEST { LARGEST } else { total_sectors };
        let (mut sectors, mut heads, mut tracks);
        if total >= 65535 * 16 * 63 {
            (sectors, heads) = (255, 16);
            tracks = total / sectors;
        } else {
            sectors = 17;
            tracks = total / sectors;
            heads = tracks.div_ceil(1024);
            if heads < 4 {
                heads = 4;
            }
            if tracks >= heads * 1024 || heads > 16 {
                (sectors, heads) = (31, 16);
                tracks = total / sectors;
            }
            if tracks >= heads * 1024 {
                (sectors, heads) = (63, 16);
                tracks = total / sectors;
            }
        }
        Self { cylinders: (tracks / heads) as u16, heads: heads as u8, sectors: sectors as u8 }
    }

    /// How many sectors it addresses.
    pub const fn total_sectors(self) -> u64 {
        self.cylinders as u64 * self.heads as u64 * self.sectors as u64
    }
}

/// The disk type in a footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All bytes of the guest are there.
    Fixed = 2,
    /// Blocks are there once they were written.
    Dynamic = 3,
    /// Blocks hold what differs from a parent.
    Differencing = 4,
}

/// The hard disk footer: the identity of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    /// Fixed, dynamic or differencing.
    pub kind: Kind,
    /// Size of the guest's disk in bytes, now and when it was made.
    pub size: u64,
    /// Who wrote it.
    pub creator: Creator,
    /// Its own id.
    pub id: Uuid,
    /// When it was made, in seconds since 2000.
    pub timestamp: u32,
    /// What the guest's BIOS is told.
    pub geometry: Geometry,
}

impl Footer {
    /// A footer as a product writes it today: geometry by the algorithm, made at the samples' moment.
    pub fn new(kind: Kind, size: u64, creator: Creator, id: Uuid) -> Self {
        Self { kind, size, creator, id, timestamp: time::SINCE_2000, geometry: Geometry::of(size / SECTOR) }
    }

    /// The 512 bytes, checksum included.
    pub fn to_bytes(&self) -> Vec<u8> {
        let data_offset = if self.kind == Kind::Fixed { NOWHERE } else { HEADER_OFFSET };
        let record = Record::new(FOOTER_BYTES as usize)
            .put(0, "conectix")
            .be32(8, 2) // features: the reserved bit, always set
            .be32(12, VERSION_1_0)
            .be64(16, data_offset)
            .be32(24, self.timestamp)
            .put(28, self.creator.application)
            .be32(32, self.creator.version)
            .put(36, self.creator.host)
            .be64(40, self.size) // original size
            .be64(48, self.size) // current size
            .be16(56, self.geometry.cylinders)
            .u8(58, self.geometry.heads)
            .u8(59, self.geometry.sectors)
            .be32(60, self.kind as u32)
            .put(68, self.id.bytes());
        let sum = checksum::vhd(record.bytes());
        record.be32(FOOTER_CHECKSUM, sum).into_bytes()
    }
}

/// A fixed image: the disk as it is, and the footer behind it.
pub fn fixed(disk: &Disk, creator: Creator, id: Uuid) -> Vec<u8> {
    let mut file = disk.to_bytes();
    file.extend(Footer::new(Kind::Fixed, disk.size(), creator, id).to_bytes());
    file
}

/// What a differencing image says of its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The parent's own id: must match, or no product opens the child.
    pub id: Uuid,
    /// When the parent file was last modified, in seconds since 2000.
    pub timestamp: u32,
    /// Its file name.
    pub name: String,
    /// Its absolute Windows path.
    pub absolute: String,
    /// Its Windows path relative to the child.
    pub relative: String,
}

/// A dynamic or differencing image, to be filled from a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dynamic {
    /// The footer. Its size must be that of the disk.
    pub footer: Footer,
    /// Guest bytes per block, without the bitmap in front of it.
    pub block_bytes: u32,
    /// The parent of a differencing image.
    pub parent: Option<Parent>,
    /// Bytes left free behind the table, as writers do that want room for it to grow.
    pub room: u64,
}

impl Dynamic {
    /// A dynamic image with the usual blocks of 2 MiB.
    pub fn new(size: u64, creator: Creator, id: Uuid) -> Self {
        let footer = Footer::new(Kind::Dynamic, size, creator, id);
        Self { footer, block_bytes: BLOCK_BYTES, parent: None, room: 0 }
    }

    /// A differencing image on a parent of the same size.
    pub fn differencing(size: u64, creator: Creator, id: Uuid, parent: Parent) -> Self {
        let footer = Footer::new(Kind::Differencing, size, creator, id);
        Self { footer, block_bytes: BLOCK_BYTES, parent: Some(parent), room: 0 }
    }

    /// How many blocks the disk has, and the table entries.
    pub fn blocks(&self) -> u32 {
        self.footer.size.div_ceil(self.block_bytes.into()) as u32
    }

    /// Where in the file the table entry of a block stands.
    pub fn entry_offset(&self, block: u32) -> u64 {
        BAT_OFFSET + 4 * u64::from(block)
    }

    /// Length of the bitmap in front of each block: a bit per sector, in whole sectors.
    pub fn bitmap_bytes(&self) -> u64 {
        (u64::from(self.block_bytes) / SECTOR / 8).next_multiple_of(SECTOR)
    }

    /// Length of the table, in whole sectors.
    fn bat_bytes(&self) -> u64 {
        (4 * u64::from(self.blocks())).next_multiple_of(SECTOR)
    }

    /// The paths of the parent: platform code and text, each in a sector of its own behind the table.
    fn locators(&self) -> Vec<(&'static [u8; 4], Vec<u8>)> {
        let Some(parent) = &self.parent else { return Vec::new() };
        // The data is little-endian although the parent's name in the header is big-endian.
        vec![(b"W2ku", utf16le(&parent.absolute)), (b"W2ru", utf16le(&parent.relative))]
    }

    fn locator_offset(&self, index: usize) -> u64 {
        BAT_OFFSET + self.bat_bytes() + index as u64 * SECTOR
    }

    /// The dynamic header, checksum included.
    pub fn header(&self) -> Vec<u8> {
        let mut record = Record::new(HEADER_BYTES as usize)
            .put(0, "cxsparse")
            .be64(8, NOWHERE) // a next structure that was never defined
            .be64(16, BAT_OFFSET)
            .be32(24, VERSION_1_0)
            .be32(28, self.blocks())
            .be32(32, self.block_bytes);
        if let Some(parent) = &self.parent {
            record =
                record.put(40, parent.id.bytes()).be32(56, parent.timestamp).put(64, utf16be(&parent.name));
        }
        for (index, (code, path)) in self.locators().into_iter().enumerate() {
            let at = 576 + index * 24;
            record = record
                .put(at, code)
                // The specification counts this in sectors; Microsoft's own products write bytes.
                .be32(at + 4, SECTOR as u32)
                .be32(at + 8, path.len() as u32)
                .be64(at + 16, self.locator_offset(index));
        }
        let sum = checksum::vhd(record.bytes());
        record.be32(HEADER_CHECKSUM, sum).into_bytes()
    }

    /// The image: only blocks of the disk that are not all zero take space, in the order of the disk.
    pub fn write(&self, disk: &Disk) -> Vec<u8> {
        let footer = self.footer.to_bytes();
        let block_bytes = u64::from(self.block_bytes);
        let stride = self.bitmap_bytes() + block_bytes;
        let data_start = self.locator_offset(self.locators().len()) + self.room;
        let used = disk.used_units(block_bytes);

        // Entries behind the last block fill the table up to a whole sector; they too say "not allocated".
        let mut bat = vec![UNALLOCATED; (self.bat_bytes() / 4) as usize];
        for (place, &block) in used.iter().enumerate() {
            bat[block as usize] = ((data_start + place as u64 * stride) / SECTOR) as u32;
        }

        let mut file = footer.clone();
        file.extend(self.header());
        file.extend(bat.iter().flat_map(|entry| entry.to_be_bytes()));
        for (_, path) in self.locators() {
            file.extend(Record::new(SECTOR as usize).put(0, path).into_bytes());
        }
        file.resize(data_start as usize, 0);
        for block in used {
            let start = block * block_bytes;
            let length = block_bytes.min(disk.size() - start);
            let mut data = disk.read(start, length);
            data.resize(block_bytes as usize, 0); // the last block is whole even where the disk is not
            file.extend(self.bitmap(&data));
            file.extend(data);
        }
        file.extend(footer);
        file
    }

    /// The bitmap of a block: the first sector is the highest bit of the first byte; 1 means written.
    fn bitmap(&self, block: &[u8]) -> Vec<u8> {
        let mut bitmap = vec![0; self.bitmap_bytes() as usize];
        for (index, sector) in block.chunks(SECTOR as usize).enumerate() {
            if sector.iter().any(|&byte| byte != 0) {
                bitmap[index / 8] |= 0x80 >> (index % 8);
            }
        }
        bitmap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What qemu-img 10.0.2 wrote for 64 MiB: its footer and header, byte by byte.
    #[test]
    fn footer_and_header_as_another_writer_makes_them() {
        let qemu = Creator { application: *b"qemu", version: 0x0005_0003, host: *b"Wi2k" };
        // qemu invents the id; the header's checksum does not depend on it.
        let image = Dynamic::new(67_125_248, qemu, Uuid(0xd951_74a7_559d_445b_a928_275b_0000_0000));
        let footer = image.footer.to_bytes();
        assert_eq!(&footer[..16], b"conectix\0\0\0\x02\0\x01\0\0");
        assert_eq!(footer[16..24], 0x200_u64.to_be_bytes());
        assert_eq!(&footer[28..36], b"qemu\0\x05\0\x03");
        assert_eq!(footer[48..56], 0x0400_4000_u64.to_be_bytes());
        assert_eq!(footer[56..64], [0x03, 0xc4, 0x08, 0x11, 0, 0, 0, 3], "964/8/17, type 3");
        let header = image.header();
        assert_eq!(header[16..24], 0x600_u64.to_be_bytes());
        assert_eq!(header[28..32], 0x21_u32.to_be_bytes(), "33 entries");
        assert_eq!(header[36..40], 0xffff_f456_u32.to_be_bytes());
    }

    #[test]
    fn one_write_allocates_one_block() {
        let mut disk = Disk::new(67_125_248);
        disk.write(5 << 20, [0xab; 4096]);
        let image = Dynamic::new(disk.size(), Creator::WINDOWS_10, Uuid(1));
        let file = image.write(&disk);
        assert_eq!(file.len(), 2_100_224);
        assert_eq!(file[0x608..0x60c], 4_u32.to_be_bytes(), "block 2 is at sector 4");
        assert_eq!(file[0x10_0a00], 0xab);
        assert_eq!(file[0x800 + 2048 / 8], 0xff, "the eight sectors of the write are marked");
        assert_eq!(file[..512], file[file.len() - 512..]);
    }

    #[test]
    fn geometry_by_the_specification() {
        for (mib, cylinders, heads, sectors) in [
            (8, 240, 4, 17),
            (10, 301, 4, 17),
            (64, 963, 8, 17),
            (504, 1024, 16, 63),
            (1024, 2080, 16, 63),
            (127 << 10, 65278, 16, 255),
            (128 << 10, 65535, 16, 255),
        ] {
            assert_eq!(Geometry::of(mib << 11), Geometry { cylinders, heads, sectors }, "{mib} MiB");
        }
    }
}
