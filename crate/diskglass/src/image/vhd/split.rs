//! The bytes of an image: a file, or the pieces that Virtual PC up to 2004 wrote where the host could not hold one file
//! of that size (`disk.vhd`, `disk.v01`, `disk.v02` …). The pieces have no structure of their own: the footer of such an
//! image is at the end of the last one.

use super::footer::Footer;
use crate::bytes::{Bytes, FileId, FileSet, Joined, Piece};
use crate::limits;
use std::ops::Range;
use std::rc::Rc;

/// What an image is read from.
pub(super) struct Source {
    /// Its first file: the one that stands for the image.
    pub(super) file: FileId,
    /// The name of that file.
    pub(super) name: String,
    /// All its bytes.
    pub(super) bytes: Bytes,
    /// The pieces of a split image in their order; none for an image in one file.
    pub(super) pieces: Vec<Part>,
}

/// A piece of a split image.
pub(super) struct Part {
    /// The supplied file; `None` where it is missing.
    pub(super) file: Option<FileId>,
    /// Its name, also where it is missing.
    pub(super) name: String,
    /// Its bytes in the whole image; assumed where it is missing.
    pub(super) range: Range<u64>,
}

impl Source {
    /// The image that a file is, or that it is a piece of; `None` for an id of another set.
    pub(super) fn of(files: &FileSet, file: FileId) -> Option<Self> {
        let entry = files.get(file)?;
        Some(split(files, file).unwrap_or_else(|| Self {
            file,
            name: entry.name.clone(),
            bytes: entry.bytes.clone(),
            pieces: Vec::new(),
        }))
    }

    /// The file that stands for the image in a set: the first piece of a split image where it shows what it is, or else
    /// the last.
    pub(super) fn owner(&self, files: &FileSet) -> FileId {
        let given = || self.pieces.iter().filter_map(|part| part.file);
        let shows = files.get(self.file).and_then(|entry| entry.bytes.read_array::<8>(0).ok());
        if shows.is_some_and(|bytes| Footer::is_marked(&bytes)) {
            return self.file;
        }
        given().next_back().unwrap_or(self.file)
    }

    /// Where byte `offset` of one of its files lies in the whole.
    pub(super) fn position(&self, file: FileId, offset: u64) -> Option<u64> {
        if self.pieces.is_empty() {
            return (file == self.file).then_some(offset);
        }
        let part = self.pieces.iter().find(|part| part.file == Some(file))?;
        part.range.start.checked_add(offset).filter(|at| part.range.contains(at))
    }

    /// The ranges of the whole that were not given.
    pub(super) fn holes(&self) -> Vec<Range<u64>> {
        self.pieces.iter().filter(|part| part.file.is_none()).map(|part| part.range.clone()).collect()
    }
}

/// The number of a continuation file, from its ending: 1 for `.v01`.
fn number(name: &str) -> Option<usize> {
    let digits = name.get(name.len().checked_sub(2)?..)?;
    let number = digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())??;
    (1..=limits::SPLIT_PIECES).contains(&number).then_some(number)
}

/// The name without its ending, in lower case, and which piece it is: 0 for `.vhd`.
fn part_name(name: &str) -> Option<(String, usize)> {
    let name = name.to_lowercase();
    let (stem, ending) = name.rsplit_once('.')?;
    let piece = match ending {
        "vhd" => 0,
        ending if ending.len() == 3 && ending.starts_with('v') => number(ending)?,
        _ => return None,
    };
    Some((stem.to_owned(), piece))
}

fn ends_with_footer(bytes: &Bytes) -> bool {
    let at = |back: u64| bytes.size().checked_sub(back).and_then(|offset| bytes.read_array::<8>(offset).ok());
    [512, 511].into_iter().filter_map(at).any(|bytes| Footer::is_marked(&bytes))
}

/// The split image that a file is a piece of.
fn split(files: &FileSet, file: FileId) -> Option<Source> {
    let entry = files.get(file)?;
    let (stem, piece) = part_name(&entry.name)?;
    // What ends with a footer and is no continuation is whole, whatever lies beside it.
    if piece == 0 && ends_with_footer(&entry.bytes) {
        return None;
    }
    let mut given: Vec<Option<FileId>> = vec![None; limits::SPLIT_PIECES + 1];
    for (id, other) in files.iter() {
        if let Some(piece) =
            part_name(&other.name).filter(|(other, _)| *other == stem).map(|(_, piece)| piece)
            && let Some(slot) = given.get_mut(piece).filter(|slot| slot.is_none())
        {
            *slot = Some(id);
        }
    }
    let last = given.iter().rposition(Option::is_some).filter(|last| *last > 0)?;
    let whole_first = given.first().copied().flatten().and_then(|first| files.get(first));
    if whole_first.is_some_and(|first| ends_with_footer(&first.bytes)) {
        return None;
    }
    // All pieces but the last have one length, which is that of the missing ones too.
    let size = |id: FileId| files.get(id).map_or(0, |entry| entry.bytes.size());
    let usual = given.get(..last)?.iter().flatten().map(|id| size(*id)).next()?;
    let original = entry.name.get(..stem.len()).unwrap_or(&stem).to_owned();
    let mut start = 0_u64;
    let pieces: Vec<Part> = (given.get(..=last)?.iter().enumerate())
        .map(|(piece, id)| {
            let length = id.map_or(usual, size);
            let range = start..start.saturating_add(length);
            start = range.end;
            let name = match id {
                Some(id) => files.name(*id).to_owned(),
                None if piece == 0 => format!("{original}.vhd"),
                None => format!("{original}.v{piece:02}"),
            };
            Part { file: *id, name, range }
        })
        .collect();
    let first = pieces.iter().find_map(|part| part.file)?;
    let joined = Joined::new(pieces.iter().map(|part| Piece {
        bytes: part.file.and_then(|id| Some(files.get(id)?.bytes.clone())),
        length: part.range.end - part.range.start,
    }));
    Some(Source { file: first, name: files.name(first).to_owned(), bytes: Rc::new(joined), pieces })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(files: &[(&str, &[u8])]) -> FileSet {
        let file =
            |(name, bytes): &(&str, &[u8])| ((*name).to_owned(), Rc::new(bytes.to_vec()) as Bytes, None);
        FileSet::new(files.iter().map(file).collect())
    }

    fn of(files: &FileSet, name: &str) -> Source {
        Source::of(files, files.by_name(name).unwrap()).unwrap()
    }

    #[test]
    fn the_pieces_follow_one_another_whichever_is_asked_about() {
        let footer = [&b"conectix"[..], &[0; 504]].concat();
        let files = set(&[
            ("a/Disk.vhd", &[1; 20]),
            ("a/disk.V01", &[2; 20]),
            ("a/disk.v02", &footer),
            ("b/disk.v03", &[3]),
        ]);
        for name in ["a/Disk.vhd", "a/disk.V01", "a/disk.v02"] {
            let source = of(&files, name);
            assert_eq!(source.name, "a/Disk.vhd");
            assert_eq!(source.pieces.len(), 3);
            assert_eq!(source.bytes.read_vec(19, 2).unwrap(), [1, 2]);
            assert_eq!(source.position(files.by_name("a/disk.v02").unwrap(), 5), Some(45));
            assert!(source.holes().is_empty());
        }
        assert!(of(&files, "b/disk.v03").pieces.is_empty(), "a lone piece of another folder");
    }

    #[test]
    fn missing_pieces_leave_holes_of_the_usual_length() {
        let files = set(&[("disk.v01", &[2; 20]), ("disk.v03", &[4; 5])]);
        let source = of(&files, "disk.v03");
        let names: Vec<&str> = source.pieces.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["disk.vhd", "disk.v01", "disk.v02", "disk.v03"]);
        assert_eq!(source.holes(), [0..20, 40..60]);
        assert_eq!(source.bytes.size(), 65);
        assert_eq!(source.position(files.by_name("disk.v03").unwrap(), 0), Some(60));
    }

    #[test]
    fn a_whole_image_is_not_joined_with_what_lies_beside_it() {
        let footer = [&b"conectix"[..], &[0; 504]].concat();
        let files = set(&[("disk.vhd", &footer), ("disk.v01", &[2; 20]), ("disk.v64", &[1])]);
        assert!(of(&files, "disk.vhd").pieces.is_empty());
        assert!(of(&files, "disk.v01").pieces.is_empty());
        assert!(
            part_name("disk.v64").is_none() && part_name("disk.v00").is_none() && part_name("vhd").is_none()
        );
    }
}
