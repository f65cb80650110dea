//! Findings on encrypted volumes.

use super::super::Sample;
use super::Change::Put;
use super::{image, raw};
use crate::disk::KIB;
use crate::uuid::Uuid;
use crate::volumes::bitlocker::{self, BitLocker};
use crate::volumes::luks::Luks2;

/// A LUKS2 volume.
const LUKS: Sample = Sample {
    build: |sample| {
        let id = Uuid(0xed82_a4c6_e80a_432b_9749_6bda_fc1e_3052);
        image(sample, &Luks2 { bytes: sample.virtual_size, id, label: "vault" }.build())
    },
    ..raw(1088 * KIB)
};

fn bitlocker(sample: &Sample, suspended: bool) -> Vec<super::SampleFile> {
    let id = Uuid(0xfe93_b5d7_f91b_443c_a85a_7ceb_0d2f_4163);
    let description = "DESKTOP D: 17/05/2024";
    image(sample, &BitLocker { bytes: sample.virtual_size, id, description, suspended }.build())
}

/// A BitLocker volume.
const BITLOCKER: Sample = Sample { build: |sample| bitlocker(sample, false), ..raw(512 * KIB) };

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-volume-encrypted",
        title: "A BitLocker volume",
        about: "The metadata name the cipher and the recovery password as the only way in.",
        shows: &["volume.encrypted"],
        ..BITLOCKER
    },
    Sample {
        name: "raw-finding-volume-bitlocker-clear-key",
        title: "A BitLocker volume whose protection is suspended",
        about: "A key lies beside the data in the clear, as while Windows is updated.",
        shows: &["volume.bitlocker.clear-key"],
        faults: &["volume.bitlocker.clear-key"],
        build: |sample| bitlocker(sample, true),
        ..BITLOCKER
    },
    Sample {
        name: "raw-finding-volume-bitlocker-copy",
        title: "A BitLocker volume with two of three copies of its metadata",
        about: "The last copy is overwritten with zeros.",
        shows: &["volume.bitlocker.copy-missing"],
        faults: &["volume.bitlocker.copy-missing"],
        changes: &[Put(bitlocker::METADATA[2].cast_signed(), &[0; 512])],
        ..BITLOCKER
    },
    Sample {
        name: "raw-finding-volume-luks-header",
        title: "A LUKS2 volume whose second header is damaged",
        about: "A letter of its label was changed, so its checksum does not match.",
        shows: &["volume.luks.header-damaged"],
        faults: &["volume.luks.header-damaged"],
        changes: &[Put(16 * 1024 + 24, b"V")],
        ..LUKS
    },
];
