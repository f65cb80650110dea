//! Writes sample disk images: small VHD, VMDK and raw disks with real partition tables and volumes, healthy ones and
//! ones with a single known fault. The page shows them as its gallery, the tests read them, the fuzzer starts from them.
//!
//! ```
//! let sample = diskglass_samples::find("vhd-dynamic").expect("it is in the gallery");
//! for file in sample.files() {
//!     println!("{}: {} bytes", file.name, file.bytes.len());
//! }
//! ```
//!
//! The crate shares no code with the library that reads such images: where the two agree, they agree on the format
//! and not on a mistake. It has no clock and no chance either, so the same sample is the same bytes every time.
//!
//! How an image comes about, from the inside out:
//!
//! 1. [`volumes`] writes a file system, swap area, LVM or LUKS member as a [`disk::Disk`] of its own;
//! 2. [`mbr`], [`gpt`] or one of the [`labels`] divides a larger disk, and the volumes are placed in the partitions;
//! 3. [`vhd`] or [`vmdk`] packs that disk into the files that a hypervisor stores;
//! 4. [`gallery`] names the results and says what a reader should find in them.
//!
//! Each of these modules is one format, written from its first byte to its last.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a writer works on its own numbers; the tests build every image"
)]

pub mod checksum;
pub mod disk;
pub mod eltorito;
mod gallery;
pub mod gpt;
pub mod labels;
pub mod ldm;
pub mod mbr;
pub mod record;
pub mod time;
pub mod uuid;
pub mod vhd;
pub mod vmdk;
pub mod volumes;

pub use gallery::{Sample, SampleFile, Volume, find, gallery};
