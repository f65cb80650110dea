//! The report in Markdown, fit for a ticket. Whatever an image says stays text: it cannot become markup.

use super::document::{Block, Evidence, document, title, visible};
use super::{Report, words};
use std::fmt::{self, Write};

/// The report in Markdown (GitHub's, with tables).
pub fn markdown(report: &Report, evidence: &Evidence) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut out, report, evidence);
    out
}

fn write_report(out: &mut String, report: &Report, evidence: &Evidence) -> fmt::Result {
    writeln!(out, "# {}", escaped(title(report)))?;
    for block in document(report, evidence) {
        // Pictures are for HTML.
        if !matches!(block, Block::Picture(_)) {
            out.push('\n');
        }
        match block {
            Block::Section(title) => writeln!(out, "## {title}")?,
            Block::Text(text) => writeln!(out, "{}", paragraph(&text))?,
            Block::Facts(facts) => {
                for (name, value) in facts {
                    writeln!(out, "- **{name}**: {}", escaped(&value))?;
                }
            }
            Block::Table(head, rows) => {
                writeln!(out, "| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()))?;
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
                    writeln!(out, "| {} |", cells.join(" | "))?;
                }
            }
            Block::Finding(finding) => {
                let severity = words::severity(finding.severity);
                writeln!(out, "### {severity}: {} (`{}`)", escaped(&finding.title), finding.id)?;
            }
            // Indented by four: nothing in it can end it.
            Block::Bytes(lines) => {
                lines.lines().try_for_each(|line| writeln!(out, "    {line}"))?;
            }
            Block::Picture(_) => {}
        }
    }
    Ok(())
}

/// A text that may begin a line: what would make it a list or a rule is escaped too.
fn paragraph(text: &str) -> String {
    let text = escaped(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let begins_a_list = if number.is_empty() { ['-', '+', '='].as_slice() } else { &['.', ')'] };
    if rest.starts_with(begins_a_list) { format!("{number}\\{rest}") } else { text }
}

/// A text in one line without anything that Markdown or HTML would take for markup, a link or a mention.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    let mut chars = visible(text).peekable();
    while let Some(c) = chars.next() {
        let inside_word = before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '_' if inside_word => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '@' | '$' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        before = c;
    }
    out.replace("://", "\\://").replace("www.", "www\\.")
}
