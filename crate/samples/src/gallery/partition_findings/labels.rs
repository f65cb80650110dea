//! Findings on the tables of machines that are no PCs.

use super::super::Sample;
use super::Change::Put;
use super::{SECTORS, SIGNATURE, disk_of, image};
use crate::disk::Disk;
use crate::labels::{Partition, apm, atari, bsd, dasd, sgi, sun};
use crate::mbr;

/// A disk with an Apple partition map: the map, and two partitions.
const APM: Sample = Sample {
    build: |sample| {
        let partition = |name, first, count| apm::Partition {
            kind: "Apple_HFS",
            name,
            first,
            count,
            status: apm::USABLE,
        };
        let mut disk = Disk::new(sample.virtual_size);
        apm::write(&mut disk, 512, 15, &[partition("One", 16, 100), partition("Two", 116, 140)]);
        image(sample, &disk)
    },
    ..disk_of(SECTORS)
};

/// First sector and sectors of the slice that holds a label.
const SLICE: (u32, u32) = (8, 248);

/// A disk with a slice of FreeBSD, with two partitions and the whole in its label; the second has so many sectors.
fn bsd_slice(sample: &Sample, second: u32) -> Vec<super::SampleFile> {
    let (start, count) = SLICE;
    let mut disk = Disk::new(sample.virtual_size);
    mbr::Table::new(SIGNATURE, vec![mbr::Partition::new(0xa5, start, count)]).write(&mut disk);
    let partitions = [
        Partition::new(bsd::kind::FFS, start + 16, 112),
        Partition::new(bsd::kind::SWAP, start + 128, second),
        Partition::new(bsd::kind::UNUSED, start, count),
    ];
    bsd::write(&mut disk, start, count, &partitions);
    image(sample, &disk)
}

const BSD: Sample = Sample { build: |sample| bsd_slice(sample, 120), ..disk_of(SECTORS) };

/// Where the label of that disk is, and its fields.
const BSD_LABEL: i64 = 9 * 512;
const BSD_MAGIC_2: i64 = BSD_LABEL + 132;
const BSD_COUNT: i64 = BSD_LABEL + 138;
const BSD_PACK: i64 = BSD_LABEL + 24;

/// A disk of a SPARC with two slices and the whole.
const SUN: Sample = Sample {
    build: |sample| {
        let slices = [
            Partition::new(sun::kind::ROOT, 32, 96),
            Partition::new(sun::kind::SWAP, 128, 128),
            Partition::new(sun::kind::WHOLE, 0, SECTORS),
        ];
        let mut disk = Disk::new(sample.virtual_size);
        sun::write_sparc(&mut disk, 2, 16, &slices);
        image(sample, &disk)
    },
    ..disk_of(SECTORS)
};

/// A PC's disk with a Solaris partition, in whose label the second slice has so many sectors.
fn solaris(sample: &Sample, second: u32) -> Vec<super::SampleFile> {
    let mut disk = Disk::new(sample.virtual_size);
    mbr::Table::new(SIGNATURE, vec![mbr::Partition::new(0xbf, 8, 248)]).write(&mut disk);
    let slices = [
        Partition::new(sun::kind::ROOT, 8, 112),
        Partition::new(sun::kind::SWAP, 120, second),
        Partition::new(sun::kind::WHOLE, 0, 248),
    ];
    sun::write_x86(&mut disk, 8, &slices);
    image(sample, &disk)
}

/// A disk of an SGI machine with two partitions, the volume header and the whole.
const SGI: Sample = Sample {
    build: |sample| {
        let partitions = [
            (1, Partition::new(sgi::kind::XFS, 16, 112)),
            (2, Partition::new(sgi::kind::LINUX_SWAP, 128, 128)),
            (9, Partition::new(sgi::kind::HEADER, 0, 16)),
            (11, Partition::new(sgi::kind::VOLUME, 0, SECTORS)),
        ];
        let mut disk = Disk::new(sample.virtual_size);
        sgi::write(&mut disk, &partitions);
        image(sample, &disk)
    },
    ..disk_of(SECTORS)
};

/// A disk of an Atari with a partition, and two more in a chain.
const ATARI: Sample = Sample {
    build: |sample| {
        let mut disk = Disk::new(sample.virtual_size);
        atari::write(&mut disk, &[("GEM", 2, 60)], Some(((63, 190), &[("LNX", 64, 40), ("RAW", 105, 40)])));
        image(sample, &disk)
    },
    ..disk_of(SECTORS)
};

/// Link of the chain's first root sector.
const ATARI_LINK: i64 = 63 * 512 + 454 + 12;

/// A mainframe's disk of two cylinders with one partition.
const DASD: Sample = Sample {
    build: |sample| {
        let mut disk = Disk::new(sample.virtual_size);
        dasd::write(&mut disk, "SAMPLE", &[("NATIVE", 2, 29)]);
        image(sample, &disk)
    },
    ..disk_of((30 * dasd::TRACK * dasd::BLOCK / 512) as u32)
};

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-apm-map-broken",
        title: "An Apple partition map that ends early",
        about: "The block of the third entry no longer begins with PM.",
        shows: &["apm.map.broken"],
        faults: &["apm.map.broken"],
        changes: &[Put(3 * 512, b"pm")],
        ..APM
    },
    Sample {
        name: "raw-finding-apm-map-count",
        title: "An Apple partition map whose entries count differently",
        about: "The second entry says that there are nine, the first one three.",
        shows: &["apm.map.count"],
        faults: &["apm.map.count"],
        changes: &[Put(2 * 512 + 7, &[9])],
        ..APM
    },
    Sample {
        name: "raw-finding-apm-map-many",
        title: "An Apple partition map of 65536 entries",
        about: "The first entry counts far more entries than there are; reading stops where they end.",
        shows: &["apm.map.many"],
        faults: &["apm.map.broken", "apm.map.many"],
        changes: &[Put(512 + 4, &[0, 1, 0, 0])],
        ..APM
    },
    Sample {
        name: "raw-finding-apm-driver-size",
        title: "An Apple disk that was twice as large",
        about: "The driver descriptor states 512 blocks, and the disk has 256.",
        shows: &["apm.driver.size"],
        faults: &["apm.driver.size"],
        changes: &[Put(4, &[0, 0, 2, 0])],
        ..APM
    },
    Sample {
        name: "raw-finding-partition-past-end",
        title: "An Apple partition that is longer than the disk",
        about: "The last entry has 1000 blocks on a disk of 256.",
        shows: &["partition.entry.past-end"],
        faults: &["partition.entry.past-end"],
        changes: &[Put(3 * 512 + 12, &[0, 0, 3, 0xe8])],
        ..APM
    },
    Sample {
        name: "raw-finding-partition-overlap",
        title: "An Apple disk whose two partitions overlap",
        about: "The first partition reaches ten blocks into the second.",
        shows: &["partition.entry.overlap"],
        faults: &["partition.entry.overlap"],
        changes: &[Put(2 * 512 + 15, &[110])],
        ..APM
    },
    Sample {
        name: "raw-finding-bsd-label-magic",
        title: "A BSD disklabel without its second magic number",
        about: "Bytes 132 to 135 of the label are changed, and two more of its name, so that the checksum still matches.",
        shows: &["bsd.label.magic"],
        faults: &["bsd.label.magic"],
        // The exclusive or of what was there and what is there now, twice.
        changes: &[Put(BSD_MAGIC_2, &[0x57 ^ 0x11, 0x45 ^ 0x22]), Put(BSD_PACK, &[b'd' ^ 0x11, b'i' ^ 0x22])],
        ..BSD
    },
    Sample {
        name: "raw-finding-bsd-label-checksum",
        title: "A BSD disklabel whose checksum does not match",
        about: "A letter of its name was changed.",
        shows: &["bsd.label.checksum"],
        faults: &["bsd.label.checksum"],
        changes: &[Put(BSD_PACK, b"D")],
        ..BSD
    },
    Sample {
        name: "raw-finding-bsd-label-count",
        title: "A BSD disklabel that counts 200 partitions",
        about: "There is room for 22 in its sector.",
        shows: &["bsd.label.count"],
        faults: &["bsd.label.count"],
        changes: &[Put(BSD_COUNT, &[200])],
        ..BSD
    },
    Sample {
        name: "raw-finding-bsd-entry-outside",
        title: "A BSD partition that leaves its slice",
        about: "Partition b is 40 sectors longer than the slice around it, and the disk.",
        shows: &["bsd.entry.outside"],
        faults: &["bsd.entry.outside", "partition.entry.past-end"],
        build: |sample| bsd_slice(sample, 160),
        ..BSD
    },
    Sample {
        name: "raw-finding-sun-label-checksum",
        title: "A Sun disk label whose checksum does not match",
        about: "A letter of the label's text was changed.",
        shows: &["sun.label.checksum"],
        faults: &["sun.label.checksum"],
        changes: &[Put(0, b"D")],
        ..SUN
    },
    Sample {
        name: "raw-finding-sun-label-contents",
        title: "A Sun disk label with a table of contents of version 3",
        about: "Only version 1 exists. The checksum was made to match.",
        shows: &["sun.label.contents"],
        faults: &["sun.label.contents"],
        changes: &[Put(131, &[3]), Put(1, &[b'i' ^ 1 ^ 3])],
        ..SUN
    },
    Sample {
        name: "raw-finding-sun-slice-outside",
        title: "A Solaris slice that leaves its partition",
        about: "The second slice is 32 sectors longer than the partition around it, and the disk.",
        shows: &["sun.slice.outside"],
        faults: &["partition.entry.past-end", "sun.slice.outside"],
        build: |sample| solaris(sample, 160),
        ..disk_of(SECTORS)
    },
    Sample {
        name: "raw-finding-sgi-header-checksum",
        title: "An SGI volume header whose checksum does not match",
        about: "A letter in the name of the boot file was changed.",
        shows: &["sgi.header.checksum"],
        faults: &["sgi.header.checksum"],
        changes: &[Put(9, b"U")],
        ..SGI
    },
    Sample {
        name: "raw-finding-atari-chain-broken",
        title: "A chain of Atari partitions that leads nowhere",
        about: "The link in the chain leads to an empty sector.",
        shows: &["atari.chain.broken"],
        faults: &["atari.chain.broken"],
        changes: &[Put(ATARI_LINK + 4, &[0, 0, 0, 100])],
        ..ATARI
    },
    Sample {
        name: "raw-finding-dasd-contents-missing",
        title: "A mainframe's volume without its table of contents",
        about: "The label points to the second track, where nothing is.",
        shows: &["dasd.contents.missing"],
        faults: &["dasd.contents.missing"],
        changes: &[Put((dasd::TRACK * dasd::BLOCK).cast_signed(), &[0; 140])],
        ..DASD
    },
];
