//! Findings on how a child names its parent, and on the chain.

use super::Change::{Append, File, Footers, Header, Name, Put, Size, Twin, Without};
use super::header_at as at;
use super::{CHILD, CHILD_NAME, ID, LAYERS, MIB, PARENT_ID, Sample, footer_at};
use crate::time::SINCE_2000;

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vhd-finding-locator-code",
        title: "A parent locator of an unknown platform",
        about: "The code of the first locator is Zzzz. The second one still leads to the parent.",
        shows: &["vhd.locator.code"],
        faults: &["vhd.locator.code"],
        changes: &[Header(&[(at::LOCATOR, b"Zzzz")])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-locator-range",
        title: "A parent locator that leads out of the file",
        about: "The path of the first locator is said to be at byte 2^40. The second one still leads to the \
                parent.",
        shows: &["vhd.locator.range"],
        faults: &["vhd.locator.range"],
        changes: &[Header(&[(at::LOCATOR_OFFSET, &(1_u64 << 40).to_be_bytes())])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-locator-empty",
        title: "A parent locator without a path",
        about: "The path of the first locator has no length. The second one still leads to the parent.",
        shows: &["vhd.locator.empty"],
        changes: &[Header(&[(at::LOCATOR_LENGTH, &[0; 4])])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-header-name-little-endian",
        title: "A parent's name in the wrong byte order",
        about: "The name in the header is big-endian by the specification; here the least significant byte comes \
                first.",
        shows: &["vhd.header.name-little-endian"],
        changes: &[Header(&[(at::PARENT_NAME, b"b\0a\0s\0e\0.\0v\0h\0d\0")])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-no-name",
        title: "A child that does not say what its parent is called",
        about: "Name and locators are empty. The parent is found by its identity all the same.",
        shows: &["vhd.chain.no-name"],
        faults: &["vhd.chain.no-name"],
        changes: &[Header(&[(at::PARENT_NAME, &[0; at::RESERVED - at::PARENT_NAME])])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-missing",
        title: "A child without its parent",
        about: "All that the child does not hold itself is in base.vhd, which is not there.",
        complete: false,
        shows: &["vhd.chain.parent-missing"],
        changes: &[Without(1)],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-ambiguous",
        title: "A child with two possible parents",
        about: "Two files have the identity that the child asks for, and neither has the name.",
        complete: false,
        shows: &["vhd.chain.parent-ambiguous"],
        changes: &[File(1), Name("copy.vhd"), Twin("copy of copy.vhd")],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-id",
        title: "A child whose parent is another image",
        about: "There is a file of the parent's name, but its identity is not the one that the child asks for.",
        shows: &["vhd.chain.parent-id"],
        faults: &["vhd.chain.parent-id"],
        changes: &[Header(&[(at::PARENT_ID, b"another identity")])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-size",
        title: "A child that is larger than its parent",
        about: "The parent has a block less than its child.",
        shows: &["vhd.chain.parent-size"],
        faults: &["vhd.chain.parent-size"],
        changes: &[
            File(1),
            Footers(&[
                (footer_at::ORIGINAL_SIZE, &(8 * MIB).to_be_bytes()),
                (footer_at::CURRENT_SIZE, &(8 * MIB).to_be_bytes()),
                (footer_at::CYLINDERS, &240_u16.to_be_bytes()),
            ]),
        ],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-self-parent",
        title: "A child that names itself as its parent",
        about: "The identity of the parent is the child's own.",
        complete: false,
        shows: &["vhd.chain.self-parent"],
        faults: &["vhd.chain.self-parent"],
        changes: &[Header(&[(at::PARENT_ID, &ID.bytes())]), Without(1)],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-loop",
        title: "Two children, each the other's parent",
        about: "Whoever follows the chain comes back to where it began.",
        shows: &["vhd.chain.loop"],
        faults: &["vhd.chain.loop"],
        changes: &[
            File(0),
            Twin("other.vhd"),
            File(2),
            Footers(&[(footer_at::ID, &PARENT_ID.bytes())]),
            Header(&[(at::PARENT_ID, &ID.bytes())]),
            Without(1),
        ],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-id-null",
        title: "A child without the identity of its parent",
        about: "All 16 bytes of the parent's identity are zero, so nobody can tell whether base.vhd is the right \
                file.",
        shows: &["vhd.chain.parent-id-null", "vhd.chain.parent-unverified"],
        faults: &["vhd.chain.parent-id-null"],
        changes: &[Header(&[(at::PARENT_ID, &[0; 16])])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-locator-space",
        title: "A parent locator without room",
        about: "The path of the first locator is there, but the room that it takes is given as none.",
        shows: &["vhd.locator.space"],
        faults: &["vhd.locator.space"],
        changes: &[Header(&[(at::LOCATOR_SPACE, &[0; 4])])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-locator-text",
        title: "A parent locator that is no text",
        about: "The path of the first locator begins with half of a pair of UTF-16, which stands for nothing alone.",
        shows: &["vhd.locator.text"],
        faults: &["vhd.locator.text"],
        changes: &[Put(CHILD_NAME, &[0x00, 0xd8])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-locator-duplicate",
        title: "Two absolute paths of the parent",
        about: "Both locators have the code of an absolute Windows path. Which one counts is anyone's guess.",
        shows: &["vhd.locator.duplicate"],
        faults: &["vhd.locator.duplicate"],
        changes: &[Header(&[(at::SECOND_LOCATOR, b"W2ku")])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-locator-name-differs",
        title: "A parent of two names",
        about: "The header says best.vhd, the locators say base.vhd. The identity shows that base.vhd is right.",
        shows: &["vhd.locator.name-differs"],
        faults: &["vhd.locator.name-differs"],
        changes: &[Header(&[(at::PARENT_NAME, b"\0b\0e\0s\0t")])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-larger",
        title: "A child that is smaller than its parent",
        about: "The parent has a block more than its child, as after the wrong one of the two was resized.",
        shows: &["vhd.chain.parent-larger"],
        faults: &["vhd.chain.parent-larger"],
        changes: &[
            File(1),
            Footers(&[
                (footer_at::ORIGINAL_SIZE, &(9 * MIB).to_be_bytes()),
                (footer_at::CURRENT_SIZE, &(9 * MIB).to_be_bytes()),
                (footer_at::CYLINDERS, &271_u16.to_be_bytes()),
            ]),
            Header(&[(at::ENTRIES, &18_u32.to_be_bytes())]),
        ],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-newer",
        title: "A parent that is younger than its child",
        about: "By its footer the parent was made a day after the child that stands on it.",
        shows: &["vhd.chain.parent-newer"],
        faults: &["vhd.chain.parent-newer"],
        changes: &[File(1), Footers(&[(footer_at::TIME, &(SINCE_2000 + 86_400).to_be_bytes())])],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-parent-not-vhd",
        title: "A child whose parent is something else",
        about: "There is a base.vhd, but it holds text.",
        complete: false,
        shows: &["vhd.chain.parent-not-vhd"],
        faults: &["vhd.chain.parent-not-vhd"],
        changes: &[File(1), Size(0), Append(b"The disk has been moved to the archive.\n")],
        ..CHILD
    },
    Sample {
        name: "vhd-finding-chain-long",
        title: "A chain of 32 images",
        about: "Every snapshot added one. XenServer refuses to go beyond 30.",
        shows: &["vhd.chain.long"],
        faults: &["vhd.chain.long"],
        ..LAYERS
    },
];
