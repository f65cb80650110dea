//! Findings on the footer and on its copy.

use super::super::change::Change::{self, Append, EndFooter, Footers, Put, Size};
use super::{FIXED, NEW, Sample};

/// The copy is damaged in its first byte, too: nothing says what the disk is.
const NO_FOOTER: &[Change] = &[Put(0, b"-"), Put(-512, b"-")];

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vhd-finding-footer-none",
        title: "A dynamic VHD without any footer",
        about: "Both the last sector and its copy at the start begin with another letter. The dynamic disk header is \
                intact and still leads to the blocks.",
        variant: "dynamic",
        shows: &["vhd.footer.none"],
        faults: &["vhd.footer.none"],
        changes: NO_FOOTER,
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-missing",
        title: "A dynamic VHD that was cut before its footer",
        about: "The last sector is gone. The copy at the start of the file still says what the image is.",
        shows: &["vhd.footer.missing"],
        faults: &["vhd.footer.missing"],
        changes: &[Size(-512)],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-checksum",
        title: "A footer whose checksum does not match",
        about: "A bit of the time in the footer at the end has flipped.",
        shows: &["vhd.footer.checksum"],
        faults: &["vhd.footer.checksum"],
        changes: &[Put(-512 + 27, b"\xff")],
        ..NEW
    },
    Sample {
        name: "vhd-finding-copy-missing",
        title: "A dynamic VHD without the copy of its footer",
        about: "The first sector is empty, so readers that start there do not recognise the file.",
        shows: &["vhd.copy.missing"],
        faults: &["vhd.copy.missing"],
        changes: &[Put(0, &[0; 512])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-copy-checksum",
        title: "A copy of the footer whose checksum does not match",
        about: "A bit of the time in the copy at the start has flipped; the footer at the end is good.",
        shows: &["vhd.copy.checksum"],
        faults: &["vhd.copy.checksum"],
        changes: &[Put(27, b"\xff")],
        ..NEW
    },
    Sample {
        name: "vhd-finding-copy-differs",
        title: "Footer and copy that differ in a small thing",
        about: "Both are intact, but one was written an hour after the other.",
        shows: &["vhd.copy.differs"],
        faults: &["vhd.copy.differs"],
        changes: &[EndFooter(&[(24, &(crate::time::SINCE_2000 + 3600).to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-copy-contradicts",
        title: "Footer and copy that describe different disks",
        about: "Both are intact, but each has an identity of its own, as after a clone that was broken off.",
        shows: &["vhd.copy.contradicts"],
        faults: &["vhd.copy.contradicts"],
        changes: &[EndFooter(&[(68, b"another identity")])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-short",
        title: "A footer of 511 bytes",
        about: "The last reserved byte is not there, as before Virtual PC 2004. The checksum is right all the same.",
        shows: &["vhd.footer.short"],
        changes: &[Size(-1)],
        ..FIXED
    },
    Sample {
        name: "vhd-finding-footer-trailing-data",
        title: "A fixed VHD with bytes behind its footer",
        about: "The file was filled up with two empty sectors. Whoever reads the last sector only finds no footer.",
        shows: &["vhd.footer.trailing-data"],
        faults: &["vhd.footer.trailing-data"],
        changes: &[Append(&[0; 1024])],
        ..FIXED
    },
    Sample {
        name: "vhd-finding-footer-features-reserved",
        title: "A footer without the bit that is always set",
        about: "All features are zero, but bit 1 of them must be set.",
        shows: &["vhd.footer.features-reserved"],
        faults: &["vhd.footer.features-reserved"],
        changes: &[Footers(&[(8, &[0; 4])])],
        ..NEW
    },
];
