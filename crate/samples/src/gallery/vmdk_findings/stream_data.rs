//! Findings on the data of streams: markers, compressed grains, and what the tables make of them.

use super::super::change::Change::{Append, Size};
use super::stream::{CANONICAL, sector_at, stream, stream_of};
use super::{DISK_BYTES, Sample, SampleFile, USED, USED_GRAINS, entry};
use crate::disk::{Disk, SECTOR};
use crate::vmdk::hosted::GRAIN_SECTORS;
use crate::vmdk::stream::{Form, Marker, Written, packed};
use crate::vmdk::{Grains, Order};
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

const GRAIN_BYTES: usize = (GRAIN_SECTORS * SECTOR) as usize;

/// A stream with its tables in front of its two grains, each of which takes a sector.
const TABLES_FIRST: Sample =
    Sample { deep: true, build: |sample| stream(sample, Form::TablesFirst, |_| {}), ..CANONICAL };

/// The same with something done to it.
fn tables_first(sample: &Sample, done: impl FnOnce(&mut Written)) -> Vec<SampleFile> {
    stream(sample, Form::TablesFirst, done)
}

/// A stream as VMware exports it with something done to it.
fn canonical(sample: &Sample, done: impl FnOnce(&mut Written)) -> Vec<SampleFile> {
    stream(sample, Form::Canonical, done)
}

fn put(written: &mut Written, at: u64, bytes: &[u8]) {
    written.bytes[at as usize..][..bytes.len()].copy_from_slice(bytes);
}

/// Length of the compressed data of a grain.
fn size_of(written: &Written, grain: u64) -> u64 {
    let at = written.grains[&grain] as usize + 8;
    written.bytes[at..at + 4].iter().rev().fold(0, |size, byte| size << 8 | u64::from(*byte))
}

/// Puts other compressed data of at most 500 bytes into the place of the first grain.
fn replace(written: &mut Written, data: &[u8]) {
    let at = written.grains[&0];
    put(written, at, &packed(0, data));
}

/// Puts a table of these entries, to which nothing leads, in front of the directory.
fn put_in_table(written: &mut Written, entries: &[u8]) {
    let at = written.directory as usize - SECTOR as usize;
    let table = [Marker::Table.to_bytes(entries.len() as u64 / SECTOR), entries.to_vec()].concat();
    let directory = (written.directory + table.len() as u64) / SECTOR;
    written.bytes.splice(at..at, table);
    let footer = written.bytes.len() as u64 - 1024;
    put(written, footer + 56, &directory.to_le_bytes());
}

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-grain-table-zero-grains",
        title: "Grains that hold nothing but zeros",
        about: "Two grains take 64 KiB each, and all of their bytes are zero.",
        deep: true,
        shows: &["vmdk.grain-table.zero-grains"],
        ..USED
    },
    Sample {
        name: "vmdk-finding-stream-present",
        title: "A stream that was cut behind its first grain",
        about: "Tables and footer were never downloaded. The markers tell what the grains in front of the cut are.",
        shows: &["vmdk.stream.present"],
        faults: &["vmdk.stream.footer-missing"],
        changes: &[Size(((GRAIN_SECTORS + 1) * SECTOR).cast_signed())],
        deep: true,
        ..CANONICAL
    },
    Sample {
        name: "vmdk-finding-stream-marker",
        title: "A stream that loses its way",
        about: "The marker in front of a table is of kind 9, which does not exist: whoever reads from the front stops \
                here.",
        shows: &["vmdk.stream.marker"],
        faults: &["vmdk.stream.marker"],
        build: |sample| canonical(sample, |written| put(written, written.tables[&0] - SECTOR + 12, &[9])),
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-marker-length",
        title: "A marker with a wrong length",
        about: "The marker in front of the directory says that seven sectors follow, and it is one.",
        shows: &["vmdk.stream.marker-length"],
        faults: &["vmdk.stream.marker-length"],
        build: |sample| canonical(sample, |written| put(written, written.directory - SECTOR, &[7])),
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-marker-padding",
        title: "A marker with something behind it",
        about: "A marker uses 16 bytes of its sector. In the rest of this one stands a word.",
        shows: &["vmdk.stream.marker-padding"],
        faults: &["vmdk.stream.marker-padding"],
        build: |sample| {
            canonical(sample, |written| put(written, written.directory - SECTOR + 100, b"hidden"))
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-progress-marker",
        title: "A marker of kind 4",
        about: "Some exports of vSphere have such markers, which readers skip.",
        shows: &["vmdk.stream.progress-marker"],
        build: |sample| canonical(sample, |written| put(written, written.directory - SECTOR + 12, &[4])),
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-end-early",
        title: "A stream with a gap of zeros",
        about: "Where the first grain ought to be are zeros, as in a download with a hole. To whoever reads from the \
                front they are the end of the stream.",
        shows: &["vmdk.stream.end-early", "vmdk.stream.entry-astray"],
        faults: &["vmdk.stream.end-early", "vmdk.stream.entry-astray"],
        build: |sample| {
            tables_first(sample, |written| put(written, written.grains[&0], &[0; SECTOR as usize]))
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-entry-astray",
        title: "An entry that leads into the data of another grain",
        about: "By its table grain 1 is where the data of grain 0 is.",
        shows: &["vmdk.stream.entry-astray"],
        faults: &["vmdk.stream.entry-astray"],
        build: |sample| {
            stream_of(sample, &Disk::new(DISK_BYTES), Form::TablesFirst, 0, |written| {
                let sector = sector_at(written.grains[&0]) + 3;
                put(written, written.tables[&0] + 4, &entry(sector));
            })
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-grain-place",
        title: "A grain for no place of the disk",
        about: "Its marker names sector 65665, which is no multiple of a grain.",
        shows: &["vmdk.stream.grain-place"],
        faults: &["vmdk.stream.grain-place"],
        build: |sample| {
            let sector = USED_GRAINS[1] * GRAIN_SECTORS + 1;
            tables_first(sample, |written| put(written, written.grains[&513], &sector.to_le_bytes()))
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-grain-elsewhere",
        title: "A grain of two places",
        about: "The table says that it is grain 513, its marker that it is the one behind it. qemu believes the table, \
                an import the marker.",
        shows: &["vmdk.stream.grain-elsewhere"],
        faults: &["vmdk.stream.grain-elsewhere"],
        build: |sample| {
            let sector = (USED_GRAINS[1] + 1) * GRAIN_SECTORS;
            tables_first(sample, |written| put(written, written.grains[&513], &sector.to_le_bytes()))
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-grain-size",
        title: "A grain of four gigabytes",
        about: "By its marker the compressed data is longer than the file.",
        shows: &["vmdk.stream.grain-size"],
        faults: &["vmdk.stream.grain-size"],
        build: |sample| tables_first(sample, |written| put(written, written.grains[&513] + 8, &[0xff; 4])),
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-grain-unreferenced",
        title: "A grain to which no table leads",
        about: "It stands in the stream, and the entry of the table is zero. An import takes it, qemu does not.",
        shows: &["vmdk.stream.grain-unreferenced"],
        faults: &["vmdk.stream.grain-unreferenced"],
        build: |sample| tables_first(sample, |written| put(written, written.tables[&1] + 4, &[0; 4])),
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-table-unreferenced",
        title: "A second grain table",
        about: "A table with an entry stands in front of the directory, which leads to others.",
        shows: &["vmdk.stream.table-unreferenced"],
        faults: &["vmdk.stream.table-unreferenced"],
        build: |sample| {
            canonical(sample, |written| put_in_table(written, &[&[128], &[0; 2047][..]].concat()))
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-empty-table",
        title: "A grain table of zeros at the end",
        about: "Exports of VMware's products end so. No entry of the directory leads to it.",
        shows: &["vmdk.stream.empty-table"],
        build: |sample| canonical(sample, |written| put_in_table(written, &[0; 2048])),
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-order",
        title: "A stream in the opposite order",
        about: "The last grain of the disk comes first. Who goes by the tables does not mind; an import that writes \
                what it reads does.",
        shows: &["vmdk.stream.order"],
        faults: &["vmdk.stream.order"],
        build: |sample| {
            let grains =
                Grains { written: USED_GRAINS.into(), order: Order::Descending, ..Grains::default() };
            super::stream::written(sample, &Disk::new(DISK_BYTES), Form::TablesFirst, 6, grains, |_| {})
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-inflate",
        title: "A grain that cannot be inflated",
        about: "Eight bytes of its compressed data were overwritten.",
        shows: &["vmdk.stream.inflate"],
        faults: &["vmdk.stream.inflate"],
        build: |sample| tables_first(sample, |written| put(written, written.grains[&0] + 14, &[0xff; 8])),
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-checksum",
        title: "A grain with a wrong checksum",
        about: "It can be inflated, but the Adler-32 behind the data is of something else.",
        shows: &["vmdk.stream.checksum"],
        faults: &["vmdk.stream.checksum"],
        build: |sample| {
            tables_first(sample, |written| {
                let last = written.grains[&0] + 12 + size_of(written, 0) - 1;
                written.bytes[last as usize] ^= 1;
            })
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-plain-deflate",
        title: "A grain without the header of zlib",
        about: "It is plain deflate, as VMware's document has it and no product writes it.",
        shows: &["vmdk.stream.plain-deflate"],
        faults: &["vmdk.stream.plain-deflate"],
        build: |sample| {
            tables_first(sample, |written| replace(written, &compress_to_vec(&[0; GRAIN_BYTES], 6)))
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-grain-length",
        title: "A grain that is too short",
        about: "60,000 bytes come out, and a grain has 65,536.",
        shows: &["vmdk.stream.grain-length"],
        faults: &["vmdk.stream.grain-length"],
        build: |sample| {
            tables_first(sample, |written| replace(written, &compress_to_vec_zlib(&[0; 60_000], 6)))
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-last-grain-short",
        title: "A last grain that stops where the disk does",
        about: "The disk has three sectors more than a multiple of 64 KiB. qemu compresses only those; VirtualBox \
                wants a whole grain.",
        virtual_size: DISK_BYTES + 3 * SECTOR,
        shows: &["vmdk.stream.last-grain-short"],
        build: |sample| {
            let mut disk = Disk::new(sample.virtual_size);
            disk.write(DISK_BYTES, b"the end of the disk");
            stream_of(sample, &disk, Form::Qemu, 6, |_| {})
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-trailing",
        title: "Something behind a compressed grain",
        about: "A grain ends within a sector; the rest of it ought to be zeros and holds a word.",
        shows: &["vmdk.stream.trailing"],
        faults: &["vmdk.stream.trailing"],
        build: |sample| {
            tables_first(sample, |written| {
                let end = written.grains[&0] + 12 + size_of(written, 0);
                put(written, end, b"hidden");
            })
        },
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-tail",
        title: "Something behind the end of a stream",
        about: "After the end mark comes one more sector, which no product reads.",
        shows: &["vmdk.stream.tail"],
        faults: &["vmdk.stream.tail"],
        changes: &[Append(&[b'+'; SECTOR as usize])],
        ..TABLES_FIRST
    },
    Sample {
        name: "vmdk-finding-stream-not-checked",
        title: "A compressed extent without markers",
        about: "Its header denies that there are markers, so nothing says how long each grain is.",
        shows: &["vmdk.stream.not-checked"],
        build: |sample| tables_first(sample, |written| put(written, 8, &[1, 0, 1, 0])),
        ..TABLES_FIRST
    },
];
