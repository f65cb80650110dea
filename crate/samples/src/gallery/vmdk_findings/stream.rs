//! Findings on streams: compressed extents with their tables and a footer at the end.

use super::super::change::Change::{Append, Put, Size, Words};
use super::{CID, DISK_BYTES, NEW, Sample, SampleFile, USED_GRAINS};
use crate::disk::{Disk, SECTOR};
use crate::vmdk::Grains;
use crate::vmdk::link::{Link, Storage};
use crate::vmdk::stream::{Form, Stream, Written};

/// A stream with two grains as VMware exports it.
pub(super) const CANONICAL: Sample =
    Sample { variant: "streamOptimized", build: |sample| stream(sample, Form::Canonical, |_| {}), ..NEW };

/// A stream of that form with two grains of zeros, and what was done to it.
pub(super) fn stream(sample: &Sample, form: Form, done: impl FnOnce(&mut Written)) -> Vec<SampleFile> {
    stream_of(sample, &Disk::new(DISK_BYTES), form, 6, done)
}

/// A stream of a disk, compressed that hard, and what was done to it.
pub(super) fn stream_of(
    sample: &Sample,
    disk: &Disk,
    form: Form,
    level: u8,
    done: impl FnOnce(&mut Written),
) -> Vec<SampleFile> {
    let grains = Grains { written: USED_GRAINS.into(), ..Grains::default() };
    written(sample, disk, form, level, grains, done)
}

/// A stream with those grains, and what was done to it.
pub(super) fn written(
    sample: &Sample,
    disk: &Disk,
    form: Form,
    level: u8,
    grains: Grains,
    done: impl FnOnce(&mut Written),
) -> Vec<SampleFile> {
    let text = Link::new(sample.name, Storage::StreamOptimized(form), CID).text(disk.sectors());
    let stream = Stream { level, grains, ..Stream::new(form, disk.sectors(), text) };
    let mut written = stream.write(disk);
    done(&mut written);
    vec![sample.file(".vmdk", written.bytes)]
}

/// The sector of a byte of the file.
pub(super) fn sector_at(offset: u64) -> u32 {
    (offset / SECTOR) as u32
}

/// Where the footer is.
const FOOTER: i64 = -1024;

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-stream-footer-missing",
        title: "A stream that was cut before its end",
        about: "The header leaves the place of the directory to the footer, and the footer is gone.",
        shows: &["vmdk.stream.footer-missing"],
        faults: &["vmdk.stream.footer-missing"],
        changes: &[Size(FOOTER)],
        ..CANONICAL
    },
    Sample {
        name: "vmdk-finding-stream-footer-shifted",
        title: "A stream with something behind its end",
        about: "Four kilobytes of zeros follow, as after a way through tar. The footer is not where qemu looks for it.",
        shows: &["vmdk.stream.footer-shifted"],
        faults: &["vmdk.stream.footer-shifted"],
        changes: &[Append(&[0; 4096])],
        ..CANONICAL
    },
    Sample {
        name: "vmdk-finding-stream-footer-differs",
        title: "A stream whose header and footer contradict each other",
        about: "The footer tells of a smaller disk than the header.",
        shows: &["vmdk.stream.footer-differs"],
        faults: &["vmdk.stream.footer-differs"],
        changes: &[Put(FOOTER + 12, &40960_u32.to_le_bytes())],
        ..CANONICAL
    },
    Sample {
        name: "vmdk-finding-stream-footer-directory",
        title: "A stream whose footer does not say where the directory is",
        about: "The header leaves it to the footer, and the footer says 0.",
        shows: &["vmdk.stream.footer-directory"],
        faults: &["vmdk.grain-directory.out-of-file", "vmdk.stream.footer-directory"],
        changes: &[Put(FOOTER + 56, &[0; 8])],
        ..CANONICAL
    },
    Sample {
        name: "vmdk-finding-stream-end-missing",
        title: "A stream without its end mark",
        about: "The last sector ought to be empty; here it is gone.",
        shows: &["vmdk.stream.end-missing"],
        faults: &["vmdk.stream.end-missing"],
        changes: &[Put(-512, &[1])],
        ..CANONICAL
    },
    Sample {
        name: "vmdk-finding-stream-no-end-marker",
        title: "A stream as qemu writes it, without an end mark",
        about: "The tables stand in front of the grains, and the file ends with the last grain.",
        shows: &["vmdk.stream.no-end-marker"],
        build: |sample| stream(sample, Form::Qemu, |_| {}),
        ..CANONICAL
    },
    Sample {
        name: "vmdk-finding-stream-create-type",
        title: "A plain sparse VMDK that calls itself a stream",
        about: "createType is streamOptimized, and no grain is compressed.",
        variant: "streamOptimized",
        shows: &["vmdk.stream.create-type"],
        faults: &["vmdk.stream.create-type"],
        changes: &[Words("monolithicSparse", "streamOptimized")],
        ..NEW
    },
];
