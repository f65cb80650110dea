//! What a whole disk is made of, without the steps that lead there: for pictures of it.

use crate::bytes::{ReadAt, Span};
use crate::structure::span_at;
use schemars::JsonSchema;
use serde::Serialize;

/// Stretches of a file that one stretch of an image is followed through at most: pieces of a split image.
const PIECES: usize = 4096;

/// What a stretch of the guest's disk is by the tables of the image itself, or what a stretch of a file is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// The guest's bytes as they are.
    Data,
    /// The guest's bytes, compressed.
    Compressed,
    /// Disk: marked as zeros, or in an extent of zeros.
    Zero,
    /// Disk: what the parent has.
    Parent,
    /// Disk: not allocated, so zeros.
    Unallocated,
    /// Disk: in a file that was not given.
    Absent,
    /// Disk: a table leads nowhere, or the bytes are cut off.
    Invalid,
    /// File: bitmaps of blocks.
    Bitmap,
    /// File: tables and directories.
    Table,
    /// File: headers, footers, descriptors and all other structures.
    Metadata,
}

impl Use {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Data,
        Self::Compressed,
        Self::Zero,
        Self::Parent,
        Self::Unallocated,
        Self::Absent,
        Self::Invalid,
        Self::Bitmap,
        Self::Table,
        Self::Metadata,
    ];
}

/// Who is told what a disk is made of.
pub trait Surveyor {
    /// So many bytes of the guest's disk from `offset` on are this. Told in the order of the disk, without gaps.
    fn guest(&mut self, offset: u64, length: u64, is: Use);

    /// This stretch of a file is used for that, for the sake of byte `guest` of the disk. In no particular order; a
    /// stretch may be told twice.
    fn stored(&mut self, span: Span, guest: u64, is: Use);
}

/// Tells of `length` bytes of `source` from `offset` on, in whichever files they lie; what lies in none is left out.
pub(crate) fn stored_in(
    source: &dyn ReadAt,
    offset: u64,
    length: u64,
    guest: u64,
    is: Use,
    surveyor: &mut dyn Surveyor,
) {
    let end = offset.saturating_add(length).min(source.size());
    let mut at = offset;
    for _ in 0..PIECES {
        if at >= end {
            break;
        }
        let Some(span) = span_at(source, at, end - at).filter(|span| span.length > 0) else { break };
        surveyor.stored(span, guest.saturating_add(at - offset), is);
        at += span.length;
    }
}
