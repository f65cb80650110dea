//! Images that grow: the dynamic header, the block allocation table and the blocks.

use super::{
    BAT_OFFSET, BLOCK_BYTES, Creator, FOOTER_BYTES, Footer, HEADER_BYTES, HEADER_CHECKSUM, HEADER_OFFSET,
    Kind, NOWHERE, Parent, UNALLOCATED, VERSION_1_0, batmap,
};
use crate::checksum;
use crate::disk::{Disk, SECTOR};
use crate::record::Record;
use crate::uuid::Uuid;

/// A dynamic or differencing image, to be filled from a disk or block by block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dynamic {
    /// The footer. Its size must be that of the disk.
    pub footer: Footer,
    /// Guest bytes per block, without the bitmap in front of it.
    pub block_bytes: u32,
    /// Table entries beyond those that the disk needs.
    pub spare_entries: u32,
    /// The parent of a differencing image.
    pub parent: Option<Parent>,
    /// XenServer's batmap behind the table.
    pub batmap: bool,
    /// Bytes left free before the first block, as writers do that want room for the table to grow.
    pub room: u64,
}

/// A block as it goes into the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which part of the disk it holds.
    pub number: u32,
    /// A bit per sector, the highest bit of the first byte first. In a dynamic image it says that the sector was
    /// written; in a differencing image, that it counts and not the parent's.
    pub bitmap: Vec<u8>,
    /// All bytes of the block.
    pub data: Disk,
}

impl Block {
    /// A block of those bytes with the bits of those sectors set.
    pub fn new(number: u32, data: Disk, is_set: impl Fn(u64) -> bool) -> Self {
        let mut bitmap = vec![0; bitmap_bytes(data.size()) as usize];
        for sector in (0..data.sectors()).filter(|sector| is_set(*sector)) {
            bitmap[(sector / 8) as usize] |= 0x80 >> (sector % 8);
        }
        Self { number, bitmap, data }
    }

    /// Whether the bits of all its sectors are set.
    fn is_full(&self) -> bool {
        (0..self.data.sectors()).all(|sector| self.bitmap[(sector / 8) as usize] & 0x80 >> (sector % 8) != 0)
    }
}

/// Length of the bitmap in front of a block: a bit per sector, in whole sectors.
fn bitmap_bytes(block_bytes: u64) -> u64 {
    (block_bytes / SECTOR).div_ceil(8).next_multiple_of(SECTOR)
}

impl Dynamic {
    /// A dynamic image with the usual blocks of 2 MiB.
    pub fn new(size: u64, creator: Creator, id: Uuid) -> Self {
        Self {
            footer: Footer::new(Kind::Dynamic, size, creator, id),
            block_bytes: BLOCK_BYTES,
            spare_entries: 0,
            parent: None,
            batmap: false,
            room: 0,
        }
    }

    /// A differencing image on a parent of the same size.
    pub fn differencing(size: u64, creator: Creator, id: Uuid, parent: Parent) -> Self {
        let footer = Footer::new(Kind::Differencing, size, creator, id);
        Self { footer, parent: Some(parent), ..Self::new(size, creator, id) }
    }

    /// How many blocks the disk has.
    pub fn blocks(&self) -> u32 {
        self.footer.size.div_ceil(self.block_bytes.into()) as u32
    }

    /// How many entries the table has.
    fn entries(&self) -> u32 {
        self.blocks() + self.spare_entries
    }

    /// Where in the file the table entry of a block stands.
    pub fn entry_offset(&self, block: u32) -> u64 {
        BAT_OFFSET + 4 * u64::from(block)
    }

    /// Length of the table, in whole sectors.
    fn bat_bytes(&self) -> u64 {
        (4 * u64::from(self.entries())).next_multiple_of(SECTOR)
    }

    fn batmap_offset(&self) -> u64 {
        BAT_OFFSET + self.bat_bytes()
    }

    fn locators_offset(&self) -> u64 {
        let map = batmap::HEADER_BYTES + batmap::map_bytes(self.entries());
        self.batmap_offset() + if self.batmap { map } else { 0 }
    }

    /// The locators with their data's places, one behind the other.
    fn locators(&self) -> impl Iterator<Item = (&super::Locator, u64)> {
        let mut next = self.locators_offset();
        self.parent.iter().flat_map(|parent| &parent.locators).map(move |locator| {
            let offset = next;
            next += locator.room();
            (locator, offset)
        })
    }

    fn data_offset(&self) -> u64 {
        let end = self.locators().last().map_or(self.locators_offset(), |(last, at)| at + last.room());
        end + self.room
    }

    /// The dynamic header, checksum included.
    pub fn header(&self) -> Vec<u8> {
        let mut record = Record::new(HEADER_BYTES as usize)
            .put(0, "cxsparse")
            .be64(8, NOWHERE) // a next structure that was never defined
            .be64(16, BAT_OFFSET)
            .be32(24, VERSION_1_0)
            .be32(28, self.entries())
            .be32(32, self.block_bytes);
        if let Some(parent) = &self.parent {
            record = record.put(40, parent.id.bytes()).be32(56, parent.timestamp).put(64, &parent.name);
        }
        for (index, (locator, offset)) in self.locators().enumerate() {
            record = record.put(576 + index * 24, locator.to_bytes(offset));
        }
        let sum = checksum::vhd(record.bytes());
        record.be32(HEADER_CHECKSUM, sum).into_bytes()
    }

    /// The image: only blocks of the disk that are not all zero take space, in the order of the disk, and only sectors
    /// that are not all zero count as written.
    pub fn write(&self, disk: &Disk) -> Vec<u8> {
        let block_bytes = u64::from(self.block_bytes);
        let blocks: Vec<Block> = disk
            .used_units(block_bytes)
            .into_iter()
            .map(|number| {
                let data = disk.part(number * block_bytes, block_bytes);
                let used = data.used_units(SECTOR);
                Block::new(number as u32, data, |sector| used.contains(&sector))
            })
            .collect();
        self.lay_out(&blocks).to_bytes()
    }

    /// The file with these blocks in this order. It may be large and hold little.
    pub fn lay_out(&self, blocks: &[Block]) -> Disk {
        let bitmap_bytes = bitmap_bytes(self.block_bytes.into());
        let stride = bitmap_bytes + u64::from(self.block_bytes);
        let place = |index: usize| self.data_offset() + index as u64 * stride;
        let end = place(blocks.len());

        // Entries behind the last block fill the table up to a whole sector; they too say "not allocated".
        let mut bat = vec![UNALLOCATED; (self.bat_bytes() / 4) as usize];
        let mut map = vec![0; batmap::map_bytes(self.entries()) as usize];
        let mut file = Disk::new(end + FOOTER_BYTES);
        for (index, block) in blocks.iter().enumerate() {
            let number = block.number as usize;
            bat[number] = (place(index) / SECTOR) as u32;
            if block.is_full() {
                map[number / 8] |= 0x80 >> (number % 8);
            }
            file.write(place(index), &block.bitmap);
            file.place(place(index) + bitmap_bytes, &block.data);
        }
        let footer = self.footer.to_bytes();
        file.write(0, &footer);
        file.write(HEADER_OFFSET, self.header());
        file.write(BAT_OFFSET, bat.iter().flat_map(|entry| entry.to_be_bytes()).collect::<Vec<_>>());
        if self.batmap {
            let at = self.batmap_offset();
            file.write(at, batmap::to_bytes(at, self.footer.size, &map, self.footer.creator));
        }
        for (locator, offset) in self.locators() {
            file.write(offset, &locator.data);
        }
        file.write(end, footer);
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What qemu-img 10.0.2 wrote for 64 MiB: its footer and header, byte by byte.
    #[test]
    fn footer_and_header_as_another_writer_makes_them() {
        // qemu invents the id; the header's checksum does not depend on it.
        let image = Dynamic::new(67_125_248, Creator::QEMU, Uuid(0xd951_74a7_559d_445b_a928_275b_0000_0000));
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
    fn blocks_go_into_the_file_in_any_order() {
        let image = Dynamic { block_bytes: 4096, ..Dynamic::new(20 << 10, Creator::XENSERVER, Uuid(1)) };
        let image = Dynamic { batmap: true, ..image };
        let block = |number: u32, is_set: fn(u64) -> bool| {
            let mut data = Disk::new(4096);
            data.write(0, [number as u8; 4096]);
            Block::new(number, data, is_set)
        };
        let file = image.lay_out(&[block(4, |_| true), block(1, |sector| sector == 2)]).to_bytes();
        assert_eq!(file[BAT_OFFSET as usize + 4 * 4..][..4], 6_u32.to_be_bytes());
        assert_eq!(file[BAT_OFFSET as usize + 4..][..4], 15_u32.to_be_bytes());
        assert_eq!((file[6 * 512], file[7 * 512], file[15 * 512], file[16 * 512]), (0xff, 4, 0x20, 1));
        assert_eq!(file[2048..2056], *b"tdbatmap");
        assert_eq!(file[2560], 0x08, "only block 4 is full");
        assert_eq!(file[2048 + batmap::CHECKSUM..][..4], (!8_u32).to_be_bytes());
    }
}
