//! Chains of VHDs that are too long for a sample, and parents among many other files.

use diskglass::session::Session;
use diskglass_conformance::{faults, files, inspect};
use diskglass_samples::disk::{Disk, MIB};
use diskglass_samples::time;
use diskglass_samples::uuid::Uuid;
use diskglass_samples::vhd::{Creator, Dynamic, Parent};
use std::rc::Rc;

/// A child without blocks on the image of the next number.
fn child(number: u32) -> (String, Vec<u8>) {
    let name = |number: u32| format!("{number:03}.vhd");
    let id = |number: u32| Uuid(0x0707 << 96 | u128::from(number));
    let parent = Parent::windows(id(number + 1), &name(number + 1));
    let image = Dynamic::differencing(16 * MIB, Creator::WINDOWS_10, id(number), parent);
    (name(number), image.write(&Disk::new(16 * MIB)))
}

#[test]
fn a_chain_without_end_is_given_up() {
    let report = inspect((0..300).map(child));
    assert!(report.findings.iter().any(|finding| finding.id == "vhd.chain.too-deep"));
    assert_eq!(report.chain.len(), 256);
}

#[test]
fn the_time_of_a_parents_file_is_compared_with_what_the_child_recorded() {
    // An hour after the footer of the parent was written, the guest was shut down and the child made.
    const LATER: u32 = 3600;
    let (parent_name, parent_file) = child(1);
    let mut parent = Parent::windows(Uuid(0x0707 << 96 | 1), &parent_name);
    parent.timestamp = time::SINCE_2000 + LATER;
    let image = Dynamic::differencing(16 * MIB, Creator::WINDOWS_10, Uuid(0x0707 << 96), parent);
    let child_file = image.write(&Disk::new(16 * MIB));
    let is_mentioned = |modified: u32| {
        let mut session = Session::default();
        session.add("000.vhd", Rc::new(child_file.clone()), None);
        session.add(parent_name.clone(), Rc::new(parent_file.clone()), Some(modified.into()));
        let report = session.inspect(Some("000.vhd"));
        report.findings.iter().any(|finding| finding.id == "vhd.chain.parent-time")
    };
    assert!(!is_mentioned(time::UNIX + LATER), "as it was");
    assert!(!is_mentioned(time::UNIX + LATER + 2), "file systems round");
    assert!(is_mentioned(time::UNIX + LATER + 86_400), "changed since");
    assert!(is_mentioned(time::UNIX), "older");
}

#[test]
fn a_parent_is_found_by_name_among_thousands_of_files() {
    let mut set = files(diskglass_samples::find("vhd-differencing").unwrap());
    set.extend((0..5_100).map(|number| (format!("a{number}.txt"), vec![b'x'])));
    let report = inspect(set);
    assert_eq!(faults(&report), [""; 0]);
    assert_eq!(report.chain.len(), 2);
}
