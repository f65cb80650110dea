//! The header of a sparse extent of ESX (`COWD`, extents of type VMFSSPARSE): a delta link that grows as the guest
//! writes. Tables and grains follow the directory in the order in which they were needed.

use super::geometry::{Geometry, MOST_GRAIN_SECTORS};
use super::grain::{Kind, Plan, Sparse};
use super::header::SECTOR;
use super::rules;
use crate::finding::{Finding, Findings, Rule};
use crate::structure;
use crate::structure::{Node, Show};

/// Entries of a grain table: the format has no field for it.
pub(super) const TABLE_ENTRIES: u64 = 4096;

/// Sectors of the header, after which the directory begins.
const HEADER_SECTORS: u64 = 4;

/// Version of all extents that are known.
const VERSION: u32 = 1;

/// Flags of all extents that are known.
const FLAGS: u32 = 3;

/// The largest grain that VMware's document allows: 1 MiB.
const USUAL_GRAIN_SECTORS: u32 = 2048;

const UNCLEAN: &[(u64, &str)] = &[(0, "closed"), (1, "open, or not closed cleanly")];

structure! {
    /// Header of a sparse extent of ESX: how large the disk is, how it is divided into grains, and where the grain directory lies.
    pub struct CowdHeader("vmdk.cowd-header", "ESX sparse extent header", 2048, Little) {
        /// Always `COWD`: copy on write disk.
        0 => magic_number: [u8; 4], Show::Ascii;
        /// Version of the header: 1.
        4 => version: u32, Show::Decimal;
        /// Always 3.
        8 => flags: u32, Show::Hex;
        /// Size of the guest's disk.
        12 => num_sectors: u32, Show::Sectors;
        /// Size of a grain, the unit in which space is allocated: one sector where nothing else was wanted.
        16 => grain_size: u32, Show::Sectors;
        /// Where the grain directory lies: right after this header.
        20 => gd_offset: u32, Show::SectorOffset;
        /// Entries of the grain directory: one per 4096 grains.
        24 => num_gd_entries: u32, Show::Decimal;
        /// The next sector that is free: tables and grains are appended there.
        28 => free_sector: u32, Show::SectorOffset;
        /// Name of the parent's file in old links; in an extent that is no link these bytes are its geometry. Newer ones leave it to the descriptor.
        32 => parent_file_name: [u8; 1024], Show::Ascii;
        /// Generation that the parent had.
        1056 => parent_generation: u32, Show::Decimal;
        /// Generation of this extent, counted up with every session of writing.
        1060 => generation: u32, Show::Decimal;
        /// Name of the disk.
        1064 => name: [u8; 60], Show::Ascii;
        /// Description of the disk.
        1124 => description: [u8; 512], Show::Ascii;
        /// Generation at the last clean close.
        1636 => saved_generation: u32, Show::Decimal;
        /// Zero.
        1640 => reserved: [u8; 8], Show::Reserved;
        /// One while the extent is open for writing, so also after a crash.
        1648 => unclean_shutdown: u32, Show::Names(UNCLEAN);
        /// Zero.
        1652 => padding: [u8; 396], Show::Reserved;
    }
}

impl CowdHeader {
    /// Whether `bytes` begin with the magic number.
    pub fn is_marked(bytes: &[u8]) -> bool {
        bytes.starts_with(b"COWD")
    }

    /// How the extent is divided, where the numbers allow it.
    pub fn geometry(&self) -> Option<Geometry> {
        Geometry::new(self.num_sectors.into(), self.grain_size.into(), TABLE_ENTRIES, 4)
    }

    /// Where the tables are.
    pub(super) fn plan(&self) -> Option<Plan> {
        Some(Plan {
            kind: Kind::Cowd,
            geometry: self.geometry()?,
            directory: self.gd_offset.into(),
            copy: None,
            entries: self.num_gd_entries.into(),
            compressed: false,
            markers: false,
            zeroed_grains: false,
            phase: 0,
            fixed: Vec::from([std::ops::Range { start: 0, end: HEADER_SECTORS }]),
        })
    }

    /// The name of the parent's file, where the extent gives one.
    pub fn parent_name(&self) -> Option<String> {
        let end = self.parent_file_name.iter().position(|byte| *byte == 0)?;
        let name = std::str::from_utf8(self.parent_file_name.get(..end)?).ok()?;
        // In an extent that is no link a geometry is at this place.
        let is_name = name.len() > 3 && name.chars().all(|c| !c.is_control());
        is_name.then(|| name.to_owned())
    }

    /// The checks that need nothing but the header and the size of its file; `node` is the header's.
    pub(super) fn check(&self, node: &Node, size: u64, findings: &mut Findings) {
        let mut say = |rule: &'static Rule, field: &str, detail: String| {
            findings.add(Finding::new(rule, detail).field(node, field));
        };
        if self.version != VERSION {
            say(&rules::COWD_VERSION, "version", format!("the version is {}", self.version));
        }
        if self.flags != FLAGS {
            say(&rules::COWD_FLAGS, "flags", format!("the flags are 0x{:x} instead of 3", self.flags));
        }
        let grain = self.grain_size;
        if !grain.is_power_of_two() || u64::from(grain) > MOST_GRAIN_SECTORS {
            say(&rules::COWD_GRAIN_SIZE, "grain_size", format!("a grain has {grain} sectors"));
        } else if grain > USUAL_GRAIN_SECTORS {
            let detail = format!("a grain has {grain} sectors, at most {USUAL_GRAIN_SECTORS} are allowed");
            say(&rules::COWD_GRAIN_SIZE, "grain_size", detail);
        } else if grain != 1 {
            say(&rules::COWD_GRAIN_SIZE_UNUSUAL, "grain_size", format!("a grain has {grain} sectors"));
        }
        if self.num_sectors == 0 {
            say(&rules::CAPACITY_ZERO, "num_sectors", "the capacity is 0".into());
        }
        let directory = u64::from(self.gd_offset) * SECTOR;
        let end = directory + u64::from(self.num_gd_entries) * 4;
        if self.gd_offset == 0 || end > size {
            let detail = format!(
                "{} entries at sector {} end at byte {end}, the file has {size} bytes",
                self.num_gd_entries, self.gd_offset
            );
            say(&rules::DIRECTORY_OUTSIDE, "gd_offset", detail);
        } else if u64::from(self.gd_offset) != HEADER_SECTORS {
            let detail = format!("the directory is at sector {} instead of {HEADER_SECTORS}", self.gd_offset);
            say(&rules::COWD_DIRECTORY_PLACE, "gd_offset", detail);
        }
        if let Some(geometry) =
            self.geometry().filter(|geometry| geometry.tables != u64::from(self.num_gd_entries))
        {
            let detail = format!(
                "the directory is said to have {} entries, {} sectors in grains of {grain} need {}",
                self.num_gd_entries, self.num_sectors, geometry.tables
            );
            findings.add(
                Finding::new(&rules::COWD_DIRECTORY_COUNT, detail)
                    .expected(geometry.tables, self.num_gd_entries)
                    .field(node, "num_gd_entries"),
            );
        }
        let mut say = |rule: &'static Rule, field: &str, detail: String| {
            findings.add(Finding::new(rule, detail).field(node, field));
        };
        let first_free = end.div_ceil(SECTOR);
        let free = u64::from(self.free_sector);
        if free < first_free {
            let detail = format!(
                "the next free sector is said to be {free}, the directory ends at sector {first_free}"
            );
            say(&rules::COWD_FREE_SECTOR, "free_sector", detail);
        } else if free > size.div_ceil(SECTOR) {
            let detail = format!(
                "the next free sector is said to be {free} (byte {}), the file has {size} bytes",
                free * SECTOR
            );
            say(&rules::COWD_FREE_PAST_END, "free_sector", detail);
        }
        match self.unclean_shutdown {
            0 => {}
            1 if self.saved_generation == self.generation => {
                say(&rules::UNCLEAN, "unclean_shutdown", "the mark is set".into());
            }
            1 => say(
                &rules::UNCLEAN,
                "unclean_shutdown",
                format!(
                    "the mark is set; the generation is {}, at the last clean close it was {}",
                    self.generation, self.saved_generation
                ),
            ),
            value => say(&rules::UNCLEAN_VALUE, "unclean_shutdown", format!("the mark is {value}")),
        }
    }

    /// Checks the next free sector against the end of what is in use, in sectors.
    pub(super) fn check_free(
        free_sector: u64,
        used: u64,
        sparse: &Sparse,
        key: &str,
        findings: &mut Findings,
    ) {
        if free_sector >= used || free_sector < HEADER_SECTORS {
            return;
        }
        let detail = format!(
            "the next free sector is said to be {free_sector}, but what is in use ends at sector {used}"
        );
        let finding = Finding::new(&rules::COWD_FREE_SECTOR, detail).on(key).place(sparse.span(28, 4));
        findings.add(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_where_the_technote_puts_them() {
        let mut bytes = vec![0; CowdHeader::LENGTH];
        bytes[..4].copy_from_slice(b"COWD");
        for (at, value) in [
            (4, 1_u32),
            (8, 3),
            (12, 8192),
            (16, 1),
            (20, 4),
            (24, 2),
            (28, 73),
            (1060, 7),
            (1636, 6),
            (1648, 1),
        ] {
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        bytes[32..38].copy_from_slice(b"a.vmdk");
        let header = CowdHeader::decode(&bytes).unwrap();
        assert!(CowdHeader::is_marked(&bytes));
        assert_eq!((header.free_sector, header.unclean_shutdown), (73, 1));
        assert_eq!((header.generation, header.saved_generation), (7, 6));
        assert_eq!(header.parent_name().as_deref(), Some("a.vmdk"));
        let geometry = header.geometry().unwrap();
        assert_eq!((geometry.tables, geometry.table_sectors(), geometry.grains), (2, 32, 8192));
    }

    #[test]
    fn a_geometry_is_no_name() {
        let mut bytes = vec![0; CowdHeader::LENGTH];
        bytes[32..44].copy_from_slice(&[0x40, 0, 0, 0, 0x20, 0, 0, 0, 0x20, 0, 0, 0]);
        assert_eq!(CowdHeader::decode(&bytes).unwrap().parent_name(), None);
    }
}
