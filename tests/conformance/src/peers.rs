//! What `sfdisk`, `mmls` and `blkid` say of a disk or a volume, in the same words as the report.

use crate::faults;
use crate::on_disk::sparse_file;
use crate::tools::{Tool, blkid, json, text};
use diskglass::partition::{Entry, EntryRole, Partitions};
use diskglass::report::{Report, Verdict};
use diskglass::volume::Volume;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Bytes of a sector, for all tools that cannot be told otherwise.
pub const SECTOR: u64 = 512;

/// What is said of the partitions of a disk that can be read.
pub fn partitions(report: &Report) -> &Partitions {
    report.partitions.as_ref().expect("the disk can be read")
}

/// Neither an error nor a warning, and the image is complete.
pub fn assert_sound(report: &Report, what: &str) {
    assert_eq!(faults(report), [""; 0], "{what}");
    assert_eq!(report.verdict, Verdict::Sound, "{what}");
}

/// A new disk that was divided by `sfdisk`.
pub fn divided(sfdisk: &Tool, folder: &TempDir, name: &str, size: u64, script: &str) -> PathBuf {
    let disk = folder.path().join(name);
    sparse_file(&disk, size);
    sfdisk.run_with(&["--quiet", text(&disk)], script);
    disk
}

/// A partition as the report and the tools both tell it: number, first sector, sectors, type, active.
pub type Row = (u32, u64, u64, String, bool);

/// The partitions of a report.
pub fn rows(found: &Partitions) -> Vec<Row> {
    let row = |entry: &Entry| {
        (entry.index, entry.first_sector, entry.sector_count, entry.type_id.to_lowercase(), entry.active)
    };
    found.entries.iter().map(row).collect()
}

/// What `sfdisk --json` says of a disk: its table, or that there is none.
pub fn sfdisk_table(sfdisk: &Tool, disk: &Path) -> Option<Value> {
    let printed = sfdisk.try_run(&["--json", text(disk)]).ok()?;
    Some(json(&printed)["partitiontable"].take())
}

/// The partitions of such a table.
pub fn sfdisk_rows(table: &Value, disk: &Path) -> Vec<Row> {
    let of_gpt = table["label"] == "gpt";
    let row = |entry: &Value| {
        let number = entry["node"].as_str().unwrap().strip_prefix(text(disk)).unwrap().parse().unwrap();
        let kind = entry["type"].as_str().unwrap().to_lowercase();
        let kind = if of_gpt { kind } else { format!("0x{kind:0>2}") };
        let active = entry["bootable"].as_bool().unwrap_or(false)
            || entry["attrs"].as_str().is_some_and(|attributes| attributes.contains("LegacyBIOSBootable"));
        (number, entry["start"].as_u64().unwrap(), entry["size"].as_u64().unwrap(), kind, active)
    };
    table["partitions"].as_array().map_or_else(Vec::new, |entries| entries.iter().map(row).collect())
}

/// What `sgdisk` lists: number, first sector and sectors of each partition.
pub fn sgdisk_rows(sgdisk: &Tool, disk: &Path) -> Vec<(u32, u64, u64)> {
    let printed = sgdisk.try_run(&["-p", text(disk)]).unwrap_or_default();
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let number = words.next()?.parse().ok()?;
        let (first, last): (u64, u64) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some((number, first, last - first + 1))
    };
    printed.lines().filter_map(row).collect()
}

/// First sector and sectors of a partition.
pub type Place = (u64, u64);

/// The partitions that `mmls` lists, sorted: those of the table of that kind (`dos`, `gpt`, `bsd`, `sun`, `mac`) at
/// that sector. Nothing where it finds no such table. Containers are no partitions to it.
pub fn mmls_places(mmls: &Tool, disk: &Path, kind: &str, sector: u64, sector_bytes: u32) -> Vec<Place> {
    let (sector, unit) = (sector.to_string(), sector_bytes.to_string());
    let printed = mmls.try_run(&["-t", kind, "-o", &sector, "-b", &unit, text(disk)]).unwrap_or_default();
    let mut places: Vec<Place> = printed
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let is_row = words.next()?.ends_with(':');
            let slot =
                words.next().filter(|slot| is_row && slot.starts_with(|c: char| c.is_ascii_digit()))?;
            assert!(!slot.is_empty());
            let mut number = || words.next()?.parse().ok();
            let (start, _end, length): (u64, u64, u64) = (number()?, number()?, number()?);
            Some((start, length))
        })
        .collect();
    places.sort_unstable();
    places
}

/// What `mmls` calls the tables that it knows.
fn mmls_kind(scheme: &str) -> Option<&'static str> {
    match scheme {
        "mbr" => Some("dos"),
        "gpt" | "hybrid" => Some("gpt"),
        "apm" => Some("mac"),
        "bsd" => Some("bsd"),
        "sun" => Some("sun"),
        _ => None,
    }
}

/// A table that `mmls` knows, by its word for it.
pub struct MmlsTable {
    /// `dos`, `gpt`, `bsd`, `sun`, `mac`.
    pub kind: &'static str,
    /// Where the partitions are by the report.
    pub ours: Vec<Place>,
    /// Where they are by `mmls`.
    pub theirs: Vec<Place>,
}

/// The tables of a disk that `mmls` knows: first that of the disk, then those in slices.
pub fn mmls_tables(mmls: &Tool, disk: &Path, found: &Partitions) -> Vec<MmlsTable> {
    let unit = found.sector_bytes;
    // Containers in an MBR, and the slice that stands for the whole disk of a Sun.
    let is_meta = |entry: &Entry| {
        matches!((&*found.scheme, &*entry.type_id), ("mbr", "0x05" | "0x0f" | "0x85") | ("sun", "0x05"))
    };
    let places = |wanted: &dyn Fn(&Entry) -> bool| {
        let mut places: Vec<Place> = (found.entries.iter())
            .filter(|entry| wanted(entry) && !is_meta(entry))
            .map(|entry| (entry.first_sector, entry.sector_count))
            .collect();
        places.sort_unstable();
        places
    };
    let mut tables = Vec::new();
    if let Some(kind) = mmls_kind(&found.scheme) {
        let slices = slices(found);
        let ours = places(&|entry| {
            entry.parent.is_none_or(|parent| !slices.iter().any(|(slice, _)| slice.index == parent))
        });
        let theirs = mmls_places(mmls, disk, kind, 0, unit);
        tables.push(MmlsTable { kind, ours, theirs });
        for (slice, kind) in slices {
            let ours = places(&|entry| entry.parent == Some(slice.index));
            let mut theirs = mmls_places(mmls, disk, kind, slice.first_sector, unit);
            // A Solaris label counts from its slice. The whole of the slice is one of the partitions of BSD.
            if kind == "sun" {
                for (start, _) in &mut theirs {
                    *start += slice.first_sector;
                }
            }
            theirs.retain(|place| *place != (slice.first_sector, slice.sector_count));
            tables.push(MmlsTable { kind, ours, theirs });
        }
    }
    tables
}

/// The slices with a label in them, and what `mmls` calls that.
fn slices(found: &Partitions) -> Vec<(&Entry, &'static str)> {
    let containers = found.entries.iter().filter(|entry| entry.role == EntryRole::Container);
    containers
        .filter_map(|entry| match &*entry.type_id {
            "0xa5" | "0xa6" | "0xa9" => Some((entry, "bsd")),
            "0x82" | "0xbf" => Some((entry, "sun")),
            _ => None,
        })
        .collect()
}

/// Type, label and UUID of a volume.
pub type Identity = (String, Option<String>, Option<String>);

/// Those of a volume in a report.
pub fn identity(volume: &Volume) -> Identity {
    (volume.kind.clone(), volume.label.clone(), volume.uuid.clone())
}

/// Those that `blkid` reads, if it knows the volume.
pub fn blkid_identity(tool: &Tool, path: &Path) -> Option<Identity> {
    let mut said = blkid(tool, path);
    let label = said.remove("LABEL_ENC");
    let uuid = said.remove("UUID_ENC");
    Some((said.remove("TYPE")?, label, uuid))
}

/// What was recognised in the partitions of a disk, and on the disk as a whole where it has none or a volume beside
/// them, each with its place in bytes.
pub fn volumes_of(found: &Partitions, size: u64) -> Vec<(Option<&Volume>, u64, u64)> {
    let unit = u64::from(found.sector_bytes);
    let is_whole = found.scheme == "none" || found.volume.is_some();
    let whole = is_whole.then_some((found.volume.as_ref(), 0, size));
    let in_partitions =
        found.entries.iter().filter(|entry| entry.role == EntryRole::Partition).filter_map(|entry| {
            let offset = entry.first_sector * unit;
            let length = (entry.sector_count * unit).min(size.checked_sub(offset)?);
            (length > 0).then_some((entry.volume.as_ref(), offset, length))
        });
    whole.into_iter().chain(in_partitions).collect()
}
