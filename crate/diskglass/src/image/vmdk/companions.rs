//! The files beside a disk: change tracking, filters' files, locks, parts that nothing names, disks of the same identity.

use super::descriptor::{Descriptor, part_number};
use super::identities::{Identities, uuid_digits};
use super::link::Loaded;
use super::rules;
use crate::bytes::{FileEntry, FileId, FileSet, Lookup};
use crate::finding::{Finding, Findings};
use crate::structure::Node;

/// The first bytes of a change tracking file.
const TRACKING_MAGIC: [u8; 4] = [0xa2, 0x72, 0x19, 0xf6];

/// The change tracking file that a descriptor names.
pub(super) fn tracking(files: &FileSet, file: FileId, text: &Descriptor) -> Option<FileId> {
    match files.lookup(file, text.value("changeTrackPath")?) {
        Lookup::Found(found) if found != file => Some(found),
        _ => None,
    }
}

/// Checks what is beside that link.
pub(super) fn check(link: &mut Loaded, files: &FileSet, identities: &Identities, text: &Descriptor) {
    let node = text.node(link.text_span);
    link.tracking = tracking(files, link.file, text);
    let mut findings = Findings::default();
    check_tracking(files, link.tracking, text, &node, &mut findings);
    check_sidecars(files, link.file, text, &node, &mut findings);
    check_neighbours(link, files, &node, &mut findings);
    check_identity(link, files, identities, text, &node, &mut findings);
    link.findings.extend(findings);
}

fn check_tracking(
    files: &FileSet,
    tracking: Option<FileId>,
    text: &Descriptor,
    node: &Node,
    findings: &mut Findings,
) {
    let Some(path) = text.value("changeTrackPath") else { return };
    let (rule, detail) = match tracking.and_then(|file| files.get(file)) {
        None => (&rules::TRACKING_MISSING, format!("{path:?} was not given")),
        Some(entry) if is_tracking(entry) => return,
        Some(entry) => (&rules::TRACKING_MAGIC, format!("{} does not begin as such a file does", entry.name)),
    };
    findings.add(Finding::new(rule, detail).field(node, "changeTrackPath"));
}

fn is_tracking(entry: &FileEntry) -> bool {
    entry.bytes.read_up_to(0, 4).is_ok_and(|head| head == TRACKING_MAGIC)
}

fn check_sidecars(files: &FileSet, file: FileId, text: &Descriptor, node: &Node, findings: &mut Findings) {
    let Some(pair) = text.ddb("ddb.sidecars") else { return };
    let missing = (pair.value.split([',', ';']))
        .map(|name| name.rsplit('=').next().unwrap_or_default().trim())
        .find(|name| name.contains('.') && files.lookup(file, name) == Lookup::Missing);
    if let Some(name) = missing {
        findings.add(
            Finding::new(&rules::SIDECAR_MISSING, format!("{name:?} was not given")).field(node, &pair.key),
        );
    }
}

/// Files with names that belong to this disk.
fn check_neighbours(link: &Loaded, files: &FileSet, node: &Node, findings: &mut Findings) {
    let lock = format!("{}.lck/", link.name);
    if let Some((_, entry)) = files.iter().find(|(_, entry)| entry.name.starts_with(&lock)) {
        let detail = format!("{} is there", entry.name);
        findings.add(Finding::new(&rules::LOCKED, detail).on(node.key.clone()));
    }
    let stem = link.name.strip_suffix(".vmdk").unwrap_or(&link.name);
    let is_part = |entry: &FileEntry| {
        let rest = entry.name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".vmdk"));
        rest.is_some_and(|rest| {
            matches!(rest, "-flat" | "-delta" | "-sesparse" | "-pt" | "-ctk")
                || (rest.len() == 5 && part_number(&format!("x{rest}")).is_some())
        })
    };
    let unused = |file: FileId| !link.files.contains(&file) && link.tracking != Some(file);
    let orphan = files.iter().find(|(file, entry)| is_part(entry) && unused(*file));
    if let Some((_, entry)) = orphan {
        let detail = format!("{} is named like a part of this disk, and no line names it", entry.name);
        findings.add(Finding::new(&rules::ORPHAN, detail).on(node.key.clone()));
    }
}

/// Other disks in the folder with the same `ddb.uuid`. Links of one chain share it rightfully, so that only disks
/// without parents are compared.
fn check_identity(
    link: &Loaded,
    files: &FileSet,
    identities: &Identities,
    text: &Descriptor,
    node: &Node,
    findings: &mut Findings,
) {
    let Some(own) = uuid_digits(text).filter(|_| text.parent_cid().is_none()) else { return };
    let folder = |file: FileId| files.name(file).rsplit_once('/').map_or("", |(folder, _)| folder);
    let here = folder(link.file);
    let twin = identities.all().iter().find(|other| {
        other.file != link.file
            && other.parent_cid.is_none()
            && other.uuid.as_ref() == Some(&own)
            && folder(other.file) == here
    });
    if let Some(other) = twin {
        let uuid = text.ddb_value("ddb.uuid").unwrap_or_default();
        let detail = format!("{} has the same identity, {uuid}", files.name(other.file));
        findings.add(Finding::new(&rules::UUID_TWICE, detail).field(node, "ddb.uuid"));
    }
}
