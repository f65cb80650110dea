//! Who writes images, and what size and geometry they give a disk.

/// Who wrote an image: four letters, a version of its own counting, and the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Creator {
    /// Application, padded with spaces or zeros.
    pub application: [u8; 4],
    /// Major version in the high half, minor version in the low half.
    pub version: u32,
    /// `Wi2k` on Windows.
    pub host: [u8; 4],
}

impl Creator {
    /// Connectix Virtual PC, in the days of the short footer.
    pub const VIRTUAL_PC_1: Self = Self::on_windows(*b"vpc ", 1, 0);
    /// Virtual PC 2004. Shows the guest the size of the geometry, not of the size field.
    pub const VIRTUAL_PC_2004: Self = Self::on_windows(*b"vpc ", 5, 0);
    /// Virtual PC 2007, which does the same.
    pub const VIRTUAL_PC_2007: Self = Self::on_windows(*b"vpc ", 5, 3);
    /// Virtual Server 2005.
    pub const VIRTUAL_SERVER: Self = Self::on_windows(*b"vs  ", 1, 0);
    /// Windows 8.1 and Server 2012 R2: Disk Management, diskpart, Hyper-V.
    pub const WINDOWS_8_1: Self = Self::on_windows(*b"win ", 6, 3);
    /// Windows 10 and Server 2016, and later.
    pub const WINDOWS_10: Self = Self::on_windows(*b"win ", 10, 0);
    /// What Azure hands out.
    pub const AZURE: Self = Self::on_windows(*b"wa\0\0", 10, 0);
    /// Sysinternals Disk2vhd.
    pub const DISK2VHD: Self = Self::on_windows(*b"d2v ", 2, 0);
    /// qemu-img, which imitates Virtual PC 2007 and makes the disk as large as the geometry.
    pub const QEMU: Self = Self::on_windows(*b"qemu", 5, 3);
    /// qemu-img with `force_size=on`: the size as it is and the largest geometry.
    pub const QEMU_EXACT: Self = Self::on_windows(*b"qem2", 5, 3);
    /// XenServer's first tools that keep their bitmaps in the order of everybody else.
    pub const XENSERVER_1_1: Self = Self { application: *b"tap\0", version: 0x0001_0001, host: [0; 4] };
    /// XenServer and XCP-ng today.
    pub const XENSERVER: Self = Self { application: *b"tap\0", version: 0x0001_0003, host: [0; 4] };
    /// XenServer's tools written in OCaml.
    pub const OCAML: Self = Self { application: *b"caml", version: 1, host: [0; 4] };
    /// Xen Orchestra.
    pub const XEN_ORCHESTRA: Self = Self::on_windows(*b"xo  ", 1, 0);
    /// Citrix XenConvert.
    pub const XENCONVERT: Self = Self::on_windows(*b"CTXS", 2, 0);
    /// VirtualBox 7.0.
    pub const VIRTUALBOX_7: Self = Self::on_windows(*b"vbox", 7, 0);
    /// FreeBSD's mkimg.
    pub const MKIMG: Self = Self::on_windows(*b"*img", 2, 0);
    /// openvmm, which writes no creator and no geometry.
    pub const OPENVMM: Self = Self { application: [0; 4], version: 0x000a_0000, host: [0; 4] };

    /// All of the above.
    pub const ALL: &[Self] = &[
        Self::VIRTUAL_PC_1,
        Self::VIRTUAL_PC_2004,
        Self::VIRTUAL_PC_2007,
        Self::VIRTUAL_SERVER,
        Self::WINDOWS_8_1,
        Self::WINDOWS_10,
        Self::AZURE,
        Self::DISK2VHD,
        Self::QEMU,
        Self::QEMU_EXACT,
        Self::XENSERVER_1_1,
        Self::XENSERVER,
        Self::OCAML,
        Self::XEN_ORCHESTRA,
        Self::XENCONVERT,
        Self::VIRTUALBOX_7,
        Self::MKIMG,
        Self::OPENVMM,
    ];

    const fn on_windows(application: [u8; 4], major: u32, minor: u32) -> Self {
        Self { application, version: major << 16 | minor, host: *b"Wi2k" }
    }

    /// The sectors of the disk that it makes where so many are wanted: qemu gives as many more as it takes until the
    /// geometry, which rounds down, holds all that are wanted.
    pub fn sectors(self, wanted: u64) -> u64 {
        if self != Self::QEMU || wanted > Geometry::LARGEST.total_sectors() {
            return wanted;
        }
        let geometries = (wanted..).map(|sectors| Geometry::of(sectors).total_sectors());
        geometries.into_iter().find(|sectors| *sectors >= wanted).unwrap_or(wanted)
    }

    /// The geometry that it writes for a disk.
    pub fn geometry(self, sectors: u64) -> Geometry {
        match self {
            Self::QEMU_EXACT => Geometry::LARGEST,
            Self::OPENVMM => Geometry { cylinders: 0, heads: 0, sectors: 0 },
            _ => Geometry::of(sectors),
        }
    }

    /// Whether it is one of XenServer's own tools, written in C.
    pub fn is_xenserver(self) -> bool {
        self.application == Self::XENSERVER.application
    }
}

/// Cylinders, heads and sectors per track: what the BIOS of the guest believes.
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
    /// What every larger disk has, too: about 127.5 GiB.
    pub const LARGEST: Self = Self { cylinders: 65535, heads: 16, sectors: 255 };

    /// The specification's algorithm (its appendix "CHS Calculation"). It rounds down: the last sectors of most
    /// disks lie beyond the last cylinder.
    pub const fn of(total_sectors: u64) -> Self {
        const LARGEST: u64 = Geometry::LARGEST.total_sectors();
        let total = if total_sectors > LARGEST { LARGEST } else { total_sectors };
        let (mut sectors, mut heads, mut tracks);
        if total >= 65535 * 16 * 63 {
            (sectors, heads) = (255, 16);
            tracks = total / sectors;
        } else {
            sectors = 17;
            tracks = total / sectors;
            heads = tracks.div_ceil(1024);
            if heads < 4 {
                heads = 4;
            }
            if tracks >= heads * 1024 || heads > 16 {
                (sectors, heads) = (31, 16);
                tracks = total / sectors;
            }
            if tracks >= heads * 1024 {
                (sectors, heads) = (63, 16);
                tracks = total / sectors;
            }
        }
        Self { cylinders: (tracks / heads) as u16, heads: heads as u8, sectors: sectors as u8 }
    }

    /// How many sectors it addresses.
    pub const fn total_sectors(self) -> u64 {
        self.cylinders as u64 * self.heads as u64 * self.sectors as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometry_by_the_specification() {
        for (mib, cylinders, heads, sectors) in [
            (8, 240, 4, 17),
            (10, 301, 4, 17),
            (64, 963, 8, 17),
            (504, 1024, 16, 63),
            (1024, 2080, 16, 63),
            (127 << 10, 65278, 16, 255),
            (128 << 10, 65535, 16, 255),
        ] {
            assert_eq!(Geometry::of(mib << 11), Geometry { cylinders, heads, sectors }, "{mib} MiB");
        }
    }

    /// What qemu-img 10.0.2 made of these wishes.
    #[test]
    fn qemu_rounds_up_to_whole_cylinders() {
        for (mib, bytes) in [(10, 10_514_432), (64, 67_125_248), (1024, 1_073_995_776)] {
            assert_eq!(Creator::QEMU.sectors(mib << 11) * 512, bytes);
            assert_eq!(Creator::QEMU_EXACT.sectors(mib << 11), mib << 11);
        }
    }
}
