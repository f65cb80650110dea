//! A disk in memory that stores only what is not zero, so that a disk of two terabytes costs a few pages.

use std::collections::{BTreeMap, BTreeSet};

/// The unit in which image formats and MBRs count: 512 bytes.
pub const SECTOR: u64 = 512;
/// 1024 bytes.
pub const KIB: u64 = 1 << 10;
/// 1024 KiB.
pub const MIB: u64 = 1 << 20;
/// 1024 MiB.
pub const GIB: u64 = 1 << 30;

const PAGE: u64 = 4096;

/// A disk, or a volume: a size in bytes and the places that were written. Everything else reads as zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    size: u64,
    /// Pages of [`PAGE`] bytes by page number.
    pages: BTreeMap<u64, Vec<u8>>,
}

impl Disk {
    /// An empty disk of `size` bytes.
    pub fn new(size: u64) -> Self {
        Self { size, pages: BTreeMap::new() }
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its size in sectors of 512 bytes.
    pub fn sectors(&self) -> u64 {
        self.size / SECTOR
    }

    /// Writes bytes at a byte offset, over what was there.
    ///
    /// # Panics
    /// When the bytes do not fit on the disk: a mistake of the caller.
    pub fn write(&mut self, offset: u64, bytes: impl AsRef<[u8]>) {
        let mut rest = bytes.as_ref();
        let mut at = offset;
        assert!(
            offset.checked_add(rest.len() as u64).is_some_and(|end| end <= self.size),
            "{} bytes at {offset} do not fit on a disk of {} bytes",
            rest.len(),
            self.size
        );
        while !rest.is_empty() {
            let inside = (at % PAGE) as usize;
            let (now, later) = rest.split_at(rest.len().min(PAGE as usize - inside));
            let is_new = !self.pages.contains_key(&(at / PAGE));
            if !is_new || now.iter().any(|&byte| byte != 0) {
                let page = self.pages.entry(at / PAGE).or_insert_with(|| vec![0; PAGE as usize]);
                page[inside..inside + now.len()].copy_from_slice(now);
            }
            at += now.len() as u64;
            rest = later;
        }
    }

    /// Puts a whole disk, usually a volume, at a byte offset of this one.
    pub fn place(&mut self, offset: u64, volume: &Disk) {
        for (start, bytes) in volume.runs() {
            self.write(offset + start, bytes);
        }
    }

    /// The same contents on a larger disk.
    #[must_use]
    pub fn grown(self, by: u64) -> Self {
        Self { size: self.size + by, ..self }
    }

    /// A range of whole sectors as a disk of its own.
    #[must_use]
    pub fn part(&self, offset: u64, length: u64) -> Self {
        let mut part = Self::new(length);
        for (start, bytes) in self.runs().filter(|(start, _)| (offset..offset + length).contains(start)) {
            part.write(start - offset, bytes);
        }
        part
    }

    /// The sectors that hold something other than they do in `before`, as a disk on which nothing else is written.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut changes = Self::new(self.size);
        for (offset, sector) in self.runs().filter(|(offset, sector)| before.read(*offset, SECTOR) != *sector)
        {
            changes.write(offset, sector);
        }
        changes
    }

    /// The bytes of a range.
    pub fn read(&self, offset: u64, length: u64) -> Vec<u8> {
        let mut bytes = vec![0; length as usize];
        for (page, contents) in self.pages.range(offset / PAGE..(offset + length).div_ceil(PAGE)) {
            let start = (page * PAGE).max(offset);
            let end = ((page + 1) * PAGE).min(offset + length);
            let from = &contents[(start - page * PAGE) as usize..(end - page * PAGE) as usize];
            bytes[(start - offset) as usize..(end - offset) as usize].copy_from_slice(from);
        }
        bytes
    }

    /// All of it, zeros included.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.read(0, self.size)
    }

    /// The sectors that hold anything but zeros: byte offset and contents, in order.
    pub fn runs(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.pages.iter().flat_map(|(page, contents)| {
            contents
                .chunks(SECTOR as usize)
                .enumerate()
                .filter(|(_, sector)| sector.iter().any(|&byte| byte != 0))
                .map(move |(index, sector)| (page * PAGE + index as u64 * SECTOR, sector))
        })
    }

    /// The numbers of the units (blocks, grains) of `unit` bytes that hold anything but zeros, in order.
    pub fn used_units(&self, unit: u64) -> BTreeSet<u64> {
        self.runs().map(|(offset, _)| offset / unit).collect()
    }
}
