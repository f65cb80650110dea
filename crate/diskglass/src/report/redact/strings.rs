//! Every string of a report, and what it may hold.

use crate::image::{Facts, Link};
use crate::partition::{DynamicDisk, Entry, Partitions};
use crate::report::{Place, Report, ReportedFinding, Structure};
use crate::structure::FieldValue;
use crate::volume::{Fact, Volume};

/// What a string may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Our own words: nothing of the image is in them.
    Own,
    /// A name by which parts of the report refer to one another; parts of it may come from the image.
    Key,
    /// A sentence or a value that may quote what the image says.
    Free,
    /// A text that somebody wrote: kept only where all its words are our own too.
    Text,
    /// The name of a file, with or without the way to it.
    Path,
    /// What somebody called a volume.
    Label,
    /// The name of a machine, or of a disk group that carries it.
    Host,
    /// A UUID, or a serial number.
    Id,
    /// The type of a partition, where that is a GUID: no identity.
    Type,
    /// Bytes in hexadecimal.
    Bytes,
    /// The identity or name that came just before, spelled in another way.
    Again,
}

/// Who is shown the strings.
pub(super) type Visit<'a> = dyn FnMut(Holds, &mut String) + 'a;

impl Report {
    /// Shows every string of the report, in an order in which names come before what quotes them.
    pub(super) fn strings(&mut self, visit: &mut Visit) {
        for text in [&mut self.schema, &mut self.tool.name, &mut self.tool.version] {
            visit(Holds::Own, text);
        }
        for file in &mut self.files {
            visit(Holds::Path, &mut file.name);
        }
        for image in &mut self.images {
            visit(Holds::Path, &mut image.key);
            visit(Holds::Own, &mut image.format);
            each(visit, Holds::Free, &mut image.variant);
        }
        if let Some(image) = &mut self.image {
            visit(Holds::Path, &mut image.key);
            facts(visit, &mut image.facts);
        }
        for link in &mut self.chain {
            chain(visit, link);
        }
        if let Some(partitions) = &mut self.partitions {
            disk(visit, partitions);
        }
        for structure in &mut self.structures {
            structure.strings(visit);
        }
        for table in &mut self.tables {
            visit(Holds::Key, &mut table.key);
            visit(Holds::Own, &mut table.id);
            visit(Holds::Free, &mut table.title);
            for column in &mut table.columns {
                for text in [&mut column.name, &mut column.title, &mut column.meaning] {
                    visit(Holds::Own, text);
                }
            }
        }
        for fact in &mut self.boot {
            visit(Holds::Own, &mut fact.id);
            visit(Holds::Free, &mut fact.text);
            each(visit, Holds::Key, &mut fact.structure);
            places(visit, &mut fact.places);
        }
        for found in &mut self.findings {
            finding(visit, found);
        }
        for readiness in &mut self.readiness {
            visit(Holds::Own, &mut readiness.platform);
            for rule in &mut readiness.rules {
                visit(Holds::Free, &mut rule.detail);
                for text in [&mut rule.id, &mut rule.source, &mut rule.as_of] {
                    visit(Holds::Own, text);
                }
            }
        }
    }
}

impl Structure {
    fn strings(&mut self, visit: &mut Visit) {
        visit(Holds::Key, &mut self.key);
        visit(Holds::Own, &mut self.id);
        visit(Holds::Free, &mut self.title);
        visit(Holds::Free, &mut self.note);
        each(visit, Holds::Key, &mut self.parent);
        each(visit, Holds::Key, &mut self.table);
        each(visit, Holds::Path, &mut self.file);
        for field in &mut self.fields {
            let holds = field_holds(&self.id, field);
            visit(Holds::Key, &mut field.name);
            visit(Holds::Own, &mut field.kind);
            visit(Holds::Own, &mut field.meaning);
            // The display of a name or an identity is the name; the value may be its bytes, or a number.
            visit(holds, &mut field.display);
            let again = match holds {
                Holds::Id | Holds::Label | Holds::Host => true,
                Holds::Text | Holds::Path => field.kind == "bytes",
                _ => false,
            };
            visit(if again { Holds::Again } else { holds }, &mut field.value);
        }
    }
}

fn each<'a>(visit: &mut Visit, holds: Holds, texts: impl IntoIterator<Item = &'a mut String>) {
    for text in texts {
        visit(holds, text);
    }
}

fn places(visit: &mut Visit, places: &mut [Place]) {
    each(visit, Holds::Path, places.iter_mut().map(|place| &mut place.file));
}

/// What an identity of an image is: the content identity of a VMDK changes with every write and names nobody, and support
/// needs it to put a chain in order.
fn identity(format: &str) -> Holds {
    if format == "vmdk" { Holds::Free } else { Holds::Id }
}

fn facts(visit: &mut Visit, facts: &mut Facts) {
    let id = identity(&facts.format);
    visit(Holds::Own, &mut facts.format);
    visit(Holds::Free, &mut facts.variant);
    // Made from codes of four letters.
    each(visit, Holds::Own, &mut facts.producer);
    each(visit, Holds::Own, &mut facts.created_utc);
    each(visit, id, &mut facts.id);
    each(visit, Holds::Own, &mut facts.id_kind);
    for extent in &mut facts.extents {
        each(visit, Holds::Path, &mut extent.file);
        visit(Holds::Own, &mut extent.access);
        visit(Holds::Free, &mut extent.kind);
    }
    if let Some(parent) = &mut facts.parent {
        each(visit, id, &mut parent.id);
        each(visit, Holds::Path, &mut parent.names);
        each(visit, Holds::Path, &mut parent.file);
    }
}

fn chain(visit: &mut Visit, link: &mut Link) {
    let id = identity(&link.format);
    visit(Holds::Path, &mut link.key);
    visit(Holds::Own, &mut link.format);
    visit(Holds::Free, &mut link.variant);
    each(visit, id, &mut link.id);
    each(visit, id, &mut link.parent_id);
    each(visit, Holds::Path, &mut link.parent_names);
    for candidate in &mut link.candidates {
        visit(Holds::Path, &mut candidate.file);
        each(visit, id, &mut candidate.id);
    }
    visit(Holds::Free, &mut link.reason);
}

fn disk(visit: &mut Visit, partitions: &mut Partitions) {
    visit(Holds::Own, &mut partitions.scheme);
    each(visit, Holds::Id, &mut partitions.disk_id);
    for Entry { type_id, type_name, name, id, attributes, structure, volume: inside, .. } in
        &mut partitions.entries
    {
        visit(Holds::Type, type_id);
        each(visit, Holds::Own, type_name);
        each(visit, Holds::Text, name);
        each(visit, Holds::Id, id);
        each(visit, Holds::Own, attributes);
        each(visit, Holds::Key, structure);
        if let Some(inside) = inside {
            volume(visit, inside);
        }
    }
    for metadata in &mut partitions.metadata {
        visit(Holds::Key, &mut metadata.structure);
    }
    if let Some(whole) = &mut partitions.volume {
        volume(visit, whole);
    }
    if let Some(DynamicDisk { group, group_id, disk_id, disks, volumes }) = &mut partitions.dynamic {
        visit(Holds::Host, group);
        visit(Holds::Id, group_id);
        visit(Holds::Id, disk_id);
        each(visit, Holds::Text, disks);
        for volume in volumes {
            visit(Holds::Text, &mut volume.name);
            visit(Holds::Own, &mut volume.kind);
            each(visit, Holds::Id, &mut volume.id);
            each(visit, Holds::Own, &mut volume.hint);
            each(visit, Holds::Text, volume.disks.iter_mut().chain(&mut volume.needs));
        }
    }
}

fn volume(visit: &mut Visit, volume: &mut Volume) {
    visit(Holds::Own, &mut volume.kind);
    each(visit, Holds::Label, &mut volume.label);
    each(visit, Holds::Id, &mut volume.uuid);
    each(visit, Holds::Id, &mut volume.device_uuid);
    each(visit, Holds::Free, &mut volume.version);
    let times = [&mut volume.created, &mut volume.written, &mut volume.mounted, &mut volume.checked];
    each(visit, Holds::Own, times.into_iter().flatten());
    for Fact { name, value } in &mut volume.facts {
        let holds = match name.as_str() {
            "Last used by" => Holds::Host,
            "Last mounted on" => Holds::Path,
            "Publisher" | "Prepared by" | "Disk" | "Volume name" | "Volume group" => Holds::Label,
            "Set" | "Volume" | "Group" | "Pool" | "Serial number" => Holds::Id,
            "Application" => Holds::Text,
            _ => Holds::Free,
        };
        visit(Holds::Own, name);
        visit(holds, value);
    }
    for content in &mut volume.contents {
        visit(Holds::Label, &mut content.name);
        each(visit, Holds::Id, &mut content.id);
        each(visit, Holds::Own, &mut content.layout);
        if let Some(inside) = &mut content.volume {
            self::volume(visit, inside);
        }
    }
    each(visit, Holds::Key, &mut volume.structure);
}

fn finding(visit: &mut Visit, finding: &mut ReportedFinding) {
    visit(Holds::Own, &mut finding.id);
    visit(Holds::Own, &mut finding.title);
    visit(Holds::Own, &mut finding.remedy);
    visit(Holds::Free, &mut finding.detail);
    each(visit, Holds::Free, finding.args.values_mut());
    each(visit, Holds::Key, &mut finding.structure);
    each(visit, Holds::Key, &mut finding.field);
    places(visit, &mut finding.places);
}

/// What a field holds, by its name in the words of the specification. The same names mean the same in most formats.
pub(super) fn field_holds(structure: &str, field: &FieldValue) -> Holds {
    let name = field.name.to_ascii_lowercase();
    let name = name.trim_start_matches("vdev ");
    let bytes = field.kind == "bytes";
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    match name {
        "type_guid" => Holds::Type,
        // Of an OS/390 volume this is the word VOL1.
        "label" if structure == "dasd.label" => Holds::Free,
        "name"
            if ["gpt.", "apm.", "ldm.", "dasd.", "eltorito."].iter().any(|of| structure.starts_with(of)) =>
        {
            Holds::Text
        }
        "name" if structure == "vhd.locator-name" => Holds::Path,
        "parent_unicode_name"
        | "parent_file_name"
        | "boot_file"
        | "mounted_on"
        | "last_mounted"
        | "path"
        | "phys_path"
        | "devid"
        | "parentfilenamehint"
        | "changetrackpath"
        | "ddb.sidecars" => Holds::Path,
        "hostname" | "group_name" => Holds::Host,
        "disk_signature" | "hostid" | "id_0" | "id_1" => Holds::Id,
        "disk_id" | "id" | "pool" | "disk" if bytes => Holds::Id,
        _ if has(&["uuid", "guid", "fsid", "unique_id", "serial", "longcontentid"]) => Holds::Id,
        "volume_id" if field.length == 16 => Holds::Id,
        "name" | "volume_name" | "volume_id" | "volume_set_id" | "pack_name" | "ascii_label" | "owner"
        | "publisher_id" | "preparer_id" | "volume_group" | "pool" | "device" | "subsystem"
        | "lock_table" | "locked_by" | "description" | "explanatory_set" | "files" => Holds::Label,
        _ if has(&["label"]) => Holds::Label,
        "application_id" | "system_id" | "mount_options" | "developer" | "ddb.comment" | "keyid"
        | "encryptionkeys" | "ddb.iofilters" => Holds::Text,
        _ if has(&["comment", "line "]) || field.meaning == crate::image::vmdk::UNKNOWN_KEY => Holds::Text,
        _ if bytes => Holds::Bytes,
        _ => Holds::Free,
    }
}

#[cfg(test)]
mod tests {
    use crate::session::Session;
    use serde_json::Value;
    use std::rc::Rc;

    /// Every text of a JSON value with the name it has there.
    fn texts<'a>(value: &'a Value, key: &'a str, found: &mut Vec<(&'a str, &'a str)>) {
        match value {
            Value::String(text) => found.push((key, text)),
            Value::Array(values) => values.iter().for_each(|value| texts(value, key, found)),
            Value::Object(values) => values.iter().for_each(|(key, value)| texts(value, key, found)),
            _ => {}
        }
    }

    #[test]
    fn what_names_nobody_stays() {
        let sample = diskglass_samples::find("vhd-customer").unwrap();
        let mut session = Session::default();
        for file in sample.files() {
            session.add(file.name, Rc::new(file.bytes), None);
        }
        let report = session.inspect(None);
        let redacted = session.redacted();
        let types = |report: &crate::report::Report| {
            let fields = report.structures.iter().flat_map(|structure| &structure.fields);
            let types = fields.filter(|field| field.name == "type_guid");
            types.map(|field| (field.value.clone(), field.display.clone())).collect::<Vec<_>>()
        };
        assert!(!types(&report).is_empty());
        assert_eq!(types(&redacted), types(&report));
    }

    #[test]
    fn every_string_of_a_report_is_shown() {
        const MARK: char = '\u{1}';
        // Words of our own that are no strings in the model.
        const WORDS: [&str; 7] = ["coverage", "verdict", "role", "status", "severity", "layer", "state"];
        for sample in diskglass_samples::gallery() {
            let mut session = Session::default();
            for file in sample.files() {
                session.add(file.name, Rc::new(file.bytes), None);
            }
            let mut report = session.inspect(None);
            report.strings(&mut |_, text| text.push(MARK));
            let json = serde_json::to_value(&report).unwrap();
            let mut found = Vec::new();
            texts(&json, "", &mut found);
            for (key, text) in found {
                let marks = text.chars().filter(|c| *c == MARK).count();
                assert_eq!(marks, usize::from(!WORDS.contains(&key)), "{}: {key} {text:?}", sample.name);
            }
        }
    }
}
