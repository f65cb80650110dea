use super::{Blocks, Bytes, Cached, FileId, Location, ReadAt, ReadError};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A supplied file.
#[derive(Clone)]
pub struct FileEntry {
    /// Path relative to what was dropped or given, `/` between the parts.
    pub name: String,
    /// Its bytes, behind a block cache.
    pub bytes: Bytes,
    /// Modification time in seconds since 1970, where the caller knows it.
    pub modified_unix: Option<i64>,
}

/// What a name found inside an image leads to. Only supplied files are ever looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// One supplied file.
    Found(FileId),
    /// None of the supplied files.
    Missing,
    /// Several supplied files answer to it.
    Ambiguous,
}

/// The supplied files, in the order of their names.
#[derive(Clone, Default)]
pub struct FileSet {
    files: Vec<FileEntry>,
    /// The files by the last part of their names, in lower case.
    by_base: BTreeMap<String, Vec<FileId>>,
}

impl FileSet {
    /// Makes a set. The files are sorted by name; a second file with the same name is kept apart by a number.
    pub fn new(mut given: Vec<(String, Bytes, Option<i64>)>) -> Self {
        crate::order::sort_by(&mut given, |a, b| a.0.cmp(&b.0));
        let mut files: Vec<FileEntry> = Vec::with_capacity(given.len());
        let blocks = Blocks::default();
        for (name, bytes, modified_unix) in given {
            let id = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
            let taken = files.iter().rev().take_while(|file| file.name.starts_with(&name)).count();
            let name = if taken == 0 { name } else { format!("{name} ({})", taken + 1) };
            files.push(FileEntry {
                name,
                bytes: Rc::new(Cached::new(Rc::new(Whole { id, bytes }), id.0, blocks.clone())),
                modified_unix,
            });
        }
        let mut by_base: BTreeMap<String, Vec<FileId>> = BTreeMap::new();
        for (id, file) in (0_u32..).map(FileId).zip(&files) {
            by_base.entry(base_of(&file.name.to_lowercase()).to_owned()).or_default().push(id);
        }
        Self { files, by_base }
    }

    /// The files with their ids, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &FileEntry)> {
        (0_u32..).map(FileId).zip(&self.files)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file of that id.
    pub fn get(&self, id: FileId) -> Option<&FileEntry> {
        self.files.get(id.0 as usize)
    }

    /// The name of that file; empty for an id of another set.
    pub fn name(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| &file.name)
    }

    /// The files whose names end with that last part, which is in lower case.
    fn with_base(&self, base: &str) -> impl Iterator<Item = FileId> {
        self.by_base.get(base).into_iter().flatten().copied()
    }

    /// The file of exactly that name.
    pub fn by_name(&self, name: &str) -> Option<FileId> {
        self.with_base(base_of(&name.to_lowercase())).find(|id| self.name(*id) == name)
    }

    /// Looks up a name found inside the file `from`, as [`answering`](Self::answering) does.
    pub fn lookup(&self, from: FileId, wanted: &str) -> Lookup {
        match self.answering(from, wanted).as_slice() {
            [] => Lookup::Missing,
            [id] => Lookup::Found(*id),
            _ => Lookup::Ambiguous,
        }
    }

    /// The files that answer to a name found inside the file `from`: the one at that place beside it, or else those
    /// whose paths agree with the most last parts of the name. `\` and `/` are the same, letter case does not matter,
    /// and nothing but this set is consulted.
    pub fn answering(&self, from: FileId, wanted: &str) -> Vec<FileId> {
        let wanted = wanted.replace('\\', "/").to_lowercase();
        let base = base_of(&wanted);
        if matches!(base, "" | "." | "..") {
            return Vec::new();
        }
        let own = self.name(from).to_lowercase();
        let folder = own.rfind('/').and_then(|end| own.get(..end)).unwrap_or_default();
        let beside = resolved(folder, &wanted);
        let named: Vec<(FileId, String)> =
            self.with_base(base).map(|id| (id, self.name(id).to_lowercase())).collect();
        let exact: Vec<FileId> =
            named.iter().filter(|(_, name)| Some(name) == beside.as_ref()).map(|(id, _)| *id).collect();
        if !exact.is_empty() {
            return exact;
        }
        let agreeing = |name: &str| {
            name.rsplit('/').zip(wanted.rsplit('/')).take_while(|(own, part)| own == part).count()
        };
        let most = named.iter().map(|(_, name)| agreeing(name)).max();
        named.iter().filter(|(_, name)| Some(agreeing(name)) == most).map(|(id, _)| *id).collect()
    }
}

/// `path` as seen from `folder`, without `.` and `..`; `None` where it leads out of the set.
fn resolved(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The last part of a name.
fn base_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// A whole supplied file: the bottom of every stack of bytes.
struct Whole {
    id: FileId,
    bytes: Bytes,
}

impl ReadAt for Whole {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        self.bytes.read_exact_at(offset, buf)
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        let contiguous = self.size().checked_sub(offset).filter(|left| *left > 0)?;
        Some(Location { file: self.id, offset, contiguous })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> FileSet {
        FileSet::new(names.iter().map(|name| ((*name).into(), Rc::new(vec![0_u8]) as Bytes, None)).collect())
    }

    #[test]
    fn names_are_looked_up_beside_the_file_that_names_them() {
        let files = set(&["a/disk.vmdk", "a/disk-s001.vmdk", "b/disk-s001.vmdk", "b/Base.VHD"]);
        let from = files.by_name("a/disk.vmdk").unwrap();
        assert_eq!(
            files.lookup(from, "disk-s001.vmdk"),
            Lookup::Found(files.by_name("a/disk-s001.vmdk").unwrap())
        );
        assert_eq!(
            files.lookup(from, "C:\\vm\\base.vhd"),
            Lookup::Found(files.by_name("b/Base.VHD").unwrap())
        );
        assert_eq!(files.lookup(from, "none.vmdk"), Lookup::Missing);
        assert_eq!(files.lookup(from, "x/disk-s001.vmdk"), Lookup::Ambiguous);
        assert_eq!(files.lookup(from, "../"), Lookup::Missing);
    }

    #[test]
    fn the_parts_of_a_path_tell_files_of_one_name_apart() {
        let files = set(&["a/base.vhd", "a/child.vhd", "b/base.vhd", "c/d/base.vhd"]);
        let from = files.by_name("a/child.vhd").unwrap();
        let name = |wanted: &str| match files.lookup(from, wanted) {
            Lookup::Found(id) => files.name(id).to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(name(r".\base.vhd"), "a/base.vhd");
        assert_eq!(name(r"..\b\base.vhd"), "b/base.vhd");
        assert_eq!(name(r"X:\vms\d\Base.vhd"), "c/d/base.vhd");
        assert_eq!(name("../../base.vhd"), "Ambiguous", "outside the set, and several of the name");
        assert_eq!(name(".."), "Missing");
    }

    #[test]
    fn two_files_of_one_name_stay_apart() {
        let files = set(&["disk.vhd", "disk.vhd"]);
        let names: Vec<_> = files.iter().map(|(_, file)| file.name.clone()).collect();
        assert_eq!(names, ["disk.vhd", "disk.vhd (2)"]);
    }
}
