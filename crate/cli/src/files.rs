//! Files of the operating system as random-access bytes.

use super::Failure;
use diskglass::bytes::{Bytes, Location, ReadAt, ReadError, check_range};
use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::UNIX_EPOCH;
use walkdir::WalkDir;

/// Files of a set that are taken at most.
const MOST: usize = 10_000;

/// A file of the set.
pub(crate) struct Given {
    /// Path relative to what was given, `/` between the parts.
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
    pub(crate) modified_unix: Option<i64>,
}

/// Opens everything that was given; a folder stands for the files in it, at any depth.
pub(crate) fn collect(paths: &[PathBuf]) -> Result<Vec<Given>, Failure> {
    let mut set = Vec::new();
    for path in paths {
        let base = path.parent().unwrap_or(Path::new(""));
        for entry in WalkDir::new(path).follow_root_links(true).sort_by_file_name() {
            let entry = entry.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            // Inside a folder only plain files are taken; what was named itself is opened whatever it is.
            if entry.file_type().is_dir() || (entry.depth() > 0 && !entry.file_type().is_file()) {
                continue;
            }
            if set.len() >= MOST {
                return Err(format!(
                    "{}: more than {MOST} files; name the ones that are meant",
                    path.display()
                ));
            }
            let relative = entry.path().strip_prefix(base).unwrap_or(entry.path());
            set.push(open(entry.path(), relative)?);
        }
    }
    if set.is_empty() {
        return Err("no file was given: the folder is empty".into());
    }
    Ok(set)
}

fn open(path: &Path, relative: &Path) -> Result<Given, Failure> {
    let failure = |error: std::io::Error| format!("cannot open {}: {error}", path.display());
    let file = File::open(path).map_err(failure)?;
    let metadata = file.metadata().map_err(failure)?;
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let parts: Vec<String> =
        relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let mut file = OpenFile { file: RefCell::new(file), size: metadata.len() };
    if !metadata.is_file() {
        // A block device has no length of its own: its end is where seeking leads.
        file.size = file.file.get_mut().seek(SeekFrom::End(0)).map_err(failure)?;
    }
    Ok(Given {
        name: parts.join("/"),
        bytes: Rc::new(file),
        modified_unix: modified.and_then(|time| i64::try_from(time.as_secs()).ok()),
    })
}

struct OpenFile {
    file: RefCell<File>,
    size: u64,
}

impl ReadAt for OpenFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size, offset, buf.len() as u64)?;
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(buf))
            .map_err(|error| ReadError::Io { offset, message: error.to_string() })
    }

    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}
