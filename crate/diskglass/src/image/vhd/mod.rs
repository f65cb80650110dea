//! VHD.
pub mod rules;

use super::{Context, Format, Image, Match, OpenError, Probe, Reference};
use crate::bytes::FileId;

/// The format's entry.
pub const FORMAT: Format = Format { id: "vhd", name: "VHD", probe, references, open };

fn probe(_: &Probe) -> Match {
    Match::No
}

fn references(_: &Context, _: FileId) -> Vec<Reference> {
    Vec::new()
}

fn open(_: &Context, _: FileId) -> Result<Box<dyn Image>, OpenError> {
    Err(OpenError::Unusable { why: "not yet".into() })
}
