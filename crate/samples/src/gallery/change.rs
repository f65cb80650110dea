//! What was done to the files of a sample after they were written: damage as data. The samples travel in the module of
//! a web page, and a hundred faults that differ in a few bytes need not be a hundred functions.

use super::SampleFile;
use crate::checksum;
use crate::disk::SECTOR;
use crate::{gpt, vhd, vmdk};
use std::ops::Range;

/// Bytes to be put into a structure, and where in it.
type Fields = &'static [(usize, &'static [u8])];

/// One change. Changes are made in their order, each to the file that was named last.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// What follows concerns this file of the sample; at first it is the first one.
    File(usize),
    /// Takes this file out of the sample.
    Without(usize),
    /// Adds a file of that name that is equal to the file.
    Twin(&'static str),
    /// Gives the file another name.
    Name(&'static str),
    /// Bytes over those at an offset; a negative one counts from the end of the file.
    Put(i64, &'static [u8]),
    /// Copies bytes within the file: from an offset, so many, to an offset.
    Copy(usize, usize, usize),
    /// So many zeros, before the byte at an offset.
    Insert(i64, usize),
    /// Takes out so many bytes from an offset on.
    Remove(i64, usize),
    /// The file ends at this offset: cut, or filled up with zeros.
    Size(i64),
    /// Bytes behind all others.
    Append(&'static [u8]),
    /// Other text in place of the first text of that wording, of any length.
    Text(&'static str, &'static str),
    /// VMDK: the same in the descriptor inside a sparse extent, whose room stays as large as it is.
    Words(&'static str, &'static str),
    /// VHD: fields of the footer and of its copy, their checksums written anew.
    Footers(Fields),
    /// VHD: fields of the footer at the end only, its checksum written anew.
    EndFooter(Fields),
    /// VHD: fields of the dynamic disk header, its checksum written anew.
    Header(Fields),
    /// VHD: an entry of the block allocation table: number of the block, and a sector of the file.
    Entry(u32, u32),
    /// Fields of a volume's structure: its offset in the file, its bytes, and what writes its checksum anew.
    Sealed(usize, usize, fn(&mut [u8]), Fields),
    /// GPT: fields of the first header, all checksums written anew.
    GptHeader(Fields),
    /// GPT: fields of both headers, all checksums written anew.
    GptHeaders(Fields),
    /// GPT: fields of the entry of that number in both arrays, all checksums written anew.
    GptEntry(usize, Fields),
}

/// Makes all changes.
pub(super) fn make(changes: &[Change], files: &mut Vec<SampleFile>) {
    let mut current = 0;
    for change in changes {
        match *change {
            Change::File(index) => current = index,
            Change::Without(index) => {
                files.remove(index);
            }
            Change::Twin(name) => {
                let bytes = files[current].bytes.clone();
                files.push(SampleFile { name: name.into(), bytes });
            }
            _ => change.make(&mut files[current]),
        }
    }
}

impl Change {
    fn make(self, SampleFile { name, bytes }: &mut SampleFile) {
        let end = bytes.len();
        let place = |offset: i64| {
            let distance = offset.unsigned_abs() as usize;
            if offset < 0 { end - distance } else { distance }
        };
        match self {
            // The list of files is the business of whoever goes through it.
            Self::File(_) | Self::Without(_) | Self::Twin(_) => {}
            Self::Name(new) => new.clone_into(name),
            Self::Put(offset, new) => put(bytes, place(offset), new),
            Self::Copy(from, length, to) => bytes.copy_within(from..from + length, to),
            Self::Insert(offset, count) => {
                let at = place(offset);
                bytes.splice(at..at, std::iter::repeat_n(0, count));
            }
            Self::Remove(offset, count) => {
                let at = place(offset);
                bytes.drain(at..at + count);
            }
            Self::Size(offset) => bytes.resize(place(offset), 0),
            Self::Append(more) => bytes.extend(more),
            Self::Text(old, new) => reword(bytes, old, new),
            Self::Words(old, new) => {
                let room = SECTOR as usize..((1 + vmdk::hosted::DESCRIPTOR_SECTORS) * SECTOR) as usize;
                let mut text = bytes[room.clone()].to_vec();
                reword(&mut text, old, new);
                text.resize(room.len(), 0);
                bytes[room].copy_from_slice(&text);
            }
            Self::Footers(fields) => {
                seal(bytes, 0..vhd::FOOTER_BYTES as usize, vhd::FOOTER_CHECKSUM, fields);
                seal(bytes, end - vhd::FOOTER_BYTES as usize..end, vhd::FOOTER_CHECKSUM, fields);
            }
            Self::EndFooter(fields) => {
                seal(bytes, end - vhd::FOOTER_BYTES as usize..end, vhd::FOOTER_CHECKSUM, fields);
            }
            Self::Header(fields) => {
                let start = vhd::HEADER_OFFSET as usize;
                seal(bytes, start..start + vhd::HEADER_BYTES as usize, vhd::HEADER_CHECKSUM, fields);
            }
            Self::Entry(block, sector) => {
                put(bytes, vhd::BAT_OFFSET as usize + 4 * block as usize, &sector.to_be_bytes());
            }
            Self::Sealed(at, length, write_checksum, fields) => {
                let structure = &mut bytes[at..at + length];
                for (at, new) in fields {
                    put(structure, *at, new);
                }
                write_checksum(structure);
            }
            Self::GptHeader(fields) => gpt::change_header(bytes, false, fields),
            Self::GptHeaders(fields) => {
                gpt::change_header(bytes, false, fields);
                gpt::change_header(bytes, true, fields);
            }
            Self::GptEntry(number, fields) => gpt::change_entry(bytes, number, fields),
        }
    }
}

fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// Puts other text in place of the first one of that wording.
fn reword(bytes: &mut Vec<u8>, old: &str, new: &str) {
    let at = bytes.windows(old.len()).position(|window| window == old.as_bytes());
    // Text that is not there would be a mistake of the sample: past the end, this panics.
    let at = at.unwrap_or(bytes.len());
    bytes.splice(at..at + old.len(), new.bytes());
}

/// Puts fields into a structure of a VHD and writes its checksum anew.
fn seal(bytes: &mut [u8], structure: Range<usize>, checksum_at: usize, fields: Fields) {
    let structure = &mut bytes[structure];
    for (at, new) in fields {
        put(structure, *at, new);
    }
    put(structure, checksum_at, &[0; 4]);
    let sum = checksum::vhd(structure);
    put(structure, checksum_at, &sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(changes: &[Change]) -> Vec<SampleFile> {
        let file = |name: &str, bytes: &[u8]| SampleFile { name: name.into(), bytes: bytes.into() };
        let mut files = vec![file("a", b"one two"), file("b", b"three")];
        make(changes, &mut files);
        files
    }

    #[test]
    fn bytes_are_put_inserted_and_taken_out() {
        let bytes = |changes| changed(changes).swap_remove(0).bytes;
        assert_eq!(bytes(&[Change::Put(-3, b"TW"), Change::Append(b"!")]), b"one TWo!");
        assert_eq!(bytes(&[Change::Insert(3, 2), Change::Remove(0, 1)]), b"ne\0\0 two");
        assert_eq!(bytes(&[Change::Size(-4), Change::Size(4)]), b"one\0");
        assert_eq!(bytes(&[Change::Text("one", "twenty")]), b"twenty two");
        assert_eq!(bytes(&[Change::Copy(4, 3, 0)]), b"two two");
    }

    #[test]
    fn changes_concern_the_file_that_was_named_last() {
        let files = changed(&[Change::File(1), Change::Name("c"), Change::Put(0, b"T")]);
        assert_eq!(
            (&*files[0].bytes, &*files[1].name, &*files[1].bytes),
            (&b"one two"[..], "c", &b"Three"[..])
        );
        assert_eq!(changed(&[Change::Without(0)])[0].name, "b");
        assert_eq!(changed(&[Change::Twin("c")])[2].bytes, b"one two");
    }

    #[test]
    fn a_structure_is_sealed_anew() {
        let mut bytes = vec![0; 2048];
        seal(&mut bytes, 512..1536, 36, &[(0, b"\x05")]);
        assert_eq!(bytes[512], 5);
        assert_eq!(bytes[548..552], (!5_u32).to_be_bytes());
    }
}
