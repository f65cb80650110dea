//! Where the bytes of an image lie that matter: its structures, the entries of its tables and what those lead to, as the
//! report on the image before the damage says.

use super::{Files, SECTOR};
use crate::session;
use diskglass::report::Place;
use diskglass_samples::{checksum, vhd};
use fastrand::Rng;
use std::ops::Range;

/// Images of a set whose structures are looked for.
const IMAGES: usize = 8;

/// Rows of a table that are looked at.
const ROWS: u32 = 256;

/// Rows of a table that are aimed at.
const AIMED_ROWS: usize = 6;

/// Bytes at the start of what an entry leads to that may be metadata: a sector bitmap, the head of a compressed grain.
const TARGET_BYTES: u64 = 64;

/// Bytes that matter.
#[derive(Debug)]
pub(super) struct Aim {
    /// Number of the file.
    pub file: usize,
    /// The bytes.
    pub range: Range<usize>,
    /// It is lines of text.
    pub is_text: bool,
    /// In which order the bytes of its numbers are, where all of them are alike.
    pub is_big_endian: Option<bool>,
    /// Where its fields begin.
    fields: Vec<usize>,
}

impl Aim {
    /// A byte of it: where a field begins, or any.
    pub fn place(&self, chance: &mut Rng) -> usize {
        match chance.choice(&self.fields) {
            Some(field) if chance.u8(..4) != 0 => *field,
            _ if chance.bool() => self.range.start + chance.usize(..self.range.len()),
            // Large tables are mostly empty: where they begin, they are not. Entries have four bytes or more.
            _ => self.range.start + chance.usize(..self.range.len().min(SECTOR)) / 4 * 4,
        }
    }
}

/// A checksum, and what it is of.
#[derive(Debug)]
pub(super) enum Seal {
    /// The footer or the header of a VHD.
    Vhd { file: usize, range: Range<usize>, at: usize },
    /// A GPT header with its array of entries.
    Gpt { file: usize, header: Range<usize>, entries: Range<usize> },
}

impl Seal {
    /// Writes the checksum anew, where its structure is still there.
    pub fn write(&self, files: &mut Files) {
        match self {
            Self::Vhd { file, range, at } => {
                let Some(bytes) = files[*file].1.get_mut(range.clone()) else { return };
                bytes[*at..at + 4].fill(0);
                let sum = checksum::vhd(bytes);
                bytes[*at..at + 4].copy_from_slice(&sum.to_be_bytes());
            }
            Self::Gpt { file, header, entries } => {
                const HEADER_CRC: usize = 16;
                const ENTRIES_CRC: usize = 88;
                let bytes = &mut files[*file].1;
                let Some(sum) = bytes.get(entries.clone()).map(checksum::crc32) else { return };
                let Some(header) = bytes.get_mut(header.clone()) else { return };
                header[ENTRIES_CRC..ENTRIES_CRC + 4].copy_from_slice(&sum.to_le_bytes());
                header[HEADER_CRC..HEADER_CRC + 4].fill(0);
                let sum = checksum::crc32(header);
                header[HEADER_CRC..HEADER_CRC + 4].copy_from_slice(&sum.to_le_bytes());
            }
        }
    }
}

/// What there is to aim at in a set of files, and the checksums over it.
pub(super) fn find(files: &Files) -> (Vec<Aim>, Vec<Seal>) {
    let mut found = Found { files, aims: Vec::new(), seals: Vec::new() };
    let mut session = session(files.iter().cloned());
    let keys: Vec<String> = session.open(None).images.into_iter().map(|image| image.key).collect();
    for key in keys.iter().take(IMAGES) {
        let report = session.inspect(Some(key));
        let mut gpt_header = None;
        for structure in &report.structures {
            let (Some(file), Some(offset), Some(length)) =
                (&structure.file, structure.offset, structure.length)
            else {
                continue;
            };
            let place = Place { file: file.clone(), offset, length };
            let Some((file, range)) = found.range(&place) else { continue };
            match structure.id.as_str() {
                "vhd.footer" if range.len() as u64 == vhd::FOOTER_BYTES => {
                    found.seals.push(Seal::Vhd { file, range: range.clone(), at: vhd::FOOTER_CHECKSUM });
                }
                "vhd.header" => {
                    found.seals.push(Seal::Vhd { file, range: range.clone(), at: vhd::HEADER_CHECKSUM });
                }
                "gpt.header" => gpt_header = Some(range.clone()),
                "gpt.entries" => {
                    let header = gpt_header.take();
                    found.seals.extend(header.map(|header| Seal::Gpt {
                        file,
                        header,
                        entries: range.clone(),
                    }));
                }
                _ => {}
            }
            let fields = structure.fields.iter().map(|field| range.start + field.offset as usize);
            found.aims.push(Aim {
                file,
                is_text: structure.id == "vmdk.descriptor",
                is_big_endian: byte_order(&structure.id),
                fields: fields.filter(|field| range.contains(field)).collect(),
                range,
            });
        }
        for table in &report.tables {
            let rows = session.rows(&table.key, 0, ROWS).map(|page| page.rows).unwrap_or_default();
            let leading = rows.iter().filter(|row| row.target.is_some()).take(AIMED_ROWS);
            for row in leading.chain(rows.iter().filter(|row| row.target.is_none()).take(1)) {
                let head = |place: &Place| Place { length: place.length.min(TARGET_BYTES), ..place.clone() };
                for place in row.entry.iter().cloned().chain(row.target.as_ref().map(head)) {
                    found.aim(&place, byte_order(&table.id));
                }
            }
        }
    }
    (found.aims, found.seals)
}

struct Found<'a> {
    files: &'a Files,
    aims: Vec<Aim>,
    seals: Vec<Seal>,
}

impl Found<'_> {
    fn aim(&mut self, place: &Place, is_big_endian: Option<bool>) {
        let Some((file, range)) = self.range(place) else { return };
        self.aims.push(Aim { file, fields: vec![range.start], is_text: false, is_big_endian, range });
    }

    /// A place as the number of its file and a range in it, unless it is empty or not wholly there.
    fn range(&self, place: &Place) -> Option<(usize, Range<usize>)> {
        let file = self.files.iter().position(|(name, _)| *name == place.file)?;
        let start = usize::try_from(place.offset).ok()?;
        let range = start..start.checked_add(usize::try_from(place.length).ok()?)?;
        (!range.is_empty() && range.end <= self.files[file].1.len()).then_some((file, range))
    }
}

/// The byte order of a format; labels of partitions are in both.
fn byte_order(id: &str) -> Option<bool> {
    match id.split('.').next() {
        Some("vhd") => Some(true),
        Some("vmdk" | "mbr" | "gpt" | "ext" | "ntfs" | "fat" | "fat32" | "exfat") => Some(false),
        _ => None,
    }
}
