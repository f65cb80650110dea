//! Boot code in sector 0, by the bytes that do not depend on language or installation.

/// What boot code goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The boot sector of the active partition.
    Active,
    /// The sector whose number is at that byte, with so many bytes.
    Sector(usize, usize),
    /// The partition of the GPT that is marked as bootable by a BIOS.
    Marked,
    /// Something that it finds in its own way.
    Own,
}

/// Boot code that can be named.
#[derive(Debug)]
pub(super) struct Known {
    /// Who wrote it.
    pub(super) name: &'static str,
    /// What it starts.
    pub(super) next: Next,
    /// What it begins with.
    start: &'static [u8],
    /// What else is in it: at that place, or anywhere.
    parts: &'static [(Option<usize>, &'static [u8])],
}

/// The beginning that the boot code of Windows has had since 95B, and since Vista.
const WINDOWS_95B: &[u8] = b"\x33\xc0\x8e\xd0\xbc\x00\x7c\xfb\x50\x07\x50\x1f\xfc\xbe\x1b\x7c";
const VISTA: &[u8] = b"\x33\xc0\x8e\xd0\xbc\x00\x7c\x8e\xc0\x8e\xd8\xbe\x00\x7c\xbf\x00";
const SYSLINUX: &[u8] = b"\x33\xc0\xfa\x8e\xd8\x8e\xd0\xbc\x00\x7c\x89\xe6\x06\x57\x8e\xc0";

/// The first that fits is meant, so what is told apart by more bytes comes first.
static KNOWN: &[Known] = &[
    Known {
        name: "GRUB 2",
        next: Next::Sector(0x5c, 8),
        start: b"\xeb\x63",
        parts: &[(None, b"GRUB \0Geom\0")],
    },
    Known {
        name: "GRUB Legacy (stage 1)",
        next: Next::Sector(0x44, 4),
        start: b"\xeb\x48\x90",
        parts: &[(None, b"Geom\0")],
    },
    Known { name: "GRUB4DOS", next: Next::Own, start: b"\xeb\x5e", parts: &[(None, b"Missing helper.")] },
    Known {
        name: "Windows 7 or later",
        next: Next::Active,
        start: VISTA,
        parts: &[(Some(0xec), b"\x66\x81\xfb\x54\x43\x50\x41")],
    },
    Known {
        name: "Windows Vista or Server 2008",
        next: Next::Active,
        start: VISTA,
        parts: &[(Some(0xec), b"\x75\x3b\x66\x81\xfb\x54\x43\x50")],
    },
    Known {
        name: "Windows 2000, XP or Server 2003",
        next: Next::Active,
        start: WINDOWS_95B,
        parts: &[(Some(0x18), b"\xf3\xa4\xcb\xbd\xbe\x07\xb1\x04")],
    },
    Known {
        name: "Windows 95B, 98 or ME",
        next: Next::Active,
        start: WINDOWS_95B,
        parts: &[(Some(0x18), b"\xf3\xa4\xcb\xbe\xbe\x07\xb1\x04")],
    },
    Known {
        name: "MS-DOS, or Windows up to 95A",
        next: Next::Active,
        start: b"\xfa\x33\xc0\x8e\xd0\xbc\x00\x7c\x8b\xf4\x50\x07",
        parts: &[],
    },
    Known {
        name: "SYSLINUX for a GPT (gptmbr)",
        next: Next::Marked,
        start: SYSLINUX,
        parts: &[(None, b"Missing OS")],
    },
    Known {
        name: "SYSLINUX (mbr)",
        next: Next::Active,
        start: SYSLINUX,
        parts: &[(None, b"Multiple active partitions.")],
    },
    Known { name: "SYSLINUX (altmbr)", next: Next::Own, start: SYSLINUX, parts: &[] },
    Known {
        name: "ISOLINUX (isohybrid)",
        next: Next::Sector(0x1b0, 4),
        start: &[],
        parts: &[(None, b"isolinux.bin missing or corrupt.")],
    },
    Known { name: "LILO", next: Next::Own, start: &[], parts: &[(Some(6), b"LILO")] },
    Known {
        name: "install-mbr of Debian",
        next: Next::Own,
        start: b"\xfc\x31\xc0\x8e\xd0\x31\xe4",
        parts: &[(Some(0x18c), b"MBR ")],
    },
    Known { name: "Rufus", next: Next::Active, start: b"AKEO", parts: &[] },
    Known {
        name: "ReactOS",
        next: Next::Active,
        start: b"\xfa\xfc\x31\xc0\x8e\xd0\x8e\xd8\xbd\x00\x7c",
        parts: &[],
    },
    Known {
        name: "GNU Parted",
        next: Next::Active,
        start: b"\xfa\xb8\x00\x10\x8e\xd0\xbc\x00\xb0\xb8\x00\x00\x8e\xd8\x8e\xc0",
        parts: &[],
    },
    Known {
        name: "boot0 of FreeBSD",
        next: Next::Own,
        start: b"\xfc\x31\xc0\x8e\xc0\x8e\xd8\x8e\xd0\xbc\x00\x7c",
        parts: &[(None, b"FreeBSD")],
    },
    Known {
        name: "FreeBSD",
        next: Next::Active,
        start: b"\xfc\x31\xc0\x8e\xc0\x8e\xd8\x8e\xd0\xbc\x00\x7c",
        parts: &[],
    },
    Known { name: "OpenBSD", next: Next::Active, start: b"\xea\x05\x00\xc0\x07", parts: &[] },
    Known { name: "NetBSD", next: Next::Active, start: b"\x31\xc0\x8e\xd0\xbc\x00\x7c", parts: &[] },
    Known { name: "VeraCrypt", next: Next::Own, start: &[], parts: &[(None, b"VeraCrypt Boot Loader")] },
    Known { name: "TrueCrypt", next: Next::Own, start: &[], parts: &[(None, b"TrueCrypt Boot Loader")] },
    Known { name: "XOSL", next: Next::Own, start: &[], parts: &[(Some(0x17e), b"XOSLLOADXCF")] },
    Known { name: "Acronis", next: Next::Own, start: &[], parts: &[(Some(0x16a), b"MBR Error \0")] },
];

/// Shortest text that is worth telling from code that is not known.
const TEXT: usize = 8;

/// Who wrote this boot code, where that is known.
pub(super) fn recognise(code: &[u8]) -> Option<&'static Known> {
    let has = |(at, bytes): &(Option<usize>, &[u8])| match at {
        Some(at) => code.get(*at..).is_some_and(|rest| rest.starts_with(bytes)),
        None => code.windows(bytes.len()).any(|window| window == *bytes),
    };
    KNOWN.iter().find(|known| code.starts_with(known.start) && known.parts.iter().all(has))
}

/// The longest readable text in boot code.
pub(super) fn longest_text(code: &[u8]) -> Option<String> {
    let texts = code.split(|byte| !matches!(byte, b' '..=b'~'));
    let longest = texts.max_by_key(|text| text.len()).filter(|text| text.len() >= TEXT)?;
    Some(String::from_utf8_lossy(longest).trim().to_owned())
}

/// Files that boot sectors of volumes name, and what they belong to.
const LOADERS: &[(&[u8], &str)] = &[
    (b"BOOTMGR", "BOOTMGR (Windows Vista or later)"),
    (b"NTLDR", "NTLDR (Windows NT to XP)"),
    (b"LDLINUX SYS", "LDLINUX.SYS (SYSLINUX)"),
    (b"SYSLINUX", "SYSLINUX"),
    (b"KERNEL  SYS", "KERNEL.SYS (FreeDOS)"),
    (b"IO      SYS", "IO.SYS (MS-DOS or Windows 9x)"),
    (b"FREELDR", "FREELDR (ReactOS)"),
    (b"GRUB ", "GRUB"),
];

/// What the boot sector of a volume goes on with, by the names in it.
pub(super) fn loader(sector: &[u8]) -> Option<&'static str> {
    let has = |word: &[u8]| sector.windows(word.len()).any(|window| window == word);
    LOADERS.iter().find(|(word, _)| has(word)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(parts: &[(usize, &[u8])]) -> Vec<u8> {
        let mut code = vec![0; 440];
        for (at, bytes) in parts {
            code[*at..*at + bytes.len()].copy_from_slice(bytes);
        }
        code
    }

    #[test]
    fn code_is_known_by_its_bytes_and_not_its_messages() {
        let name = |parts: &[(usize, &[u8])]| recognise(&code(parts)).map(|known| known.name);
        assert_eq!(name(&[(0, VISTA), (0xec, b"\x66\x81\xfb\x54\x43\x50\x41")]), Some("Windows 7 or later"));
        assert_eq!(name(&[(0, VISTA)]), None);
        assert_eq!(name(&[(0, b"\xeb\x63\x90"), (0x180, b"GRUB \0Geom\0Hard Disk")]), Some("GRUB 2"));
        assert_eq!(name(&[(0, SYSLINUX), (0xb6, b"Missing OS")]), Some("SYSLINUX for a GPT (gptmbr)"));
        assert_eq!(name(&[(6, b"LILO")]), Some("LILO"));
        assert_eq!(name(&[]), None);
    }

    #[test]
    fn unknown_code_may_speak_for_itself() {
        assert_eq!(longest_text(b"\0\xebHello there\0short\0").as_deref(), Some("Hello there"));
        assert_eq!(longest_text(b"\0\xebshort\0"), None);
        assert_eq!(loader(b"....BOOTMGR is missing"), Some("BOOTMGR (Windows Vista or later)"));
    }
}
