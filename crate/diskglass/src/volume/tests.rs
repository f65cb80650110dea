//! What all families have in common. The faults of each are tested beside it.
#![allow(clippy::cast_possible_truncation, reason = "offsets in small samples")]

use super::*;
use crate::bytes::{Location, ReadAt, ReadError, Slice};
use crate::finding::Severity;
use crate::structure::{Role, State};
use diskglass_samples::disk::{Disk, MIB};
use diskglass_samples::uuid::Uuid;
use diskglass_samples::volumes::btrfs::Btrfs;
use diskglass_samples::volumes::exfat::Exfat;
use diskglass_samples::volumes::ext::{Ext, Version};
use diskglass_samples::volumes::fat::{Fat, Width};
use diskglass_samples::volumes::iso9660::Iso9660;
use diskglass_samples::volumes::luks::Luks2;
use diskglass_samples::volumes::lvm::Lvm;
use diskglass_samples::volumes::ntfs::Ntfs;
use diskglass_samples::volumes::swap::Swap;
use diskglass_samples::volumes::xfs::Xfs;
use std::cell::Cell;
use std::rc::Rc;

pub(super) const ID: Uuid = Uuid(0x0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0);
const ID_TEXT: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

/// Bytes of which some are replaced, and that count what is read of them.
pub(super) struct Patched {
    base: Rc<Vec<u8>>,
    patches: Vec<(u64, Vec<u8>)>,
    read: Cell<u64>,
}

impl Patched {
    pub(super) fn new(base: &Rc<Vec<u8>>, patches: &[(u64, &[u8])]) -> Rc<Self> {
        let patches = patches.iter().map(|(at, bytes)| (*at, bytes.to_vec())).collect();
        Rc::new(Self { base: Rc::clone(base), patches, read: Cell::new(0) })
    }
}

impl ReadAt for Patched {
    fn size(&self) -> u64 {
        self.base.size()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        self.base.read_exact_at(offset, buf)?;
        self.read.set(self.read.get() + buf.len() as u64);
        for (at, patch) in &self.patches {
            for (index, byte) in patch.iter().enumerate() {
                let place = (at + index as u64).checked_sub(offset).map(|place| place as usize);
                if let Some(target) = place.and_then(|place| buf.get_mut(place)) {
                    *target = *byte;
                }
            }
        }
        Ok(())
    }

    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}

/// What recognising these bytes gives, with some of them replaced.
pub(super) fn patched(base: &Rc<Vec<u8>>, patches: &[(u64, &[u8])]) -> Outcome {
    recognise(&(Patched::new(base, patches) as Bytes), "p1")
}

/// The ids of the findings.
pub(super) fn ids(outcome: &Outcome) -> Vec<&'static str> {
    outcome.findings.iter().map(|finding| finding.rule.id).collect()
}

pub(super) fn kind(outcome: &Outcome) -> &str {
    outcome.volume.as_ref().map_or("", |volume| &volume.kind)
}

pub(super) fn bytes(disk: &Disk) -> Rc<Vec<u8>> {
    Rc::new(disk.to_bytes())
}

/// The first two MiB: all that is looked at of most volumes.
fn head(disk: &Disk) -> Rc<Vec<u8>> {
    Rc::new(disk.read(0, 2 * MIB))
}

pub(super) fn fat(width: Width) -> Rc<Vec<u8>> {
    let sectors = match width {
        Width::Fat12 => 2880,
        Width::Fat16 => 20_000,
        Width::Fat32 => 70_000,
    };
    let fat =
        Fat { width, sectors, hidden_sectors: 63, cluster_sectors: 1, serial: 0x1234_abcd, label: "DATA 1" };
    bytes(&fat.build())
}

pub(super) fn exfat() -> Rc<Vec<u8>> {
    let exfat = Exfat {
        sectors: 8192,
        partition_offset: 2048,
        cluster_shift: 3,
        serial: 0xdead_beef,
        label: "Bilder \u{fc}",
    };
    bytes(&exfat.build())
}

pub(super) fn ntfs() -> Rc<Vec<u8>> {
    let ntfs = Ntfs {
        sectors: 20_480,
        hidden_sectors: 2048,
        cluster_sectors: 8,
        serial: 0x0123_4567_89ab_cdef,
        label: "Syst\u{e8}me",
    };
    bytes(&ntfs.build())
}

pub(super) fn ext(version: Version) -> Rc<Vec<u8>> {
    head(&Ext { version, bytes: 16 * MIB, block_bytes: 4096, id: ID, label: "r\u{f6}\u{f6}t" }.build())
}

pub(super) fn xfs() -> Rc<Vec<u8>> {
    head(&Xfs { blocks: 4096, sector_bytes: 512, id: ID, label: "scratch" }.build())
}

pub(super) fn btrfs() -> Rc<Vec<u8>> {
    let device_id = Uuid(0x1111_2222_3333_4444_5555_6666_7777_8888);
    head(&Btrfs { bytes: 16 * MIB, id: ID, device_id, label: "pool" }.build())
}

pub(super) fn swap() -> Rc<Vec<u8>> {
    bytes(&Swap { bytes: MIB, id: ID, label: "swap0" }.build())
}

pub(super) fn lvm() -> Rc<Vec<u8>> {
    let lvm = Lvm {
        bytes: 16 * MIB,
        id: "q7Xf2K9dLmWc4RhT1vBz8NyE6sP3jGaU",
        group_id: "B4nV6cXz1qWe8rTy2uIo3pAs5dFg7hJk",
        volume_id: "Zx9Cv8Bn7Mq6We5Rt4Yu3Io2Pa1Sd0Fg",
        group: "vg-data",
        volume: "home",
    };
    head(&lvm.build())
}

pub(super) fn luks2() -> Rc<Vec<u8>> {
    bytes(&Luks2 { bytes: 2 * MIB, id: ID, label: "secret" }.build())
}

pub(super) fn iso9660() -> Rc<Vec<u8>> {
    let iso =
        Iso9660 { label: "DRIVERS_1", written: "2024051709300000", file: "README.TXT", text: "Read me.\n" };
    bytes(&iso.build())
}

/// A volume with its kind, label, UUID and version as blkid prints them, and its size.
type Sample = (Rc<Vec<u8>>, [&'static str; 4], u64);

/// All volumes of the sample writers.
fn samples() -> Vec<Sample> {
    vec![
        (fat(Width::Fat12), ["vfat", "DATA 1", "1234-ABCD", "FAT12"], 2880 * 512),
        (fat(Width::Fat16), ["vfat", "DATA 1", "1234-ABCD", "FAT16"], 20_000 * 512),
        (fat(Width::Fat32), ["vfat", "DATA 1", "1234-ABCD", "FAT32"], 70_000 * 512),
        (exfat(), ["exfat", "Bilder \u{fc}", "DEAD-BEEF", "1.0"], 8192 * 512),
        (ntfs(), ["ntfs", "Syst\u{e8}me", "0123456789ABCDEF", ""], 20_479 * 512),
        (ext(Version::Ext2), ["ext2", "r\u{f6}\u{f6}t", ID_TEXT, "1.0"], 16 * MIB),
        (ext(Version::Ext3), ["ext3", "r\u{f6}\u{f6}t", ID_TEXT, "1.0"], 16 * MIB),
        (ext(Version::Ext4), ["ext4", "r\u{f6}\u{f6}t", ID_TEXT, "1.0"], 16 * MIB),
        (xfs(), ["xfs", "scratch", ID_TEXT, ""], 16 * MIB),
        (btrfs(), ["btrfs", "pool", ID_TEXT, ""], 16 * MIB),
        (swap(), ["swap", "swap0", ID_TEXT, "1"], MIB),
        (lvm(), ["LVM2_member", "", "q7Xf2K-9dLm-Wc4R-hT1v-Bz8N-yE6s-P3jGaU", "LVM2 001"], 16 * MIB),
        (luks2(), ["crypto_LUKS", "secret", ID_TEXT, "2"], 0),
        (iso9660(), ["iso9660", "DRIVERS_1", "2024-05-17-09-30-00-00", ""], 23 * 2048),
    ]
}

#[test]
fn healthy_volumes_are_named_and_nothing_is_wrong_with_them() {
    for (bytes, [kind, label, uuid, version], size) in samples() {
        let outcome = recognise(&(bytes as Bytes), "p1");
        let volume = outcome.volume.expect(kind);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        assert_eq!(volume.kind, kind);
        assert_eq!(text(&volume.label), label, "{kind}");
        assert_eq!(text(&volume.uuid), uuid, "{kind}");
        assert_eq!(text(&volume.version), version, "{kind}");
        assert_eq!(volume.size_bytes.unwrap_or(0), size, "{kind}");
        let findings: Vec<_> = outcome.findings.iter().map(|finding| finding.rule.id).collect();
        let expected: &[&str] = if kind == "crypto_LUKS" { &["volume.encrypted"] } else { &[] };
        assert_eq!(findings, expected, "{kind}");
        let first = outcome.nodes.first().expect(kind);
        assert_eq!(volume.structure.as_deref(), Some(first.key.as_str()));
        assert!(first.key.ends_with("@p1"), "{}", first.key);
        for node in &outcome.nodes {
            let is_backup = node.key.ends_with(".backup");
            assert_eq!(node.role == Role::Backup, is_backup, "{}", node.key);
            assert_eq!(node.state, State::Ok, "{}", node.key);
        }
        let mut keys: Vec<_> = outcome.nodes.iter().map(|node| node.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), outcome.nodes.len(), "{kind}: keys are unique");
    }
}

#[test]
fn nothing_is_recognised_in_nothing() {
    for size in [0, 1, 511, 512, 513, 1024, 1025, 4096, 40_960, 65_537, 1 << 20, 2 << 20] {
        for fill in [0_u8, 0xff, 0x55, 0xeb, b' '] {
            let outcome = recognise(&(Rc::new(vec![fill; size]) as Bytes), "p1");
            assert!(outcome.volume.is_none(), "{size} bytes of {fill:#x}");
            assert!(outcome.findings.worst().is_none());
        }
    }
}

#[test]
fn cut_volumes_are_read_as_far_as_they_go() {
    for (bytes, [kind, ..], _) in samples() {
        let sectors = bytes.len().min(192 << 10) / 512;
        for sector in 0..sectors {
            let cut: Bytes = Rc::new(Slice::new(Rc::clone(&bytes) as Bytes, 0, sector as u64 * 512));
            let outcome = recognise(&cut, "p1");
            let found = outcome.volume.map(|volume| volume.kind);
            assert!(
                found.is_none() || found.as_deref() == Some(kind),
                "{kind} cut to {sector} sectors: {found:?}"
            );
        }
    }
}

#[test]
fn no_single_byte_makes_reading_stray() {
    // Where the superblocks, the records and the tables are that reading goes by.
    let places =
        [0..192_u64, 504..600, 1024..1700, 4096..4160, 16_384..16_480, 32_768..32_960, 65_536..65_900];
    for (bytes, [kind, ..], _) in samples() {
        for at in places.iter().cloned().flatten() {
            for value in [0x00, 0xff] {
                let changed = Patched::new(&bytes, &[(at, &[value])]);
                let outcome = recognise(&(Rc::clone(&changed) as Bytes), "p1");
                assert!(
                    changed.read.get() <= limits::VOLUME_BYTES,
                    "{kind}: {} bytes read",
                    changed.read.get()
                );
                assert!(outcome.findings.iter().count() <= 8, "{kind}, byte {at} = {value}");
            }
        }
    }
}

#[test]
fn eight_bytes_of_ones_make_no_number_stray() {
    for (bytes, [kind, ..], _) in samples() {
        for at in (0..2048_u64).step_by(4).chain((65_536..66_136).step_by(4)) {
            for value in [[0xff; 8], [0, 0, 0, 0, 0, 0, 0, 0x80]] {
                let changed = Patched::new(&bytes, &[(at, &value)]);
                recognise(&(Rc::clone(&changed) as Bytes), "p1");
                assert!(
                    changed.read.get() <= limits::VOLUME_BYTES,
                    "{kind}: {} bytes read",
                    changed.read.get()
                );
            }
        }
    }
}

#[test]
fn two_sound_volumes_at_one_place_are_a_warning() {
    let base = ext(Version::Ext4);
    let boot = fat(Width::Fat16);
    let (boot, superblock) = (&boot[..512], super::ext::tests::superblock(&[]));
    let outcome = patched(&base, &[(0, boot), (1024, &superblock)]);
    assert_eq!(kind(&outcome), "vfat");
    assert!(outcome.findings.has(&rules::AMBIVALENT), "{:?}", ids(&outcome));
    // A superblock that does not stand up to its checksum is no rival.
    let damaged = patched(&base, &[(0, boot), (1024, &superblock), (1024 + 0x88, b"/mnt")]);
    assert_eq!(kind(&damaged), "vfat");
    assert!(!damaged.findings.has(&rules::AMBIVALENT));
    // And it loses against a sound one that is asked later.
    let btrfs = btrfs();
    let lost = patched(&btrfs, &[(1024, &superblock), (1024 + 0x88, b"/mnt")]);
    assert_eq!(kind(&lost), "btrfs");
    assert_eq!(ids(&lost), [""; 0]);
    assert_eq!(kind(&patched(&btrfs, &[(1024, &superblock)])), "ext4");
}

#[test]
fn a_container_hides_what_is_in_it() {
    let base = lvm();
    let inside = ext(Version::Ext4);
    let outcome = patched(&base, &[(2048, &[0; 16]), (1024, &inside[1024..2048])]);
    assert_eq!(kind(&outcome), "LVM2_member");
    assert!(outcome.findings.worst().is_none(), "{:?}", ids(&outcome));
}

#[test]
fn a_volume_that_was_moved_says_so() {
    let starts = |bytes: Rc<Vec<u8>>, starts: &[u64]| {
        let mut outcome = recognise(&(bytes as Bytes), "p1");
        outcome.check_start(starts);
        outcome
    };
    for (bytes, right) in [(ntfs(), 2048 * 512), (exfat(), 2048 * 512), (fat(Width::Fat32), 63 * 512)] {
        assert!(!starts(Rc::clone(&bytes), &[right]).findings.has(&rules::MOVED));
        assert!(!starts(Rc::clone(&bytes), &[1 << 30, right]).findings.has(&rules::MOVED));
        let moved = starts(bytes, &[1 << 30]);
        let finding =
            moved.findings.iter().find(|finding| finding.rule.id == rules::MOVED.id).expect("moved");
        assert_eq!(finding.args["found"], right.to_string());
        assert!(finding.structure.is_some() && finding.field.is_some());
    }
    assert!(starts(ext(Version::Ext4), &[1 << 30]).findings.worst().is_none());
}

#[test]
fn dirty_volumes_of_running_machines_are_no_alarm() {
    for rule in
        [&rules::NTFS_DIRTY, &rules::FAT_DIRTY, &rules::EXFAT_DIRTY, &rules::EXT_DIRTY, &rules::BTRFS_LOG]
    {
        assert_eq!(rule.severity, Severity::Info, "{}", rule.id);
    }
}
