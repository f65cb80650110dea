//! The GUID partition table: a header and an array of entries, twice. Numbers are little-endian.

use super::disk::Disk;
use super::mbr::Mbr;
use super::ranges::{Range, overlaps};
use super::table::{Faults, Table, plain_entry};
use super::types::{self, Family};
use super::{EntryRole, rules};
use crate::finding::{Finding, Rule};
use crate::limits;
use crate::structure::{Guid, Node, Role, Show, State, size_text};

crate::structure! {
    /// Says where the partition entries are and seals them and itself with checksums. One copy stands in the sector
    /// after the MBR, the other in the last sector of the disk.
    pub struct Header("gpt.header", "GPT header", 92, Little) {
        /// Always `EFI PART`.
        0 => signature: [u8; 8], Show::Ascii;
        /// Revision of the format; 1.0 is the only one.
        8 => revision: u32, Show::Version;
        /// Bytes of this header that the checksum covers.
        12 => header_size: u32, Show::Bytes;
        /// CRC-32 of the header with these four bytes as zero.
        16 => header_crc32: u32, Show::Hex;
        /// Zero.
        20 => reserved: [u8; 4], Show::Reserved;
        /// The sector that this copy is in.
        24 => my_lba: u64, Show::Decimal;
        /// The sector that the other copy is in.
        32 => alternate_lba: u64, Show::Decimal;
        /// First sector that a partition may have.
        40 => first_usable_lba: u64, Show::Decimal;
        /// Last sector that a partition may have.
        48 => last_usable_lba: u64, Show::Decimal;
        /// The disk's identity.
        56 => disk_guid: [u8; 16], Show::Guid;
        /// First sector of this copy's array of entries.
        72 => partition_entry_lba: u64, Show::Decimal;
        /// Entries in the array, used or not.
        80 => number_of_partition_entries: u32, Show::Decimal;
        /// Bytes of one entry: 128, or that times a power of two.
        84 => size_of_partition_entry: u32, Show::Bytes;
        /// CRC-32 of the whole array, the unused entries included.
        88 => partition_entry_array_crc32: u32, Show::Hex;
    }
}

crate::structure! {
    /// One partition: what kind it is, its identity and name, and the sectors it has, the last one included.
    pub struct PartitionEntry("gpt.entry", "Partition entry", 128, Little) {
        /// What kind of partition it is; all zero where the entry is unused.
        0 => type_guid: [u8; 16], Show::Guid;
        /// The partition's own identity (PARTUUID).
        16 => unique_guid: [u8; 16], Show::Guid;
        /// First sector.
        32 => first_lba: u64, Show::Decimal;
        /// Last sector, which still belongs to the partition.
        40 => last_lba: u64, Show::Decimal;
        /// Flags: bits 0 to 2 for every type, bits 48 to 63 as the type has it.
        48 => attributes: u64, Show::Flags(ATTRIBUTES);
        /// Name, in UTF-16.
        56 => name: [u8; 72], Show::Utf16;
    }
}

const ATTRIBUTES: &[(u64, &str)] = &[
    (1, "required by the platform"),
    (1 << 1, "no block I/O protocol"),
    (LEGACY_BOOT, "legacy BIOS bootable"),
    (1 << 59, "bit 59 (grow the file system, where the type has it)"),
    (1 << 60, "bit 60 (read-only, where the type has it)"),
    (1 << 61, "bit 61 (shadow copy, where the type has it)"),
    (1 << 62, "bit 62 (hidden, where the type has it)"),
    (1 << 63, "bit 63 (no drive letter or automatic mount, where the type has it)"),
];

/// Attribute of the partition that a BIOS loader starts.
const LEGACY_BOOT: u64 = 1 << 2;

/// Attribute bits that mean nothing yet: 3 to 47.
const RESERVED_ATTRIBUTES: u64 = 0x0000_ffff_ffff_fff8;

/// What every header begins with.
const SIGNATURE: &[u8; 8] = b"EFI PART";

/// The only revision there is.
const REVISION_1_0: u32 = 0x0001_0000;

/// Sizes of a sector that are tried, the likely ones first.
const SECTOR_SIZES: [u32; 4] = [512, 4096, 1024, 2048];

/// Bytes that the array of entries takes at least, by the specification.
const ARRAY_MINIMUM: u64 = 16 << 10;

/// Bytes at the end of the disk that are searched for a header when none is in its place.
const SEARCHED_BYTES: u64 = 1 << 20;

/// Signatures in there that are looked at. One is normal; each can cost reading a whole array.
const SEARCHED_HITS: usize = 8;

/// Which copy a header is, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Primary,
    Backup,
}

impl Which {
    fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Backup => "backup",
        }
    }
}

/// What makes a header worthless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Size,
    Checksum { computed: u32 },
    Position,
}

/// An array of entries as far as it could be read.
struct Array {
    /// At most [`limits::PARTITION_TABLE_BYTES`].
    bytes: Vec<u8>,
    /// Bytes that the header gives it.
    length: u64,
    /// Its CRC-32, where all of it was read.
    computed: Option<u32>,
}

/// A header with its array.
struct Copy {
    which: Which,
    sector_bytes: u32,
    /// Sector that it was read from.
    lba: u64,
    /// That whole sector.
    sector: Vec<u8>,
    header: Header,
    fault: Option<Fault>,
    /// `None` where it could not be read at all.
    array: Option<Array>,
}

impl Copy {
    /// Reads the copy in sector `lba`; `None` where no signature is.
    fn read(disk: &Disk, which: Which, sector_bytes: u32, lba: u64) -> Option<Self> {
        let offset = lba.checked_mul(sector_bytes.into())?;
        let sector = disk.read(offset, sector_bytes as usize)?;
        let header = Header::decode(&sector).filter(|header| &header.signature == SIGNATURE)?;
        let fault = fault_of(&header, &sector, lba);
        let mut copy = Self { which, sector_bytes, lba, sector, header, fault, array: None };
        copy.array = copy.read_array(disk);
        Some(copy)
    }

    fn read_array(&self, disk: &Disk) -> Option<Array> {
        let header = &self.header;
        let length =
            u64::from(header.number_of_partition_entries) * u64::from(header.size_of_partition_entry);
        let offset = header.partition_entry_lba.checked_mul(self.sector_bytes.into())?;
        let there = disk.size().saturating_sub(offset).min(length);
        let kept = usize::try_from(there.min(limits::PARTITION_TABLE_BYTES)).ok()?;
        if kept == 0 {
            return None;
        }
        let bytes = disk.read(offset, kept)?;
        let computed = (kept as u64 == length).then(|| crc32fast::hash(&bytes));
        Some(Array { bytes, length, computed })
    }

    /// Whether header and array are what their checksums say. An array that is too long to be read counts.
    fn is_valid(&self) -> bool {
        self.fault.is_none()
            && self.array.as_ref().is_some_and(|array| match array.computed {
                Some(computed) => computed == self.header.partition_entry_array_crc32,
                None => array.length > limits::PARTITION_TABLE_BYTES,
            })
    }

    fn key(&self) -> String {
        header_key(self.which)
    }

    /// The sectors that the array takes: first, and the one after the last.
    fn array_range(&self) -> (u64, u64) {
        let header = &self.header;
        let length =
            u64::from(header.number_of_partition_entries) * u64::from(header.size_of_partition_entry);
        let start = header.partition_entry_lba;
        (start, start.saturating_add(length.div_ceil(u64::from(self.sector_bytes))))
    }

    /// In one line, why it does not count.
    fn why_invalid(&self) -> String {
        match (self.fault, &self.array) {
            (Some(Fault::Size), _) => format!("its header size {} is impossible", self.header.header_size),
            (Some(Fault::Checksum { computed }), _) => format!(
                "its header checksum is 0x{:08x}, but its bytes give 0x{computed:08x}",
                self.header.header_crc32
            ),
            (Some(Fault::Position), _) => {
                format!("it says that it is sector {}, but it is in sector {}", self.header.my_lba, self.lba)
            }
            (None, None) => "its entries cannot be read".into(),
            (None, Some(array)) if array.computed.is_none() => "its entries are cut off".into(),
            (None, Some(_)) => "the checksum of its entries does not match".into(),
        }
    }
}

fn header_key(which: Which) -> String {
    format!("gpt.header@{}", which.word())
}

fn entries_key(which: Which) -> String {
    format!("gpt.entries@{}", which.word())
}

fn fault_of(header: &Header, sector: &[u8], lba: u64) -> Option<Fault> {
    let size = usize::try_from(header.header_size).ok().filter(|size| *size >= Header::LENGTH);
    let Some(sealed) = size.and_then(|size| sector.get(..size)) else { return Some(Fault::Size) };
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(sealed.get(..16).unwrap_or_default());
    hasher.update(&[0; 4]);
    hasher.update(sealed.get(20..).unwrap_or_default());
    let computed = hasher.finalize();
    if computed != header.header_crc32 {
        Some(Fault::Checksum { computed })
    } else if header.my_lba != lba {
        Some(Fault::Position)
    } else {
        None
    }
}

/// Both copies, as far as they were found. At least one is there.
struct Copies {
    primary: Option<Copy>,
    backup: Option<Copy>,
    /// Another size of a sector for which there is a valid primary header too.
    also: Option<u32>,
}

impl Copies {
    /// Looks for both copies with every size of a sector. `thorough` searches the end of the disk where nothing is in
    /// its place.
    fn find(disk: &Disk, thorough: bool) -> Option<Self> {
        let mut primaries: Vec<Copy> = SECTOR_SIZES
            .iter()
            .filter_map(|sector_bytes| Copy::read(disk, Which::Primary, *sector_bytes, 1))
            .collect();
        let mut valid: Vec<usize> =
            (0..primaries.len()).filter(|at| primaries.get(*at).is_some_and(Copy::is_valid)).collect();
        // Of several, the one whose backup is there too.
        valid.sort_by_cached_key(|at| {
            let copy = primaries.get(*at);
            !copy.and_then(|copy| backup_of(disk, copy)).is_some_and(|backup| backup.is_valid())
        });
        if let Some(chosen) = valid.first() {
            let also = valid.get(1).and_then(|other| primaries.get(*other)).map(|copy| copy.sector_bytes);
            let primary = primaries.swap_remove(*chosen);
            let backup = backup_of(disk, &primary);
            return Some(Self { primary: Some(primary), backup, also });
        }
        let primary = if primaries.is_empty() { None } else { Some(primaries.swap_remove(0)) };
        let mut backup = SECTOR_SIZES
            .iter()
            .filter_map(|sector_bytes| {
                let last = disk.sectors(*sector_bytes).checked_sub(1)?;
                Copy::read(disk, Which::Backup, *sector_bytes, last)
            })
            .min_by_key(|copy| !copy.is_valid());
        if !backup.as_ref().is_some_and(Copy::is_valid) {
            let named = primary.as_ref().and_then(|primary| backup_of(disk, primary));
            let found = named.filter(Copy::is_valid).or_else(|| if thorough { search(disk) } else { None });
            backup = found.or(backup);
        }
        let primary = match (&backup, primary) {
            // A damaged primary of another sector size is no copy of a valid backup.
            (Some(backup), Some(primary))
                if backup.is_valid() && backup.sector_bytes != primary.sector_bytes =>
            {
                None
            }
            (_, primary) => primary,
        };
        (primary.is_some() || backup.is_some()).then_some(Self { primary, backup, also: None })
    }

    /// The copy that counts: the first valid one, or else the first whose entries can be read.
    fn chosen(&self) -> Option<&Copy> {
        let both = || self.primary.iter().chain(&self.backup);
        both()
            .find(|copy| copy.is_valid())
            .or_else(|| both().find(|copy| copy.array.is_some()))
            .or_else(|| both().next())
    }
}

/// What is known of a copy.
enum Status {
    Valid,
    Invalid,
    /// Nothing backs its place, or the host could not read there.
    Unread,
}

impl Copies {
    fn primary_status(&self, disk: &Disk) -> Status {
        let sector_bytes = self.backup.as_ref().map_or(512, |copy| copy.sector_bytes);
        status(disk, self.primary.as_ref(), sector_bytes.into())
    }

    fn backup_status(&self, disk: &Disk) -> Status {
        let (sector_bytes, named) =
            self.primary.as_ref().map_or((512, 0), |copy| (copy.sector_bytes, copy.header.alternate_lba));
        let last = disk.sectors(sector_bytes).saturating_sub(1);
        let place = if named > 1 { named.min(last) } else { last };
        status(disk, self.backup.as_ref(), place.saturating_mul(sector_bytes.into()))
    }
}

/// The status of a copy that should be at byte `place`.
fn status(disk: &Disk, copy: Option<&Copy>, place: u64) -> Status {
    match copy {
        Some(copy) if copy.is_valid() => Status::Valid,
        Some(copy) if copy.fault.is_none() && copy.array.is_none() => {
            let array = copy.header.partition_entry_lba.saturating_mul(copy.sector_bytes.into());
            let is_there = array < disk.size() && copy.array_range().0 < copy.array_range().1;
            if is_there { Status::Unread } else { Status::Invalid }
        }
        None if !disk.is_readable(place) => Status::Unread,
        _ => Status::Invalid,
    }
}

/// The backup of that primary: where it says, or else in the last sector.
fn backup_of(disk: &Disk, primary: &Copy) -> Option<Copy> {
    let named = primary.header.alternate_lba;
    let last = disk.sectors(primary.sector_bytes).checked_sub(1)?;
    let at = |lba: u64| Copy::read(disk, Which::Backup, primary.sector_bytes, lba);
    let found = if named > 1 && named <= last { at(named) } else { None };
    match found {
        Some(copy) if copy.is_valid() => Some(copy),
        other if named == last => other,
        other => at(last).filter(Copy::is_valid).or(other),
    }
}

/// Searches the end of the disk for a valid header.
fn search(disk: &Disk) -> Option<Copy> {
    let start = disk.size().saturating_sub(SEARCHED_BYTES).next_multiple_of(512);
    let bytes = disk.read(start, usize::try_from(disk.size().checked_sub(start)?).ok()?)?;
    let hits = bytes.chunks(512).enumerate().filter(|(_, sector)| sector.starts_with(SIGNATURE));
    hits.flat_map(|(at, _)| {
        let offset = start + at as u64 * 512;
        SECTOR_SIZES
            .iter()
            .filter(move |size| offset.is_multiple_of(u64::from(**size)))
            .map(move |size| (*size, offset / u64::from(*size)))
    })
    .take(SEARCHED_HITS)
    .filter_map(|(size, lba)| Copy::read(disk, Which::Backup, size, lba))
    .find(Copy::is_valid)
}

/// Reads the tables of a disk that is partitioned by a GPT.
///
/// Windows and Linux only believe a GPT behind a protective MBR. Without one it counts here only where nothing else is
/// on the disk.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let mbr = Mbr::of(disk);
    let protected = mbr.as_ref().is_some_and(Mbr::is_protective);
    let copies = Copies::find(disk, protected)?;
    let chosen = copies.chosen()?;
    if !protected {
        let other_table =
            mbr.as_ref().is_some_and(|mbr| mbr.ordinary().next().is_some() && mbr.is_table(disk));
        let sane = chosen.header.revision == REVISION_1_0 && chosen.header.my_lba == chosen.lba;
        if other_table || disk.volume().volume.is_some() || !(sane || chosen.is_valid()) {
            return None;
        }
    }
    let hybrid = protected && mbr.as_ref().is_some_and(|mbr| mbr.ordinary().next().is_some());
    let mut table = Table::new(if hybrid { "hybrid" } else { "gpt" }, chosen.sector_bytes);
    let header = &chosen.header;
    table.disk_id = Guid::from_bytes(&header.disk_guid).map(|guid| guid.to_string());
    let last = disk.sectors(table.sector_bytes);
    table.usable = (header.first_usable_lba, header.last_usable_lba.saturating_add(1).min(last));

    if let Some(mbr) = &mbr {
        let title = match (protected, hybrid) {
            (_, true) => "Hybrid master boot record",
            (true, _) => "Protective master boot record",
            _ => "Sector 0",
        };
        table.nodes = mbr.nodes(disk, title);
    }
    show_copies(disk, &copies, &mut table);
    check_copies(disk, &copies, &mut table);
    read_entries(disk, chosen, &mut table);
    check_protection(disk, mbr.as_ref(), &mut table);
    Some(table)
}

/// Adds the structures of both copies, found or not.
fn show_copies(disk: &Disk, copies: &Copies, table: &mut Table) {
    let running_on_backup = !copies.primary.as_ref().is_some_and(Copy::is_valid)
        && copies.backup.as_ref().is_some_and(Copy::is_valid);
    for which in [Which::Primary, Which::Backup] {
        let copy = match which {
            Which::Primary => &copies.primary,
            Which::Backup => &copies.backup,
        };
        let role = match which {
            Which::Primary => Role::Primary,
            Which::Backup => Role::Backup,
        };
        let title = format!("GPT header, {}", which.word());
        let Some(copy) = copy else {
            let node = Node::area(Header::LAYOUT.id, header_key(which), title, None);
            let why = format!("No {} header was found.", which.word());
            table.nodes.push(node.role(role).state(State::Absent).note(why));
            continue;
        };
        let offset = copy.lba.saturating_mul(copy.sector_bytes.into());
        let sealed = copy.sector.get(..Header::LENGTH).unwrap_or_default();
        let mut node =
            Node::of(&Header::LAYOUT, copy.key(), &**disk.bytes(), offset, sealed).titled(title).role(role);
        if !copy.is_valid() {
            node = node.state(State::Damaged).note(format!("It does not count: {}.", copy.why_invalid()));
        } else if which == Which::Backup && running_on_backup {
            node = node.note("The table is read from this copy, for the primary one is not valid.");
        } else if which == Which::Backup {
            node = node.note("A spare copy: it only counts where the primary one is not valid.");
        }
        table.nodes.push(node);
        if let Some(array) = &copy.array {
            let start = copy.header.partition_entry_lba.saturating_mul(copy.sector_bytes.into());
            let span = crate::structure::span_at(&**disk.bytes(), start, array.bytes.len() as u64);
            let title = format!("GPT entries, {}", which.word());
            let wrong = array.computed.is_some_and(|crc| crc != copy.header.partition_entry_array_crc32);
            let cut = array.computed.is_none() && array.length <= limits::PARTITION_TABLE_BYTES;
            let state = match (copy.fault, wrong, cut) {
                (None, true, _) => State::Damaged,
                (None, _, true) => State::Truncated,
                _ => State::Ok,
            };
            let node = Node::area("gpt.entries", entries_key(which), title, span);
            let about = "The array of partition entries; the used ones are shown.";
            table.nodes.push(node.role(role).state(state).note(about).within(copy.key()));
        }
    }
}

/// What concerns the headers and their arrays as a whole.
fn check_copies(disk: &Disk, copies: &Copies, table: &mut Table) {
    for copy in copies.primary.iter().chain(&copies.backup) {
        check_header(disk, copy, table);
    }
    if let Some(other) = copies.also {
        let detail = format!(
            "there is a valid header for sectors of {} bytes and one for sectors of {other} bytes; the first is used",
            table.sector_bytes
        );
        table.findings.add(Finding::new(&rules::SECTOR_SIZES_BOTH, detail).on(header_key(Which::Primary)));
    }
    if table.sector_bytes != 512 {
        let detail = format!("its header is where a sector has {} bytes", table.sector_bytes);
        let key = copies.chosen().map_or_else(String::new, Copy::key);
        table.findings.add(Finding::new(&rules::SECTOR_SIZE, detail).on(key));
    }
    let why = |copy: &Option<Copy>| match copy {
        Some(copy) => copy.why_invalid(),
        None => "no header was found in its place".into(),
    };
    match (copies.primary_status(disk), copies.backup_status(disk)) {
        (Status::Valid, Status::Valid) => check_pair(disk, copies, table),
        (Status::Valid, Status::Invalid) => check_lone_primary(disk, copies, table),
        (Status::Invalid, Status::Valid) => {
            let detail = format!(
                "the primary GPT is not valid: {}; the table is read from the backup",
                why(&copies.primary)
            );
            let place = table.node(&header_key(Which::Primary)).and_then(|node| node.span);
            let finding = Finding::new(&rules::PRIMARY_INVALID, detail);
            table.findings.add(finding.on(header_key(Which::Primary)).place(place));
        }
        (Status::Invalid, Status::Invalid) => {
            let detail = format!(
                "primary: {}; backup: {}; what is listed comes from the {} one and cannot be trusted",
                why(&copies.primary),
                why(&copies.backup),
                copies.chosen().map_or("primary", |copy| copy.which.word())
            );
            table.findings.add(Finding::new(&rules::BOTH_INVALID, detail).on(header_key(Which::Primary)));
        }
        // What could not be read was said already, and nothing follows from it.
        (Status::Unread, _) | (_, Status::Unread) => {}
    }
}

/// What concerns one header and its array.
fn check_header(disk: &Disk, copy: &Copy, table: &mut Table) {
    let Some(node) = table.node(&copy.key()).cloned() else { return };
    let header = &copy.header;
    let word = copy.which.word();
    let add = |table: &mut Table, rule: &'static Rule, field: &str, detail: String| {
        table.findings.add(Finding::new(rule, detail).field(&node, field));
    };
    match copy.fault {
        Some(Fault::Size) => {
            return add(
                table,
                &rules::HEADER_SIZE,
                "header_size",
                format!(
                    "the {word} header says that it has {} bytes; {} to {} are possible",
                    header.header_size,
                    Header::LENGTH,
                    copy.sector_bytes
                ),
            );
        }
        Some(Fault::Checksum { computed }) => {
            let detail = format!(
                "the {word} header stores 0x{:08x}, its bytes give 0x{computed:08x}",
                header.header_crc32
            );
            let finding = Finding::new(&rules::HEADER_CHECKSUM, detail)
                .expected(format!("0x{computed:08x}"), format!("0x{:08x}", header.header_crc32));
            table.findings.add(finding.field(&node, "header_crc32"));
            // Nothing else in it can be trusted.
            return;
        }
        Some(Fault::Position) => add(
            table,
            &rules::HEADER_POSITION,
            "my_lba",
            format!(
                "the {word} header says that it is sector {}, but it is in sector {}",
                header.my_lba, copy.lba
            ),
        ),
        None => {}
    }
    let (array_start, array_end) = copy.array_range();
    let last = disk.sectors(copy.sector_bytes);
    let (first_usable, last_usable) = (header.first_usable_lba, header.last_usable_lba);
    if array_end > last {
        add(
            table,
            &rules::ENTRIES_POSITION,
            "partition_entry_lba",
            format!(
                "the {word} entries take sectors {array_start} to {}, but the disk has {last}",
                array_end - 1
            ),
        );
    } else if array_start <= last_usable && first_usable < array_end && first_usable <= last_usable {
        add(
            table,
            &rules::ENTRIES_POSITION,
            "partition_entry_lba",
            format!(
                "the {word} entries take sectors {array_start} to {}, and partitions may take {first_usable} to {last_usable}",
                array_end.saturating_sub(1)
            ),
        );
    } else if (array_start..array_end).contains(&copy.lba) {
        add(
            table,
            &rules::ENTRIES_POSITION,
            "partition_entry_lba",
            format!(
                "the {word} entries begin at sector {array_start} and cover the header in sector {}",
                copy.lba
            ),
        );
    }
    if let Some(computed) = copy.array.as_ref().and_then(|array| array.computed)
        && computed != header.partition_entry_array_crc32
    {
        let stored = header.partition_entry_array_crc32;
        let detail = format!("the {word} header stores 0x{stored:08x}, its entries give 0x{computed:08x}");
        let finding = Finding::new(&rules::ENTRIES_CHECKSUM, detail)
            .expected(format!("0x{computed:08x}"), format!("0x{stored:08x}"));
        table.findings.add(finding.field(&node, "partition_entry_array_crc32"));
    }
    if copy.which == Which::Primary {
        check_values(disk, copy, &node, table);
    }
}

/// What concerns the values that both copies share; the primary stands for both.
fn check_values(disk: &Disk, copy: &Copy, node: &Node, table: &mut Table) {
    let header = &copy.header;
    let last = disk.sectors(copy.sector_bytes);
    let mut add = |rule: &'static Rule, field: &str, detail: String| {
        table.findings.add(Finding::new(rule, detail).field(node, field));
    };
    if header.revision != REVISION_1_0 {
        let found = format!("{}.{}", header.revision >> 16, header.revision & 0xffff);
        add(&rules::HEADER_REVISION, "revision", format!("the revision is {found} instead of 1.0"));
    }
    let rest = copy.sector.get(Header::LENGTH..).unwrap_or_default();
    if header.reserved != [0; 4] || rest.iter().any(|byte| *byte != 0) {
        let detail = "bytes 20 to 23 or the bytes after the header's 92 are not all zero".into();
        add(&rules::HEADER_RESERVED, "reserved", detail);
    }
    let (first_usable, last_usable) = (header.first_usable_lba, header.last_usable_lba);
    if first_usable > last_usable {
        let detail = format!("the first usable sector {first_usable} is after the last one, {last_usable}");
        add(&rules::USABLE_RANGE, "first_usable_lba", detail);
    } else if last_usable >= last {
        let detail = format!("partitions may take sectors up to {last_usable}, but the disk has {last}");
        add(&rules::USABLE_RANGE, "last_usable_lba", detail);
    }
    let (number, size) = (header.number_of_partition_entries, header.size_of_partition_entry);
    let length = u64::from(number) * u64::from(size);
    if number == 0 || size < 128 || !(size / 128).is_power_of_two() || size % 128 != 0 {
        let detail = format!("there are {number} entries of {size} bytes");
        add(&rules::ENTRY_SIZE_INVALID, "size_of_partition_entry", detail);
    } else {
        if size != 128 {
            let detail = format!("an entry has {size} bytes");
            add(&rules::ENTRY_SIZE_UNUSUAL, "size_of_partition_entry", detail);
        }
        if length < ARRAY_MINIMUM {
            let detail = format!("{number} entries of {size} bytes take {length} bytes");
            add(&rules::ENTRIES_SMALL, "number_of_partition_entries", detail);
        }
        if length > limits::PARTITION_TABLE_BYTES {
            let detail = format!(
                "{number} entries of {size} bytes take {}; the first {} were read",
                size_text(length),
                size_text(limits::PARTITION_TABLE_BYTES)
            );
            add(&rules::ENTRIES_LARGE, "number_of_partition_entries", detail);
        }
    }
}

/// Both copies are valid: whether they are where they should be and agree.
fn check_pair(disk: &Disk, copies: &Copies, table: &mut Table) {
    let (Some(primary), Some(backup)) = (&copies.primary, &copies.backup) else { return };
    let last = disk.sectors(table.sector_bytes).saturating_sub(1);
    let Some(node) = table.node(&primary.key()).cloned() else { return };
    if backup.lba != last {
        let unusable = last - backup.lba;
        let (offset, length) = table.guest(backup.lba + 1, unusable);
        let detail = format!(
            "the backup header is in sector {}, but the last sector of the disk is {last}: {} after it cannot be used",
            backup.lba,
            size_text(length)
        );
        let finding = Finding::new(&rules::BACKUP_NOT_AT_END, detail)
            .expected(last, backup.lba)
            .field(&node, "alternate_lba")
            .guest(offset, length);
        table.add_unless_iso(disk, finding);
    } else if primary.header.alternate_lba != backup.lba {
        let detail = format!(
            "the primary header says that the backup is in sector {}, but it is in sector {last}",
            primary.header.alternate_lba
        );
        table.findings.add(Finding::new(&rules::COPIES_DIFFER, detail).field(&node, "alternate_lba"));
    }
    let (a, b) = (&primary.header, &backup.header);
    let mut differences = Vec::new();
    let mut compare = |what: &'static str, equal: bool| {
        if !equal {
            differences.push(what);
        }
    };
    compare("the disk GUID", a.disk_guid == b.disk_guid);
    compare("the first usable sector", a.first_usable_lba == b.first_usable_lba);
    compare("the last usable sector", a.last_usable_lba == b.last_usable_lba);
    compare("the number of entries", a.number_of_partition_entries == b.number_of_partition_entries);
    compare("the size of an entry", a.size_of_partition_entry == b.size_of_partition_entry);
    compare("the entries", a.partition_entry_array_crc32 == b.partition_entry_array_crc32);
    if !differences.is_empty() {
        let detail = format!("primary and backup differ in {}", differences.join(", "));
        let place = table.node(&backup.key()).and_then(|node| node.span);
        let finding = Finding::new(&rules::COPIES_DIFFER, detail).on(backup.key());
        table.findings.add(finding.place(node.span).place(place));
    }
}

/// Only the primary copy is valid: whether the disk was cut, or the backup is damaged.
fn check_lone_primary(disk: &Disk, copies: &Copies, table: &mut Table) {
    let Some(primary) = &copies.primary else { return };
    let Some(node) = table.node(&primary.key()).cloned() else { return };
    let named = primary.header.alternate_lba;
    let sectors = disk.sectors(table.sector_bytes);
    let finding = if named >= sectors {
        let (_, missing) = table.guest(0, (named - sectors).saturating_add(1));
        let detail = format!(
            "the backup header should be in sector {named}, but the disk has {sectors} sectors: {} are missing",
            size_text(missing)
        );
        Finding::new(&rules::DISK_TRUNCATED, detail).expected(named.saturating_add(1), sectors)
    } else {
        let why = match &copies.backup {
            Some(backup) => backup.why_invalid(),
            None => "no header is there".into(),
        };
        Finding::new(
            &rules::BACKUP_INVALID,
            format!("the backup header in sector {named} is not valid: {why}"),
        )
    };
    let is_cut = named >= sectors;
    let finding = finding.field(&node, "alternate_lba");
    if is_cut { table.findings.add(finding) } else { table.add_unless_iso(disk, finding) }
}

/// A used entry of the array.
struct Used {
    number: u32,
    entry: PartitionEntry,
    /// Where it lies.
    node: Node,
}

/// Adds the partitions of that copy and checks them.
fn read_entries(disk: &Disk, copy: &Copy, table: &mut Table) {
    let Some(array) = &copy.array else { return };
    let size = copy.header.size_of_partition_entry as usize;
    if size < PartitionEntry::LENGTH {
        return;
    }
    let array_offset = copy.header.partition_entry_lba.saturating_mul(copy.sector_bytes.into());
    let mut used = Vec::new();
    let mut leftover = Faults::new(&rules::LEFTOVER, None);
    for (number, bytes) in (1_u32..).zip(array.bytes.chunks_exact(size)) {
        let Some(entry) = PartitionEntry::decode(bytes) else { continue };
        let is_used = entry.type_guid != [0; 16];
        if !is_used && bytes.iter().all(|byte| *byte == 0) {
            continue;
        }
        let key = format!("gpt.entry@{number}");
        let offset = array_offset + (number as usize - 1) as u64 * size as u64;
        let node = Node::of(&PartitionEntry::LAYOUT, key, &**disk.bytes(), offset, bytes)
            .within(entries_key(copy.which))
            .titled(format!("Entry {number}: {}", entry.type_name().unwrap_or("unknown type")));
        if is_used {
            used.push(Used { number, entry, node });
        } else {
            leftover
                .hit(None, None, || format!("entry {number} has no type, but its other bytes are not zero"));
        }
    }
    table.add_faults(leftover);

    check_entries(disk, &used, table);
    if used.len() > limits::PARTITIONS {
        let detail = format!("{} entries are used; the first {} are shown", used.len(), limits::PARTITIONS);
        table.findings.add(Finding::new(&rules::TOO_MANY, detail).on(entries_key(copy.which)));
        used.truncate(limits::PARTITIONS);
    }
    for Used { number, entry, node } in used {
        let mut declared = plain_entry(number, EntryRole::Partition, entry.first_lba, entry.sectors());
        let type_guid = Guid::from_bytes(&entry.type_guid);
        let name = crate::structure::utf16(&entry.name, crate::structure::Endian::Little);
        declared.type_id = type_guid.map(|guid| guid.to_string()).unwrap_or_default();
        declared.type_name = entry.type_name().map(Into::into);
        declared.name = Some(name).filter(|name| !name.is_empty());
        declared.id = Guid::from_bytes(&entry.unique_guid).map(|guid| guid.to_string());
        declared.active = entry.attributes & LEGACY_BOOT != 0;
        declared.structure = Some(node.key.clone());
        table.nodes.push(node);
        table.declare(declared, type_guid.map_or(Family::Other, Family::of_gpt));
    }
}

impl PartitionEntry {
    /// Number of sectors; 0 where the last is before the first.
    fn sectors(&self) -> u64 {
        (self.last_lba.checked_sub(self.first_lba)).map_or(0, |more| more.saturating_add(1))
    }

    fn type_name(&self) -> Option<&'static str> {
        types::gpt_name(Guid::from_bytes(&self.type_guid)?)
    }
}

/// What concerns the used entries.
fn check_entries(disk: &Disk, used: &[Used], table: &mut Table) {
    let last = disk.sectors(table.sector_bytes);
    let (first_usable, after_usable) = table.usable;
    let mut range = Faults::new(&rules::GPT_ENTRY_RANGE, Some("last_lba"));
    let mut no_guid = Faults::new(&rules::NO_GUID, Some("unique_guid"));
    let mut unknown = Faults::new(&rules::UNKNOWN_TYPE, Some("type_guid"));
    let mut reserved = Faults::new(&rules::RESERVED_ATTRIBUTES, Some("attributes"));
    let mut overlap = Faults::new(&rules::GPT_ENTRY_OVERLAP, Some("first_lba"));
    let mut duplicate = Faults::new(&rules::DUPLICATE_GUID, Some("unique_guid"));
    for Used { number, entry, node } in used {
        let (first, end) = (entry.first_lba, entry.last_lba);
        let guest = Some(table.guest(first, entry.sectors()));
        if first > end {
            range.hit(Some(node), None, || {
                format!("partition {number} starts at sector {first} and ends at {end}")
            });
        } else if end >= last {
            range.hit(Some(node), guest, || {
                let (_, missing) = table.guest(0, end - first.max(last).min(end) + 1);
                format!(
                    "partition {number} has sectors {first} to {end}, but the disk has {last}: {} of it are missing",
                    size_text(missing)
                )
            });
        } else if first < first_usable || end >= after_usable {
            range.hit(Some(node), guest, || {
                format!(
                    "partition {number} has sectors {first} to {end}, but partitions may only take {first_usable} to {}",
                    after_usable.saturating_sub(1)
                )
            });
        }
        if entry.unique_guid == [0; 16] {
            no_guid.hit(Some(node), None, || format!("partition {number} has no GUID of its own"));
        }
        if entry.type_name().is_none() {
            let guid = Guid::from_bytes(&entry.type_guid).map(|guid| guid.to_string()).unwrap_or_default();
            unknown.hit(Some(node), None, || format!("partition {number} has the type {guid}"));
        }
        if entry.attributes & RESERVED_ATTRIBUTES != 0 {
            reserved.hit(Some(node), None, || {
                format!("partition {number} has the attributes 0x{:016x}", entry.attributes)
            });
        }
    }
    let ranges = (used.iter().enumerate())
        .map(|(owner, used)| Range {
            start: used.entry.first_lba,
            end: used.entry.first_lba.saturating_add(used.entry.sectors()),
            owner,
        })
        .collect();
    for found in overlaps(ranges) {
        let (Some(first), Some(second)) = (used.get(found.first), used.get(found.second)) else { continue };
        let guest = table.guest(found.start, found.end - found.start);
        overlap.hit(Some(&second.node), Some(guest), || {
            format!(
                "partitions {} and {} both have sectors {} to {}",
                first.number,
                second.number,
                found.start,
                found.end - 1
            )
        });
    }
    let mut by_guid: Vec<&Used> = used.iter().filter(|used| used.entry.unique_guid != [0; 16]).collect();
    by_guid.sort_by_key(|used| (used.entry.unique_guid, used.number));
    for (first, second) in by_guid.iter().zip(by_guid.iter().skip(1)) {
        if first.entry.unique_guid == second.entry.unique_guid {
            duplicate.hit(Some(&second.node), None, || {
                let guid = Guid::from_bytes(&first.entry.unique_guid).map(|guid| guid.to_string());
                format!(
                    "partitions {} and {} both have the GUID {}",
                    first.number,
                    second.number,
                    guid.unwrap_or_default()
                )
            });
        }
    }
    let is_iso = disk.is_iso();
    for faults in [range, overlap, duplicate] {
        match faults.finding() {
            Some(finding) if is_iso => table.add_unless_iso(disk, finding),
            Some(finding) => table.findings.add(finding),
            None => {}
        }
    }
    for faults in [no_guid, unknown, reserved] {
        table.add_faults(faults);
    }
}

/// What concerns the MBR in front of the GPT.
fn check_protection(disk: &Disk, mbr: Option<&Mbr>, table: &mut Table) {
    let Some(mbr) = mbr else { return };
    let Some((number, entry)) = mbr.protective().filter(|_| mbr.is_protective()) else {
        let detail = "sector 0 has no entry of type 0xee with the signature 55 aa";
        let place = table.node("mbr@0").and_then(|node| node.field_span("entries"));
        table.findings.add(Finding::new(&rules::PROTECTIVE_MISSING, detail).on("mbr@0").place(place));
        return;
    };
    let key = |number: u32| format!("mbr.entry@{number}");
    let last = disk.sectors(table.sector_bytes).saturating_sub(1);
    let expected = u32::try_from(last).unwrap_or(u32::MAX);
    let hybrid = table.scheme == "hybrid";
    if !hybrid && entry.sector_count != expected && entry.sector_count != u32::MAX {
        let detail = format!(
            "the protective entry has {} sectors; the disk has {expected} after the first",
            entry.sector_count
        );
        let place = table.node(&key(number)).and_then(|node| node.field_span("sector_count"));
        let finding = Finding::new(&rules::PROTECTIVE_SIZE, detail).expected(expected, entry.sector_count);
        table.findings.add(finding.on(key(number)).place(place));
    }
    if !hybrid {
        return;
    }
    let mut mirrored = Vec::new();
    let mut astray = Faults::new(&rules::HYBRID_MISMATCH, Some("first_sector"));
    for (number, entry) in mbr.ordinary() {
        let twin = table.partitions.iter().find(|partition| {
            partition.start() == entry.start() && partition.entry.sector_count == entry.sectors()
        });
        match twin {
            Some(twin) => mirrored.push(format!("entry {number} is partition {}", twin.entry.index)),
            None => astray.hit(table.node(&key(number)), None, || {
                format!(
                    "entry {number} of the MBR has sectors {} to {}; no partition of the GPT has the same",
                    entry.start(),
                    entry.end() - 1
                )
            }),
        }
    }
    let detail = if mirrored.is_empty() {
        "the MBR has ordinary entries beside the one that protects the GPT".into()
    } else {
        format!("the MBR repeats partitions of the GPT: {}", mirrored.join(", "))
    };
    let place = table.node("mbr@0").and_then(|node| node.field_span("entries"));
    table.add_unless_iso(disk, Finding::new(&rules::HYBRID, detail).on("mbr@0").place(place));
    if let Some(finding) = astray.finding() {
        table.add_unless_iso(disk, finding);
    }
}

/// Whether a disk that is not partitioned by a GPT still has parts of one.
pub(super) fn remains(disk: &Disk) -> Option<Finding> {
    let last = (disk.size() / 512 * 512).checked_sub(512);
    let places = [Some(512), Some(4096), last];
    let offset = (places.into_iter().flatten())
        .find(|offset| disk.read(*offset, SIGNATURE.len()).is_some_and(|bytes| bytes == SIGNATURE))?;
    let place = crate::structure::span_at(&**disk.bytes(), offset, 512);
    let detail = format!("a GPT header is still at byte {offset}, but the disk is not partitioned by a GPT");
    Some(Finding::new(&rules::GPT_REMAINS, detail).place(place))
}
