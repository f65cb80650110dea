//! Findings on extents: the lines of the descriptor, and the files they name.

use super::super::change::Change::{Append, File, Put, Size, Text, Without, Words};
use super::{FLAT, NEW, SPLIT, Sample, flat};
use crate::disk::SECTOR;

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-extent-none",
        title: "A descriptor without an extent",
        about: "No line says where the data is. qemu crashes on such a text.",
        shows: &["vmdk.extent.none"],
        faults: &["vmdk.extent.none"],
        changes: &[Text("RW ", "# RW "), Without(1)],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-syntax",
        title: "A descriptor with a malformed extent line",
        about: "The type is missing from the second line.",
        shows: &["vmdk.extent.syntax"],
        faults: &["vmdk.extent.syntax"],
        changes: &[Text(
            "RW 68 FLAT \"vmdk-finding-extent-syntax-f002",
            "RW 68 \"vmdk-finding-extent-syntax-f002",
        )],
        ..SPLIT
    },
    Sample {
        name: "vmdk-finding-extent-size",
        title: "A descriptor with an extent of no size",
        about: "The last line says 0 sectors.",
        shows: &["vmdk.extent.size"],
        faults: &["vmdk.extent.size"],
        changes: &[Text(
            "RW 68 FLAT \"vmdk-finding-extent-size-f003",
            "RW 0 FLAT \"vmdk-finding-extent-size-f003",
        )],
        ..SPLIT
    },
    Sample {
        name: "vmdk-finding-extent-type",
        title: "A descriptor with an extent of an unknown type",
        about: "The type is THICK, which is no type of extents.",
        shows: &["vmdk.extent.type"],
        faults: &["vmdk.extent.type"],
        changes: &[Text("68 FLAT", "68 THICK")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-type-unfit",
        title: "A descriptor whose extent does not fit its layout",
        about: "createType is that of a hosted product, and the extent is of ESX's type.",
        shows: &["vmdk.extent.type-unfit"],
        faults: &["vmdk.extent.type-unfit"],
        changes: &[Text("68 FLAT", "68 VMFS"), Text(".vmdk\" 0", ".vmdk\"")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-count",
        title: "A descriptor with too many extents",
        about: "createType promises one extent, and there are three.",
        variant: "monolithicFlat",
        shows: &["vmdk.extent.count"],
        faults: &["vmdk.extent.count"],
        changes: &[Text("twoGbMaxExtentFlat", "monolithicFlat")],
        ..SPLIT
    },
    Sample {
        name: "vmdk-finding-extent-flat-without-offset",
        title: "A flat extent without an offset",
        about: "The 0 at the end of the line is missing, and qemu insists on it.",
        shows: &["vmdk.extent.flat-without-offset"],
        faults: &["vmdk.extent.flat-without-offset"],
        changes: &[Text(".vmdk\" 0", ".vmdk\"")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-offset-unexpected",
        title: "An extent of ESX with an offset",
        about: "The line ends with a 0, as only those of hosted products do.",
        variant: "vmfs",
        shows: &["vmdk.extent.offset-unexpected"],
        faults: &["vmdk.extent.offset-unexpected"],
        changes: &[Text("monolithicFlat", "vmfs"), Text("68 FLAT", "68 VMFS")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-missing",
        title: "A split VMDK without one of its parts",
        about: "The second of three files was not given.",
        shows: &["vmdk.extent.missing"],
        complete: false,
        changes: &[Without(2)],
        ..SPLIT
    },
    Sample {
        name: "vmdk-finding-extent-ambiguous",
        title: "A descriptor with two files that could be its extent",
        about: "Files of that name are in two folders.",
        shows: &["vmdk.extent.ambiguous"],
        complete: false,
        build: |sample| {
            let mut files = flat(sample, |_| {});
            let name = files[1].name.clone();
            files.push(files[1].clone());
            files[1].name = format!("week-1/{name}");
            files[2].name = format!("week-2/{name}");
            files
        },
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-external",
        title: "The descriptor of a physical disk",
        about: "The extent is a device. Nothing of it is in a file, and it is never opened.",
        variant: "fullDevice",
        shows: &["vmdk.extent.external"],
        complete: false,
        changes: &[
            Text("monolithicFlat", "fullDevice"),
            Text("vmdk-finding-extent-external-flat.vmdk", "\\\\.\\PhysicalDrive1"),
            Without(1),
        ],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-elsewhere",
        title: "A descriptor that names a file of another place",
        about: "The name is absolute. It is only looked for among the given files; qemu would open it.",
        shows: &["vmdk.extent.elsewhere"],
        changes: &[Text("FLAT \"", "FLAT \"/srv/images/")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-flat-short",
        title: "A flat extent that is too short",
        about: "The file ends 10 sectors before the disk does.",
        shows: &["vmdk.extent.flat-short"],
        faults: &["vmdk.extent.flat-short"],
        changes: &[File(1), Size(-10 * SECTOR.cast_signed())],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-flat-long",
        title: "A flat extent that is longer than the disk",
        about: "Ten sectors follow that the guest never sees.",
        shows: &["vmdk.extent.flat-long"],
        changes: &[File(1), Append(&[0; 10 * SECTOR as usize])],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-overlap",
        title: "Two extents that share a part of a file",
        about: "The second line names the file of the first one.",
        variant: "custom",
        shows: &["vmdk.extent.overlap"],
        faults: &["vmdk.extent.overlap"],
        changes: &[Text("overlap-f002", "overlap-f001"), Text("twoGbMaxExtentFlat", "custom"), Without(2)],
        ..SPLIT
    },
    Sample {
        name: "vmdk-finding-extent-kind",
        title: "An extent that is not what its line says",
        about: "The line says that the file is a sparse extent, and it is a flat one.",
        variant: "monolithicSparse",
        shows: &["vmdk.extent.kind"],
        faults: &["vmdk.extent.kind"],
        changes: &[
            Text("monolithicFlat", "monolithicSparse"),
            Text("68 FLAT", "68 SPARSE"),
            Text(".vmdk\" 0", ".vmdk\""),
        ],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-flat-is-vmdk",
        title: "A flat extent that is an image itself",
        about: "The file begins like a sparse extent; the guest would see that instead of its disk.",
        shows: &["vmdk.extent.flat-is-vmdk"],
        faults: &["vmdk.extent.flat-is-vmdk"],
        changes: &[File(1), Put(0, b"KDMV\x01")],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-size-differs",
        title: "An extent line and a header that give different sizes",
        about: "The line says a grain less than the header: qemu believes the header, VMware the line.",
        shows: &["vmdk.extent.size-differs"],
        faults: &["vmdk.extent.size-differs"],
        changes: &[Words("RW 81920", "RW 81792"), Words("cylinders = \"40\"", "cylinders = \"39\"")],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-extent-size-rounded",
        title: "A header whose size is rounded up to a grain",
        about: "The line says a sector less than the header, as VirtualBox writes it.",
        shows: &["vmdk.extent.size-rounded"],
        changes: &[Words("RW 81920", "RW 81919"), Words("cylinders = \"40\"", "cylinders = \"39\"")],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-extent-left-out",
        title: "A descriptor with an extent that qemu leaves out",
        about: "The second part may only be read. qemu takes no such line, and so moves the third part forward.",
        variant: "custom",
        shows: &["vmdk.extent.left-out"],
        changes: &[
            Text(
                "RW 68 FLAT \"vmdk-finding-extent-left-out-f002",
                "RDONLY 68 FLAT \"vmdk-finding-extent-left-out-f002",
            ),
            Text("twoGbMaxExtentFlat", "custom"),
        ],
        ..SPLIT
    },
    Sample {
        name: "vmdk-finding-extent-not-read",
        title: "An extent of vSAN",
        about: "The type is that of snapshots on vSAN, whose format is not public.",
        variant: "vsanSparse",
        shows: &["vmdk.extent.not-read"],
        changes: &[
            Text("monolithicFlat", "vsanSparse"),
            Text("68 FLAT", "68 VSANSPARSE"),
            Text(".vmdk\" 0", ".vmdk\""),
        ],
        ..FLAT
    },
    Sample {
        name: "vmdk-finding-extent-split-size",
        title: "A split VMDK with parts of unequal size",
        about: "The second part is smaller than the first one, and there is a third one behind it.",
        shows: &["vmdk.extent.split-size"],
        faults: &["vmdk.extent.split-size"],
        changes: &[
            Text(
                "RW 68 FLAT \"vmdk-finding-extent-split-size-f002",
                "RW 60 FLAT \"vmdk-finding-extent-split-size-f002",
            ),
            Text("cylinders = \"3\"", "cylinders = \"2\""),
            File(2),
            Size(-8 * SECTOR.cast_signed()),
        ],
        ..SPLIT
    },
    Sample {
        name: "vmdk-finding-extent-split-number",
        title: "A split VMDK without its second line",
        about: "Behind part 1 follows part 3: a line is missing, and the disk with it.",
        shows: &["vmdk.extent.split-number"],
        faults: &["vmdk.extent.split-number"],
        changes: &[
            Text("RW 68 FLAT \"vmdk-finding-extent-split-number-f002.vmdk\" 0\n", ""),
            Text("cylinders = \"3\"", "cylinders = \"2\""),
            Without(2),
        ],
        ..SPLIT
    },
];
