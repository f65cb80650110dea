use super::{Bytes, Location, ReadAt, ReadError, check_range};

/// Files that continue one another, as the one file they are pieces of.
pub struct Joined {
    pieces: Vec<(u64, Piece)>,
    size: u64,
}

/// A piece of [`Joined`] bytes.
pub struct Piece {
    /// Its bytes; `None` where it was not given.
    pub bytes: Option<Bytes>,
    /// Its length in bytes.
    pub length: u64,
}

impl Joined {
    /// The pieces, one behind the other.
    pub fn new(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut size = 0_u64;
        let with_start = |piece: Piece| {
            let start = size;
            size = size.saturating_add(piece.length);
            (start, piece)
        };
        let pieces = pieces.into_iter().map(with_start).collect();
        Self { pieces, size }
    }

    /// The piece around `offset`, and where it starts.
    fn piece(&self, offset: u64) -> Option<&(u64, Piece)> {
        let after = self.pieces.partition_point(|(start, _)| *start <= offset);
        let around = self.pieces.get(..after)?.iter().rev().find(|(_, piece)| piece.length > 0)?;
        (offset - around.0 < around.1.length).then_some(around)
    }
}

impl ReadAt for Joined {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size, offset, buf.len() as u64)?;
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let Some((start, piece)) = self.piece(at) else {
                return Err(ReadError::PastEnd { offset: at, length: rest.len() as u64, size: self.size });
            };
            let Some(bytes) = &piece.bytes else {
                return Err(ReadError::Unmapped { offset: at, why: "this piece of the file was not given" });
            };
            let left = piece.length - (at - start);
            let count = usize::try_from(left).unwrap_or(rest.len()).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            bytes.read_exact_at(at - start, now)?;
            at += count as u64;
            rest = later;
        }
        Ok(())
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        let (start, piece) = self.piece(offset)?;
        let mut found = piece.bytes.as_ref()?.locate(offset - start)?;
        found.contiguous = found.contiguous.min(piece.length - (offset - start));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::FileSet;
    use std::rc::Rc;

    #[test]
    fn pieces_are_read_across_their_ends_and_located_in_their_files() {
        let file = |name: &str, bytes: &[u8]| (name.to_owned(), Rc::new(bytes.to_vec()) as Bytes, None);
        let files = FileSet::new(vec![file("a", &[1, 2, 3]), file("b", &[]), file("c", &[6, 7])]);
        let given = |name: &str| {
            let bytes = files.get(files.by_name(name).unwrap()).unwrap().bytes.clone();
            Piece { length: bytes.size(), bytes: Some(bytes) }
        };
        let missing = Piece { bytes: None, length: 2 };
        let joined: Bytes = Rc::new(Joined::new([given("a"), given("b"), given("c"), missing]));
        assert_eq!(joined.size(), 7);
        assert_eq!(joined.read_vec(1, 4).unwrap(), [2, 3, 6, 7]);
        assert!(matches!(joined.read_vec(4, 2), Err(ReadError::Unmapped { offset: 5, .. })));
        assert!(joined.read_vec(4, 4).is_err());
        let at = joined.locate(3).unwrap();
        assert_eq!((files.name(at.file), at.offset, at.contiguous), ("c", 0, 2));
        assert!(joined.locate(5).is_none() && joined.locate(7).is_none());
    }
}
