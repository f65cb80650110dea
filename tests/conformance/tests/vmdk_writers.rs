//! What the writers of the samples make is what qemu-img and libvmdk take it for, byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]
#![allow(clippy::indexing_slicing, reason = "what is not there fails the test")]

use diskglass_conformance::tools::{Tool, text};
use diskglass_conformance::vmdk_chain::{Layer, files, guest};
use diskglass_conformance::{faults, session};
use diskglass_samples::disk::{Disk, MIB, SECTOR};
use diskglass_samples::record::hex;
use diskglass_samples::vmdk::link::{Link, Storage};
use diskglass_samples::vmdk::sesparse::SeSparse;
use diskglass_samples::vmdk::stream::{Form, Stream};
use diskglass_samples::vmdk::{Descriptor, Extent, FLAG_NEWLINES, Grains, Order, Sparse};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Reads the disk with libvmdk, given the descriptors of its chain, and prints its size and a checksum of its bytes.
const LIBVMDK: &str = "import hashlib, pyvmdk, sys
chain = []
for path in reversed(sys.argv[1:]):
    disk = pyvmdk.handle()
    disk.open(path)
    disk.open_extent_data_files()
    if chain:
        disk.set_parent(chain[-1])
    chain.append(disk)
size = left = disk.get_media_size()
total = hashlib.sha256()
while left:
    data = disk.read_buffer(min(left, 1 << 20))
    total.update(data)
    left -= len(data)
print(size, total.hexdigest())";

/// A disk of so many sectors with data at those places.
fn disk(sectors: u64, places: &[u64]) -> Disk {
    let mut disk = Disk::new(sectors * SECTOR);
    for (place, byte) in places.iter().zip(1..) {
        let rest = usize::try_from((sectors - place) * SECTOR).unwrap();
        disk.write(place * SECTOR, &[byte; 700][..rest.min(700)]);
    }
    disk
}

/// Files of an image, the one to open first, and what the guest reads.
struct Made {
    what: &'static str,
    /// The links of its chain, the newest first.
    links: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
    guest: Vec<u8>,
}

impl Made {
    fn one(what: &'static str, bytes: Vec<u8>, disk: &Disk) -> Self {
        let links = vec!["d.vmdk".into()];
        Self { what, links, files: vec![("d.vmdk".into(), bytes)], guest: disk.to_bytes() }
    }

    fn chain(what: &'static str, layers: &[Layer]) -> Self {
        let links = layers.iter().rev().map(|layer| format!("{}.vmdk", layer.link.name)).collect();
        Self { what, links, files: files(layers), guest: guest(layers) }
    }

    fn link(what: &'static str, storage: Storage, disk: &Disk) -> Self {
        Self::chain(what, &[Layer { link: Link::new("d", storage, 0x1234_5678), disk: disk.clone() }])
    }

    fn write(&self) -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        for (name, bytes) in &self.files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let first = folder.path().join(&self.files[0].0);
        (folder, first)
    }
}

const PLACES: &[u64] = &[0, 1, 300, 4095, 65536, 65600, 70_001];
const SECTORS: u64 = 70_003;

fn hosted() -> Vec<Made> {
    let odd = disk(SECTORS, PLACES);
    let text = || Some(Link::new("d", Storage::MonolithicSparse, 0x1234_5678).text(SECTORS));
    let sparse = || Sparse::new(SECTORS, text());
    let shuffled = Grains { order: Order::Shuffled(7), written: [9, 500].into(), zeroed: [4, 5, 540].into() };
    vec![
        Made::link("monolithicSparse", Storage::MonolithicSparse, &odd),
        Made::one("grains of 4 KiB", Sparse { grain_sectors: 8, ..sparse() }.write(&odd), &odd),
        Made::one("grains of 1 MiB", Sparse { grain_sectors: 2048, ..sparse() }.write(&odd), &odd),
        Made::one("tables of 128 entries", Sparse { table_entries: 128, ..sparse() }.write(&odd), &odd),
        Made::one("one directory", Sparse { flags: FLAG_NEWLINES, ..sparse() }.write(&odd), &odd),
        Made::one("zeroed grains out of order", sparse().with(shuffled).write(&odd), &odd),
        Made::link("split, sparse", Storage::TwoGbMaxExtentSparse(65536), &odd),
        Made::link("split, flat", Storage::TwoGbMaxExtentFlat(65536), &odd),
        Made::link("monolithicFlat", Storage::MonolithicFlat, &odd),
        Made::link("vmfs", Storage::Vmfs, &odd),
    ]
}

fn streams() -> Vec<Made> {
    let odd = disk(SECTORS, PLACES);
    let of = |form| {
        let text = Link::new("d", Storage::StreamOptimized(form), 0x1234_5678).text(SECTORS);
        Stream::new(form, SECTORS, text)
    };
    let shuffled = Grains { order: Order::Shuffled(3), written: [9].into(), ..Grains::default() };
    vec![
        Made::one("canonical", of(Form::Canonical).write(&odd).bytes, &odd),
        Made::one("patched", of(Form::Patched).write(&odd).bytes, &odd),
        Made::one("tables first", of(Form::TablesFirst).write(&odd).bytes, &odd),
        Made::one("as qemu", of(Form::Qemu).write(&odd).bytes, &odd),
        Made::one("not compressed", Stream { level: 0, ..of(Form::Canonical) }.write(&odd).bytes, &odd),
        Made::one("out of order", Stream { grains: shuffled, ..of(Form::Canonical) }.write(&odd).bytes, &odd),
        Made::one(
            "empty tables",
            Stream { empty_tables: true, ..of(Form::Canonical) }.write(&odd).bytes,
            &odd,
        ),
        Made::one(
            "stream with grains of 4 KiB",
            Stream { grain_sectors: 8, descriptor_sectors: 2, ..of(Form::TablesFirst) }.write(&odd).bytes,
            &odd,
        ),
    ]
}

/// Links on a base, with what each of them changes.
fn chain(what: &'static str, links: Vec<(Link, Disk)>) -> Made {
    let mut layers: Vec<Layer> = Vec::new();
    for ((mut link, disk), number) in links.into_iter().zip(0..) {
        link.descriptor.cid += number;
        let link = layers.last().map_or(link.clone(), |parent| link.on(&parent.link));
        layers.push(Layer { link, disk });
    }
    Made::chain(what, &layers)
}

fn chains() -> Vec<Made> {
    let base = disk(SECTORS, &[0, 2, 4097, 65535, 65540, 70_002]);
    let first = disk(SECTORS, &[1, 4096, 65536]);
    let second = disk(SECTORS, &[3, 65536, 70_001]);
    let link = |name: &str, storage| Link::new(name, storage, 0x2345_6789);
    let shuffled = Grains { order: Order::Shuffled(1), written: [70].into(), ..Grains::default() };
    let mut zeroed = link("c", Storage::MonolithicSparse);
    zeroed.grains.zeroed = [0, 512].into();
    let mut cowd = link("c", Storage::VmfsSparse);
    cowd.grains = shuffled.clone();
    let mut coarse = cowd.clone();
    coarse.grain_sectors = 16;
    let mut sesparse = link("c", Storage::SeSparse);
    sesparse.grains = Grains { zeroed: [0, 8_750].into(), ..shuffled };
    let split = Storage::TwoGbMaxExtentSparse(65536);
    vec![
        chain(
            "hosted snapshots",
            vec![
                (link("a", Storage::MonolithicFlat), base.clone()),
                (link("b", Storage::MonolithicSparse), first.clone()),
                (zeroed, second.clone()),
            ],
        ),
        chain(
            "split delta",
            vec![(link("a", split.clone()), base.clone()), (link("b", split), first.clone())],
        ),
        chain("vmfsSparse alone", vec![(link("c", Storage::VmfsSparse), base.clone())]),
        chain("vmfsSparse", vec![(link("a", Storage::Vmfs), base.clone()), (cowd.clone(), first.clone())]),
        chain("vmfsSparse, coarse", vec![(link("a", Storage::Vmfs), base.clone()), (coarse, first.clone())]),
        chain(
            "vmfsSparse on vmfsSparse",
            vec![
                (link("a", Storage::Vmfs), base.clone()),
                (link("b", Storage::VmfsSparse), first.clone()),
                (cowd, second.clone()),
            ],
        ),
        chain("seSparse alone", vec![(link("c", Storage::SeSparse), base.clone())]),
        chain(
            "seSparse",
            vec![(link("a", Storage::Vmfs), base), (link("b", Storage::SeSparse), first), (sesparse, second)],
        ),
        sesparse_rotated(),
    ]
}

/// So many grains that the number of one no longer fits in the bits of its entry that are stored first.
fn sesparse_rotated() -> Made {
    let mut disk = Disk::new(20 * MIB);
    for grain in 0..4200_u64 {
        disk.write(grain * 4096, grain.to_be_bytes());
    }
    let unmapped = [4300_u64].into();
    let extents = vec![Extent::new("SESPARSE", disk.sectors(), "d-sesparse.vmdk")];
    let text = Descriptor::new("seSparse", 1, extents).to_string().into_bytes();
    let extent = SeSparse { unmapped, ..SeSparse::new(disk.sectors()) }.write(&disk).bytes;
    Made {
        what: "seSparse with many grains",
        links: vec!["d.vmdk".into()],
        files: vec![("d.vmdk".into(), text), ("d-sesparse.vmdk".into(), extent)],
        guest: disk.to_bytes(),
    }
}

#[test]
fn qemu_reads_what_was_written() {
    let Some(qemu_img) = Tool::find("qemu-img") else { return };
    for made in [hosted(), streams(), chains()].into_iter().flatten() {
        let (folder, path) = made.write();
        let raw = folder.path().join("converted.raw");
        qemu_img.run(&["convert", "-f", "vmdk", "-O", "raw", text(&path), text(&raw)]);
        assert!(fs::read(&raw).unwrap() == made.guest, "{}: qemu reads something else", made.what);
    }
}

/// What libvmdk does not read as it was written, and why.
const NOT_BY_LIBVMDK: &[(&str, &str)] = &[
    ("grains of 4 KiB", "it refuses grains of 8 sectors and less"),
    ("stream with grains of 4 KiB", "it refuses grains of 8 sectors and less"),
    ("zeroed grains out of order", "it takes the mark of zeros for a sector number"),
    ("hosted snapshots", "it takes the mark of zeros for a sector number"),
    ("seSparse alone", "it does not know the format"),
    ("seSparse", "it does not know the format"),
    ("seSparse with many grains", "it does not know the format"),
];

/// What libvmdk reads: size and checksum.
fn by_libvmdk(python: &Tool, folder: &Path, links: &[String]) -> Result<String, String> {
    let paths: Vec<PathBuf> = links.iter().map(|link| folder.join(link)).collect();
    let paths = paths.iter().map(|path| text(path));
    let printed = python.try_run(&["-c", LIBVMDK].into_iter().chain(paths).collect::<Vec<_>>())?;
    Ok(printed.trim().to_owned())
}

#[test]
fn libvmdk_reads_what_was_written() {
    // The distribution's own, for which its packages are.
    let Some(python) = Tool::find("/usr/bin/python3") else { return };
    if python.try_run(&["-c", "import pyvmdk"]).is_err() {
        println!("skipped: python3-libvmdk is not installed");
        return;
    }
    for made in [hosted(), streams(), chains()].into_iter().flatten() {
        let (folder, _) = made.write();
        let expected = format!("{} {}", made.guest.len(), hex(&Sha256::digest(&made.guest)));
        let agrees = by_libvmdk(&python, folder.path(), &made.links) == Ok(expected);
        let listed = NOT_BY_LIBVMDK.iter().any(|(what, _)| *what == made.what);
        assert_eq!(agrees, !listed, "{}: a disagreement that is gone leaves the list", made.what);
    }
}

/// Character sets, a name, and its bytes in them.
const ENCODINGS: [(&str, &str, &[u8]); 4] = [
    ("GBK", "磁盘", b"\xb4\xc5\xc5\xcc"),
    ("Big5", "磁碟", b"\xba\xcf\xba\xd0"),
    ("Shift_JIS", "ディスク", b"\x83f\x83B\x83X\x83N"),
    ("windows-1252", "Gerät", b"Ger\xe4t"),
];

/// To qemu names are bytes: it finds the extent whose name is those bytes. The library finds the one whose name is
/// those letters.
#[test]
fn names_in_other_character_sets() {
    let disk = disk(40, &[3]);
    let qemu_img = Tool::find("qemu-img");
    for ((encoding, name, bytes), line_end) in
        ENCODINGS.into_iter().flat_map(|case| [(case, "\n"), (case, "\r\n")])
    {
        let extents = vec![Extent::flat(40, format!("{name}-flat.vmdk"), 0)];
        let descriptor = Descriptor { encoding, ..Descriptor::new("monolithicFlat", 1, extents) };
        let text_bytes = descriptor.encoded(line_end, &[(name, bytes)]);
        let files = [("d.vmdk".into(), text_bytes.clone()), (format!("{name}-flat.vmdk"), disk.to_bytes())];
        let mut session = session(files);
        assert_eq!(faults(&session.inspect(None)), [""; 0], "{encoding}");
        assert!(session.disk().unwrap().read_up_to(0, 1 << 20).unwrap() == disk.to_bytes(), "{encoding}");
        let Some(qemu_img) = &qemu_img else { continue };
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("d.vmdk");
        fs::write(&path, text_bytes).unwrap();
        let flat = [bytes, b"-flat.vmdk"].concat();
        fs::write(folder.path().join(OsStr::from_bytes(&flat)), disk.to_bytes()).unwrap();
        let raw = folder.path().join("converted.raw");
        qemu_img.run(&["convert", "-f", "vmdk", "-O", "raw", text(&path), text(&raw)]);
        assert!(fs::read(&raw).unwrap() == disk.to_bytes(), "{encoding}");
    }
}
