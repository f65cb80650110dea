//! Findings on how a child names its parent, and on the chain.

use super::Change::{File, Footers, Header, Name, Twin, Without};
use super::header_at as at;
use super::{CHILD, ID, MIB, PARENT_ID, Sample, footer_at};

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
        shows: &["vhd.chain.parent-id-null"],
        faults: &["vhd.chain.parent-id-null"],
        changes: &[Header(&[(at::PARENT_ID, &[0; 16])])],
        ..CHILD
    },
];
