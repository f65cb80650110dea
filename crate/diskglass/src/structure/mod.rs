//! One declaration of a structure's fields. From it come the decoder, the annotated hex view, the JSON and the
//! teaching text, so that they cannot disagree.
//!
//! ```ignore
//! structure! {
//!     /// Hard disk footer: the last sector of every VHD.
//!     pub struct Footer("vhd.footer", "Hard disk footer", 512, Big) {
//!         /// Always `conectix`, after the company that made the first Virtual PC.
//!         0 => cookie: [u8; 8], Show::Ascii;
//!         /// Bit 1 is always set.
//!         8 => features: u32, Show::Flags(FEATURES);
//!     }
//! }
//! ```
//!
//! expands to the struct (each field with its documentation), `Footer::decode(&bytes) -> Option<Footer>`,
//! `Footer::LAYOUT` (the fields as data) and an assertion at compile time that the fields tile the structure
//! without gap or overlap.

mod node;
mod show;

pub(crate) use node::span_at;
pub use node::{FieldValue, Keeps, Node, Role, State};
pub use show::{Guid, Show, ascii, hex_bytes, size_text, utf16, uuid_text};
pub(crate) use show::{SECONDS_1970_TO_2000, printable, utc};

/// Byte order of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// Most significant byte first (VHD, XFS).
    Big,
    /// Least significant byte first (VMDK, MBR, GPT).
    Little,
}

/// The declaration of one structure.
#[derive(Debug)]
pub struct Layout {
    /// Stable id, such as `vhd.footer`.
    pub id: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Length in bytes.
    pub length: u32,
    /// Byte order of its integers.
    pub endian: Endian,
    /// The fields, in order, without gap or overlap.
    pub fields: &'static [Field],
    /// What it is, in words.
    pub meaning: &'static str,
}

/// The declaration of one field.
#[derive(Debug)]
pub struct Field {
    /// Its name in the words of the specification.
    pub name: &'static str,
    /// Byte offset in the structure.
    pub offset: u32,
    /// Length in bytes.
    pub length: u32,
    /// Its type as written: `u32`, `bytes`.
    pub kind: &'static str,
    /// How its value is shown.
    pub show: Show,
    /// What it means.
    pub meaning: &'static str,
}

impl Layout {
    /// The values of all fields in `bytes`; fields that `bytes` is too short for are left out.
    pub fn values(&self, bytes: &[u8]) -> Vec<FieldValue> {
        self.fields
            .iter()
            .filter_map(|field| {
                let end = field.offset.checked_add(field.length)? as usize;
                Some(FieldValue::declared(field, self.endian, bytes.get(field.offset as usize..end)?))
            })
            .collect()
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A type that a field can have.
pub trait FieldType: Sized {
    /// Length in bytes.
    const LENGTH: u32;
    /// Its name in reports.
    const KIND: &'static str;
    /// Decodes it from its [`LENGTH`](Self::LENGTH) bytes at `at`; `None` where they are not all there.
    fn decode(bytes: &[u8], at: usize, endian: Endian) -> Option<Self>;
}

// Always inlined: the macro passes constants and an array of known length, and what is left of each call is a load.
macro_rules! integers {
    ($($name:ident $kind:literal)*) => {$(
        impl FieldType for $name {
            const LENGTH: u32 = $name::BITS / 8;
            const KIND: &'static str = $kind;
            #[allow(clippy::inline_always, reason = "see above")]
            #[inline(always)]
            fn decode(bytes: &[u8], at: usize, endian: Endian) -> Option<Self> {
                let bytes = *bytes.get(at..)?.first_chunk()?;
                Some(match endian {
                    Endian::Big => $name::from_be_bytes(bytes),
                    Endian::Little => $name::from_le_bytes(bytes),
                })
            }
        }
    )*};
}
integers!(u8 "u8" u16 "u16" u32 "u32" u64 "u64" i8 "i8");

impl<const N: usize> FieldType for [u8; N] {
    #[allow(clippy::cast_possible_truncation, reason = "structures are at most a few KiB long")]
    const LENGTH: u32 = N as u32;
    const KIND: &'static str = "bytes";
    #[allow(clippy::inline_always, reason = "see above")]
    #[inline(always)]
    fn decode(bytes: &[u8], at: usize, _: Endian) -> Option<Self> {
        bytes.get(at..)?.first_chunk().copied()
    }
}

/// Whether the fields cover `length` bytes without gap or overlap.
#[allow(clippy::indexing_slicing, reason = "iterators do not run at compile time, where this does")]
pub const fn tiles(fields: &[Field], length: u32) -> bool {
    let mut at = 0;
    let mut index = 0;
    while index < fields.len() {
        if fields[index].offset != at {
            return false;
        }
        at += fields[index].length;
        index += 1;
    }
    at == length
}

/// Declares a structure; see the [module](self).
#[macro_export]
macro_rules! structure {
    (
        $(#[doc = $about:literal])+
        $vis:vis struct $name:ident($id:literal, $title:literal, $length:literal, $endian:ident) {
            $( $(#[doc = $meaning:literal])+ $offset:literal => $field:ident: $type:ty, $show:expr; )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis struct $name {
            $( $(#[doc = $meaning])+ pub $field: $type, )+
        }

        impl $name {
            /// The declaration as data.
            pub const LAYOUT: $crate::structure::Layout = $crate::structure::Layout {
                id: $id,
                title: $title,
                length: $length,
                endian: $crate::structure::Endian::$endian,
                fields: &[$( $crate::structure::Field {
                    name: stringify!($field),
                    offset: $offset,
                    length: <$type as $crate::structure::FieldType>::LENGTH,
                    kind: <$type as $crate::structure::FieldType>::KIND,
                    show: $show,
                    meaning: concat!($($meaning, "\n"),+).trim_ascii(),
                } ),+],
                meaning: concat!($($about, "\n"),+).trim_ascii(),
            };

            /// Length in bytes.
            pub const LENGTH: usize = $length;

            /// Decodes the structure from its first [`LENGTH`](Self::LENGTH) bytes; `None` where there are fewer.
            #[allow(dead_code, reason = "structures that come in both byte orders are decoded by the other one")]
            pub fn decode(bytes: &[u8]) -> Option<Self> {
                Self::decode_here(bytes.first_chunk()?, $crate::structure::Endian::$endian)
            }

            /// The same in a byte order that the bytes themselves tell.
            #[allow(dead_code, reason = "most structures come in one byte order")]
            pub fn decode_as(bytes: &[u8], endian: $crate::structure::Endian) -> Option<Self> {
                Self::decode_here(bytes.first_chunk()?, endian)
            }

            #[allow(clippy::inline_always, reason = "the byte order is a constant in `decode`")]
            #[inline(always)]
            fn decode_here(bytes: &[u8; $length], endian: $crate::structure::Endian) -> Option<Self> {
                Some(Self {
                    $( $field: <$type as $crate::structure::FieldType>::decode(bytes, $offset, endian)?, )+
                })
            }
        }

        const _: () = assert!(
            $crate::structure::tiles($name::LAYOUT.fields, $length),
            concat!($id, ": the fields must tile the structure")
        );
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::{FileId, Span};

    structure! {
        /// A sample.
        pub struct Sample("test.sample", "Sample", 16, Big) {
            /// Four letters.
            0 => magic: [u8; 4], Show::Ascii;
            /// A number.
            4 => number: u32, Show::Decimal;
            /// Bits.
            8 => flags: u16, Show::Flags(&[(1, "one"), (2, "two")]);
            /// A kind.
            10 => kind: u16, Show::Names(&[(7, "seven")]);
            /// Nothing.
            12 => reserved: [u8; 4], Show::Reserved;
        }
    }

    #[test]
    fn one_declaration_gives_decoder_and_values() {
        let bytes = *b"ABCD\x00\x00\x01\x00\x00\x05\x00\x07\0\0\0\0";
        let sample = Sample::decode(&bytes).unwrap();
        assert_eq!((sample.number, sample.flags, sample.kind), (256, 5, 7));
        let values = Sample::LAYOUT.values(&bytes);
        let shown: Vec<_> =
            values.iter().map(|field| (field.value.as_str(), field.display.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("ABCD", "ABCD"),
                ("256", "256"),
                ("5", "one, unknown 0x4"),
                ("7", "seven"),
                ("00 00 00 00", "zero")
            ]
        );
        assert_eq!(Sample::LAYOUT.field("kind").unwrap().meaning, "A kind.");
        assert_eq!(bytes.len(), Sample::LENGTH);
        assert!(Sample::decode(&bytes[..15]).is_none());
        assert_eq!(Sample::LAYOUT.values(&bytes[..9]).len(), 2, "a cut structure still shows what is there");
    }
    #[test]
    fn a_field_that_is_cut_off_is_placed_as_far_as_it_is_there() {
        let mut node = Node::of(&Sample::LAYOUT, "sample", &vec![0; 20], 4, &[0; 16]);
        node.span = Some(Span { file: FileId(0), offset: 4, length: 14 });
        let place = |name| node.field_span(name).map(|span| (span.offset, span.length));
        assert_eq!(place("kind"), Some((14, 2)));
        assert_eq!(place("reserved"), Some((16, 2)));
        node.span = node.span.map(|span| Span { length: 12, ..span });
        assert_eq!(node.field_span("reserved"), None);
    }
}
