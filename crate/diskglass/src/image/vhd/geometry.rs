//! The disk geometry and the algorithm of the specification that derives it from a size.

use std::fmt;

/// Cylinders, heads and sectors per track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Cylinders.
    pub cylinders: u16,
    /// Heads.
    pub heads: u8,
    /// Sectors per track.
    pub sectors: u8,
}

impl Geometry {
    /// The largest geometry there is; what is larger says nothing of the size.
    pub const CLAMPED: Self = Self { cylinders: u16::MAX, heads: 16, sectors: 255 };

    /// The geometry that the specification's appendix gives a disk of so many bytes.
    pub fn of_size(bytes: u64) -> Self {
        let most = 65_535 * 16 * 255;
        let total = (bytes / 512).min(most);
        let (sectors, heads, tracks);
        if total >= 65_535 * 16 * 63 {
            (sectors, heads, tracks) = (255, 16, total / 255);
        } else {
            let at_17 = total / 17;
            let heads_17 = at_17.div_ceil(1024).max(4);
            if at_17 < heads_17 * 1024 && heads_17 <= 16 {
                (sectors, heads, tracks) = (17, heads_17, at_17);
            } else if total / 31 < 16 * 1024 {
                (sectors, heads, tracks) = (31, 16, total / 31);
            } else {
                (sectors, heads, tracks) = (63, 16, total / 63);
            }
        }
        Self {
            cylinders: u16::try_from(tracks / heads).unwrap_or(u16::MAX),
            heads: u8::try_from(heads).unwrap_or(16),
            sectors,
        }
    }

    /// Bytes of a disk of this geometry; `None` where a part is zero.
    pub fn bytes(self) -> Option<u64> {
        let product = u64::from(self.cylinders) * u64::from(self.heads) * u64::from(self.sectors) * 512;
        (product != 0).then_some(product)
    }

    /// Whether it is the largest geometry, which every reader but the oldest ignores.
    pub fn is_clamped(self) -> bool {
        self == Self::CLAMPED
    }
}

impl fmt::Display for Geometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.cylinders, self.heads, self.sectors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_appendix() {
        const MIB: u64 = 1 << 20;
        for (bytes, expected) in [
            (8 * MIB, "240/4/17"),
            (10 * MIB, "301/4/17"),
            (64 * MIB, "963/8/17"),
            (504 * MIB, "1024/16/63"),
            (1024 * MIB, "2080/16/63"),
            (127 * 1024 * MIB, "65278/16/255"),
            (2040 * 1024 * MIB, "65535/16/255"),
            (0, "0/4/17"),
            (u64::MAX, "65535/16/255"),
        ] {
            assert_eq!(Geometry::of_size(bytes).to_string(), expected, "{bytes}");
        }
        assert_eq!(Geometry::of_size(127 * 1024 * MIB).bytes(), Some(136_363_130_880));
    }
}
