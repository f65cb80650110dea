//! Volumes of which only signature, label and identity are told: those of firmware RAIDs, and rare ones.

use super::found::Found;
use super::int::{be, le};
use super::limited::Limited;
use super::{lvm, rules, text};
use crate::checksum::{crc32_from, crc32c, crc32c_from};
use crate::structure::{FieldValue, ascii, hex_bytes};

/// From where a place is counted.
#[derive(Clone, Copy)]
enum From {
    /// The start of the volume.
    Start(u64),
    /// The end, in sectors of 512 bytes that are all there.
    End(u64),
}

/// How an identity is printed.
#[derive(Clone, Copy)]
enum Form {
    /// 16 bytes in order.
    Uuid,
    /// Letters and digits as they are.
    Text(usize),
    /// 32 letters and digits in LVM's groups.
    Lvm,
}

/// How a version is printed, of these bytes.
#[derive(Clone, Copy)]
enum Version {
    Text(usize),
    Number(usize),
    Big(usize),
    /// Major and minor, two bytes each.
    Pair(usize, usize),
    /// The same, the minor one with two digits at least.
    Padded,
}

/// What a volume is recognised by. Offsets are counted from `from`.
struct Mark {
    kind: &'static str,
    /// What people call it.
    title: &'static str,
    from: From,
    /// Byte offset of the magic, and the magic.
    magic: (usize, &'static [u8]),
    label: Option<(usize, usize)>,
    id: Option<(usize, Form)>,
    version: Option<(usize, Version)>,
    /// Bytes per block.
    block: u64,
    /// Smallest volume.
    smallest: u64,
    /// What else has to be right.
    check: fn(&[u8]) -> bool,
}

impl Mark {
    /// Whether it lies further from the end than the last sectors, which are looked at anyway.
    fn is_far(&self) -> bool {
        matches!(self.from, From::End(3..))
    }
}

const PLAIN: Mark = Mark {
    kind: "",
    title: "",
    from: From::Start(0),
    magic: (0, b""),
    label: None,
    id: None,
    version: None,
    block: 0,
    smallest: 0,
    check: |_| true,
};

/// Firmware RAIDs are looked for on disks of at least this size, as by libblkid.
const RAID: Mark = Mark { smallest: 0x10000, ..PLAIN };

/// Bytes from a place that are looked at.
const REACH: usize = 4104;

fn words(bytes: &[u8], count: usize) -> u16 {
    let words = bytes.as_chunks::<2>().0.iter().take(count);
    words.fold(0, |sum: u16, word| sum.wrapping_add(u16::from_le_bytes(*word)))
}

/// Members of RAIDs of firmware and of old volume managers.
static RAIDS: &[Mark] = &[
    Mark {
        kind: "isw_raid_member",
        title: "Intel Matrix RAID metadata",
        from: From::End(2),
        magic: (0, b"Intel Raid ISM Cfg Sig. "),
        version: Some((24, Version::Text(6))),
        ..RAID
    },
    Mark {
        kind: "lsi_mega_raid_member",
        title: "LSI MegaRAID metadata",
        from: From::End(1),
        magic: (0, b"$XIDE$"),
        ..RAID
    },
    Mark {
        kind: "via_raid_member",
        title: "VIA RAID metadata",
        from: From::End(1),
        magic: (0, &[0x55, 0xaa]),
        version: Some((2, Version::Number(1))),
        check: |bytes| {
            // The magic is that of any boot sector: only an array that has disks counts.
            let sum = bytes.iter().take(50).fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
            le(bytes, 2, 1) <= Some(2) && bytes.get(50) == Some(&sum) && le(bytes, 3, 4) != Some(0)
        },
        ..RAID
    },
    Mark {
        kind: "silicon_medley_raid_member",
        title: "Silicon Image Medley RAID metadata",
        from: From::End(1),
        magic: (96, &[0, 0, 0, 0x2f]),
        version: Some((264, Version::Pair(2, 0))),
        check: |bytes| {
            let sum = words(bytes, 0x13e / 2).wrapping_neg();
            le(bytes, 0x116, 1) < Some(8) && le(bytes, 0x13e, 2) == Some(sum.into())
        },
        ..RAID
    },
    Mark {
        kind: "nvidia_raid_member",
        title: "NVIDIA RAID metadata",
        from: From::End(2),
        magic: (0, b"NVIDIA  "),
        version: Some((16, Version::Number(2))),
        check: |bytes| le(bytes, 8, 4) == Some(30),
        ..RAID
    },
    Mark {
        kind: "hpt45x_raid_member",
        title: "HighPoint RAID metadata",
        from: From::End(11),
        magic: (0, &[0xf3, 0x16, 0x78, 0x5a]),
        ..RAID
    },
    Mark {
        kind: "hpt37x_raid_member",
        title: "HighPoint RAID metadata",
        from: From::Start(4608),
        magic: (32, &[0xf0, 0x16, 0x78, 0x5a]),
        ..PLAIN
    },
    Mark {
        kind: "adaptec_raid_member",
        title: "Adaptec HostRAID metadata",
        from: From::End(1),
        magic: (0, &[0x37, 0xfc, 0x4d, 0x1e]),
        version: Some((63, Version::Number(1))),
        check: |bytes| bytes.get(256..260) == Some(b"DPTM"),
        ..RAID
    },
    Mark {
        kind: "jmicron_raid_member",
        title: "JMicron RAID metadata",
        from: From::End(1),
        magic: (0, b"JM"),
        version: Some((2, Version::Pair(1, 0))),
        check: |bytes| words(bytes, 64) <= 1 && le(bytes, 48, 1) <= Some(5),
        ..RAID
    },
    Mark {
        kind: "LVM1_member",
        title: "LVM 1 physical volume",
        magic: (0, b"HM"),
        id: Some((44, Form::Lvm)),
        check: |bytes| {
            let is_id = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_alphanumeric);
            matches!(le(bytes, 2, 2), Some(1 | 2)) && bytes.get(44..76).is_some_and(is_id)
        },
        ..PLAIN
    },
];

/// Sectors from the end in which Promise's controllers leave their metadata.
const PROMISE: [u64; 13] = [63, 255, 256, 16, 399, 591, 675, 735, 911, 974, 991, 951, 3087];

/// Rare file systems, and what else has a signature.
static RARE: &[Mark] = &[
    Mark {
        kind: "ceph_bluestore",
        title: "Ceph BlueStore device label",
        magic: (0, b"bluestore block device"),
        ..PLAIN
    },
    Mark { kind: "DM_snapshot_cow", title: "Device mapper snapshot", magic: (0, b"SnAp"), ..PLAIN },
    Mark {
        kind: "vdo",
        title: "VDO geometry block",
        magic: (0, b"dmvdo001"),
        id: Some((40, Form::Uuid)),
        ..PLAIN
    },
    Mark {
        kind: "drbdmanage_control_volume",
        title: "drbdmanage control volume",
        magic: (0, b"$DRBDmgr=q"),
        id: Some((11, Form::Text(32))),
        version: Some((4100, Version::Big(4))),
        smallest: 64 << 10,
        ..PLAIN
    },
    Mark {
        kind: "sysv",
        title: "System V superblock",
        from: From::Start(512),
        magic: (504, &[0x20, 0x7e, 0x18, 0xfd]),
        label: Some((440, 6)),
        ..PLAIN
    },
    Mark {
        kind: "sysv",
        title: "System V superblock",
        from: From::Start(512),
        magic: (504, &[0xfd, 0x18, 0x7e, 0x20]),
        label: Some((440, 6)),
        ..PLAIN
    },
    Mark {
        kind: "vxfs",
        title: "VxFS superblock",
        from: From::Start(1024),
        magic: (0, &[0xf5, 0xfc, 0x01, 0xa5]),
        version: Some((4, Version::Number(4))),
        ..PLAIN
    },
    Mark {
        kind: "vxfs",
        title: "VxFS superblock",
        from: From::Start(8192),
        magic: (0, &[0xa5, 0x01, 0xfc, 0xf5]),
        version: Some((4, Version::Big(4))),
        ..PLAIN
    },
    Mark {
        kind: "xfs_external_log",
        title: "XFS log record",
        magic: (0, &[0xfe, 0xed, 0xba, 0xbe]),
        smallest: 10 << 20,
        check: |bytes| {
            let is_version = matches!(be(bytes, 8, 4), Some(1..=3));
            is_version && be(bytes, 12, 4) != Some(0) && matches!(be(bytes, 300, 4), Some(1..=3))
        },
        ..PLAIN
    },
    Mark {
        kind: "nss",
        title: "Novell Storage Services superblock",
        from: From::Start(4096),
        magic: (0, b"SPB5"),
        id: Some((348, Form::Uuid)),
        version: Some((8, Version::Padded)),
        ..PLAIN
    },
    Mark { kind: "bfs", title: "SCO BFS superblock", magic: (0, &[0xce, 0xfa, 0xad, 0x1b]), ..PLAIN },
    Mark {
        kind: "mpool",
        title: "mpool superblock",
        magic: (0, b"mpoolDev"),
        label: Some((8, 32)),
        id: Some((40, Form::Uuid)),
        check: |bytes| {
            bytes.get(..62).is_some_and(|checked| le(bytes, 62, 4) == Some(crc32c(&[checked]).into()))
        },
        ..PLAIN
    },
    Mark {
        kind: "zonefs",
        title: "zonefs superblock",
        magic: (0, b"SFOZ"),
        label: Some((8, 32)),
        id: Some((40, Form::Uuid)),
        block: 4096,
        check: |bytes| {
            let computed = match (bytes.get(..4), bytes.get(8..4096)) {
                (Some(before), Some(after)) => crc32_from(u32::MAX, &[before, &[0; 4], after]),
                _ => return false,
            };
            le(bytes, 4, 4) == Some(computed.into())
        },
        ..PLAIN
    },
    Mark {
        kind: "scoutfs_meta",
        title: "scoutfs superblock",
        from: From::Start(64 << 10),
        magic: (4, &[0x8b, 0x42, 0x3c, 0x10]),
        id: Some((56, Form::Uuid)),
        version: Some((40, Version::Number(8))),
        block: 64 << 10,
        smallest: 0x20000,
        check: |bytes| is_scoutfs(bytes) && le(bytes, 48, 8).is_some_and(|flags| flags & 1 == 1),
        ..PLAIN
    },
    Mark {
        kind: "scoutfs_data",
        title: "scoutfs superblock",
        from: From::Start(64 << 10),
        magic: (4, &[0x8b, 0x42, 0x3c, 0x10]),
        id: Some((56, Form::Uuid)),
        version: Some((40, Version::Number(8))),
        block: 4096,
        smallest: 0x20000,
        check: |bytes| is_scoutfs(bytes) && le(bytes, 48, 8).is_some_and(|flags| flags & 1 == 0),
        ..PLAIN
    },
    Mark {
        kind: "oracleasm",
        title: "Oracle ASM disk header",
        magic: (32, b"ORCLDISK"),
        label: Some((40, 24)),
        ..PLAIN
    },
];

fn is_scoutfs(bytes: &[u8]) -> bool {
    let computed = bytes.get(4..4096).map(|checked| crc32c_from(u32::MAX, &[checked]));
    computed.is_some() && le(bytes, 0, 4) == computed.map(u64::from)
}

/// Recognises members of RAIDs of firmware and of old volume managers.
pub(super) fn read_raid(volume: &Limited, key: &str) -> Option<Found> {
    let marks = RAIDS.iter().filter(|mark| volume.is_disk() || matches!(mark.from, From::Start(_)));
    member(marks.filter(|mark| !mark.is_far()).find_map(|mark| read_mark(volume, key, mark)))
}

/// Recognises those that lie far from everything else, where nothing else is recognised.
pub(super) fn read_far_raid(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.is_disk() {
        return None;
    }
    let promise = PROMISE.iter().find_map(|sectors| {
        let mark = Mark {
            kind: "promise_fasttrack_raid_member",
            title: "Promise FastTrak RAID metadata",
            from: From::End(*sectors),
            magic: (0, b"Promise Technology, Inc."),
            smallest: 0x40000,
            ..RAID
        };
        read_mark(volume, key, &mark)
    });
    member(
        RAIDS.iter().filter(|mark| mark.is_far()).find_map(|mark| read_mark(volume, key, mark)).or(promise),
    )
}

fn member(found: Option<Found>) -> Option<Found> {
    let mut found = found?;
    let detail = "it is a member of a set that firmware or a volume manager puts together";
    found.add(&rules::INCOMPLETE_SET, "signature", detail);
    Some(found)
}

/// Recognises the rest.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    RARE.iter().find_map(|mark| read_mark(volume, key, mark))
}

fn read_mark(volume: &Limited, key: &str, mark: &Mark) -> Option<Found> {
    if volume.size() < mark.smallest {
        return None;
    }
    let start = match mark.from {
        From::Start(offset) => offset,
        From::End(sectors) => (volume.size() / 512).checked_sub(sectors)? * 512,
    };
    let (at, magic) = mark.magic;
    if !volume.holds(start.checked_add(at as u64)?, magic) {
        return None;
    }
    let there = usize::try_from(volume.size() - start).unwrap_or(REACH).min(REACH);
    let bytes = volume.read(start, there)?;
    if !(mark.check)(&bytes) {
        return None;
    }
    let mut node = volume.area("volume.signature", key, mark.title, start, 512.min(there as u64));
    let meaning = "By these bytes it is recognised.";
    let shown = if magic.iter().all(|byte| matches!(byte, 0x20..=0x7e)) {
        ascii(magic)
    } else {
        hex_bytes(magic, 32)
    };
    let length = u32::try_from(magic.len()).unwrap_or(0);
    node.fields.push(FieldValue::text("signature", u32::try_from(at).unwrap_or(0), length, &shown, meaning));
    let slice = |at: usize, length: usize| bytes.get(at..at.checked_add(length)?);
    let label = mark.label.and_then(|(at, length)| text::label(slice(at, length)?));
    let id = mark.id.and_then(|(at, form)| match form {
        Form::Uuid => text::uuid(slice(at, 16)?),
        Form::Text(length) => text::label(slice(at, length)?),
        Form::Lvm => Some(lvm::uuid_text(slice(at, 32)?)),
    });
    let version = mark.version.and_then(|(at, form)| {
        Some(match form {
            Version::Text(length) => ascii(slice(at, length)?),
            Version::Number(length) => le(&bytes, at, length)?.to_string(),
            Version::Big(length) => be(&bytes, at, length)?.to_string(),
            Version::Padded => format!("{}.{:02}", le(&bytes, at, 2)?, le(&bytes, at + 2, 2)?),
            Version::Pair(major, minor) => {
                let unit = if major == 1 { 1 } else { 2 };
                format!("{}.{}", le(&bytes, at + major, unit)?, le(&bytes, at + minor, unit)?)
            }
        })
    });
    let mut found = Found::new(mark.kind, node);
    found.volume.label = label;
    found.volume.uuid = id;
    found.volume.version = version;
    found.volume.block_bytes = (mark.block != 0).then_some(mark.block);
    Some(found)
}
