//! VMware's virtual disk: a text that describes the disk, and the extents that hold its data.
//!
//! The text (the descriptor) is a file of its own or stands inside the first extent. An extent is flat, the guest's
//! bytes as they are, or sparse: a header, a directory of grain tables (twice, for safety), and grains of 64 KiB.
//! Every number is little-endian and counts sectors of 512 bytes.
//!
//! After *Virtual Disk Format 5.0* (VMware, 2011).

use crate::disk::{Disk, SECTOR};
use crate::record::{Record, hex};
use std::collections::BTreeSet;
use std::fmt;

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
/// Sectors of a full extent in VMware's sets of 2 GB files: 2047 MiB.
pub const SPLIT_SECTORS: u64 = 4_192_256;

const TABLE_SECTORS: u64 = TABLE_ENTRIES * 4 / SECTOR;
const ENTRIES_PER_SECTOR: u64 = SECTOR / 4;

/// One line of the descriptor's extent list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Sectors of the guest that it covers.
    pub sectors: u64,
    /// `SPARSE`, `FLAT`, `ZERO`, ...
    pub kind: &'static str,
    /// Its file.
    pub file: String,
    /// Sector of the file at which it starts: flat extents say so, sparse ones do not.
    pub offset: Option<u64>,
}

impl Extent {
    /// A sparse extent in a file of its own.
    pub fn sparse(sectors: u64, file: impl Into<String>) -> Self {
        Self { sectors, kind: "SPARSE", file: file.into(), offset: None }
    }

    /// A flat extent that starts with its file.
    pub fn flat(sectors: u64, file: impl Into<String>) -> Self {
        Self { sectors, kind: "FLAT", file: file.into(), offset: Some(0) }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RW {} {} \"{}\"", self.sectors, self.kind, self.file)?;
        self.offset.map_or(Ok(()), |offset| write!(f, " {offset}"))
    }
}

/// The descriptor as VMware Workstation writes it. Its text is what [`ToString`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// `monolithicSparse`, `twoGbMaxExtentFlat`, ...
    pub create_type: &'static str,
    /// Content id: a new random number whenever the contents begin to change.
    pub cid: u32,
    /// The extents in the order of the guest's sectors.
    pub extents: Vec<Extent>,
    /// What follows VMware's prefix `60 00 C2` in the disk's id.
    pub id: [u8; 13],
}

impl Descriptor {
    /// Sectors of the guest's disk: the extents together.
    pub fn sectors(&self) -> u64 {
        self.extents.iter().map(|extent| extent.sectors).sum()
    }
}

impl fmt::Display for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extents = self.extents.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        // A SCSI disk below 1 GB gets small cylinders, a larger one the largest that a BIOS knows.
        let (heads, sectors) = if self.sectors() < 1 << 21 { (64, 32) } else { (255, 63) };
        let spaced = |bytes: &[u8]| bytes.chunks(1).map(hex).collect::<Vec<_>>().join(" ");
        write!(
            f,
            r#"# Disk DescriptorFile
version=1
encoding="UTF-8"
CID={cid:08x}
parentCID=ffffffff
isNativeSnapshot="no"
createType="{create_type}"

# Extent description
{extents}

# The Disk Data Base 
#DDB

ddb.adapterType = "lsilogic"
ddb.geometry.cylinders = "{cylinders}"
ddb.geometry.heads = "{heads}"
ddb.geometry.sectors = "{sectors}"
ddb.longContentID = "{long}{cid:08x}"
ddb.uuid = "60 00 C2 {first}-{second}"
ddb.virtualHWVersion = "19"
"#,
            cid = self.cid,
            create_type = self.create_type,
            cylinders = self.sectors() / (heads * sectors),
            long = hex(&self.id[1..]),
            first = spaced(&self.id[..5]),
            second = spaced(&self.id[5..]),
        )
    }
}

/// A sparse extent, to be filled from a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparse {
    /// Sectors of the guest that it covers.
    pub capacity: u64,
    /// Sectors of a grain.
    pub grain_sectors: u64,
    /// Header version: 1, or 2 where grains may be zeroed.
    pub version: u32,
    /// The `FLAG_` bits.
    pub flags: u32,
    /// The embedded descriptor; the extents of a split disk have none.
    pub descriptor: Option<String>,
    /// Grains that were written and then filled with zeros: they read as zeros, whatever a parent holds.
    pub zeroed: BTreeSet<u64>,
}

impl Sparse {
    /// An extent as VMware's hosted products write it today.
    pub fn new(capacity: u64, descriptor: Option<String>) -> Self {
        let flags = FLAG_NEWLINES | FLAG_REDUNDANT;
        Self {
            capacity,
            grain_sectors: GRAIN_SECTORS,
            version: 1,
            flags,
            descriptor,
            zeroed: BTreeSet::new(),
        }
    }

    /// Where everything in front of the grains lies.
    pub fn layout(&self) -> Layout {
        let tables = self.capacity.div_ceil(TABLE_ENTRIES * self.grain_sectors);
        let directory = tables.div_ceil(ENTRIES_PER_SECTOR);
        let rgd = 1 + if self.descriptor.is_some() { DESCRIPTOR_SECTORS } else { 0 };
        let gd = rgd + directory + tables * TABLE_SECTORS;
        let end = gd + directory + tables * TABLE_SECTORS;
        Layout { tables, directory, rgd, gd, overhead: end.next_multiple_of(self.grain_sectors) }
    }

    /// The header: the first sector.
    pub fn header(&self) -> Vec<u8> {
        let layout = self.layout();
        let descriptor = if self.descriptor.is_some() { (1, DESCRIPTOR_SECTORS) } else { (0, 0) };
        Record::new(SECTOR as usize)
            .put(0, "KDMV")
            .le32(4, self.version)
            .le32(8, self.flags)
            .le64(12, self.capacity)
            .le64(20, self.grain_sectors)
            .le64(28, descriptor.0)
            .le64(36, descriptor.1)
            .le32(44, TABLE_ENTRIES as u32)
            .le64(48, layout.rgd)
            .le64(56, layout.gd)
            .le64(64, layout.overhead)
            .u8(72, 0) // closed cleanly
            .put(73, b"\n \r\n") // a transfer in text mode would alter these
            .into_bytes()
    }

    /// The extent: only grains of the disk that are not all zero take space, in the order of the disk.
    pub fn write(&self, disk: &Disk) -> Vec<u8> {
        let layout = self.layout();
        let grain_bytes = self.grain_sectors * SECTOR;
        let used = disk.used_units(grain_bytes);

        // The entries of all tables in a row: where each grain of the disk is.
        let mut entries = vec![0_u32; (layout.tables * TABLE_ENTRIES) as usize];
        for &grain in &self.zeroed {
            entries[grain as usize] = ZEROED;
        }
        for (place, &grain) in used.iter().enumerate() {
            entries[grain as usize] = (layout.overhead + place as u64 * self.grain_sectors) as u32;
        }
        let entries: Vec<u8> = entries.iter().flat_map(|entry| entry.to_le_bytes()).collect();

        let mut file = Disk::new((layout.overhead + used.len() as u64 * self.grain_sectors) * SECTOR);
        file.write(0, self.header());
        if let Some(text) = &self.descriptor {
            file.write(SECTOR, text);
        }
        for directory in [layout.rgd, layout.gd] {
            for table in 0..layout.tables {
                let sector = layout.table(directory, table) as u32;
                file.write(directory * SECTOR + table * 4, sector.to_le_bytes());
            }
            file.write(layout.table(directory, 0) * SECTOR, &entries);
        }
        for (place, &grain) in used.iter().enumerate() {
            let start = grain * grain_bytes;
            let data = disk.read(start, grain_bytes.min(disk.size() - start));
            file.write((layout.overhead + place as u64 * self.grain_sectors) * SECTOR, data);
        }
        file.to_bytes()
    }
}

/// Where the metadata of a sparse extent lies: header, descriptor, redundant directory and its tables, directory and
/// its tables, then grains. All in sectors unless a name says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many grain tables.
    pub tables: u64,
    /// Length of a grain directory.
    pub directory: u64,
    /// The redundant grain directory.
    pub rgd: u64,
    /// The grain directory.
    pub gd: u64,
    /// The first grain.
    pub overhead: u64,
}

impl Layout {
    /// A grain table of one of the two directories.
    fn table(&self, directory: u64, table: u64) -> u64 {
        directory + self.directory + table * TABLE_SECTORS
    }

    /// Byte offset of an entry of the grain directory.
    pub fn directory_entry(&self, table: u64) -> u64 {
        self.gd * SECTOR + table * 4
    }

    /// Byte offset of the entry of a grain in its grain table.
    pub fn entry(&self, grain: u64) -> u64 {
        self.table(self.gd, 0) * SECTOR + grain * 4
    }

    /// Byte offset of the entry of a grain in the redundant copy of its table.
    pub fn redundant_entry(&self, grain: u64) -> u64 {
        self.table(self.rgd, 0) * SECTOR + grain * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn long_content_id_ends_with_the_content_id() {
        let extents = vec![Extent::sparse(2048, "a.vmdk")];
        let text = Descriptor { create_type: "monolithicSparse", cid: 0x0102_0304, extents, id: [9; 13] }
            .to_string();
        assert!(text.contains("CID=01020304\n"));
        assert!(text.contains("ddb.longContentID = \"09090909090909090909090901020304\"\n"), "{text}");
        assert!(text.contains("ddb.uuid = \"60 00 C2 09 09 09 09 09-09 09 09 09 09 09 09 09\"\n"), "{text}");
    }
}
