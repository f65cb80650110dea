//! What the blocks of an image are, and where they lie, for a picture of the disk and of the file.

use super::bat::{Block, BlockTable, Made};
use super::stack::{Kind, Layer, Origin, Stack};
use crate::bytes::ReadError;
use crate::image::{Surveyor, Use, stored_in};
use crate::limits;

/// Up to so many blocks the bitmaps are read too, to tell the parent's sectors from the image's own.
const CLOSE_UP_BLOCKS: u64 = 64;

impl Stack {
    /// Tells of the disk from `from` up to `to`, as far as one step goes; where it got to.
    pub(super) fn survey(&self, from: u64, to: u64, surveyor: &mut dyn Surveyor) -> Result<u64, ReadError> {
        match self.layers.first() {
            Some(Layer { kind: Kind::Blocks(table), .. }) => table.survey(from, to, surveyor),
            Some(layer @ Layer { kind: Kind::Plain { .. }, .. }) => {
                self.survey_plain(layer, from, to, surveyor)
            }
            None => Ok(to),
        }
    }

    fn survey_plain(
        &self,
        layer: &Layer,
        from: u64,
        to: u64,
        surveyor: &mut dyn Surveyor,
    ) -> Result<u64, ReadError> {
        let mut at = from;
        let mut looks = 0;
        while at < to && looks < limits::SURVEY_UNITS {
            let found = self.find(at, to - at, |_, _| {})?;
            let length = found.length.clamp(1, to - at);
            let is = match found.origin {
                Origin::Data(start) => {
                    stored_in(&*layer.file, start, length, at, Use::Data, surveyor);
                    Use::Data
                }
                Origin::Zero => Use::Unallocated,
                Origin::Absent => Use::Absent,
                Origin::Invalid(_) => Use::Invalid,
            };
            surveyor.guest(at, length, is);
            at += length;
            looks += 1;
        }
        Ok(at)
    }
}

impl BlockTable {
    fn survey(&self, from: u64, to: u64, surveyor: &mut dyn Surveyor) -> Result<u64, ReadError> {
        let size = self.block_bytes.max(1);
        let first = from / size;
        let close_up = self.has_parent && (to - from) / size <= CLOSE_UP_BLOCKS;
        let page = self.page(first, to.div_ceil(size).saturating_sub(first).min(limits::SURVEY_UNITS))?;
        if page.is_empty() {
            surveyor.guest(from, to - from, Use::Invalid);
            return Ok(to);
        }
        let mut at = from;
        for (block, entry) in (first..).zip(page) {
            let end = (block + 1).saturating_mul(size).min(to);
            if at >= end {
                break;
            }
            match self.meaning(entry) {
                Block::Absent => {
                    let is = if self.has_parent { Use::Parent } else { Use::Unallocated };
                    surveyor.guest(at, end - at, is);
                }
                Block::At(start) => {
                    let (bitmap, guest) = (self.bitmap_bytes(), block.saturating_mul(size));
                    stored_in(&*self.file, start, bitmap, guest, Use::Bitmap, surveyor);
                    stored_in(&*self.file, start + bitmap, size, guest, Use::Data, surveyor);
                    if close_up {
                        self.survey_sectors(at, end, surveyor)?;
                    } else {
                        surveyor.guest(at, end - at, Use::Data);
                    }
                }
                Block::InMetadata(_) | Block::PastEnd(_) => surveyor.guest(at, end - at, Use::Invalid),
            }
            at = end;
        }
        Ok(at)
    }

    /// The sectors of a block of a child: its own, or the parent's.
    fn survey_sectors(&self, from: u64, to: u64, surveyor: &mut dyn Surveyor) -> Result<(), ReadError> {
        let mut at = from;
        while at < to {
            let stretch = self.stretch(at, to - at)?;
            let length = stretch.length.clamp(1, to - at);
            let is = match stretch.made {
                Made::Own(_) => Use::Data,
                Made::Elsewhere => Use::Parent,
                Made::Invalid(_) => Use::Invalid,
            };
            surveyor.guest(at, length, is);
            at += length;
        }
        Ok(())
    }
}
