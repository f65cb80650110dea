//! Findings on what volumes are made of.

use super::super::Sample;
use super::Change::Put;
use super::{FIRST_GRAIN, sparse, sparse_image};
use crate::disk::MIB;
use crate::volumes::lvm::Lvm;

/// A physical volume of LVM2.
const LVM: Sample = Sample {
    build: |sample| {
        let lvm = Lvm {
            bytes: sample.virtual_size,
            id: "w3Jd8RqE1sXk5MbV7nTz2CyG9hPf4LuA",
            group_id: "e6Bn1VwS4rYp8XqJ2kTh5ZcM7gDf9LuR",
            volume_id: "H2xL6pQ9tVc3RmK8wYb5NzS1jFd7GaEo",
            group: "vg_backup",
            volume: "files",
        };
        sparse_image(sample, &lvm.build())
    },
    ..sparse(32 * MIB)
};

pub(in super::super) const SAMPLES: &[Sample] = &[Sample {
    name: "vmdk-finding-volume-lvm-metadata",
    title: "A physical volume of LVM2 with damaged metadata",
    about: "A letter in the description of the volume group was changed, so its checksum does not match.",
    shows: &["volume.lvm.metadata-checksum"],
    faults: &["volume.lvm.metadata-checksum"],
    changes: &[Put(FIRST_GRAIN + 4096 + 512, b"V")],
    ..LVM
}];
