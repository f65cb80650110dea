//! Real images, in the folder that `DISKGLASS_CORPUS` names: their tables and volumes as the usual tools read them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]
#![allow(clippy::similar_names, reason = "the tools are called like that")]

use diskglass::partition::Partitions;
use diskglass_conformance::corpus::{Known, folder, known, sets};
use diskglass_conformance::disk_images::write_range;
use diskglass_conformance::peers::{
    SECTOR, blkid_identity, identity, mmls_tables, rows, sfdisk_rows, sfdisk_table, sgdisk_rows, volumes_of,
};
use diskglass_conformance::session;
use diskglass_conformance::tools::{Tool, tools};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

/// What `sfdisk` calls the tables that it knows.
fn sfdisk_label(scheme: &str) -> Option<&str> {
    match scheme {
        "mbr" => Some("dos"),
        "hybrid" => Some("gpt"),
        "gpt" | "bsd" | "sun" | "sgi" => Some(scheme),
        _ => None,
    }
}

/// The tools, and how many tables and volumes each was compared on.
struct Peers {
    sfdisk: Tool,
    sgdisk: Tool,
    mmls: Tool,
    blkid: Tool,
    compared: BTreeMap<&'static str, usize>,
}

impl Peers {
    /// What the tools say otherwise of a disk: the name of the tool, and both answers.
    fn differences(&mut self, found: &Partitions, disk: &Path, size: u64) -> Vec<(&'static str, String)> {
        let mut differences = Vec::new();
        let mut compare = |tool, ours: String, theirs: String| {
            *self.compared.entry(tool).or_default() += 1;
            if ours != theirs {
                differences.push((tool, format!("ours   {ours}\n      theirs {theirs}")));
            }
        };
        if u64::from(found.sector_bytes) == SECTOR {
            if let Some(label) = sfdisk_label(&found.scheme) {
                let table = sfdisk_table(&self.sfdisk, disk).filter(|table| table["label"] == label);
                let theirs = table.map(|table| sfdisk_rows(&table, disk));
                compare("sfdisk", format!("{:?}", Some(rows(found))), format!("{theirs:?}"));
            }
            if found.scheme == "gpt" {
                let ours: Vec<_> = rows(found).into_iter().map(|row| (row.0, row.1, row.2)).collect();
                compare("sgdisk", format!("{ours:?}"), format!("{:?}", sgdisk_rows(&self.sgdisk, disk)));
            }
        }
        for table in mmls_tables(&self.mmls, disk, found) {
            compare("mmls", format!("{:?}", table.ours), format!("{:?}", table.theirs));
        }
        let Some(volume) = disk.parent().map(|folder| folder.join("volume.raw")) else { return differences };
        let source = diskglass_conformance::on_disk::FileBytes::open(disk);
        for (ours, offset, length) in volumes_of(found, size) {
            write_range(&source, offset, length, &volume);
            let theirs = blkid_identity(&self.blkid, &volume);
            compare("blkid", format!("{:?}", ours.map(identity)), format!("{theirs:?}"));
        }
        differences
    }
}

#[test]
fn real_disks_are_what_the_usual_tools_say() {
    let Some(folder) = folder() else { return };
    let Some([sfdisk, sgdisk, mmls, blkid]) = tools(["sfdisk", "sgdisk", "mmls", "blkid"]) else { return };
    let mut peers = Peers { sfdisk, sgdisk, mmls, blkid, compared: BTreeMap::new() };
    let known = known();
    let rows: BTreeMap<&str, &Known> =
        known.iter().filter(|row| !row.alone).map(|row| (&*row.sha256, row)).collect();
    let mut wrong = Vec::new();
    for set in sets(&folder) {
        let members = set.read();
        let images: Vec<(String, &Known)> = (members.iter())
            .filter_map(|member| Some((member.name.clone(), *rows.get(&*member.sha256)?)))
            .collect();
        let mut together = session(members.into_iter().map(|member| (member.name, member.bytes)));
        for (name, row) in images {
            let report = together.inspect(Some(&name));
            let (Some(disk), Some(found)) = (together.disk(), &report.partitions) else { continue };
            let folder = TempDir::new().unwrap();
            let raw = folder.path().join("whole-disk.raw");
            write_range(&disk, 0, disk.size(), &raw);
            let differences = peers.differences(found, &raw, disk.size());
            let differing: BTreeSet<&str> = differences.iter().map(|(tool, _)| *tool).collect();
            let excused: BTreeSet<&str> = row.peers.keys().map(String::as_str).collect();
            wrong.extend(
                differences
                    .iter()
                    .filter(|(tool, _)| !excused.contains(tool))
                    .map(|(tool, difference)| format!("{name} ({}): {tool}\n      {difference}", row.what)),
            );
            // Another version of a tool may know better.
            for tool in excused.difference(&differing) {
                println!("{name}: {tool} agrees after all");
            }
        }
    }
    println!("compared: {:?}", peers.compared);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
