//! The report as it is given away: Markdown and HTML say what the report says, and nothing in an image becomes markup.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use diskglass::session::Session;
use diskglass_conformance::{Form, NOW, export, files, session};
use diskglass_samples::gallery;
use diskglass_samples::vmdk::descriptor::{Descriptor, Extent};

fn inspected(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Session {
    let mut session = session(files);
    session.set_now(NOW);
    session.inspect(None);
    session
}

/// Text as HTML shows it.
fn without_markup(html: &str) -> String {
    let body = html.split_once("<main>").unwrap().1;
    let mut text = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(text, |text, (entity, c)| text.replace(entity, c))
}

/// Markdown without what escapes.
fn without_escapes(markdown: &str) -> String {
    let mut text = String::new();
    let mut chars = markdown.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next)) if next.is_ascii_punctuation() => {}
            _ => text.push(c),
        }
    }
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    named.iter().fold(text, |text, (entity, c)| text.replace(entity, c))
}

#[test]
fn both_say_what_the_report_says_in_its_order() {
    for sample in gallery() {
        let session = inspected(files(sample));
        let report = session.report();
        let markdown = without_escapes(&export(&session, Form::Markdown, false));
        let html = without_markup(&export(&session, Form::Html, false));
        for (form, text) in [("Markdown", &markdown), ("HTML", &html)] {
            let at = |what: &str| {
                text.find(what).unwrap_or_else(|| panic!("{}: {form} lacks {what}", sample.name))
            };
            let findings = at("Findings\n");
            let mut last = at("Virtual size");
            for finding in &report.findings {
                let here = text[last..].find(&finding.id);
                last += here.unwrap_or_else(|| panic!("{}: {form}: {}", sample.name, finding.id));
                assert!(text[last..].contains(&finding.title) || text.contains(&finding.title));
                assert!(text[last..].contains(&finding.remedy), "{}: {form}: {}", sample.name, finding.id);
            }
            assert!(report.findings.is_empty() || last > findings.min(at("File size")), "{form}");
            let environment = text.rfind("Environment").unwrap();
            assert!(environment > last, "{}: {form}: the environment comes last", sample.name);
            for file in &report.files {
                assert!(text[environment..].contains(&file.name), "{}: {form}: {}", sample.name, file.name);
            }
            for volume in report.partitions.iter().flat_map(|disk| &disk.entries) {
                for label in volume.volume.iter().filter_map(|volume| volume.label.as_ref()) {
                    assert!(text.contains(label), "{}: {form}: {label}", sample.name);
                }
            }
        }
    }
}

#[test]
fn findings_come_with_their_bytes() {
    let sample = diskglass_samples::find("vhd-footer-checksum").unwrap();
    let session = inspected(files(sample));
    let report = session.report();
    let finding = report.findings.iter().find(|finding| finding.id == "vhd.footer.checksum").unwrap();
    let place = &finding.places[0];
    let bytes = session.bytes(&place.file, place.offset, 4).unwrap();
    let shown: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let line = format!("{:08x}  {}", place.offset, shown.join(" "));
    for form in [Form::Markdown, Form::Html] {
        assert!(export(&session, form, false).contains(&line), "{form:?} lacks {line}");
    }
}

#[test]
fn a_document_loads_and_runs_nothing() {
    for sample in gallery().iter().filter(|sample| sample.main) {
        let html = export(&inspected(files(sample)), Form::Html, false);
        let lower = html.to_lowercase();
        for wrong in ["<script", " src=", "href", "http:", "https:", "url(", "@import", "javascript:", " on"]
        {
            let inside_tags = lower.split('<').filter_map(|part| part.split_once('>'));
            let found =
                inside_tags.map(|(tag, _)| tag).any(|tag| tag.contains(wrong.trim_start_matches('<')));
            assert!(!found, "{}: {wrong}", sample.name);
        }
        assert!(html.contains("default-src 'none'"));
        assert_eq!(html.matches("<svg").count(), html.matches("</svg>").count(), "{}", sample.name);
        assert!(html.contains("class=\"legend\""), "{}: no map", sample.name);
    }
}

/// Names that would be markup, links, mentions, new lines, or that turn the reading direction round.
const HOSTILE: &str = "a|b`c*d_e[x](http://evil.example)<img src=x onerror=alert(1)>&amp;#1 @you ~~s~~ $x$ www.evil\u{202e}gpj\u{2028}.vmdk";

#[test]
fn nothing_in_an_image_becomes_markup() {
    let mut text = Descriptor::new("monolithicFlat", 0x1234_5678, vec![Extent::flat(6144, HOSTILE, 0)]);
    text.header = vec![format!("owner=\"{HOSTILE}\""), "```\n# not a heading\n<script>".into()];
    let session = inspected([(HOSTILE.into(), text.to_string().into_bytes())]);
    let markdown = export(&session, Form::Markdown, false);
    let html = export(&session, Form::Html, false);
    // What is indented by four is code: the bytes of findings.
    let is_code = |line: &&str| line.starts_with("    ");
    let outside: String =
        markdown.lines().filter(|line| !is_code(line)).flat_map(|line| [line, "\n"]).collect();
    for (form, shown) in [("Markdown", &outside), ("HTML", &html)] {
        for wrong in ["<img", "<script>", "\u{202e}", "\u{2028}"] {
            assert!(!shown.contains(wrong), "{form}: {wrong:?}");
        }
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{form}");
    }
    for line in outside.lines() {
        // Without what is escaped.
        let mut escaped = false;
        let markup: String = line
            .chars()
            .filter(|c| {
                let stays = !escaped && *c != '\\';
                escaped = !escaped && *c == '\\';
                stays
            })
            .collect();
        for wrong in ["](", "://", "www.", "~~", "@"] {
            assert!(!markup.contains(wrong), "{line}");
        }
        assert_eq!(markup.matches('`').count() % 2, 0, "{line}");
        assert!(!line.starts_with('|') || (4..8).contains(&markup.matches('|').count()), "{line}");
    }
    assert!(!outside.lines().any(|line| line.starts_with("# not") || line.starts_with("```")));
}

#[test]
fn documents_stay_small() {
    for sample in gallery() {
        let session = inspected(files(sample));
        for form in [Form::Markdown, Form::Html] {
            let length = export(&session, form, false).len();
            assert!(length < 200_000, "{}: {form:?} has {length} bytes", sample.name);
        }
    }
}
