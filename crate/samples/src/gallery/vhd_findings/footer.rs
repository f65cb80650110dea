//! Findings on the footer and on its copy.

use super::Change::{Append, Copy, EndFooter, Footers, Put, Size};
use super::footer_at as at;
use super::{FIXED, NESTED, NEW, ROOMY, Sample, XENSERVER};
use crate::time::SINCE_2000;

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vhd-finding-footer-none",
        title: "A dynamic VHD without any footer",
        about: "Both the last sector and its copy at the start begin with another letter. The dynamic disk \
                header is intact and still leads to the blocks.",
        shows: &["partition.none", "vhd.footer.none"],
        faults: &["vhd.footer.none"],
        changes: &[Put(0, b"-"), Put(-512, b"-")],
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
        about: "A byte of the time in the footer at the end has changed.",
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
        about: "A byte of the time in the copy at the start has changed; the footer at the end is good.",
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
        changes: &[EndFooter(&[(at::TIME, &(SINCE_2000 + 3600).to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-copy-contradicts",
        title: "Footer and copy that describe different disks",
        about: "Both are intact, but each has an identity of its own, as after a clone that was broken off.",
        shows: &["vhd.copy.contradicts"],
        faults: &["vhd.copy.contradicts"],
        changes: &[EndFooter(&[(at::ID, b"another identity")])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-short",
        title: "A footer of 511 bytes",
        about: "The last reserved byte is not there, as before Virtual PC 2004. The checksum is right all the \
                same.",
        shows: &["vhd.footer.short"],
        changes: &[Size(-1)],
        ..FIXED
    },
    Sample {
        name: "vhd-finding-footer-trailing-data",
        title: "A fixed VHD with bytes behind its footer",
        about: "The file was filled up with two empty sectors. Whoever reads the last sector only finds no \
                footer.",
        shows: &["vhd.footer.trailing-data"],
        faults: &["vhd.footer.trailing-data"],
        changes: &[Append(&[0; 1024])],
        ..FIXED
    },
    Sample {
        name: "vhd-finding-file-size",
        title: "A VHD that does not end at a sector boundary",
        about: "Behind the footer come 100 more bytes: the file is no whole number of sectors.",
        shows: &["vhd.file.size"],
        faults: &["vhd.file.size", "vhd.footer.trailing-data"],
        changes: &[Append(&[0; 100])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-fixed-start-footer",
        title: "A fixed VHD whose disk begins with another VHD",
        about: "The guest keeps an image at the very start of its disk. A tool that looks at the first sector \
                takes the outer image for the inner one.",
        shows: &["vhd.fixed.start-footer"],
        faults: &["vhd.fixed.start-footer"],
        ..NESTED
    },
    Sample {
        name: "vhd-finding-footer-features-reserved",
        title: "A footer without the bit that is always set",
        about: "All features are zero, but bit 1 of them must be set.",
        shows: &["vhd.footer.features-reserved"],
        faults: &["vhd.footer.features-reserved"],
        changes: &[Footers(&[(at::FEATURES, &[0; 4])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-features-unknown",
        title: "A footer with a feature that nobody knows",
        about: "Besides the bit that is always set, bit 4 of the features is set.",
        shows: &["vhd.footer.features-unknown"],
        faults: &["vhd.footer.features-unknown"],
        changes: &[Footers(&[(at::FEATURES, &0x12_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-temporary",
        title: "A temporary disk",
        about: "Bit 0 of the features says that the disk may be deleted when its virtual machine shuts down.",
        shows: &["vhd.footer.temporary"],
        changes: &[Footers(&[(at::FEATURES, &3_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-version",
        title: "A footer of version 2.0",
        about: "There is no such version of the format.",
        shows: &["vhd.footer.version"],
        faults: &["vhd.footer.version"],
        changes: &[Footers(&[(at::VERSION, &0x0002_0000_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-version-minor",
        title: "A footer of version 1.1",
        about: "The only version that is specified is 1.0.",
        shows: &["vhd.footer.version-minor"],
        faults: &["vhd.footer.version-minor"],
        changes: &[Footers(&[(at::VERSION, &0x0001_0001_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-fixed-data-offset",
        title: "A fixed VHD that points to a header",
        about: "A fixed image has no dynamic disk header, yet its footer says that one is at byte 512.",
        shows: &["vhd.footer.fixed-data-offset"],
        faults: &["vhd.footer.fixed-data-offset"],
        changes: &[EndFooter(&[(at::DATA_OFFSET, &512_u64.to_be_bytes())])],
        ..FIXED
    },
    Sample {
        name: "vhd-finding-footer-fixed-data-offset-32",
        title: "A fixed VHD with only half of the data offset set",
        about: "Its writer took the specification by the letter, which prints 32 set bits where every product \
                sets 64.",
        shows: &["vhd.footer.fixed-data-offset-32"],
        faults: &["vhd.footer.fixed-data-offset-32"],
        changes: &[EndFooter(&[(at::DATA_OFFSET, &0xffff_ffff_u64.to_be_bytes())])],
        ..FIXED
    },
    Sample {
        name: "vhd-finding-footer-data-offset",
        title: "A dynamic VHD that points to no header",
        about: "The data offset has all bits set, as only in a fixed image. The header is where it always is, \
                but the footer does not say so.",
        shows: &["vhd.footer.data-offset"],
        faults: &["vhd.footer.data-offset"],
        changes: &[Footers(&[(at::DATA_OFFSET, &[0xff; 8])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-data-offset-unaligned",
        title: "A dynamic disk header off the sector boundary",
        about: "A copy of the header at byte 2049 counts, one byte behind a sector boundary.",
        shows: &["vhd.footer.data-offset-unaligned"],
        faults: &["vhd.footer.data-offset-unaligned"],
        changes: &[Copy(512, 1024, 2049), Footers(&[(at::DATA_OFFSET, &2049_u64.to_be_bytes())])],
        ..ROOMY
    },
    Sample {
        name: "vhd-finding-footer-data-offset-unusual",
        title: "A dynamic disk header behind the table",
        about: "A copy of the header at byte 2048 counts. That is legal, but nearly every product writes it to \
                byte 512.",
        shows: &["vhd.footer.data-offset-unusual"],
        changes: &[Copy(512, 1024, 2048), Footers(&[(at::DATA_OFFSET, &2048_u64.to_be_bytes())])],
        ..ROOMY
    },
    Sample {
        name: "vhd-finding-footer-creator-unknown",
        title: "An image of an unknown program",
        about: "The four letters of the creator are none that a known product writes.",
        shows: &["vhd.footer.creator-unknown"],
        changes: &[Footers(&[(at::CREATOR, b"abcd")])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-tap-version",
        title: "An image of a XenServer of the future",
        about: "The creator is XenServer, version 1.9; the newest that is known is 1.3.",
        shows: &["vhd.footer.tap-version"],
        faults: &["vhd.footer.tap-version"],
        changes: &[Footers(&[(at::CREATOR_VERSION, &0x0001_0009_u32.to_be_bytes())])],
        ..XENSERVER
    },
    Sample {
        name: "vhd-finding-footer-tap-old",
        title: "An image of XenServer's first tools",
        about: "The creator is XenServer, version 0.1, which kept the bits of its bitmaps in another order.",
        shows: &["vhd.footer.tap-old"],
        faults: &["vhd.footer.tap-old"],
        changes: &[Footers(&[(at::CREATOR, b"tap\0"), (at::CREATOR_VERSION, &1_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-disk-type",
        title: "A VHD of an unknown kind",
        about: "The disk type is 9; there are only 2 (fixed), 3 (dynamic) and 4 (differencing).",
        variant: "unknown",
        shows: &["vhd.footer.disk-type"],
        faults: &["vhd.footer.disk-type"],
        changes: &[Footers(&[(at::DISK_TYPE, &9_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-id-null",
        title: "A VHD without an identity",
        about: "All 16 bytes of the identity are zero: no child can refer to this image.",
        shows: &["vhd.footer.id-null"],
        changes: &[Footers(&[(at::ID, &[0; 16])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-saved-state",
        title: "The disk of a saved virtual machine",
        about: "The machine sleeps and will wake up with what it remembers of this disk.",
        shows: &["vhd.footer.saved-state"],
        faults: &["vhd.footer.saved-state"],
        changes: &[Footers(&[(at::SAVED_STATE, &[1])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-saved-state-invalid",
        title: "A saved state that is neither yes nor no",
        about: "The byte that says whether the virtual machine is saved is 2.",
        shows: &["vhd.footer.saved-state-invalid"],
        faults: &["vhd.footer.saved-state-invalid"],
        changes: &[Footers(&[(at::SAVED_STATE, &[2])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-hidden",
        title: "A base copy that XenServer hides",
        about: "Byte 85 of the footer is 1: others stand on this image, and XenServer does not offer it to its \
                users.",
        shows: &["vhd.footer.hidden"],
        changes: &[Footers(&[(at::HIDDEN, &[1])])],
        ..XENSERVER
    },
    Sample {
        name: "vhd-finding-footer-hidden-odd",
        title: "XenServer's mark in an image of somebody else",
        about: "Byte 85 of the footer is 1, but the creator is Windows, for which that byte is reserved.",
        shows: &["vhd.footer.hidden-odd"],
        faults: &["vhd.footer.hidden-odd"],
        changes: &[Footers(&[(at::HIDDEN, &[1])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-reserved",
        title: "A footer with bytes where there should be none",
        about: "Behind the last field, a word stands in the reserved area.",
        shows: &["vhd.footer.reserved"],
        faults: &["vhd.footer.reserved"],
        changes: &[Footers(&[(at::RESERVED + 100, b"hello")])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-disabled",
        title: "An image that was disabled on purpose",
        about: "The footer begins with v_poison instead of conectix: XenServer's tools mark an image so that \
                nobody opens it.",
        shows: &["vhd.footer.disabled"],
        changes: &[Footers(&[(0, b"v_poison")])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-time-future",
        title: "A footer of the year 2099",
        about: "The time at which the image was made has not come yet: a clock was wrong, or a byte is.",
        shows: &["vhd.time.future"],
        faults: &["vhd.time.future"],
        changes: &[Footers(&[(at::TIME, &3_124_137_600_u32.to_be_bytes())])],
        ..NEW
    },
];
