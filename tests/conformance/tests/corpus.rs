//! Real images, written by other people's software, in the folder that `DISKGLASS_CORPUS` names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

use diskglass::image::FORMATS;
use diskglass::partition::{DynamicVolume, Entry};
use diskglass::report::{Coverage, Report, Verdict};
use diskglass::session::Session;
use diskglass::volume::Volume;
use diskglass_conformance::corpus::{Known, KnownPartition, KnownVolume, Member, Set, folder, known, sets};
use diskglass_conformance::{check_data, faults, session};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

/// Volumes that other tools know and we do not; what we say of such a disk must not be that it holds one of ours.
const OUR_VOLUMES: &str = "ntfs vfat exfat ReFS BitLocker ext2 ext3 ext4 xfs btrfs f2fs jfs reiserfs nilfs2 erofs \
    squashfs minix swap LVM2_member crypto_LUKS linux_raid_member zfs_member apfs hfs hfsplus ufs";

fn volume(found: &Volume) -> KnownVolume {
    KnownVolume { kind: found.kind.clone(), label: found.label.clone(), uuid: found.uuid.clone() }
}

fn partition(entry: &Entry) -> KnownPartition {
    KnownPartition {
        number: entry.index,
        first: entry.first_sector,
        sectors: entry.sector_count,
        kind: entry.type_id.clone(),
        volume: entry.volume.as_ref().map(volume),
    }
}

fn dynamic_volume(found: &DynamicVolume) -> String {
    let size = found.size_bytes.unwrap_or(0);
    format!("{}: {}, {size} bytes on {}", found.name, found.kind, found.disks.join(", "))
}

fn word<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// What differs between an image's row and its report, a line each.
fn differences(known: &Known, report: &Report) -> String {
    let mut lines = String::new();
    let mut compare = |what: &str, expected: String, found: String| {
        if expected != found {
            writeln!(
                lines,
                "    {what}: expected {expected}\n{:>width$} found {found}",
                "",
                width = what.len() + 5
            )
            .unwrap();
        }
    };
    compare("verdict", known.verdict.clone(), word(report.verdict));
    compare("faults", format!("{:?}", known.faults), format!("{:?}", faults(report)));
    let Some(image) = &report.image else { return lines + "    not recognised\n" };
    let facts = &image.facts;
    compare("format", known.format.clone(), facts.format.clone());
    compare("variant", known.variant.clone(), facts.variant.clone());
    compare("virtual size", format!("{:?}", known.virtual_size), format!("{:?}", facts.virtual_size_bytes));
    if known.id.is_some() {
        compare("id", format!("{:?}", known.id), format!("{:?}", facts.id));
    }
    let disk = report.partitions.as_ref();
    compare(
        "scheme",
        format!("{:?}", known.scheme.as_deref()),
        format!("{:?}", disk.map(|disk| &*disk.scheme)),
    );
    let disk_id = disk.and_then(|disk| disk.disk_id.as_ref());
    compare("disk id", format!("{:?}", known.disk_id.as_ref()), format!("{disk_id:?}"));
    let found: Vec<KnownPartition> =
        disk.map_or_else(Vec::new, |disk| disk.entries.iter().map(partition).collect());
    compare("partitions", format!("{:#?}", known.partitions), format!("{found:#?}"));
    let volumes = disk.and_then(|disk| disk.dynamic.as_ref()).map_or(&[][..], |dynamic| &dynamic.volumes);
    let found: Vec<String> =
        volumes.iter().filter(|volume| !volume.entries.is_empty()).map(dynamic_volume).collect();
    compare("volumes of dynamic disks", format!("{:?}", known.dynamic), format!("{found:?}"));
    let found = disk.and_then(|disk| disk.volume.as_ref()).map(volume);
    compare("volume", format!("{:?}", known.volume), format!("{found:?}"));
    lines
}

/// What must hold of a report of anything at all.
fn check(report: &Report, what: &str) {
    assert!(report.image.is_some() || !report.findings.is_empty(), "{what}: nothing is said");
    assert_eq!(report.coverage, Coverage::Tables, "{what}");
    assert_eq!(report.image.is_none(), report.verdict == Verdict::Unrecognised, "{what}");
    for finding in &report.findings {
        assert!(!finding.detail.is_empty() && !finding.detail.contains('\n'), "{what}: {}", finding.id);
    }
    for structure in &report.structures {
        let Some(file) = &structure.file else { continue };
        let size =
            report.files.iter().find(|known| known.name == *file).and_then(|known| known.size).unwrap();
        assert!(structure.offset.unwrap() + structure.length.unwrap() <= size, "{what}: {}", structure.key);
    }
}

/// A file that is in no row is of a kind that we do not read: whatever is said of it, it must not be said to be ours.
fn check_foreign(report: &Report, member: &Member) {
    let Some(image) = &report.image else { return };
    assert!(
        FORMATS.iter().all(|format| format.id != image.facts.format),
        "{} is taken for {}",
        member.name,
        image.facts.format
    );
    let disk = report.partitions.as_ref();
    let volumes = disk.into_iter().flat_map(|disk| {
        disk.volume.iter().chain(disk.entries.iter().filter_map(|entry| entry.volume.as_ref()))
    });
    for volume in volumes {
        assert!(
            !OUR_VOLUMES.split_whitespace().any(|kind| kind == volume.kind),
            "{} is taken for {}",
            member.name,
            volume.kind
        );
    }
}

/// What came of reading one set.
#[derive(Default)]
struct Outcome {
    files: usize,
    rows: BTreeSet<usize>,
    wrong: String,
}

fn examine(set: &Set, table: &BTreeMap<&str, Vec<(usize, &Known)>>) -> Outcome {
    let members = set.read();
    let mut outcome = Outcome { files: members.len(), ..Outcome::default() };
    let mut judge = |row: &(usize, &Known), report: &Report, session: &mut Session| {
        let (number, known) = row;
        outcome.rows.insert(*number);
        let mut differences = differences(known, report);
        let deep = check_data(session);
        if known.faults != faults(&deep) {
            writeln!(differences, "    with the data: {:?}", faults(&deep)).unwrap();
        }
        if !differences.is_empty() {
            write!(outcome.wrong, "{}: {}\n{differences}", set.name, known.what).unwrap();
        }
    };

    if members.len() > 1 {
        let mut together = session(members.iter().map(|member| (member.name.clone(), member.bytes.clone())));
        check(&together.inspect(None), &set.name);
        for member in &members {
            for row in table.get(&*member.sha256).into_iter().flatten().filter(|(_, known)| !known.alone) {
                let report = together.inspect(Some(&member.name));
                check(&report, &format!("{} in {}", member.name, set.name));
                judge(row, &report, &mut together);
            }
        }
    }
    let is_set = members.len() > 1;
    for member in members {
        let Member { name, bytes, sha256 } = member;
        let mut alone = session([(name.clone(), bytes)]);
        let report = alone.inspect(None);
        check(&report, &name);
        let rows = table.get(&*sha256).map_or(&[][..], |rows| &rows[..]);
        if rows.is_empty() && !is_set {
            check_foreign(&report, &Member { name, bytes: Vec::new(), sha256 });
            continue;
        }
        for row in rows.iter().filter(|(_, known)| known.alone || !is_set) {
            judge(row, &report, &mut alone);
        }
    }
    outcome
}

#[test]
fn real_images_are_what_they_are_known_to_be() {
    let Some(folder) = folder() else { return };
    let known = known();
    let mut table: BTreeMap<&str, Vec<(usize, &Known)>> = BTreeMap::new();
    for (number, row) in known.iter().enumerate() {
        table.entry(&row.sha256).or_default().push((number, row));
    }
    // The largest first, so that no thread is left with one at the end.
    let mut queue = sets(&folder);
    queue.sort_by_key(Set::compressed_size);
    let queue = Mutex::new(queue);
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                loop {
                    let Some(set) = queue.lock().unwrap().pop() else { break };
                    let outcome = examine(&set, &table);
                    outcomes.lock().unwrap().push(outcome);
                }
            });
        }
    });

    let outcomes = outcomes.into_inner().unwrap();
    let files: usize = outcomes.iter().map(|outcome| outcome.files).sum();
    let met: BTreeSet<usize> = outcomes.iter().flat_map(|outcome| outcome.rows.iter().copied()).collect();
    println!("{files} files read; {} of {} known images are among them", met.len(), known.len());
    let mut wrong: Vec<&str> =
        outcomes.iter().map(|outcome| &*outcome.wrong).filter(|wrong| !wrong.is_empty()).collect();
    wrong.sort_unstable();
    assert!(
        wrong.is_empty(),
        "{} images are not what they are known to be:\n{}",
        wrong.len(),
        wrong.join("")
    );
}

#[test]
fn the_table_is_consistent() {
    let ids: BTreeSet<&str> = diskglass::finding::catalogue().map(|rule| rule.id).collect();
    let mut seen = BTreeSet::new();
    for row in known() {
        assert!(seen.insert((row.sha256.clone(), row.alone)), "{}: twice", row.what);
        assert!(
            row.sha256.len() == 64 && row.sha256.bytes().all(|digit| digit.is_ascii_hexdigit()),
            "{}",
            row.what
        );
        assert_eq!(row.faults.is_empty(), matches!(&*row.verdict, "sound" | "incomplete"), "{}", row.what);
        for fault in &row.faults {
            assert!(ids.contains(&**fault), "{}: there is no finding {fault}", row.what);
        }
    }
}
