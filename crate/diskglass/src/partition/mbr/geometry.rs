//! Cylinder, head and sector: the old way to name a sector, kept in MBR entries beside the sector number.

/// Cylinder, head and sector as an MBR entry packs them into 3 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chs {
    /// 0 to 1023.
    pub cylinder: u16,
    /// 0 to 255.
    pub head: u8,
    /// 1 to 63; 0 only where nothing is stored.
    pub sector: u8,
}

impl Chs {
    /// From the bytes in an entry: head; sector with bits 9-8 of the cylinder on top; bits 7-0 of the cylinder.
    pub fn from_bytes([head, sector, cylinder]: [u8; 3]) -> Self {
        Self { cylinder: u16::from(sector & 0xc0) << 2 | u16::from(cylinder), head, sector: sector & 0x3f }
    }

    /// Whether it says nothing: all zero, or the largest cylinder, by which tools mark what is too far out.
    fn is_blank(self) -> bool {
        self.cylinder == 1023 || (self.cylinder == 0 && self.head == 0 && self.sector == 0)
    }
}

/// For a report: `cylinder 0, head 32, sector 33`.
pub fn text(bytes: &[u8]) -> String {
    let Ok(bytes) = bytes.try_into() else { return String::new() };
    let Chs { cylinder, head, sector } = Chs::from_bytes(bytes);
    match (cylinder, head, sector) {
        (0, 0, 0) => "not stored".into(),
        (1023, 254 | 255, 63) => {
            format!("cylinder {cylinder}, head {head}, sector {sector} (too far to express)")
        }
        _ => format!("cylinder {cylinder}, head {head}, sector {sector}"),
    }
}

/// Whether some geometry (heads and sectors per track) turns every one of `pairs` from CHS into its sector number.
/// Which geometry a tool assumed is not stored anywhere, so only a contradiction within the table proves anything. The
/// end of a cylinder is never one: Windows rounds to it. No medium had fewer than 8 sectors per track.
pub(super) fn agrees(pairs: &[(Chs, u64)]) -> bool {
    let told: Vec<_> = pairs.iter().filter(|(chs, _)| !chs.is_blank()).collect();
    let fits = |heads: u64, sectors: u64| {
        told.iter().all(|(chs, lba)| {
            // What is too far out keeps the lowest 10 bits with some tools.
            let cylinder = lba / (heads * sectors) % 1024;
            let ends_cylinder = u64::from(chs.head) + 1 == heads && u64::from(chs.sector) == sectors;
            ends_cylinder
                || (cylinder == u64::from(chs.cylinder)
                    && lba / sectors % heads == u64::from(chs.head)
                    && lba % sectors + 1 == u64::from(chs.sector))
        })
    };
    (8..=63).rev().any(|sectors| (1..=256).rev().any(|heads| fits(heads, sectors)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_are_unpacked() {
        assert_eq!(Chs::from_bytes([0x20, 0x21, 0]), Chs { cylinder: 0, head: 32, sector: 33 });
        assert_eq!(Chs::from_bytes([254, 0xff, 0xff]), Chs { cylinder: 1023, head: 254, sector: 63 });
        assert_eq!(text(&[0, 0, 0]), "not stored");
        assert_eq!(text(&[0x20, 0x21, 0]), "cylinder 0, head 32, sector 33");
        assert_eq!(text(&[1]), "");
    }

    #[test]
    fn any_geometry_will_do_but_it_must_be_one() {
        let windows = (Chs { cylinder: 0, head: 32, sector: 33 }, 2048);
        assert!(agrees(&[windows]));
        let floppy = (Chs { cylinder: 1, head: 0, sector: 1 }, 36);
        assert!(agrees(&[floppy]));
        assert!(!agrees(&[windows, floppy]));
        let rounded = (Chs { cylinder: 0, head: 254, sector: 63 }, 18_431);
        assert!(agrees(&[windows, rounded]));
        assert!(agrees(&[(Chs { cylinder: 1023, head: 254, sector: 63 }, 5), windows]));
        assert!(!agrees(&[(Chs { cylinder: 0, head: 0, sector: 1 }, 2048)]));
        assert!(agrees(&[]));
    }
}
