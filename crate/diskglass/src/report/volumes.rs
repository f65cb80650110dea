//! Volumes, for a reader at a terminal.

use crate::partition::Partitions;
use crate::structure::size_text;
use crate::volume::{Content, Volume};
use std::fmt::{self, Write};

/// Facts stand this far in.
const INDENT: &str = "        ";

/// A volume in a few words: type, label and identity.
pub(super) fn volume_text(volume: &Volume) -> String {
    let mut text = volume.kind.clone();
    if let Some(label) = &volume.label {
        let _ = write!(text, " {label:?}");
    }
    if let Some(uuid) = &volume.uuid {
        let _ = write!(text, " {uuid}");
    }
    text
}

/// Everything that is told of the volumes in partitions.
pub(super) fn write_volumes(out: &mut String, partitions: &Partitions) -> fmt::Result {
    let volumes = partitions.entries.iter().filter_map(|entry| Some((entry.index, entry.volume.as_ref()?)));
    for (index, volume) in volumes {
        writeln!(out, "\n  {index:>4}  {}", volume_text(volume))?;
        write_volume(out, volume)?;
    }
    Ok(())
}

/// What else is told of a volume, a line for each kind of facts.
pub(super) fn write_volume(out: &mut String, volume: &Volume) -> fmt::Result {
    let size = |bytes: Option<u64>, words: &str| bytes.map(|bytes| format!("{}{words}", size_text(bytes)));
    let sizes = [
        size(volume.size_bytes, ""),
        size(volume.used_bytes, " used"),
        size(volume.free_bytes, " free"),
        size(volume.block_bytes, " a block"),
        volume.state.map(|state| state.words().into()),
    ];
    let times = [
        ("made", &volume.created),
        ("written", &volume.written),
        ("mounted", &volume.mounted),
        ("checked", &volume.checked),
    ];
    let times = times.map(|(word, time)| time.as_ref().map(|time| format!("{word} {time}")));
    let facts = volume.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value));
    let lines: [Vec<String>; 3] =
        [sizes.into_iter().flatten().collect(), times.into_iter().flatten().collect(), facts.collect()];
    for parts in lines.iter().filter(|parts| !parts.is_empty()) {
        writeln!(out, "{INDENT}{}", parts.join(", "))?;
    }
    volume.contents.iter().try_for_each(|content| write_content(out, content))
}

fn write_content(out: &mut String, content: &Content) -> fmt::Result {
    let layout = content.layout.as_deref().unwrap_or_default();
    let size = content.size_bytes.map_or_else(String::new, size_text);
    let holds = content.volume.as_ref().map_or_else(String::new, |volume| volume_text(volume));
    let line = format!("{INDENT}{:<16}  {layout:<8}  {size}  {holds}", content.name);
    writeln!(out, "{}", line.trim_end())
}
