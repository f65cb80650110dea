//! The MBR in front of a GPT: protective, hybrid, or missing.

use crate::finding::Finding;
use crate::partition::disk::Disk;
use crate::partition::mbr::Mbr;
use crate::partition::rules;
use crate::partition::table::{Faults, Table};

/// What concerns the MBR in front of the GPT.
pub(super) fn check(disk: &Disk, mbr: Option<&Mbr>, table: &mut Table) {
    let Some(mbr) = mbr else { return };
    let Some((number, entry)) = mbr.protective().filter(|_| mbr.is_protective()) else {
        let detail = "sector 0 has no entry of type 0xee with the signature 55 aa";
        let place = table.node("mbr@0").and_then(|node| node.field_span("entries"));
        table.findings.add(Finding::new(&rules::gpt::PROTECTIVE_MISSING, detail).on("mbr@0").place(place));
        return;
    };
    let key = |number: u32| format!("mbr.entry@{number}");
    let last = disk.sectors(table.sector_bytes).saturating_sub(1);
    let expected = u32::try_from(last).unwrap_or(u32::MAX);
    let hybrid = table.scheme == "hybrid";
    if !hybrid && entry.sector_count != expected && entry.sector_count != u32::MAX {
        let detail = format!(
            "the protective entry has {} sectors; the disk has {expected} after the first",
            entry.sector_count
        );
        let place = table.node(&key(number)).and_then(|node| node.field_span("sector_count"));
        let finding =
            Finding::new(&rules::gpt::PROTECTIVE_SIZE, detail).expected(expected, entry.sector_count);
        table.findings.add(finding.on(key(number)).place(place));
    }
    if !hybrid {
        return;
    }
    let mut mirrored = Vec::new();
    let mut astray = Faults::new(&rules::gpt::HYBRID_MISMATCH, Some("first_sector"));
    for (number, entry) in mbr.ordinary() {
        let twin = table.partitions.iter().find(|partition| {
            partition.start() == entry.start() && partition.entry.sector_count == entry.sectors()
        });
        match twin {
            Some(twin) => mirrored.push(format!("entry {number} is partition {}", twin.entry.index)),
            None => astray.hit(table.node(&key(number)), None, || {
                format!(
                    "entry {number} of the MBR has sectors {} to {}; no partition of the GPT has the same",
                    entry.start(),
                    entry.end() - 1
                )
            }),
        }
    }
    let detail = if mirrored.is_empty() {
        "the MBR has ordinary entries beside the one that protects the GPT".into()
    } else {
        format!("the MBR repeats partitions of the GPT: {}", mirrored.join(", "))
    };
    let place = table.node("mbr@0").and_then(|node| node.field_span("entries"));
    table.add_unless_iso(disk, Finding::new(&rules::gpt::HYBRID, detail).on("mbr@0").place(place));
    if let Some(finding) = astray.finding() {
        table.add_unless_iso(disk, finding);
    }
}
