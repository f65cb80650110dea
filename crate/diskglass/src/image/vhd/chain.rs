//! Goes from a differencing image to its parent, and on, until there is none left; says what is wrong on the way.

use super::member::Member;
use super::parent::{Answer, Search};
use super::rules;
use super::stack::Below;
use crate::bytes::FileId;
use crate::finding::{Finding, Findings, Rule};
use crate::image::{Context, Link, LinkStatus, OpenError, Parent};
use crate::limits;
use crate::structure::{SECONDS_1970_TO_2000, utc, uuid_text};

/// Images of a chain that XenServer allows.
const USUAL_LINKS: usize = 30;

/// Seconds by which two times of one moment may differ: file systems round, clocks are set.
const SAME_TIME: i64 = 5;

/// Seconds by which a parent may be younger than its child: what blktap allows between two clocks.
const CLOCK_SKEW: i64 = 1800;

/// The images of a chain.
pub(super) struct Chain {
    /// The image itself first, then its parents as far as they could be read.
    pub(super) members: Vec<Member>,
    pub(super) links: Vec<Link>,
    /// What is wrong with the image, its links and its parents.
    pub(super) findings: Findings,
    /// The image's own parent, as its header says.
    pub(super) parent: Option<Parent>,
    /// What lies below the last member.
    pub(super) below: Below,
}

impl Chain {
    /// Reads the headers of all images.
    pub(super) fn read(context: &Context, file: FileId) -> Result<Self, OpenError> {
        let search = Search::new(context.files);
        let mut chain = Self {
            members: vec![Member::read(context, file)?],
            links: Vec::new(),
            findings: Findings::default(),
            parent: None,
            below: Below::Nothing,
        };
        while let Some(next) = chain.step(context, &search)? {
            chain.members.push(next);
        }
        let mut findings = Findings::default();
        for (depth, member) in chain.members.iter_mut().enumerate() {
            let own = std::mem::take(&mut member.findings);
            findings.extend(if depth == 0 { own } else { own.of_parent(&member.source.name) });
        }
        findings.extend(std::mem::take(&mut chain.findings));
        chain.findings = findings;
        Ok(chain)
    }

    /// Links the last member, and returns its parent where that is to be gone on with.
    fn step(&mut self, context: &Context, search: &Search) -> Result<Option<Member>, OpenError> {
        let Some(child) = self.members.last() else { return Ok(None) };
        let Some(wanted) = child.wanted() else {
            let reason =
                if self.members.len() > 1 { "it is the base of the chain" } else { "it stands alone" };
            self.links.push(link(child, LinkStatus::Base, reason.into()));
            return Ok(None);
        };
        let found = search.find(&wanted);
        let parent_file = found.answer.file();
        let id = wanted.id;
        let name = child.source.name.clone();
        let mut found_link = link(child, found.answer.status(), found.reason);
        found_link.parent_id = Some(uuid_text(&id));
        found_link.parent_names = distinct(wanted.names.iter().map(|named| named.name.clone()));
        found_link.candidates = found.candidates;
        let mut own = Findings::default();
        let mut add = |rule: &'static Rule, detail: &str| {
            own.add(Finding::new(rule, detail).on("vhd.header").arg("parent_id", uuid_text(&id)));
        };
        let mut next = None;
        match found.answer {
            Answer::Found(file) | Answer::Raw(file)
                if self.members.iter().any(|member| member.source.file == file) =>
            {
                let detail = format!("{} leads back to {}", child.source.name, context.files.name(file));
                add(&rules::CHAIN_LOOP, &detail);
                found_link.status = LinkStatus::Mismatched;
                found_link.reason = format!("{}; it is already in the chain", found_link.reason);
            }
            Answer::Found(_) | Answer::Raw(_) if self.members.len() >= limits::CHAIN => {
                add(&rules::CHAIN_DEEP, &format!("{} images are followed", limits::CHAIN));
                found_link.status = LinkStatus::Missing;
            }
            Answer::Found(file) => next = Some(Member::read(context, file)?),
            Answer::Raw(file) => next = Some(Member::raw(context, file)?),
            Answer::OtherIdentity(_) => add(&rules::PARENT_ID, &found_link.reason),
            Answer::NotVhd(_) => add(&rules::PARENT_NOT_VHD, &found_link.reason),
            Answer::Unverified(_) => add(&rules::PARENT_UNVERIFIED, &found_link.reason),
            Answer::Ambiguous => add(&rules::PARENT_AMBIGUOUS, &found_link.reason),
            Answer::Missing => add(&rules::PARENT_MISSING, &found_link.reason),
        }
        if let Some(parent) = &next {
            compare(child, parent, &mut own);
            if self.members.len() == USUAL_LINKS {
                let detail = format!("there are more than {USUAL_LINKS} images in the chain");
                own.add(Finding::new(&rules::CHAIN_LONG, detail).on("vhd.header"));
            }
        } else {
            self.below = Below::Missing;
        }
        let is_first = self.links.is_empty();
        if is_first {
            self.parent = Some(Parent {
                id: found_link.parent_id.clone(),
                names: found_link.parent_names.clone(),
                file: parent_file.map(|file| context.files.name(file).to_owned()),
                status: found_link.status,
            });
        }
        self.findings.extend(if is_first { own } else { own.of_link(&name) });
        self.links.push(found_link);
        Ok(next)
    }
}

fn link(member: &Member, status: LinkStatus, reason: String) -> Link {
    Link {
        key: member.source.name.clone(),
        format: member.facts.format.clone(),
        variant: member.facts.variant.clone(),
        id: member.facts.id.clone(),
        virtual_size_bytes: member.facts.virtual_size_bytes,
        parent_id: None,
        parent_names: Vec::new(),
        status,
        reason,
        candidates: Vec::new(),
    }
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Compares a child with the parent that was found for it.
fn compare(child: &Member, parent: &Member, findings: &mut Findings) {
    let name = &parent.source.name;
    if let (Some(own), Some(size)) = (child.facts.virtual_size_bytes, parent.facts.virtual_size_bytes)
        && own != size
    {
        let rule = if size > own { &rules::PARENT_LARGER } else { &rules::PARENT_SIZE };
        let detail = format!("{name} has {size} bytes, the child {own}");
        findings.add(Finding::new(rule, detail).on("vhd.header").expected(size, own));
    }
    let (Some(header), Some(footer)) = (&child.header, &child.footer) else { return };
    let made = i64::from(footer.time_stamp) + SECONDS_1970_TO_2000;
    let own_time = parent.footer.as_ref().map(|footer| footer.time_stamp).filter(|time| *time != 0);
    let parent_made = own_time.map(|time| i64::from(time) + SECONDS_1970_TO_2000);
    if let Some(parent_made) = parent_made.filter(|time| footer.time_stamp != 0 && *time > made + CLOCK_SKEW)
    {
        let detail = format!("{name} is of {}, the child of {}", utc(parent_made), utc(made));
        findings.add(Finding::new(&rules::PARENT_NEWER, detail).on("vhd.header"));
    }
    // Products record the time at which the parent's file was last changed. A copy or a download may have lost it.
    let recorded = i64::from(header.parent_time_stamp) + SECONDS_1970_TO_2000;
    let differs = |time: i64| (time - recorded).abs() > SAME_TIME;
    if let Some(modified) =
        parent.modified_unix.filter(|time| header.parent_time_stamp != 0 && differs(*time))
        && parent_made.is_none_or(differs)
    {
        let detail = format!(
            "the child was made when {name} was last changed at {}; its file is of {} now",
            utc(recorded),
            utc(modified)
        );
        findings.add(Finding::new(&rules::PARENT_TIME, detail).on("vhd.header"));
    }
}
