//! Sorts a set of files: which are images, which are parts of one, and which image is meant.

use super::rules;
use crate::bytes::{FileId, FileSet, Span};
use crate::finding::{Finding, Findings, READ_FAILED};
use crate::image::{
    Context, FORMATS, FileRole, Format, Image, Match, OpenError, Probe, Reference, known, raw::Raw,
};
use crate::order::{gathered, sort_by_key};
use crate::partition;
use crate::report::ImageKey;
use crate::structure::{FieldValue, Node, ascii, hex_bytes};
use std::collections::BTreeMap;

/// Files without a signature in which a partition table or a volume is looked for.
const RAW_CANDIDATES: usize = 64;

/// Bytes shown of a file that nothing is known of.
const HEAD_SHOWN: usize = 64;

/// What [`sort`] found.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) roles: BTreeMap<FileId, FileRole>,
    pub(super) images: Vec<ImageKey>,
    pub(super) image: Option<(FileId, Box<dyn Image>)>,
    /// What is on the disk, where that had to be known to call the file an image.
    pub(super) disk: Option<partition::Outcome>,
    pub(super) nodes: Vec<Node>,
    pub(super) findings: Findings,
}

struct Candidate {
    file: FileId,
    format: Option<&'static Format>,
}

pub(super) fn sort(files: &FileSet, now: Option<i64>, wanted: Option<&str>) -> Sorted {
    let context = Context { files, now };
    let mut sorted = Sorted::default();
    let mut probes = BTreeMap::new();
    let mut unreadable = BTreeMap::new();
    for (file, entry) in files.iter() {
        match Probe::read(&entry.name, &entry.bytes) {
            Ok(probe) => drop(probes.insert(file, probe)),
            Err(error) => drop(unreadable.insert(file, error)),
        }
    }

    let mut candidates: Vec<Candidate> = probes
        .iter()
        .filter_map(|(file, probe)| Some(Candidate { file: *file, format: Some(format_of(probe)?) }))
        .collect();
    let references: BTreeMap<FileId, Vec<Reference>> = gathered(candidates.iter().filter_map(|candidate| {
        Some((candidate.file, (candidate.format?.references)(&context, candidate.file)))
    }));
    let referred: BTreeMap<FileId, FileRole> =
        gathered(references.values().flatten().map(|reference| (reference.file, reference.role)));
    let is_part = |file: &FileId| matches!(referred.get(file), Some(FileRole::Extent | FileRole::DataFile));
    candidates.retain(|candidate| !is_part(&candidate.file));

    // What no format claims is raw where there is evidence.
    let mut disks = BTreeMap::new();
    let unclaimed: Vec<FileId> = probes
        .keys()
        .filter(|file| !is_part(file) && !candidates.iter().any(|candidate| candidate.file == **file))
        .copied()
        .filter(|file| probes.get(file).is_some_and(|probe| known::recognise(probe).is_none()))
        .take(RAW_CANDIDATES)
        .collect();
    for file in unclaimed {
        let Some(entry) = files.get(file) else { continue };
        let disk = partition::read(&entry.bytes);
        if disk.is_evidence() {
            disks.insert(file, disk);
            candidates.push(Candidate { file, format: None });
        }
    }
    sort_by_key(&mut candidates, |candidate| candidate.file);

    let chosen = match wanted {
        Some(key) => candidates.iter().find(|candidate| files.name(candidate.file) == key),
        None => (candidates.iter())
            .find(|candidate| !referred.contains_key(&candidate.file))
            .or_else(|| candidates.first()),
    };
    if let Some(chosen) = chosen {
        let file = chosen.file;
        match open(&context, chosen) {
            Ok(image) => {
                sorted.disk = disks.remove(&file);
                sorted.roles.extend(image.about().parts.iter().map(|part| (part.file, part.role)));
                let format = image.about().facts.format.clone();
                sorted.findings.extend(name_contradicts(files, file, &format));
                sorted.image = Some((file, image));
            }
            Err(error) => {
                let at = Span { file, offset: 0, length: 0 };
                let detail = format!("{}: {error}", files.name(file));
                let rule = if matches!(error, OpenError::Read(_)) { &READ_FAILED } else { &rules::UNUSABLE };
                sorted.findings.add(Finding::new(rule, detail).place(Some(at)));
            }
        }
    }

    sorted.images = candidates
        .iter()
        .map(|candidate| ImageKey {
            key: files.name(candidate.file).into(),
            format: candidate.format.map_or("raw", |format| format.id).into(),
            variant: (sorted.image.as_ref())
                .filter(|(file, _)| *file == candidate.file)
                .map(|(_, image)| image.about().facts.variant.clone()),
        })
        .collect();
    for candidate in &candidates {
        // What only describes an image has its data in other files.
        let has_parts = references.get(&candidate.file).is_some_and(|parts| {
            parts.iter().any(|part| matches!(part.role, FileRole::Extent | FileRole::DataFile))
        });
        let role = if has_parts { FileRole::Descriptor } else { FileRole::Image };
        sorted.roles.entry(candidate.file).or_insert(role);
    }

    for (file, error) in &unreadable {
        let detail = format!("{}: {error}", files.name(*file));
        sorted.findings.add(Finding::new(&READ_FAILED, detail));
    }
    if sorted.image.is_none() && chosen.is_none() {
        for (file, probe) in &probes {
            let (finding, node) = unknown(files, *file, probe);
            sorted.findings.add(finding);
            sorted.nodes.extend(node);
        }
    }
    sorted
}

/// The one format that says yes, or else the first that says maybe.
fn format_of(probe: &Probe) -> Option<&'static Format> {
    let answers = || FORMATS.iter().map(|format| (format, (format.probe)(probe)));
    answers()
        .find(|(_, answer)| matches!(answer, Match::Yes(_)))
        .or_else(|| answers().find(|(_, answer)| matches!(answer, Match::Maybe(_))))
        .map(|(format, _)| format)
}

fn open(context: &Context, candidate: &Candidate) -> Result<Box<dyn Image>, OpenError> {
    match candidate.format {
        Some(format) => (format.open)(context, candidate.file),
        None => match context.files.get(candidate.file) {
            Some(entry) => Ok(Box::new(Raw::new(entry.bytes.clone()))),
            None => Err(OpenError::Unusable { why: "no such file".into() }),
        },
    }
}

fn name_contradicts(files: &FileSet, file: FileId, format: &str) -> Findings {
    let mut findings = Findings::default();
    let name = files.name(file).to_lowercase();
    let ending =
        name.rsplit('/').next().and_then(|base| base.rsplit_once('.')).map_or("", |(_, ending)| ending);
    let by_name = match ending {
        "vhd" | "avhd" | "vud" => "vhd",
        "vmdk" => "vmdk",
        "vhdx" | "avhdx" => "vhdx",
        "qcow2" | "qcow" => "qcow2",
        "vdi" => "vdi",
        "hdd" | "hds" => "parallels",
        _ => return findings,
    };
    if by_name != format {
        findings.add(
            Finding::new(
                &rules::NAME_CONTRADICTS,
                format!("{name:?} ends like {by_name}, but the content is {format}"),
            )
            .expected(by_name, format),
        );
    }
    findings
}

fn unknown(files: &FileSet, file: FileId, probe: &Probe) -> (Finding, Option<Node>) {
    let name = files.name(file);
    if probe.size == 0 {
        return (Finding::new(&rules::EMPTY, format!("{name} has 0 bytes")), None);
    }
    let shown = probe.head.get(..HEAD_SHOWN).unwrap_or(&probe.head);
    let span = Span { file, offset: 0, length: shown.len() as u64 };
    let first = format!("the first bytes are {}", hex_bytes(shown.get(..16).unwrap_or(shown), 16));
    let mut node =
        Node::area("file.head", format!("file.head@{name}"), format!("First bytes of {name}"), Some(span))
            .note("The start of a file that is no known disk image.");
    let bytes = hex_bytes(shown, HEAD_SHOWN);
    node.fields.push(FieldValue {
        name: "bytes".into(),
        offset: 0,
        length: u32::try_from(shown.len()).unwrap_or(0),
        kind: "bytes".into(),
        value: bytes,
        display: ascii(shown),
        meaning: "The first bytes of the file, beside them the text that they would be.".into(),
    });
    let finding = match known::recognise(probe) {
        Some(known) => {
            Finding::new(&rules::KNOWN_FORMAT, format!("{name} is a {}. {}", known.name, known.advice))
                .arg("kind", known.name)
        }
        None if known::text_of(&probe.head).is_some() => {
            Finding::new(&rules::UNRECOGNISED, format!("{name} begins with plain text; {first}"))
        }
        None => Finding::new(&rules::UNRECOGNISED, format!("{name}: {first}")),
    };
    let finding = finding.on(node.key.clone()).place(Some(span));
    (finding, Some(node))
}
