//! Findings on the text of the descriptor.

use super::super::change::Change::{self, Append, File, Insert, Name, Put, Text};
use super::{FLAT, FLAT_SECTORS, NEW, Sample, SampleFile, flat};
use crate::disk::{Disk, SECTOR};
use crate::vmdk::{Sparse, tracking};

/// A flat image with a further file.
fn with(sample: &Sample, suffix: &str, bytes: impl Into<Vec<u8>>) -> Vec<SampleFile> {
    let mut files = flat(sample, |_| {});
    files.push(sample.file(suffix, bytes));
    files
}

/// Takes the comment of the extents out of the text and something in.
const fn instead_of_comment(line: &'static str) -> Change {
    Text("# Extent description\n", line)
}

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-descriptor-empty",
        title: "A sparse VMDK without the text of its descriptor",
        about: "Zeros stand where the text was. The grains can still be read.",
        variant: "sparse-extent",
        shows: &["vmdk.descriptor.empty"],
        faults: &["vmdk.descriptor.empty"],
        changes: &[Put(512, &[0; 1024])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-descriptor-absent",
        title: "A part of a split VMDK",
        about: "Only the descriptor knows what other parts there are, and it was not given.",
        variant: "sparse-extent",
        shows: &["vmdk.descriptor.absent"],
        complete: false,
        build: |sample| {
            let disk = Disk::new(super::DISK_BYTES);
            vec![sample.file("-s002.vmdk", Sparse::new(disk.sectors(), None).write(&disk))]
        },
        ..NEW
    },
    Sample {
        name: "vmdk-finding-descriptor-first-line",
        title: "A descriptor with another first line",
        about: "A word is missing from it, and VirtualBox does not know the file.",
        shows: &["vmdk.descriptor.first-line"],
        faults: &["vmdk.descriptor.first-line"],
        changes: &[Text("# Disk DescriptorFile", "# Disk")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-byte-order-mark",
        title: "A descriptor that an editor has saved with a byte order mark",
        about: "qemu takes this text for the disk itself.",
        shows: &["vmdk.descriptor.byte-order-mark"],
        changes: &[Insert(0, 3), Put(0, b"\xef\xbb\xbf")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-version-missing",
        title: "A descriptor without a version",
        about: "The line is missing by which qemu knows a descriptor.",
        shows: &["vmdk.descriptor.version-missing"],
        faults: &["vmdk.descriptor.version-missing"],
        changes: &[Text("version=1\n", "")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-version",
        title: "A descriptor of an unknown version",
        about: "The version is 4; there are 1, 2 and 3.",
        shows: &["vmdk.descriptor.version"],
        faults: &["vmdk.descriptor.version"],
        changes: &[Text("version=1", "version=4")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-version-3",
        title: "A descriptor with change tracking, but without its file",
        about: "Version 3 means that changed blocks are tracked, and no line says where.",
        shows: &["vmdk.descriptor.version-3"],
        changes: &[Text("version=1", "version=3")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-cid",
        title: "A descriptor whose content identity is no number",
        about: "CID ought to be hexadecimal digits, and here is a word.",
        shows: &["vmdk.descriptor.cid"],
        faults: &["vmdk.descriptor.cid"],
        changes: &[Text("CID=7c1e4a90", "CID=unknown")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-parent-cid",
        title: "A descriptor that does not say whether there is a parent",
        about: "The line parentCID is missing.",
        shows: &["vmdk.descriptor.parent-cid"],
        faults: &["vmdk.descriptor.parent-cid"],
        changes: &[Text("parentCID=ffffffff\n", "")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-key-order",
        title: "A descriptor with parentCID in front of CID",
        about: "qemu looks for the first \"CID=\" and finds the end of parentCID.",
        shows: &["vmdk.descriptor.key-order"],
        faults: &["vmdk.descriptor.key-order"],
        changes: &[Text("CID=7c1e4a90\nparentCID=ffffffff", "parentCID=ffffffff\nCID=7c1e4a90")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-create-type",
        title: "A descriptor without a layout",
        about: "The line createType is missing, so that no product opens the disk.",
        variant: "unknown",
        shows: &["vmdk.descriptor.create-type"],
        faults: &["vmdk.descriptor.create-type"],
        changes: &[Text("createType=\"monolithicFlat\"\n", "")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-create-type-unknown",
        title: "A descriptor with its layout in lower case",
        about: "Products compare the word letter by letter.",
        variant: "monolithicflat",
        shows: &["vmdk.descriptor.create-type-unknown"],
        faults: &["vmdk.descriptor.create-type-unknown"],
        changes: &[Text("monolithicFlat", "monolithicflat")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-duplicate-key",
        title: "A descriptor with two content identities",
        about: "The line CID is there twice with different values, and tools differ in which of them they take.",
        shows: &["vmdk.descriptor.duplicate-key"],
        faults: &["vmdk.descriptor.duplicate-key"],
        changes: &[Text("isNative", "CID=00000001\nisNative")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-hidden-key",
        title: "A descriptor with a second layout in a comment",
        about: "qemu finds keys in comments too: for it, this is another kind of disk.",
        shows: &["vmdk.descriptor.hidden-key"],
        faults: &["vmdk.descriptor.hidden-key"],
        changes: &[Text("version=1\n", "# createType=\"monolithicSparse\"\nversion=1\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-unknown-line",
        title: "A descriptor with a line that means nothing",
        about: "Someone left a note without making it a comment.",
        shows: &["vmdk.descriptor.unknown-line"],
        faults: &["vmdk.descriptor.unknown-line"],
        changes: &[instead_of_comment("moved to the new datastore\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-order",
        title: "A descriptor with its parts in another order",
        about: "A line of the disk database stands in front of the extent. VirtualBox refuses that.",
        shows: &["vmdk.descriptor.order"],
        faults: &["vmdk.descriptor.order"],
        changes: &[instead_of_comment("ddb.deletable = \"true\"\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-encoding",
        title: "A descriptor that is not in the encoding it declares",
        about: "A comment has a letter of windows-1252, and the text says that it is UTF-8.",
        shows: &["vmdk.descriptor.encoding"],
        faults: &["vmdk.descriptor.encoding"],
        changes: &[Append(b"# Ger\xe4t\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-bare-cr",
        title: "A descriptor with the line end of old Macs",
        about: "A line ends with a carriage return alone; qemu runs it together with the next one.",
        shows: &["vmdk.descriptor.bare-cr"],
        faults: &["vmdk.descriptor.bare-cr"],
        changes: &[Text("isNativeSnapshot=\"no\"\n", "isNativeSnapshot=\"no\"\r")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-nul",
        title: "A descriptor with zero bytes inside",
        about: "Two zero bytes stand in front of the last line, as after a crash of the host.",
        shows: &["vmdk.descriptor.nul"],
        faults: &["vmdk.descriptor.nul"],
        changes: &[Append(b"\0\0ddb.deletable = \"true\"\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-long",
        title: "A descriptor that is unusually long",
        about: "A comment of 70000 letters follows the text.",
        shows: &["vmdk.descriptor.long"],
        faults: &["vmdk.descriptor.long"],
        build: |sample| longer(sample, 70_000),
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-too-long",
        title: "A descriptor of more than a mebibyte",
        about: "qemu reads the first mebibyte only, and so does this program.",
        shows: &["vmdk.descriptor.too-long"],
        faults: &["vmdk.descriptor.too-long"],
        build: |sample| longer(sample, 1 << 20),
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-cut",
        title: "A descriptor with more lines than are read",
        about: "9000 lines of two letters follow the text.",
        shows: &["vmdk.descriptor.cut"],
        faults: &["vmdk.descriptor.cut"],
        build: |sample| {
            let mut files = flat(sample, |_| {});
            files[0].bytes.extend("#\n".repeat(9000).bytes());
            files
        },
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-other-name",
        title: "A sparse VMDK that was renamed",
        about: "The text inside still has the name from before.",
        shows: &["vmdk.descriptor.other-name"],
        changes: &[Name("web-server.vmdk")],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-descriptor-long-content-id",
        title: "A descriptor with two content identities that do not match",
        about: "The long one ends with other digits than the short one.",
        shows: &["vmdk.descriptor.long-content-id"],
        changes: &[Text("7c1e4a90\"\n", "7c1e4a91\"\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-geometry",
        title: "A descriptor with a geometry that is larger than the disk",
        about: "9 cylinders of 68 sectors, and the disk has 68 sectors in all.",
        shows: &["vmdk.descriptor.geometry"],
        changes: &[Text("cylinders = \"1\"", "cylinders = \"9\"")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-uuid",
        title: "A descriptor with a malformed identity",
        about: "The last byte of the identity is missing.",
        shows: &["vmdk.descriptor.uuid"],
        faults: &["vmdk.descriptor.uuid"],
        changes: &[Text(" 83\"\n", "\"\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-uuid-twice",
        title: "Two disks with one identity",
        about: "Someone copied a disk by its files. A guest that is given both cannot tell them apart.",
        shows: &["vmdk.descriptor.uuid-twice"],
        faults: &["vmdk.descriptor.uuid-twice"],
        build: |sample| {
            let mut all = flat(sample, |_| {});
            all.extend(flat(sample, |link| link.name.push_str("-copy")));
            all
        },
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-adapter",
        title: "A descriptor with an unknown controller",
        about: "The controller is one of Adaptec's, which VMware never had.",
        shows: &["vmdk.descriptor.adapter"],
        changes: &[Text("\"lsilogic\"", "\"adaptec\"")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-encrypted",
        title: "The descriptor of an encrypted disk",
        about: "It names the keys. What is in the flat file, only the key server can tell.",
        shows: &["vmdk.descriptor.encrypted"],
        build: |sample| {
            flat(sample, |link| {
                link.descriptor.header.push(
                    "encryptionKeys=\"vmware:key/list/(pair/(fqid/<VMWARE-NULL>/kms/1,HMAC-SHA-256,AAAA))\""
                        .into(),
                );
                link.descriptor.database.push(("iofilters", "vmwarevmcrypt".into()));
            })
        },
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-change-tracking-missing",
        title: "A descriptor without its change tracking file",
        about: "It names a file that lists changed blocks, and that was not given.",
        shows: &["vmdk.descriptor.change-tracking-missing"],
        build: |sample| flat(sample, |link| tracked(sample, link)),
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-change-tracking-magic",
        title: "A descriptor whose change tracking file is none",
        about: "The file is there, but it does not begin as such files do.",
        shows: &["vmdk.descriptor.change-tracking-magic"],
        faults: &["vmdk.descriptor.change-tracking-magic"],
        build: |sample| {
            let mut files = flat(sample, |link| tracked(sample, link));
            files.push(sample.file("-ctk.vmdk", tracking::file(FLAT_SECTORS, [0x5a; 16])));
            files
        },
        changes: &[File(2), Put(0, &[0; 4])],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-sidecar-missing",
        title: "A descriptor without the file of a filter",
        about: "An I/O filter of ESXi keeps a file beside the disk, and it was not given.",
        shows: &["vmdk.descriptor.sidecar-missing"],
        changes: &[Append(b"ddb.sidecars = \"cache_1.vmfd\"\n")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-locked",
        title: "A disk with a lock folder beside it",
        about: "VMware makes the folder while a machine runs.",
        shows: &["vmdk.descriptor.locked"],
        build: |sample| with(sample, ".vmdk.lck/M31415.lck", *b"xV4host"),
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-descriptor-orphan",
        title: "A disk with a part that it does not use",
        about: "A file is named like a delta of this disk, and no line of the descriptor names it.",
        shows: &["vmdk.descriptor.orphan"],
        build: |sample| with(sample, "-s002.vmdk", [0; SECTOR as usize]),
        ..FLAT
    },
];

/// A flat image with a comment of so many letters behind its descriptor.
fn longer(sample: &Sample, letters: usize) -> Vec<SampleFile> {
    let mut files = flat(sample, |_| {});
    files[0].bytes.extend(format!("# {}\n", "x".repeat(letters)).bytes());
    files
}

/// Makes a link one whose changes are tracked.
fn tracked(sample: &Sample, link: &mut crate::vmdk::link::Link) {
    link.descriptor.version = 3;
    link.descriptor.tracking = Some(format!("{}-ctk.vmdk", sample.name));
}
