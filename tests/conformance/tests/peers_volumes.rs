//! Volumes made by their own tools and by the samples' writers, read by `blkid` and by the library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]
#![allow(clippy::indexing_slicing, reason = "what is not there fails the test")]
#![allow(clippy::similar_names, reason = "the tools are called like that")]

use diskglass_conformance::disk_images::write_range;
use diskglass_conformance::on_disk::{files_in, inspect_file, place_file, session_of, sparse_file};
use diskglass_conformance::peers::{
    SECTOR, assert_sound, blkid_identity, divided, identity, partitions, rows, sfdisk_rows, sfdisk_table,
    volumes_of,
};
use diskglass_conformance::tools::{Tool, text, tools};
use diskglass_conformance::volumes::volumes;
use diskglass_conformance::{faults, files};
use diskglass_samples::gallery;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

/// A volume to be made: what it is called here, its size, the tool and its arguments. The file's name is added, unless
/// `{volume}` says where it comes. `{folder}` is a folder with a file. Of size 0, the tool makes the file.
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
    ("f2fs", 64 * MIB, "mkfs.f2fs", &["-q", "-l", "flash"]),
    ("f2fs-checksums", 64 * MIB, "mkfs.f2fs", &["-q", "-O", "extra_attr,inode_checksum,sb_checksum"]),
    ("jfs", 16 * MIB, "mkfs.jfs", &["-q", "-L", "journaled"]),
    ("reiserfs", 64 * MIB, "mkfs.reiserfs", &["-q", "-ff", "-l", "reiser"]),
    ("reiserfs-old", 64 * MIB, "mkfs.reiserfs", &["-q", "-ff", "--format", "3.5"]),
    ("reiser4", 64 * MIB, "mkfs.reiser4", &["-y", "-f", "-L", "four"]),
    ("nilfs2", 160 * MIB, "mkfs.nilfs2", &["-q", "-L", "log"]),
    ("minix-1", 4 * MIB, "mkfs.minix", &["-1"]),
    ("minix-2", 4 * MIB, "mkfs.minix", &["-2"]),
    ("minix-3", 4 * MIB, "mkfs.minix", &["-3"]),
    ("udf", 16 * MIB, "mkudffs", &["--media-type=hd", "--label=Größe"]),
    ("udf-old", 16 * MIB, "mkudffs", &["--media-type=hd", "--udfrev=1.02", "--label=old"]),
    ("udf-4k", 64 * MIB, "mkudffs", &["--media-type=hd", "--blocksize=4096"]),
    ("bfs", MIB, "mkfs.bfs", &[]),
    ("gfs2", 64 * MIB, "mkfs.gfs2", &["-q", "-O", "-p", "lock_nolock", "-j", "1", "-J", "8"]),
    ("ocfs2", 64 * MIB, "mkfs.ocfs2", &["-q", "-F", "-M", "local", "-L", "cluster"]),
    ("apfs", 600 * MIB, "mkapfs", &["-L", "container"]),
    ("bcache", 16 * MIB, "make-bcache", &["-B"]),
    ("bcache-cache", 64 * MIB, "make-bcache", &["-C"]),
    ("squashfs", 0, "mksquashfs", &["{folder}", "{volume}", "-quiet", "-no-progress"]),
    ("squashfs-xz", 0, "mksquashfs", &["{folder}", "{volume}", "-quiet", "-no-progress", "-comp", "xz"]),
    ("erofs", 0, "mkfs.erofs", &["--quiet", "{volume}", "{folder}"]),
    ("cramfs", 0, "mkfs.cramfs", &["-n", "cram", "{folder}", "{volume}"]),
    ("romfs", 0, "genromfs", &["-V", "rom", "-d", "{folder}", "-f", "{volume}"]),
];

/// Makes a volume of the recipe in a file of its own.
fn make_volume(folder: &Path, (name, size, program, arguments): &Recipe) -> Option<PathBuf> {
    let [tool] = tools([*program])?;
    let path = folder.join(format!("{name}.volume"));
    if *size > 0 {
        sparse_file(&path, *size);
    }
    let contents = folder.join("contents");
    fs::create_dir(&contents).unwrap();
    fs::write(contents.join("file"), vec![7; 20_000]).unwrap();
    let mut all: Vec<&str> = arguments
        .iter()
        .map(|argument| match *argument {
            "{volume}" => text(&path),
            "{folder}" => text(&contents),
            argument => argument,
        })
        .collect();
    if !arguments.contains(&"{volume}") {
        all.push(text(&path));
    }
    // A tool that asks for a passphrase reads it from its standard input.
    tool.run_with(&all, "passphrase\n");
    Some(path)
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
        let (name, ..) = recipe;
        let folder = TempDir::new().unwrap();
        let Some(volume) = make_volume(folder.path(), recipe) else { continue };
        let size = fs::metadata(&volume).unwrap().len();
        let theirs = blkid_identity(&blkid, &volume).unwrap_or_else(|| panic!("blkid knows no {name}"));

        let alone = inspect_file(&volume);
        assert_eq!(partitions(&alone).scheme, "none", "{name}");
        let found = partitions(&alone).volume.as_ref().unwrap_or_else(|| panic!("{name} is not recognised"));
        assert_eq!(identity(found), theirs, "{name}");
        assert!(found.size_bytes.is_none_or(|own| own <= size), "{name}: {found:?}");
        assert_eq!(faults(&alone), [""; 0], "{name} without a partition table");

        let (mbr, gpt) = partition_types(name);
        for (label, kind) in [("dos", mbr), ("gpt", gpt)] {
            let disk = disk_around(&sfdisk, &folder, label, kind, &volume);
            let report = inspect_file(&disk);
            let table = sfdisk_table(&sfdisk, &disk).expect("sfdisk made it");
            assert_eq!(rows(partitions(&report)), sfdisk_rows(&table, &disk), "{name} in {label}");
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

/// Volumes by the writers that `blkid` tells otherwise, and why.
const TOLD_DIFFERENTLY: &[(&str, &str)] = &[("bitlocker", "it does not print the identity")];

#[test]
fn volumes_by_the_writers_of_the_samples() {
    let Some([blkid]) = tools(["blkid"]) else { return };
    let folder = TempDir::new().unwrap();
    for (name, kind, volume) in volumes() {
        let path = folder.path().join(name);
        fs::write(&path, volume.to_bytes()).unwrap();
        let report = inspect_file(&path);
        let found = identity(partitions(&report).volume.as_ref().unwrap_or_else(|| panic!("{name}")));
        let theirs = blkid_identity(&blkid, &path).unwrap_or_else(|| panic!("blkid knows no {name}"));
        assert_eq!(found.0, kind, "{name}");
        if TOLD_DIFFERENTLY.iter().any(|(known, _)| *known == name) {
            assert_eq!((&found.0, None, None), (&theirs.0, theirs.1.as_ref(), theirs.2.as_ref()), "{name}");
        } else {
            assert_eq!(found, theirs, "{name}");
        }
        assert_eq!(faults(&report), [""; 0], "{name}");
    }
}

#[test]
fn volumes_of_healthy_samples() {
    let Some([blkid]) = tools(["blkid"]) else { return };
    let mut compared = 0;
    for sample in gallery().iter().filter(|sample| sample.main && sample.complete && sample.is_healthy()) {
        let folder = TempDir::new().unwrap();
        for (name, bytes) in files(sample) {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let mut session = session_of(&files_in(folder.path()));
        let report = session.inspect(None);
        let Some(disk) = session.disk() else { continue };
        for (volume, offset, length) in volumes_of(partitions(&report), disk.size()) {
            let path = folder.path().join("volume.raw");
            write_range(&disk, offset, length, &path);
            let theirs = blkid_identity(&blkid, &path);
            assert_eq!(volume.map(identity), theirs, "{}: volume at byte {offset}", sample.name);
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared} volumes of samples compared");
}
