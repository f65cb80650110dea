//! The report in Markdown, fit for a ticket. Whatever an image says stays text: it cannot become markup.

use super::document::{Block, Evidence, document, title, visible};
use super::{Report, words};

/// The report in Markdown (GitHub's, with tables).
pub fn markdown(report: &Report, evidence: &Evidence) -> String {
    let mut out = format!("# {}\n", escaped(title(report)));
    for block in document(report, evidence) {
        out.push('\n');
        match block {
            Block::Section(title) => out += &format!("## {title}\n"),
            Block::Text(text) => out += &format!("{}\n", paragraph(&text)),
            Block::Facts(facts) => {
                for (name, value) in facts {
                    out += &format!("- **{name}**: {}\n", escaped(&value));
                }
            }
            Block::Table(head, rows) => {
                let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
                out += &line(&head.iter().map(|name| (*name).into()).collect::<Vec<_>>());
                out += &line(&vec!["---".into(); head.len()]);
                for row in rows {
                    out += &line(&row.iter().map(|cell| escaped(cell)).collect::<Vec<_>>());
                }
            }
            Block::Finding(finding) => {
                let severity = words::severity(finding.severity);
                out += &format!("### {severity}: {} (`{}`)\n", escaped(&finding.title), finding.id);
            }
            // Indented by four: nothing in it can end it.
            Block::Bytes(lines) => {
                for line in lines.lines() {
                    out += &format!("    {}\n", visible(line).collect::<String>());
                }
            }
            // Pictures are for HTML.
            Block::Picture(_) => {
                out.pop();
            }
        }
    }
    out
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
