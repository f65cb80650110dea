//! The chain of parents of a delta link: each is found among the supplied files by its content identity, and by the
//! name that the child gives.

use super::descriptor::{self, Descriptor, cid_text};
use super::extent::{Place, place_of};
use super::grain::Budget;
use super::header::SparseHeader;
use super::identities::Identities;
use super::link::Loaded;
use super::rules;
use crate::bytes::{Bytes, FileId, FileSet, Lookup};
use crate::finding::Findings;
use crate::image::{Candidate, Link, LinkStatus};
use crate::limits;
use crate::order::gathered;
use std::collections::BTreeSet;

/// Content identities that many disks have: never written, and cleared.
const COMMON: [u32; 2] = [0xffff_fffe, 0];

/// Links of a chain that VMware supports.
const SUPPORTED_LINKS: usize = 32;

/// Candidates for one parent that are listed.
const CANDIDATES: usize = 16;

/// The descriptor of a file, embedded or the file itself.
pub(super) fn descriptor_of(bytes: &Bytes) -> Option<Descriptor> {
    let head = bytes.read_up_to(0, SparseHeader::LENGTH).ok()?;
    if SparseHeader::is_marked(&head) {
        let range = SparseHeader::decode(&head)?.descriptor_range(bytes.size())?;
        let length = (range.end - range.start).min(limits::DESCRIPTOR_BYTES);
        let raw = bytes.read_up_to(range.start, usize::try_from(length).ok()?).ok()?;
        return Some(Descriptor::parse(&raw, true)).filter(|text| !text.is_empty());
    }
    if !descriptor::has_signature(&head) && !descriptor::has_keys(&bytes.read_up_to(0, 4096).ok()?) {
        return None;
    }
    let raw = bytes.read_up_to(0, usize::try_from(limits::DESCRIPTOR_BYTES).ok()?).ok()?;
    Some(Descriptor::parse(&raw, false))
}

/// The supplied file that a name inside the file `from` leads to. Devices are never looked up, and a name that leads
/// elsewhere does not mean `from` itself because its last part happens to be the same.
pub(super) fn lookup(files: &FileSet, from: FileId, name: &str) -> Lookup {
    match answering(files, from, name).as_slice() {
        [] => Lookup::Missing,
        [file] => Lookup::Found(*file),
        _ => Lookup::Ambiguous,
    }
}

/// All supplied files that answer to a name inside the file `from`.
fn answering(files: &FileSet, from: FileId, name: &str) -> Vec<FileId> {
    if place_of(name) == Place::Device {
        return Vec::new();
    }
    let mut found = files.answering(from, name);
    if name.contains(['/', '\\']) {
        found.retain(|file| *file != from);
    }
    found
}

/// The identity by which VirtualBox knows the parent.
pub(super) fn virtualbox_parent(text: &Descriptor) -> Option<&str> {
    let uuid = text.ddb_value("ddb.uuid.parent")?;
    uuid.chars().any(|c| !matches!(c, '0' | '-')).then_some(uuid)
}

/// What came of looking for a parent.
pub(super) struct Found {
    pub(super) file: Option<FileId>,
    pub(super) status: LinkStatus,
    /// The parent's own content identity.
    pub(super) cid: Option<u32>,
    /// Why, in words.
    pub(super) reason: String,
    pub(super) candidates: Vec<Candidate>,
}

impl Found {
    fn new(status: LinkStatus, reason: impl Into<String>) -> Self {
        Self { file: None, status, cid: None, reason: reason.into(), candidates: Vec::new() }
    }
}

/// A supplied file that could be the parent.
struct Possible {
    file: FileId,
    cid: Option<u32>,
    sectors: Option<u64>,
    by_name: bool,
    by_id: bool,
    /// Whether VirtualBox would take it for the parent.
    by_uuid: bool,
}

/// All supplied files that could be the parent of `child`.
fn possible(
    files: &FileSet,
    identities: &Identities,
    child: FileId,
    text: &Descriptor,
    wanted: u32,
) -> Vec<Possible> {
    let named: BTreeSet<FileId> =
        gathered(text.parent_hint().map_or_else(Vec::new, |hint| answering(files, child, hint)));
    let uuid = virtualbox_parent(text);
    let mut without_text = named.clone();
    let mut found = Vec::new();
    for other in identities.all() {
        let file = other.file;
        without_text.remove(&file);
        let by_name = named.contains(&file);
        if file == child && !by_name {
            continue;
        }
        // A sibling that was not yet written to has the identity of the common parent.
        let by_id = other.cid == Some(wanted)
            && (by_name || (!COMMON.contains(&wanted) && other.parent_cid != Some(wanted)));
        let by_uuid = uuid
            .zip(other.image_uuid.as_deref())
            .is_some_and(|(wanted, own)| wanted.eq_ignore_ascii_case(own));
        if by_name || by_id || by_uuid {
            found.push(Possible { file, cid: other.cid, sectors: other.sectors, by_name, by_id, by_uuid });
        }
    }
    let bare =
        |file| Possible { file, cid: None, sectors: None, by_name: true, by_id: false, by_uuid: false };
    found.extend(without_text.into_iter().map(bare));
    found
}

/// The supplied file that is the parent of `child`, where one is or might be. What it would take to go through all
/// files for is left out where the name leads to a file of the right identity.
pub(super) fn parent_of(files: &FileSet, child: FileId, text: &Descriptor) -> Option<FileId> {
    let wanted = text.parent_cid()?;
    if let Some(hint) = text.parent_hint()
        && let Lookup::Found(file) = lookup(files, child, hint)
        && files.get(file).and_then(|entry| descriptor_of(&entry.bytes)?.cid()) == Some(wanted)
    {
        return Some(file);
    }
    find(files, &Identities::of(files), child, text).file
}

/// The supplied file that is the parent of `child`.
pub(super) fn find(files: &FileSet, identities: &Identities, child: FileId, text: &Descriptor) -> Found {
    let Some(wanted) = text.parent_cid() else {
        return Found::new(LinkStatus::Base, "parentCID is ffffffff: this link stands on no parent");
    };
    let possible = possible(files, identities, child, text, wanted);
    let candidates = possible.iter().take(CANDIDATES).map(|one| Candidate {
        file: files.name(one.file).into(),
        id: one.cid.map(cid_text),
        by_name: one.by_name,
        by_id: one.by_id,
    });
    let candidates = candidates.collect();
    let mut found = choose(files, text, wanted, &possible);
    found.candidates = candidates;
    found
}

/// Chooses the parent: identity decides, then the name, then the size of the disk.
fn choose(files: &FileSet, text: &Descriptor, wanted: u32, possible: &[Possible]) -> Found {
    let expected = cid_text(wanted);
    let hint = text.parent_hint();
    let called =
        hint.map_or_else(|| "the child names no file".to_owned(), |hint| format!("the child names {hint:?}"));
    let by_id: Vec<&Possible> = possible.iter().filter(|one| one.by_id).collect();
    let narrowed = |keep: &dyn Fn(&Possible) -> bool| -> Option<&Possible> {
        let mut kept = by_id.iter().filter(|one| keep(one));
        kept.next().filter(|_| kept.next().is_none()).copied()
    };
    let sectors = text.sectors();
    let one = narrowed(&|one| one.by_name)
        .or_else(|| narrowed(&|_| true))
        .or_else(|| narrowed(&|one| one.by_uuid))
        .or_else(|| narrowed(&|one| sectors.is_some() && one.sectors == sectors));
    if let Some(one) = one {
        let name = files.name(one.file);
        let by_name = match (one.by_name, hint) {
            (true, _) => "and the name that it gives".to_owned(),
            (false, Some(hint)) => format!("though the child calls it {hint:?}"),
            (false, None) => "the child gives no name".to_owned(),
        };
        let reason = format!("{name} has the content identity {expected} that the child expects, {by_name}");
        return Found { file: Some(one.file), cid: one.cid, ..Found::new(LinkStatus::Matches, reason) };
    }
    if let [first, second, ..] = by_id.as_slice() {
        let reason = format!(
            "{} given files have the content identity {expected} that the child expects, among them {} and {}; {called}",
            by_id.len(),
            files.name(first.file),
            files.name(second.file)
        );
        return Found::new(LinkStatus::Ambiguous, reason);
    }
    let named: Vec<&Possible> = possible.iter().filter(|one| one.by_name || one.by_uuid).collect();
    match named.as_slice() {
        [] => {
            let reason =
                format!("no given file has the content identity {expected} that the child expects; {called}");
            Found::new(LinkStatus::Missing, reason)
        }
        [one] => {
            let name = files.name(one.file);
            let reason = match one.cid {
                Some(own) => format!(
                    "{name} has the content identity {}, the child expects {expected}: the parent has been modified since the child was created, or it is another disk",
                    cid_text(own)
                ),
                None => format!("{name} has no content identity, the child expects {expected}"),
            };
            Found { file: Some(one.file), cid: one.cid, ..Found::new(LinkStatus::Mismatched, reason) }
        }
        [first, second, ..] => {
            let reason = format!(
                "{} given files answer to the name of the parent, among them {} and {}, and none has the content identity {expected}; {called}",
                named.len(),
                files.name(first.file),
                files.name(second.file)
            );
            Found::new(LinkStatus::Ambiguous, reason)
        }
    }
}

/// The links from an image down to its base, as far as they can be followed.
pub(super) struct Chain {
    /// As the report lists them, the image itself first.
    pub(super) list: Vec<Link>,
    /// The images, in the same order.
    pub(super) links: Vec<Loaded>,
    /// What is wrong with how they hang together.
    pub(super) findings: Findings,
    /// The supplied file that was taken for the image's parent.
    pub(super) parent: Option<FileId>,
}

/// Follows the chain of that image.
pub(super) fn follow(files: &FileSet, identities: &Identities, image: Loaded, budget: &mut Budget) -> Chain {
    let mut chain =
        Chain { list: Vec::new(), links: vec![image], findings: Findings::default(), parent: None };
    while let Some(link) = chain.links.last() {
        let mut found = match &link.text {
            Some(text) => find(files, identities, link.file, text),
            None if link.grains.has_parent => {
                Found::new(LinkStatus::Missing, "the descriptor, which names the parent, was not given")
            }
            None => Found::new(LinkStatus::Base, "there is no descriptor that would name a parent"),
        };
        let first = chain.links.len() == 1;
        let mut own = Findings::default();
        check_hint(link, &found, &mut own);
        if first {
            chain.parent = found.file;
        }
        let next = match found.file {
            Some(file) => check_parent(files, &chain.links, link, file, &mut found, &mut own)
                .then(|| opened(files, identities, link, file, &mut found, &mut own, budget))
                .flatten(),
            None => None,
        };
        chain.findings.extend(if first { own } else { own.of_parent(&link.name) });
        chain.list.push(listed(link, found));
        let Some(next) = next else { break };
        chain.links.push(next);
    }
    if chain.links.len() > SUPPORTED_LINKS
        && let Some(link) = chain.links.first()
        && !chain.findings.has(&rules::CHAIN_LONG)
    {
        chain
            .findings
            .add(link.on_hint(&rules::CHAIN_LONG, format!("the chain has {} links", chain.links.len())));
    }
    chain
}

/// Checks the file that was found for the parent. Whether it is to be followed.
fn check_parent(
    files: &FileSet,
    links: &[Loaded],
    link: &Loaded,
    file: FileId,
    found: &mut Found,
    findings: &mut Findings,
) -> bool {
    let name = files.name(file);
    let again = if file == link.file {
        Some((&rules::SELF_PARENT, format!("{name} names itself as its parent")))
    } else if links.iter().any(|known| known.file == file) {
        let reason = format!("{} leads back to {name}, which stands above it in the chain", link.name);
        Some((&rules::CHAIN_LOOP, reason))
    } else {
        None
    };
    if let Some((rule, reason)) = again {
        found.status = LinkStatus::Mismatched;
        findings.add(link.on_hint(rule, reason.clone()));
        found.reason = reason;
        return false;
    }
    compare(files, link, found, file, findings);
    if found.status == LinkStatus::Matches && links.len() >= limits::CHAIN {
        let detail = format!("only the first {} links are followed", limits::CHAIN);
        found.status = LinkStatus::Missing;
        found.reason = format!("{name} is there, but {detail}");
        findings.add(link.on_hint(&rules::CHAIN_LONG, detail));
    }
    found.status == LinkStatus::Matches
}

/// Opens the parent in that file; what is wrong with it is added to the findings.
fn opened(
    files: &FileSet,
    identities: &Identities,
    link: &Loaded,
    file: FileId,
    found: &mut Found,
    findings: &mut Findings,
    budget: &mut Budget,
) -> Option<Loaded> {
    let parent = match Loaded::read(files, identities, file, budget) {
        Ok(parent) => parent,
        Err(error) => {
            found.status = LinkStatus::Missing;
            found.reason = format!("{} cannot be opened: {error}", files.name(file));
            findings.add(link.on_hint(&rules::PARENT_MISSING, found.reason.clone()));
            return None;
        }
    };
    if let (Some(own), Some(size)) = (link.facts.virtual_size_bytes, parent.facts.virtual_size_bytes)
        && own != size
    {
        let detail = format!("{} has {own} bytes, its parent {} has {size}", link.name, parent.name);
        found.reason = format!("{}; {detail}", found.reason);
        findings.add(link.on_hint(&rules::PARENT_SIZE, detail).expected(own, size));
    }
    Some(parent)
}

/// What is to be said of how the link names its parent, and of what came of it.
fn check_hint(link: &Loaded, found: &Found, findings: &mut Findings) {
    let Some(text) = &link.text else { return };
    let hint = text.parent_hint();
    let Some(wanted) = text.parent_cid() else {
        if let Some(hint) = hint {
            let detail = format!("the hint is {hint:?}, parentCID is ffffffff");
            findings.add(link.on_hint(&rules::HINT_WITHOUT_CID, detail));
        }
        return;
    };
    let wanted = cid_text(wanted);
    let by_array = text.value("isNativeSnapshot") == Some("yes");
    match hint {
        Some(hint) if place_of(hint) != Place::Beside => {
            findings.add(link.on_hint(&rules::HINT_ELSEWHERE, format!("the hint is {hint:?}")));
        }
        None if !by_array && virtualbox_parent(text).is_none() => {
            findings.add(link.on_hint(&rules::NO_HINT, format!("parentCID is {wanted}, no file is named")));
        }
        _ => {}
    }
    let flat = text.extents.iter().find(|line| matches!(line.kind.as_str(), "FLAT" | "VMFS"));
    if let Some(line) = flat.filter(|_| !by_array) {
        let detail = format!("the extent of line {} is {}, parentCID is {wanted}", line.line, line.kind);
        findings.add(link.on_hint(&rules::FLAT_DELTA, detail));
    }
    if let (Some((own, key)), Some(hint)) = (&link.parent_in_header, hint)
        && descriptor::base_name(own) != descriptor::base_name(hint)
    {
        let detail = format!("the header of the extent names {own:?}, the descriptor {hint:?}");
        findings.add(crate::finding::Finding::new(&rules::COWD_PARENT_NAME, detail).on(key.clone()));
    }
    match found.status {
        LinkStatus::Missing => findings.add(link.on_hint(&rules::PARENT_MISSING, found.reason.clone())),
        LinkStatus::Ambiguous => findings.add(link.on_hint(&rules::PARENT_AMBIGUOUS, found.reason.clone())),
        LinkStatus::Base | LinkStatus::Matches | LinkStatus::Mismatched => {}
    }
}

/// Compares the link with the file that was found for its parent.
fn compare(files: &FileSet, link: &Loaded, found: &Found, file: FileId, findings: &mut Findings) {
    let Some(text) = &link.text else { return };
    let name = files.name(file);
    if found.status == LinkStatus::Mismatched {
        let own = found.cid.map_or_else(|| "none".into(), cid_text);
        let wanted = text.parent_cid().map(cid_text).unwrap_or_default();
        let detail = found.reason.clone();
        findings.add(link.on_hint(&rules::PARENT_CID_DIFFERS, detail).expected(wanted, own));
    }
    let Some(parent) = files.get(file).and_then(|entry| descriptor_of(&entry.bytes)) else { return };
    if let (Some(expected), Some(own)) = (virtualbox_parent(text), parent.ddb_value("ddb.uuid.image"))
        && !expected.eq_ignore_ascii_case(own)
    {
        let detail = format!("{name} has the identity {own}, the child expects {expected}");
        findings.add(link.on_hint(&rules::PARENT_UUID, detail).expected(expected, own));
    }
    let has = |text: &Descriptor, kind: &str| text.extents.iter().any(|line| line.kind == kind);
    let (old, new) = ("VMFSSPARSE", "SESPARSE");
    if (has(text, old) && has(&parent, new)) || (has(text, new) && has(&parent, old)) {
        let detail = format!("{} and its parent {name} have extents of the two kinds", link.name);
        findings.add(link.on_hint(&rules::CHAIN_MIXED, detail));
    }
}

fn listed(link: &Loaded, found: Found) -> Link {
    let text = link.text.as_ref();
    Link {
        key: link.name.clone(),
        format: "vmdk".into(),
        variant: link.facts.variant.clone(),
        id: link.facts.id.clone(),
        virtual_size_bytes: link.facts.virtual_size_bytes,
        parent_id: text.and_then(Descriptor::parent_cid).map(cid_text),
        parent_names: text.and_then(Descriptor::parent_hint).map(str::to_owned).into_iter().collect(),
        status: found.status,
        reason: found.reason,
        candidates: found.candidates,
    }
}
