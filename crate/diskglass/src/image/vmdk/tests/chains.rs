//! Delta links and their parents.

use super::*;

/// A delta link with one grain of its own, and its parent.
fn chain(parent_cid: &str, hint: &str) -> Files {
    let sectors = disk().sectors();
    let mut own = Disk::new(disk().size());
    own.write(5 * GRAIN, "changed");
    let text = embedded("monolithicSparse", sectors)
        .replace("CID=12345678\nparentCID=ffffffff", &format!("CID=9\nparentCID={parent_cid}\n{hint}"));
    vec![
        ("child.vmdk".into(), writer::Sparse::new(sectors, Some(text)).write(&own)),
        ("d.vmdk".into(), sparse()),
    ]
}

#[test]
fn a_delta_link_is_read_through_its_parent() {
    let mut expected = disk();
    expected.write(5 * GRAIN, vec![0; 65536]);
    expected.write(5 * GRAIN, "changed");
    for hint in ["d.vmdk", "C:\\\\vm\\\\D.VMDK", "renamed.vmdk"] {
        let seen = look(&chain("12345678", &format!("parentFileNameHint=\"{hint}\"")));
        assert_eq!(seen.faults(), [""; 0], "{hint}");
        assert_eq!(seen.bytes(), expected.to_bytes(), "{hint}");
        assert_eq!(seen.counts("vmdk.grain-tables"), [("allocated", 1), ("parent", 639)]);
        let statuses: Vec<_> =
            seen.image.chain().iter().map(|link| (link.key.as_str(), link.status)).collect();
        assert_eq!(statuses, [("child.vmdk", LinkStatus::Matches), ("d.vmdk", LinkStatus::Base)]);
    }
    let mut alone = chain("12345678", "parentFileNameHint=\"../base/child.vmdk\"");
    alone.truncate(1);
    let seen = look(&alone);
    assert_eq!(seen.faults(), [""; 0]);
    assert!(seen.ids().contains(&"vmdk.chain.parent-missing"));
    let read = seen.image.disk().unwrap();
    assert!(read.read_vec(0, 1).is_err(), "what is not there is not called zero");
    assert_eq!(read.read_vec(5 * GRAIN, 7).unwrap(), b"changed");
    let seen = look(&chain("12345679", "parentFileNameHint=\"d.vmdk\""));
    assert_eq!(seen.faults(), ["vmdk.chain.cid-mismatch"]);
    assert_eq!(seen.image.facts().parent.as_ref().unwrap().file.as_deref(), Some("d.vmdk"));
    assert!(seen.image.disk().unwrap().read_vec(0, 1).is_err());
}

#[test]
fn parts_and_parents_are_references() {
    let files = chain("12345678", "parentFileNameHint=\"d.vmdk\"");
    let seen = look(&files);
    let context = Context { files: &seen.files, now: None };
    let child = seen.files.by_name("child.vmdk").unwrap();
    let parent = Reference { file: seen.files.by_name("d.vmdk").unwrap(), role: FileRole::Parent };
    assert_eq!(references(&context, child), [parent]);
    assert_eq!(seen.image.parts(), [parent]);
    let set = vec![
        ("d.vmdk".into(), text("monolithicFlat", "RW 1 FLAT \"d-flat.vmdk\" 0\n")),
        ("d-flat.vmdk".into(), vec![0; 512]),
    ];
    let seen = look(&set);
    let extent = Reference { file: seen.files.by_name("d-flat.vmdk").unwrap(), role: FileRole::Extent };
    let context = Context { files: &seen.files, now: None };
    assert_eq!(references(&context, seen.files.by_name("d.vmdk").unwrap()), [extent]);
}
