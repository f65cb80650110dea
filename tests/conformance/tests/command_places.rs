//! The command's answers on places: `--sector`, `--range` and `--at`, on images made by qemu.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use diskglass_conformance::command::{command, one_line, run, status, stdout};
use diskglass_conformance::tools::{text, tools};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An image made by qemu-img with one stretch of 0xab in it: its folder, its file, and the command.
struct Made {
    _folder: TempDir,
    image: PathBuf,
    command: PathBuf,
}

fn made(format: &str, name: &str, size: &str, offset: u64, length: u64) -> Option<Made> {
    let command = command()?;
    let [qemu_img, qemu_io] = tools(["qemu-img", "qemu-io"])?;
    let folder = TempDir::new().unwrap();
    let image = folder.path().join(name);
    qemu_img.run(&["create", "-q", "-f", format, text(&image), size]);
    qemu_io.run(&["-f", format, "-c", &format!("write -P 0xab {offset} {length}"), text(&image)]);
    Some(Made { _folder: folder, image, command })
}

impl Made {
    fn answer(&self, question: &[&str]) -> Value {
        let arguments = [&["inspect", "--json", text(&self.image)], question].concat();
        let output = run(&self.command, &arguments);
        assert_eq!(status(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(stdout(&output)).unwrap()
    }

    fn words(&self, question: &[&str]) -> String {
        let output = run(&self.command, &[&["inspect", text(&self.image)], question].concat());
        assert_eq!(status(&output), 0);
        stdout(&output).to_owned()
    }
}

fn byte_of(path: &Path, offset: u64) -> u8 {
    diskglass_conformance::on_disk::FileBytes::open(path).read_array::<1>(offset).unwrap()[0]
}

#[test]
fn a_sector_of_a_dynamic_vhd_is_found_by_hand() {
    let Some(made) = made("vpc", "dyn.vhd", "64M", 5 << 20, 4096) else { return };
    let answer = made.answer(&["--sector", "10240"]);
    let piece = &answer["pieces"][0];
    assert_eq!(piece["source"], "data");
    assert_eq!(piece["place"]["offset"], 0x0010_0a00);
    assert_eq!(byte_of(&made.image, 0x0010_0a00), 0xab);
    // Block 2, entry at 0x608, sector 4, then bitmap and data: the numbers that a reader needs.
    let words = made.words(&["--sector", "10240"]);
    for number in ["block 2", "1544 (0x608)", "sector 4", "1051136 (0x100a00)"] {
        assert!(words.contains(number), "{number} is not in {words}");
    }

    let back = made.answer(&["--at", "dyn.vhd:0x100A00"]);
    let held = &back["held"][0];
    assert_eq!(held["guest"]["offset"], 5 << 20);
    assert_eq!(held["visible"], true);
    assert_eq!((&held["table"], &held["row"]), (&Value::from("vhd.bat"), &Value::from(2)));
    let header = made.answer(&["--at", "dyn.vhd:544"]);
    assert_eq!((&header["structure"], &header["field"]), (&"vhd.header".into(), &"block_size".into()));
}

#[test]
fn a_sector_of_a_sparse_vmdk_is_found_by_hand() {
    let sector = 123_456_789_u64;
    let Some(made) = made("vmdk", "disk.vmdk", "100G", sector * 512, 512) else { return };
    let answer = made.answer(&["--sector", &sector.to_string()]);
    assert_eq!(answer["pieces"][0]["place"]["offset"], 13_183_488);
    assert_eq!(byte_of(&made.image, 13_183_488), 0xab);
    let words = made.words(&["--sector", &sector.to_string()]);
    for number in ["1883", "6584684", "20403", "410", "10447976", "25728"] {
        assert!(words.contains(number), "{number} is not in {words}");
    }
    let back = made.answer(&["--at", "disk.vmdk:13183488"]);
    assert_eq!(back["held"][0]["guest"]["offset"], sector * 512);
    assert_eq!(back["held"][0]["visible"], true);
}

#[test]
fn a_range_is_answered_to_its_end() {
    let Some(made) = made("vmdk", "disk.vmdk", "64M", 1 << 20, 192 << 10) else { return };
    let answer = made.answer(&["--range", "512K:2M"]);
    assert_eq!(answer["guest"]["length"], 2 << 20);
    assert_eq!(answer["next"], Value::Null);
    let pieces = answer["pieces"].as_array().unwrap();
    let sources: Vec<&str> = pieces.iter().map(|piece| piece["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["zero", "data", "zero"]);
    assert_eq!(pieces[1]["guest"]["length"], 192 << 10);
    // What lies beyond the end of the disk is not answered.
    assert_eq!(made.answer(&["--range", "63M:2M"])["guest"]["length"], 1 << 20);
}

#[test]
fn wrong_questions_get_one_line() {
    let Some(made) = made("vpc", "dyn.vhd", "8M", 0, 512) else { return };
    let image = text(&made.image);
    for question in [["--sector", "99999999"], ["--at", "other.vhd:0"], ["--at", "dyn.vhd:99G"]] {
        let line = one_line(&run(&made.command, &[&["inspect", image], &question[..]].concat())).to_owned();
        assert!(line.contains("past the end") || line.contains("other.vhd"), "{line}");
    }
    for question in [&["--range", "5"][..], &["--sector", "x"], &["--sector", "1", "--range", "0:1"]] {
        assert_eq!(status(&run(&made.command, &[&["inspect", image], question].concat())), 2);
    }
}
