use super::{Outcome, Volume, rules};
use crate::finding::{Finding, Findings, Rule};
use crate::report::MAX_EXACT;
use crate::structure::{Node, Role, State};

/// A recognised volume, while its family puts it together.
pub(super) struct Found {
    pub(super) volume: Volume,
    /// The structure that says what it is.
    superblock: Node,
    nodes: Vec<Node>,
    findings: Findings,
    start: Option<(u64, Finding)>,
}

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
        }
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
        self.superblock.state = State::Damaged;
        let detail = format!("stored is {stored}, the bytes give {computed}");
        let finding = Finding::new(&rules::CHECKSUM, detail).expected(computed, stored);
        self.findings.add(finding.field(&self.superblock, field));
    }

    /// Bits of that field that have no known name.
    pub(super) fn check_features(&mut self, field: &str, bits: u64, known: &[(u64, &str)]) {
        let unknown = known.iter().fold(bits, |rest, (mask, _)| rest & !mask);
        if unknown != 0 {
            self.add(&rules::FEATURES_UNKNOWN, field, format!("unknown bits: 0x{unknown:x}"));
        }
    }

    /// That field says that the volume starts so many bytes into the disk.
    pub(super) fn claims_start(&mut self, field: &str, bytes: u64) {
        self.start = Some((bytes, Finding::new(&rules::MOVED, "").field(&self.superblock, field)));
    }

    /// The backup of the superblock: a node, and the names of the fields in which the two describe different volumes.
    /// `None` where there is none; `place` says where it ought to be.
    pub(super) fn backup(&mut self, place: &str, copy: Option<(Node, Vec<&'static str>)>) {
        let Some((mut node, differences)) = copy else {
            let detail = format!("there is none in {place}");
            self.findings.add(Finding::new(&rules::BACKUP_ABSENT, detail).on(self.superblock.key.clone()));
            return;
        };
        node.role = Role::Backup;
        node.role = Role::Backup;
        node.key += ".backup";
        node.title += ", backup";
        if let Some(first) = differences.first() {
            let detail = format!("the copy in {place} differs in {}", differences.join(", "));
            self.findings.add(Finding::new(&rules::BACKUP_DIFFERS, detail).field(&node, first));
        }
        self.nodes.push(node);
    }

    /// Whether its superblock does not stand up to its checksum.
    pub(super) fn is_damaged(&self) -> bool {
        self.superblock.state != State::Ok
    }

    /// Other volumes are recognised at the same place.
    pub(super) fn ambivalent(&mut self, others: &[Self]) {
        let sound = others.iter().filter(|other| !other.is_damaged());
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
        Outcome { volume: Some(self.volume), nodes: self.nodes, findings: self.findings, start: self.start }
    }
}
