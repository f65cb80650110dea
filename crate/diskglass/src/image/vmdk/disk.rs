//! The disk as the guest sees it: the extents one after the other, and the parent beneath them.

use super::grain::{Entry, Sparse};
use super::header::SECTOR;
use super::stream::{GRAIN_MARKER, Inflater, Marker};
use crate::bytes::{Bytes, Ground, Location, ReadAt, ReadError, Span, check_range};
use crate::limits;
use lru::LruCache;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

/// Inflated grains that are kept.
const INFLATED: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// Grains that are looked ahead to tell how far bytes lie together.
const LOOK_AHEAD: u32 = 256;

/// Why what is only in the parent cannot be read.
pub(super) const PARENT_LOST: &str = "the parent that holds it is not there or is another one";

/// What an extent's part of the disk is read from.
pub(super) enum Backing {
    /// Grains.
    Sparse(Rc<Sparse>),
    /// Bytes of a file as they are, from this byte on.
    Flat(Bytes, u64),
    /// Nothing: zeros.
    Zero,
    /// What was not given or must not be read, and why.
    Absent(&'static str),
    /// What was given and cannot be read, and why.
    Broken(&'static str),
}

/// The extent line that a part of the disk comes from.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Number of the line in the descriptor.
    pub(super) number: usize,
    /// Where the line lies.
    pub(super) span: Option<Span>,
    /// The file that it leads to, or how the line names it.
    pub(super) file: String,
}

/// A part of the guest's disk.
pub(super) struct Part {
    /// First byte of the guest's disk.
    pub(super) start: u64,
    /// Length in bytes.
    pub(super) length: u64,
    pub(super) backing: Backing,
    /// `None` where the file itself is the whole disk.
    pub(super) line: Option<Line>,
}

/// What is beneath an image.
#[derive(Clone)]
pub(super) enum Beneath {
    /// Nothing: what is absent is zero.
    Zeros,
    /// The parent's disk.
    Parent(Rc<GuestDisk>),
    /// A parent that was not given or does not match.
    Lost,
}

/// The guest's disk.
pub(super) struct GuestDisk {
    /// The file that was opened.
    pub(super) name: String,
    pub(super) size: u64,
    /// In the order of the disk, without gaps.
    pub(super) parts: Vec<Part>,
    pub(super) beneath: Beneath,
    /// By part and grain.
    inflated: RefCell<Inflated>,
}

/// Grains as they were inflated.
type Inflated = LruCache<(usize, u64), Rc<[u8]>>;

/// A compressed grain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    /// Number of the part that it belongs to.
    pub(super) part: usize,
    pub(super) grain: u64,
    /// Sector of its marker.
    pub(super) sector: u64,
}

/// Where a run of guest bytes comes from.
pub(super) enum Run {
    Zero,
    Parent,
    /// These bytes of a file.
    File(Bytes, u64),
    /// A compressed grain, and the byte in it.
    Compressed(Packed, u64),
    /// What was not given or must not be read, and why.
    Absent(&'static str),
    /// A table leads nowhere, or the file is cut off; which.
    Invalid(&'static str),
}

impl GuestDisk {
    pub(super) fn new(name: String, parts: Vec<Part>, beneath: Beneath) -> Self {
        let size = parts.last().map_or(0, |part| part.start.saturating_add(part.length));
        Self { name, size, parts, beneath, inflated: RefCell::new(LruCache::new(INFLATED)) }
    }

    /// The number of the part that holds the byte at `offset`.
    pub(super) fn part_at(&self, offset: u64) -> usize {
        self.parts.partition_point(|part| part.start.saturating_add(part.length) <= offset)
    }

    /// The run at `offset`, which is inside the disk, and how long it is: at least 1 byte.
    pub(super) fn run(&self, offset: u64) -> Result<(Run, u64), ReadError> {
        let index = self.part_at(offset);
        let Some(part) = self.parts.get(index) else {
            return Ok((Run::Invalid("no extent holds it"), self.size - offset));
        };
        let inside = offset - part.start;
        let left = part.length - inside;
        Ok(match &part.backing {
            Backing::Zero => (Run::Zero, left),
            Backing::Absent(why) => (Run::Absent(why), left),
            Backing::Broken(why) => (Run::Invalid(why), left),
            Backing::Flat(file, start) => {
                in_file(file, start.saturating_add(inside), left, "the flat extent ends before it")
            }
            Backing::Sparse(sparse) => {
                let bytes = sparse.geometry.grain_bytes();
                let (grain, skip) = (inside / bytes, inside % bytes);
                if grain >= sparse.geometry.grains {
                    return Ok((Run::Invalid("the extent is smaller than its line says"), left));
                }
                let left = left.min(sparse.geometry.grains * bytes - inside);
                let empty = sparse.without_table(grain)?;
                if empty > 0 {
                    return Ok((Run::Parent, left.min(empty * bytes - skip)));
                }
                let left = left.min(bytes - skip);
                let Some(found) = sparse.grain(grain)? else {
                    return Ok((Run::Invalid("the grain directory is cut off before this place"), left));
                };
                let run = match found.entry {
                    Entry::Absent => Run::Parent,
                    Entry::Zero => Run::Zero,
                    Entry::At(sector) if sparse.compressed => {
                        Run::Compressed(Packed { part: index, grain, sector }, skip)
                    }
                    Entry::At(sector) | Entry::CutOff(sector) => {
                        let at = sector * SECTOR + skip;
                        return Ok(in_file(&sparse.bytes, at, left, "the file ends before it"));
                    }
                    Entry::PastEnd if found.counting().is_none() => {
                        Run::Invalid("the entry of the grain directory leads to no grain table")
                    }
                    Entry::PastEnd => Run::Invalid("its table entry leads past the end of the file"),
                    Entry::Metadata => Run::Invalid("its table entry leads into metadata"),
                    Entry::Malformed => Run::Invalid("its table entry is of no kind that is known"),
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
            Beneath::Lost => Err(ReadError::Unmapped { offset, why: PARENT_LOST }),
            Beneath::Parent(parent) => {
                // A child may be larger than its parent: what lies beyond it is zero.
                let there = parent.size.saturating_sub(offset);
                let there = usize::try_from(there).unwrap_or(usize::MAX).min(buf.len());
                let (from_parent, beyond) = buf.split_at_mut(there);
                beyond.fill(0);
                if from_parent.is_empty() { Ok(()) } else { parent.read_exact_at(offset, from_parent) }
            }
        }
    }

    /// The bytes of the file that a compressed grain is inflated from: where they begin and how many there are; or why
    /// there are none.
    pub(super) fn packed_bytes(
        &self,
        packed: Packed,
    ) -> Result<Result<(u64, usize), &'static str>, ReadError> {
        let Some(Part { backing: Backing::Sparse(sparse), .. }) = self.parts.get(packed.part) else {
            return Ok(Err("no extent holds it"));
        };
        let most = usize::try_from(sparse.geometry.grain_bytes()).unwrap_or(usize::MAX);
        if most > limits::INFLATED_GRAIN_BYTES {
            return Ok(Err("its compressed grain is larger than is read here"));
        }
        if !sparse.markers {
            return Ok(Err("its compressed grain has no marker that tells its length"));
        }
        let at = packed.sector * SECTOR;
        let left = sparse.bytes.size().saturating_sub(at);
        if left < Marker::LENGTH as u64 {
            return Ok(Err("the file ends inside the marker of its compressed grain"));
        }
        let Marker::Grain { lba, size } = Marker::decode(sparse.bytes.read_array(at)?) else {
            return Ok(Err("no marker of a grain stands at its place"));
        };
        if lba != packed.grain.saturating_mul(sparse.geometry.grain) {
            return Ok(Err("the marker of its compressed grain names another place"));
        }
        let length = size as usize;
        // Data that does not compress becomes a little longer, never twice as long.
        if length > most.saturating_mul(2) {
            return Ok(Err("its compressed grain has no possible length"));
        }
        if length as u64 > left - GRAIN_MARKER {
            return Ok(Err("the file ends inside its compressed grain"));
        }
        Ok(Ok((at + GRAIN_MARKER, length)))
    }

    /// That grain, inflated; `offset` is the guest's byte that it is needed for.
    fn inflate(&self, packed: Packed, offset: u64) -> Result<Rc<[u8]>, ReadError> {
        let key = (packed.part, packed.grain);
        if let Some(known) = self.inflated.borrow_mut().get(&key) {
            return Ok(Rc::clone(known));
        }
        let lost = |why| ReadError::Unmapped { offset, why };
        let (at, length) = self.packed_bytes(packed)?.map_err(lost)?;
        let Some(Part { backing: Backing::Sparse(sparse), .. }) = self.parts.get(packed.part) else {
            return Err(lost("no extent holds it"));
        };
        let data = sparse.bytes.read_vec(at, length)?;
        let most = usize::try_from(sparse.geometry.grain_bytes()).unwrap_or(usize::MAX);
        let mut inflated = vec![0; most];
        let found = Inflater::new().inflate(&data, &mut inflated);
        inflated.truncate(found.map_err(|_| lost("its compressed grain cannot be inflated"))?.length);
        let wanted = usize::try_from(sparse.geometry.sectors_of(packed.grain) * SECTOR).unwrap_or(usize::MAX);
        if inflated.len() < wanted {
            return Err(lost("its compressed grain is shorter than a grain"));
        }
        let inflated: Rc<[u8]> = inflated.into();
        self.inflated.borrow_mut().put(key, Rc::clone(&inflated));
        Ok(inflated)
    }
}

impl GuestDisk {
    /// How far a run of a file that begins at `at` goes on in the next runs, up to `most` bytes: grains that lie one behind
    /// the other are read at once.
    fn together(&self, at: u64, length: u64, most: u64, file: &Bytes, from: u64) -> Result<u64, ReadError> {
        let mut together = length;
        while together < most {
            match self.run(at + together)? {
                (Run::File(other, next), more) if Rc::ptr_eq(&other, file) && next == from + together => {
                    together += more;
                }
                _ => break,
            }
        }
        Ok(together)
    }
}

/// A run of bytes of a file, as far as the file goes; `why` says why it does not.
fn in_file(file: &Bytes, at: u64, left: u64, why: &'static str) -> (Run, u64) {
    match file.size().checked_sub(at).filter(|there| *there > 0) {
        Some(there) => (Run::File(Rc::clone(file), at), left.min(there)),
        None => (Run::Invalid(why), left),
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
            let (run, mut length) = self.run(at)?;
            if let Run::File(file, from) = &run {
                length = self.together(at, length, rest.len() as u64, file, *from)?;
            }
            let length = usize::try_from(length).unwrap_or(rest.len()).min(rest.len()).max(1);
            let (now, later) = rest.split_at_mut(length);
            match run {
                Run::Zero => now.fill(0),
                Run::Parent => self.read_beneath(at, now)?,
                Run::File(file, from) => file.read_exact_at(from, now)?,
                Run::Compressed(packed, skip) => {
                    let inflated = self.inflate(packed, at)?;
                    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
                    let why = "its compressed grain is shorter than a grain";
                    let bytes = inflated.get(skip..skip.saturating_add(now.len()));
                    now.copy_from_slice(bytes.ok_or(ReadError::Unmapped { offset: at, why })?);
                }
                Run::Absent(why) | Run::Invalid(why) => return Err(ReadError::Unmapped { offset: at, why }),
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
    fn ground(&self, offset: u64, length: u64) -> Result<(Ground, u64), ReadError> {
        let (run, there) = self.run(offset)?;
        let length = there.clamp(1, length);
        let ground = match (run, &self.beneath) {
            (Run::File(..) | Run::Compressed(..), _) => Ground::Stored,
            (Run::Absent(why) | Run::Invalid(why), _) => Ground::Lost(why),
            (Run::Parent, Beneath::Lost) => Ground::Lost(PARENT_LOST),
            (Run::Parent, Beneath::Parent(parent)) if offset < parent.size => {
                return parent.ground(offset, length.min(parent.size - offset));
            }
            (Run::Zero | Run::Parent, _) => Ground::Zeros,
        };
        Ok((ground, length))
    }
}
