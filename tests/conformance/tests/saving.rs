//! What the command saves, compared with what `qemu-img convert` makes of the same image.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

use diskglass_conformance::command::{command, one_line, run, status, stdout};
use diskglass_conformance::files;
use diskglass_conformance::on_disk::files_in;
use diskglass_conformance::tools::{text, tools};
use diskglass_samples::{find, gallery};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// Disks up to here are saved whole.
const WHOLE: u64 = 64 << 20;

/// A sample in a folder of its own.
fn sample(name: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files(find(name).unwrap()) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// `diskglass save SET ... -o OUT`.
fn save(command: &Path, set: &Path, options: &[&str], out: &Path) -> Output {
    let mut arguments = vec![OsStr::new("save"), set.as_os_str()];
    arguments.extend(options.iter().map(OsStr::new));
    arguments.extend([OsStr::new("-o"), out.as_os_str()]);
    run(command, &arguments)
}

/// What lies beside a file that was saved: nothing may.
fn alone(out: &Path) -> bool {
    fs::read_dir(out.parent().unwrap()).unwrap().count() == 1
}

#[test]
fn a_disk_saved_as_raw_is_what_qemu_converts_it_to() {
    let Some(command) = command() else { return };
    let Some([qemu_img]) = tools(["qemu-img"]) else { return };
    let mut compared = 0;
    let of_qemu = |format| match format {
        "vhd" => Some("vpc"),
        "vmdk" => Some("vmdk"),
        _ => None,
    };
    // A differencing VHD is no business of qemu's, nor a set that is meant to be incomplete.
    let others = gallery().iter().filter(|sample| {
        sample.main
            && sample.is_healthy()
            && sample.complete
            && sample.virtual_size <= WHOLE
            && sample.variant != "differencing"
            && sample.files().len() == 1
    });
    for (one, format) in others.filter_map(|sample| Some((sample, of_qemu(sample.format)?))) {
        let (set, out) = (sample(one.name), TempDir::new().unwrap());
        let [ours, theirs] = ["ours.raw", "theirs.raw"].map(|name| out.path().join(name));
        let output = save(&command, set.path(), &["--raw"], &ours);
        assert_eq!((status(&output), &*output.stderr), (0, &b""[..]), "{}", one.name);
        let [path]: [PathBuf; 1] = files_in(set.path()).try_into().unwrap();
        if qemu_img.try_run(&["convert", "-f", format, "-O", "raw", text(&path), text(&theirs)]).is_err() {
            // Those are listed with their reasons where the tools are compared.
            continue;
        }
        let (ours, theirs) = (fs::read(ours).unwrap(), fs::read(theirs).unwrap());
        // qemu may show the disk of a VHD by its geometry, which is a little smaller.
        assert_eq!(ours.len() as u64, one.virtual_size, "{}", one.name);
        assert!(ours.starts_with(&theirs) && theirs.len() * 20 > ours.len() * 19, "{}", one.name);
        compared += 1;
    }
    assert!(compared >= 8, "{compared} samples were compared");
}

#[test]
fn links_and_pieces_are_put_together() {
    let Some(command) = command() else { return };
    let Some([qemu_img, qemu_io]) = tools(["qemu-img", "qemu-io"]) else { return };
    let (set, out) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let [base, leaf] = ["base", "leaf"].map(|name| set.path().join(format!("{name}.vmdk")));
    let options = "subformat=twoGbMaxExtentSparse";
    qemu_img.run(&["create", "-q", "-f", "vmdk", "-o", options, text(&base), "5G"]);
    let write = |path: &Path, commands: &[&str]| {
        let commands = commands.iter().flat_map(|command| ["-c", command]);
        let all: Vec<&str> = ["-f", "vmdk"].into_iter().chain(commands).chain([text(path)]).collect();
        qemu_io.run(&all);
    };
    write(&base, &["write -P 1 0 70k", "write -P 2 2047M 2M", "write -P 3 5368708608 512"]);
    qemu_img.run(&["create", "-q", "-f", "vmdk", "-b", "base.vmdk", "-F", "vmdk", text(&leaf)]);
    write(&leaf, &["write -P 4 64k 100k", "write -P 5 2048M 64k", "write -P 6 3G 1000000"]);
    let [ours, theirs] = ["ours.raw", "theirs.raw"].map(|name| out.path().join(name));
    let output = save(&command, set.path(), &["--raw", "--image", &key(set.path(), "leaf.vmdk")], &ours);
    assert_eq!(status(&output), 0, "{output:?}");
    qemu_img.run(&["convert", "-f", "vmdk", "-O", "raw", text(&leaf), text(&theirs)]);
    // `compare` goes through both, holes and all.
    qemu_img.run(&["compare", "-f", "raw", "-F", "raw", text(&ours), text(&theirs)]);
    assert_eq!(fs::metadata(&ours).unwrap().len(), 5 << 30);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let stored = fs::metadata(&ours).unwrap().blocks() * 512;
        assert!(stored < 32 << 20, "{stored} bytes are stored of a disk that is nearly empty");
    }

    // Without the base, what only it has is lost.
    for path in files_in(set.path()).iter().filter(|path| **path != leaf) {
        fs::remove_file(path).unwrap();
    }
    let output = save(&command, set.path(), &["--raw", "--force"], &ours);
    assert_eq!(status(&output), 1);
    let said = String::from_utf8(output.stderr).unwrap();
    let first = said.lines().next().unwrap();
    assert!(first.starts_with("zeros at guest byte 0 (0x0), 65536 bytes: the parent"), "{said}");
}

/// The key of an image in a folder that is given whole.
fn key(folder: &Path, name: &str) -> String {
    format!("{}/{name}", folder.file_name().unwrap().to_str().unwrap())
}

#[test]
fn what_is_damaged_is_zeros_and_listed() {
    let Some(command) = command() else { return };
    // By the descriptions of the samples: an entry past the end of the file, one into metadata, a grain that does not inflate.
    for (name, reason) in [
        ("vhd-bat-past-end", "the file ends before this part of the block"),
        ("vhd-bat-in-metadata", "the table leads into metadata for this block"),
        ("vmdk-gte-past-end", "past the end of the file"),
        ("vmdk-finding-stream-inflate", "cannot be inflated"),
        ("vmdk-finding-extent-missing", "its extent was not given"),
    ] {
        let (set, out) = (sample(name), TempDir::new().unwrap());
        let raw = out.path().join("disk.raw");
        let output = save(&command, set.path(), &["--raw"], &raw);
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!((status(&output), stdout(&output)), (1, ""), "{name}: {said}");
        assert!(said.lines().next().unwrap().contains(reason), "{name}: {said}");
        assert!(alone(&raw), "{name}");
        let bytes = fs::read(&raw).unwrap();
        let mut listed = 0;
        for line in said.lines().filter_map(|line| line.strip_prefix("zeros at guest byte ")) {
            let number = |text: &str| text.split(' ').next().unwrap().parse::<usize>().unwrap();
            let (offset, length) = (number(line), number(line.split_once("), ").unwrap().1));
            assert!(bytes[offset..offset + length].iter().all(|byte| *byte == 0), "{name}");
            listed += length;
        }
        assert!(said.contains(&format!("\n{listed} bytes could not be read")), "{name}: {said}");
    }
}

#[test]
fn ranges_partitions_and_tables() {
    let Some(command) = command() else { return };
    let (set, out) = (sample("vhd-dynamic"), TempDir::new().unwrap());
    let path = |name: &str| out.path().join(name);
    let saved = |options: &[&str]| {
        let output = save(&command, set.path(), options, Path::new("-"));
        assert_eq!((status(&output), &*output.stderr), (0, &b""[..]), "{options:?}");
        output.stdout
    };
    assert_eq!(status(&save(&command, set.path(), &["--raw"], &path("disk.raw"))), 0);
    let disk = fs::read(path("disk.raw")).unwrap();
    assert_eq!(saved(&["--raw"]), disk, "through a pipe");
    assert_eq!(saved(&["--range", "1000:2M"]), disk[1000..1000 + (2 << 20)]);

    let file = files_in(set.path()).remove(0);
    let name = file.file_name().unwrap().to_str().unwrap();
    assert_eq!(saved(&["--at", &format!("{name}:0x200:0x400")]), fs::read(&file).unwrap()[512..1536]);

    let report = run(&command, &[OsStr::new("inspect"), OsStr::new("--json"), set.path().as_os_str()]);
    let report: serde_json::Value = serde_json::from_str(stdout(&report)).unwrap();
    let sector = report["partitions"]["sector_bytes"].as_u64().unwrap();
    for entry in report["partitions"]["entries"].as_array().unwrap() {
        let byte = |what: &str| usize::try_from(entry[what].as_u64().unwrap() * sector).unwrap();
        let start = byte("first_sector");
        let expected = &disk[start..start + byte("sector_count")];
        assert!(saved(&["--partition", &entry["index"].to_string()]) == expected, "{entry}");
    }

    let table = &report["tables"][0];
    let key = table["key"].as_str().unwrap();
    let lines = String::from_utf8(saved(&["--table", key])).unwrap();
    assert_eq!(lines.lines().count() as u64, table["rows"].as_u64().unwrap());
    let csv = String::from_utf8(saved(&["--table", key, "--format", "csv", "--state", "allocated"])).unwrap();
    assert_eq!(csv.lines().count() as u64 - 1, table["counts"]["allocated"].as_u64().unwrap());
}

#[test]
fn nothing_is_written_over_unasked() {
    let Some(command) = command() else { return };
    let (set, out) = (sample("vhd-dynamic"), TempDir::new().unwrap());
    let raw = out.path().join("disk.raw");
    fs::write(&raw, "precious").unwrap();
    let line = |output: &Output| one_line(output).to_owned();
    assert!(line(&save(&command, set.path(), &["--raw"], &raw)).contains("--force replaces it"));
    assert_eq!(fs::read(&raw).unwrap(), b"precious");
    // What fails leaves what was there, and nothing else.
    let failed = save(&command, set.path(), &["--range", "1T:512", "--force"], &raw);
    assert!(line(&failed).contains("past the end of the disk"));
    assert_eq!(fs::read(&raw).unwrap(), b"precious");
    assert!(alone(&raw));
    let image = files_in(set.path()).remove(0);
    let before = fs::read(&image).unwrap();
    let refused = save(&command, set.path(), &["--raw", "--force"], &image);
    assert!(line(&refused).contains("one of the files that are read"));
    assert_eq!(fs::read(&image).unwrap(), before);
    assert!(line(&save(&command, set.path(), &["--raw"], out.path())).contains("is a folder"));
    assert!(
        line(&save(&command, set.path(), &["--table", "no"], &raw.with_extension("x"))).contains("vhd.bat")
    );
    let mistyped =
        save(&command, set.path(), &["--table", "vhd.bat", "--state", "alocated"], &raw.with_extension("x"));
    assert!(line(&mistyped).contains("there are: allocated, unallocated"));
    assert!(
        line(&save(&command, set.path(), &["--partition", "77"], &raw.with_extension("x"))).contains("77")
    );
    assert_eq!(status(&save(&command, set.path(), &["--raw", "--force"], &raw)), 0);
    assert_ne!(fs::read(&raw).unwrap(), b"precious");
    assert!(alone(&raw));
}
