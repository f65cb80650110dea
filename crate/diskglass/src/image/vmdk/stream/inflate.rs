//! Compressed grains: a zlib stream (RFC 1950) each, though VMware's document says plain deflate (RFC 1951).

use flate2::{Decompress, FlushDecompress, Status};

/// Why data cannot be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::image::vmdk) enum Broken {
    /// It is neither zlib nor plain deflate.
    Header,
    /// The compressed data contradicts itself.
    Data,
    /// All was inflated, and the checksum behind it says that it is not what was compressed.
    Checksum,
    /// The compressed data ends before its end.
    CutShort,
    /// It is longer than there is room.
    TooLong,
}

impl Broken {
    /// What is wrong, to follow the words "its data".
    pub(in crate::image::vmdk) fn text(self) -> &'static str {
        match self {
            Self::Header => "begins with no zlib header",
            Self::Data => "contradicts itself",
            Self::Checksum => "does not have the checksum that stands behind it",
            Self::CutShort => "breaks off",
            Self::TooLong => "is longer than a grain",
        }
    }
}

/// What came of inflating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::image::vmdk) struct Inflated {
    /// Bytes that came out.
    pub(in crate::image::vmdk) length: usize,
    /// Bytes that went in; what follows them belongs to nothing.
    pub(in crate::image::vmdk) used: usize,
    /// Whether it is plain deflate, without the header and the checksum of zlib.
    pub(in crate::image::vmdk) plain: bool,
}

/// Inflates one grain after another.
pub(in crate::image::vmdk) struct Inflater(Decompress);

impl Inflater {
    pub(in crate::image::vmdk) fn new() -> Self {
        Self(Decompress::new(true))
    }

    /// Inflates `data` into `room`, and never writes past it.
    pub(in crate::image::vmdk) fn inflate(
        &mut self,
        data: &[u8],
        room: &mut [u8],
    ) -> Result<Inflated, Broken> {
        if has_header(data) {
            return self.run(data, room, false).map_err(|broken| match broken {
                Broken::Data if self.is_sound_but_for_its_checksum(data, room) => Broken::Checksum,
                other => other,
            });
        }
        self.run(data, room, true).map_err(|broken| match broken {
            // It was worth a try.
            Broken::Data | Broken::CutShort => Broken::Header,
            other => other,
        })
    }

    /// Whether there is nothing wrong with a zlib stream that does not inflate but the checksum behind its data.
    fn is_sound_but_for_its_checksum(&mut self, data: &[u8], room: &mut [u8]) -> bool {
        const HEADER: usize = 2;
        data.get(HEADER..).is_some_and(|deflated| self.run(deflated, room, true).is_ok())
    }

    fn run(&mut self, data: &[u8], room: &mut [u8], plain: bool) -> Result<Inflated, Broken> {
        self.0.reset(!plain);
        let status = self.0.decompress(data, room, FlushDecompress::Finish);
        let length = usize::try_from(self.0.total_out()).unwrap_or(usize::MAX);
        let used = usize::try_from(self.0.total_in()).unwrap_or(usize::MAX);
        match status {
            Ok(Status::StreamEnd) => Ok(Inflated { length, used, plain }),
            // Where all was taken in, nothing is left that could come out.
            Ok(Status::Ok | Status::BufError) if length >= room.len() && used < data.len() => {
                Err(Broken::TooLong)
            }
            Ok(Status::Ok | Status::BufError) => Err(Broken::CutShort),
            Err(_) => Err(Broken::Data),
        }
    }
}

/// Whether the data begins as a zlib stream without a dictionary does.
fn has_header(data: &[u8]) -> bool {
    let Some([method, flags]) = data.first_chunk::<2>() else { return false };
    let sound = (u32::from(*method) * 256 + u32::from(*flags)).is_multiple_of(31);
    sound && method & 0x0f == 8 && method >> 4 <= 7 && flags & 0x20 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, ZlibEncoder};
    use std::io::Write;

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn text() -> Vec<u8> {
        b"what a guest writes to its disk, more or less; ".repeat(100)
    }

    #[test]
    fn tells_how_long_both_sides_are() {
        let (text, mut packed) = (text(), zlib(&text()));
        let length = packed.len();
        packed.extend([0; 7]);
        let mut room = vec![0; 65536];
        let inflated = Inflater::new().inflate(&packed, &mut room).unwrap();
        assert_eq!(inflated, Inflated { length: text.len(), used: length, plain: false });
        assert_eq!(&room[..text.len()], text);
        let exact = Inflater::new().inflate(&packed, &mut room[..text.len()]).unwrap();
        assert_eq!((exact.length, exact.used), (text.len(), length), "no room is left, and none is needed");
    }

    #[test]
    fn takes_plain_deflate_too() {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&text()).unwrap();
        let packed = encoder.finish().unwrap();
        let inflated = Inflater::new().inflate(&packed, &mut vec![0; 65536]).unwrap();
        assert_eq!(inflated, Inflated { length: text().len(), used: packed.len(), plain: true });
    }

    #[test]
    fn says_what_is_wrong() {
        let packed = zlib(&text());
        let broken = |data: &[u8], room: usize| Inflater::new().inflate(data, &mut vec![0; room]);
        let last = packed.len() - 1;
        let mut other = packed.clone();
        other[last] ^= 1;
        assert_eq!(broken(&other, 65536), Err(Broken::Checksum));
        assert_eq!(broken(&packed[..last], 65536), Err(Broken::CutShort));
        assert_eq!(broken(&packed, text().len() - 1), Err(Broken::TooLong));
        assert_eq!(broken(&packed[..last], text().len()), Err(Broken::CutShort), "a byte of the checksum");
        assert_eq!(broken(&[0xff; 100], 65536), Err(Broken::Header));
        assert_eq!(broken(&[], 65536), Err(Broken::Header));
        let mut data = packed.clone();
        data[2..20].fill(0xff);
        assert_eq!(broken(&data, 65536), Err(Broken::Data));
        // However much is packed into little, it comes to no more than the room.
        let bomb = zlib(&vec![0; 16 << 20]);
        assert_eq!(broken(&bomb, 65536), Err(Broken::TooLong));
    }

    #[test]
    fn one_broken_grain_does_not_spoil_the_next() {
        let packed = zlib(&text());
        let mut inflater = Inflater::new();
        let mut room = vec![0; 65536];
        assert!(inflater.inflate(&packed[..30], &mut room).is_err());
        assert!(inflater.inflate(&[0xff; 30], &mut room).is_err());
        assert_eq!(inflater.inflate(&packed, &mut room).unwrap().length, text().len());
    }
}
