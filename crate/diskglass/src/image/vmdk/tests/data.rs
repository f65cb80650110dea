//! The check of the data: every grain of a stream, every marker, and the same findings however the work is divided.

use super::*;
use crate::finding::Finding;
use diskglass_samples::vmdk::stream::{Form, Stream, Written};
use diskglass_samples::vmdk::{Grains, Order};
use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use std::io::Write;

/// What the check of the data gave, done in so many shares and in steps of so many bytes.
fn checked(seen: &Seen, of: u32, budget: u64) -> Vec<Finding> {
    let mut merged = ScanOutcome::default();
    let mut total = 0;
    for index in 0..of {
        let mut scan = seen.image.verify(Share { index, of }).unwrap();
        let mut before = (0, scan.progress().1);
        let mut steps = 0;
        while !scan.step(budget) {
            let now = scan.progress();
            assert!(now.0 >= before.0 && now.0 <= now.1 && now.1 == before.1, "{before:?} to {now:?}");
            before = now;
            steps += 1;
            assert!(steps < 100_000, "a check comes to an end");
        }
        assert_eq!(scan.progress().0, scan.progress().1, "all is done at the end");
        total += scan.progress().1;
        merged.merge(scan.outcome());
    }
    assert!(total > 0);
    merged.findings.iter().cloned().collect()
}

/// The findings of the data; the same come out however many shares there are.
fn deep(files: &Files) -> Vec<Finding> {
    let seen = look(files);
    let words = |findings: &[Finding]| {
        let mut words: Vec<_> = findings
            .iter()
            .map(|found| {
                (found.rule.id, found.detail.clone(), found.count, found.places.clone(), found.guest_range)
            })
            .collect();
        words.sort_by_key(|found| found.0);
        words
    };
    let whole = checked(&seen, 1, u64::MAX);
    for (of, budget) in [(1, 1), (2, 100_000), (3, 4000), (8, 1 << 20)] {
        let parts = checked(&seen, of, budget);
        assert_eq!(words(&parts), words(&whole), "in {of} shares, by {budget} bytes");
    }
    whole
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|found| found.rule.id).collect()
}

fn only(files: &Files, id: &str) -> Finding {
    let found = deep(files);
    let faults: Vec<_> = found.iter().filter(|found| found.rule.severity != Severity::Info).collect();
    assert_eq!(faults.iter().map(|found| found.rule.id).collect::<Vec<_>>(), [id]);
    faults[0].clone()
}

fn text_of(disk: &Disk) -> String {
    embedded("streamOptimized", disk.sectors())
}

fn written(form: Form, disk: &Disk) -> Written {
    Stream::new(form, disk.sectors(), text_of(disk)).write(disk)
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_le_bytes()[6]
    };
    (0..length).map(|_| next()).collect()
}

/// A disk of 40 MiB with 300 grains that do not compress: the file of its stream has several segments.
fn large() -> Disk {
    let mut disk = Disk::new(40 * MIB);
    for grain in (0..300).map(|number| number * 2) {
        disk.write(grain * GRAIN, noise(grain, 65536));
    }
    disk
}

const FORMS: [Form; 4] = [Form::Canonical, Form::Patched, Form::TablesFirst, Form::Qemu];

#[test]
fn sound_streams_of_all_forms() {
    let mut odd = disk().grown(3 * 512);
    odd.write(disk().size(), "the last grain is short");
    for form in FORMS {
        for disk in [disk(), large(), Disk::new(40 * MIB)] {
            let found = deep(&one("d.vmdk", written(form, &disk).bytes));
            assert_eq!(ids(&found), [""; 0], "{form:?}: {:?}", found.first().map(|found| &found.detail));
        }
        let found = deep(&one("d.vmdk", written(form, &odd).bytes));
        let expected: &[&str] = if form == Form::Qemu { &["vmdk.stream.last-grain-short"] } else { &[] };
        assert_eq!(ids(&found), expected);
    }
    // Tables of zeros, as in some exports, and stored data.
    let mut stream = Stream::new(Form::Canonical, disk().sectors(), text_of(&disk()));
    stream.empty_tables = true;
    stream.level = 0;
    assert_eq!(ids(&deep(&one("d.vmdk", stream.write(&disk()).bytes))), [""; 0]);
}

#[test]
fn grains_of_zeros_are_counted() {
    let mut sparse = sparse_writer();
    sparse.grains.written.extend([7, 8, 600]);
    let found = deep(&one("d.vmdk", sparse.write(&disk())));
    assert_eq!(ids(&found), ["vmdk.grain-table.zero-grains"]);
    assert_eq!(found[0].count, 3);
    assert_eq!(found[0].guest_range, Some((7 * GRAIN, 594 * GRAIN)));
    assert_eq!(ids(&deep(&one("d.vmdk", sparse_writer().write(&large())))), [""; 0]);
}

#[test]
fn order() {
    for order in [Order::Descending, Order::Shuffled(7)] {
        let mut stream = Stream::new(Form::TablesFirst, large().sectors(), text_of(&large()));
        stream.grains = Grains { order, ..Grains::default() };
        let found = only(&one("d.vmdk", stream.write(&large()).bytes), "vmdk.stream.order");
        if order == Order::Descending {
            assert_eq!(found.count, 299, "where runs meet, too");
        }
    }
}

/// The stream of the usual disk in tables-first form with one place changed.
fn changed(disk: &Disk, change: impl FnOnce(&mut Written)) -> Files {
    let mut stream = written(Form::TablesFirst, disk);
    change(&mut stream);
    one("d.vmdk", stream.bytes)
}

/// Puts other compressed data into the place of a grain, as long as that fits.
fn replaced(stream: &mut Written, grain: u64, data: &[u8]) {
    let at = stream.grains[&grain];
    let next = stream.grains.values().copied().filter(|next| *next > at).min();
    let end = next.unwrap_or(stream.bytes.len() as u64 - 512);
    put(&mut stream.bytes, at + 8, &u32::try_from(data.len()).unwrap().to_le_bytes());
    let from = usize::try_from(at + 12).unwrap();
    let until = usize::try_from(end).unwrap();
    stream.bytes[from..until].fill(0);
    assert!(from + data.len() <= until, "{} bytes fit into {}", data.len(), until - from);
    stream.bytes[from..from + data.len()].copy_from_slice(data);
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_data() {
    let disk = disk();
    let grain = disk.read(5 * GRAIN, GRAIN);
    let packed = zlib(&grain);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&grain).unwrap();
    let plain = encoder.finish().unwrap();
    let mut wrong = packed.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let mut broken = packed.clone();
    broken[2..20].fill(0xff);
    let long = [packed.as_slice(), b"more"].concat();
    for (data, id) in [
        (&plain, "vmdk.stream.plain-deflate"),
        (&wrong, "vmdk.stream.checksum"),
        (&broken, "vmdk.stream.inflate"),
        (&packed[..packed.len() - 1].to_vec(), "vmdk.stream.inflate"),
        (&vec![0xff; 40], "vmdk.stream.inflate"),
        (&zlib(&grain[..60000]), "vmdk.stream.grain-length"),
        (&zlib(&vec![0; 65537]), "vmdk.stream.grain-length"),
        (&zlib(&vec![0; 400_000]), "vmdk.stream.grain-length"),
        (&long, "vmdk.stream.trailing"),
    ] {
        let files = changed(&disk, |stream| replaced(stream, 5, data));
        let found = only(&files, id);
        assert_eq!(found.guest_range, Some((5 * GRAIN, GRAIN)), "{id}");
        assert!(found.detail.starts_with("grain 5 at byte "), "{}", found.detail);
        let read = look(&files).image.disk().unwrap().read_vec(5 * GRAIN, 65536);
        let sound = matches!(id, "vmdk.stream.plain-deflate" | "vmdk.stream.trailing");
        assert_eq!(read.is_ok_and(|read| read == grain), sound, "{id}");
    }
    // Bytes between the end of the data and the end of its last sector.
    let files = changed(&disk, |stream| {
        replaced(stream, 5, &packed);
        let at = stream.grains[&5] + 12 + packed.len() as u64;
        put(&mut stream.bytes, at, b"x");
    });
    only(&files, "vmdk.stream.trailing");
}

#[test]
fn a_bomb_is_not_inflated_further_than_a_grain() {
    let mut disk = Disk::new(40 * MIB);
    disk.write(0, noise(1, 65536));
    let bomb = zlib(&vec![0; 32 << 20]);
    let files = changed(&disk, |stream| replaced(stream, 0, &bomb));
    let found = only(&files, "vmdk.stream.grain-length");
    assert!(found.detail.contains("longer than a grain"), "{}", found.detail);
}

#[test]
fn markers_of_grains() {
    let disk = large();
    let middle = 300;
    for (at, what, id) in [
        (0, le(middle * 128 + 1).to_vec(), "vmdk.stream.grain-place"),
        (0, le(u64::MAX - 127).to_vec(), "vmdk.stream.grain-place"),
        (0, le(640 * 128).to_vec(), "vmdk.stream.grain-place"),
        (0, le((middle + 1) * 128).to_vec(), "vmdk.stream.grain-elsewhere"),
        (8, u32::MAX.to_le_bytes().to_vec(), "vmdk.stream.grain-size"),
        (8, 131_073_u32.to_le_bytes().to_vec(), "vmdk.stream.grain-size"),
    ] {
        let files = changed(&disk, |stream| put(&mut stream.bytes, stream.grains[&middle] + at, &what));
        let found = only(&files, id);
        assert_eq!((found.count, found.guest_range), (1, Some((middle * GRAIN, GRAIN))), "{id}");
    }
    // A size that leads into the middle of the data: what follows is found again by the tables.
    let files = changed(&disk, |stream| put(&mut stream.bytes, stream.grains[&middle] + 8, &[0, 2, 0, 0]));
    let found = deep(&files);
    assert_eq!(ids(&found), ["vmdk.stream.inflate", "vmdk.stream.marker"]);
    // One that swallows the next grain.
    let files = changed(&disk, |stream| {
        let size = u32::try_from(stream.grains[&(middle + 2)] - stream.grains[&middle]).unwrap();
        put(&mut stream.bytes, stream.grains[&middle] + 8, &size.to_le_bytes());
    });
    let found = deep(&files);
    assert!(ids(&found).contains(&"vmdk.stream.entry-astray"), "{:?}", ids(&found));
    assert!(found.iter().all(|found| found.count <= 2), "the rest is not lost");
    // No marker at all.
    let files = changed(&disk, |stream| {
        let at = stream.grains[&middle];
        put(&mut stream.bytes, at, &[&[0; 12][..], &[9, 0, 0, 0]].concat());
    });
    assert_eq!(ids(&deep(&files)), ["vmdk.stream.marker", "vmdk.stream.entry-astray"]);
}

#[test]
fn where_the_tables_lead() {
    let disk = large();
    // An entry that leads nowhere leaves its grain behind.
    let files = changed(&disk, |stream| put(&mut stream.bytes, stream.tables[&0] + 4 * 100, &[0; 4]));
    let found = only(&files, "vmdk.stream.grain-unreferenced");
    assert!(found.detail.ends_with("is for sector 12800 of the disk"), "{}", found.detail);
    // An entry that leads into another grain's data.
    let files = changed(&disk, |stream| {
        let sector = u32::try_from(stream.grains[&100] / 512 + 3).unwrap();
        put(&mut stream.bytes, stream.tables[&0] + 4 * 101, &sector.to_le_bytes());
    });
    let found = only(&files, "vmdk.stream.entry-astray");
    assert_eq!(found.guest_range, Some((101 * GRAIN, GRAIN)));
    // Two entries for one grain: the table says so already, and one of both is wrong.
    let files = changed(&disk, |stream| {
        let sector = u32::try_from(stream.grains[&100] / 512).unwrap();
        put(&mut stream.bytes, stream.tables[&0] + 4 * 101, &sector.to_le_bytes());
    });
    let found = only(&files, "vmdk.stream.grain-elsewhere");
    assert_eq!(found.guest_range, Some((101 * GRAIN, GRAIN)));
    // Tables that contradict the stream altogether.
    let files = changed(&disk, |stream| {
        for (index, grain) in (0_u64..512).zip((0_u64..).step_by(2)) {
            let at = stream.grains.get(&(598 - grain.min(598))).copied().unwrap_or(0);
            let entry = u32::try_from(at / 512).unwrap();
            put(&mut stream.bytes, stream.tables[&0] + 4 * index, &entry.to_le_bytes());
        }
    });
    let found = deep(&files);
    assert!(ids(&found).contains(&"vmdk.stream.grain-elsewhere"), "{:?}", ids(&found));
}

/// The canonical stream of the usual disk with one place changed.
fn canonical(change: impl FnOnce(&mut Written)) -> Files {
    let mut stream = written(Form::Canonical, &disk());
    change(&mut stream);
    one("d.vmdk", stream.bytes)
}

#[test]
fn markers_of_the_rest() {
    for (place, id) in [(0, "vmdk.stream.marker-length"), (100, "vmdk.stream.marker-padding")] {
        for which in [0, 1, 2] {
            let files = canonical(|stream| {
                let end = stream.bytes.len() as u64;
                let marker = [stream.tables[&1] - 512, stream.directory - 512, end - 1536][which];
                put(&mut stream.bytes, marker + place, &[7]);
            });
            let found = only(&files, id);
            assert_eq!(found.count, 1);
        }
    }
    // A kind that is not known: on with what the tables lead to.
    let files = canonical(|stream| {
        let marker = stream.tables[&0] - 512;
        put(&mut stream.bytes, marker + 12, &[9]);
    });
    only(&files, "vmdk.stream.marker");
    let files = canonical(|stream| {
        let marker = stream.directory - 512;
        put(&mut stream.bytes, marker + 12, &[4]);
    });
    assert_eq!(
        ids(&deep(&files)),
        ["vmdk.stream.progress-marker"],
        "a directory of one sector is gone over as what belongs to the marker"
    );
}

#[test]
fn tables_that_nothing_leads_to() {
    // Between the last table and the directory another one is put in.
    let with = |table: Vec<u8>| {
        canonical(|stream| {
            let at = usize::try_from(stream.directory - 512).unwrap();
            let marker = writer::stream::Marker::Table.to_bytes(4);
            stream.bytes.splice(at..at, [marker, table].concat());
            let directory = (stream.directory + 2560) / 512;
            let footer = stream.bytes.len() as u64 - 1024;
            put(&mut stream.bytes, footer + 56, &le(directory));
        })
    };
    assert_eq!(ids(&deep(&with(vec![0; 2048]))), ["vmdk.stream.empty-table"]);
    only(&with([vec![0; 2047], vec![1]].concat()), "vmdk.stream.table-unreferenced");
}

#[test]
fn ends() {
    // Zeros where grains ought to be, as in a download with a gap.
    let disk = large();
    let files = changed(&disk, |stream| {
        let (from, until) = (stream.grains[&200], stream.grains[&210]);
        stream.bytes[usize::try_from(from).unwrap()..usize::try_from(until).unwrap()].fill(0);
    });
    let found = deep(&files);
    assert_eq!(ids(&found), ["vmdk.stream.end-early", "vmdk.stream.entry-astray"]);
    assert_eq!((found[0].count, found[1].count), (1, 5));
    assert_eq!(found[1].guest_range, Some((200 * GRAIN, 9 * GRAIN)));
    // Something behind the end.
    let files = changed(&disk, |stream| stream.bytes.extend([vec![0; 700], vec![1; 324]].concat()));
    let found = only(&files, "vmdk.stream.tail");
    assert!(found.detail.ends_with("324 bytes are not all zero"), "{}", found.detail);
    let files = changed(&disk, |stream| stream.bytes.extend(vec![0; 5120]));
    assert_eq!(ids(&deep(&files)), [""; 0]);
}

#[test]
fn a_stream_cut_anywhere_says_what_is_there() {
    let stream = written(Form::Canonical, &large());
    let mut before = 0;
    for tenth in 1..=9 {
        let cut = stream.bytes.len() * tenth / 10;
        let files = one("d.vmdk", stream.bytes[..cut].to_vec());
        // A table of ours follows each 512 grains; all of what the file has in front of the cut is whole.
        let whole = stream.grains.values().filter(|at| **at + 66_000 < cut as u64).count();
        let found = only_info(&files, "vmdk.stream.present");
        let number = |text: &str| text.split(' ').next().unwrap().parse::<usize>().unwrap();
        let said = number(&found.detail);
        assert!((whole..=whole + 1).contains(&said), "{} instead of {whole}", found.detail);
        assert!(found.detail.contains("the file ends inside the grain"), "{}", found.detail);
        assert!(found.guest_range.unwrap().1 > before);
        before = found.guest_range.unwrap().1;
    }
    // A download that was laid out in full and then broken off, with a broken grain in what is there.
    let mut bytes = stream.bytes.clone();
    let cut = usize::try_from(stream.grains[&200]).unwrap();
    bytes[cut..].fill(0);
    let at = stream.grains[&100];
    put(&mut bytes, at + 500, &[0xff; 8]);
    let found = deep(&one("d.vmdk", bytes));
    assert_eq!(ids(&found), ["vmdk.stream.checksum", "vmdk.stream.present"]);
    assert_eq!(found[0].guest_range, Some((100 * GRAIN, GRAIN)));
    assert!(
        found[1].detail.starts_with("99 grains are whole; they reach to sector 25472 of 81920"),
        "{}",
        found[1].detail
    );
    assert!(found[1].detail.ends_with("on there are zeros, which end a stream"), "{}", found[1].detail);
}

fn only_info(files: &Files, id: &str) -> Finding {
    let found = deep(files);
    assert_eq!(ids(&found), [id]);
    found[0].clone()
}

#[test]
fn what_cannot_be_checked_is_said() {
    let files = changed(&disk(), |stream| put(&mut stream.bytes, 8, &[1, 0, 1, 0]));
    let seen = look(&files);
    let mut scan = seen.image.verify(Share::WHOLE).unwrap();
    assert!(scan.step(1));
    let outcome = scan.outcome();
    assert_eq!(
        outcome.findings.iter().map(|found| found.rule.id).collect::<Vec<_>>(),
        ["vmdk.stream.not-checked"]
    );
    // More entries for one place than there is room for.
    let mut huge = Disk::new(40 << 30);
    huge.write(0, noise(1, 65536));
    let files = changed(&huge, |stream| {
        let sector = u32::try_from(stream.grains[&0] / 512).unwrap();
        for table in 0..stream.tables.len() as u64 {
            let entries = sector.to_le_bytes().repeat(512);
            put(&mut stream.bytes, stream.tables[&table], &entries);
        }
    });
    let seen = look(&files);
    for of in [1, 3] {
        let found = checked(&seen, of, 1 << 20);
        assert_eq!(ids(&found), ["vmdk.stream.not-checked", "vmdk.stream.grain-elsewhere"]);
        assert_eq!(found[1].count, 2 * limits::STORED_GRAINS as u64 - 1);
    }
}

#[test]
fn parents_are_checked_too() {
    let mut files = chains::chain("12345678", "parentFileNameHint=\"d.vmdk\"\n");
    files[1].1 = written(Form::TablesFirst, &disk()).bytes;
    assert_eq!(ids(&deep(&files)), [""; 0]);
    let mut stream = written(Form::TablesFirst, &disk());
    put(&mut stream.bytes, stream.grains[&1] + 20, &[0xff; 8]);
    files[1].1 = stream.bytes;
    let found = deep(&files);
    assert_eq!(ids(&found), ["vmdk.stream.inflate"]);
    assert!(found[0].detail.starts_with("in the parent d.vmdk: grain 1 at byte "), "{}", found[0].detail);
}

#[test]
fn any_byte_may_be_wrong() {
    let stream = written(Form::Canonical, &disk());
    let mut sound = 0;
    for at in 0..stream.bytes.len() as u64 {
        // All of the structures, and a byte of every so many of the padding.
        if at > 1024 && at < 65536 && !at.is_multiple_of(4096) || at.is_multiple_of(512) && at % 3 == 1 {
            continue;
        }
        if at > 65536 && !at.is_multiple_of(5) {
            continue;
        }
        let mut bytes = stream.bytes.clone();
        bytes[usize::try_from(at).unwrap()] ^= 0x5a;
        let files = one("d.vmdk", bytes);
        let given: Vec<_> =
            files.iter().map(|(name, bytes)| (name.clone(), Rc::new(bytes.clone()) as Bytes, None)).collect();
        let set = FileSet::new(given);
        let Ok(image) = open(&Context { files: &set, now: None }, set.by_name("d.vmdk").unwrap()) else {
            continue;
        };
        let mut found = image.about().findings.clone();
        for mut scan in [image.scan(), image.verify(Share::WHOLE)].into_iter().flatten() {
            let mut steps = 0;
            while !scan.step(1 << 20) {
                steps += 1;
                assert!(steps < 10_000, "byte {at}");
            }
            found.extend(scan.outcome().findings);
        }
        let worst = found.worst();
        sound += u32::from(worst.is_none_or(|worst| worst == Severity::Info));
        assert!(
            at < 65536 || at >= stream.directory || worst.is_some(),
            "a changed byte of a grain or a table is found: {at}"
        );
    }
    assert!(sound > 0, "what is padding, or of the header");
}
