//! Damage to text: words that no writer of descriptors puts there.

use super::aim::Aim;
use super::{Change, Files};
use fastrand::Rng;
use std::ops::Range;

/// Numbers that are none, or that are too large for one.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "007",
    "0x10",
    "1.5",
    "2147483648",
    "4294967295",
    "36028797018963968",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "",
];

/// Words that mean something somewhere in a descriptor.
const WORDS: &[&str] = &[
    "RW",
    "RDONLY",
    "NOACCESS",
    "FLAT",
    "SPARSE",
    "ZERO",
    "VMFS",
    "VMFSSPARSE",
    "SESPARSE",
    "VMFSRDM",
    "VMFSRAW",
    "PARTITIONUUID",
    "monolithicSparse",
    "streamOptimized",
    "twoGbMaxExtentFlat",
    "fullDevice",
    "custom",
    "ffffffff",
    "/dev/sda",
    "\\\\.\\PhysicalDrive0",
    "../../../etc/passwd",
    "C:\\disks\\",
    "UTF-8",
    "UTF-16",
    "windows-1252",
];

/// Whole lines.
const LINES: &[&str] = &[
    "RW 4294967295 ZERO",
    "RW 18446744073709551615 ZERO",
    "RW 0 FLAT \"\" 0",
    "RW 1 FLAT \"disk-flat.vmdk\" 18446744073709551615",
    "NOACCESS 9223372036854775807 ZERO",
    "parentCID=00000000",
    "CID=fffffffe",
    "createType=\"custom\"",
    "encoding=\"Shift_JIS\"",
    "ddb.geometry.cylinders = \"18446744073709551615\"",
    "changeTrackPath=\"disk-ctk.vmdk\"",
    "# Disk DescriptorFile",
    "=",
    "\"",
];

/// A change of a few words or lines of a text.
pub(super) fn reword(chance: &mut Rng, aim: &Aim, files: &Files) -> Change {
    let bytes = &files[aim.file].1[aim.range.clone()];
    let text = &bytes[..bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len())];
    let line = choose(chance, stretches(text, |byte| *byte != b'\n'));
    let name = &files[chance.usize(..files.len())].0;
    let number = (*chance.choice(NUMBERS).unwrap_or(&"")).to_owned();
    let (at, words) = match chance.u8(..12) {
        0 => (line.start..(line.end + 1).min(text.len()), String::new()),
        1 => {
            let again = String::from_utf8_lossy(&text[line.clone()]);
            (line.start..line.start, format!("{again}\n").repeat([1, 1, 1, 2, 40][chance.usize(..5)]))
        }
        2 => (line.start..line.start, format!("{}\n", chance.choice(LINES).unwrap_or(&""))),
        3 => (
            line.start..line.start,
            format!("RW {number} SPARSE \"{name}\"\nRW 8 FLAT \"{name}\" {number}\n"),
        ),
        4 => (line.start..line.start, format!("parentFileNameHint=\"{name}\"\n")),
        5 | 6 => (choose(chance, stretches(text, u8::is_ascii_digit)), number),
        7 => (choose(chance, stretches(text, u8::is_ascii_alphanumeric)), number),
        8 => {
            let word = (*chance.choice(WORDS).unwrap_or(&"")).to_owned();
            (choose(chance, stretches(text, u8::is_ascii_alphanumeric)), word)
        }
        9 => (choose(chance, stretches(text, |byte| !b"\"\n".contains(byte))), name.clone()),
        10 => (choose(chance, stretches(text, |byte| b"\"=\r".contains(byte))), String::new()),
        _ => {
            let at = chance.usize(..=text.len());
            let odd = ["\0", "\u{feff}", "\u{202e}", "\r", "\u{fffd}", "\t", "\"", "%s%n", "é", "\n\n"];
            (at..at, odd[chance.usize(..odd.len())].repeat([1, 1, 1, 3000][chance.usize(..4)]))
        }
    };
    Change::Reword { file: aim.file, room: aim.range.clone(), at: at.start, removed: at.len(), text: words }
}

/// The stretches of a text that consist of such bytes.
fn stretches(text: &[u8], is_inside: impl Fn(&u8) -> bool) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut all = Vec::new();
    for stretch in text.split(|byte| !is_inside(byte)) {
        if !stretch.is_empty() {
            all.push(start..start + stretch.len());
        }
        start += stretch.len() + 1;
    }
    all
}

fn choose(chance: &mut Rng, stretches: Vec<Range<usize>>) -> Range<usize> {
    chance.choice(stretches).unwrap_or(0..0)
}
