//! The report for a reader at a terminal. Styles are ANSI sequences; a caller that does not print to a terminal strips
//! them.

use super::volumes::{volume_text, write_volume, write_volumes};
use super::{Coverage, Report, ReportedFinding, Verdict, words};
use crate::finding::Severity;
use crate::image::{ExtentStatus, LinkStatus};
use crate::partition::{DynamicDisk, Entry, EntryRole, Partitions};
use crate::structure::{State, size_text};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Structures are indented this far at most.
const DEEPEST: usize = 12;

/// The report in words.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut out, report);
    harmless(out)
}

/// The text without what could steer a terminal but line ends and the styles used here: names and labels are whatever
/// an image says.
fn harmless(text: String) -> String {
    const STYLES: [&str; 7] = ["[0m", "[1m", "[2m", "[31m", "[32m", "[33m", "[36m"];
    let stays = |(at, c): (usize, char)| {
        let style =
            || text.get(at + 1..).is_some_and(|rest| STYLES.iter().any(|style| rest.starts_with(style)));
        !c.is_control() || c == '\n' || c == '\u{1b}' && style()
    };
    if text.char_indices().all(stays) {
        return text;
    }
    let shown = |(at, c)| if stays((at, c)) { c } else { char::REPLACEMENT_CHARACTER };
    text.char_indices().map(shown).collect()
}

fn write_report(out: &mut String, report: &Report) -> fmt::Result {
    write_head(out, report)?;
    write_findings(out, report)?;
    if let Some(partitions) = &report.partitions {
        write_partitions(out, partitions)?;
    }
    write_boot(out, report)?;
    write_layout(out, report)?;
    write_files(out, report)
}

fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

fn heading(out: &mut String, title: &str) -> fmt::Result {
    writeln!(out, "\n{}", styled(BOLD, title))
}

fn row(out: &mut String, name: &str, value: impl Display) -> fmt::Result {
    writeln!(out, "  {} {value}", styled(DIM, format_args!("{name:<16}")))
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default(),
    }
}

/// The verdict in a sentence.
pub fn verdict_sentence(report: &Report) -> String {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let looked = match report.coverage {
        Coverage::Headers => "the headers",
        Coverage::Tables => "headers and tables",
        Coverage::Data => "headers, tables and data",
    };
    match report.verdict {
        Verdict::Sound => format!("Sound: nothing is wrong as far as {looked} show."),
        Verdict::Warnings => {
            format!("{}, no error in {looked}.", plural(count(Severity::Warning), "warning"))
        }
        Verdict::Damaged => format!(
            "Damaged: {} and {} in {looked}.",
            plural(count(Severity::Error), "error"),
            plural(count(Severity::Warning), "warning")
        ),
        Verdict::Incomplete => {
            "Incomplete: sound as far as the given files go, but a part of the disk is not among them.".into()
        }
        Verdict::Unrecognised => "Not recognised: there is no disk image that can be inspected here.".into(),
    }
}

fn write_head(out: &mut String, report: &Report) -> fmt::Result {
    let style = match report.verdict {
        Verdict::Sound => AnsiColor::Green.on_default().bold(),
        Verdict::Damaged => severity_style(Severity::Error),
        Verdict::Warnings | Verdict::Incomplete => severity_style(Severity::Warning),
        Verdict::Unrecognised => BOLD,
    };
    if let Some(image) = &report.image {
        let facts = &image.facts;
        writeln!(out, "{}", styled(BOLD, &image.key))?;
        writeln!(out, "  {} ({})", facts.format.to_uppercase(), facts.variant)?;
        writeln!(out, "  {}\n", styled(style, verdict_sentence(report)))?;
        match facts.virtual_size_bytes {
            Some(size) => row(out, "Virtual size", size_text(size))?,
            None => row(out, "Virtual size", "unknown")?,
        }
        if let Some(chs) = facts.chs_size_bytes.filter(|chs| Some(*chs) != facts.virtual_size_bytes) {
            row(out, "Size by geometry", size_text(chs))?;
        }
        if let Some(size) = report.files.iter().find(|file| file.name == image.key).and_then(|file| file.size)
        {
            row(out, "File size", size_text(size))?;
        }
        if let Some(unit) = facts.unit_bytes {
            row(out, "Unit", size_text(unit))?;
        }
        if let Some((allocated, total)) = facts.allocated_units.zip(facts.total_units) {
            row(out, "Allocated", format_args!("{allocated} of {total} units"))?;
        }
        for (name, value) in
            [("Written by", &facts.producer), ("Created", &facts.created_utc), ("Identity", &facts.id)]
        {
            if let Some(value) = value {
                row(out, name, value)?;
            }
        }
        for link in
            report.chain.iter().filter(|link| link.status != LinkStatus::Base || report.chain.len() > 1)
        {
            let words = words::link(link.status);
            row(out, "Chain", format_args!("{} ({}, {words})", link.key, link.variant))?;
            if report.chain.len() > 1 || link.status != LinkStatus::Base {
                row(out, "", &link.reason)?;
            }
            if link.status == LinkStatus::Ambiguous {
                for candidate in &link.candidates {
                    row(out, "  candidate", candidate)?;
                }
            }
        }
        for extent in &facts.extents {
            let words = match extent.status {
                ExtentStatus::Found => String::new(),
                status => format!(", {}", words::extent(status)),
            };
            let sectors = extent.sectors.map_or_else(|| "?".into(), |sectors| sectors.to_string());
            let file = extent.file.as_deref().unwrap_or("");
            row(out, "Extent", format_args!("{} {sectors} {} {file}{words}", extent.access, extent.kind))?;
        }
    } else {
        writeln!(out, "{}", styled(style, verdict_sentence(report)))?;
    }
    Ok(())
}

fn write_findings(out: &mut String, report: &Report) -> fmt::Result {
    if report.findings.is_empty() {
        return Ok(());
    }
    heading(out, "Findings")?;
    for finding in &report.findings {
        write_finding(out, finding)?;
    }
    Ok(())
}

fn write_finding(out: &mut String, finding: &ReportedFinding) -> fmt::Result {
    let word = words::severity(finding.severity);
    let word = styled(severity_style(finding.severity), format_args!("{word:<7}"));
    writeln!(out, "  {word}  {}  {}", styled(BOLD, &finding.title), styled(DIM, &finding.id))?;
    writeln!(out, "           {}", finding.detail)?;
    if let Some(place) = finding.places.first() {
        let more = match finding.count {
            0 | 1 => String::new(),
            count => format!(", {count} places in all"),
        };
        let at = format!(
            "at {}:{} (0x{:x}), {} bytes{more}",
            place.file, place.offset, place.offset, place.length
        );
        writeln!(out, "           {}", styled(DIM, at))?;
    }
    if finding.severity != Severity::Info {
        writeln!(out, "           {}", finding.remedy)?;
    }
    Ok(())
}

fn write_partitions(out: &mut String, partitions: &Partitions) -> fmt::Result {
    heading(out, "Partitions")?;
    if let Some(volume) = &partitions.volume {
        writeln!(out, "  the whole disk is one volume: {}", volume_text(volume))?;
        write_volume(out, volume)?;
    } else if partitions.scheme == "none" {
        writeln!(out, "  no partition table and no known volume")?;
    }
    if partitions.scheme == "none" {
        return Ok(());
    }
    let id = partitions.disk_id.as_ref().map_or_else(String::new, |id| format!(", disk {id}"));
    writeln!(out, "  {}{id}, {} bytes a sector", partitions.scheme.to_uppercase(), partitions.sector_bytes)?;
    let line = |cells: [&str; 5]| {
        let [number, first, count, kind, volume] = cells;
        format!("  {number:>4}  {first:>12}  {count:>12}  {kind:<28}  {volume}")
    };
    writeln!(out, "{}", styled(DIM, line(["No.", "First sector", "Sectors", "Type", "Volume"])))?;
    for entry in &partitions.entries {
        let number = format!("{}{}", entry.index, if entry.active { "*" } else { "" });
        let (first, count) = (entry.first_sector.to_string(), entry.sector_count.to_string());
        writeln!(out, "{}", line([&number, &first, &count, &type_text(entry), &holds(entry)]).trim_end())?;
    }
    if let Some(dynamic) = &partitions.dynamic {
        write_dynamic(out, dynamic)?;
    }
    write_volumes(out, partitions)
}

/// The volumes of a group of dynamic disks, and what it takes to read them.
fn write_dynamic(out: &mut String, dynamic: &DynamicDisk) -> fmt::Result {
    let disk = dynamic.disks.first().map_or("unknown", |disk| disk);
    writeln!(out, "\n  Disk {disk} of the dynamic disk group {}", dynamic.group)?;
    for volume in &dynamic.volumes {
        let size = volume.size_bytes.map_or_else(String::new, size_text);
        let hint = volume.hint.as_ref().map_or_else(String::new, |hint| format!(" ({hint})"));
        let needs = match (volume.entries.is_empty(), volume.needs.is_empty()) {
            (true, _) => format!("on {}", volume.disks.join(", ")),
            (false, true) => "whole on this disk".into(),
            (false, false) => format!("needs {} too", volume.needs.join(", ")),
        };
        writeln!(out, "  {:<12}  {:<8}  {size}, {needs}", format!("{}{hint}", volume.name), volume.kind)?;
    }
    Ok(())
}

fn write_boot(out: &mut String, report: &Report) -> fmt::Result {
    if report.boot.is_empty() {
        return Ok(());
    }
    heading(out, "How it would start")?;
    for fact in &report.boot {
        let at = fact.places.first().map(|place| format!("at {}:{}", place.file, place.offset));
        writeln!(out, "  {}  {}", fact.text, styled(DIM, at.unwrap_or_default()))?;
    }
    Ok(())
}

fn type_text(entry: &Entry) -> String {
    entry.type_name.clone().unwrap_or_else(|| entry.type_id.clone())
}

fn holds(entry: &Entry) -> String {
    match (&entry.volume, entry.role) {
        (Some(volume), _) => volume_text(volume),
        (None, EntryRole::Container) => "holds other partitions".into(),
        (None, EntryRole::Partition) => String::new(),
    }
}

fn write_layout(out: &mut String, report: &Report) -> fmt::Result {
    if !report.structures.is_empty() {
        heading(out, "Structures")?;
    }
    // Parents come before their children.
    let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
    for structure in &report.structures {
        let state = match structure.state {
            State::Ok => "",
            State::Damaged => "  damaged",
            State::Truncated => "  truncated",
            State::Absent => "  absent",
        };
        let (offset, length) = match (structure.offset, structure.length) {
            (Some(offset), Some(length)) => (offset.to_string(), length.to_string()),
            _ => ("-".into(), "-".into()),
        };
        let depth =
            structure.parent.as_deref().and_then(|parent| depths.get(parent)).map_or(0, |depth| depth + 1);
        depths.insert(&structure.key, depth);
        let depth = "  ".repeat(depth.min(DEEPEST));
        writeln!(out, "  {offset:>15}  {length:>9}  {depth}{}{state}", structure.title)?;
    }
    for table in report.tables.iter().filter(|table| !table.counts.is_empty()) {
        let counts: Vec<String> =
            table.counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
        row(out, "Table", format_args!("{}: {} entries, {}", table.title, table.rows, counts.join(", ")))?;
    }
    Ok(())
}

fn write_files(out: &mut String, report: &Report) -> fmt::Result {
    if report.files.len() < 2 {
        return Ok(());
    }
    heading(out, "Files")?;
    for file in &report.files {
        let role = words::role(file.role);
        writeln!(out, "  {role:<13}  {}", file.name)?;
    }
    if report.images.len() > 1 {
        let keys: Vec<&str> = report.images.iter().map(|image| image.key.as_str()).collect();
        writeln!(out, "  {} images, choose with --image: {}", keys.len(), keys.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_cannot_steer_the_terminal() {
        for style in [Severity::Error, Severity::Warning, Severity::Info].map(severity_style) {
            let text = format!("{}\n{}", styled(style, "a"), styled(DIM, styled(BOLD, "b")));
            assert_eq!(harmless(text.clone()), text);
        }
        assert_eq!(
            harmless("name \u{1b}[2J\u{1b}]0;title\u{7}\r!".into()),
            "name \u{fffd}[2J\u{fffd}]0;title\u{fffd}\u{fffd}!"
        );
    }
}
