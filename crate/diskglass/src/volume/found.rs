use super::{Fact, Outcome, State, Volume, rules, text};
use crate::finding::{Finding, Findings, Rule};
use crate::report::MAX_EXACT;
use crate::structure::{self, Node, Role, size_text};

/// A recognised volume, while its family puts it together.
pub(super) struct Found {
    pub(super) volume: Volume,
    /// The structure that says what it is.
    superblock: Node,
    nodes: Vec<Node>,
    findings: Findings,
    start: Option<(u64, Finding)>,
    sector: Option<(u64, Finding)>,
    times: Vec<(i64, Finding)>,
}

/// A moment in the life of a volume.
#[derive(Clone, Copy)]
pub(super) enum When {
    Created,
    Written,
    Mounted,
    Checked,
}

/// A field of a superblock and of its copy, by its name, and whether both have the same there.
pub(super) type Compared = (&'static str, bool);

/// The names of the fields that are not the same.
fn differing(compared: &[Compared]) -> Vec<&'static str> {
    compared.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect()
}

/// 1980-01-01: before that, none of these formats was there.
const EARLIEST: i64 = 315_532_800;

impl Found {
    /// A volume of that kind, as `superblock` says.
    pub(super) fn new(kind: &str, superblock: Node) -> Self {
        let structure = Some(superblock.key.clone());
        Self {
            volume: Volume { kind: kind.into(), structure, ..Volume::default() },
            superblock,
            nodes: Vec::new(),
            findings: Findings::default(),
            start: None,
            sector: None,
            times: Vec::new(),
        }
    }

    /// The same, of that version.
    pub(super) fn version(mut self, version: impl Into<String>) -> Self {
        self.volume.version = Some(version.into());
        self
    }

    /// Its size is `count` times `unit` bytes, as that field says.
    pub(super) fn size(&mut self, field: &str, count: u64, unit: u64) {
        match count.checked_mul(unit).filter(|size| *size <= MAX_EXACT) {
            Some(size) => self.volume.size_bytes = Some(size),
            None => {
                self.add(&rules::IMPLAUSIBLE, field, format!("the volume has {count} times {unit} bytes"));
            }
        }
    }

    /// Its size is `count` blocks of `unit` bytes, as that field says.
    pub(super) fn blocks(&mut self, field: &str, count: u64, unit: u64) {
        self.volume.block_bytes = Some(unit);
        self.size(field, count, unit);
    }

    /// `free` of `total` units of so many bytes are free, as that field says.
    pub(super) fn free(&mut self, field: &str, free: u64, total: u64, unit: u64) {
        if free > total {
            let detail = format!("{free} of {total} units of {} are free", size_text(unit));
            self.add(&rules::IMPLAUSIBLE, field, detail);
            return;
        }
        let bytes = |count: u64| count.checked_mul(unit).filter(|bytes| *bytes <= MAX_EXACT);
        self.volume.free_bytes = bytes(free);
        self.volume.used_bytes = bytes(total - free);
    }

    /// A number that has to be a power of two between those two; whether it is.
    pub(super) fn power_of_two(&mut self, field: &str, number: u64, least: u64, most: u64) -> bool {
        let is_right = number.is_power_of_two() && (least..=most).contains(&number);
        if !is_right {
            let detail = format!("it is {number}, but has to be a power of two from {least} to {most}");
            self.add(&rules::IMPLAUSIBLE, field, detail);
        }
        is_right
    }

    /// It was left in that state, or a worse one that was told before.
    pub(super) fn state(&mut self, state: State) {
        self.volume.state = self.volume.state.max(Some(state));
    }

    /// That field says whether it was unmounted cleanly; `detail` says how where it was not.
    pub(super) fn clean(&mut self, is_clean: bool, field: &str, detail: impl Into<String>) {
        if is_clean {
            self.state(State::Clean);
        } else {
            self.state(State::Dirty);
            self.add(&rules::DIRTY, field, detail);
        }
    }

    /// That field says that errors were noticed.
    pub(super) fn errors(&mut self, field: &str, detail: impl Into<String>) {
        self.state(State::Errors);
        self.add(&rules::ERRORS, field, detail);
    }

    /// What is in it is encrypted.
    pub(super) fn encrypted(&mut self, field: &str, detail: impl Into<String>) {
        self.add(&rules::ENCRYPTED, field, detail);
    }

    /// It is one of so many devices.
    pub(super) fn member(&mut self, field: &str, devices: u64, detail: impl Into<String>) {
        self.volume.devices = Some(devices);
        if devices > 1 {
            self.add(&rules::INCOMPLETE_SET, field, detail);
        }
    }

    /// Something else that is told of it; nothing where there is no text.
    pub(super) fn fact(&mut self, name: &str, value: impl Into<String>) {
        let value: String = value.into();
        if !value.is_empty() {
            self.volume.facts.push(Fact { name: name.into(), value });
        }
    }

    /// A moment, in seconds since 1970, as that field says; 0 stands for never.
    pub(super) fn time(&mut self, when: When, field: &str, seconds: i64) {
        if seconds == 0 {
            return;
        }
        let text = structure::utc(seconds);
        let finding = Finding::new(&rules::TIME, &text).field(&self.superblock, field);
        self.moment(when, text);
        if seconds < EARLIEST {
            self.findings.add(finding);
        } else {
            self.times.push((seconds, finding));
        }
    }

    /// A moment as Windows stores it: 100 nanoseconds since 1601; 0 stands for never.
    pub(super) fn filetime(&mut self, when: When, time: u64) {
        if time != 0 {
            self.moment(when, structure::utc(text::filetime(time)));
        }
    }

    /// The same in local time, without a zone: what time it was elsewhere nobody knows.
    pub(super) fn local_time(&mut self, when: When, seconds: i64) {
        if seconds != 0 {
            self.moment(when, structure::utc(seconds).trim_end_matches('Z').into());
        }
    }

    /// A moment in seconds since 1970, and whether that is universal time.
    pub(super) fn moment_of(&mut self, when: When, time: Option<(i64, bool)>) {
        match time {
            Some((seconds, true)) => self.moment(when, structure::utc(seconds)),
            Some((seconds, false)) => self.local_time(when, seconds),
            None => {}
        }
    }

    fn moment(&mut self, when: When, text: String) {
        let volume = &mut self.volume;
        let slot = match when {
            When::Created => &mut volume.created,
            When::Written => &mut volume.written,
            When::Mounted => &mut volume.mounted,
            When::Checked => &mut volume.checked,
        };
        *slot = Some(text);
    }

    /// Something about that field of its superblock.
    pub(super) fn add(&mut self, rule: &'static Rule, field: &str, detail: impl Into<String>) {
        self.findings.add(Finding::new(rule, detail).field(&self.superblock, field));
    }

    /// Something about another structure.
    pub(super) fn add_finding(&mut self, finding: Finding) {
        self.findings.add(finding);
    }

    /// Another structure.
    pub(super) fn add_node(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// The stored checksum in that field is not the computed one.
    pub(super) fn wrong_checksum(&mut self, field: &str, stored: &str, computed: &str) {
        self.superblock.state = structure::State::Damaged;
        let detail = format!("stored is {stored}, the bytes give {computed}");
        let finding = Finding::new(&rules::CHECKSUM, detail).expected(computed, stored);
        self.findings.add(finding.field(&self.superblock, field));
    }

    /// A checksum that belongs to the superblock is wrong; `detail` says which.
    pub(super) fn damaged_by(&mut self, field: &str, detail: impl Into<String>) {
        self.superblock.state = structure::State::Damaged;
        self.add(&rules::CHECKSUM, field, detail);
    }

    /// Compares a checksum of 32 bits.
    pub(super) fn check_sum(&mut self, field: &str, stored: u32, computed: u32) {
        if stored != computed {
            self.wrong_checksum(field, &format!("0x{stored:08x}"), &format!("0x{computed:08x}"));
        }
    }

    /// Compares a checksum of 64 bits.
    pub(super) fn check_sum_64(&mut self, field: &str, stored: u64, computed: u64) {
        if stored != computed {
            self.wrong_checksum(field, &format!("0x{stored:016x}"), &format!("0x{computed:016x}"));
        }
    }

    /// Bits of that field that have no known name.
    pub(super) fn check_features(&mut self, field: &str, bits: u64, known: &[(u64, &str)]) {
        let unknown = known.iter().fold(bits, |rest, (mask, _)| rest & !mask);
        if unknown != 0 {
            self.add(&rules::FEATURES_UNKNOWN, field, format!("unknown bits: 0x{unknown:x}"));
        }
    }

    /// That field says that the volume starts so many sectors of that size into the disk. Zero is what formatters write
    /// that do not know of partitions.
    pub(super) fn claims_start(&mut self, field: &str, sectors: u64, sector_bytes: u64) {
        let Some(bytes) = sectors.checked_mul(sector_bytes).filter(|bytes| *bytes != 0) else { return };
        self.start = Some((bytes, Finding::new(&rules::MOVED, "").field(&self.superblock, field)));
    }

    /// That field says that it was made for sectors of so many bytes, which systems insist on.
    pub(super) fn claims_sector(&mut self, field: &str, bytes: u64) {
        self.sector = Some((bytes, Finding::new(&rules::SECTOR_SIZE, "").field(&self.superblock, field)));
    }

    /// Another copy of the superblock, and what was compared to tell whether it describes another volume. Unlike
    /// [`backup`](Self::backup) it is shown only where it differs, and may be missing.
    pub(super) fn copy(&mut self, node: Node, place: &str, compared: &[Compared]) {
        let differences = differing(compared);
        if let Some(first) = differences.first() {
            let mut node = node.role(Role::Backup);
            node.key += ".copy";
            node.title += ", copy";
            let detail = format!("the copy {place} differs in {}", differences.join(", "));
            self.findings.add(Finding::new(&rules::COPY_STALE, detail).field(&node, first));
            self.nodes.push(node);
        }
    }

    /// The backup of the superblock: a node, and what was compared to tell whether it describes another volume. `None`
    /// where there is none; `place` says where it ought to be.
    pub(super) fn backup(&mut self, place: &str, copy: Option<(Node, Vec<Compared>)>) {
        let Some((mut node, compared)) = copy else {
            let detail = format!("there is none in {place}");
            self.findings.add(Finding::new(&rules::BACKUP_ABSENT, detail).on(self.superblock.key.clone()));
            return;
        };
        node.role = Role::Backup;
        node.key += ".backup";
        node.title += ", backup";
        let differences = differing(&compared);
        if let Some(first) = differences.first() {
            let detail = format!("the copy in {place} differs in {}", differences.join(", "));
            self.findings.add(Finding::new(&rules::BACKUP_DIFFERS, detail).field(&node, first));
        }
        self.nodes.push(node);
    }

    /// Whether its superblock does not stand up to its checksum.
    pub(super) fn is_damaged(&self) -> bool {
        self.superblock.state != structure::State::Ok
    }

    /// Other volumes are recognised at the same place.
    pub(super) fn ambivalent(&mut self, others: &[Self]) {
        let together = |kind: &str| matches!(kind, "udf" | "iso9660" | "hfs" | "hfsplus");
        // A disc may be readable by several systems on purpose.
        let is_disc = matches!(self.volume.kind.as_str(), "udf" | "iso9660");
        let rivals = |other: &&Self| !(other.is_damaged() || is_disc && together(&other.volume.kind));
        let sound = others.iter().filter(rivals);
        let kinds: Vec<&str> = sound.map(|other| other.volume.kind.as_str()).collect();
        if !kinds.is_empty() {
            let detail =
                format!("taken for {}, but it could also be {}", self.volume.kind, kinds.join(" or "));
            let finding = Finding::new(&rules::AMBIVALENT, detail).on(self.superblock.key.clone());
            self.findings.add(finding.place(self.superblock.span));
        }
    }

    /// The finished outcome.
    pub(super) fn finish(mut self) -> Outcome {
        self.nodes.insert(0, self.superblock);
        Outcome {
            volume: Some(self.volume),
            nodes: self.nodes,
            findings: self.findings,
            start: self.start,
            sector: self.sector,
            times: self.times,
        }
    }
}
