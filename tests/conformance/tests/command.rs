//! The command itself, as people and scripts call it: `DISKGLASS_CLI` names it, or it is beside the tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

use diskglass::finding::catalogue;
use diskglass::partition::Entry;
use diskglass::report::{Report, Verdict};
use diskglass_conformance::command::{command, one_line, run, status, stdout};
use diskglass_conformance::on_disk::{files_in, session_named, set_in};
use diskglass_conformance::{Form, NOW, export, faults, tools};
use diskglass_samples::{Sample, gallery};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The exit status that a verdict leads to.
fn expected_status(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Sound => 0,
        Verdict::Warnings | Verdict::Damaged | Verdict::Incomplete => 1,
        Verdict::Unrecognised => 2,
    }
}

/// All samples as the command writes them, a folder each.
fn written(command: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    let output = run(command, &[OsStr::new("samples"), folder.path().as_os_str()]);
    assert_eq!(status(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// What the library reports on the files of a folder that was given to the command.
fn report_on(folder: &Path) -> Report {
    let base = folder.file_name().unwrap().to_str().unwrap();
    let named = set_in(folder).into_iter().map(|(name, path)| (format!("{base}/{name}"), path));
    let mut session = session_named(named);
    session.set_now(NOW);
    session.inspect(None)
}

/// Checks that a report says what the sample's description promises.
fn check_declared(sample: &Sample, report: &Report) {
    let name = sample.name;
    let facts = &report.image.as_ref().unwrap_or_else(|| panic!("{name} is not recognised")).facts;
    assert_eq!((&*facts.format, &*facts.variant), (sample.format, sample.variant), "{name}");
    let mut expected = sample.faults.to_vec();
    expected.sort_unstable();
    assert_eq!(faults(report), expected, "{name}");
    assert_eq!(report.verdict == Verdict::Incomplete, sample.is_healthy() && !sample.complete, "{name}");
    if !sample.is_healthy() {
        return;
    }
    assert_eq!(facts.virtual_size_bytes, Some(sample.virtual_size), "{name}");
    let disk = report.partitions.as_ref();
    let whole = disk.and_then(|disk| Some((0, disk.volume.as_ref()?)));
    let in_partitions = disk.into_iter().flat_map(|disk| {
        let place = |entry: &Entry| entry.first_sector * u64::from(disk.sector_bytes);
        disk.entries.iter().filter_map(move |entry| Some((place(entry), entry.volume.as_ref()?)))
    });
    let found: Vec<(u64, &str, Option<&str>, Option<&str>)> = whole
        .into_iter()
        .chain(in_partitions)
        .map(|(place, volume)| (place, &*volume.kind, volume.label.as_deref(), volume.uuid.as_deref()))
        .collect();
    let declared =
        sample.volumes.iter().map(|volume| (volume.offset, volume.kind, volume.label, Some(volume.uuid)));
    assert_eq!(found, declared.collect::<Vec<_>>(), "{name}");
}

#[test]
fn samples_are_written_and_inspected_as_the_library_does() {
    let Some(command) = command() else { return };
    let folder = written(&command);
    for sample in gallery().iter().filter(|sample| sample.main) {
        let path = folder.path().join(sample.name);
        let output = run(&command, &[OsStr::new("inspect"), OsStr::new("--json"), path.as_os_str()]);
        let report = report_on(&path);
        check_declared(sample, &report);
        assert_eq!(tools::json(stdout(&output)), serde_json::to_value(&report).unwrap(), "{}", sample.name);
        assert_eq!(status(&output), expected_status(report.verdict), "{}", sample.name);
        assert!(output.stderr.is_empty(), "{}", sample.name);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), gallery().len());
}

#[test]
fn samples_are_listed() {
    let Some(command) = command() else { return };
    let output = run(&command, &["samples", "--list"]);
    assert_eq!(status(&output), 0);
    let names: Vec<&str> =
        stdout(&output).lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, gallery().iter().map(|sample| sample.name).collect::<Vec<_>>());
}

#[test]
fn files_and_their_folder_are_the_same_set() {
    let Some(command) = command() else { return };
    let folder = written(&command);
    let sample = gallery().iter().find(|sample| sample.is_healthy() && sample.files().len() > 1).unwrap();
    let path = folder.path().join(sample.name);
    let verdict = |arguments: &[PathBuf]| -> Value {
        let output =
            run(&command, &[&[PathBuf::from("inspect"), PathBuf::from("--json")], arguments].concat());
        tools::json(stdout(&output))["verdict"].take()
    };
    assert_eq!(verdict(std::slice::from_ref(&path)), "sound");
    assert_eq!(verdict(&files_in(&path)), "sound");
    let image = path.join(&sample.files()[0].name);
    assert_eq!(verdict(&[image]), "incomplete", "a part of {} is missing", sample.name);
}

#[test]
fn an_image_of_several_is_chosen() {
    let Some(command) = command() else { return };
    let folder = written(&command);
    let sample =
        gallery().iter().find(|sample| sample.variant == "differencing" && sample.files().len() > 1).unwrap();
    let path = folder.path().join(sample.name);
    let path = path.to_str().unwrap();
    for file in sample.files() {
        let key = format!("{}/{}", sample.name, file.name);
        let output = run(&command, &["inspect", "--json", "--image", &key, path]);
        assert_eq!(tools::json(stdout(&output))["image"]["key"], *key);
    }
    let output = run(&command, &["inspect", "--image", "no such image", path]);
    assert!(one_line(&output).contains("no such image"));
}

#[test]
fn the_text_says_what_the_report_says() {
    let Some(command) = command() else { return };
    let folder = written(&command);
    for sample in gallery() {
        let path = folder.path().join(sample.name);
        let output = run(&command, &[OsStr::new("inspect"), path.as_os_str()]);
        let text = stdout(&output);
        let report = report_on(&path);
        for finding in &report.findings {
            assert!(
                text.contains(&finding.id) && text.contains(&finding.detail),
                "{}: {}",
                sample.name,
                finding.id
            );
        }
        assert!(text.contains(&report.image.unwrap().key), "{}", sample.name);
        assert_eq!(status(&output), expected_status(report.verdict), "{}", sample.name);
    }
}

#[test]
fn findings_are_explained() {
    let Some(command) = command() else { return };
    let listed = run(&command, &["explain"]);
    let ids: Vec<&str> = stdout(&listed).lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(ids, catalogue().map(|rule| rule.id).collect::<Vec<_>>());
    // One of each area: the text is made the same way for all.
    for area in ["file", "vhd", "vmdk", "mbr", "gpt", "partition", "volume"] {
        let rule = catalogue().find(|rule| rule.id.split('.').next() == Some(area)).unwrap();
        let output = run(&command, &["explain", rule.id]);
        assert_eq!(status(&output), 0, "{}", rule.id);
        let story = diskglass::finding::explain(rule.id).unwrap();
        for part in [&story.id, &story.title, &story.what, &story.why, &story.remedy, &story.spec] {
            assert!(stdout(&output).contains(&**part), "{}: {part}", rule.id);
        }
    }
    assert!(one_line(&run(&command, &["explain", "no.such.finding"])).contains("no.such.finding"));
}

#[test]
fn what_cannot_be_inspected_gives_one_line() {
    let Some(command) = command() else { return };
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing.vhd");
    let missing = missing.to_str().unwrap();
    assert!(one_line(&run(&command, &["inspect", missing])).contains(missing));
    assert!(one_line(&run(&command, &["inspect", "--json", missing])).contains(missing));
    one_line(&run(&command, &[OsStr::new("inspect"), folder.path().as_os_str()]));

    let file = folder.path().join("file");
    fs::write(&file, "no folder").unwrap();
    one_line(&run(&command, &[OsStr::new("samples"), file.as_os_str()]));
}

#[test]
fn what_is_no_image_is_reported() {
    let Some(command) = command() else { return };
    let folder = TempDir::new().unwrap();
    let notes = folder.path().join("notes.txt");
    fs::write(&notes, "nothing to see\n").unwrap();
    let output = run(&command, &[OsStr::new("inspect"), OsStr::new("--json"), notes.as_os_str()]);
    assert_eq!(status(&output), 2);
    let report = tools::json(stdout(&output));
    assert_eq!(report["verdict"], "unrecognised");
    assert_eq!(report["findings"][0]["id"], "file.unrecognised");
}

#[test]
fn wrong_usage_ends_with_2() {
    let Some(command) = command() else { return };
    for arguments in
        [&[][..], &["inspect"], &["inspect", "--no-such-option", "x"], &["frobnicate"], &["samples"]]
    {
        let output = run(&command, arguments);
        assert_eq!((status(&output), stdout(&output)), (2, ""), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn there_is_no_colour_in_a_pipe() {
    let Some(command) = command() else { return };
    let folder = written(&command);
    let damaged = gallery().iter().find(|sample| !sample.is_healthy()).unwrap();
    let path = folder.path().join(damaged.name);
    let path = path.to_str().unwrap();
    for arguments in
        [&["inspect", path][..], &["samples", "--list"], &["explain"], &["explain", "nothing"], &["inspect"]]
    {
        let output = run(&command, arguments);
        let printed = [&*output.stdout, &*output.stderr].concat();
        assert!(!printed.contains(&0x1b), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let Some(command) = command() else { return };
    let folder = written(&command);
    let sound = folder.path().join("vhd-dynamic");
    let sound = sound.to_str().unwrap();
    for arguments in
        [&["explain"][..], &["samples", "--list"], &["inspect", "--json", sound], &["inspect", sound]]
    {
        let mut child = Command::new(&command)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(status(&output), 0, "{arguments:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn no_file_outside_of_the_set_is_opened() {
    let Some(command) = command() else { return };
    let folder = TempDir::new().unwrap();
    let outside = folder.path().join("outside.img");
    fs::write(&outside, vec![0x5a; 1 << 20]).unwrap();
    let set = folder.path().join("set");
    fs::create_dir(&set).unwrap();
    for name in [outside.to_str().unwrap(), "../outside.img", "..\\outside.img"] {
        let descriptor = format!(
            "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n\n\
             # Extent description\nRW 2048 FLAT \"{name}\" 0\n\n# The Disk Data Base\n#DDB\n\nddb.adapterType = \"ide\"\n"
        );
        fs::write(set.join("disk.vmdk"), descriptor).unwrap();
        let output = run(&command, &[OsStr::new("inspect"), OsStr::new("--json"), set.as_os_str()]);
        let report = tools::json(stdout(&output));
        assert_eq!(report["files"].as_array().unwrap().len(), 1, "{name}");
        assert_ne!(report["image"]["extents"][0]["status"], "found", "{name}");
        assert_eq!(report["verdict"], "incomplete", "{name}: {report:#}");
    }
}

#[test]
fn a_report_is_given_away_in_every_form() {
    let Some(command) = command() else { return };
    let folder = written(&command);
    let path = folder.path().join("vhd-customer");
    let base = path.file_name().unwrap().to_str().unwrap();
    let named = set_in(&path).into_iter().map(|(name, path)| (format!("{base}/{name}"), path));
    let mut session = session_named(named);
    session.set_now(NOW);
    session.inspect(None);
    let forms: [(&[&str], Form); 4] = [
        (&[], Form::Text),
        (&["--json"], Form::Json),
        (&["--markdown"], Form::Markdown),
        (&["--html"], Form::Html),
    ];
    for (arguments, form) in forms {
        for redact in [&[][..], &["--redact"]] {
            let all = [&["inspect"], arguments, redact, &[path.to_str().unwrap()]].concat();
            let output = run(&command, &all);
            let expected = export(&session, form, !redact.is_empty());
            let plain = expected.replace(['\u{1b}'], "");
            let plain = if form == Form::Text { unstyled(&plain) } else { expected };
            assert!(stdout(&output) == plain, "{all:?}");
            assert_eq!(status(&output), 1, "{all:?}");
        }
    }
    // With the other options, and not with two forms at once.
    let file = format!("{base}/KOVAC-WS01.vhd");
    let all = ["inspect", "--deep", "--redact", "--markdown", "--image", &file, path.to_str().unwrap()];
    let output = run(&command, &all);
    assert!(stdout(&output).starts_with("# path-1/file-2.vhd\n"), "{}", stdout(&output));
    assert!(stdout(&output).contains("headers, tables and data"));
    for wrong in [["--json", "--html"], ["--markdown", "--html"], ["--redact", "--sector=1"]] {
        let output = run(&command, &["inspect", wrong[0], wrong[1], path.to_str().unwrap()]);
        assert_eq!(status(&output), 2, "{wrong:?}");
    }
}

/// Text without the sequences that colour it, whose escape characters are gone already.
fn unstyled(text: &str) -> String {
    ["[0m", "[1m", "[2m", "[31m", "[32m", "[33m", "[36m"]
        .iter()
        .fold(text.to_owned(), |text, style| text.replace(style, ""))
}
