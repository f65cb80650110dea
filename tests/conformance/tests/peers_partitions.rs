//! Partition tables and volumes made by the usual tools, read by them and by the library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]
#![allow(clippy::indexing_slicing, reason = "what is not there fails the test")]
#![allow(clippy::similar_names, reason = "the tools are called like that")]

use diskglass::partition::{Entry, EntryRole, Partitions};
use diskglass::report::{Report, Verdict};
use diskglass::volume::Volume;
use diskglass_conformance::disk_images::write_range;
use diskglass_conformance::on_disk::{
    files_in, inspect_file, patch_file, place_file, session_of, sparse_file,
};
use diskglass_conformance::tools::{Tool, blkid, json, text, tools};
use diskglass_conformance::{faults, files};
use diskglass_samples::gallery;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SECTOR: u64 = 512;
const MIB: u64 = 1 << 20;

fn partitions(report: &Report) -> &Partitions {
    report.partitions.as_ref().expect("the disk can be read")
}

/// A partition as the report and the tools both tell it: number, first sector, sectors, type, active.
type Row = (u32, u64, u64, String, bool);

fn rows(report: &Report) -> Vec<Row> {
    let row = |entry: &Entry| {
        (entry.index, entry.first_sector, entry.sector_count, entry.type_id.to_lowercase(), entry.active)
    };
    partitions(report).entries.iter().map(row).collect()
}

/// What `sfdisk --json` says of a disk: its table.
fn sfdisk_table(sfdisk: &Tool, disk: &Path) -> Value {
    json(&sfdisk.run(&["--json", text(disk)]))["partitiontable"].take()
}

fn sfdisk_rows(table: &Value, disk: &Path) -> Vec<Row> {
    let of_gpt = table["label"] == "gpt";
    let row = |entry: &Value| {
        let number = entry["node"].as_str().unwrap().strip_prefix(text(disk)).unwrap().parse().unwrap();
        let kind = entry["type"].as_str().unwrap().to_lowercase();
        let kind = if of_gpt { kind } else { format!("0x{kind:0>2}") };
        let active = entry["bootable"].as_bool().unwrap_or(false)
            || entry["attrs"].as_str().is_some_and(|attributes| attributes.contains("LegacyBIOSBootable"));
        (number, entry["start"].as_u64().unwrap(), entry["size"].as_u64().unwrap(), kind, active)
    };
    table["partitions"].as_array().map_or_else(Vec::new, |entries| entries.iter().map(row).collect())
}

/// Compares everything that `sfdisk` tells of a table with the report.
fn compare_with_sfdisk(sfdisk: &Tool, disk: &Path, report: &Report) {
    let table = sfdisk_table(sfdisk, disk);
    let found = partitions(report);
    let scheme = if table["label"] == "dos" { "mbr" } else { table["label"].as_str().unwrap() };
    assert_eq!(found.scheme, scheme, "{}", disk.display());
    assert_eq!(found.disk_id.as_deref(), Some(&*table["id"].as_str().unwrap().to_lowercase()));
    assert_eq!(u64::from(found.sector_bytes), table["sectorsize"].as_u64().unwrap());
    assert_eq!(rows(report), sfdisk_rows(&table, disk), "{}", disk.display());
    if scheme == "gpt" {
        for (entry, theirs) in found.entries.iter().zip(table["partitions"].as_array().into_iter().flatten())
        {
            assert_eq!(entry.id, theirs["uuid"].as_str().map(str::to_lowercase));
            assert_eq!(entry.name.as_deref(), theirs["name"].as_str());
        }
    }
}

fn assert_sound(report: &Report, what: &str) {
    assert_eq!(faults(report), [""; 0], "{what}");
    assert_eq!(report.verdict, Verdict::Sound, "{what}");
}

/// A new disk that was divided by `sfdisk`.
fn divided(sfdisk: &Tool, folder: &TempDir, name: &str, size: u64, script: &str) -> PathBuf {
    let disk = folder.path().join(name);
    sparse_file(&disk, size);
    sfdisk.run_with(&["--quiet", text(&disk)], script);
    disk
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
        let whole = rows(&inspect_file(&disk));
        patch_file(&disk, place, &[0x5a; 2]);
        let told = sgdisk.try_run(&["-v", text(&disk)]).unwrap_or_else(|error| error);
        assert!(told.contains("Caution") || !told.contains("No problems found"), "{what}: {told}");
        let report = inspect_file(&disk);
        assert!(!faults(&report).is_empty(), "{what}: nothing is said");
        assert_eq!(partitions(&report).scheme, "gpt", "{what}");
        assert_eq!(rows(&report), whole, "{what}: the other copy is still good");
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

/// A volume to be made: what it is called here, its size, the tool and its arguments (the file's name is added).
type Recipe = (&'static str, u64, &'static str, &'static [&'static str]);

const VOLUMES: &[Recipe] = &[
    ("fat12", 2 * MIB, "mkfs.vfat", &["-F12", "-n", "SMALL FAT", "-i", "1234abcd"]),
    ("fat16", 16 * MIB, "mkfs.vfat", &["-F16", "-n", "MIDDLE"]),
    ("fat32", 64 * MIB, "mkfs.vfat", &["-F32", "-n", "LARGE"]),
    ("fat32-small", 16 * MIB, "mkfs.vfat", &["-F32", "-s1"]),
    ("fat16-unlabelled", 16 * MIB, "mkfs.vfat", &["-F16"]),
    ("exfat", 16 * MIB, "mkfs.exfat", &["-L", "Ex FAT"]),
    ("exfat-unlabelled", 16 * MIB, "mkfs.exfat", &[]),
    (
        "ntfs",
        16 * MIB,
        "mkntfs",
        &["-q", "-F", "-Q", "-L", "System Volume", "-p2048", "-H255", "-S63", "-s512"],
    ),
    (
        "ntfs-foreign",
        16 * MIB,
        "mkntfs",
        &["-q", "-F", "-Q", "-L", "Größe", "-p2048", "-H255", "-S63", "-s512"],
    ),
    ("ntfs-clusters", 16 * MIB, "mkntfs", &["-q", "-F", "-Q", "-c65536", "-p2048", "-H255", "-S63", "-s512"]),
    ("ext2", 8 * MIB, "mkfs.ext2", &["-q", "-F", "-L", "second"]),
    ("ext3", 16 * MIB, "mkfs.ext3", &["-q", "-F", "-L", "third"]),
    ("ext4", 16 * MIB, "mkfs.ext4", &["-q", "-F", "-L", "grün"]),
    ("ext4-4k", 64 * MIB, "mkfs.ext4", &["-q", "-F", "-b4096", "-O64bit,metadata_csum"]),
    (
        "ext4-old",
        16 * MIB,
        "mkfs.ext4",
        &["-q", "-F", "-O^metadata_csum,^64bit", "-U", "00112233-4455-6677-8899-aabbccddeeff"],
    ),
    ("xfs", 320 * MIB, "mkfs.xfs", &["-q", "-L", "xfs label"]),
    ("xfs-old", 320 * MIB, "mkfs.xfs", &["-q", "-m", "crc=0"]),
    ("btrfs", 128 * MIB, "mkfs.btrfs", &["-q", "-L", "b tree"]),
    ("btrfs-xxhash", 128 * MIB, "mkfs.btrfs", &["-q", "--csum", "xxhash"]),
    ("btrfs-sha256", 128 * MIB, "mkfs.btrfs", &["-q", "--csum", "sha256"]),
    ("btrfs-blake2", 128 * MIB, "mkfs.btrfs", &["-q", "--csum", "blake2"]),
    ("swap", 4 * MIB, "mkswap", &["-L", "swap area"]),
    ("swap-64k", 4 * MIB, "mkswap", &["-p65536"]),
    (
        "luks1",
        8 * MIB,
        "cryptsetup",
        &["luksFormat", "-q", "--type", "luks1", "--pbkdf-force-iterations", "1000"],
    ),
    (
        "luks2",
        24 * MIB,
        "cryptsetup",
        &[
            "luksFormat",
            "-q",
            "--type",
            "luks2",
            "--label",
            "vault",
            "--pbkdf",
            "pbkdf2",
            "--pbkdf-force-iterations",
            "1000",
        ],
    ),
];

/// Makes a volume of the recipe in a file of its own.
fn make_volume(folder: &Path, (name, size, program, arguments): &Recipe) -> Option<PathBuf> {
    let [tool] = tools([*program])?;
    let path = folder.join(format!("{name}.volume"));
    sparse_file(&path, *size);
    // A tool that asks for a passphrase reads it from its standard input.
    tool.run_with(&[arguments, &[text(&path)][..]].concat(), "passphrase\n");
    Some(path)
}

/// Type, label and UUID of a volume.
type Identity = (String, Option<String>, Option<String>);

fn identity(volume: &Volume) -> Identity {
    (volume.kind.clone(), volume.label.clone(), volume.uuid.clone())
}

fn blkid_identity(tool: &Tool, path: &Path) -> Option<Identity> {
    let mut said = blkid(tool, path);
    let label = said.remove("LABEL_ENC");
    let uuid = said.remove("UUID_ENC");
    Some((said.remove("TYPE")?, label, uuid))
}

/// A disk with that one partition at sector 2048 and the volume in it.
fn disk_around(sfdisk: &Tool, folder: &TempDir, label: &str, kind: &str, volume: &Path) -> PathBuf {
    let sectors = fs::metadata(volume).unwrap().len() / SECTOR;
    let script = format!("label: {label}\nstart=2048, size={sectors}, type={kind}\n");
    let name = volume.file_stem().unwrap().to_str().unwrap();
    let disk =
        divided(sfdisk, folder, &format!("{name}-in-{label}.img"), sectors * SECTOR + 4 * MIB, &script);
    place_file(volume, &disk, 2048 * SECTOR);
    disk
}

/// The type that a partition with such a volume has in an MBR and in a GPT.
fn partition_types(name: &str) -> (&'static str, &'static str) {
    match name.split('-').next().unwrap() {
        "fat12" => ("1", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"),
        "fat16" => ("e", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"),
        "fat32" => ("c", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"),
        "ntfs" | "exfat" => ("7", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"),
        "swap" => ("82", "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F"),
        _ => ("83", "0FC63DAF-8483-4772-8E79-3D69D8477DE4"),
    }
}

#[test]
fn volumes_made_by_their_own_tools() {
    let Some([blkid, sfdisk]) = tools(["blkid", "sfdisk"]) else { return };
    for recipe in VOLUMES {
        let (name, size, ..) = recipe;
        let folder = TempDir::new().unwrap();
        let Some(volume) = make_volume(folder.path(), recipe) else { continue };
        let theirs = blkid_identity(&blkid, &volume).unwrap_or_else(|| panic!("blkid knows no {name}"));

        let alone = inspect_file(&volume);
        assert_eq!(partitions(&alone).scheme, "none", "{name}");
        let found = partitions(&alone).volume.as_ref().unwrap_or_else(|| panic!("{name} is not recognised"));
        assert_eq!(identity(found), theirs, "{name}");
        assert!(found.size_bytes.is_none_or(|own| own <= *size), "{name}: {found:?}");
        assert_eq!(faults(&alone), [""; 0], "{name} without a partition table");

        let (mbr, gpt) = partition_types(name);
        for (label, kind) in [("dos", mbr), ("gpt", gpt)] {
            let disk = disk_around(&sfdisk, &folder, label, kind, &volume);
            let report = inspect_file(&disk);
            compare_with_sfdisk(&sfdisk, &disk, &report);
            let entry = &partitions(&report).entries[0];
            let found =
                entry.volume.as_ref().unwrap_or_else(|| panic!("{name} in {label} is not recognised"));
            assert_eq!(identity(found), theirs, "{name} in {label}");
            assert_sound(&report, &format!("{name} in {label}"));
        }
    }
}

#[test]
fn iso_9660_made_by_genisoimage() {
    let Some([genisoimage, blkid]) = tools(["genisoimage", "blkid"]) else { return };
    let folder = TempDir::new().unwrap();
    let content = folder.path().join("content");
    fs::create_dir(&content).unwrap();
    fs::write(content.join("a file with a long name.txt"), "hello\n").unwrap();
    let flavours: [(&str, &[&str]); 4] = [
        ("plain.iso", &["-V", "PLAIN"]),
        ("joliet.iso", &["-J", "-R", "-V", "Joliet label that is long"]),
        ("foreign.iso", &["-J", "-R", "-input-charset", "utf-8", "-V", "Grüße"]),
        ("unlabelled.iso", &["-R"]),
    ];
    for (name, arguments) in flavours {
        let iso = folder.path().join(name);
        genisoimage.run(&[arguments, &["-quiet", "-o", text(&iso), text(&content)]].concat());
        let theirs = blkid_identity(&blkid, &iso).expect("blkid knows ISO 9660");
        let report = inspect_file(&iso);
        let found = partitions(&report).volume.as_ref().unwrap_or_else(|| panic!("{name} is not recognised"));
        assert_eq!(identity(found), theirs, "{name}");
        assert_sound(&report, name);
    }
}

/// Samples in which a tool reads another table or volume than we do, and why.
const SAMPLES_READ_DIFFERENTLY: &[(&str, &str)] = &[
    ("raw-ldm", "fdisk lists the slice that holds the disk group, not the volumes in its database"),
    ("raw-bsd", "fdisk lists the slice, not the label in it unless told to"),
    ("raw-solaris", "fdisk lists the slice, not the label in it unless told to"),
    ("raw-apm", "fdisk knows no such table"),
    ("raw-atari", "fdisk knows no such table"),
    ("raw-dasd", "that is another program, fdasd"),
];

#[test]
fn healthy_samples_are_divided_as_sfdisk_and_blkid_say() {
    let Some([sfdisk, blkid]) = tools(["sfdisk", "blkid"]) else { return };
    let mut compared = 0;
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
        let unit = u64::from(partitions(&report).sector_bytes);
        let reason = SAMPLES_READ_DIFFERENTLY.iter().find(|(name, _)| *name == sample.name);

        // Of these tools, only fdisk can be told that sectors have 4096 bytes.
        if reason.is_none() && unit == SECTOR && partitions(&report).scheme != "none" {
            let table = sfdisk_table(&sfdisk, &raw);
            assert_eq!(rows(&report), sfdisk_rows(&table, &raw), "{}", sample.name);
            compared += 1;
        }
        let whole = partitions(&report).volume.iter().map(|volume| (volume, 0, disk.size()));
        let in_partitions = partitions(&report).entries.iter().filter_map(|entry| {
            Some((entry.volume.as_ref()?, entry.first_sector * unit, entry.sector_count * unit))
        });
        for (volume, offset, length) in whole.chain(in_partitions) {
            let path = folder.path().join("volume.raw");
            let length = length.min(disk.size() - offset);
            write_range(&disk, offset, length, &path);
            let theirs = blkid_identity(&blkid, &path);
            assert_eq!(Some(identity(volume)), theirs, "{}: volume at byte {offset}", sample.name);
            compared += 1;
        }
    }
    println!("{compared} tables and volumes of samples compared");
}
