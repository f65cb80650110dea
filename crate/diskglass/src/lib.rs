//! Looks inside virtual disk images: what they are, how they are laid out, what is on them, and whether they are sound.
//!
//! The library has no files, no browser, no threads and no clock: it reads through [`bytes::ReadAt`] and returns a
//! [`report::Report`]. What a caller needs is one [`session::Session`]:
//!
//! ```
//! use diskglass::session::Session;
//! use std::rc::Rc;
//!
//! let mut session = Session::default();
//! session.add("disk.img", Rc::new(vec![0_u8; 4096]), None);
//! let report = session.inspect(None);
//! assert_eq!(report.verdict, diskglass::report::Verdict::Unrecognised);
//! ```
//!
//! The rooms, in the order that data flows: [`bytes`], [`structure`], [`image`], [`partition`], [`volume`],
//! [`finding`], [`report`]; [`session`] puts them together.
#![forbid(unsafe_code)]

pub mod bytes;
pub mod charset;
mod checksum;
pub mod finding;
pub mod image;
pub mod limits;
mod order;
pub mod partition;
pub mod report;
pub mod schema;
pub mod session;
pub mod structure;
pub mod volume;
