//! The disk whose tables are read, with what every scheme asks of it.

use super::rules;
use crate::bytes::{Bytes, ReadError, Slice};
use crate::finding::{Findings, READ_FAILED, Tally};
use crate::volume;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Bytes of the smallest sector, and of the part of sector 0 that an MBR takes on every disk.
pub(super) const SECTOR: usize = 512;

/// A disk, seen as bytes.
pub(super) struct Disk {
    bytes: Bytes,
    volume: OnceCell<volume::Outcome>,
    iso: OnceCell<bool>,
    /// Places that nothing backs, and places that the host could not read.
    failures: RefCell<[Tally; 2]>,
}

impl Disk {
    pub(super) fn new(bytes: &Bytes) -> Self {
        Self {
            bytes: Rc::clone(bytes),
            volume: OnceCell::new(),
            iso: OnceCell::new(),
            failures: RefCell::new([Tally::new(&rules::general::UNBACKED), Tally::new(&READ_FAILED)]),
        }
    }

    /// Size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.bytes.size()
    }

    /// Number of whole sectors of that size.
    pub(super) fn sectors(&self, sector_bytes: u32) -> u64 {
        self.size() / u64::from(sector_bytes.max(1))
    }

    /// The bytes themselves.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Reads `length` bytes at `offset`; `None` past the end, and where reading failed: that is remembered.
    pub(super) fn read(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
        match self.bytes.read_vec(offset, length) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let [unbacked, failed] = &mut *self.failures.borrow_mut();
                let tally = match error {
                    ReadError::PastEnd { .. } => return None,
                    ReadError::Unmapped { .. } => unbacked,
                    ReadError::Io { .. } => failed,
                };
                tally.hit(None, Some((offset, length as u64)), || error.to_string());
                None
            }
        }
    }

    /// Whether the sector at byte `offset` can be read at all.
    pub(super) fn is_readable(&self, offset: u64) -> bool {
        self.bytes.read_array::<SECTOR>(offset).is_ok()
    }

    /// The volume that takes the whole disk, if there is one.
    pub(super) fn volume(&self) -> &volume::Outcome {
        self.volume.get_or_init(|| volume::recognise_disk(&self.bytes))
    }

    /// The volume in `length` bytes at `offset`; `key` goes into the keys of its structures.
    pub(super) fn volume_at(&self, offset: u64, length: u64, key: &str) -> volume::Outcome {
        let slice: Bytes = Rc::new(Slice::new(Rc::clone(&self.bytes), offset, length));
        volume::recognise(&slice, key)
    }

    /// Whether the disk is an ISO 9660 image. Hybrids for USB sticks carry partition tables in front of it, which
    /// break the usual rules on purpose.
    pub(super) fn is_iso(&self) -> bool {
        *self.iso.get_or_init(|| self.bytes.read_array(0x8001).is_ok_and(|magic: [u8; 5]| magic == *b"CD001"))
    }

    /// Everything that could not be read, and the volume of the whole disk.
    pub(super) fn into_parts(self) -> (Findings, volume::Outcome) {
        let mut findings = Findings::default();
        for tally in self.failures.into_inner() {
            // It is about the disk, not about one structure.
            if let Some(mut finding) = tally.finding("") {
                finding.structure = None;
                findings.add(finding);
            }
        }
        (findings, self.volume.into_inner().unwrap_or_default())
    }
}
