//! Partition tables made by the usual tools, read by them and by the library.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests stop at the first surprise")]
#![allow(clippy::indexing_slicing, reason = "what is not there fails the test")]
#![allow(clippy::similar_names, reason = "the tools are called like that")]

use diskglass::partition::EntryRole;
use diskglass::report::Report;
use diskglass_conformance::disk_images::write_range;
use diskglass_conformance::on_disk::{files_in, inspect_file, patch_file, session_of, sparse_file};
use diskglass_conformance::peers::{
    SECTOR, assert_sound, divided, mmls_tables, partitions, rows, sfdisk_rows, sfdisk_table,
};
use diskglass_conformance::tools::{Tool, text, tools};
use diskglass_conformance::{faults, files};
use diskglass_samples::gallery;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

/// Compares everything that `sfdisk` tells of a table with the report.
fn compare_with_sfdisk(sfdisk: &Tool, disk: &Path, report: &Report) {
    let table = sfdisk_table(sfdisk, disk).expect("sfdisk knows the table");
    let found = partitions(report);
    let scheme = if table["label"] == "dos" { "mbr" } else { table["label"].as_str().unwrap() };
    assert_eq!(found.scheme, scheme, "{}", disk.display());
    assert_eq!(found.disk_id.as_deref(), Some(&*table["id"].as_str().unwrap().to_lowercase()));
    assert_eq!(u64::from(found.sector_bytes), table["sectorsize"].as_u64().unwrap());
    assert_eq!(rows(partitions(report)), sfdisk_rows(&table, disk), "{}", disk.display());
    if scheme == "gpt" {
        for (entry, theirs) in found.entries.iter().zip(table["partitions"].as_array().into_iter().flatten())
        {
            assert_eq!(entry.id, theirs["uuid"].as_str().map(str::to_lowercase));
            assert_eq!(entry.name.as_deref(), theirs["name"].as_str());
        }
    }
}

const MBR_WITH_LOGICAL: &str = "label: dos\nlabel-id: 0x1a2b3c4d\n\
    start=63, size=20000, type=7, bootable\n\
    start=22528, size=8192, type=c\n\
    start=32768, size=81920, type=f\n\
    start=114688, size=8192, type=83\n\
    start=34816, size=4096, type=82\n\
    start=40960, size=4096, type=8e\n\
    start=47104, size=60001, type=fd\n";

#[test]
fn mbr_made_by_sfdisk() {
    let Some([sfdisk]) = tools(["sfdisk"]) else { return };
    let folder = TempDir::new().unwrap();
    let scripts = [
        ("logical.img", MBR_WITH_LOGICAL),
        ("gap.img", "label: dos\nlabel-id: 0xfffffffe\n3: start=2048, size=4096, type=83\n"),
        (
            "chs-container.img",
            "label: dos\nstart=2048, size=65536, type=5\nsize=2048, type=6\nsize=2048, type=1\n",
        ),
        ("linux-container.img", "label: dos\nstart=2048, size=65536, type=85\nsize=2048, type=83\n"),
        ("empty-container.img", "label: dos\nstart=2048, size=65536, type=f\n"),
        ("no-partition.img", "label: dos\nlabel-id: 0x00000001\n"),
        ("unordered.img", "label: dos\nstart=60000, size=2048, type=83\nstart=2048, size=2048, type=83\n"),
    ];
    for (name, script) in scripts {
        let disk = divided(&sfdisk, &folder, name, 64 * MIB, script);
        let report = inspect_file(&disk);
        compare_with_sfdisk(&sfdisk, &disk, &report);
        assert_sound(&report, name);
    }
}

#[test]
fn logical_partitions_lie_in_their_container() {
    let Some([sfdisk]) = tools(["sfdisk"]) else { return };
    let folder = TempDir::new().unwrap();
    let disk = divided(&sfdisk, &folder, "logical.img", 64 * MIB, MBR_WITH_LOGICAL);
    let report = inspect_file(&disk);
    for entry in &partitions(&report).entries {
        assert_eq!(entry.role == EntryRole::Container, entry.index == 3);
        assert_eq!(entry.parent, (entry.index >= 5).then_some(3));
    }

    // Deleting logical partitions leaves a chain whose links are no longer in the order of the disk.
    for number in ["6", "5"] {
        sfdisk.run(&["--quiet", "--delete", text(&disk), number]);
        let report = inspect_file(&disk);
        compare_with_sfdisk(&sfdisk, &disk, &report);
        assert_sound(&report, "a logical partition was deleted");
    }
}

#[test]
fn gpt_made_by_sfdisk() {
    let Some([sfdisk]) = tools(["sfdisk"]) else { return };
    let folder = TempDir::new().unwrap();
    let scripts = [
        (
            "named.img",
            "label: gpt\nlabel-id: 11223344-5566-7788-99AA-BBCCDDEEFF00\n\
             1: start=2048, size=8192, type=U, name=\"EFI system\", uuid=A0B0C0D0-0102-0304-0506-0708090A0B0C\n\
             7: start=12288, size=4096, type=L, name=\"Grüße, 日本 and 🦀\"\n\
             4: start=20480, size=2048, type=21686148-6449-6E6F-744E-656564454649, attrs=LegacyBIOSBootable\n",
        ),
        ("long-table.img", "label: gpt\ntable-length: 400\nsize=2048\n400: size=2048, name=last\n"),
        ("no-partition.img", "label: gpt\n"),
    ];
    for (name, script) in scripts {
        let disk = divided(&sfdisk, &folder, name, 64 * MIB, script);
        let report = inspect_file(&disk);
        compare_with_sfdisk(&sfdisk, &disk, &report);
        assert_sound(&report, name);
    }
}

#[test]
fn gpt_made_by_sgdisk() {
    let Some([sgdisk, sfdisk]) = tools(["sgdisk", "sfdisk"]) else { return };
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("sgdisk.img");
    sparse_file(&disk, 3 << 40);
    let made =
        ["-n1:2048:+550M", "-t1:ef00", "-c1:EFI system partition", "-n2:0:+1T", "-t2:8300", "-c2:root"];
    sgdisk.run(&[&made[..], &["-n128:0:0", "-t128:8200", "-A128:set:2", text(&disk)]].concat());
    let report = inspect_file(&disk);
    compare_with_sfdisk(&sfdisk, &disk, &report);
    assert_sound(&report, "sgdisk");
    assert!(sgdisk.run(&["-v", text(&disk)]).contains("No problems found"));
    for entry in &partitions(&report).entries {
        let told = sgdisk.run(&[&format!("-i{}", entry.index), text(&disk)]);
        let value =
            |key: &str| told.lines().find_map(|line| line.strip_prefix(key)?.split_whitespace().next());
        assert_eq!(value("First sector: "), Some(&*entry.first_sector.to_string()));
        assert_eq!(value("Partition size: "), Some(&*entry.sector_count.to_string()));
        assert_eq!(value("Partition GUID code: ").map(str::to_lowercase).as_deref(), Some(&*entry.type_id));
        assert_eq!(value("Partition unique GUID: ").map(str::to_lowercase), entry.id);
    }
}

#[test]
fn hybrid_made_by_sgdisk() {
    let Some([sgdisk]) = tools(["sgdisk"]) else { return };
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("hybrid.img");
    sparse_file(&disk, 64 * MIB);
    sgdisk.run(&["-n1:2048:+8M", "-n2:0:+8M", "-t2:0700", "-h2", text(&disk)]);
    assert!(sgdisk.run(&["-v", text(&disk)]).contains("No problems found"));
    let report = inspect_file(&disk);
    assert_eq!(partitions(&report).scheme, "hybrid");
    assert_eq!(partitions(&report).entries.len(), 2);
    assert_eq!(faults(&report), ["gpt.hybrid.present"], "systems disagree on hybrids, so it is always said");
}

/// What is broken of a GPT: bytes to overwrite at the start or before the end, and what then is an error.
#[test]
fn damage_that_sgdisk_sees_is_seen() {
    let Some([sgdisk]) = tools(["sgdisk"]) else { return };
    let folder = TempDir::new().unwrap();
    let size = 64 * MIB;
    let places = [
        ("primary header", SECTOR + 40),
        ("primary entries", 2 * SECTOR + 40),
        ("backup header", size - SECTOR + 40),
        ("backup entries", size - 33 * SECTOR + 40),
    ];
    for (what, place) in places {
        let disk = folder.path().join("damaged.img");
        sparse_file(&disk, size);
        sgdisk.run(&["-o", "-n1:2048:+8M", "-n2:0:+8M", text(&disk)]);
        let whole = rows(partitions(&inspect_file(&disk)));
        patch_file(&disk, place, &[0x5a; 2]);
        let told = sgdisk.try_run(&["-v", text(&disk)]).unwrap_or_else(|error| error);
        assert!(told.contains("Caution") || !told.contains("No problems found"), "{what}: {told}");
        let report = inspect_file(&disk);
        assert!(!faults(&report).is_empty(), "{what}: nothing is said");
        assert_eq!(partitions(&report).scheme, "gpt", "{what}");
        assert_eq!(rows(partitions(&report)), whole, "{what}: the other copy is still good");
        fs::remove_file(disk).unwrap();
    }
}

#[test]
fn tables_of_4096_byte_sectors_made_by_fdisk() {
    let Some([fdisk]) = tools(["fdisk"]) else { return };
    let folder = TempDir::new().unwrap();
    // The MBR is read by the sector size that its partitions' contents show, so one has to have some.
    let gpt = "g\nn\n1\n\n+8M\nn\n5\n\n\nw\n";
    let disk = folder.path().join("large-sectors.img");
    sparse_file(&disk, 64 * MIB);
    fdisk.run_with(&["-b", "4096", text(&disk)], gpt);
    let told = fdisk.run(&["-b", "4096", "-l", "-o", "Device,Start,Sectors,Type-UUID,UUID", text(&disk)]);
    let theirs: Vec<Vec<String>> = told
        .lines()
        .filter_map(|line| line.strip_prefix(text(&disk)))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| line.split_whitespace().map(str::to_lowercase).collect())
        .collect();
    assert_eq!(theirs.len(), 2, "{told}");

    let report = inspect_file(&disk);
    assert_eq!((&*partitions(&report).scheme, partitions(&report).sector_bytes), ("gpt", 4096));
    let ours: Vec<Vec<String>> = partitions(&report)
        .entries
        .iter()
        .map(|entry| {
            let numbers =
                [u64::from(entry.index), entry.first_sector, entry.sector_count].map(|n| n.to_string());
            [&numbers[..], &[entry.type_id.clone(), entry.id.clone().unwrap()]].concat()
        })
        .collect();
    assert_eq!(ours, theirs);
    assert_sound(&report, "large sectors");
}

/// Samples in which `sfdisk` reads another table than we do, and why.
const READ_DIFFERENTLY: &[(&str, &str)] = &[
    ("raw-ldm", "it lists the slice that holds the disk group, not the volumes in its database"),
    ("raw-bsd", "it lists the slice, not the label in it unless told to"),
    ("raw-solaris", "it lists the slice, not the label in it unless told to"),
    ("raw-apm", "it knows no such table"),
    ("raw-atari", "it knows no such table"),
    ("raw-dasd", "that is another program, fdasd"),
];

/// Samples in which `mmls` reads another table than we do, and why.
const READ_DIFFERENTLY_BY_MMLS: &[(&str, &str)] =
    &[("raw-ldm", "it lists the slice that holds the disk group, not the volumes in its database")];

/// Every healthy sample as a raw disk: its name, its report, and the path.
fn for_each_healthy_sample(mut look: impl FnMut(&str, &Report, &Path)) {
    for sample in gallery().iter().filter(|sample| sample.main && sample.complete && sample.is_healthy()) {
        let folder = TempDir::new().unwrap();
        for (name, bytes) in files(sample) {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let mut session = session_of(&files_in(folder.path()));
        let report = session.inspect(None);
        let Some(disk) = session.disk() else { continue };
        let raw = folder.path().join("whole-disk.raw");
        write_range(&disk, 0, disk.size(), &raw);
        look(sample.name, &report, &raw);
    }
}

#[test]
fn healthy_samples_are_divided_as_sfdisk_says() {
    let Some([sfdisk]) = tools(["sfdisk"]) else { return };
    let mut compared = 0;
    for_each_healthy_sample(|name, report, raw| {
        let found = partitions(report);
        let is_known = READ_DIFFERENTLY.iter().any(|(sample, _)| *sample == name);
        // Of these tools, only fdisk can be told that sectors have 4096 bytes.
        if is_known || u64::from(found.sector_bytes) != SECTOR || found.scheme == "none" {
            return;
        }
        let table = sfdisk_table(&sfdisk, raw).unwrap_or_else(|| panic!("sfdisk finds no table in {name}"));
        assert_eq!(rows(found), sfdisk_rows(&table, raw), "{name}");
        compared += 1;
    });
    assert!(compared > 20, "{compared} tables of samples compared");
}

#[test]
fn healthy_samples_are_divided_as_mmls_says() {
    let Some([mmls]) = tools(["mmls"]) else { return };
    let mut kinds = BTreeSet::new();
    for_each_healthy_sample(|name, report, raw| {
        if READ_DIFFERENTLY_BY_MMLS.iter().any(|(sample, _)| *sample == name) {
            return;
        }
        for table in mmls_tables(&mmls, raw, partitions(report)) {
            assert_eq!(table.ours, table.theirs, "{name}: {}", table.kind);
            kinds.insert(table.kind);
        }
    });
    assert_eq!(Vec::from_iter(kinds), ["bsd", "dos", "gpt", "mac", "sun"]);
}
