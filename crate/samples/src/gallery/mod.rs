//! The list of samples, and what a reader should find in each.

mod raw;
mod vhd;
mod vmdk;

/// A sample image. Its facts are those of a report on it.
#[derive(Debug)]
pub struct Sample {
    /// Stable name: `vhd-dynamic`.
    pub name: &'static str,
    /// One line: what it is.
    pub title: &'static str,
    /// One or two sentences: what to look at.
    pub about: &'static str,
    /// Format: `vhd`, `vmdk` or `raw`.
    pub format: &'static str,
    /// The format's own word: `fixed`, `dynamic`, `differencing`; the createType of a VMDK, or `sparse-extent` without
    /// a descriptor; `plain`.
    pub variant: &'static str,
    /// Nothing is wrong with it: a report has no error and no warning.
    pub healthy: bool,
    /// Ids of the errors and warnings that a report has.
    pub faults: &'static [&'static str],
    /// All files of the image are there.
    pub complete: bool,
    /// Size of the guest's disk in bytes.
    pub virtual_size: u64,
    /// The volumes that can be recognised, in the order of the disk.
    pub volumes: &'static [Volume],
    build: fn(&Sample) -> Vec<SampleFile>,
}

/// A volume in a sample, as `blkid -p` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Byte offset on the guest's disk.
    pub offset: u64,
    /// Type: `ntfs`, `vfat`, `ext4`, ...
    pub kind: &'static str,
    /// Label, where its format has one.
    pub label: Option<&'static str>,
    /// UUID or serial number.
    pub uuid: &'static str,
}

impl Volume {
    const fn new(offset: u64, kind: &'static str, label: &'static str, uuid: &'static str) -> Self {
        Self { offset, kind, label: Some(label), uuid }
    }
}

/// A file of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Sample {
    /// What the samples have in common unless they say otherwise.
    const PLAIN: Self = Self {
        name: "",
        title: "",
        about: "",
        format: "raw",
        variant: "plain",
        healthy: true,
        faults: &[],
        complete: true,
        virtual_size: 0,
        volumes: &[],
        build: |_| Vec::new(),
    };

    /// Writes the files. The first one is the image, the others are its extents or its parents.
    pub fn files(&self) -> Vec<SampleFile> {
        (self.build)(self)
    }

    /// A file named after the sample.
    fn file(&self, suffix: &str, bytes: impl Into<Vec<u8>>) -> SampleFile {
        SampleFile { name: format!("{}{suffix}", self.name), bytes: bytes.into() }
    }
}

/// Sectors of so many MiB.
const fn mib(count: u32) -> u32 {
    count * 2048
}

static GALLERY: &[Sample] = &[
    vhd::FIXED,
    vhd::FIXED_511,
    vhd::DYNAMIC,
    vhd::DYNAMIC_GPT,
    vhd::DYNAMIC_2040G,
    vhd::DIFFERENCING,
    vmdk::MONOLITHIC_SPARSE,
    vmdk::MONOLITHIC_SPARSE_V2,
    vmdk::MONOLITHIC_FLAT,
    vmdk::TWO_GB_SPARSE,
    vmdk::TWO_GB_FLAT,
    vmdk::FLAT_WITHOUT_EXTENT,
    vmdk::EXTENT_ALONE,
    raw::MBR,
    raw::GPT_512,
    raw::GPT_4096,
    raw::VOLUME_EXFAT,
    raw::ISO,
    raw::LUKS,
    vhd::FOOTER_CHECKSUM,
    vhd::FOOTER_MISSING,
    vhd::COPY_DAMAGED,
    vhd::HEADER_CHECKSUM,
    vhd::BAT_PAST_END,
    vhd::BAT_DUPLICATE,
    vhd::BAT_IN_METADATA,
    vhd::FIXED_TRUNCATED,
    vmdk::GT_MISMATCH,
    vmdk::GTE_PAST_END,
    vmdk::GDE_PAST_END,
    vmdk::GTE_DUPLICATE,
    vmdk::FTP_ASCII,
    vmdk::EXTENT_SHORT,
    raw::GPT_PRIMARY_DAMAGED,
    raw::GPT_BACKUP_MISSING,
    raw::MBR_CHAIN_LOOP,
    raw::MBR_PAST_END,
    raw::MBR_OVERLAP,
];

/// Every sample: the healthy ones first.
pub fn gallery() -> &'static [Sample] {
    GALLERY
}

/// The sample of that name.
pub fn find(name: &str) -> Option<&'static Sample> {
    GALLERY.iter().find(|sample| sample.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{KIB, MIB};
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_found() {
        let names: BTreeSet<_> = gallery().iter().map(|sample| sample.name).collect();
        assert_eq!(names.len(), gallery().len());
        for sample in gallery() {
            assert!(std::ptr::eq(find(sample.name).expect(sample.name), sample));
            assert!(sample.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            assert!(sample.title.len() > 10 && sample.about.ends_with('.'), "{}", sample.name);
        }
        assert!(find("no-such-sample").is_none());
    }

    #[test]
    fn a_sample_is_healthy_or_names_its_faults() {
        for sample in gallery() {
            assert_eq!(sample.healthy, sample.faults.is_empty(), "{}", sample.name);
        }
    }

    #[test]
    fn files_are_small_distinct_and_the_same_every_time() {
        let mut total = 0;
        for sample in gallery() {
            let files = sample.files();
            let names: BTreeSet<_> = files.iter().map(|file| &file.name).collect();
            assert_eq!(names.len(), files.len(), "{}", sample.name);
            assert!(!files.is_empty() && files.iter().all(|file| !file.bytes.is_empty()), "{}", sample.name);
            let size: usize = files.iter().map(|file| file.bytes.len()).sum();
            assert!(size as u64 <= 18 * MIB, "{}: {size} bytes", sample.name);
            assert!(files == sample.files(), "{} differs the second time", sample.name);
            total += size as u64;
        }
        assert!(total <= 114 * MIB, "{} KiB together", total / KIB);
    }

    #[test]
    fn damage_is_small() {
        let bytes = |name| find(name).expect("it is in the gallery").files().swap_remove(0).bytes;
        let good = bytes("raw-gpt-512");
        let damaged = bytes("gpt-primary-damaged");
        assert_eq!(good.iter().zip(&damaged).filter(|(a, b)| a != b).count(), 1);
    }
}
