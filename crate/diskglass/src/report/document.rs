//! A report as a document for people: what it says and in which order, whatever it is written in.

use super::{Coverage, Report, ReportedFinding, verdict_sentence, words};
use crate::finding::Severity;
use crate::image::{LinkStatus, Use};
use crate::partition::Entry;
use crate::structure::size_text;
use crate::volume::Volume;

/// A part of a document.
pub(super) enum Block<'a> {
    /// The title of a part.
    Section(&'static str),
    /// A paragraph.
    Text(String),
    /// Values by name.
    Facts(Vec<(&'static str, String)>),
    /// Headings, and rows below them.
    Table(Vec<&'static str>, Vec<Vec<String>>),
    /// The title of a finding.
    Finding(&'a ReportedFinding),
    /// Bytes, a line for each 16 of them.
    Bytes(String),
    /// A map of the disk or of a file.
    Picture(&'a Picture),
}

/// What a document shows that is not in the report: bytes, and pictures.
#[derive(Default)]
pub struct Evidence {
    /// Who made the document: `the command`.
    pub made_by: &'static str,
    /// Whether values were replaced.
    pub redacted: bool,
    /// Bytes of the places of each finding, in the order of the findings.
    pub bytes: Vec<Vec<String>>,
    /// The maps.
    pub pictures: Vec<Picture>,
}

/// What a disk or a file is used for, in cells of equal size.
pub struct Picture {
    /// Whose map it is.
    pub title: String,
    /// Bytes of a cell.
    pub cell: u64,
    /// The main use of each cell; `None` for nothing.
    pub cells: Vec<Option<Use>>,
    /// Bytes for each use, in the order of [`Use::ALL`].
    pub sums: Vec<f64>,
    /// Whether all of it was looked at.
    pub complete: bool,
}

/// The name of a report.
pub(super) fn title(report: &Report) -> &str {
    report.image.as_ref().map_or("No disk image", |image| &image.key)
}

/// The document: a summary, the findings with their bytes, what else there is, and last how it was made.
pub(super) fn document<'a>(report: &'a Report, evidence: &'a Evidence) -> Vec<Block<'a>> {
    let mut blocks = vec![Block::Text(verdict_sentence(report))];
    summary(&mut blocks, report);
    blocks.extend(evidence.pictures.iter().map(Block::Picture));
    findings(&mut blocks, report, evidence);
    chain(&mut blocks, report);
    disk(&mut blocks, report);
    let counted = report.tables.iter().filter(|table| !table.counts.is_empty());
    let rows = counted.map(|table| {
        let counts: Vec<String> =
            table.counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
        vec![table.title.clone(), table.rows.to_string(), counts.join(", ")]
    });
    table(&mut blocks, "Tables", vec!["Table", "Entries", "States"], rows.collect());
    environment(&mut blocks, report, evidence);
    blocks
}

fn table(blocks: &mut Vec<Block>, title: &'static str, head: Vec<&'static str>, rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        blocks.extend([Block::Section(title), Block::Table(head, rows)]);
    }
}

fn optional(size: Option<u64>) -> String {
    size.map_or_else(|| "unknown".into(), size_text)
}

fn summary(blocks: &mut Vec<Block>, report: &Report) {
    let Some(image) = &report.image else { return };
    let facts = &image.facts;
    let mut rows = vec![
        ("File", image.key.clone()),
        ("Format", format!("{}, {}", facts.format.to_uppercase(), facts.variant)),
        ("Virtual size", optional(facts.virtual_size_bytes)),
    ];
    let by_geometry = facts.chs_size_bytes.filter(|size| Some(*size) != facts.virtual_size_bytes);
    rows.extend(by_geometry.map(|size| ("Size by geometry", size_text(size))));
    let file = report.files.iter().find(|file| file.name == image.key);
    rows.extend(file.map(|file| ("File size", optional(file.size))));
    if let Some((allocated, total)) = facts.allocated_units.zip(facts.total_units) {
        let unit = facts.unit_bytes.map_or_else(String::new, |unit| format!(" of {}", size_text(unit)));
        rows.push(("Allocated", format!("{allocated} of {total} units{unit}")));
    }
    for (name, value) in
        [("Written by", &facts.producer), ("Created", &facts.created_utc), ("Identity", &facts.id)]
    {
        rows.extend(value.clone().map(|value| (name, value)));
    }
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let [errors, warnings, infos] = [Severity::Error, Severity::Warning, Severity::Info].map(count);
    rows.push(("Findings", format!("errors: {errors}, warnings: {warnings}, notes: {infos}")));
    blocks.push(Block::Facts(rows));
}

fn findings<'a>(blocks: &mut Vec<Block<'a>>, report: &'a Report, evidence: &'a Evidence) {
    blocks.push(Block::Section("Findings"));
    if report.findings.is_empty() {
        blocks.push(Block::Text("There are none.".into()));
    }
    let nothing = Vec::new();
    for (index, finding) in report.findings.iter().enumerate() {
        blocks.push(Block::Finding(finding));
        blocks.push(Block::Text(finding.detail.clone()));
        let shown = evidence.bytes.get(index).unwrap_or(&nothing);
        for (index, place) in finding.places.iter().take(shown.len().max(1)).enumerate() {
            let at = format!(
                "At {}, byte {} (0x{:x}), {} bytes:",
                place.file, place.offset, place.offset, place.length
            );
            blocks.push(Block::Text(at));
            blocks.extend(shown.get(index).cloned().map(Block::Bytes));
        }
        if finding.count > 1 {
            blocks.push(Block::Text(format!("{} places in all.", finding.count)));
        }
        blocks.push(Block::Text(finding.remedy.clone()));
    }
}

fn chain(blocks: &mut Vec<Block>, report: &Report) {
    if report.chain.len() > 1 || report.chain.iter().any(|link| link.status != LinkStatus::Base) {
        let rows = report.chain.iter().map(|link| {
            let id = |id: &Option<String>| id.clone().unwrap_or_default();
            vec![
                link.key.clone(),
                link.variant.clone(),
                id(&link.id),
                id(&link.parent_id),
                words::link(link.status).into(),
            ]
        });
        table(blocks, "Chain", vec!["File", "Variant", "Identity", "Expects", "Parent"], rows.collect());
        let reasons = report.chain.iter().filter(|link| link.status != LinkStatus::Base);
        blocks.extend(reasons.map(|link| Block::Text(format!("{}: {}", link.key, link.reason))));
    }
    let extents = report.image.iter().flat_map(|image| &image.facts.extents).map(|extent| {
        vec![
            extent.file.clone().unwrap_or_default(),
            format!("{} {}", extent.access, extent.kind),
            extent.sectors.map_or_else(|| "unknown".into(), |sectors| sectors.to_string()),
            words::extent(extent.status).into(),
        ]
    });
    table(blocks, "Extents", vec!["File", "Type", "Sectors", "Given"], extents.collect());
}

fn disk(blocks: &mut Vec<Block>, report: &Report) {
    let Some(partitions) = &report.partitions else { return };
    let row = |entry: &Entry| {
        vec![
            format!("{}{}", entry.index, if entry.active { " (active)" } else { "" }),
            entry.first_sector.to_string(),
            entry.sector_count.to_string(),
            entry.type_name.clone().unwrap_or_else(|| entry.type_id.clone()),
            entry.name.clone().unwrap_or_default(),
        ]
    };
    let head = vec!["Partition", "First sector", "Sectors", "Type", "Name"];
    table(blocks, "Partitions", head, partitions.entries.iter().map(row).collect());
    if partitions.scheme != "none" {
        let id = partitions.disk_id.as_ref().map_or_else(String::new, |id| format!(", disk {id}"));
        let bytes = partitions.sector_bytes;
        let scheme = partitions.scheme.to_uppercase();
        blocks.push(Block::Text(format!("{scheme}{id}, {bytes} bytes a sector.")));
    }
    let row = |(place, volume): (String, &Volume)| {
        let [label, id] = [&volume.label, &volume.uuid].map(|text| text.clone().unwrap_or_default());
        let state = volume.state.map_or("", |state| state.words());
        vec![place, volume.kind.clone(), label, id, optional(volume.size_bytes), state.into()]
    };
    let whole = partitions.volume.iter().map(|volume| ("whole disk".to_owned(), volume));
    let inside = partitions.entries.iter();
    let inside = inside.filter_map(|entry| Some((entry.index.to_string(), entry.volume.as_ref()?)));
    let head = vec!["Partition", "Volume", "Label", "Identity", "Size", "State"];
    table(blocks, "Volumes", head, whole.chain(inside).map(row).collect());
}

fn environment(blocks: &mut Vec<Block>, report: &Report, evidence: &Evidence) {
    let looked = match report.coverage {
        Coverage::Headers => "headers",
        Coverage::Tables => "headers and tables",
        Coverage::Data => "headers, tables and data",
    };
    let mut rows = vec![
        ("Made by", format!("{} {}, {}", report.tool.name, report.tool.version, evidence.made_by)),
        ("Looked at", looked.into()),
    ];
    if evidence.redacted {
        let replaced = "host and user names, paths, labels, serial numbers and UUIDs are placeholders";
        rows.push(("Redacted", replaced.into()));
    }
    blocks.extend([Block::Section("Environment"), Block::Facts(rows)]);
    let files = report.files.iter();
    let files =
        files.map(|file| vec![file.name.clone(), words::role(file.role).to_owned(), optional(file.size)]);
    blocks.push(Block::Table(vec!["File", "Part", "Size"], files.collect()));
}

/// The text as it is shown where others will read it: what cannot be seen, or changes the order of what can be seen, becomes
/// the replacement character.
pub(super) fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|c| {
        let hidden = c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if hidden { char::REPLACEMENT_CHARACTER } else { c }
    })
}
