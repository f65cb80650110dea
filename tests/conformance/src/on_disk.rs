//! Files of the operating system as sets, read the way the command reads them.

use diskglass::bytes::{Bytes, Location, ReadAt, ReadError, check_range};
use diskglass::report::Report;
use diskglass::session::Session;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::UNIX_EPOCH;

/// A file on disk as random-access bytes.
pub struct FileBytes {
    file: RefCell<File>,
    size: u64,
}

impl FileBytes {
    /// Opens `path` for reading.
    pub fn open(path: &Path) -> Bytes {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let size = file.metadata().unwrap().len();
        Rc::new(Self { file: RefCell::new(file), size })
    }
}

impl ReadAt for FileBytes {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size, offset, buf.len() as u64)?;
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(offset)).unwrap();
        file.read_exact(buf).unwrap();
        Ok(())
    }

    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}

/// A session over files on disk under the names given, with the modification times that the command would pass.
pub fn session_named(files: impl IntoIterator<Item = (String, PathBuf)>) -> Session {
    let mut session = Session::default();
    for (name, path) in files {
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let modified = i64::try_from(modified.duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
        session.add(name, FileBytes::open(&path), Some(modified));
    }
    session
}

/// A session over files on disk, each under its base name.
pub fn session_of(paths: &[PathBuf]) -> Session {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    session_named(paths.iter().map(|path| (name(path), path.clone())))
}

/// The report over one file on disk.
pub fn inspect_file(path: &Path) -> Report {
    session_of(&[path.to_owned()]).inspect(None)
}

/// The files right inside a folder, sorted by name.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths
}

/// All files inside a folder at any depth, with their paths relative to it, `/` between the parts.
pub fn set_in(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(set_in(&path).into_iter().map(|(below, path)| (format!("{name}/{below}"), path)));
        } else {
            found.push((name, path));
        }
    }
    found.sort();
    found
}

/// Makes a file of that size that takes no room until something is written to it.
pub fn sparse_file(path: &Path, size: u64) {
    File::create(path).unwrap().set_len(size).unwrap();
}

/// Copies the whole of one file into another, from `offset` on.
pub fn place_file(source: &Path, target: &Path, offset: u64) {
    let mut file = File::options().write(true).open(target).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    std::io::copy(&mut File::open(source).unwrap(), &mut file).unwrap();
}

/// Overwrites bytes of a file.
pub fn patch_file(path: &Path, offset: u64, bytes: &[u8]) {
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
}
