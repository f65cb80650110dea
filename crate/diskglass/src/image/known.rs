//! Files that are no disk image of ours, but that can be named.

use super::Probe;

/// A file type that is recognised and not opened.
#[derive(Debug)]
pub struct Known {
    /// Name in words.
    pub name: &'static str,
    /// What to do with such a file.
    pub advice: &'static str,
}

const CONVERT: &str = "This version reads VHD, VMDK and raw images; convert a copy (qemu-img convert -O raw) to look at its partitions.";
const UNPACK: &str = "Unpack it first and give the image inside.";
const WITH_DISKS: &str = "It describes a virtual machine; give the disk images that it names.";

/// Magic bytes, where they stand, and what they mean.
const MAGIC: &[(usize, &[u8], Known)] = &[
    (0, b"vhdxfile", Known { name: "VHDX image", advice: CONVERT }),
    (0, b"QFI\xfb", Known { name: "QCOW image", advice: CONVERT }),
    (0, b"QED\0", Known { name: "QED image", advice: CONVERT }),
    (0x40, b"\x7f\x10\xda\xbe", Known { name: "VirtualBox VDI image", advice: CONVERT }),
    (0, b"WithoutFreeSpace", Known { name: "Parallels image", advice: CONVERT }),
    (0, b"WithouFreSpacExt", Known { name: "Parallels image", advice: CONVERT }),
    (0, b"Bochs Virtual HD Image", Known { name: "Bochs image", advice: CONVERT }),
    (0, b"shdw", Known { name: "Apple sparse image (ASIF)", advice: CONVERT }),
    (
        0,
        b"\xa2\x72\x19\xf6",
        Known {
            name: "VMware changed-block tracking file",
            advice: "It holds no disk data; give the disk it belongs to.",
        },
    ),
    (0, b"PK\x03\x04", Known { name: "ZIP archive", advice: UNPACK }),
    (0, b"\x1f\x8b", Known { name: "gzip file", advice: UNPACK }),
    (0, b"BZh", Known { name: "bzip2 file", advice: UNPACK }),
    (0, b"\xfd7zXZ\0", Known { name: "xz file", advice: UNPACK }),
    (0, b"\x28\xb5\x2f\xfd", Known { name: "Zstandard file", advice: UNPACK }),
    (0, b"7z\xbc\xaf\x27\x1c", Known { name: "7-Zip archive", advice: UNPACK }),
    (0, b"Rar!\x1a\x07", Known { name: "RAR archive", advice: UNPACK }),
    (0, b"MSWIM\0\0\0", Known { name: "Windows imaging file (WIM)", advice: "It holds files, not a disk." }),
    (0x101, b"ustar", Known { name: "tar archive (an OVA is one)", advice: UNPACK }),
    (
        0,
        b"EVF\x09\x0d\x0a\xff\0",
        Known { name: "EnCase evidence file", advice: "Export it as a raw image first." },
    ),
    (0, b"%PDF-", Known { name: "PDF document", advice: "This is no disk image." }),
    (0, b"\x89PNG\r\n\x1a\n", Known { name: "PNG picture", advice: "This is no disk image." }),
    (0, b"\x7fELF", Known { name: "ELF program", advice: "This is no disk image." }),
];

/// Words that the first text of a machine's configuration contains.
const TEXT: &[(&str, Known)] = &[
    ("<Envelope", Known { name: "OVF descriptor", advice: WITH_DISKS }),
    ("<VirtualBox ", Known { name: "VirtualBox machine settings", advice: WITH_DISKS }),
    ("<Parallels_disk_image", Known { name: "Parallels disk descriptor", advice: CONVERT }),
    ("virtualHW.version", Known { name: "VMware machine configuration (VMX)", advice: WITH_DISKS }),
    ("config.version", Known { name: "VMware machine configuration (VMX)", advice: WITH_DISKS }),
    ("<configuration>", Known { name: "virtual machine configuration", advice: WITH_DISKS }),
];

/// What the file is, where it can be named.
pub fn recognise(probe: &Probe) -> Option<&'static Known> {
    let at =
        |offset: usize, magic: &[u8]| probe.head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if let Some((_, _, known)) = MAGIC.iter().find(|(offset, magic, _)| at(*offset, magic)) {
        return Some(known);
    }
    if probe.tail_at(512, 4) == Some(b"koly") {
        return Some(&Known { name: "Apple disk image (UDIF)", advice: CONVERT });
    }
    let text = text_of(&probe.head)?;
    TEXT.iter().find(|(words, _)| text.contains(words)).map(|(_, known)| known)
}

/// The head as text, in UTF-8 or UTF-16; `None` where it is binary.
pub fn text_of(head: &[u8]) -> Option<String> {
    let text = match head {
        [0xff, 0xfe, rest @ ..] => crate::structure::utf16(rest, crate::structure::Endian::Little),
        [0xfe, 0xff, rest @ ..] => crate::structure::utf16(rest, crate::structure::Endian::Big),
        _ => {
            let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
            // A window may end inside a character.
            let valid = match std::str::from_utf8(head) {
                Ok(text) => text,
                Err(error) if error.valid_up_to() + 4 > head.len() => {
                    std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
                }
                Err(_) => return None,
            };
            valid.to_owned()
        }
    };
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (!text.is_empty() && text.chars().all(is_text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Bytes;
    use std::rc::Rc;

    fn named(bytes: &[u8]) -> Option<&'static str> {
        let bytes: Bytes = Rc::new(bytes.to_vec());
        recognise(&Probe::read("x", &bytes).unwrap()).map(|known| known.name)
    }

    #[test]
    fn other_files_are_named() {
        assert_eq!(named(b"QFI\xfb\0\0\0\x03"), Some("QCOW image"));
        assert_eq!(named(b"<?xml?>\n<Envelope xmlns="), Some("OVF descriptor"));
        let mut udif = vec![0; 600];
        udif[88..92].copy_from_slice(b"koly");
        assert_eq!(named(&udif), Some("Apple disk image (UDIF)"));
        assert!(named(&[0; 64]).is_none());
    }

    #[test]
    fn text_is_text_only_when_all_of_it_is() {
        assert_eq!(text_of("grüße\n".as_bytes()).unwrap(), "grüße\n");
        assert_eq!(text_of(b"\xff\xfeh\0i\0").unwrap(), "hi");
        assert!(text_of(b"abc\0def").is_none());
        assert!(text_of(b"").is_none());
        assert!(text_of(&"aü".as_bytes()[..2]).is_some(), "a cut character at the end is no reason");
    }
}
