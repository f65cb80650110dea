//! The list of samples, and what a reader should find in each.
//!
//! The main samples are images worth looking at, with partitions and volumes. The others each show one finding: they
//! are as small as that allows, and declared as a healthy image and the [`Change`]s that make it the one it is.

mod change;
mod partition_findings;
mod raw;
mod schemes;
mod vhd;
mod vhd_findings;
mod vhd_products;
mod vmdk;
mod vmdk_findings;
mod volume_findings;

use change::Change;

/// A sample image. Its facts are those of a report on it.
#[derive(Clone, Copy, Debug)]
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
    /// One of the main samples. Those of a format and a collection of small ones together show all its findings.
    pub main: bool,
    /// Ids of the findings that it is there to show, whatever their severity.
    pub shows: &'static [&'static str],
    /// Ids of all errors and warnings that a report has, none for a healthy image.
    pub faults: &'static [&'static str],
    /// It takes the check of the data, and not only of headers and tables, to see them.
    pub deep: bool,
    /// All files of the image are there.
    pub complete: bool,
    /// Size of the guest's disk in bytes.
    pub virtual_size: u64,
    /// The volumes that can be recognised, in the order of the disk.
    pub volumes: &'static [Volume],
    build: fn(&Sample) -> Vec<SampleFile>,
    changes: &'static [Change],
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
        main: true,
        shows: &[],
        faults: &[],
        deep: false,
        complete: true,
        virtual_size: 0,
        volumes: &[],
        build: |_| Vec::new(),
        changes: &[],
    };

    /// Writes the files. The first one is the image, the others are its extents or its parents.
    pub fn files(&self) -> Vec<SampleFile> {
        let mut files = (self.build)(self);
        change::make(self.changes, &mut files);
        files
    }

    /// Nothing is wrong with it: a report has no error and no warning.
    pub fn is_healthy(&self) -> bool {
        self.faults.is_empty()
    }

    /// What the samples that show one finding have in common.
    const FINDING: Self = Self { main: false, ..Self::PLAIN };

    /// A file named after the sample.
    fn file(&self, suffix: &str, bytes: impl Into<Vec<u8>>) -> SampleFile {
        SampleFile { name: format!("{}{suffix}", self.name), bytes: bytes.into() }
    }
}

/// Sectors of so many MiB.
const fn mib(count: u32) -> u32 {
    count * 2048
}

const MAIN: &[Sample] = &[
    vhd::FIXED,
    vhd::FIXED_511,
    vhd::DYNAMIC,
    vhd::DYNAMIC_GPT,
    vhd::SIDE_BY_SIDE,
    vhd::DYNAMIC_2040G,
    vhd::DIFFERENCING,
    vhd_products::VIRTUAL_PC,
    vhd_products::SPLIT,
    vhd_products::UNDO,
    vhd_products::CHECKPOINTS,
    vhd_products::XENSERVER,
    vhd_products::LARGE_BLOCKS,
    vmdk::MONOLITHIC_SPARSE,
    vmdk::MONOLITHIC_SPARSE_V2,
    vmdk::SIDE_BY_SIDE,
    vmdk::MONOLITHIC_FLAT,
    vmdk::TWO_GB_SPARSE,
    vmdk::TWO_GB_FLAT,
    vmdk::FLAT_WITHOUT_EXTENT,
    vmdk::EXTENT_ALONE,
    vmdk::STREAM,
    vmdk::STREAM_QEMU,
    vmdk::SNAPSHOTS,
    vmdk::SPLIT_SNAPSHOT,
    vmdk::COWD_SNAPSHOT,
    vmdk::SESPARSE_SNAPSHOT,
    vmdk::MIXED_SET,
    vmdk::PARTITIONED_DEVICE,
    vmdk::CHANGE_TRACKING,
    vmdk::RENAMED,
    vmdk::ENCODING,
    raw::MBR,
    raw::GPT_512,
    raw::GPT_4096,
    raw::VOLUME_EXFAT,
    raw::ISO,
    raw::LUKS,
    schemes::BOOT,
    schemes::LDM,
    schemes::APM,
    schemes::BSD,
    schemes::SOLARIS,
    schemes::SUN,
    schemes::SGI,
    schemes::ATARI,
    schemes::DASD,
    schemes::ISO_BOOT,
    vhd::FOOTER_CHECKSUM,
    vhd::FOOTER_MISSING,
    vhd::COPY_DAMAGED,
    vhd::HEADER_CHECKSUM,
    vhd::BAT_PAST_END,
    vhd::BAT_DUPLICATE,
    vhd::BAT_IN_METADATA,
    vhd::FIXED_TRUNCATED,
    vhd::CUSTOMER,
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

/// All lists one after the other.
const LISTS: &[&[Sample]] = &[
    MAIN,
    vhd_findings::footer::SAMPLES,
    vhd_findings::size::SAMPLES,
    vhd_findings::header::SAMPLES,
    vhd_findings::blocks::SAMPLES,
    vhd_findings::chain::SAMPLES,
    vmdk_findings::header::SAMPLES,
    vmdk_findings::tables::SAMPLES,
    vmdk_findings::stream::SAMPLES,
    vmdk_findings::stream_data::SAMPLES,
    vmdk_findings::descriptor::SAMPLES,
    vmdk_findings::esx::SAMPLES,
    vmdk_findings::extents::SAMPLES,
    vmdk_findings::chain::SAMPLES,
    partition_findings::mbr::SAMPLES,
    partition_findings::gpt::SAMPLES,
    partition_findings::labels::SAMPLES,
    partition_findings::dynamic::SAMPLES,
    partition_findings::general::SAMPLES,
    volume_findings::windows::SAMPLES,
    volume_findings::linux::SAMPLES,
    volume_findings::encrypted::SAMPLES,
    volume_findings::sets::SAMPLES,
];

static GALLERY: [Sample; count()] = joined();

const fn count() -> usize {
    let mut count = 0;
    let mut list = 0;
    while list < LISTS.len() {
        count += LISTS[list].len();
        list += 1;
    }
    count
}

#[allow(clippy::large_stack_arrays, reason = "the compiler does it")]
const fn joined() -> [Sample; count()] {
    let mut all = [Sample::PLAIN; count()];
    let mut filled = 0;
    let mut list = 0;
    while list < LISTS.len() {
        let mut index = 0;
        while index < LISTS[list].len() {
            all[filled] = LISTS[list][index];
            filled += 1;
            index += 1;
        }
        list += 1;
    }
    all
}

/// Every sample: the main ones first, and of these the healthy ones.
pub fn gallery() -> &'static [Sample] {
    &GALLERY
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
    fn a_sample_is_a_main_one_or_shows_findings() {
        let first_other = gallery().iter().position(|sample| !sample.main).unwrap_or(gallery().len());
        for (index, sample) in gallery().iter().enumerate() {
            assert_eq!(sample.main, index < first_other, "{}: main samples come first", sample.name);
            assert_eq!(sample.main, !sample.name.contains("-finding-"), "{}", sample.name);
            assert!(sample.main || !sample.shows.is_empty(), "{}", sample.name);
        }
    }

    #[test]
    fn files_are_small_distinct_and_the_same_every_time() {
        // Bytes of a sample, and of all: main samples, then the others.
        let most = [(20 * MIB, 224 * MIB), (3 * MIB, 72 * MIB)];
        let mut totals = [0; 2];
        for sample in gallery() {
            let group = usize::from(!sample.main);
            let files = sample.files();
            let names: BTreeSet<_> = files.iter().map(|file| &file.name).collect();
            assert_eq!(names.len(), files.len(), "{}", sample.name);
            assert!(!files.is_empty() && files.iter().all(|file| !file.bytes.is_empty()), "{}", sample.name);
            let size: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
            assert!(size <= most[group].0, "{}: {size} bytes", sample.name);
            assert!(files == sample.files(), "{} differs the second time", sample.name);
            totals[group] += size;
        }
        assert!(
            totals[0] <= most[0].1 && totals[1] <= most[1].1,
            "{:?} KiB",
            totals.map(|total| total / KIB)
        );
    }

    #[test]
    fn damage_is_small() {
        let bytes = |name| find(name).expect("it is in the gallery").files().swap_remove(0).bytes;
        let good = bytes("raw-gpt-512");
        let damaged = bytes("gpt-primary-damaged");
        assert_eq!(good.iter().zip(&damaged).filter(|(a, b)| a != b).count(), 1);
    }
}
