//! What the descriptors of all supplied files say of who they are: read once, when it is first needed.

use super::chain::descriptor_of;
use super::descriptor::Descriptor;
use crate::bytes::{FileId, FileSet};
use crate::limits;
use std::cell::OnceCell;

/// A file with a descriptor.
pub(super) struct Identity {
    pub(super) file: FileId,
    pub(super) cid: Option<u32>,
    pub(super) parent_cid: Option<u32>,
    /// Sectors of the disk.
    pub(super) sectors: Option<u64>,
    /// The digits of `ddb.uuid`.
    pub(super) uuid: Option<String>,
    /// The identity by which VirtualBox knows the image.
    pub(super) image_uuid: Option<String>,
}

/// The supplied files with a descriptor.
pub(super) struct Identities<'a> {
    files: &'a FileSet,
    all: OnceCell<Vec<Identity>>,
}

impl<'a> Identities<'a> {
    pub(super) fn of(files: &'a FileSet) -> Self {
        Self { files, all: OnceCell::new() }
    }

    /// All of them, in the order of their names.
    pub(super) fn all(&self) -> &[Identity] {
        self.all.get_or_init(|| {
            let files = self.files.iter().take(limits::PARENT_CANDIDATES);
            files
                .filter_map(|(file, entry)| {
                    let text = descriptor_of(&entry.bytes)?;
                    Some(Identity {
                        file,
                        cid: text.cid(),
                        parent_cid: text.parent_cid(),
                        sectors: text.sectors(),
                        uuid: uuid_digits(&text),
                        image_uuid: text.ddb_value("ddb.uuid.image").map(str::to_owned),
                    })
                })
                .collect()
        })
    }
}

/// The digits of a disk's identity, where it has one.
pub(super) fn uuid_digits(text: &Descriptor) -> Option<String> {
    let digits: String = text.ddb_value("ddb.uuid")?.chars().filter(char::is_ascii_hexdigit).collect();
    (digits.len() == 32).then(|| digits.to_ascii_lowercase())
}
