//! Finds the parent of a delta link among the supplied files: by the name it gives, then by content identity.

use super::descriptor::{self, Descriptor};
use super::extent::{Place, place_of};
use super::header::SparseHeader;
use crate::bytes::{Bytes, FileId, FileSet, Lookup};
use crate::image::LinkStatus;
use crate::limits;

/// Content identities that many disks have: never written, and cleared.
const COMMON: [u32; 2] = [0xffff_fffe, 0];

/// The descriptor of a file, embedded or the file itself.
pub(super) fn descriptor_of(bytes: &Bytes) -> Option<Descriptor> {
    let head = bytes.read_up_to(0, SparseHeader::LENGTH).ok()?;
    if SparseHeader::is_marked(&head) {
        let range = SparseHeader::decode(&head)?.descriptor_range(bytes.size())?;
        let length = (range.end - range.start).min(limits::DESCRIPTOR_BYTES);
        let raw = bytes.read_up_to(range.start, usize::try_from(length).ok()?).ok()?;
        return Some(Descriptor::parse(&raw, true)).filter(|text| !text.is_empty());
    }
    if !descriptor::has_signature(&head) && !descriptor::has_keys(&bytes.read_up_to(0, 4096).ok()?) {
        return None;
    }
    let raw = bytes.read_up_to(0, usize::try_from(limits::DESCRIPTOR_BYTES).ok()?).ok()?;
    Some(Descriptor::parse(&raw, false))
}

/// The supplied file that a name inside the file `from` leads to. Devices are never looked up, and a name that leads
/// elsewhere does not mean `from` itself because its last part happens to be the same.
pub(super) fn lookup(files: &FileSet, from: FileId, name: &str) -> Lookup {
    if place_of(name) == Place::Device {
        return Lookup::Missing;
    }
    match files.lookup(from, name) {
        Lookup::Found(file) if file == from && name.contains(['/', '\\']) => Lookup::Missing,
        answer => answer,
    }
}

/// What came of looking for a parent.
pub(super) struct Found {
    pub(super) file: Option<FileId>,
    pub(super) status: LinkStatus,
    /// The parent's own content identity.
    pub(super) cid: Option<u32>,
}

/// The supplied file that is the parent of `child`.
pub(super) fn find(files: &FileSet, child: FileId, text: &Descriptor) -> Found {
    let Some(wanted) = text.parent_cid() else {
        return Found { file: None, status: LinkStatus::Base, cid: None };
    };
    let text_of = |file: FileId| descriptor_of(&files.get(file)?.bytes);
    let cid_of = |file: FileId| text_of(file)?.cid();
    // A sibling that was not yet written to has the identity of the common parent.
    let is_parent = |text: &Descriptor| text.cid() == Some(wanted) && text.parent_cid() != Some(wanted);
    let named = text.parent_hint().map_or(Lookup::Missing, |hint| lookup(files, child, hint));
    if let Lookup::Found(file) = named {
        let cid = cid_of(file);
        if cid == Some(wanted) {
            return Found { file: Some(file), status: LinkStatus::Matches, cid };
        }
    }
    let by_cid: Vec<FileId> = (files.iter().take(limits::PARENT_CANDIDATES))
        .filter(|(file, _)| *file != child && !COMMON.contains(&wanted))
        .filter(|(file, _)| text_of(*file).as_ref().is_some_and(is_parent))
        .map(|(file, _)| file)
        .collect();
    match (by_cid.as_slice(), named) {
        ([file], _) => Found { file: Some(*file), status: LinkStatus::Matches, cid: Some(wanted) },
        ([], Lookup::Found(file)) => {
            Found { file: Some(file), status: LinkStatus::Mismatched, cid: cid_of(file) }
        }
        ([], Lookup::Missing) => Found { file: None, status: LinkStatus::Missing, cid: None },
        _ => Found { file: None, status: LinkStatus::Ambiguous, cid: None },
    }
}
