//! One change to the files of a set.

use super::Files;
use std::ops::Range;

/// One change; files are meant by their number in the set.
#[derive(Debug)]
pub(super) enum Change {
    /// Bytes of the file are others.
    Put { file: usize, at: usize, bytes: Vec<u8> },
    /// So many bytes of the file are zero.
    Zero { file: usize, at: usize, length: usize },
    /// Two stretches of the file take each other's place.
    Swap { file: usize, one: usize, other: usize, length: usize },
    /// A stretch of the file lies a second time where something else was.
    Copy { file: usize, from: usize, to: usize, length: usize },
    /// A stretch of the file lies a second time in front of something, which moves.
    Insert { file: usize, from: usize, to: usize, length: usize },
    /// A stretch of the file is gone, and what followed moves.
    Remove { file: usize, at: usize, length: usize },
    /// The file ends there.
    Truncate { file: usize, at: usize },
    /// Other words in a text that has so much room.
    Reword { file: usize, room: Range<usize>, at: usize, removed: usize, text: String },
    /// The file is not there.
    Lose { file: usize },
    /// The file has another name.
    Rename { file: usize, name: String },
    /// The file is there a second time under that name.
    Twin { file: usize, name: String },
    /// Two files have each other's content.
    Exchange { one: usize, other: usize },
}

impl Change {
    /// Makes the change as far as it goes: what it is about may be gone by an earlier one. A file that is lost only goes
    /// to that list, so that the others keep their numbers.
    pub fn make(&self, files: &mut Files, lost: &mut Vec<usize>) {
        match self {
            Self::Put { file, at, bytes: new } => {
                let bytes = &mut files[*file].1;
                let stretch = part(bytes, *at, new.len());
                let length = stretch.len();
                bytes[stretch].copy_from_slice(&new[..length]);
            }
            Self::Zero { file, at, length } => {
                let bytes = &mut files[*file].1;
                let stretch = part(bytes, *at, *length);
                bytes[stretch].fill(0);
            }
            Self::Swap { file, one, other, length } => {
                let bytes = &mut files[*file].1;
                for distance in 0..*length {
                    if one.max(other) + distance < bytes.len() {
                        bytes.swap(one + distance, other + distance);
                    }
                }
            }
            Self::Copy { file, from, to, length } => {
                let bytes = &mut files[*file].1;
                let room = part(bytes, *to, *length);
                let stretch = part(bytes, *from, room.len());
                bytes.copy_within(stretch, room.start);
            }
            Self::Insert { file, from, to, length } => {
                let bytes = &mut files[*file].1;
                let stretch = bytes[part(bytes, *from, *length)].to_vec();
                let to = (*to).min(bytes.len());
                bytes.splice(to..to, stretch);
            }
            Self::Remove { file, at, length } => {
                let bytes = &mut files[*file].1;
                bytes.drain(part(bytes, *at, *length));
            }
            Self::Truncate { file, at } => files[*file].1.truncate(*at),
            Self::Reword { file, room, at, removed, text } => {
                let bytes = &mut files[*file].1;
                // A text that is a file of its own grows and shrinks; one inside an extent has zeros behind it.
                let is_whole_file = *room == (0..bytes.len());
                let room = part(bytes, room.start, room.len());
                let mut words: Vec<u8> = bytes[room.clone()].to_vec();
                words.splice(part(&words, *at, *removed), text.bytes());
                if !is_whole_file {
                    words.resize(room.len(), 0);
                }
                bytes.splice(room, words);
            }
            Self::Lose { file } => lost.push(*file),
            Self::Rename { file, name } => files[*file].0.clone_from(name),
            Self::Twin { file, name } => files.push((name.clone(), files[*file].1.clone())),
            Self::Exchange { one, other } => {
                let first = std::mem::take(&mut files[*one].1);
                let second = std::mem::replace(&mut files[*other].1, first.clone());
                files[*one].1 = if one == other { first } else { second };
            }
        }
    }
}

/// So many bytes from there on, or what there is of them.
fn part(bytes: &[u8], at: usize, length: usize) -> Range<usize> {
    at.min(bytes.len())..at.saturating_add(length).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: &Change) -> String {
        let mut files = vec![("a".to_owned(), b"one two".to_vec()), ("b".to_owned(), b"three".to_vec())];
        change.make(&mut files, &mut Vec::new());
        files.into_iter().map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn changes_go_as_far_as_the_file() {
        let file = 0;
        assert_eq!(changed(&Change::Put { file, at: 5, bytes: b"WOOD".to_vec() }), "one tWO|three");
        assert_eq!(changed(&Change::Zero { file, at: 6, length: 9 }), "one tw\0|three");
        assert_eq!(changed(&Change::Swap { file, one: 0, other: 4, length: 9 }), "two one|three");
        assert_eq!(changed(&Change::Copy { file, from: 0, to: 4, length: 9 }), "one one|three");
        assert_eq!(changed(&Change::Insert { file, from: 3, to: 0, length: 9 }), " twoone two|three");
        assert_eq!(changed(&Change::Remove { file, at: 4, length: 9 }), "one |three");
        assert_eq!(changed(&Change::Truncate { file, at: 3 }), "one|three");
    }

    #[test]
    fn words_inside_a_file_keep_their_room() {
        let reword = |room| Change::Reword { file: 0, room, at: 0, removed: 1, text: "uni".into() };
        assert_eq!(changed(&reword(0..7)), "unine two|three");
        assert_eq!(changed(&reword(4..7)), "one uni|three");
        assert_eq!(changed(&reword(6..20)), "one twu|three");
    }

    #[test]
    fn files_take_each_other_s_place() {
        assert_eq!(changed(&Change::Twin { file: 0, name: "c".into() }), "one two|three|one two");
        assert_eq!(changed(&Change::Exchange { one: 0, other: 1 }), "three|one two");
        assert_eq!(changed(&Change::Exchange { one: 1, other: 1 }), "one two|three");
    }
}
