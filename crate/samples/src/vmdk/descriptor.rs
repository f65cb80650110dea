//! The descriptor: which files make up the disk, how it is related to others, and what products note down with it.

use crate::record::hex;
use std::fmt;

/// One line of the descriptor's extent list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// `RW`, `RDONLY` or `NOACCESS`.
    pub access: &'static str,
    /// Sectors of the guest that it covers.
    pub sectors: u64,
    /// `SPARSE`, `FLAT`, `ZERO`, ...
    pub kind: &'static str,
    /// Its file; an extent of zeros has none.
    pub file: Option<String>,
    /// Sector of the file at which it starts: flat extents say so, sparse ones do not.
    pub offset: Option<u64>,
}

impl Extent {
    /// An extent of that kind in a file of its own, without an offset.
    pub fn new(kind: &'static str, sectors: u64, file: impl Into<String>) -> Self {
        Self { access: "RW", sectors, kind, file: Some(file.into()), offset: None }
    }

    /// A hosted sparse extent.
    pub fn sparse(sectors: u64, file: impl Into<String>) -> Self {
        Self::new("SPARSE", sectors, file)
    }

    /// A flat extent that starts at a sector of its file.
    pub fn flat(sectors: u64, file: impl Into<String>, offset: u64) -> Self {
        Self { offset: Some(offset), ..Self::new("FLAT", sectors, file) }
    }

    /// Zeros that no file stores.
    pub fn zero(sectors: u64) -> Self {
        Self { access: "RW", sectors, kind: "ZERO", file: None, offset: None }
    }

    /// With another access: `RDONLY` or `NOACCESS`.
    #[must_use]
    pub fn access(self, access: &'static str) -> Self {
        Self { access, ..self }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.access, self.sectors, self.kind)?;
        self.file.as_ref().map_or(Ok(()), |file| write!(f, " \"{file}\""))?;
        self.offset.map_or(Ok(()), |offset| write!(f, " {offset}"))
    }
}

/// What a delta link says of its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The parent's content id when the link was made.
    pub cid: u32,
    /// The name of the parent's descriptor.
    pub hint: String,
}

/// The descriptor as VMware's products write it. Its text is what [`ToString`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// 1; 3 where changed blocks are tracked.
    pub version: u32,
    /// The character set of the file names.
    pub encoding: &'static str,
    /// `monolithicSparse`, `twoGbMaxExtentFlat`, ...
    pub create_type: &'static str,
    /// Content id: a new random number whenever the contents begin to change.
    pub cid: u32,
    /// The parent of a delta link.
    pub parent: Option<Parent>,
    /// Further lines of the header, such as `encryptionKeys="..."`.
    pub header: Vec<String>,
    /// The extents in the order of the guest's sectors.
    pub extents: Vec<Extent>,
    /// The file of changed block tracking.
    pub tracking: Option<String>,
    /// What follows VMware's prefix `60 00 C2` in the disk's id.
    pub id: [u8; 13],
    /// Further lines of the disk database: name without `ddb.`, and value.
    pub database: Vec<(&'static str, String)>,
}

impl Descriptor {
    /// The descriptor of a disk without a parent. Its ids are made from the content id.
    pub fn new(create_type: &'static str, cid: u32, extents: Vec<Extent>) -> Self {
        let [a, b, c, d] = cid.to_be_bytes();
        Self {
            version: 1,
            encoding: "UTF-8",
            create_type,
            cid,
            parent: None,
            header: Vec::new(),
            extents,
            tracking: None,
            id: [0x29, d, 0x4a, c, 0x6b, b, 0x8c, a, 0xad, !d, !c, !b, !a],
            database: Vec::new(),
        }
    }

    /// As a delta link on that parent.
    #[must_use]
    pub fn on(self, cid: u32, hint: impl Into<String>) -> Self {
        Self { parent: Some(Parent { cid, hint: hint.into() }), ..self }
    }

    /// Sectors of the guest's disk: the extents together.
    pub fn sectors(&self) -> u64 {
        self.extents.iter().map(|extent| extent.sectors).sum()
    }

    /// The text in another encoding than UTF-8 or with other line ends than line feeds. `letters` are the stretches of
    /// the text that are other bytes in that encoding; everything else is ASCII.
    pub fn encoded(&self, line_end: &str, letters: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let text = self.to_string().replace('\n', line_end);
        let mut rest = text.as_str();
        while let Some(letter) = rest.chars().next() {
            if let Some((known, encoded)) = letters.iter().find(|(known, _)| rest.starts_with(known)) {
                bytes.extend_from_slice(encoded);
                rest = &rest[known.len()..];
            } else {
                bytes.extend(letter.to_string().bytes());
                rest = &rest[letter.len_utf8()..];
            }
        }
        bytes
    }

    /// The disk database: all of it in the base of a chain, what differs in a link.
    fn database(&self) -> Vec<(&'static str, String)> {
        let long = ("longContentID", format!("{}{:08x}", hex(&self.id[1..]), self.cid));
        let mut pairs = vec![long];
        if self.parent.is_none() {
            // A SCSI disk below 1 GB gets small cylinders, a larger one the largest that a BIOS knows. One that
            // is smaller than a cylinder of these gets smaller ones.
            let (heads, sectors) = match self.sectors() {
                0..2048 => (4, 17),
                2048..0x20_0000 => (64, 32),
                _ => (255, 63),
            };
            let cylinders = self.sectors() / (heads * sectors);
            let spaced = |bytes: &[u8]| bytes.chunks(1).map(hex).collect::<Vec<_>>().join(" ");
            pairs = vec![
                ("adapterType", "lsilogic".into()),
                ("geometry.cylinders", cylinders.to_string()),
                ("geometry.heads", heads.to_string()),
                ("geometry.sectors", sectors.to_string()),
                pairs.remove(0),
                ("uuid", format!("60 00 C2 {}-{}", spaced(&self.id[..5]), spaced(&self.id[5..]))),
                ("virtualHWVersion", "19".into()),
            ];
        }
        pairs.extend(self.database.iter().cloned());
        pairs
    }
}

impl fmt::Display for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines =
            |lines: &mut dyn Iterator<Item = String>| lines.map(|line| line + "\n").collect::<String>();
        let hint = self.parent.iter().map(|parent| format!("parentFileNameHint=\"{}\"", parent.hint));
        let tracking =
            self.tracking.iter().map(|file| format!("\n# Change Tracking File\nchangeTrackPath=\"{file}\""));
        let database = self.database();
        write!(
            f,
            r#"# Disk DescriptorFile
version={version}
encoding="{encoding}"
CID={cid:08x}
parentCID={parent:08x}
isNativeSnapshot="no"
createType="{create_type}"
{header}
# Extent description
{extents}{tracking}
# The Disk Data Base 
#DDB

{database}"#,
            version = self.version,
            encoding = self.encoding,
            cid = self.cid,
            parent = self.parent.as_ref().map_or(u32::MAX, |parent| parent.cid),
            create_type = self.create_type,
            header = lines(&mut hint.chain(self.header.iter().cloned())),
            extents = lines(&mut self.extents.iter().map(ToString::to_string)),
            tracking = lines(&mut tracking.into_iter()),
            database = lines(&mut database.iter().map(|(name, value)| format!("ddb.{name} = \"{value}\""))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_content_id_ends_with_the_content_id() {
        let extents = vec![Extent::sparse(2048, "a.vmdk")];
        let text = Descriptor { id: [9; 13], ..Descriptor::new("monolithicSparse", 0x0102_0304, extents) }
            .to_string();
        assert!(text.contains("CID=01020304\n"));
        assert!(text.contains("ddb.longContentID = \"09090909090909090909090901020304\"\n"), "{text}");
        assert!(text.contains("ddb.uuid = \"60 00 C2 09 09 09 09 09-09 09 09 09 09 09 09 09\"\n"), "{text}");
    }

    #[test]
    fn a_link_as_esx_writes_it() {
        let extents = vec![Extent::new("VMFSSPARSE", 8192, "web-000001-delta.vmdk")];
        let link = Descriptor {
            tracking: Some("web-000001-ctk.vmdk".into()),
            version: 3,
            ..Descriptor::new("vmfsSparse", 0xfb18_3c20, extents)
        };
        assert_eq!(
            link.on(0x1c2d_3e4f, "web.vmdk").to_string(),
            "# Disk DescriptorFile\nversion=3\nencoding=\"UTF-8\"\nCID=fb183c20\nparentCID=1c2d3e4f\n\
             isNativeSnapshot=\"no\"\ncreateType=\"vmfsSparse\"\nparentFileNameHint=\"web.vmdk\"\n\n\
             # Extent description\nRW 8192 VMFSSPARSE \"web-000001-delta.vmdk\"\n\n\
             # Change Tracking File\nchangeTrackPath=\"web-000001-ctk.vmdk\"\n\n\
             # The Disk Data Base \n#DDB\n\nddb.longContentID = \"204a3c6b188cfbaddfc3e704fb183c20\"\n"
        );
    }

    #[test]
    fn letters_and_line_ends_of_other_systems() {
        let descriptor = Descriptor {
            encoding: "GBK",
            ..Descriptor::new("monolithicFlat", 1, vec![Extent::flat(1, "磁盘-flat.vmdk", 0)])
        };
        let bytes = descriptor.encoded("\r\n", &[("磁盘", b"\xb4\xc5\xc5\xcc")]);
        assert!(bytes.starts_with(b"# Disk DescriptorFile\r\nversion=1\r\nencoding=\"GBK\"\r\n"));
        let line = b"RW 1 FLAT \"\xb4\xc5\xc5\xcc-flat.vmdk\" 0\r\n";
        assert!(bytes.windows(line.len()).any(|part| part == line));
    }
}
