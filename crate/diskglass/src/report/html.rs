//! The report as one HTML file: no script, nothing loaded from elsewhere.

use super::document::{Block, Evidence, Picture, document, title, visible};
use super::{Report, words};
use crate::image::Use;
use crate::structure::size_text;
use std::fmt::Write;

const STYLE: &str = include_str!("html.css");

/// Cells of a line of a map.
const COLUMNS: usize = 96;

/// The report as an HTML document.
pub fn html(report: &Report, evidence: &Evidence) -> String {
    let title = escaped(title(report));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} - diskglass</title>\n<style>\n{STYLE}</style>\n<main>\n<h1>{title}</h1>\n"
    );
    let mut verdict = format!(" class=\"verdict {}\"", verdict_class(report));
    for block in document(report, evidence) {
        match block {
            Block::Section(title) => out += &format!("<h2>{title}</h2>\n"),
            Block::Text(text) => {
                out += &format!("<p{}>{}</p>\n", std::mem::take(&mut verdict), escaped(&text));
            }
            Block::Facts(facts) => {
                out += "<dl>\n";
                for (name, value) in facts {
                    out += &format!("<dt>{name}</dt><dd>{}</dd>\n", escaped(&value));
                }
                out += "</dl>\n";
            }
            Block::Table(head, rows) => {
                out += "<div class=\"wide\"><table>\n<tr>";
                head.iter().for_each(|name| out += &format!("<th>{name}</th>"));
                out += "</tr>\n";
                for row in rows {
                    out += "<tr>";
                    row.iter().for_each(|cell| out += &format!("<td>{}</td>", escaped(cell)));
                    out += "</tr>\n";
                }
                out += "</table></div>\n";
            }
            Block::Finding(finding) => {
                let severity = words::severity(finding.severity);
                let title = escaped(&finding.title);
                out += &format!(
                    "<h3><span class=\"{severity}\">{severity}</span> {title} <code>{}</code></h3>\n",
                    finding.id
                );
            }
            Block::Bytes(lines) => {
                let lines: Vec<String> = lines.lines().map(escaped).collect();
                out += &format!("<pre>{}</pre>\n", lines.join("\n"));
            }
            Block::Picture(picture) => draw(&mut out, picture),
        }
    }
    out + "</main>\n</html>\n"
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
fn draw(out: &mut String, picture: &Picture) {
    let lines = picture.cells.len().div_ceil(COLUMNS);
    let title = escaped(&picture.title);
    let cell = size_text(picture.cell);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<figure>\n<figcaption>{title}: each cell is {cell}</figcaption>\n<svg viewBox=\"0 0 {COLUMNS} {lines}\" role=\"img\" \
         aria-label=\"{title}\">\n"
    );
    for (y, line) in picture.cells.chunks(COLUMNS).enumerate() {
        let mut x = 0;
        for run in line.chunk_by(|left, right| left == right) {
            let (class, _) = use_words(run.first().copied().flatten());
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\".9\" class=\"{class}\"/>",
                run.len()
            );
            x += run.len();
        }
    }
    *out += "</svg>\n<ul class=\"legend\">\n";
    for (is, bytes) in Use::ALL.into_iter().zip(&picture.sums).filter(|(_, bytes)| **bytes > 0.0) {
        let (class, words) = use_words(Some(is));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and below 2^53")]
        let size = size_text(*bytes as u64);
        let _ = writeln!(
            out,
            "<li><svg viewBox=\"0 0 1 1\"><rect width=\"1\" height=\"1\" class=\"{class}\"/></svg> {words}: {size}</li>"
        );
    }
    *out += "</ul>\n";
    if !picture.complete {
        *out += "<p>The disk has more units than were looked at for this map.</p>\n";
    }
    *out += "</figure>\n";
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
