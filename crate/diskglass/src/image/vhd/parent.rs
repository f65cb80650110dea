//! Finds the parent of a differencing image among the supplied files: by identity, then by name.

use super::footer::Footer;
use crate::bytes::{Bytes, FileId, FileSet, Lookup};
use crate::image::LinkStatus;
use crate::limits;

/// The identity in a file's footer, or in its copy.
fn identity(bytes: &Bytes) -> Option<[u8; 16]> {
    let at = |offset: u64| {
        let raw = bytes.read_up_to(offset, Footer::LENGTH).ok()?;
        Footer::is_marked(&raw).then(|| Footer::decode(&raw))?
    };
    at(bytes.size().checked_sub(512)?).or_else(|| at(0)).map(|footer| footer.unique_id)
}

/// What came of looking for a parent.
pub(super) struct Found {
    /// The file, or all that answer where that is ambiguous.
    pub(super) files: Vec<FileId>,
    pub(super) status: LinkStatus,
}

/// The supplied file that is the parent of `child`, and how sure that is.
pub(super) fn find(files: &FileSet, child: FileId, wanted: [u8; 16], names: &[String]) -> Found {
    let by_id: Vec<FileId> = files
        .iter()
        .take(limits::PARENT_CANDIDATES)
        .filter(|(file, entry)| wanted != [0; 16] && *file != child && identity(&entry.bytes) == Some(wanted))
        .map(|(file, _)| file)
        .collect();
    let by_name = names.iter().find_map(|name| match files.lookup(child, name) {
        Lookup::Found(file) if file != child => Some(file),
        _ => None,
    });
    match (by_id.as_slice(), by_name) {
        ([_], _) => Found { files: by_id, status: LinkStatus::Matches },
        ([], Some(file)) => {
            // Not every file of a large set was looked at, but the one that is named is.
            let is_wanted = files.get(file).and_then(|entry| identity(&entry.bytes)) == Some(wanted);
            let status = if is_wanted { LinkStatus::Matches } else { LinkStatus::Mismatched };
            Found { files: vec![file], status }
        }
        ([], None) => Found { files: Vec::new(), status: LinkStatus::Missing },
        (several, Some(file)) if several.contains(&file) => {
            Found { files: vec![file], status: LinkStatus::Matches }
        }
        _ => Found { files: by_id, status: LinkStatus::Ambiguous },
    }
}
