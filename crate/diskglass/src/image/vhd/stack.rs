//! The images of a chain one above the other: what decides where each byte of the guest's disk comes from. Reading and
//! translating both go this way.

use super::bat::{self, BlockTable, Stretch};
use super::split::Source;
use crate::bytes::{Bytes, Ground, Location, ReadAt, ReadError, check_range};
use std::ops::Range;
use std::rc::Rc;

/// One image of the chain.
pub(super) struct Layer {
    /// Name of its first file.
    pub(super) name: String,
    /// The whole file.
    pub(super) file: Bytes,
    /// Stretches of the file that were not given: pieces of a split image.
    holes: Vec<Range<u64>>,
    pub(super) kind: Kind,
}

/// How a layer keeps its bytes.
pub(super) enum Kind {
    /// As they are, from the start of the file: a fixed image, a raw disk.
    Plain {
        /// Size of the disk.
        size: u64,
        /// Bytes of it that are in the file.
        there: u64,
    },
    /// In blocks.
    Blocks(Rc<BlockTable>),
}

impl Layer {
    pub(super) fn plain(source: &Source, size: u64, there: u64) -> Self {
        Self::of_source(source, Kind::Plain { size, there })
    }

    pub(super) fn blocks(source: &Source, table: Rc<BlockTable>) -> Self {
        Self::of_source(source, Kind::Blocks(table))
    }

    fn of_source(source: &Source, kind: Kind) -> Self {
        Self::of_parts(&source.name, source.bytes.clone(), source.holes(), kind)
    }

    pub(super) fn of_parts(name: &str, file: Bytes, holes: Vec<Range<u64>>, kind: Kind) -> Self {
        Self { name: name.into(), file, holes, kind }
    }

    fn size(&self) -> u64 {
        match &self.kind {
            Kind::Plain { size, .. } => *size,
            Kind::Blocks(table) => table.disk_bytes,
        }
    }

    /// What the bytes of the file are from `at` on: there, or in a piece that was not given; and how far that holds.
    fn given(&self, at: u64, length: u64) -> (Origin, u64) {
        match self.holes.iter().find(|hole| hole.end > at) {
            Some(hole) if hole.contains(&at) => (Origin::Absent, length.min(hole.end - at)),
            Some(hole) => (Origin::Data(at), length.min(hole.start - at)),
            None => (Origin::Data(at), length),
        }
    }
}

/// What lies below the last layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    /// Nothing: the last layer stands on its own.
    Nothing,
    /// A parent that was not found.
    Missing,
    /// A parent that was found, but cannot be read.
    Unreadable,
}

/// The guest's disk.
pub(super) struct Stack {
    /// The image itself first; at least one.
    pub(super) layers: Vec<Layer>,
    pub(super) below: Below,
}

/// What a stretch of the guest's disk comes from in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The bytes of the deciding layer's file from here on.
    Data(u64),
    /// Zeros.
    Zero,
    /// A file that was not given.
    Absent,
    /// Nothing that could be read. Why.
    Invalid(&'static str),
}

/// A stretch of the guest's disk with its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The layer that decides; as many as there are where that is a parent that was not given.
    pub(super) layer: usize,
    /// Length of the stretch.
    pub(super) length: u64,
    pub(super) origin: Origin,
}

/// What is met on the way down.
pub(super) enum Met<'a> {
    /// The layer keeps the disk as it is.
    Plain,
    /// The layer's table says this.
    Blocks(&'a BlockTable, Stretch),
    /// The layer's disk ends before the place, at this size.
    End(u64),
}

impl Stack {
    /// The longest stretch of at most `length` bytes (at least 1) at `offset`, which must be on the disk, that has one
    /// origin; `meet` is told of each layer on the way down.
    pub(super) fn find(
        &self,
        offset: u64,
        length: u64,
        mut meet: impl FnMut(&Layer, Met),
    ) -> Result<Found, ReadError> {
        let mut length = length;
        for (index, layer) in self.layers.iter().enumerate() {
            let found = |length, origin| Ok(Found { layer: index, length, origin });
            let left = layer.size().saturating_sub(offset);
            if left == 0 {
                // A child may be larger than its parent: what lies beyond it is zero.
                meet(layer, Met::End(layer.size()));
                return found(length, Origin::Zero);
            }
            length = length.min(left);
            let table = match &layer.kind {
                Kind::Plain { there, .. } => {
                    meet(layer, Met::Plain);
                    let Some(there) = there.checked_sub(offset).filter(|there| *there > 0) else {
                        return found(length, Origin::Invalid("the file ends before this place"));
                    };
                    let (origin, length) = layer.given(offset, length.min(there));
                    return found(length, origin);
                }
                Kind::Blocks(table) => table,
            };
            let stretch = match table.stretch(offset, length) {
                Ok(stretch) => stretch,
                Err(ReadError::Unmapped { .. }) => {
                    // The entry or the bitmap is in a piece that was not given.
                    let in_block = table.block_bytes - offset % table.block_bytes;
                    return found(length.min(in_block), Origin::Absent);
                }
                Err(error) => return Err(error),
            };
            meet(layer, Met::Blocks(table, stretch));
            length = stretch.length;
            match stretch.made {
                bat::Made::Own(at) => {
                    let (origin, length) = layer.given(at, length);
                    return found(length, origin);
                }
                bat::Made::Invalid(why) => return found(length, Origin::Invalid(why)),
                bat::Made::Elsewhere if !table.has_parent => return found(length, Origin::Zero),
                bat::Made::Elsewhere => {}
            }
        }
        let origin = match self.below {
            Below::Nothing => Origin::Zero,
            Below::Missing => Origin::Absent,
            Below::Unreadable => Origin::Invalid("the parent that has this part cannot be read"),
        };
        Ok(Found { layer: self.layers.len(), length, origin })
    }

    /// What that comes to.
    fn made_of(&self, found: Found) -> Made<'_> {
        match (found.origin, self.layers.get(found.layer)) {
            (Origin::Data(at), Some(owner)) => Made::Bytes(owner, at),
            (Origin::Zero, _) => Made::Zeros,
            (Origin::Invalid(why), _) => Made::Lost(why),
            (Origin::Absent, Some(_)) => {
                Made::Lost("this part is in a piece of the image that was not given")
            }
            (Origin::Absent | Origin::Data(_), None) => {
                Made::Lost("this part is in the parent, which was not given")
            }
        }
    }
}

/// What the guest reads.
enum Made<'a> {
    /// These bytes of the layer's file.
    Bytes(&'a Layer, u64),
    Zeros,
    /// Nothing; why.
    Lost(&'static str),
}

impl ReadAt for Stack {
    fn size(&self) -> u64 {
        self.layers.first().map_or(0, Layer::size)
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size(), offset, buf.len() as u64)?;
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let found = self.find(at, rest.len() as u64, |_, _| {})?;
            let length = usize::try_from(found.length).unwrap_or(rest.len()).clamp(1, rest.len());
            let (now, later) = rest.split_at_mut(length);
            match self.made_of(found) {
                Made::Bytes(owner, from) => owner.file.read_exact_at(from, now)?,
                Made::Zeros => now.fill(0),
                Made::Lost(why) => return Err(ReadError::Unmapped { offset: at, why }),
            }
            at += length as u64;
            rest = later;
        }
        Ok(())
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        let left = self.size().checked_sub(offset).filter(|left| *left > 0)?;
        let found = self.find(offset, left, |_, _| {}).ok()?;
        let Origin::Data(at) = found.origin else { return None };
        let mut place = self.layers.get(found.layer)?.file.locate(at)?;
        place.contiguous = place.contiguous.min(found.length);
        Some(place)
    }
    fn ground(&self, offset: u64, length: u64) -> Result<(Ground, u64), ReadError> {
        let found = self.find(offset, length, |_, _| {})?;
        let ground = match self.made_of(found) {
            Made::Bytes(..) => Ground::Stored,
            Made::Zeros => Ground::Zeros,
            Made::Lost(why) => Ground::Lost(why),
        };
        Ok((ground, found.length))
    }
}
