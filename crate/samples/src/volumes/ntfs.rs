//! NTFS 3.1: an empty volume with its system files.
//!
//! Everything on NTFS is a file with a record in the master file table (MFT), the table itself, the boot sector and
//! the bitmap of clusters included. A record is a list of attributes; a small one lies in the record, a large one has
//! a list of runs of clusters. The last sector of the partition, behind the volume proper, repeats the boot sector.

use super::set_bits;
use crate::disk::{Disk, KIB, SECTOR};
use crate::record::{Record, utf16le};
use crate::time;

/// An empty NTFS volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ntfs {
    /// Size of the partition in sectors.
    pub sectors: u64,
    /// First sector of the partition.
    pub hidden_sectors: u32,
    /// Sectors of a cluster: a power of two, at most 128.
    pub cluster_sectors: u8,
    /// Serial number.
    pub serial: u64,
    /// Label: at most 32 characters.
    pub label: &'static str,
}

const RECORD_BYTES: u64 = 1024;
const INDEX_BYTES: u64 = 4096;
const BOOT_BYTES: u64 = 8 * KIB;
const LOG_BYTES: u64 = 256 * KIB;
const ROOT: u16 = 5;
/// System files are hidden and have the attribute "system".
const HIDDEN_SYSTEM: u32 = 0x6;
const DIRECTORY: u32 = 0x1000_0000;

/// Attribute types, in the order in which a record lists them.
mod attribute {
    pub(super) const STANDARD_INFORMATION: u32 = 0x10;
    pub(super) const FILE_NAME: u32 = 0x30;
    pub(super) const VOLUME_NAME: u32 = 0x60;
    pub(super) const VOLUME_INFORMATION: u32 = 0x70;
    pub(super) const DATA: u32 = 0x80;
    pub(super) const INDEX_ROOT: u32 = 0x90;
    pub(super) const INDEX_ALLOCATION: u32 = 0xa0;
    pub(super) const BITMAP: u32 = 0xb0;
    pub(super) const END: u32 = 0xffff_ffff;
}

/// A run of clusters and how many bytes of it are in use.
#[derive(Clone, Copy, Debug)]
struct Extent {
    cluster: u64,
    clusters: u64,
    bytes: u64,
}

/// Where the system files lie.
struct Layout {
    boot: Extent,
    mirror: Extent,
    table: Extent,
    definitions: Extent,
    root_index: Extent,
    upper_case: Extent,
    log: Extent,
    bitmap: Extent,
}

impl Layout {
    fn all(&self) -> [Extent; 8] {
        [
            self.boot,
            self.mirror,
            self.table,
            self.definitions,
            self.root_index,
            self.upper_case,
            self.log,
            self.bitmap,
        ]
    }
}

impl Ntfs {
    fn cluster_bytes(&self) -> u64 {
        u64::from(self.cluster_sectors) * SECTOR
    }

    /// Whole clusters in front of the last sector.
    fn clusters(&self) -> u64 {
        (self.sectors - 1) / u64::from(self.cluster_sectors)
    }

    /// Records of the table: the reserved ones, and at least a cluster.
    fn records(&self) -> u64 {
        (self.cluster_bytes() / RECORD_BYTES).max(16)
    }

    /// Records that are copied: four, and at least a cluster.
    fn mirrored(&self) -> u64 {
        (self.cluster_bytes() / RECORD_BYTES).max(4)
    }

    fn layout(&self) -> Layout {
        let mut next = 0;
        let mut take = |bytes: u64| {
            let clusters = bytes.div_ceil(self.cluster_bytes());
            next += clusters;
            Extent { cluster: next - clusters, clusters, bytes }
        };
        Layout {
            boot: take(BOOT_BYTES),
            mirror: take(self.mirrored() * RECORD_BYTES),
            table: take(self.records() * RECORD_BYTES),
            definitions: take(definitions().len() as u64),
            root_index: take(INDEX_BYTES),
            upper_case: take(upper_case().len() as u64),
            log: take(LOG_BYTES),
            bitmap: take(self.clusters().div_ceil(64) * 8),
        }
    }

    fn boot_sector(&self, layout: &Layout) -> Record {
        // Sizes below a cluster are stored as the negative power of two.
        let units = |bytes: u64| match bytes / self.cluster_bytes() {
            0 => 0_u8.wrapping_sub(bytes.ilog2() as u8),
            clusters => clusters as u8,
        };
        Record::new(SECTOR as usize)
            .put(0, [0xeb, 0x52, 0x90])
            .put(3, "NTFS    ")
            .le16(11, SECTOR as u16)
            .u8(13, self.cluster_sectors)
            .u8(21, 0xf8) // medium: a hard disk
            .le16(24, 63) // sectors per track
            .le16(26, 255) // heads
            .le32(28, self.hidden_sectors)
            .put(36, [0x80, 0, 0x80, 0]) // BIOS drive
            .le64(40, self.sectors - 1)
            .le64(48, layout.table.cluster)
            .le64(56, layout.mirror.cluster)
            .u8(64, units(RECORD_BYTES))
            .u8(68, units(INDEX_BYTES))
            .le64(72, self.serial)
            .put(510, [0x55, 0xaa])
    }

    /// The sixteen reserved records.
    fn files(&self, layout: &Layout) -> Vec<File> {
        let data = |extent: Extent| self.extent_attribute(attribute::DATA, "", extent);
        let empty = || resident(attribute::DATA, "", &[]);
        let table_bits = Record::new(8).le16(0, 0xffff);
        // Nothing is bad: a hole over the whole volume.
        let bad = self.runs_attribute(
            attribute::DATA,
            "$Bad",
            self.clusters(),
            self.clusters() * self.cluster_bytes(),
            0,
            &[run(self.clusters(), None)],
        );
        let volume = Record::new(12).u8(8, 3).u8(9, 1); // version 3.1, no flags: clean
        let mut files = vec![
            File::new("$MFT", layout.table).with(data(layout.table)).with(resident(
                attribute::BITMAP,
                "",
                table_bits.bytes(),
            )),
            File::new("$MFTMirr", layout.mirror).with(data(layout.mirror)),
            File::new("$LogFile", layout.log).with(data(layout.log)),
            File::empty("$Volume")
                .with(resident(attribute::VOLUME_NAME, "", &utf16le(self.label)))
                .with(resident(attribute::VOLUME_INFORMATION, "", volume.bytes()))
                .with(empty()),
            File::new("$AttrDef", layout.definitions).with(data(layout.definitions)),
            File::directory(".")
                .with(resident(attribute::INDEX_ROOT, "$I30", index_root(true).bytes()))
                .with(self.extent_attribute(attribute::INDEX_ALLOCATION, "$I30", layout.root_index))
                .with(resident(attribute::BITMAP, "$I30", &[1, 0, 0, 0, 0, 0, 0, 0])),
            File::new("$Bitmap", layout.bitmap).with(data(layout.bitmap)),
            File::new("$Boot", layout.boot).with(data(layout.boot)),
            File::empty("$BadClus").with(empty()).with(bad),
            File::empty("$Secure").with(resident(attribute::DATA, "$SDS", &[])),
            File::new("$UpCase", layout.upper_case).with(data(layout.upper_case)),
            File::directory("$Extend").with(resident(
                attribute::INDEX_ROOT,
                "$I30",
                index_root(false).bytes(),
            )),
        ];
        // Four more are in use without a name, so that nobody takes them.
        files.extend((0..4).map(|_| File::empty("").with(empty())));
        files
    }

    /// An attribute with its data in one run.
    fn extent_attribute(&self, kind: u32, name: &str, extent: Extent) -> Vec<u8> {
        let runs = [run(extent.clusters, Some(extent.cluster))];
        self.runs_attribute(kind, name, extent.clusters, extent.bytes, extent.bytes, &runs)
    }

    /// An attribute with its data in clusters elsewhere: `bytes` long, of which `valid` were written.
    fn runs_attribute(
        &self,
        kind: u32,
        name: &str,
        clusters: u64,
        bytes: u64,
        valid: u64,
        runs: &[Vec<u8>],
    ) -> Vec<u8> {
        const HEADER: usize = 64;
        let name = utf16le(name);
        let runs_offset = (HEADER + name.len()).next_multiple_of(8);
        let mut runs = runs.concat();
        runs.push(0);
        let length = (runs_offset + runs.len()).next_multiple_of(8);
        Record::new(length)
            .le32(0, kind)
            .le32(4, length as u32)
            .u8(8, 1) // not in the record
            .u8(9, (name.len() / 2) as u8)
            .le16(10, HEADER as u16)
            .le64(24, clusters - 1) // last cluster of the attribute
            .le16(32, runs_offset as u16)
            .le64(40, clusters * self.cluster_bytes())
            .le64(48, bytes)
            .le64(56, valid)
            .put(HEADER, name)
            .put(runs_offset, runs)
            .into_bytes()
    }

    /// The block of the root directory's index: the system files in the order of their names.
    fn root_index(&self, files: &[File]) -> Record {
        let mut named: Vec<(usize, &File)> =
            files.iter().enumerate().filter(|(_, file)| !file.name.is_empty()).collect();
        named.sort_by_key(|(_, file)| file.name.to_uppercase());
        let mut entries = Vec::new();
        for (number, file) in named {
            let key = file.name_attribute(self.cluster_bytes());
            let length = (16 + key.len()).next_multiple_of(8);
            let entry = Record::new(length)
                .le64(0, reference(number as u64))
                .le16(8, length as u16)
                .le16(10, key.len() as u16)
                .put(16, key);
            entries.extend(entry.into_bytes());
        }
        entries.extend(Record::new(16).le16(8, 16).le16(12, 2).into_bytes()); // the last entry
        let block = Record::new(INDEX_BYTES as usize)
            .put(0, "INDX")
            .le32(24, 40) // entries, from here
            .le32(28, 40 + entries.len() as u32)
            .le32(32, INDEX_BYTES as u32 - 24)
            .put(64, entries);
        protected(block, 40)
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let layout = self.layout();
        let files = self.files(&layout);
        let boot = self.boot_sector(&layout);
        let at = |extent: Extent| extent.cluster * self.cluster_bytes();
        let mut disk = Disk::new(self.sectors * SECTOR);
        disk.write(0, &boot);
        disk.write((self.sectors - 1) * SECTOR, &boot);
        for number in 0..self.records() {
            let record = match files.get(number as usize) {
                Some(file) => file.record(number, self.cluster_bytes()),
                None => unused_record(number),
            };
            disk.write(at(layout.table) + number * RECORD_BYTES, &record);
            if number < self.mirrored() {
                disk.write(at(layout.mirror) + number * RECORD_BYTES, &record);
            }
        }
        disk.write(at(layout.definitions), definitions());
        disk.write(at(layout.root_index), self.root_index(&files));
        disk.write(at(layout.upper_case), upper_case());
        disk.write(at(layout.log), vec![0xff; LOG_BYTES as usize]); // a log that was never used

        // Bits of clusters that do not exist count as used. The bitmap of a large volume is nearly all zero, so only
        // its ends are written.
        let used = layout.all().iter().map(|extent| extent.clusters).sum::<u64>() as usize;
        let mut start = vec![0; used.div_ceil(8)];
        set_bits(&mut start, 0..used);
        disk.write(at(layout.bitmap), start);
        let beyond = (self.clusters() % 64) as usize;
        if beyond != 0 {
            let mut end = vec![0; 8];
            set_bits(&mut end, beyond..64);
            disk.write(at(layout.bitmap) + layout.bitmap.bytes - 8, end);
        }
        disk
    }
}

/// A file of the system: its name, its length, and its attributes behind the common ones.
struct File {
    name: &'static str,
    extent: Option<Extent>,
    flags: u32,
    attributes: Vec<Vec<u8>>,
}

impl File {
    fn new(name: &'static str, extent: Extent) -> Self {
        Self { extent: Some(extent), ..Self::empty(name) }
    }

    fn empty(name: &'static str) -> Self {
        Self { name, extent: None, flags: HIDDEN_SYSTEM, attributes: Vec::new() }
    }

    fn directory(name: &'static str) -> Self {
        Self { flags: HIDDEN_SYSTEM | DIRECTORY, ..Self::empty(name) }
    }

    fn with(mut self, attribute: Vec<u8>) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// The attribute with the name, which is also the key in the directory's index.
    fn name_attribute(&self, cluster_bytes: u64) -> Vec<u8> {
        let name = utf16le(self.name);
        let (allocated, bytes) =
            self.extent.map_or((0, 0), |extent| (extent.clusters * cluster_bytes, extent.bytes));
        times(Record::new(66 + name.len()), 8)
            .le64(0, reference(ROOT.into()))
            .le64(40, allocated)
            .le64(48, bytes)
            .le32(56, self.flags)
            .u8(64, (name.len() / 2) as u8)
            .u8(65, 3) // the name serves Windows and DOS alike
            .put(66, name)
            .into_bytes()
    }

    /// The record in the master file table.
    fn record(&self, number: u64, cluster_bytes: u64) -> Record {
        let standard = times(Record::new(48), 0).le32(32, HIDDEN_SYSTEM);
        let mut attributes = vec![resident(attribute::STANDARD_INFORMATION, "", standard.bytes())];
        if !self.name.is_empty() {
            let name = self.name_attribute(cluster_bytes);
            attributes.push(resident(attribute::FILE_NAME, "", &name));
        }
        attributes.extend(self.attributes.iter().cloned());
        let flags = if self.flags & DIRECTORY == 0 { 1 } else { 3 }; // in use, directory
        file_record(number, flags, u16::from(!self.name.is_empty()), &attributes)
    }
}

fn unused_record(number: u64) -> Record {
    file_record(number, 0, 0, &[])
}

/// A record of the master file table: a header, the attributes, an end mark.
fn file_record(number: u64, flags: u16, links: u16, attributes: &[Vec<u8>]) -> Record {
    const FIRST_ATTRIBUTE: usize = 56;
    let mut record = Record::new(RECORD_BYTES as usize)
        .put(0, "FILE")
        .le16(16, sequence(number))
        .le16(18, links)
        .le16(20, FIRST_ATTRIBUTE as u16)
        .le16(22, flags)
        .le32(28, RECORD_BYTES as u32)
        .le16(40, attributes.len() as u16) // next attribute number
        .le32(44, number as u32);
    let mut at = FIRST_ATTRIBUTE;
    for (id, attribute) in attributes.iter().enumerate() {
        record = record.put(at, attribute).le16(at + 14, id as u16);
        at += attribute.len();
    }
    protected(record.le32(at, attribute::END).le32(24, at as u32 + 8), 48)
}

/// The update sequence: the last two bytes of every sector are moved into a list at `list` and replaced by a number
/// that says which write they belong to. A write that was torn shows.
fn protected(record: Record, list: usize) -> Record {
    const NUMBER: u16 = 1;
    let sectors = record.bytes().len() / SECTOR as usize;
    let mut record = record.le16(4, list as u16).le16(6, sectors as u16 + 1).le16(list, NUMBER);
    for sector in 0..sectors {
        let end = (sector + 1) * SECTOR as usize - 2;
        let tail = [record.bytes()[end], record.bytes()[end + 1]];
        record = record.put(list + 2 + sector * 2, tail).le16(end, NUMBER);
    }
    record
}

/// How often a record was reused. Reserved records start with their own number.
fn sequence(number: u64) -> u16 {
    match number {
        0 => 1,
        1..=15 => number as u16,
        _ => 0,
    }
}

/// A reference to a record: its number, and its sequence in the highest 16 bits.
fn reference(number: u64) -> u64 {
    number | u64::from(sequence(number)) << 48
}

/// The four times of a file from `offset`: made, changed, record changed, read.
fn times(record: Record, offset: usize) -> Record {
    (0..4).fold(record, |record, index| record.le64(offset + index * 8, time::FILETIME))
}

/// An attribute that lies in the record.
fn resident(kind: u32, name: &str, value: &[u8]) -> Vec<u8> {
    const HEADER: usize = 24;
    let name = utf16le(name);
    let value_offset = (HEADER + name.len()).next_multiple_of(8);
    let length = (value_offset + value.len()).next_multiple_of(8);
    let indexed = u8::from(kind == attribute::FILE_NAME);
    Record::new(length)
        .le32(0, kind)
        .le32(4, length as u32)
        .u8(9, (name.len() / 2) as u8)
        .le16(10, HEADER as u16)
        .le32(16, value.len() as u32)
        .le16(20, value_offset as u16)
        .u8(22, indexed)
        .put(HEADER, name)
        .put(value_offset, value)
        .into_bytes()
}

/// A run: a byte with the lengths of the two numbers, then the numbers in as few bytes as they need. Both are signed;
/// without a place it is a hole.
fn run(clusters: u64, place: Option<u64>) -> Vec<u8> {
    let shortest = |value: u64| -> Vec<u8> {
        let bytes = (u64::BITS - value.leading_zeros()) as usize / 8 + 1; // one bit for the sign
        value.to_le_bytes()[..bytes].to_vec()
    };
    let (length, place) = (shortest(clusters), place.map(shortest).unwrap_or_default());
    [vec![(place.len() << 4 | length.len()) as u8], length, place].concat()
}

/// The root of a directory's index: empty, or one that only points to the first block of the index.
fn index_root(large: bool) -> Record {
    let entry = if large {
        Record::new(24).le16(8, 24).le16(12, 3) // last entry, with block 0 below it
    } else {
        Record::new(16).le16(8, 16).le16(12, 2)
    };
    let length = entry.bytes().len() as u32;
    Record::new(32 + entry.bytes().len())
        .le32(0, attribute::FILE_NAME)
        .le32(4, 1) // sorted as file names
        .le32(8, INDEX_BYTES as u32)
        .u8(12, 1)
        .le32(16, 16) // entries, from here
        .le32(20, 16 + length)
        .le32(24, 16 + length)
        .u8(28, large.into())
        .put(32, entry)
}

/// `$UpCase`: the upper-case form of each of the 65536 UTF-16 units.
fn upper_case() -> Vec<u8> {
    let upper = |unit: u16| {
        let mut upper = char::from_u32(unit.into()).into_iter().flat_map(char::to_uppercase);
        match (upper.next(), upper.next()) {
            (Some(only), None) => u16::try_from(u32::from(only)).unwrap_or(unit),
            _ => unit,
        }
    };
    (0..=u16::MAX).flat_map(|unit| upper(unit).to_le_bytes()).collect()
}

/// `$AttrDef`: name, type, flags, smallest and largest length of each kind of attribute.
fn definitions() -> Vec<u8> {
    const ANY: u64 = u64::MAX;
    const TABLE: [(&str, u32, u32, u64, u64); 14] = [
        ("$STANDARD_INFORMATION", 0x10, 0x40, 48, 72),
        ("$ATTRIBUTE_LIST", 0x20, 0x80, 0, ANY),
        ("$FILE_NAME", 0x30, 0x42, 68, 578),
        ("$OBJECT_ID", 0x40, 0x40, 0, 256),
        ("$SECURITY_DESCRIPTOR", 0x50, 0x80, 0, ANY),
        ("$VOLUME_NAME", 0x60, 0x40, 2, 256),
        ("$VOLUME_INFORMATION", 0x70, 0x40, 12, 12),
        ("$DATA", 0x80, 0, 0, ANY),
        ("$INDEX_ROOT", 0x90, 0x40, 0, ANY),
        ("$INDEX_ALLOCATION", 0xa0, 0x80, 0, ANY),
        ("$BITMAP", 0xb0, 0x80, 0, ANY),
        ("$REPARSE_POINT", 0xc0, 0x80, 0, 16384),
        ("$EA_INFORMATION", 0xd0, 0x40, 8, 8),
        ("$EA", 0xe0, 0, 0, 65536),
    ];
    let mut bytes: Vec<u8> = TABLE
        .iter()
        .flat_map(|&(name, kind, flags, smallest, largest)| {
            Record::new(160)
                .put(0, utf16le(name))
                .le32(128, kind)
                .le32(140, flags)
                .le64(144, smallest)
                .le64(152, largest)
                .into_bytes()
        })
        .collect();
    bytes.resize(2560, 0); // the size that every Windows writes
    bytes
}
