//! What both headers of a GPT say of themselves and of each other.

use super::copies::{Copies, Copy, Fault, Status, Which, entries_key, header_key};
use super::{Header, REVISION_1_0};
use crate::finding::{Finding, Rule};
use crate::limits;
use crate::partition::disk::Disk;
use crate::partition::rules;
use crate::partition::table::Table;
use crate::structure::{Node, Role, State, size_text};

/// Bytes that the array of entries takes at least, by the specification.
const ARRAY_MINIMUM: u64 = 16 << 10;

/// Adds the structures of both copies, found or not.
pub(super) fn show(disk: &Disk, copies: &Copies, table: &mut Table) {
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
            let length = array.bytes.len() as u64;
            let span = crate::structure::span_at(&**disk.bytes(), start, length);
            let title = format!("GPT entries, {}", which.word());
            let wrong = array.computed.is_some_and(|crc| crc != copy.header.partition_entry_array_crc32);
            let cut = array.computed.is_none() && array.length <= limits::PARTITION_TABLE_BYTES;
            let state = match (copy.fault, wrong, cut) {
                (None, true, _) => State::Damaged,
                (None, _, true) => State::Truncated,
                _ => State::Ok,
            };
            let node = Node::area("gpt.entries", entries_key(which), title, span).at(start, length);
            let about = "The array of partition entries; the used ones are shown.";
            table.nodes.push(node.role(role).state(state).note(about).within(copy.key()));
        }
    }
}

/// What concerns the headers and their arrays as a whole.
pub(super) fn check(disk: &Disk, copies: &Copies, table: &mut Table) {
    for copy in copies.primary.iter().chain(&copies.backup) {
        check_header(disk, copy, table);
    }
    if let Some(other) = copies.also {
        let detail = format!(
            "there is a valid header for sectors of {} bytes and one for sectors of {other} bytes; the first is used",
            table.sector_bytes
        );
        table
            .findings
            .add(Finding::new(&rules::gpt::SECTOR_SIZES_BOTH, detail).on(header_key(Which::Primary)));
    }
    if table.sector_bytes != 512 {
        let detail = format!("its header is where a sector has {} bytes", table.sector_bytes);
        let key = copies.chosen().map_or_else(String::new, Copy::key);
        table.findings.add(Finding::new(&rules::general::SECTOR_SIZE, detail).on(key));
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
            let finding = Finding::new(&rules::gpt::PRIMARY_INVALID, detail);
            table.findings.add(finding.on(header_key(Which::Primary)).place(place));
        }
        (Status::Invalid, Status::Invalid) => {
            let detail = format!(
                "primary: {}; backup: {}; what is listed comes from the {} one and cannot be trusted",
                why(&copies.primary),
                why(&copies.backup),
                copies.chosen().map_or("primary", |copy| copy.which.word())
            );
            table
                .findings
                .add(Finding::new(&rules::gpt::BOTH_INVALID, detail).on(header_key(Which::Primary)));
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
                &rules::gpt::HEADER_SIZE,
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
            let finding = Finding::new(&rules::gpt::HEADER_CHECKSUM, detail)
                .expected(format!("0x{computed:08x}"), format!("0x{:08x}", header.header_crc32));
            table.findings.add(finding.field(&node, "header_crc32"));
            // Nothing else in it can be trusted.
            return;
        }
        Some(Fault::Position) => add(
            table,
            &rules::gpt::HEADER_POSITION,
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
            &rules::gpt::ENTRIES_POSITION,
            "partition_entry_lba",
            format!(
                "the {word} entries take sectors {array_start} to {}, but the disk has {last}",
                array_end - 1
            ),
        );
    } else if array_start <= last_usable && first_usable < array_end && first_usable <= last_usable {
        add(
            table,
            &rules::gpt::ENTRIES_POSITION,
            "partition_entry_lba",
            format!(
                "the {word} entries take sectors {array_start} to {}, and partitions may take {first_usable} to {last_usable}",
                array_end.saturating_sub(1)
            ),
        );
    } else if (array_start..array_end).contains(&copy.lba) {
        add(
            table,
            &rules::gpt::ENTRIES_POSITION,
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
        let finding = Finding::new(&rules::gpt::ENTRIES_CHECKSUM, detail)
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
        add(&rules::gpt::HEADER_REVISION, "revision", format!("the revision is {found} instead of 1.0"));
    }
    let rest = copy.sector.get(Header::LENGTH..).unwrap_or_default();
    if header.reserved != [0; 4] || rest.iter().any(|byte| *byte != 0) {
        let detail = "bytes 20 to 23 or the bytes after the header's 92 are not all zero".into();
        add(&rules::gpt::HEADER_RESERVED, "reserved", detail);
    }
    let (first_usable, last_usable) = (header.first_usable_lba, header.last_usable_lba);
    if first_usable > last_usable {
        let detail = format!("the first usable sector {first_usable} is after the last one, {last_usable}");
        add(&rules::gpt::USABLE_RANGE, "first_usable_lba", detail);
    } else if last_usable >= last {
        let detail = format!("partitions may take sectors up to {last_usable}, but the disk has {last}");
        add(&rules::gpt::USABLE_RANGE, "last_usable_lba", detail);
    }
    let (number, size) = (header.number_of_partition_entries, header.size_of_partition_entry);
    let length = u64::from(number) * u64::from(size);
    if number == 0 || size < 128 || !(size / 128).is_power_of_two() || size % 128 != 0 {
        let detail = format!("there are {number} entries of {size} bytes");
        add(&rules::gpt::ENTRY_SIZE_INVALID, "size_of_partition_entry", detail);
    } else {
        if size != 128 {
            let detail = format!("an entry has {size} bytes");
            add(&rules::gpt::ENTRY_SIZE_UNUSUAL, "size_of_partition_entry", detail);
        }
        if length < ARRAY_MINIMUM {
            let detail = format!("{number} entries of {size} bytes take {length} bytes");
            add(&rules::gpt::ENTRIES_SMALL, "number_of_partition_entries", detail);
        }
        if length > limits::PARTITION_TABLE_BYTES {
            let detail = format!(
                "{number} entries of {size} bytes take {}; the first {} were read",
                size_text(length),
                size_text(limits::PARTITION_TABLE_BYTES)
            );
            add(&rules::gpt::ENTRIES_LARGE, "number_of_partition_entries", detail);
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
        let finding = Finding::new(&rules::gpt::BACKUP_NOT_AT_END, detail)
            .expected(last, backup.lba)
            .field(&node, "alternate_lba")
            .guest(offset, length);
        table.add_unless_iso(disk, finding);
    } else if primary.header.alternate_lba != backup.lba {
        let detail = format!(
            "the primary header says that the backup is in sector {}, but it is in sector {last}",
            primary.header.alternate_lba
        );
        table.findings.add(Finding::new(&rules::gpt::COPIES_DIFFER, detail).field(&node, "alternate_lba"));
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
        let finding = Finding::new(&rules::gpt::COPIES_DIFFER, detail).on(backup.key());
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
        Finding::new(&rules::gpt::DISK_TRUNCATED, detail).expected(named.saturating_add(1), sectors)
    } else {
        let why = match &copies.backup {
            Some(backup) => backup.why_invalid(),
            None => "no header is there".into(),
        };
        Finding::new(
            &rules::gpt::BACKUP_INVALID,
            format!("the backup header in sector {named} is not valid: {why}"),
        )
    };
    let is_cut = named >= sectors;
    let finding = finding.field(&node, "alternate_lba");
    if is_cut { table.findings.add(finding) } else { table.add_unless_iso(disk, finding) }
}
