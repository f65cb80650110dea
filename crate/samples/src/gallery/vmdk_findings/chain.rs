//! Findings on chains: delta links and their parents.

use super::super::change::Change::{File, Text, Without, Words};
use super::{CID, DISK_BYTES, FLAT, FLAT_SECTORS, NEW, Sample, SampleFile, files};
use crate::disk::{Disk, SECTOR};
use crate::vmdk::link::{Link, Storage};

const CHILD_CID: u32 = 0x91d3_06bf;

/// A link without changes of its own on a new image: first the link, then the image.
const CHILD: Sample = Sample { build: |sample| child(sample, |_| {}), ..NEW };

/// Such a link of which something is set otherwise.
fn child(sample: &Sample, made: impl FnOnce(&mut Link)) -> Vec<SampleFile> {
    let disk = Disk::new(DISK_BYTES);
    let base = Link::new(sample.name, Storage::MonolithicSparse, CID);
    let name = format!("{}-000001", sample.name);
    let mut link = Link::new(name, Storage::MonolithicSparse, CHILD_CID).on(&base);
    made(&mut link);
    let mut all = files(&link, &disk);
    all.extend(files(&base, &disk));
    all
}

/// Links of extents of zeros, each on the next one.
fn links(sample: &Sample, count: u32) -> Vec<SampleFile> {
    let name = |number: u32| format!("{}-{number:06}", sample.name);
    let one = |number: u32| {
        let base = Link::new(name(number - 1), Storage::MonolithicFlat, number - 1);
        let mut link = Link::new(name(number), Storage::MonolithicFlat, number);
        if number > 1 {
            link = link.on(&base);
        }
        let text = link.text(FLAT_SECTORS).replace("monolithicFlat", "custom");
        let flat = format!("FLAT \"{}-flat.vmdk\" 0", link.name);
        SampleFile { name: format!("{}.vmdk", link.name), bytes: text.replace(&flat, "ZERO").into_bytes() }
    };
    (1..=count).rev().map(one).collect()
}

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-chain-parent-missing",
        title: "A delta link without its parent",
        about: "Only what changed since a snapshot is here. What has not, is in a file that was not given.",
        shows: &["vmdk.chain.parent-missing"],
        complete: false,
        changes: &[Without(1)],
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-parent-ambiguous",
        title: "A delta link with two possible parents",
        about: "Files of the parent's name and identity are in two folders.",
        shows: &["vmdk.chain.parent-ambiguous"],
        complete: false,
        build: |sample| {
            let mut files = child(sample, |_| {});
            let name = files[1].name.clone();
            files.push(files[1].clone());
            files[1].name = format!("week-1/{name}");
            files[2].name = format!("week-2/{name}");
            files
        },
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-no-hint",
        title: "A delta link that does not name its parent",
        about: "parentCID says that there is a parent, and parentFileNameHint is missing.",
        shows: &["vmdk.chain.no-hint"],
        faults: &["vmdk.chain.no-hint"],
        changes: &[Words("parentFileNameHint=\"vmdk-finding-chain-no-hint.vmdk\"\n", "")],
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-hint-without-cid",
        title: "A disk that names a parent and has none",
        about: "parentCID is ffffffff, which means that there is no parent, and parentFileNameHint names one.",
        shows: &["vmdk.chain.hint-without-cid"],
        faults: &["vmdk.chain.hint-without-cid"],
        changes: &[Words("parentCID=7c1e4a90", "parentCID=ffffffff"), Without(1)],
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-hint-elsewhere",
        title: "A delta link whose parent is in another folder",
        about: "The name of the parent is absolute. It is only looked for among the given files.",
        shows: &["vmdk.chain.hint-elsewhere"],
        changes: &[Words("Hint=\"", "Hint=\"/vmfs/volumes/old/")],
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-cid-mismatch",
        title: "A delta link whose parent has changed",
        about: "The parent has another content identity than the link remembers: something wrote to it.",
        shows: &["vmdk.chain.cid-mismatch"],
        faults: &["vmdk.chain.cid-mismatch"],
        changes: &[File(1), Words("CID=7c1e4a90", "CID=7c1e4a91"), Words("7c1e4a90\"", "7c1e4a91\"")],
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-size-differs",
        title: "A delta link of another size than its parent",
        about: "The parent has 20 MiB, the link has 40.",
        shows: &["vmdk.chain.size-differs"],
        faults: &["vmdk.chain.size-differs"],
        build: |sample| {
            let mut all = child(sample, |_| {});
            let base = Link::new(sample.name, Storage::MonolithicSparse, CID);
            all.truncate(1);
            all.extend(files(&base, &Disk::new(DISK_BYTES / 2)));
            all
        },
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-self-parent",
        title: "A delta link that is its own parent",
        about: "Name and identity of the parent are those of the link itself. qemu does not come to an end with it.",
        shows: &["vmdk.chain.cid-equal", "vmdk.chain.self-parent"],
        faults: &["vmdk.chain.self-parent"],
        changes: &[
            Words("parentCID=7c1e4a90", "parentCID=91d306bf"),
            Words("chain-self-parent.vmdk", "chain-self-parent-000001.vmdk"),
            Without(1),
        ],
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-loop",
        title: "Two delta links that are each other's parents",
        about: "Each names the other, and the identities fit.",
        shows: &["vmdk.chain.loop"],
        faults: &["vmdk.chain.loop"],
        changes: &[
            File(1),
            Words("parentCID=ffffffff", "parentCID=91d306bf"),
            Words(
                "createType=\"monolithicSparse\"",
                "createType=\"monolithicSparse\"\nparentFileNameHint=\"vmdk-finding-chain-loop-000001.vmdk\"",
            ),
        ],
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-long",
        title: "A chain of 34 links",
        about: "VMware supports 32. These have nothing in them.",
        variant: "custom",
        virtual_size: FLAT_SECTORS * SECTOR,
        shows: &["vmdk.chain.long"],
        faults: &["vmdk.chain.long"],
        build: |sample| links(sample, 34),
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-flat-delta",
        title: "A flat disk that names a parent",
        about: "A flat extent holds every sector itself: nothing of a parent could be seen.",
        shows: &["vmdk.chain.flat-delta"],
        faults: &["vmdk.chain.flat-delta"],
        changes: &[
            Text("parentCID=ffffffff", "parentCID=00000001"),
            Text("isNative", "parentFileNameHint=\"base.vmdk\"\nisNative"),
        ],
        complete: false,
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-chain-cid-equal",
        title: "A delta link with the content identity of its parent",
        about: "So it is between a snapshot and the first write after it.",
        shows: &["vmdk.chain.cid-equal"],
        build: |sample| child(sample, |link| link.descriptor.cid = CID),
        ..CHILD
    },
    Sample {
        name: "vmdk-finding-chain-virtualbox-uuid",
        title: "A delta link that expects another parent in VirtualBox",
        about: "The identities of VMware agree, and those by which VirtualBox goes do not.",
        shows: &["vmdk.chain.virtualbox-uuid"],
        faults: &["vmdk.chain.virtualbox-uuid"],
        build: |sample| {
            let made = |link: &mut Link| {
                let expected = "5a0e2f3c-91b4-4d6e-8f70-a1c2b3d4e5f6".into();
                link.descriptor.database.push(("uuid.parent", expected));
            };
            child(sample, made)
        },
        changes: &[
            File(1),
            Words(
                "ddb.virtualHW",
                "ddb.uuid.image = \"0c9b8a76-5432-4fed-8cba-98761234f00d\"\nddb.virtualHW",
            ),
        ],
        ..CHILD
    },
];
