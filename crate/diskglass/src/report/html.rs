//! The report as one HTML file: no script, nothing loaded from elsewhere.

use super::document::{Block, Evidence, Picture, document, title, visible};
use super::{Report, words};
use crate::image::Use;
use crate::structure::size_text;
use std::fmt::{self, Write};

const STYLE: &str = include_str!("html.css");

/// Cells of a line of a map.
const COLUMNS: usize = 96;

/// The report as an HTML document.
pub fn html(report: &Report, evidence: &Evidence) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut out, report, evidence);
    out
}

fn write_report(out: &mut String, report: &Report, evidence: &Evidence) -> fmt::Result {
    let title = escaped(title(report));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} - diskglass</title>\n\
         <style>\n{STYLE}</style>\n<main>\n<h1>{title}</h1>\n"
    )?;
    let mut class = format!(" class=\"verdict {}\"", verdict_class(report));
    for block in document(report, evidence) {
        match block {
            Block::Section(title) => writeln!(out, "<h2>{title}</h2>")?,
            Block::Text(text) => writeln!(out, "<p{}>{}</p>", std::mem::take(&mut class), escaped(&text))?,
            Block::Facts(facts) => {
                out.push_str("<dl>\n");
                for (name, value) in facts {
                    writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escaped(&value))?;
                }
                out.push_str("</dl>\n");
            }
            Block::Table(head, rows) => {
                writeln!(out, "<div class=\"wide\"><table>\n<tr><th>{}</th></tr>", head.join("</th><th>"))?;
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
                    writeln!(out, "<tr><td>{}</td></tr>", cells.join("</td><td>"))?;
                }
                out.push_str("</table></div>\n");
            }
            Block::Finding(finding) => {
                let severity = words::severity(finding.severity);
                let (title, id) = (escaped(&finding.title), &finding.id);
                writeln!(
                    out,
                    "<h3><span class=\"{severity}\">{severity}</span> {title} <code>{id}</code></h3>"
                )?;
            }
            Block::Bytes(lines) => writeln!(out, "<pre>{}</pre>", escaped_lines(&lines))?,
            Block::Picture(picture) => draw(out, picture)?,
        }
    }
    out.push_str("</main>\n</html>\n");
    Ok(())
}

fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

fn verdict_class(report: &Report) -> String {
    format!("{:?}", report.verdict).to_lowercase()
}

/// The words and the class for a use; nothing for what is used for nothing.
fn use_words(is: Option<Use>) -> (&'static str, &'static str) {
    match is {
        Some(Use::Data) => ("data", "data"),
        Some(Use::Compressed) => ("compressed", "compressed data"),
        Some(Use::Zero) => ("zero", "marked as zeros"),
        Some(Use::Parent) => ("parent", "from the parent"),
        Some(Use::Unallocated) => ("free", "not allocated"),
        Some(Use::Absent) => ("absent", "in a missing file"),
        Some(Use::Invalid) => ("invalid", "unreadable"),
        Some(Use::Bitmap) => ("bitmap", "block bitmaps"),
        Some(Use::Table) => ("table", "tables"),
        Some(Use::Metadata) => ("metadata", "headers and other metadata"),
        None => ("free", "used for nothing"),
    }
}

/// The map as a picture: cells in lines from left to right, equal neighbours as one rectangle, and what the colours mean.
fn draw(out: &mut String, picture: &Picture) -> fmt::Result {
    let lines = picture.cells.len().div_ceil(COLUMNS);
    let title = escaped(&picture.title);
    let cell = size_text(picture.cell);
    write!(
        out,
        "<figure>\n<figcaption>{title}: each cell is {cell}</figcaption>\n<svg viewBox=\"0 0 {COLUMNS} {lines}\" role=\"img\" \
         aria-label=\"{title}\">\n"
    )?;
    for (y, line) in picture.cells.chunks(COLUMNS).enumerate() {
        let mut x = 0;
        for run in line.chunk_by(|left, right| left == right) {
            let (class, _) = use_words(run.first().copied().flatten());
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\".9\" class=\"{class}\"/>",
                run.len()
            )?;
            x += run.len();
        }
    }
    out.push_str("</svg>\n<ul class=\"legend\">\n");
    for (is, bytes) in Use::ALL.into_iter().zip(&picture.sums).filter(|(_, bytes)| **bytes > 0.0) {
        let (class, words) = use_words(Some(is));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and below 2^53")]
        let size = size_text(*bytes as u64);
        writeln!(
            out,
            "<li><svg viewBox=\"0 0 1 1\"><rect width=\"1\" height=\"1\" class=\"{class}\"/></svg> {words}: {size}</li>"
        )?;
    }
    out.push_str("</ul>\n");
    if !picture.complete {
        out.push_str("<p>The disk has more units than were looked at for this map.</p>\n");
    }
    out.push_str("</figure>\n");
    Ok(())
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text) {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            _ => out.push(c),
        }
    }
    out
}
