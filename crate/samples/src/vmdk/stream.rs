//! The stream (`streamOptimized`): a sparse extent whose grains are compressed, each with a marker in front that tells
//! its place on the disk and its length. It can be written and read from start to end.

use super::hosted::{FLAG_COMPRESSED, FLAG_MARKERS, FLAG_NEWLINES, FLAG_REDUNDANT, Header, Layout};
use super::hosted::{GRAIN_SECTORS, TABLE_ENTRIES};
use super::{Grains, grain_of};
use crate::disk::{Disk, SECTOR};
use crate::record::Record;
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::collections::BTreeMap;

/// The directory lies at the end of the file; the footer says where.
pub const GD_AT_END: u64 = u64::MAX;
/// Length of the marker in front of a compressed grain: its sector on the disk, and how many bytes follow.
pub const GRAIN_MARKER_BYTES: u64 = 12;

const TABLE_SECTORS: u64 = TABLE_ENTRIES * 4 / SECTOR;

/// Where a stream has its tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As VMware's and VirtualBox's exports: each table behind its grains, then the directory, a footer that says where
    /// the directory is, and an end mark.
    Canonical,
    /// The same, but the header says where the directory is as well: VMware's ovftool enters it afterwards.
    Patched,
    /// As open-vmdk: the tables in front of the grains, no footer, an end mark.
    TablesFirst,
    /// As qemu: the tables in front of the grains, twice, no footer and no end mark. The last grain is as short as the
    /// disk is there.
    Qemu,
}

impl Form {
    /// Whether the tables come behind the grains, with markers.
    fn is_canonical(self) -> bool {
        matches!(self, Self::Canonical | Self::Patched)
    }
}

/// The kinds of markers that are not grains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// The end of the stream.
    End = 0,
    /// A grain table follows.
    Table = 1,
    /// The grain directory follows.
    Directory = 2,
    /// The footer follows.
    Footer = 3,
}

impl Marker {
    /// The marker in front of so many sectors of metadata.
    pub fn to_bytes(self, sectors: u64) -> Vec<u8> {
        Record::new(SECTOR as usize).le64(0, sectors).le32(12, self as u32).into_bytes()
    }
}

/// Compressed data of the grain that begins with that sector of the disk: marker, data, and zeros up to a whole sector.
pub fn packed(sector: u64, data: &[u8]) -> Vec<u8> {
    let mut packed = sector.to_le_bytes().to_vec();
    packed.extend((data.len() as u32).to_le_bytes());
    packed.extend(data);
    packed.resize(packed.len().next_multiple_of(SECTOR as usize), 0);
    packed
}

/// A stream, to be filled from a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Sectors of the guest that it covers.
    pub capacity: u64,
    /// Sectors of a grain.
    pub grain_sectors: u64,
    /// Where the tables are.
    pub form: Form,
    /// The embedded descriptor.
    pub descriptor: Vec<u8>,
    /// Sectors that are reserved for it.
    pub descriptor_sectors: u64,
    /// How hard to compress, 0 to 10; nothing is compressed with 0.
    pub level: u8,
    /// Ranges of the disk without any grain get a table of zeros, as in some of VMware's exports.
    pub empty_tables: bool,
    /// Which grains it stores, and in which order. A stream cannot mark grains as zeros.
    pub grains: Grains,
}

/// A stream as bytes, and where its parts are: byte offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// The marker of each grain.
    pub grains: BTreeMap<u64, u64>,
    /// The first entry of each grain table.
    pub tables: BTreeMap<u64, u64>,
    /// The grain directory.
    pub directory: u64,
}

impl Stream {
    /// A stream with the usual grains.
    pub fn new(form: Form, capacity: u64, descriptor: impl Into<Vec<u8>>) -> Self {
        Self {
            capacity,
            grain_sectors: GRAIN_SECTORS,
            form,
            descriptor: descriptor.into(),
            descriptor_sectors: super::hosted::DESCRIPTOR_SECTORS,
            level: 6,
            empty_tables: false,
            grains: Grains::default(),
        }
    }

    fn layout(&self) -> Layout {
        let first = 1 + self.descriptor_sectors;
        let redundant = self.form == Form::Qemu;
        Layout::after(first, self.capacity, self.grain_sectors, TABLE_ENTRIES, redundant)
    }

    /// The header, or the footer: with the places of the directories.
    fn header(&self, rgd: u64, gd: u64, overhead: u64) -> Vec<u8> {
        let redundant = if self.form == Form::Qemu { FLAG_REDUNDANT } else { 0 };
        Header {
            version: 3,
            flags: FLAG_NEWLINES | FLAG_COMPRESSED | FLAG_MARKERS | redundant,
            capacity: self.capacity,
            grain_sectors: self.grain_sectors,
            descriptor: self.descriptor_sectors,
            table_entries: TABLE_ENTRIES,
            rgd,
            gd,
            overhead,
        }
        .to_bytes()
    }

    /// A grain with its marker, in whole sectors.
    fn packed(&self, disk: &Disk, grain: u64) -> Vec<u8> {
        let bytes = self.grain_sectors * SECTOR;
        let mut data = grain_of(disk, grain, bytes);
        if self.form != Form::Qemu {
            data.resize(bytes as usize, 0); // the last grain is whole even where the disk is not
        }
        packed(grain * self.grain_sectors, &compress_to_vec_zlib(&data, self.level))
    }

    /// The stream.
    pub fn write(&self, disk: &Disk) -> Written {
        let mut stream =
            if self.form.is_canonical() { self.canonical(disk) } else { self.tables_first(disk) };
        stream.bytes[SECTOR as usize..][..self.descriptor.len()].copy_from_slice(&self.descriptor);
        stream
    }

    fn canonical(&self, disk: &Disk) -> Written {
        let overhead = (1 + self.descriptor_sectors).next_multiple_of(self.grain_sectors);
        let tables = self.layout().tables;
        let mut stream = Written::default();
        stream.bytes.resize((overhead * SECTOR) as usize, 0);
        // In the order of the disk each table follows its grains; otherwise all tables follow all grains.
        let stored = self.grains.stored(disk, self.grain_sectors * SECTOR);
        let in_order = stored.is_sorted();
        let mut grains = stored.into_iter().peekable();
        let mut directory = vec![0_u32; tables as usize];
        for table in 0..tables {
            while let Some(grain) = grains.next_if(|grain| !in_order || grain / TABLE_ENTRIES == table) {
                stream.grains.insert(grain, stream.bytes.len() as u64);
                stream.bytes.extend(self.packed(disk, grain));
            }
            if let Some(entries) = self.table(table, &stream.grains) {
                stream.bytes.extend(Marker::Table.to_bytes(TABLE_SECTORS));
                directory[table as usize] = (stream.bytes.len() as u64 / SECTOR) as u32;
                stream.tables.insert(table, stream.bytes.len() as u64);
                stream.bytes.extend(entries);
            }
        }
        let directory: Vec<u8> = directory.into_iter().flat_map(u32::to_le_bytes).collect();
        stream.bytes.extend(Marker::Directory.to_bytes((directory.len() as u64).div_ceil(SECTOR)));
        stream.directory = stream.bytes.len() as u64;
        stream.bytes.extend(directory);
        stream.bytes.resize(stream.bytes.len().next_multiple_of(SECTOR as usize), 0);
        stream.bytes.extend(Marker::Footer.to_bytes(1));
        let footer = self.header(0, stream.directory / SECTOR, overhead);
        stream.bytes.extend(&footer);
        stream.bytes.extend(Marker::End.to_bytes(0));
        let header = if self.form == Form::Patched { footer } else { self.header(0, GD_AT_END, overhead) };
        stream.bytes[..SECTOR as usize].copy_from_slice(&header);
        stream
    }

    /// A grain table with the grains that were written; `None` where there is none of them.
    fn table(&self, table: u64, grains: &BTreeMap<u64, u64>) -> Option<Vec<u8>> {
        let mut entries = vec![0_u32; TABLE_ENTRIES as usize];
        let first = table * TABLE_ENTRIES;
        let mut empty = true;
        for (grain, offset) in grains.range(first..first + TABLE_ENTRIES) {
            entries[(grain - first) as usize] = (offset / SECTOR) as u32;
            empty = false;
        }
        (!empty || self.empty_tables).then(|| entries.into_iter().flat_map(u32::to_le_bytes).collect())
    }

    fn tables_first(&self, disk: &Disk) -> Written {
        let layout = self.layout();
        let mut stream = Written { directory: layout.gd * SECTOR, ..Written::default() };
        let mut data = Vec::new();
        for grain in self.grains.stored(disk, self.grain_sectors * SECTOR) {
            stream.grains.insert(grain, layout.overhead * SECTOR + data.len() as u64);
            data.extend(self.packed(disk, grain));
        }
        let mut metadata = Disk::new(layout.overhead * SECTOR);
        metadata.write(0, self.header(layout.rgd, layout.gd, layout.overhead));
        layout.write(
            &mut metadata,
            &stream.grains.iter().map(|(grain, offset)| (*grain, (offset / SECTOR) as u32)).collect(),
        );
        stream.tables =
            (0..layout.tables).map(|table| (table, layout.entry(table * TABLE_ENTRIES))).collect();
        stream.bytes = metadata.to_bytes();
        stream.bytes.extend(data);
        if self.form == Form::TablesFirst {
            stream.bytes.extend(Marker::End.to_bytes(0));
        }
        stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8], offset: u64) -> u64 {
        u64::from(u32::from_le_bytes(*bytes[offset as usize..].first_chunk().expect("four bytes")))
    }

    /// A disk of 64 MiB with three grains comes out as it does elsewhere: the tables at 131 and 137, the directory at
    /// 142, 74752 bytes in all.
    #[test]
    fn canonical_places() {
        let mut disk = Disk::new(131_072 * SECTOR);
        for grain in [0, 5, 513] {
            disk.write(grain << 16, [b'x'; 100]);
        }
        let stream = Stream::new(Form::Canonical, disk.sectors(), "text").write(&disk);
        assert_eq!(stream.bytes.len(), 74752);
        assert_eq!(stream.tables, BTreeMap::from([(0, 131 * 512), (1, 137 * 512)]));
        assert_eq!((stream.directory, number(&stream.bytes, stream.directory)), (142 * 512, 131));
        assert_eq!(stream.grains, BTreeMap::from([(0, 128 * 512), (5, 129 * 512), (513, 135 * 512)]));
        assert_eq!(number(&stream.bytes, 129 * 512), 5 * 128, "the marker tells the place on the disk");
        assert_eq!(stream.bytes[56..64], [0xff; 8], "the directory is at the end");
        let footer = &stream.bytes[stream.bytes.len() - 1024..];
        assert_eq!((&footer[..4], footer[56]), (&b"KDMV"[..], 142));
    }

    #[test]
    fn tables_in_front() {
        let mut disk = Disk::new(70 << 20);
        disk.write(0, b"first");
        let stream = Stream::new(Form::TablesFirst, disk.sectors(), "text").write(&disk);
        assert_eq!((stream.directory, stream.tables[&2], stream.grains[&0]), (21 * 512, 30 * 512, 65536));
        assert_eq!(number(&stream.bytes, 22 * 512), 128);
        assert!(stream.bytes.ends_with(&[0; 512]));
    }
}
