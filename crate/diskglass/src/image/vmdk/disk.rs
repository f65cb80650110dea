//! The disk as the guest sees it: the extents one after the other, and the parent beneath them.

use super::grain::{Entry, Sparse};
use super::header::SECTOR;
use crate::bytes::{Bytes, Location, ReadAt, ReadError, check_range};
use crate::limits;
use lru::LruCache;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

/// Inflated grains that are kept.
const INFLATED: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// Grains that are looked ahead to tell how far bytes lie together.
const LOOK_AHEAD: u32 = 256;

/// Length of a marker in front of a compressed grain: its place on the disk, and its compressed size.
const MARKER: usize = 12;

/// What an extent's part of the disk is read from.
pub(super) enum Backing {
    /// Grains.
    Sparse(Rc<Sparse>),
    /// Bytes of a file as they are, from this byte on.
    Flat(Bytes, u64),
    /// Nothing: zeros.
    Zero,
    /// What is not there, and why.
    Lost(&'static str),
}

/// A part of the guest's disk.
pub(super) struct Part {
    /// First byte of the guest's disk.
    pub(super) start: u64,
    /// Length in bytes.
    pub(super) length: u64,
    pub(super) backing: Backing,
}

/// What is beneath an image.
#[derive(Clone)]
pub(super) enum Beneath {
    /// Nothing: what is absent is zero.
    Zeros,
    /// The parent's disk.
    Parent(Bytes),
    /// A parent that was not given or does not match.
    Lost,
}

/// The guest's disk.
pub(super) struct GuestDisk {
    pub(super) size: u64,
    /// In the order of the disk, without gaps.
    pub(super) parts: Vec<Part>,
    pub(super) beneath: Beneath,
    /// By part and grain.
    inflated: RefCell<Inflated>,
}

/// Grains as they were inflated.
type Inflated = LruCache<(usize, u64), Rc<[u8]>>;

/// Where a run of guest bytes comes from.
enum Run {
    Zero,
    Parent,
    File(Bytes, u64),
    /// A compressed grain: the part, the grain, the sector it begins at, and the byte in it.
    Compressed(usize, u64, u64, u64),
    Lost(&'static str),
}

impl GuestDisk {
    pub(super) fn new(parts: Vec<Part>, beneath: Beneath) -> Self {
        let size = parts.last().map_or(0, |part| part.start.saturating_add(part.length));
        Self { size, parts, beneath, inflated: RefCell::new(LruCache::new(INFLATED)) }
    }

    /// The run at `offset`, which is inside the disk, and how long it is: at least 1 byte.
    fn run(&self, offset: u64) -> Result<(Run, u64), ReadError> {
        let index = self.parts.partition_point(|part| part.start.saturating_add(part.length) <= offset);
        let Some(part) = self.parts.get(index) else {
            return Ok((Run::Lost("no extent holds it"), self.size - offset));
        };
        let inside = offset - part.start;
        let left = part.length - inside;
        Ok(match &part.backing {
            Backing::Zero => (Run::Zero, left),
            Backing::Lost(why) => (Run::Lost(why), left),
            Backing::Flat(file, start) => {
                let at = start.saturating_add(inside);
                match file.size().checked_sub(at).filter(|there| *there > 0) {
                    Some(there) => (Run::File(Rc::clone(file), at), left.min(there)),
                    None => (Run::Lost("the flat extent ends before it"), left),
                }
            }
            Backing::Sparse(sparse) => {
                let bytes = sparse.geometry.grain_bytes();
                let (grain, skip) = (inside / bytes, inside % bytes);
                let left = left.min(bytes - skip);
                if grain >= sparse.geometry.grains {
                    return Ok((Run::Lost("the extent is smaller than its line says"), left));
                }
                let run = match sparse.grain(grain)?.entry {
                    Entry::Absent => Run::Parent,
                    Entry::Zero => Run::Zero,
                    Entry::At(sector) if sparse.compressed => Run::Compressed(index, grain, sector, skip),
                    Entry::At(sector) => Run::File(Rc::clone(&sparse.bytes), sector * SECTOR + skip),
                    Entry::CutOff(sector) => {
                        let at = sector * SECTOR + skip;
                        return Ok(match sparse.bytes.size().checked_sub(at).filter(|there| *there > 0) {
                            Some(there) => (Run::File(Rc::clone(&sparse.bytes), at), left.min(there)),
                            None => (Run::Lost("the file ends before it"), left),
                        });
                    }
                    Entry::PastEnd => Run::Lost("its table entry leads past the end of the file"),
                    Entry::Metadata => Run::Lost("its table entry leads into metadata"),
                };
                (run, left)
            }
        })
    }

    fn read_beneath(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        match &self.beneath {
            Beneath::Zeros => {
                buf.fill(0);
                Ok(())
            }
            Beneath::Lost => Err(ReadError::Unmapped {
                offset,
                why: "the parent that holds it is not there or is another one",
            }),
            Beneath::Parent(parent) => {
                // A child may be larger than its parent: what lies beyond it is zero.
                let there = parent.size().saturating_sub(offset);
                let there = usize::try_from(there).unwrap_or(usize::MAX).min(buf.len());
                let (from_parent, beyond) = buf.split_at_mut(there);
                beyond.fill(0);
                if from_parent.is_empty() { Ok(()) } else { parent.read_exact_at(offset, from_parent) }
            }
        }
    }

    /// The inflated grain at that sector.
    fn inflate(&self, part: usize, grain: u64, sector: u64, offset: u64) -> Result<Rc<[u8]>, ReadError> {
        if let Some(known) = self.inflated.borrow_mut().get(&(part, grain)) {
            return Ok(Rc::clone(known));
        }
        let lost = |why| ReadError::Unmapped { offset, why };
        let Some(Part { backing: Backing::Sparse(sparse), .. }) = self.parts.get(part) else {
            return Err(lost("no extent holds it"));
        };
        let most = usize::try_from(sparse.geometry.grain_bytes()).unwrap_or(usize::MAX);
        if most > limits::INFLATED_GRAIN_BYTES {
            return Err(lost("its compressed grain is larger than is read here"));
        }
        if !sparse.markers {
            return Err(lost("its compressed grain has no marker that tells its length"));
        }
        let at = sector * SECTOR;
        let marker: [u8; MARKER] = sparse.bytes.read_array(at)?;
        let [b0, b1, b2, b3, b4, b5, b6, b7, s0, s1, s2, s3] = marker;
        let lba = u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, b7]);
        if lba != grain.saturating_mul(sparse.geometry.grain) {
            return Err(lost("the marker of its compressed grain names another place"));
        }
        let length = u32::from_le_bytes([s0, s1, s2, s3]) as usize;
        // Data that does not compress becomes a little longer, never twice as long.
        if length == 0 || length > most.saturating_mul(2) {
            return Err(lost("its compressed grain has no possible length"));
        }
        let data = sparse.bytes.read_vec(at + MARKER as u64, length)?;
        // VMware's document says plain deflate; every product writes zlib.
        let inflated = decompress_to_vec_zlib_with_limit(&data, most)
            .or_else(|_| decompress_to_vec_with_limit(&data, most))
            .map_err(|_| lost("its compressed grain cannot be inflated"))?;
        let wanted = usize::try_from(sparse.geometry.sectors_of(grain) * SECTOR).unwrap_or(usize::MAX);
        if inflated.len() < wanted {
            return Err(lost("its compressed grain is shorter than a grain"));
        }
        let inflated: Rc<[u8]> = inflated.into();
        self.inflated.borrow_mut().put((part, grain), Rc::clone(&inflated));
        Ok(inflated)
    }
}

impl ReadAt for GuestDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size, offset, buf.len() as u64)?;
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let (run, length) = self.run(at)?;
            let length = usize::try_from(length).unwrap_or(rest.len()).min(rest.len()).max(1);
            let (now, later) = rest.split_at_mut(length);
            match run {
                Run::Zero => now.fill(0),
                Run::Parent => self.read_beneath(at, now)?,
                Run::File(file, from) => file.read_exact_at(from, now)?,
                Run::Compressed(part, grain, sector, skip) => {
                    let inflated = self.inflate(part, grain, sector, at)?;
                    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
                    let why = "its compressed grain is shorter than a grain";
                    let bytes = inflated.get(skip..skip.saturating_add(now.len()));
                    now.copy_from_slice(bytes.ok_or(ReadError::Unmapped { offset: at, why })?);
                }
                Run::Lost(why) => return Err(ReadError::Unmapped { offset: at, why }),
            }
            at += length as u64;
            rest = later;
        }
        Ok(())
    }

    /// Compressed bytes lie nowhere as they are: there is no place for them.
    fn locate(&self, offset: u64) -> Option<Location> {
        if offset >= self.size {
            return None;
        }
        let (file, from, length) = match self.run(offset).ok()? {
            (Run::File(file, from), length) => (file, from, length),
            (Run::Parent, length) => {
                let Beneath::Parent(parent) = &self.beneath else { return None };
                let mut found = parent.locate(offset)?;
                found.contiguous = found.contiguous.min(length);
                return Some(found);
            }
            _ => return None,
        };
        let mut found = file.locate(from)?;
        let mut together = length;
        for _ in 0..LOOK_AHEAD {
            let next = offset.saturating_add(together);
            if next >= self.size {
                break;
            }
            match self.run(next) {
                Ok((Run::File(other, at), length)) if Rc::ptr_eq(&other, &file) && at == from + together => {
                    together += length;
                }
                _ => break,
            }
        }
        found.contiguous = found.contiguous.min(together);
        Some(found)
    }
}
