//! Members of ZFS pools.

use super::found::Found;
use super::int::{be, index, int};
use super::limited::Limited;
use super::rules;
use crate::finding::Finding;
use crate::structure::{Endian, FieldValue, Node, Role, utc};

/// A device has four labels of this size: two at its start, two at its end.
const LABEL_BYTES: u64 = 256 << 10;
/// Byte offset of the list of names and values in a label.
const LIST_AT: u64 = 16 << 10;
/// Bytes of that list that are read: usual ones have some KiB.
const LIST_BYTES: usize = 16 << 10;
/// Byte offset of the uberblocks in a label, and how many of them are looked at.
const UBERBLOCKS_AT: u64 = 128 << 10;
const UBERBLOCK_BYTES: usize = 1024;
const UBERBLOCKS: usize = 16;
const UBERBLOCK_MAGIC: u64 = 0x00ba_b10c;
/// Smaller devices are not looked at, as by libblkid.
const SMALLEST_BYTES: u64 = 64 << 20;
/// Pairs of a list that are read, and lists inside of lists that are looked into.
const PAIRS: usize = 400;
const DEEPEST: usize = 8;

const TYPE_NUMBER: u64 = 8;
const TYPE_TEXT: u64 = 9;
const TYPE_LIST: u64 = 19;
const TYPE_LISTS: u64 = 20;

const STATES: [&str; 5] = ["active", "exported", "destroyed", "spare", "cache"];
const ACTIVE: u64 = 0;
const SPARE: u64 = 3;
const CACHE: u64 = 4;

/// What is told of a pair of a list.
struct Pair {
    /// Lists around it.
    depth: usize,
    name: String,
    /// Byte offset of the value, counted from the start of the list.
    at: usize,
    length: usize,
    value: Value,
}

enum Value {
    Number(u64),
    Text(String),
}

/// The numbers and texts of a list in XDR encoding; `None` where it is none.
fn pairs(list: &[u8]) -> Option<Vec<Pair>> {
    let (encoding, endian) = (be(list, 0, 1)?, be(list, 1, 1)?);
    if encoding != 1 || endian > 1 {
        return None;
    }
    let mut pairs = Vec::new();
    // How many lists come one after the other at each depth.
    let mut lists: Vec<u64> = Vec::new();
    // Behind encoding and byte order: the version of the list and flags.
    let mut at = 12;
    for _ in 0..PAIRS {
        let size = index(be(list, at, 4))?;
        if size == 0 {
            at += 8;
            match lists.pop() {
                None => return Some(pairs),
                Some(left @ 2..) => {
                    lists.push(left - 1);
                    at += 8;
                }
                Some(_) => {}
            }
            continue;
        }
        let name_length = index(be(list, at + 8, 4))?;
        let name =
            String::from_utf8_lossy(list.get(at + 12..at.checked_add(12 + name_length)?)?).into_owned();
        let value_at = at + 12 + name_length.next_multiple_of(4);
        match be(list, value_at, 4)? {
            kind @ (TYPE_LIST | TYPE_LISTS) => {
                let count = if kind == TYPE_LIST { 1 } else { be(list, value_at + 4, 4)? };
                // Type and count, then version and flags of the first; its pairs follow.
                if count != 0 && lists.len() < DEEPEST {
                    lists.push(count);
                    at = value_at + 16;
                    continue;
                }
            }
            TYPE_NUMBER => {
                let value = Value::Number(be(list, value_at + 8, 8)?);
                pairs.push(Pair { depth: lists.len(), name, at: value_at + 8, length: 8, value });
            }
            TYPE_TEXT => {
                let length = index(be(list, value_at + 8, 4))?;
                let text = list.get(value_at + 12..(value_at + 12).checked_add(length)?)?;
                let value = Value::Text(String::from_utf8_lossy(text).into_owned());
                pairs.push(Pair { depth: lists.len(), name, at: value_at + 12, length, value });
            }
            _ => {}
        }
        at = at.checked_add(size)?;
    }
    Some(pairs)
}

fn number(pairs: &[Pair], name: &str, depth: usize) -> Option<u64> {
    pairs.iter().find(|pair| pair.name == name && pair.depth == depth).and_then(|pair| match pair.value {
        Value::Number(number) => Some(number),
        Value::Text(_) => None,
    })
}

fn text<'a>(pairs: &'a [Pair], name: &str, depth: usize) -> Option<&'a str> {
    pairs.iter().find(|pair| pair.name == name && pair.depth == depth).and_then(|pair| match &pair.value {
        Value::Text(text) => Some(text.as_str()),
        Value::Number(_) => None,
    })
}

/// A label that says what it belongs to.
struct Label {
    index: usize,
    offset: u64,
    pairs: Vec<Pair>,
}

impl Label {
    fn read(volume: &Limited, index: usize, offset: u64) -> Option<Self> {
        // Most volumes are none of this family: that takes only a few bytes to see.
        let head: [u8; 2] = volume.array(offset + LIST_AT)?;
        if head[0] != 1 || head[1] > 1 {
            return None;
        }
        let pairs = pairs(&volume.read(offset + LIST_AT, LIST_BYTES)?)?;
        let state = number(&pairs, "state", 0)?;
        let has_contents = number(&pairs, "txg", 0).is_some_and(|txg| txg > 0);
        let is_valid =
            number(&pairs, "guid", 0)? != 0 && state <= 7 && (has_contents || matches!(state, SPARE | CACHE));
        is_valid.then_some(Self { index, offset, pairs })
    }

    fn node(&self, volume: &Limited, key: &str) -> Node {
        let title = format!("ZFS label {}", self.index);
        let mut node = volume.area("zfs.label", key, &title, self.offset + LIST_AT, 112 << 10);
        for pair in &self.pairs {
            let value = match &pair.value {
                Value::Number(number) => number.to_string(),
                Value::Text(text) => text.clone(),
            };
            let (Ok(at), Ok(length)) = (u32::try_from(pair.at), u32::try_from(pair.length)) else { continue };
            let meaning = meaning(&pair.name, pair.depth);
            let name = if pair.depth == 0 { pair.name.clone() } else { format!("vdev {}", pair.name) };
            node.fields.push(FieldValue::text(name, at, length, &value, meaning));
        }
        node.note("Says which pool the device belongs to, and how the pool is made up. Every device has four of them.")
    }
}

fn meaning(name: &str, depth: usize) -> &'static str {
    match (name, depth) {
        ("name", _) => "Name of the pool.",
        ("pool_guid", _) => "Identity of the pool.",
        ("guid", 0) => "Identity of this device.",
        ("top_guid", _) => "Identity of the group of devices that this one is in.",
        ("guid", _) => "Identity of a device or group.",
        ("state", _) => "State of the pool: 0 active, 1 exported, 2 destroyed.",
        ("txg", _) => "Transaction of the last change of the label.",
        ("version", _) => "Version of the pool; 5000 where features are listed one by one.",
        ("hostname", _) => "Machine that used the pool last.",
        ("vdev_children", _) => "Groups of devices in the pool.",
        ("ashift", _) => "Smallest block as a power of two.",
        ("asize", _) => "Bytes for data.",
        ("type", _) => "Kind of device or group.",
        ("path", _) => "Path of the device when it was last used.",
        _ => "A value of the label.",
    }
}

/// Recognises members of ZFS pools.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let size = volume.size();
    if size < SMALLEST_BYTES {
        return None;
    }
    let end = size / LABEL_BYTES * LABEL_BYTES;
    let places = [0, LABEL_BYTES, end - 2 * LABEL_BYTES, end - LABEL_BYTES];
    let mut labels =
        places.into_iter().enumerate().filter_map(|(at, offset)| Label::read(volume, at, offset));
    let label = labels.next()?;
    let mut found = Found::new("zfs_member", label.node(volume, key));
    let pairs = &label.pairs;
    found.volume.label = text(pairs, "name", 0).map(Into::into);
    found.volume.uuid = number(pairs, "pool_guid", 0).map(|id| id.to_string());
    found.volume.device_uuid = number(pairs, "guid", 0).map(|id| id.to_string());
    found.volume.version = number(pairs, "version", 0).map(|version| version.to_string());
    let shift = pairs.iter().find(|pair| pair.name == "ashift").and_then(|pair| match pair.value {
        Value::Number(shift) => Some(shift),
        Value::Text(_) => None,
    });
    found.volume.block_bytes = shift.filter(|shift| *shift < 32).map(|shift| 1 << shift);
    let state = number(pairs, "state", 0).unwrap_or(ACTIVE);
    found.fact("Pool state", index(Some(state)).and_then(|at| STATES.get(at)).copied().unwrap_or("unknown"));
    found.fact("Last used by", text(pairs, "hostname", 0).unwrap_or_default());
    check_devices(&mut found, pairs);
    if let Some((transaction, time)) = uberblock(volume, label.offset, shift.unwrap_or(9)) {
        found.fact("Last transaction", transaction.to_string());
        found.volume.written = i64::try_from(time).ok().filter(|time| *time != 0).map(utc);
    }
    // The others are read once more: their number is a matter of redundancy.
    let same = |other: &Label| {
        number(&other.pairs, "guid", 0) == number(pairs, "guid", 0)
            && number(&other.pairs, "pool_guid", 0) == number(pairs, "pool_guid", 0)
    };
    if let Some(other) = labels.find(|other| !same(other)) {
        let mut node = other.node(volume, key).role(Role::Backup);
        node.key += ".copy";
        let detail = format!("label {} is that of another pool or device", other.index);
        found.add_finding(Finding::new(&rules::COPY_STALE, detail).on(node.key.clone()));
        found.add_node(node);
    }
    Some(found)
}

/// Whether the pool has more devices than this one.
fn check_devices(found: &mut Found, pairs: &[Pair]) {
    let groups = number(pairs, "vdev_children", 0).unwrap_or(1);
    let kind = text(pairs, "type", 1).unwrap_or_default();
    found.fact("Kind of group", kind);
    // Inside the group every device of it has an entry with a type.
    let in_group = pairs.iter().filter(|pair| pair.depth == 2 && pair.name == "guid").count() as u64;
    let devices = groups.max(1) - 1 + in_group.max(1);
    let words = if groups > 1 { "at least " } else { "" };
    found.member(
        "vdev_children",
        devices,
        format!("the pool has {words}{devices} devices, this is one of them"),
    );
}

/// Transaction and time of the newest uberblock of a label.
fn uberblock(volume: &Limited, label: u64, shift: u64) -> Option<(u64, u64)> {
    let size = UBERBLOCK_BYTES.max(1 << shift.min(13));
    let blocks = volume.read(label + UBERBLOCKS_AT, UBERBLOCKS * UBERBLOCK_BYTES.max(size.min(4096)))?;
    let found = blocks.chunks_exact(size).filter_map(|block| {
        let endian = if be(block, 0, 8)? == UBERBLOCK_MAGIC { Endian::Big } else { Endian::Little };
        (int(block, 0, 8, endian)? == UBERBLOCK_MAGIC).then_some(())?;
        Some((int(block, 16, 8, endian)?, int(block, 32, 8, endian)?))
    });
    found.max()
}
