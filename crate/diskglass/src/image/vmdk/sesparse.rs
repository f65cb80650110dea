//! The headers of a space-efficient sparse extent of ESX (extents of type SESPARSE): a constant header that names the
//! areas of the file, and a volatile one that tells whether the journal must be replayed.

use super::geometry::Geometry;
use super::grain::{Directory, Kind, Plan, Sparse};
use super::header::SECTOR;
use super::rules;
use super::tables::Member;
use crate::bytes::{ReadAt, ReadError};
use crate::finding::{Finding, Findings, Rule, Tally};
use crate::structure;
use crate::structure::{Keeps, Node, Show, State};
use std::ops::Range;

const MAGIC: u64 = 0xcafe_babe;
const VOLATILE_MAGIC: u64 = 0xcafe_cafe;

/// Version of all extents that are known: 2.1.
const VERSION: u64 = 0x2_0000_0001;

/// Sectors of a grain.
const GRAIN: u64 = 8;

/// Sectors of a grain table.
const TABLE: u64 = 64;

/// Entries of a grain table.
const TABLE_ENTRIES: u64 = TABLE * SECTOR / ENTRY;

/// Bytes of an entry.
const ENTRY: u64 = 8;

/// The upper half of an entry of the grain directory that leads to a table.
const DIRECTORY_TAG: u64 = 0x1000_0000;

structure! {
    /// Constant header of a space-efficient sparse extent: the areas of the file, in sectors. It is never changed after the extent was made.
    pub struct ConstantHeader("vmdk.sesparse-header", "SE sparse header", 512, Little) {
        /// Always 0xCAFEBABE.
        0 => magic: u64, Show::Hex;
        /// Version of the format: 2.1 in all extents that are known.
        8 => version: u64, Show::With(version_text);
        /// Size of the guest's disk.
        16 => capacity: u64, Show::Sectors;
        /// Size of a grain: always 8 sectors, 4 KiB.
        24 => grain_size: u64, Show::Sectors;
        /// Size of a grain table: always 64 sectors, 4096 entries.
        32 => grain_table_size: u64, Show::Sectors;
        /// Zero.
        40 => flags: u64, Show::Hex;
        /// Zero.
        48 => reserved1: u64, Show::Hex;
        /// Zero.
        56 => reserved2: u64, Show::Hex;
        /// Zero.
        64 => reserved3: u64, Show::Hex;
        /// Zero.
        72 => reserved4: u64, Show::Hex;
        /// Where the volatile header lies.
        80 => volatile_header_offset: u64, Show::SectorOffset;
        /// Size of the volatile header.
        88 => volatile_header_size: u64, Show::Sectors;
        /// Where the header of the journal lies.
        96 => journal_header_offset: u64, Show::SectorOffset;
        /// Size of the header of the journal.
        104 => journal_header_size: u64, Show::Sectors;
        /// Where the journal lies: changes of metadata that may not have reached their place.
        112 => journal_offset: u64, Show::SectorOffset;
        /// Size of the journal.
        120 => journal_size: u64, Show::Sectors;
        /// Where the grain directory lies.
        128 => grain_dir_offset: u64, Show::SectorOffset;
        /// Size of the grain directory: often room for 2 TiB, whatever the capacity is.
        136 => grain_dir_size: u64, Show::Sectors;
        /// Where the grain tables lie, one after the other.
        144 => grain_tables_offset: u64, Show::SectorOffset;
        /// Size of the area of the grain tables.
        152 => grain_tables_size: u64, Show::Sectors;
        /// Where the map of free grains lies.
        160 => free_bitmap_offset: u64, Show::SectorOffset;
        /// Size of the map of free grains.
        168 => free_bitmap_size: u64, Show::Sectors;
        /// Where the map lies that leads from a grain back to its entry.
        176 => backmap_offset: u64, Show::SectorOffset;
        /// Size of that map.
        184 => backmap_size: u64, Show::Sectors;
        /// Where the grains lie.
        192 => grains_offset: u64, Show::SectorOffset;
        /// Size of the area of the grains.
        200 => grains_size: u64, Show::Sectors;
        /// Zero.
        208 => pad: [u8; 304], Show::Reserved;
    }
}

structure! {
    /// Volatile header of a space-efficient sparse extent: what changes while the extent is in use.
    pub struct VolatileHeader("vmdk.sesparse-volatile-header", "SE sparse volatile header", 512, Little) {
        /// Always 0xCAFECAFE.
        0 => magic: u64, Show::Hex;
        /// Number of the next grain table that is free.
        8 => free_gt_number: u64, Show::Decimal;
        /// Number of the next transaction.
        16 => next_txn_seq_number: u64, Show::Decimal;
        /// Not zero where the journal holds changes that have not reached their place: the extent was not closed cleanly.
        24 => replay_journal: u64, Show::Names(REPLAY);
        /// Zero.
        32 => pad: [u8; 480], Show::Reserved;
    }
}

const REPLAY: &[(u64, &str)] = &[(0, "no"), (1, "yes: the journal must be replayed")];

fn version_text(bytes: &[u8]) -> String {
    let parts: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|part| u32::from_le_bytes(*part)).collect();
    match parts.as_slice() {
        [minor, major] => format!("{major}.{minor}"),
        _ => String::new(),
    }
}

/// What an entry of a grain table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GrainEntry {
    /// Nothing: zeros or the parent's data.
    Absent,
    /// The guest gave the place back: zeros.
    Unmapped,
    /// Zeros.
    Zero,
    /// The grain of that number.
    Grain(u64),
    /// No kind that is known.
    Malformed,
}

impl GrainEntry {
    /// Reads an entry: its kind is in the upper 4 bits, and of a grain's number the lower 12 bits stand above the others.
    pub(super) fn of(raw: u64) -> Self {
        match raw >> 60 {
            0 if raw == 0 => Self::Absent,
            1 => Self::Unmapped,
            2 => Self::Zero,
            3 => Self::Grain((raw & 0x0fff_0000_0000_0000) >> 48 | (raw & 0x0000_ffff_ffff_ffff) << 12),
            _ => Self::Malformed,
        }
    }

    /// Whether an entry without a grain has bits that mean nothing.
    pub(super) fn has_stray_bits(raw: u64) -> bool {
        matches!(raw >> 60, 1 | 2) && raw << 4 != 0
    }
}

/// The areas that entries count in, in sectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) tables: Range<u64>,
    pub(super) grains: Range<u64>,
}

impl Areas {
    /// The sector of the table that an entry of the grain directory leads to.
    pub(super) fn table(&self, entry: u64) -> Option<u64> {
        if entry >> 32 != DIRECTORY_TAG {
            return None;
        }
        let start = self.tables.start.checked_add((entry & u64::from(u32::MAX)) * TABLE)?;
        (start.checked_add(TABLE)? <= self.tables.end).then_some(start)
    }

    /// The sector of the grain of that number; `None` where it is past the area of the grains.
    pub(super) fn grain(&self, index: u64) -> Option<u64> {
        let start = self.grains.start.checked_add(index.checked_mul(GRAIN)?)?;
        (start < self.grains.end).then_some(start)
    }
}

/// Both headers, as far as they could be read.
pub(super) struct Headers {
    pub(super) constant: ConstantHeader,
    pub(super) volatile: Option<VolatileHeader>,
}

impl ConstantHeader {
    /// Whether `bytes` begin with the magic number.
    pub fn is_marked(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC.to_le_bytes())
    }

    /// How the extent is divided, where the numbers allow it.
    pub fn geometry(&self) -> Option<Geometry> {
        let fixed = self.grain_size == GRAIN && self.grain_table_size == TABLE;
        Geometry::new(self.capacity, GRAIN, TABLE_ENTRIES, ENTRY).filter(|_| fixed)
    }

    fn areas(&self) -> Areas {
        let range = |start: u64, length: u64| start..start.saturating_add(length);
        Areas {
            tables: range(self.grain_tables_offset, self.grain_tables_size),
            grains: range(self.grains_offset, self.grains_size),
        }
    }

    /// Entries that the grain directory has room for.
    fn directory_room(&self) -> u64 {
        self.grain_dir_size.saturating_mul(SECTOR / ENTRY)
    }

    /// All areas with their names, the first sector and the number of sectors.
    fn all_areas(&self) -> [(&'static str, &'static str, &'static str, u64, u64); 8] {
        [
            (
                "volatile header",
                "vmdk.sesparse-volatile-header",
                "volatile_header_offset",
                self.volatile_header_offset,
                self.volatile_header_size,
            ),
            (
                "journal header",
                "vmdk.sesparse-journal-header",
                "journal_header_offset",
                self.journal_header_offset,
                self.journal_header_size,
            ),
            ("journal", "vmdk.sesparse-journal", "journal_offset", self.journal_offset, self.journal_size),
            (
                "grain directory",
                "vmdk.grain-directory",
                "grain_dir_offset",
                self.grain_dir_offset,
                self.grain_dir_size,
            ),
            (
                "grain tables",
                "vmdk.grain-tables",
                "grain_tables_offset",
                self.grain_tables_offset,
                self.grain_tables_size,
            ),
            (
                "map of free grains",
                "vmdk.sesparse-free-bitmap",
                "free_bitmap_offset",
                self.free_bitmap_offset,
                self.free_bitmap_size,
            ),
            ("backmap", "vmdk.sesparse-backmap", "backmap_offset", self.backmap_offset, self.backmap_size),
            ("grains", "vmdk.sesparse-grains", "grains_offset", self.grains_offset, self.grains_size),
        ]
    }

    /// Where the tables are.
    pub(super) fn plan(&self) -> Option<Plan> {
        // The directory and the tables are known by themselves, and the grains are no metadata.
        let known = ["vmdk.grain-directory", "vmdk.grain-tables", "vmdk.sesparse-grains"];
        let areas = self.all_areas().into_iter().filter(|(_, id, ..)| !known.contains(id));
        let fixed =
            areas.filter(|(.., size)| *size > 0).map(|(.., start, size)| start..start.saturating_add(size));
        Some(Plan {
            kind: Kind::SeSparse(self.areas()),
            geometry: self.geometry()?,
            directory: self.grain_dir_offset,
            copy: None,
            entries: self.directory_room(),
            compressed: false,
            markers: false,
            zeroed_grains: true,
            phase: self.grains_offset % GRAIN,
            fixed: std::iter::once(0..1).chain(fixed).collect(),
        })
    }

    /// The checks that need nothing but the header and the size of its file; `node` is the header's.
    fn check(&self, node: &Node, size: u64, findings: &mut Findings) {
        let mut say = |rule: &'static Rule, field: &str, detail: String| {
            findings.add(Finding::new(rule, detail).field(node, field));
        };
        if self.version != VERSION {
            say(
                &rules::SE_VERSION,
                "version",
                format!("the version is {}", version_text(&self.version.to_le_bytes())),
            );
        }
        if self.grain_size != GRAIN {
            say(
                &rules::SE_FIXED,
                "grain_size",
                format!("a grain has {} sectors instead of {GRAIN}", self.grain_size),
            );
        }
        if self.grain_table_size != TABLE {
            let detail = format!("a grain table has {} sectors instead of {TABLE}", self.grain_table_size);
            say(&rules::SE_FIXED, "grain_table_size", detail);
        }
        let zero = [
            ("flags", self.flags),
            ("reserved1", self.reserved1),
            ("reserved2", self.reserved2),
            ("reserved3", self.reserved3),
            ("reserved4", self.reserved4),
        ];
        for (field, value) in zero.into_iter().filter(|(_, value)| *value != 0) {
            say(&rules::SE_FIXED, field, format!("{field} is 0x{value:x} instead of 0"));
        }
        let strange = self.pad.iter().filter(|byte| **byte != 0).count();
        if strange > 0 {
            say(&rules::SE_FIXED, "pad", format!("{strange} of the 304 bytes at the end are not zero"));
        }
        match self.capacity {
            0 => say(&rules::CAPACITY_ZERO, "capacity", "the capacity is 0".into()),
            capacity if Geometry::new(capacity, GRAIN, TABLE_ENTRIES, ENTRY).is_none() => {
                say(&rules::CAPACITY_HUGE, "capacity", format!("the capacity is {capacity} sectors"));
            }
            _ => {}
        }
        if let Some(geometry) = self.geometry().filter(|geometry| self.directory_room() < geometry.tables) {
            let detail = format!(
                "its {} sectors have room for {} entries, {} sectors of disk need {}",
                self.grain_dir_size,
                self.directory_room(),
                self.capacity,
                geometry.tables
            );
            say(&rules::SE_DIRECTORY_SMALL, "grain_dir_size", detail);
        }
        self.check_areas(node, size, findings);
    }

    /// Whether every area is in the file and none lies on another.
    fn check_areas(&self, node: &Node, size: u64, findings: &mut Findings) {
        let mut used: Vec<(u64, u64, &str, &str)> = vec![(0, 1, "header", "magic")];
        for (name, id, field, start, length) in self.all_areas() {
            if length == 0 {
                continue;
            }
            let end = start.saturating_add(length);
            if end.checked_mul(SECTOR).is_none_or(|end| end > size) {
                let rule = if id == "vmdk.sesparse-grains" {
                    &rules::SE_GRAINS_SHORT
                } else {
                    &rules::SE_AREA_OUTSIDE
                };
                let detail = format!(
                    "the area of the {name} has {length} sectors at sector {start}, the file has {size} bytes"
                );
                findings.add(Finding::new(rule, detail).field(node, field));
            }
            used.push((start, end, name, field));
        }
        used.sort_unstable();
        for pair in used.windows(2) {
            let [(_, end, first, _), (start, _, second, field)] = pair else { continue };
            if start < end {
                let detail = format!(
                    "the area of the {second} begins at sector {start}, that of the {first} ends at sector {end}"
                );
                findings.add(Finding::new(&rules::SE_AREAS_OVERLAP, detail).field(node, field));
            }
        }
    }

    /// Adds an area per part of the file, without the headers, the directory and its tables.
    fn add_areas(&self, file: &dyn ReadAt, suffix: &str, nodes: &mut Vec<Node>) {
        for (name, id, _, start, length) in self.all_areas() {
            let note = match id {
                "vmdk.sesparse-journal-header" | "vmdk.sesparse-journal" => {
                    "Changes of metadata on their way to their place. The layout of its records is not public."
                }
                "vmdk.sesparse-free-bitmap" => "Which grains are free. Its layout is not public.",
                "vmdk.sesparse-backmap" => {
                    "Leads from a grain back to the entry that names it. Its layout is not public."
                }
                "vmdk.sesparse-grains" => "The guest's data, in grains of 4 KiB.",
                _ => continue,
            };
            let Some(offset) = start.checked_mul(SECTOR).filter(|_| length > 0) else { continue };
            let span = crate::structure::span_at(file, offset, length.saturating_mul(SECTOR));
            let mut title = name.to_owned();
            title.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
            let state = match span {
                None => State::Absent,
                Some(span) if span.length < length.saturating_mul(SECTOR) => State::Truncated,
                Some(_) => State::Ok,
            };
            let keeps = if id == "vmdk.sesparse-grains" { Keeps::Data } else { Keeps::Metadata };
            let area = Node::area(id, format!("{id}{suffix}"), title, span).state(state).note(note);
            nodes.push(area.keeping(keeps));
        }
    }
}

/// Reads both headers, adds their structures and the areas, and checks them. `None` where there is no whole header.
pub(super) fn read(
    file: &dyn ReadAt,
    suffix: &str,
    nodes: &mut Vec<Node>,
    findings: &mut Findings,
) -> Result<Option<Headers>, ReadError> {
    let raw = file.read_up_to(0, ConstantHeader::LENGTH)?;
    let Some(constant) = ConstantHeader::decode(&raw) else { return Ok(None) };
    let node = Node::of(&ConstantHeader::LAYOUT, format!("vmdk.sesparse-header{suffix}"), file, 0, &raw);
    constant.check(&node, file.size(), findings);
    nodes.push(node);
    let key = format!("vmdk.sesparse-volatile-header{suffix}");
    let offset = constant.volatile_header_offset.checked_mul(SECTOR).filter(|offset| *offset < file.size());
    let raw = match offset {
        Some(offset) => file.read_up_to(offset, VolatileHeader::LENGTH)?,
        None => Vec::new(),
    };
    let volatile = VolatileHeader::decode(&raw);
    let node = Node::of(&VolatileHeader::LAYOUT, key, file, offset.unwrap_or(file.size()), &raw);
    if let Some(header) = &volatile {
        check_volatile(header, &node, findings);
    } else {
        let detail = format!(
            "it ought to be at sector {}, the file has {} bytes",
            constant.volatile_header_offset,
            file.size()
        );
        findings.add(Finding::new(&rules::SE_VOLATILE_MAGIC, detail).on(node.key.clone()));
    }
    let absent = volatile.is_none() && raw.is_empty();
    nodes.push(if absent { node.state(State::Absent) } else { node });
    constant.add_areas(file, suffix, nodes);
    Ok(Some(Headers { constant, volatile }))
}

fn check_volatile(header: &VolatileHeader, node: &Node, findings: &mut Findings) {
    let mut say = |rule: &'static Rule, field: &str, detail: String| {
        findings.add(Finding::new(rule, detail).field(node, field));
    };
    if header.magic != VOLATILE_MAGIC {
        say(
            &rules::SE_VOLATILE_MAGIC,
            "magic",
            format!("the magic number is 0x{:x} instead of 0xcafecafe", header.magic),
        );
    }
    if header.replay_journal != 0 {
        let detail = format!(
            "the mark is {}; the next transaction would be number {}",
            header.replay_journal, header.next_txn_seq_number
        );
        say(&rules::SE_DIRTY, "replay_journal", detail);
    }
    let strange = header.pad.iter().filter(|byte| **byte != 0).count();
    if strange > 0 {
        say(&rules::SE_FIXED, "pad", format!("{strange} of the 480 bytes at the end are not zero"));
    }
}

/// Checks the entries of the grain directory, those too that the disk is too small for.
pub(super) fn check_directory(
    headers: &Headers,
    member: &Member,
    findings: &mut Findings,
) -> Result<(), ReadError> {
    let sparse = &member.sparse;
    let Kind::SeSparse(areas) = &sparse.kind else { return Ok(()) };
    let key = member.directory_key();
    let Some(directory) = whole_directory(sparse, &headers.constant) else { return Ok(()) };
    let mut malformed = Tally::new(&rules::SE_DIRECTORY_ENTRY);
    let mut past_capacity = Tally::new(&rules::ENTRY_PAST_CAPACITY);
    let mut numbers: Vec<(u32, u32)> = Vec::new();
    let end = directory.entries.min(crate::limits::DIRECTORY_ENTRIES);
    let mut table = 0;
    let per_table = sparse.geometry.table_entries;
    while table < end {
        for raw in sparse.directory_chunk(directory, table, end)? {
            let place = || sparse.directory_span(Some(directory), table);
            let guest = member.guest_range(table.saturating_mul(per_table), per_table);
            if raw != 0 && areas.table(raw).is_none() {
                malformed.hit(place(), guest, || {
                    let room = (areas.tables.end - areas.tables.start) / TABLE;
                    format!("entry {table} is 0x{raw:016x}; there are {room} grain tables, and a table's entry begins with 0x10000000")
                });
            } else if raw != 0 && table >= sparse.geometry.tables {
                past_capacity.hit(place(), None, || {
                    format!("entry {table} of the grain directory is 0x{raw:016x}, but the disk ends with entry {}", sparse.geometry.tables - 1)
                });
            } else if raw != 0 {
                let number = u32::try_from(raw & u64::from(u32::MAX)).unwrap_or(u32::MAX);
                numbers.push((number, u32::try_from(table).unwrap_or(u32::MAX)));
            }
            table += 1;
        }
    }
    findings_of_tables(headers, member, numbers, directory, findings);
    for finding in [malformed, past_capacity].into_iter().filter_map(|tally| tally.finding(&key)) {
        findings.add(finding);
    }
    Ok(())
}

/// The directory with the entries that the disk does not need.
fn whole_directory(sparse: &Sparse, header: &ConstantHeader) -> Option<Directory> {
    let used = sparse.directory?;
    let there = (sparse.bytes.size() - used.offset) / ENTRY;
    Some(Directory { entries: there.min(header.directory_room()), ..used })
}

/// Checks the numbers of the tables in use, each with the directory entry that names it.
fn findings_of_tables(
    headers: &Headers,
    member: &Member,
    mut numbers: Vec<(u32, u32)>,
    directory: Directory,
    findings: &mut Findings,
) {
    let sparse = &member.sparse;
    let per_table = sparse.geometry.table_entries;
    let mut overlap = Tally::new(&rules::GDE_OVERLAP);
    numbers.sort_unstable();
    for pair in numbers.windows(2) {
        let [(number, first), (other, second)] = pair else { continue };
        if number == other {
            let table = u64::from(*second);
            let guest = member.guest_range(table.saturating_mul(per_table), per_table);
            overlap.hit(sparse.directory_span(Some(directory), table), guest, || {
                format!("entries {first} and {second} both lead to grain table {number}")
            });
        }
    }
    if let Some(finding) = overlap.finding(&member.directory_key()) {
        findings.add(finding);
    }
    if let (Some(volatile), Some((highest, _))) = (&headers.volatile, numbers.last())
        && volatile.magic == VOLATILE_MAGIC
        && volatile.free_gt_number <= u64::from(*highest)
    {
        let at = headers.constant.volatile_header_offset.saturating_mul(SECTOR).saturating_add(8);
        let detail = format!(
            "the next free table is said to be {}, table {highest} is in use",
            volatile.free_gt_number
        );
        let key = format!("vmdk.sesparse-volatile-header{}", member.suffix);
        findings.add(Finding::new(&rules::SE_FREE_TABLE, detail).on(key).place(sparse.span(at, 8)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_grain_is_rotated() {
        for (raw, number) in [
            (0x3002_0000_0000_0000, 2),
            (0x3fff_0000_0000_0000, 4095),
            (0x3000_0000_0000_0001, 4096),
            (0x3001_0000_0000_0001, 4097),
        ] {
            assert_eq!(GrainEntry::of(raw), GrainEntry::Grain(number), "{raw:#x}");
        }
        assert_eq!(GrainEntry::of(0), GrainEntry::Absent);
        assert_eq!(GrainEntry::of(5), GrainEntry::Malformed);
        assert_eq!(
            (GrainEntry::of(1 << 60), GrainEntry::of(2 << 60)),
            (GrainEntry::Unmapped, GrainEntry::Zero)
        );
        assert_eq!(GrainEntry::of(u64::MAX), GrainEntry::Malformed);
        assert!(GrainEntry::has_stray_bits(2 << 60 | 1) && !GrainEntry::has_stray_bits(2 << 60));
    }

    #[test]
    fn numbers_are_counted_from_the_areas() {
        let areas = Areas { tables: 3..131, grains: 131..155 };
        assert_eq!(areas.table(0x1000_0000_0000_0001), Some(67));
        assert_eq!((areas.table(0x1000_0000_0000_0002), areas.table(1)), (None, None));
        assert_eq!((areas.grain(2), areas.grain(3), areas.grain(u64::MAX)), (Some(147), None, None));
        let hostile = Areas { tables: u64::MAX - 1..u64::MAX, grains: u64::MAX..u64::MAX };
        assert_eq!((hostile.table(0x1000_0000_ffff_ffff), hostile.grain(1)), (None, None));
    }
}
