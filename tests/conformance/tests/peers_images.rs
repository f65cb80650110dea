//! Images made by qemu-img, and every healthy sample, opened by the library and by qemu-img, vhdiinfo and vmdkinfo.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]
#![allow(clippy::indexing_slicing, reason = "what is not there fails the test")]

use diskglass::bytes::Bytes;
use diskglass::report::{InspectedImage, Report, Verdict};
use diskglass_conformance::disk_images::first_difference;
use diskglass_conformance::on_disk::{FileBytes, files_in, session_of, sparse_file};
use diskglass_conformance::tools::{Tool, bytes_in, json, line_value, qemu_version, text, tools};
use diskglass_conformance::{check_data, faults, files};
use diskglass_samples::gallery;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Disks up to here are compared byte for byte, larger ones in samples.
const COMPARED_WHOLE: u64 = 64 * MIB;

/// Ranges of a large disk that are sampled at both ends, at most.
const SAMPLED_RANGES: usize = 150;

/// An image on disk and what the library makes of it.
struct Opened {
    /// The file to give to the other tools.
    path: PathBuf,
    report: Report,
    disk: Option<Bytes>,
}

impl Opened {
    /// Opens a set of files and checks headers, tables and data.
    fn new(paths: &[PathBuf]) -> Self {
        let mut session = session_of(paths);
        session.inspect(None);
        let report = check_data(&mut session);
        let name = &report.image.as_ref().unwrap_or_else(|| panic!("{paths:?} is not recognised")).key;
        let path = paths.iter().find(|path| path.file_name().unwrap() == &**name).unwrap().clone();
        Self { path, disk: session.disk(), report }
    }

    fn image(&self) -> &InspectedImage {
        self.report.image.as_ref().expect("it was recognised")
    }

    /// The name that qemu has for the format.
    fn qemu_format(&self) -> &'static str {
        match self.image().facts.format.as_str() {
            "vhd" => "vpc",
            "vmdk" => "vmdk",
            _ => "raw",
        }
    }
}

fn assert_sound(opened: &Opened) {
    assert_eq!(faults(&opened.report), [""; 0], "{}", opened.path.display());
    assert_eq!(opened.report.verdict, Verdict::Sound, "{}", opened.path.display());
}

/// The size that qemu shows the guest: of a VHD whose creator is one of a list, the one by its geometry. qemu 10 turned
/// the list round: before, it named the creators whose size is trusted; since then, those whose size is not.
fn size_in_qemu(version: u32, opened: &Opened) -> u64 {
    const LARGEST_GEOMETRY: u64 = 65535 * 16 * 255 * 512;
    let facts = &opened.image().facts;
    let current = facts.virtual_size_bytes.unwrap();
    if facts.format != "vhd" {
        return current;
    }
    let file = FileBytes::open(&opened.path);
    let creator: [u8; 4] = file.read_array(file.size() - 512 + 28).unwrap();
    let by_geometry = if version >= 10 {
        [b"vpc ", b"qemu"].contains(&&creator)
    } else {
        ![b"win ", b"qem2", b"d2v ", b"tap\0", b"CTXS"].contains(&&creator)
    };
    let geometry = facts.chs_size_bytes.unwrap_or(current);
    if by_geometry && geometry != LARGEST_GEOMETRY { geometry } else { current }
}

/// Whether two answers are the same; if not, what both are.
fn same<T: PartialEq + Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: {ours:?} here, {theirs:?} there")) }
}

/// Compares size and content with what `qemu-img` and `qemu-io` read.
fn compare_with_qemu(qemu_img: &Tool, qemu_io: &Tool, opened: &Opened) -> Result<(), String> {
    let path = text(&opened.path);
    let format = opened.qemu_format();
    let info = json(&qemu_img.try_run(&["info", "-f", format, "--output=json", path])?);
    let size = info["virtual-size"].as_u64().unwrap();
    same("size", &size_in_qemu(qemu_version(qemu_img), opened), &size)?;
    let disk = opened.disk.as_ref().ok_or("the disk cannot be read")?;
    same("size of the disk", &Some(disk.size()), &opened.image().facts.virtual_size_bytes)?;
    if size > COMPARED_WHOLE {
        return compare_sectors(qemu_img, qemu_io, opened, disk);
    }
    let folder = TempDir::new().unwrap();
    let raw = folder.path().join("converted.raw");
    qemu_img.try_run(&["convert", "-f", format, "-O", "raw", path, text(&raw)])?;
    match first_difference(disk, &raw, size) {
        Some(place) => Err(format!("byte {place} of the disk differs")),
        None => Ok(()),
    }
}

/// Compares the first and the last sector of the disk and of the ranges that qemu knows.
fn compare_sectors(qemu_img: &Tool, qemu_io: &Tool, opened: &Opened, disk: &Bytes) -> Result<(), String> {
    let (path, format) = (text(&opened.path), opened.qemu_format());
    let map = json(&qemu_img.try_run(&["map", "-f", format, "--output=json", path])?);
    let ranges = map.as_array().unwrap();
    let mut sectors = BTreeSet::new();
    for range in ranges.iter().take(SAMPLED_RANGES).chain(ranges.last()) {
        let start = range["start"].as_u64().unwrap();
        let end = start + range["length"].as_u64().unwrap();
        sectors.extend([start / 512, (end / 512).saturating_sub(1)]);
    }
    let commands: Vec<String> =
        sectors.iter().map(|sector| format!("read -v {} 512", sector * 512)).collect();
    let mut arguments = vec!["-r", "-f", format];
    arguments.extend(commands.iter().flat_map(|command| ["-c", command]));
    arguments.push(path);
    let theirs = hex_dump(&qemu_io.try_run(&arguments)?);
    for sector in sectors {
        let ours: [u8; 512] = disk.read_array(sector * 512).unwrap();
        if theirs.get(&(sector * 512)).is_none_or(|theirs| **theirs != ours) {
            return Err(format!("sector {sector} of the disk differs"));
        }
    }
    Ok(())
}

/// The sectors in what `qemu-io -c "read -v ..."` prints: lines of an address and sixteen bytes.
fn hex_dump(printed: &str) -> BTreeMap<u64, Vec<u8>> {
    let mut sectors: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for line in printed.lines() {
        let Some((address, rest)) = line.split_once(":  ") else { continue };
        let Ok(address) = u64::from_str_radix(address, 16) else { continue };
        let bytes = rest.split_whitespace().take(16).map(|byte| u8::from_str_radix(byte, 16).unwrap());
        sectors.entry(address / 512 * 512).or_default().extend(bytes);
    }
    sectors
}

/// Compares size and identity with what `vhdiinfo` says.
fn compare_with_vhdiinfo(vhdiinfo: &Tool, opened: &Opened) -> Result<(), String> {
    let facts = &opened.image().facts;
    let said = vhdiinfo.try_run(&[text(&opened.path)])?;
    same("size", &facts.virtual_size_bytes, &line_value(&said, "Media size").and_then(bytes_in))?;
    same("id", &facts.id.as_deref(), &line_value(&said, "Identifier"))?;
    let variant = match line_value(&said, "Disk type").unwrap() {
        "Fixed" => "fixed",
        "Dynamic" => "dynamic",
        "Differential" => "differencing",
        other => other,
    };
    same("variant", &&*facts.variant, &variant)?;
    let parent = facts.parent.as_ref().and_then(|parent| parent.id.as_deref());
    same("parent", &parent, &line_value(&said, "Parent identifier"))
}

/// Compares size and identity with what `vmdkinfo` says.
fn compare_with_vmdkinfo(vmdkinfo: &Tool, opened: &Opened) -> Result<(), String> {
    let facts = &opened.image().facts;
    let said = vmdkinfo.try_run(&[text(&opened.path)])?;
    same("size", &facts.virtual_size_bytes, &line_value(&said, "Media size").and_then(bytes_in))?;
    let id = line_value(&said, "Content identifier").and_then(|id| id.strip_prefix("0x"));
    same("id", &facts.id.as_deref(), &id)?;
    let extents = line_value(&said, "Number of extents").and_then(|count| count.parse().ok());
    same("extents", &Some(facts.extents.len()), &extents)
}

/// A stretch of data to be written: first byte, bytes, and the value of each.
type Data = (u64, u64, u8);

/// Places that matter on a disk of that size, in no order: its ends, the ends of blocks and grains, odd ones.
fn data_for(size: u64) -> Vec<Data> {
    let mut data = vec![
        (size - 512, 512, 0xee),
        (0, 512, 0x11),
        (2 * MIB - 512, KIB, 0x22),
        (size / 2 / 512 * 512, 4 * KIB, 0x33),
        (MIB + 3 * 512, 70 * KIB, 0x44),
        (size / 3 / 512 * 512, 512, 0x55),
    ];
    if size > 8 * GIB {
        data.extend([
            (4 * GIB - KIB, 2 * KIB, 0x66),
            (size - 3 * GIB, 130 * KIB, 0x77),
            (5 * GIB, 512, 0x88),
        ]);
    }
    data.retain(|(start, length, _)| start + length <= size);
    data
}

fn write_data(qemu_io: &Tool, format: &str, path: &Path, data: &[Data]) {
    let commands: Vec<String> =
        data.iter().map(|(start, length, value)| format!("write -P {value} {start} {length}")).collect();
    let mut arguments = vec!["-f", format];
    arguments.extend(commands.iter().flat_map(|command| ["-c", command]));
    arguments.push(text(path));
    qemu_io.run(&arguments);
}

#[test]
fn vhd_made_by_qemu() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let vhdiinfo = Tool::find("vhdiinfo");
    let sizes = [3 * MIB, 40 * MIB + 7 * 512, 504 * MIB, 4 * GIB, 127 * GIB, 2040 * GIB];
    for subformat in ["dynamic", "fixed"] {
        for (size, force) in sizes.iter().flat_map(|size| [(size, "off"), (size, "on")]) {
            // The largest size fits no geometry, so qemu has to be told to take it as it is.
            if *size == 2040 * GIB && force == "off" {
                continue;
            }
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("disk.vhd");
            let options = format!("subformat={subformat},force_size={force}");
            qemu_img.run(&["create", "-q", "-f", "vpc", "-o", &options, text(&path), &size.to_string()]);
            write_data(&qemu_io, "vpc", &path, &data_for(*size));

            let opened = Opened::new(&[path]);
            let what = format!("{options} of {size} bytes");
            assert_eq!(opened.image().facts.format, "vhd", "{what}");
            assert_eq!(opened.image().facts.variant, subformat, "{what}");
            if force == "on" {
                assert_eq!(opened.image().facts.virtual_size_bytes, Some(*size), "{what}");
            }
            assert_sound(&opened);
            assert_eq!(compare_with_qemu(&qemu_img, &qemu_io, &opened), Ok(()), "{what}");
            if let Some(vhdiinfo) = &vhdiinfo {
                assert_eq!(compare_with_vhdiinfo(vhdiinfo, &opened), Ok(()), "{what}");
            }
        }
    }
}

#[test]
fn both_sizes_of_a_vhd_are_those_between_which_qemu_chooses() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("disk.vhd");
    let options = "subformat=fixed,force_size=on";
    qemu_img.run(&["create", "-q", "-f", "vpc", "-o", options, text(&path), "10M"]);
    let whole = fs::read(&path).unwrap();
    let at = whole.len() - 512;
    for creator in
        [b"vpc ", b"vs  ", b"qemu", b"qem2", b"win ", b"d2v ", b"tap\0", b"CTXS", b"vbox", b"wa\0\0"]
    {
        let mut bytes = whole.clone();
        let footer = &mut bytes[at..];
        footer[28..36].copy_from_slice(&[&creator[..], &[0, 1, 0, 3]].concat());
        // 301 cylinders, 4 heads, 17 sectors: a little less than the 10 MiB.
        footer[56..60].copy_from_slice(&[1, 45, 4, 17]);
        footer[64..68].fill(0);
        let sum: u32 = footer.iter().map(|byte| u32::from(*byte)).sum();
        footer[64..68].copy_from_slice(&(!sum).to_be_bytes());
        fs::write(&path, &bytes).unwrap();
        let opened = Opened::new(std::slice::from_ref(&path));
        let facts = &opened.image().facts;
        let sizes = (facts.virtual_size_bytes, facts.chs_size_bytes);
        assert_eq!(sizes, (Some(10 * MIB), Some(301 * 4 * 17 * 512)));
        assert_sound(&opened);
        let creator = String::from_utf8_lossy(creator);
        assert_eq!(compare_with_qemu(&qemu_img, &qemu_io, &opened), Ok(()), "{creator}");
    }
}

#[test]
fn vmdk_made_by_qemu() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let vmdkinfo = Tool::find("vmdkinfo");
    let sizes = [64 * KIB, 3 * MIB, 40 * MIB + 7 * 512, 130 * MIB, 5 * GIB + 512];
    let variants = ["monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat"];
    for (subformat, size) in variants.iter().flat_map(|variant| sizes.iter().map(move |size| (variant, size)))
    {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("disk.vmdk");
        let options = format!("subformat={subformat}");
        qemu_img.run(&["create", "-q", "-f", "vmdk", "-o", &options, text(&path), &size.to_string()]);
        write_data(&qemu_io, "vmdk", &path, &data_for(*size));
        compare_vmdk(&qemu_img, &qemu_io, vmdkinfo.as_ref(), &folder, subformat, *size);
    }
}

/// Compares the VMDK in a folder with what it was made to be, and with the tools.
fn compare_vmdk(
    qemu_img: &Tool,
    qemu_io: &Tool,
    vmdkinfo: Option<&Tool>,
    folder: &TempDir,
    subformat: &str,
    size: u64,
) {
    let opened = Opened::new(&files_in(folder.path()));
    let what = format!("{subformat} of {size} bytes");
    assert_eq!(opened.image().facts.format, "vmdk", "{what}");
    assert_eq!(opened.image().facts.variant, subformat, "{what}");
    assert_eq!(opened.image().facts.virtual_size_bytes, Some(size), "{what}");
    assert_sound(&opened);
    assert_eq!(compare_with_qemu(qemu_img, qemu_io, &opened), Ok(()), "{what}");
    if let Some(vmdkinfo) = vmdkinfo {
        assert_eq!(compare_with_vmdkinfo(vmdkinfo, &opened), Ok(()), "{what}");
    }
}

#[test]
fn large_vmdk_made_by_qemu() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    for size in [300 * GIB, 2048 * GIB] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("disk.vmdk");
        qemu_img.run(&["create", "-q", "-f", "vmdk", text(&path), &size.to_string()]);
        write_data(&qemu_io, "vmdk", &path, &data_for(size));
        compare_vmdk(&qemu_img, &qemu_io, None, &folder, "monolithicSparse", size);
    }
}

#[test]
fn adapters_and_hardware_versions_of_qemu() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let versions = ["4", "6", "7", "10", "14", "19", "21"];
    for (adapter, version) in ["ide", "buslogic", "lsilogic", "legacyESX"]
        .iter()
        .flat_map(|adapter| versions.iter().map(move |version| (adapter, version)))
    {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("disk.vmdk");
        let options = format!("adapter_type={adapter},hwversion={version}");
        qemu_img.run(&["create", "-q", "-f", "vmdk", "-o", &options, text(&path), "1M"]);
        write_data(&qemu_io, "vmdk", &path, &data_for(MIB));
        compare_vmdk(&qemu_img, &qemu_io, None, &folder, "monolithicSparse", MIB);
    }
}

#[test]
fn zeroed_grains_made_by_qemu() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("disk.vmdk");
    let size = 48 * MIB;
    qemu_img.run(&["create", "-q", "-f", "vmdk", "-o", "zeroed_grain=on", text(&path), &size.to_string()]);
    write_data(&qemu_io, "vmdk", &path, &[(0, 4 * MIB, 0x11), (33 * MIB, MIB, 0x22)]);
    qemu_io.run(&[
        "-f",
        "vmdk",
        "-c",
        "write -z 1M 1M",
        "-c",
        "write -z 33M 64k",
        "-c",
        "write -z 40M 128k",
        text(&path),
    ]);
    compare_vmdk(&qemu_img, &qemu_io, Tool::find("vmdkinfo").as_ref(), &folder, "monolithicSparse", size);
}

#[test]
fn delta_links_made_by_qemu() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let folder = TempDir::new().unwrap();
    let [base, middle, leaf] =
        ["base", "middle", "leaf"].map(|name| folder.path().join(format!("{name}.vmdk")));
    let size = 48 * MIB;
    qemu_img.run(&["create", "-q", "-f", "vmdk", text(&base), &size.to_string()]);
    write_data(&qemu_io, "vmdk", &base, &data_for(size));
    let links: [(&Path, &Path, &[Data]); 2] = [
        (&middle, &base, &[(MIB, 4 * KIB, 0xa1), (20 * MIB, 70 * KIB, 0xa2)]),
        (&leaf, &middle, &[(20 * MIB + 64 * KIB, 512, 0xb1), (size - KIB, 512, 0xb2)]),
    ];
    for (child, parent, data) in links {
        let parent = parent.file_name().unwrap().to_str().unwrap();
        let create = ["create", "-q", "-f", "vmdk", "-b", parent, "-F", "vmdk"];
        qemu_img.run(&[&create[..], &[text(child)]].concat());
        write_data(&qemu_io, "vmdk", child, data);
    }

    let opened = Opened::new(&files_in(folder.path()));
    assert_eq!(opened.image().key, "leaf.vmdk");
    let keys: Vec<&str> = opened.report.chain.iter().map(|link| &*link.key).collect();
    assert_eq!(keys, ["leaf.vmdk", "middle.vmdk", "base.vmdk"]);
    assert_sound(&opened);
    assert_eq!(compare_with_qemu(&qemu_img, &qemu_io, &opened), Ok(()));

    let alone = Opened::new(&[leaf, middle]);
    assert_eq!(alone.report.verdict, Verdict::Incomplete, "the base was not given");
    assert_eq!(faults(&alone.report), [""; 0]);
}

#[test]
fn compressed_streams_made_by_qemu() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    for size in [3 * MIB, 40 * MIB + 7 * 512, 130 * MIB, 5 * GIB + 512] {
        let folder = TempDir::new().unwrap();
        let raw = folder.path().join("source.raw");
        sparse_file(&raw, size);
        write_data(&qemu_io, "raw", &raw, &data_for(size));
        let path = folder.path().join("disk.vmdk");
        let options = ["convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized"];
        qemu_img.run(&[&options[..], &[text(&raw), text(&path)]].concat());
        fs::remove_file(raw).unwrap();
        compare_vmdk(&qemu_img, &qemu_io, Tool::find("vmdkinfo").as_ref(), &folder, "streamOptimized", size);
    }
}

/// Why qemu shows another disk for a child.
const NO_PARENTS: &str =
    "it takes a differencing image for a dynamic one and shows zeros for what the parent has";

/// Why tools refuse an image in pieces.
const IN_PIECES: &str = "it reads a single file, and the footer is at the end of the last piece";

/// Healthy samples that a tool refuses or reads differently, and why it is the tool that is to be left alone with that.
const DISAGREEMENTS: &[(&str, &str, &str)] = &[
    (
        "vhd-fixed-511",
        "vhdiinfo",
        "it looks for a footer of 512 bytes only; before Virtual PC 2004 it had 511",
    ),
    ("vhd-split", "qemu", IN_PIECES),
    ("vhd-split", "vhdiinfo", IN_PIECES),
    ("vhd-differencing", "qemu", NO_PARENTS),
    ("vhd-undo-disk", "qemu", NO_PARENTS),
    ("vhd-checkpoints", "qemu", NO_PARENTS),
    ("vhd-xenserver", "qemu", NO_PARENTS),
    ("vmdk-flat-without-extent", "qemu", "the extent that the descriptor names was left out on purpose"),
    ("vmdk-extent-alone", "qemu", "it opens an extent only by its descriptor, which was left out on purpose"),
    (
        "vmdk-extent-alone",
        "vmdkinfo",
        "it opens an extent only by its descriptor, which was left out on purpose",
    ),
    ("vmdk-sesparse-snapshot", "vmdkinfo", "it does not know the format"),
    ("vmdk-encoding", "qemu", "it looks for a file of that name in bytes, and the file's is in UTF-8"),
    ("vmdk-mixed-set", "qemu", "it does not open disks of this layout"),
    ("vmdk-partitioned-device", "qemu", "it does not open disks of this layout"),
];

#[test]
fn healthy_samples_are_accepted_by_the_tools() {
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let [vhdiinfo, vmdkinfo] = ["vhdiinfo", "vmdkinfo"].map(Tool::find);
    let mut answers = Vec::new();
    for sample in gallery().iter().filter(|sample| sample.main && sample.is_healthy()) {
        let folder = TempDir::new().unwrap();
        for (name, bytes) in files(sample) {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let opened = Opened::new(&files_in(folder.path()));
        answers.push((sample.name, "qemu", compare_with_qemu(&qemu_img, &qemu_io, &opened)));
        match (sample.format, &vhdiinfo, &vmdkinfo) {
            ("vhd", Some(tool), _) => {
                answers.push((sample.name, "vhdiinfo", compare_with_vhdiinfo(tool, &opened)));
            }
            ("vmdk", _, Some(tool)) => {
                answers.push((sample.name, "vmdkinfo", compare_with_vmdkinfo(tool, &opened)));
            }
            _ => {}
        }
    }
    println!("{} comparisons", answers.len());
    let is_listed = |name, tool| DISAGREEMENTS.iter().any(|(of, by, _)| (*of, *by) == (name, tool));
    // A disagreement that is gone leaves the list.
    answers.retain(|(name, tool, answer)| answer.is_ok() == is_listed(*name, *tool));
    assert!(answers.is_empty(), "{answers:#?}");
}
