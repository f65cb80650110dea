//! A structure of fixed length, filled in field by field.

/// Bytes that start as zeros and get their fields by offset, each in its byte order:
///
/// ```
/// use diskglass_samples::record::Record;
///
/// let record = Record::new(8).put(0, "EFI").be16(4, 0x1234).le16(6, 0x1234);
/// assert_eq!(record.bytes(), b"EFI\0\x12\x34\x34\x12");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record(Vec<u8>);

macro_rules! integers {
    ($($name:ident $to_bytes:ident $integer:ident $words:literal;)*) => {
        $(
            #[doc = concat!("Writes ", $words, ".")]
            #[must_use]
            pub fn $name(self, offset: usize, value: $integer) -> Self {
                self.put(offset, value.$to_bytes())
            }
        )*
    };
}

impl Record {
    /// `length` zero bytes.
    pub fn new(length: usize) -> Self {
        Self(vec![0; length])
    }

    /// Writes bytes at an offset. Past the end is a mistake of the caller and panics.
    #[must_use]
    pub fn put(mut self, offset: usize, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        self.0[offset..offset + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// Writes text padded with spaces to `length` bytes.
    #[must_use]
    pub fn padded(self, offset: usize, length: usize, text: &str) -> Self {
        self.put(offset, format!("{text:length$}"))
    }

    /// Fills a range with one byte.
    #[must_use]
    pub fn fill(mut self, range: std::ops::Range<usize>, byte: u8) -> Self {
        self.0[range].fill(byte);
        self
    }

    integers! {
        u8 to_le_bytes u8 "a byte";
        le16 to_le_bytes u16 "a little-endian 16-bit number";
        le32 to_le_bytes u32 "a little-endian 32-bit number";
        le64 to_le_bytes u64 "a little-endian 64-bit number";
        be16 to_be_bytes u16 "a big-endian 16-bit number";
        be32 to_be_bytes u32 "a big-endian 32-bit number";
        be64 to_be_bytes u64 "a big-endian 64-bit number";
    }

    /// What is written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What is written, as a plain vector.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl AsRef<[u8]> for Record {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Text as UTF-16, least significant byte first.
pub fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Text as UTF-16, most significant byte first.
pub fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}
