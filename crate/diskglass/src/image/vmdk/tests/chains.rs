//! Delta links and their parents.

use super::*;
use crate::image::Link;

/// A delta link with one grain of its own, and its parent.
pub(super) fn chain(parent_cid: &str, hint: &str) -> Files {
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
            seen.image.about().chain.iter().map(|link| (link.key.as_str(), link.status)).collect();
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
    assert_eq!(seen.image.about().facts.parent.as_ref().unwrap().file.as_deref(), Some("d.vmdk"));
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
    assert_eq!(seen.image.about().parts, [parent]);
    let set = vec![
        ("d.vmdk".into(), text("monolithicFlat", "RW 1 FLAT \"d-flat.vmdk\" 0\n")),
        ("d-flat.vmdk".into(), vec![0; 512]),
    ];
    let seen = look(&set);
    let extent = Reference { file: seen.files.by_name("d-flat.vmdk").unwrap(), role: FileRole::Extent };
    let context = Context { files: &seen.files, now: None };
    assert_eq!(references(&context, seen.files.by_name("d.vmdk").unwrap()), [extent]);
}

/// The image's own link in its chain.
fn first(seen: &Seen) -> &Link {
    &seen.image.about().chain[0]
}

fn with_cid(cid: &str, sectors: u64) -> Vec<u8> {
    let text = embedded("monolithicSparse", sectors).replace("CID=12345678", &format!("CID={cid}"));
    writer::Sparse::new(sectors, Some(text)).write(&Disk::new(sectors * 512))
}

#[test]
fn every_link_says_why() {
    let hint = "parentFileNameHint=\"d.vmdk\"";
    let seen = look(&chain("12345678", hint));
    assert_eq!(
        first(&seen).reason,
        "d.vmdk has the content identity 12345678 that the child expects, and the name that it gives"
    );
    assert_eq!(seen.image.about().chain[1].reason, "parentCID is ffffffff: this link stands on no parent");
    let seen = look(&chain("12345678", "parentFileNameHint=\"other.vmdk\""));
    assert!(first(&seen).reason.ends_with("though the child calls it \"other.vmdk\""));
    let seen = look(&chain("87654321", hint));
    assert_eq!(first(&seen).status, LinkStatus::Mismatched);
    assert_eq!(
        first(&seen).reason,
        "d.vmdk has the content identity 12345678, the child expects 87654321: the parent has been modified since the child was created, or it is another disk"
    );
    let seen = look(&chain("87654321", hint)[..1].to_vec());
    assert_eq!(first(&seen).status, LinkStatus::Missing);
    assert_eq!(
        first(&seen).reason,
        "no given file has the content identity 87654321 that the child expects; the child names \"d.vmdk\""
    );
    let link = first(&seen);
    assert_eq!((link.parent_names.as_slice(), link.candidates.len()), (&["d.vmdk".to_owned()][..], 0));
    assert_eq!(link.virtual_size_bytes, Some(disk().size()));
}

#[test]
fn identity_decides_then_the_name_then_the_size() {
    let sectors = disk().sectors();
    let base = chain("12345678", "parentFileNameHint=\"d.vmdk\"");
    let with = |more: &[(&str, Vec<u8>)]| {
        let mut files = base.clone();
        files.extend(more.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())));
        look(&files)
    };
    // The name decides between two of one identity.
    let seen = with(&[("e.vmdk", with_cid("12345678", sectors))]);
    assert_eq!(
        (first(&seen).status, seen.image.about().chain[1].key.as_str()),
        (LinkStatus::Matches, "d.vmdk")
    );
    let candidates: Vec<_> = (first(&seen).candidates.iter())
        .map(|one| (one.file.as_str(), one.id.as_deref(), one.by_name, one.by_id))
        .collect();
    let id = Some("12345678");
    assert_eq!(candidates, [("d.vmdk", id, true, true), ("e.vmdk", id, false, true)]);
    // The identity decides between two of one name.
    let two = |cid: &str, size: u64| {
        let mut files = base[..1].to_vec();
        files.push(("a/d.vmdk".into(), with_cid("12345678", sectors)));
        files.push(("b/d.vmdk".into(), with_cid(cid, size)));
        look(&files)
    };
    assert_eq!(two("99999999", sectors).image.about().chain[1].key, "a/d.vmdk");
    // The size decides where all else is equal, and then nothing does.
    assert_eq!(two("12345678", 2 * sectors).image.about().chain[1].key, "a/d.vmdk");
    let seen = two("12345678", sectors);
    assert_eq!(first(&seen).status, LinkStatus::Ambiguous);
    assert!(first(&seen).reason.starts_with("2 given files have the content identity 12345678"));
    assert!(seen.ids().contains(&"vmdk.chain.parent-ambiguous"));
    assert!(seen.image.disk().unwrap().read_vec(0, 1).is_err(), "none is taken");
    // An identity that many disks have says nothing by itself.
    let mut files = chain("fffffffe", "parentFileNameHint=\"gone.vmdk\"")[..1].to_vec();
    files.push(("x.vmdk".into(), with_cid("fffffffe", sectors)));
    assert_eq!(first(&look(&files)).status, LinkStatus::Missing);
}

#[test]
fn chains_that_go_round_come_to_an_end() {
    let mut own = chain("9", "parentFileNameHint=\"child.vmdk\"");
    own.truncate(1);
    let seen = look(&own);
    assert_eq!(seen.faults(), ["vmdk.chain.self-parent"]);
    assert_eq!(first(&seen).reason, "child.vmdk names itself as its parent");
    let mut files = chain("12345678", "parentFileNameHint=\"d.vmdk\"");
    let text = embedded("monolithicSparse", disk().sectors())
        .replace("parentCID=ffffffff", "parentCID=9\nparentFileNameHint=\"child.vmdk\"");
    files[1].1 = writer::Sparse::new(disk().sectors(), Some(text)).write(&disk());
    let seen = look(&files);
    assert_eq!(seen.faults(), ["vmdk.chain.loop"]);
    let statuses: Vec<_> = seen.image.about().chain.iter().map(|link| link.status).collect();
    assert_eq!(statuses, [LinkStatus::Matches, LinkStatus::Mismatched]);
    assert!(seen.image.disk().unwrap().read_vec(2 * GRAIN, 1).is_err(), "what neither has is lost");
}

#[test]
fn parents_are_checked_to_their_tables() {
    let mut files = chain("12345678", "parentFileNameHint=\"d.vmdk\"");
    let layout = sparse_writer().layout();
    for at in [layout.entry(513), layout.redundant_entry(513)] {
        put(&mut files[1].1, at, &u32::MAX.to_le_bytes());
    }
    let seen = look(&files);
    assert_eq!(seen.faults(), ["vmdk.grain-table.entry-past-end"]);
    let detail = seen.detail("vmdk.grain-table.entry-past-end");
    assert!(detail.starts_with("in the parent d.vmdk: grain 513 would be at sector 4294967295"), "{detail}");
    assert_eq!(
        seen.counts("vmdk.grain-tables"),
        [("allocated", 1), ("parent", 639)],
        "counts are the link's own"
    );
}
