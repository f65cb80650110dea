use std::fmt;

/// Why bytes could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The range is not inside the bytes.
    PastEnd {
        /// First byte asked for.
        offset: u64,
        /// Bytes asked for.
        length: u64,
        /// Bytes that there are.
        size: u64,
    },
    /// A table of the image leads nowhere for this place, or what backs it was not supplied.
    Unmapped {
        /// Guest byte offset.
        offset: u64,
        /// Why, in plain words.
        why: &'static str,
    },
    /// The host could not read: the file changed, was removed, or permission is missing.
    Io {
        /// First byte asked for.
        offset: u64,
        /// The host's own words.
        message: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PastEnd { offset, length, size } => {
                write!(f, "{length} bytes at offset {offset} are past the end ({size} bytes)")
            }
            Self::Unmapped { offset, why } => write!(f, "nothing backs the disk at byte {offset}: {why}"),
            Self::Io { offset, message } => write!(f, "cannot read at offset {offset}: {message}"),
        }
    }
}

impl std::error::Error for ReadError {}
