//! The master boot record: sector 0 of a PC disk. Numbers are little-endian.

use super::disk::{Disk, SECTOR};
use super::ebr;
use super::geometry::{self, Chs};
use super::ranges::{Range, overlaps};
use super::table::{Faults, Table, plain_entry};
use super::types::{self, Family};
use super::{EntryRole, gpt, rules};
use crate::finding::Finding;
use crate::structure::{Node, Show, size_text};

crate::structure! {
    /// Sector 0 of a PC disk: code that the BIOS starts, and a table of four partitions. A disk with a GPT has one too,
    /// with a single entry that keeps old tools away.
    pub struct MasterBootRecord("mbr", "Master boot record", 512, Little) {
        /// What the BIOS starts. All zero on a disk that was never made to boot.
        0 => boot_code: [u8; 440], Show::Raw;
        /// The disk's identity for Windows, and for Linux the first half of each PARTUUID.
        440 => disk_signature: u32, Show::Hex;
        /// 0x5a5a marks a disk as copy-protected; zero otherwise.
        444 => copy_protected: u16, Show::Names(&[(0, "no"), (0x5a5a, "yes")]);
        /// The four entries; each is shown as a structure of its own.
        446 => entries: [u8; 64], Show::Raw;
        /// Always 55 AA, on disks with sectors of 4096 bytes too.
        510 => signature: [u8; 2], Show::Raw;
    }
}

crate::structure! {
    /// One partition: its type, and where it starts and how long it is, in sectors. Beside that the same in cylinders,
    /// heads and sectors, which nothing uses any more.
    pub struct PartitionEntry("mbr.entry", "Partition entry", 16, Little) {
        /// 0x80 marks the partition that a BIOS loader starts.
        0 => boot_indicator: u8, Show::Names(&[(0, "not active"), (0x80, "active")]);
        /// First sector, the old way. Advisory.
        1 => first_chs: [u8; 3], Show::With(geometry::text);
        /// What kind of partition it is; 0 where the entry is empty.
        4 => type_id: u8, Show::With(type_text);
        /// Last sector, the old way. Advisory.
        5 => last_chs: [u8; 3], Show::With(geometry::text);
        /// First sector. In an extended boot record it counts from that record, or from the extended partition.
        8 => first_sector: u32, Show::Decimal;
        /// Number of sectors.
        12 => sector_count: u32, Show::Decimal;
    }
}

fn type_text(bytes: &[u8]) -> String {
    let id = bytes.first().copied().unwrap_or(0);
    format!("0x{id:02x} {}", types::mbr_name(id).unwrap_or("unknown"))
}

/// Offset of the first entry in a boot record.
const ENTRIES_AT: usize = 446;

/// Disks of IBM AIX: their sector 0 is something else.
const AIX: [u8; 4] = [0xc9, 0xc2, 0xd4, 0xc1];

/// Sectors that the boot blocks of BSD claim in a table that is only there to please old BIOSes.
const BSD_DUMMY_SECTORS: u32 = 50_000;

/// How far an entry of an ISO hybrid may reach past the end: such images are padded to whole cylinders, not always.
const ISO_SLACK_BYTES: u64 = 1 << 20;

impl PartitionEntry {
    /// The entry in that slot (0 to 3) of a boot record.
    pub(super) fn of(sector: &[u8], slot: usize) -> Option<Self> {
        Self::decode(sector.get(ENTRIES_AT + slot * Self::LENGTH..)?)
    }

    /// Whether it declares anything. Linux goes by the size, Windows by the type; both must be there.
    pub(super) fn is_used(&self) -> bool {
        self.type_id != 0 && self.sector_count != 0
    }

    /// Whether it leads to logical partitions.
    pub(super) fn is_extended(&self) -> bool {
        self.is_used() && types::EXTENDED.contains(&self.type_id)
    }

    /// First sector.
    pub(super) fn start(&self) -> u64 {
        self.first_sector.into()
    }

    /// Number of sectors.
    pub(super) fn sectors(&self) -> u64 {
        self.sector_count.into()
    }

    /// The sector after the last.
    pub(super) fn end(&self) -> u64 {
        self.start() + self.sectors()
    }

    /// Its structure: slot `slot` of the boot record that lies at byte `record` of the disk.
    pub(super) fn node(disk: &Disk, record: u64, sector: &[u8], slot: usize, key: String) -> Node {
        let at = ENTRIES_AT + slot * Self::LENGTH;
        let bytes = sector.get(at..at + Self::LENGTH).unwrap_or_default();
        Node::of(&Self::LAYOUT, key, &**disk.bytes(), record + at as u64, bytes)
    }

    /// Adds it to a table, as the partition of that number with that absolute first sector.
    pub(super) fn declare(&self, table: &mut Table, index: u32, parent: Option<u32>, start: u64, key: &str) {
        let family = Family::of_mbr(self.type_id);
        let role = if family == Family::Extended { EntryRole::Container } else { EntryRole::Partition };
        let mut entry = plain_entry(index, role, start, self.sectors());
        entry.parent = parent;
        entry.type_id = format!("0x{:02x}", self.type_id);
        entry.type_name = types::mbr_name(self.type_id).map(Into::into);
        entry.active = self.boot_indicator == 0x80;
        entry.structure = Some(key.into());
        table.declare(entry, family);
    }
}

/// Sector 0, decoded. Whether it is a partition table at all is another question.
pub(super) struct Mbr {
    sector: Vec<u8>,
    record: MasterBootRecord,
    entries: Vec<PartitionEntry>,
}

impl Mbr {
    /// Reads sector 0.
    pub(super) fn of(disk: &Disk) -> Option<Self> {
        let sector = disk.read(0, SECTOR)?;
        let record = MasterBootRecord::decode(&sector)?;
        let entries = (0..4).filter_map(|slot| PartitionEntry::of(&sector, slot)).collect();
        Some(Self { sector, record, entries })
    }

    fn is_signed(&self) -> bool {
        self.record.signature == [0x55, 0xaa]
    }

    /// Whether it says that the disk has a GPT.
    pub(super) fn is_protective(&self) -> bool {
        self.is_signed() && self.protective().is_some()
    }

    /// The entry that stands for the GPT, with its number.
    pub(super) fn protective(&self) -> Option<(u32, &PartitionEntry)> {
        self.used().find(|(_, entry)| entry.type_id == types::PROTECTIVE)
    }

    /// The used entries except those that protect a GPT, with their numbers 1 to 4.
    pub(super) fn ordinary(&self) -> impl Iterator<Item = (u32, &PartitionEntry)> {
        self.used().filter(|(_, entry)| entry.type_id != types::PROTECTIVE)
    }

    fn used(&self) -> impl Iterator<Item = (u32, &PartitionEntry)> {
        self.numbered().filter(|(_, entry)| entry.is_used())
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &PartitionEntry)> {
        (1..).zip(&self.entries)
    }

    /// Its structures: itself and the four entries.
    pub(super) fn nodes(&self, disk: &Disk, title: &str) -> Vec<Node> {
        let record = Node::of(&MasterBootRecord::LAYOUT, "mbr@0", &**disk.bytes(), 0, &self.sector);
        let mut nodes = vec![record.titled(title)];
        for (number, entry) in self.numbered() {
            let title = match types::mbr_name(entry.type_id) {
                _ if !entry.is_used() => format!("Entry {number}: empty"),
                Some(name) => format!("Entry {number}: {name}"),
                None => format!("Entry {number}: type 0x{:02x}", entry.type_id),
            };
            let slot = number as usize - 1;
            let node = PartitionEntry::node(disk, 0, &self.sector, slot, entry_key(number));
            nodes.push(node.titled(title).within("mbr@0"));
        }
        nodes
    }

    /// Whether the disk is partitioned by it, although the disk may hold a volume as a whole.
    ///
    /// The boot sector of a FAT or NTFS volume ends in 55 AA as well and has code or text where the entries would be,
    /// so a table beside a volume must be without fault to be believed.
    pub(super) fn is_table(&self, disk: &Disk) -> bool {
        if self.record.boot_code.starts_with(&AIX) || self.is_bsd_dummy() {
            return false;
        }
        if !self.is_signed() {
            return self.is_plausible(disk.sectors(512)) && self.leads_somewhere(disk, 512);
        }
        let indicators_valid = self.entries.iter().all(|entry| matches!(entry.boot_indicator, 0 | 0x80));
        if disk.is_iso() {
            return indicators_valid && self.entries.iter().any(|entry| entry.sector_count != 0);
        }
        match &disk.volume().volume {
            None => indicators_valid || self.is_plausible(disk.sectors(512)),
            Some(volume) => {
                let boots_itself = matches!(volume.kind.as_str(), "vfat" | "ntfs" | "exfat");
                let fills_disk =
                    volume.size_bytes.is_some_and(|size| size.abs_diff(disk.size()) <= disk.size() / 100);
                // Sector 0 is a boot sector of these three only; beside others, a table may be of a disk that was cut.
                let sectors = if boots_itself { disk.sectors(512) } else { u64::MAX };
                indicators_valid && self.is_plausible(sectors) && !(boots_itself && fills_disk)
            }
        }
    }

    /// Whether there are entries and all of them make sense together on a disk of so many sectors.
    fn is_plausible(&self, sectors: u64) -> bool {
        let sound = |entry: &PartitionEntry| {
            entry.first_sector >= 1
                && (entry.end() <= sectors || entry.type_id == types::PROTECTIVE)
                && types::mbr_name(entry.type_id).is_some()
        };
        self.used().next().is_some()
            && self.used().all(|(_, entry)| sound(entry))
            && self
                .entries
                .iter()
                .all(|entry| entry.is_used() || (entry.type_id == 0 && entry.sector_count == 0))
            && overlaps(self.ranges()).is_empty()
    }

    /// Whether this is the table in the boot blocks of BSD: one slice of a made-up size that starts at sector 0.
    fn is_bsd_dummy(&self) -> bool {
        let mut used = self.used();
        let first = used.next().is_some_and(|(_, entry)| {
            Family::of_mbr(entry.type_id) == Family::Bsd
                && entry.first_sector == 0
                && entry.sector_count == BSD_DUMMY_SECTORS
        });
        first && used.next().is_none()
    }

    /// Whether, with sectors of that size, at least one entry leads to something known.
    fn leads_somewhere(&self, disk: &Disk, sector_bytes: u64) -> bool {
        self.ordinary().any(|(_, entry)| {
            let (offset, length) = (entry.start() * sector_bytes, entry.sectors() * sector_bytes);
            if entry.is_extended() {
                disk.read(offset, SECTOR).is_some_and(|record| record.ends_with(&[0x55, 0xaa]))
            } else {
                disk.volume_at(offset, length, "probe").volume.is_some()
            }
        })
    }

    /// Bytes of a sector in its counts. Nothing in it says so; where only the reading with 4096 leads to volumes, it is
    /// from a disk with such sectors.
    fn sector_bytes(&self, disk: &Disk) -> u32 {
        let fits = self.ordinary().all(|(_, entry)| entry.end() * 4096 <= disk.size());
        let large = fits && !self.leads_somewhere(disk, 512) && self.leads_somewhere(disk, 4096);
        if large { 4096 } else { 512 }
    }

    /// The sectors of the used entries, those of dynamic disks excepted: Windows lets them overlap.
    fn ranges(&self) -> Vec<Range> {
        self.ordinary()
            .filter(|(_, entry)| Family::of_mbr(entry.type_id) != Family::DynamicDisk)
            .map(|(number, entry)| Range { start: entry.start(), end: entry.end(), owner: number as usize })
            .collect()
    }
}

fn entry_key(number: u32) -> String {
    format!("mbr.entry@{number}")
}

/// Reads the tables of a disk that is partitioned by its MBR.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let mbr = Mbr::of(disk)?;
    if !mbr.is_table(disk) {
        return None;
    }
    let mut table = Table::new("mbr", mbr.sector_bytes(disk));
    let last = disk.sectors(table.sector_bytes);
    table.usable = (1, last);
    table.disk_id = Some(format!("0x{:08x}", mbr.record.disk_signature));
    table.nodes = mbr.nodes(disk, MasterBootRecord::LAYOUT.title);
    for (number, entry) in mbr.used() {
        entry.declare(&mut table, number, None, entry.start(), &entry_key(number));
    }
    check_record(disk, &mbr, &mut table);
    for (number, entry) in mbr.used().filter(|(_, entry)| entry.type_id != types::PROTECTIVE) {
        check_entry(disk, number, entry, &mut table);
    }
    for overlap in overlaps(mbr.ranges()) {
        let (start, sectors) = (overlap.start, overlap.end - overlap.start);
        let detail = format!(
            "partitions {} and {} both have sectors {start} to {}",
            overlap.first,
            overlap.second,
            overlap.end - 1
        );
        let (offset, length) = table.guest(start, sectors);
        let key = entry_key(u32::try_from(overlap.second).unwrap_or(0));
        let place = table.node(&key).and_then(|node| node.span);
        let finding = Finding::new(&rules::ENTRY_OVERLAP, detail).on(key).place(place).guest(offset, length);
        table.add_unless_iso(disk, finding);
    }
    check_chs(&mbr, &mut table);
    let containers: Vec<ebr::Container> = mbr
        .used()
        .filter(|(_, entry)| entry.is_extended())
        .map(|(index, entry)| ebr::Container { index, start: entry.start(), end: entry.end() })
        .collect();
    ebr::read(disk, &containers, &mut table);
    if let Some(finding) = gpt::remains(disk).filter(|_| mbr.protective().is_none()) {
        table.add_unless_iso(disk, finding);
    }
    Some(table)
}

/// What concerns the record as a whole.
fn check_record(disk: &Disk, mbr: &Mbr, table: &mut Table) {
    let record = table.node("mbr@0").cloned();
    let about = |finding: Finding, field: &str| match &record {
        Some(record) => finding.field(record, field),
        None => finding,
    };
    if !mbr.is_signed() {
        let found = crate::structure::hex_bytes(&mbr.record.signature, 2);
        let detail =
            format!("bytes 510 and 511 are {found} instead of 55 aa, but the entries lead to volumes");
        let finding = Finding::new(&rules::SIGNATURE_MISSING, detail).expected("55 aa", found);
        table.findings.add(about(finding, "signature"));
    }
    if table.sector_bytes != 512 {
        let detail = format!("the entries lead to volumes when a sector has {} bytes", table.sector_bytes);
        table.findings.add(about(Finding::new(&rules::SECTOR_SIZE, detail), "entries"));
    }
    let active: Vec<String> = (mbr.used())
        .filter(|(_, entry)| entry.boot_indicator == 0x80)
        .map(|(number, _)| number.to_string())
        .collect();
    if active.len() > 1 {
        let detail = format!("partitions {} are marked active", active.join(" and "));
        let finding = about(Finding::new(&rules::SEVERAL_ACTIVE, detail), "entries");
        table.add_unless_iso(disk, finding);
    }
    let has_code = mbr.record.boot_code.iter().any(|byte| *byte != 0);
    // ISO hybrids mark an entry that is otherwise empty.
    let any_marked = mbr.entries.iter().any(|entry| entry.boot_indicator == 0x80);
    if !any_marked && has_code && mbr.ordinary().next().is_some() {
        let detail = "there is boot code, but no partition is marked active";
        table.findings.add(about(Finding::new(&rules::NONE_ACTIVE, detail), "boot_code"));
    }
    let has_windows = mbr.used().any(|(_, entry)| entry.type_id == 0x07);
    if mbr.record.disk_signature == 0 && has_windows {
        let detail = "the disk signature is 0, and there is a partition of type 0x07";
        table.findings.add(about(Finding::new(&rules::NO_DISK_SIGNATURE, detail), "disk_signature"));
    }
    let extended = mbr.used().filter(|(_, entry)| entry.is_extended()).count();
    if extended > 1 {
        let detail = format!("{extended} of the four entries are extended partitions");
        table.findings.add(about(Finding::new(&rules::SEVERAL_EXTENDED, detail), "entries"));
    }
    // Where the GPT would be is unknown as long as a parent or an extent is missing.
    let is_known = disk.is_readable(512) && disk.is_readable((disk.sectors(512) - 1) * 512);
    if let Some((number, entry)) = mbr.protective().filter(|_| is_known) {
        let detail = format!(
            "entry {number} protects a GPT of {} sectors, but neither copy of a GPT was found",
            entry.sector_count
        );
        let finding = Finding::new(&rules::PROTECTIVE_ORPHAN, detail);
        let node = table.node(&entry_key(number)).cloned();
        table.findings.add(match node {
            Some(node) => finding.field(&node, "type_id"),
            None => finding,
        });
    }
    let halves = || mbr.numbered().filter(|(_, entry)| (entry.type_id == 0) != (entry.sector_count == 0));
    for (number, entry) in halves() {
        let detail =
            format!("entry {number} has type 0x{:02x} and {} sectors", entry.type_id, entry.sector_count);
        let mut faults = Faults::new(&rules::HALF_EMPTY, None);
        faults.hit(table.node(&entry_key(number)), None, || detail);
        if let Some(finding) = faults.finding() {
            table.add_unless_iso(disk, finding);
        }
    }
    let mut invalid = Faults::new(&rules::BOOT_INDICATOR, Some("boot_indicator"));
    for (number, entry) in mbr.numbered().filter(|(_, entry)| !matches!(entry.boot_indicator, 0 | 0x80)) {
        invalid.hit(table.node(&entry_key(number)), None, || {
            format!("entry {number} has boot indicator 0x{:02x}", entry.boot_indicator)
        });
    }
    table.add_faults(invalid);
}

/// What concerns one used entry that is no protective one.
fn check_entry(disk: &Disk, number: u32, entry: &PartitionEntry, table: &mut Table) {
    let last = disk.sectors(table.sector_bytes);
    let Some(node) = table.node(&entry_key(number)).cloned() else { return };
    if entry.first_sector == 0 {
        let detail = format!("partition {number} starts at sector 0");
        let finding = Finding::new(&rules::COVERS_TABLE, detail).field(&node, "first_sector");
        table.add_unless_iso(disk, finding);
    }
    if let Some(finding) = past_end(disk, table, number, entry.start(), entry.sectors(), &node) {
        let (_, excess) = table.guest(0, entry.end() - last);
        if disk.is_iso() && excess <= ISO_SLACK_BYTES {
            table.add_unless_iso(disk, finding);
        } else {
            table.findings.add(finding);
        }
    }
}

/// Whether those sectors reach past the end of the disk.
pub(super) fn past_end(
    disk: &Disk,
    table: &Table,
    number: u32,
    start: u64,
    sectors: u64,
    node: &Node,
) -> Option<Finding> {
    let last = disk.sectors(table.sector_bytes);
    let end = start.checked_add(sectors).filter(|end| *end > last)?;
    let (_, missing) = table.guest(0, end - last.max(start));
    let detail = format!(
        "partition {number} has sectors {start} to {}, but the disk has {last}: {} of the partition are missing",
        end - 1,
        size_text(missing)
    );
    let (offset, length) = table.guest(start, sectors);
    Some(
        Finding::new(&rules::ENTRY_PAST_END, detail)
            .arg("partition", number)
            .expected(format!("at most {last}"), end)
            .field(node, "sector_count")
            .guest(offset, length),
    )
}

/// Whether one geometry explains all CHS values.
fn check_chs(mbr: &Mbr, table: &mut Table) {
    let pairs: Vec<(Chs, u64)> = mbr
        .ordinary()
        .flat_map(|(_, entry)| {
            [
                (Chs::from_bytes(entry.first_chs), entry.start()),
                (Chs::from_bytes(entry.last_chs), entry.end().saturating_sub(1)),
            ]
        })
        .collect();
    if !geometry::agrees(&pairs) {
        let detail = "no number of heads and sectors per track turns all of these CHS values into the sector numbers beside them";
        let place = table.node("mbr@0").and_then(|node| node.field_span("entries"));
        table.findings.add(Finding::new(&rules::CHS, detail).on("mbr@0").place(place));
    }
}
