//! Finds the parent of a differencing image among the supplied files, and says how.

use super::header::{DynamicHeader, ParentLocator};
use super::located::Located;
use super::split::Source;
use crate::bytes::{Bytes, FileId, FileSet};
use crate::image::{Candidate, LinkStatus};
use crate::limits;
use crate::order::gathered;
use crate::structure::uuid_text;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// A name that a child gives for its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Where the name stands, in words.
    pub(super) by: String,
    /// The name.
    pub(super) name: String,
}

/// The names that the locators give, in their order, then the name in the header. Equal names are kept: each says
/// something of its own place.
pub(super) fn names(bytes: &Bytes, header: &DynamicHeader) -> Vec<Named> {
    let data = |locator: &ParentLocator| {
        let length = usize::try_from(locator.platform_data_length).ok()?.min(limits::FIELD_TEXT_CHARS * 2);
        bytes.read_vec(locator.platform_data_offset, length).ok()
    };
    let located = header.locators().filter(ParentLocator::is_used).filter_map(|locator| {
        let name = locator.name(&data(&locator)?)?;
        Some(Named { by: format!("the locator {}", locator.kind()), name })
    });
    let in_header = Named { by: "the name in the header".into(), name: header.parent_name().0 };
    located.chain([in_header]).filter(|named| !named.name.is_empty()).collect()
}

/// What a child expects of its parent.
pub(super) struct Wanted<'a> {
    /// The first file of the child.
    pub(super) child: FileId,
    /// The parent's identity.
    pub(super) id: [u8; 16],
    /// Whether no identity means that the parent is a raw disk, as in XenServer's images.
    pub(super) may_be_raw: bool,
    /// The names that the child gives.
    pub(super) names: &'a [Named],
}

/// What came of looking for a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A VHD of the expected identity.
    Found(FileId),
    /// The raw disk that is named.
    Raw(FileId),
    /// A VHD of the expected name with another identity.
    OtherIdentity(FileId),
    /// A file of the expected name that is no VHD.
    NotVhd(FileId),
    /// A VHD of the expected name, and no identity to compare.
    Unverified(FileId),
    /// Several files answer.
    Ambiguous,
    /// No file answers.
    Missing,
}

impl Answer {
    /// The one file that answers, the right one or not.
    pub(super) fn file(self) -> Option<FileId> {
        match self {
            Self::Found(file)
            | Self::Raw(file)
            | Self::OtherIdentity(file)
            | Self::NotVhd(file)
            | Self::Unverified(file) => Some(file),
            Self::Ambiguous | Self::Missing => None,
        }
    }

    /// The same in the words of a report.
    pub(super) fn status(self) -> LinkStatus {
        match self {
            Self::Found(_) | Self::Raw(_) => LinkStatus::Matches,
            Self::OtherIdentity(_) | Self::NotVhd(_) | Self::Unverified(_) => LinkStatus::Mismatched,
            Self::Ambiguous => LinkStatus::Ambiguous,
            Self::Missing => LinkStatus::Missing,
        }
    }
}

/// An answer with its reason.
pub(super) struct Found {
    pub(super) answer: Answer,
    /// What was expected, what was found, and where.
    pub(super) reason: String,
    /// The files that answer to a name or to the identity.
    pub(super) candidates: Vec<Candidate>,
    /// The same files.
    among: BTreeSet<FileId>,
}

impl Found {
    /// The parent, or every file that could be it.
    fn possible(self) -> Vec<FileId> {
        match self.answer {
            Answer::Ambiguous => self.among.into_iter().collect(),
            answer => answer.file().into_iter().collect(),
        }
    }
}

/// A search in a set of files. Their identities are read once, and only when a name does not do.
pub(super) struct Search<'a> {
    files: &'a FileSet,
    by_id: OnceCell<BTreeMap<[u8; 16], Vec<FileId>>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(files: &'a FileSet) -> Self {
        Self { files, by_id: OnceCell::new() }
    }

    /// The identity of the VHD that a file is or belongs to; `None` for anything else.
    fn identity(&self, file: FileId) -> Option<[u8; 16]> {
        let source = Source::of(self.files, file)?;
        Some(Located::ends(&source.bytes).ok()?.footer()?.unique_id)
    }

    /// The image of which that file is a piece: its first file.
    fn whole(&self, file: FileId) -> FileId {
        Source::of(self.files, file).map_or(file, |source| source.file)
    }

    /// All images of that identity but the child itself.
    fn of_identity(&self, wanted: &Wanted) -> Vec<FileId> {
        if wanted.id == [0; 16] {
            return Vec::new();
        }
        let index = self.by_id.get_or_init(|| {
            let mut index: BTreeMap<[u8; 16], Vec<FileId>> = BTreeMap::new();
            for (file, _) in self.files.iter().take(limits::PARENT_CANDIDATES) {
                if self.whole(file) == file
                    && let Some(id) = self.identity(file)
                {
                    index.entry(id).or_default().push(file);
                }
            }
            index
        });
        let found = index.get(&wanted.id).map_or(&[][..], Vec::as_slice);
        found.iter().copied().filter(|file| *file != wanted.child).collect()
    }

    /// The files that each name leads to, without the child itself.
    fn of_names<'w>(&self, wanted: &Wanted<'w>) -> Vec<(&'w Named, Vec<FileId>)> {
        let answering = |named: &Named| {
            let files = self.files.answering(wanted.child, &named.name);
            let files: BTreeSet<FileId> = gathered(files.into_iter().map(|file| self.whole(file)));
            files.into_iter().filter(|file| *file != wanted.child).collect()
        };
        wanted.names.iter().map(|named| (named, answering(named))).collect()
    }

    /// The parent, without reading every file of the set where a name leads to it; all that could be it, where that is
    /// not decided.
    pub(super) fn quickly(&self, wanted: &Wanted) -> Vec<FileId> {
        let right = |file: &FileId| wanted.id != [0; 16] && self.identity(*file) == Some(wanted.id);
        let named = self.of_names(wanted).into_iter().flat_map(|(_, files)| files).find(right);
        match named {
            Some(file) => vec![file],
            None => self.find(wanted).possible(),
        }
    }

    /// The parent, how sure that is, and why.
    pub(super) fn find(&self, wanted: &Wanted) -> Found {
        let by_name = self.of_names(wanted);
        let mut by_id = self.of_identity(wanted);
        // Not every file of a large set is in the index, but the ones that are named are looked at.
        let named: BTreeSet<FileId> = gathered(by_name.iter().flat_map(|(_, files)| files).copied());
        for file in &named {
            if wanted.id != [0; 16] && !by_id.contains(file) && self.identity(*file) == Some(wanted.id) {
                by_id.push(*file);
            }
        }
        let (answer, found) = self.judge(wanted, &by_name, &by_id);
        let id = if wanted.id == [0; 16] {
            "no identity of the parent is recorded".to_owned()
        } else {
            format!("the parent has the identity {}", uuid_text(&wanted.id))
        };
        let among = by_id.iter().chain(&named).copied().collect();
        let candidates = self.candidates(&among, &by_id, &named);
        Found { answer, reason: format!("{id}; {found}"), candidates, among }
    }

    fn judge(
        &self,
        wanted: &Wanted,
        by_name: &[(&Named, Vec<FileId>)],
        by_id: &[FileId],
    ) -> (Answer, String) {
        let name = |file: FileId| self.files.name(file);
        let said = match by_name {
            [] => "it is not named".to_owned(),
            names => {
                let names: Vec<String> =
                    names.iter().map(|(named, _)| format!("{} says {}", named.by, named.name)).collect();
                names.join(", ")
            }
        };
        let leads =
            |file: FileId| by_name.iter().find(|(_, files)| files.contains(&file)).map(|(named, _)| *named);
        // The first name that leads to exactly one file of that identity decides, or else there must be but one.
        let by_both = by_name.iter().find_map(|(_, files)| {
            let mut right = files.iter().filter(|file| by_id.contains(file));
            right.next().filter(|_| right.next().is_none())
        });
        let only = by_id.first().filter(|_| by_id.len() == 1);
        if let Some(file) = by_both.or(only).copied() {
            let how = match leads(file) {
                Some(named) => {
                    format!("{} has it, and {} ({}) leads there", name(file), named.by, named.name)
                }
                None => format!("{} has it, although no name leads there ({said})", name(file)),
            };
            return (Answer::Found(file), how);
        }
        if !by_id.is_empty() {
            let names: Vec<&str> = by_id.iter().map(|file| name(*file)).collect();
            return (Answer::Ambiguous, format!("several files have it: {} ({said})", names.join(", ")));
        }
        let Some((by, files)) = by_name.iter().find(|(_, files)| !files.is_empty()) else {
            return (Answer::Missing, format!("no given file has it or answers to a name ({said})"));
        };
        let &[file] = files.as_slice() else {
            let names: Vec<&str> = files.iter().map(|file| name(*file)).collect();
            let found = format!("{} ({}) leads to several files: {}", by.by, by.name, names.join(", "));
            return (Answer::Ambiguous, found);
        };
        let leads = format!("{} ({}) leads to {}", by.by, by.name, name(file));
        let none = wanted.id == [0; 16];
        match self.identity(file) {
            None if none && wanted.may_be_raw => {
                (Answer::Raw(file), format!("XenServer marks a raw parent that way, and {leads}"))
            }
            None => (Answer::NotVhd(file), format!("{leads}, which is no VHD")),
            Some([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) if none && !wanted.may_be_raw => {
                (Answer::Found(file), format!("{leads}, which has none either"))
            }
            Some(_) if none => {
                (Answer::Unverified(file), format!("{leads}, and nothing shows whether it is the right one"))
            }
            Some(other) => (
                Answer::OtherIdentity(file),
                format!("{leads}, which has the identity {}", uuid_text(&other)),
            ),
        }
    }

    fn candidates(
        &self,
        among: &BTreeSet<FileId>,
        by_id: &[FileId],
        named: &BTreeSet<FileId>,
    ) -> Vec<Candidate> {
        let candidate = |file: FileId| Candidate {
            file: self.files.name(file).into(),
            id: self.identity(file).map(|id| uuid_text(&id)),
            by_name: named.contains(&file),
            by_id: by_id.contains(&file),
        };
        among.iter().copied().take(limits::PLACES).map(candidate).collect()
    }
}
