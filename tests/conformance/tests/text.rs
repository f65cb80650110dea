//! The report in words, as a terminal shows it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

use diskglass::report::text;
use diskglass_conformance::{files, inspect};
use diskglass_samples::find;

/// The report of a sample without the styles of a terminal.
fn plain(sample: &str) -> String {
    let styled = text(&inspect(files(find(sample).unwrap())));
    let mut parts = styled.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or("", |(_, text)| text))
}

fn line<'a>(text: &'a str, with: &str) -> &'a str {
    text.lines().find(|line| line.contains(with)).unwrap_or_else(|| panic!("no line has {with:?} in\n{text}"))
}

#[test]
fn what_it_is_comes_first() {
    let text = plain("vhd-dynamic");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("vhd-dynamic.vhd"));
    assert_eq!(lines.next(), Some("  VHD (dynamic)"));
    assert_eq!(lines.next(), Some("  Sound: nothing is wrong as far as headers and tables show."));
    assert!(line(&text, "Written by").ends_with("Microsoft Virtual PC 2007"));
    assert!(line(&text, "Allocated").ends_with("4 of 100 units"));
}

#[test]
fn partitions_and_structures_are_laid_out() {
    let text = plain("vhd-dynamic");
    assert!(line(&text, "ntfs").contains("1*"), "the active partition is marked");
    assert!(line(&text, "debian-swap").trim_start().starts_with('6'));
    let column = |title| line(&text, title).find(title);
    assert!(column("Dynamic disk header") < column("Block allocation table"));
    assert!(column("Block allocation table") < column("Block bitmaps"), "children stand further in");
}

#[test]
fn a_fault_is_told_with_its_place_and_what_to_do() {
    let text = plain("vhd-header-checksum");
    assert!(text.contains("Damaged: 1 error and 0 warnings in headers and tables."));
    assert!(line(&text, "vhd.header.checksum").contains("Header checksum does not match"));
    assert!(text.contains("at vhd-header-checksum.vhd:548 (0x224), 4 bytes"));
    assert!(text.contains("write the checksum anew"));
}

#[test]
fn what_is_missing_from_a_set_is_said() {
    let text = plain("vmdk-flat-without-extent");
    assert!(text.contains("Incomplete:"));
    assert!(line(&text, "FLAT").ends_with("not given"));
}
