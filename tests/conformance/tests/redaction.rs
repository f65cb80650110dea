//! No name of a person, a machine, a file or a volume, no serial number and no UUID survives redaction, in any form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use diskglass::session::Session;
use diskglass_conformance::{Form, check_data, export, files, session};
use diskglass_samples::disk::{Disk, MIB, SECTOR};
use diskglass_samples::ldm::{self, Group, Layout};
use diskglass_samples::mbr::{self, Partition, kind};
use diskglass_samples::uuid::Uuid;
use diskglass_samples::vhd::{Creator, Dynamic, Locator, Parent, SMALL_BLOCK_BYTES};
use diskglass_samples::vmdk::descriptor::{Descriptor, Extent};
use diskglass_samples::vmdk::link::{Link, Storage};
use diskglass_samples::volumes::btrfs::Btrfs;
use diskglass_samples::volumes::exfat::Exfat;
use diskglass_samples::volumes::ext::{Ext, Version};
use diskglass_samples::volumes::fat::{Fat, Width};
use diskglass_samples::volumes::luks::Luks2;
use diskglass_samples::volumes::lvm::Lvm;
use diskglass_samples::volumes::ntfs::Ntfs;
use diskglass_samples::volumes::swap::Swap;
use diskglass_samples::{gallery, gpt};
use fastrand::Rng;
use serde_json::Value;

/// Values that must not be seen, each made up once.
struct Secrets {
    random: Rng,
    /// Names, in lower case.
    names: Vec<String>,
    /// UUIDs, as their 16 bytes read.
    ids: Vec<[u8; 16]>,
    /// Serial numbers: their bytes, the highest first.
    serials: Vec<Vec<u8>>,
}

impl Secrets {
    fn new(seed: u64) -> Self {
        Self { random: Rng::with_seed(seed), names: Vec::new(), ids: Vec::new(), serials: Vec::new() }
    }

    /// A name that is no word of any language, in a case of its own.
    fn name(&mut self) -> String {
        let length = self.random.usize(6..9);
        let letters = b"bcdfghjklmnpqrstvwxz";
        let mut name: String =
            (0..length).map(|_| char::from(letters[self.random.usize(..letters.len())])).collect();
        self.names.push(name.clone());
        match self.random.u8(..3) {
            0 => name.make_ascii_uppercase(),
            1 => name[..1].make_ascii_uppercase(),
            _ => {}
        }
        name
    }

    /// The same for a builder that wants it for ever.
    fn label(&mut self) -> &'static str {
        self.name().to_uppercase().leak()
    }

    fn id(&mut self) -> Uuid {
        let id = Uuid(self.random.u128(..));
        self.ids.push(id.bytes());
        id
    }

    fn serial32(&mut self) -> u32 {
        let serial = self.random.u32(0x1000_0000..);
        self.serials.push(serial.to_be_bytes().to_vec());
        serial
    }

    fn serial64(&mut self) -> u64 {
        let serial = self.random.u64(1 << 60..);
        self.serials.push(serial.to_be_bytes().to_vec());
        serial
    }

    /// A folder as products note them down: homes of people, shares of machines.
    fn folder(&mut self) -> String {
        let (one, other) = (self.name(), self.name());
        match self.random.u8(..6) {
            0 => format!("C:\\Users\\{one}\\{other} & Sons\\Virtual Machines\\"),
            1 => format!("\\\\{one}\\{other}$\\vm\\"),
            2 => format!("/home/{one}/{other}/"),
            3 => format!("/vmfs/volumes/{}/{other}/", self.id()),
            4 => format!("D:/Documents and Settings/{one}/{other}/"),
            _ => format!("..\\{one}\\{other}\\"),
        }
    }

    /// Every spelling in which one of the values could be seen, in lower case.
    fn spellings(&self) -> Vec<String> {
        let joined = |bytes: &[u8], between: &str| {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between)
        };
        let both = |bytes: &[u8]| {
            let back: Vec<u8> = bytes.iter().rev().copied().collect();
            [joined(bytes, " "), joined(bytes, ""), joined(&back, " "), joined(&back, "")]
        };
        let mut all = Vec::new();
        for name in &self.names {
            for name in
                [name.clone(), name.to_uppercase(), format!("{}{}", name[..1].to_uppercase(), &name[1..])]
            {
                let wide: Vec<u8> = name.bytes().flat_map(|byte| [byte, 0]).collect();
                for bytes in [name.as_bytes(), &wide[..wide.len() - 1]] {
                    all.extend([joined(bytes, " "), joined(bytes, "")]);
                }
                all.push(format!("%{}", joined(name.as_bytes(), "%")));
            }
            all.push(name.clone());
            // As the text beside bytes shows UTF-16.
            all.push(name.chars().map(String::from).collect::<Vec<_>>().join("."));
        }
        for id in &self.ids {
            for id in [
                Uuid(u128::from_be_bytes(*id)),
                Uuid(u128::from_be_bytes(Uuid(u128::from_be_bytes(*id)).mixed())),
            ] {
                all.push(id.to_string());
                all.extend(both(&id.bytes()));
            }
        }
        for serial in &self.serials {
            all.extend(both(serial));
            let number = serial.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            all.push(number.to_string());
            let digits = joined(serial, "");
            all.push(format!("{}-{}", &digits[..4], &digits[4..]));
        }
        all
    }
}

/// Fails where a form of the report shows one of the values.
fn check(seed: u64, what: &str, secrets: &Secrets, session: &Session) {
    let plain = export(session, Form::Json, false).to_lowercase();
    let spellings = secrets.spellings();
    assert!(spellings.iter().any(|value| plain.contains(value)), "{what} {seed}: nothing to be found");
    for form in Form::ALL {
        let shown = export(session, form, true);
        assert_eq!(shown, export(session, form, true), "{what} {seed}: differs the second time");
        let shown = shown.to_lowercase();
        for value in &spellings {
            let at = shown.find(value.as_str());
            assert!(
                at.is_none(),
                "{what} {seed}: {form:?} shows {value:?} in …{}…",
                at.map(|at| shown[shown.floor_char_boundary(at.saturating_sub(120))..]
                    .chars()
                    .take(300)
                    .collect::<String>())
                    .unwrap()
            );
        }
    }
    same_placeholders(session);
}

/// The placeholders of the files are those of the JSON in every form.
fn same_placeholders(session: &Session) {
    let report: Value = serde_json::from_str(&export(session, Form::Json, true)).unwrap();
    for form in [Form::Markdown, Form::Html] {
        let shown = export(session, form, true);
        for file in report["files"].as_array().unwrap() {
            assert!(shown.contains(file["name"].as_str().unwrap()), "{form:?}");
        }
    }
}

fn mib(count: u64) -> u32 {
    u32::try_from(count * MIB / SECTOR).unwrap()
}

/// A disk with an MBR and volumes of several kinds, a name and an identity in each.
fn disk_of_volumes(secrets: &mut Secrets) -> Disk {
    let mut disk = Disk::new(64 * MIB);
    let partitions = vec![
        Partition::new(kind::FAT16_SMALL, mib(1), mib(4)),
        Partition::new(kind::NTFS, mib(5), mib(8)),
        Partition::new(kind::LINUX, mib(13), mib(8)),
        Partition::new(kind::EXTENDED, mib(21), mib(43)),
    ];
    let logicals = [(22, 4, kind::SWAP), (27, 8, kind::LVM), (36, 4, kind::NTFS), (41, 20, kind::LINUX)];
    let logicals = logicals.map(|(at, size, kind)| Partition::new(kind, mib(at), mib(size)));
    mbr::Table::new(secrets.serial32(), partitions).with_logicals(logicals.to_vec()).write(&mut disk);
    // A boot loader that says where it was built.
    disk.write(64, format!("{}loader.asm", secrets.folder()).as_bytes().get(..96).unwrap_or(b"short"));
    let label = secrets.label();
    let fat = Fat {
        width: Width::Fat16,
        sectors: mib(4),
        hidden_sectors: mib(1),
        cluster_sectors: 1,
        serial: secrets.serial32(),
        label,
    };
    disk.place(MIB, &fat.build());
    let ntfs = Ntfs {
        sectors: mib(8).into(),
        hidden_sectors: mib(5),
        cluster_sectors: 8,
        serial: secrets.serial64(),
        label: secrets.label(),
    };
    disk.place(5 * MIB, &ntfs.build());
    let ext = Ext {
        version: Version::Ext4,
        bytes: 8 * MIB,
        block_bytes: 1024,
        id: secrets.id(),
        label: secrets.label(),
    };
    disk.place(13 * MIB, &ext.build());
    // Where it was mounted last: in the home of somebody.
    disk.write(13 * MIB + 1024 + 0x88, format!("/home/{}/mnt", secrets.name()));
    let swap = Swap { bytes: 4 * MIB, id: secrets.id(), label: secrets.label() };
    disk.place(22 * MIB, &swap.build());
    let (group, volume) = (secrets.label(), secrets.label());
    let lvm = Lvm {
        bytes: 8 * MIB,
        id: "q7Xf2K9dLmWc4RhT1vBz8NyE6sP3jGaU",
        group_id: "hT1vBz8NyE6sP3jGaUq7Xf2K9dLmWc4R",
        volume_id: "Bz8NyE6sP3jGaUq7Xf2K9dLmWc4RhT1v",
        group,
        volume,
    };
    secrets.names.extend([lvm.printed_id().to_lowercase(), lvm.id.to_lowercase()]);
    disk.place(27 * MIB, &lvm.build());
    let exfat = Exfat {
        sectors: mib(4).into(),
        partition_offset: mib(36).into(),
        cluster_shift: 3,
        serial: secrets.serial32(),
        label: secrets.label(),
    };
    disk.place(36 * MIB, &exfat.build());
    if secrets.random.bool() {
        disk.place(41 * MIB, &Luks2 { bytes: 20 * MIB, id: secrets.id(), label: secrets.label() }.build());
    } else {
        let (id, device_id) = (secrets.id(), secrets.id());
        disk.place(41 * MIB, &Btrfs { bytes: 20 * MIB, id, device_id, label: secrets.label() }.build());
    }
    disk
}

fn disk_with_gpt(secrets: &mut Secrets) -> Disk {
    let mut disk = Disk::new(16 * MIB);
    let name = format!("{} of {}", secrets.name(), secrets.name()).leak();
    let partition = gpt::Partition {
        kind: gpt::kind::BASIC_DATA,
        id: secrets.id(),
        first: mib(1).into(),
        last: u64::from(mib(15)) - 1,
        attributes: 0,
        name,
    };
    gpt::Table::new(secrets.id(), vec![partition]).write(&mut disk);
    let label = secrets.label();
    let volume = Fat {
        width: Width::Fat16,
        sectors: mib(14),
        hidden_sectors: mib(1),
        cluster_sectors: 4,
        serial: secrets.serial32(),
        label,
    };
    disk.place(MIB, &volume.build());
    disk
}

/// Changes a few bytes, so that findings with places come up all over.
fn damage(random: &mut Rng, bytes: &mut [u8]) {
    for _ in 0..random.usize(..12) {
        // Mostly where the structures are.
        let most = if random.bool() { bytes.len().min(8192) } else { bytes.len() };
        bytes[random.usize(..most)] = random.u8(..);
    }
}

fn vhd_chain(secrets: &mut Secrets) -> Session {
    let disk = disk_with_gpt(secrets);
    let parent_id = secrets.id();
    let (folder, name) = (secrets.name(), secrets.name());
    let dynamic = |id, parent| {
        let image = match parent {
            Some(parent) => Dynamic::differencing(16 * MIB, Creator::WINDOWS_10, id, parent),
            None => Dynamic::new(16 * MIB, Creator::WINDOWS_10, id),
        };
        Dynamic { block_bytes: SMALL_BLOCK_BYTES, ..image }
    };
    let parent_name = format!("{name} base.vhd");
    let mut parent = Parent::windows(parent_id, &parent_name);
    parent.locators = (0..5)
        .map(|locator| {
            let other = secrets.name();
            let file = if secrets.random.bool() { &parent_name } else { &format!("{other}.vhd") };
            let path = format!("{}{file}", secrets.folder());
            match locator {
                0 => Locator::absolute(&path),
                // Damage can put anything into a name.
                1 if secrets.random.u8(..8) == 0 => {
                    Locator::relative(&path.replace(file, &format!("\"{file}")))
                }
                1 => Locator::relative(&path),
                2 => Locator::url(&format!("/Users/{}/{file}", secrets.name())),
                3 => Locator::old_absolute(&path),
                _ => Locator::old_relative(&path),
            }
        })
        .collect();
    let mut child = dynamic(secrets.id(), Some(parent)).write(&Disk::new(16 * MIB));
    damage(&mut secrets.random, &mut child);
    let mut set = vec![(format!("{folder}/{name}.avhd"), child)];
    if secrets.random.bool() {
        set.push((format!("{folder}/{parent_name}"), dynamic(parent_id, None).write(&disk)));
    }
    session(set)
}

fn descriptor(secrets: &mut Secrets) -> Session {
    let extents = (0..3).map(|_| {
        let file = format!("{}{}-flat.vmdk", secrets.folder(), secrets.name());
        Extent::flat(6144, file, 0)
    });
    let extents = extents.collect();
    let mut text = Descriptor::new("twoGbMaxExtentFlat", 0x1234_5678, extents);
    text.id = std::array::from_fn(|_| secrets.random.u8(..));
    text.id[0] = 0x29;
    secrets.serials.push(text.id[5..].to_vec());
    let identity = secrets.id().to_string();
    let folder = secrets.folder();
    text.header = vec![
        format!("# written by {} on {}", secrets.name(), secrets.name()),
        format!("owner=\"{} <{}@{}.example>\"", secrets.name(), secrets.name(), secrets.name()),
        format!("this line of {} is not one", secrets.name()),
        format!("encryptionKeys=\"vmware:key/list/(pair/({}))\"", secrets.name()),
    ];
    text.database = vec![
        ("comment", format!("for {}", secrets.name())),
        ("uuid.image", identity),
        ("sidecars", format!("{}.vmfd,", secrets.name())),
        ("whose", format!("{folder}{}", secrets.name())),
    ];
    text.tracking = Some(format!("{}-ctk.vmdk", secrets.name()));
    if secrets.random.bool() {
        text = text.on(0x8765_4321, format!("{}{}.vmdk", secrets.folder(), secrets.name()));
    }
    session([(format!("{}.vmdk", secrets.name()), text.to_string().into_bytes())])
}

fn vmdk_chain(secrets: &mut Secrets) -> Session {
    let disk = disk_of_volumes(secrets);
    let name = secrets.name();
    let folder = secrets.name();
    let base = Link::new(name.clone(), Storage::MonolithicSparse, 0x1111_2222);
    let mut link = Link::new(format!("{name}-000001"), Storage::MonolithicSparse, 0x3333_4444).on(&base);
    if let Some(parent) = &mut link.descriptor.parent {
        parent.hint = format!("{}{name}.vmdk", secrets.folder());
    }
    link.descriptor.database.push(("comment", secrets.name()));
    let mut set = link.files(&Disk::new(disk.size()));
    damage(&mut secrets.random, &mut set[0].1);
    set.extend(base.files(&disk));
    session(set.into_iter().map(|(file, bytes)| (format!("{folder}/{file}"), bytes)))
}

fn raw(secrets: &mut Secrets) -> Session {
    let mut bytes = disk_of_volumes(secrets).to_bytes();
    damage(&mut secrets.random, &mut bytes);
    session([(format!("{}/{}.img", secrets.name(), secrets.name()), bytes)])
}

fn dynamic_disk(secrets: &mut Secrets) -> Session {
    let group = Group {
        name: format!("{}-Dg0", secrets.name()).leak(),
        id: secrets.id(),
        disks: vec![secrets.id(), secrets.id()],
        volumes: vec![ldm::Volume {
            name: secrets.label(),
            layout: Layout::Concatenated,
            size: 1024,
            parts: vec![(0, 65, 512), (1, 65, 512)],
            hint: "E:",
        }],
    };
    let mut disk = Disk::new(4 * MIB);
    let count = u32::try_from(disk.sectors() - ldm::DATABASE - ldm::DATA).unwrap();
    let all = Partition::new(0x42, u32::try_from(ldm::DATA).unwrap(), count);
    mbr::Table::new(secrets.serial32(), vec![all]).write(&mut disk);
    group.write(&mut disk, 0);
    session([(format!("{}.img", secrets.name()), disk.to_bytes())])
}

/// Makes up sets of that kind and checks them.
fn many(what: &str, rounds: u64, make: fn(&mut Secrets) -> Session) {
    for seed in 0..rounds {
        let mut secrets = Secrets::new(seed);
        let mut session = make(&mut secrets);
        session.inspect(None);
        check(seed, what, &secrets, &session);
        if seed % 4 == 0 {
            check_data(&mut session);
            check(seed, what, &secrets, &session);
        }
    }
}

#[test]
fn nothing_of_a_vhd_chain_survives() {
    many("VHD chain", 60, vhd_chain);
}

#[test]
fn nothing_of_a_descriptor_survives() {
    many("descriptor", 150, descriptor);
}

#[test]
fn nothing_of_a_vmdk_chain_survives() {
    many("VMDK chain", 12, vmdk_chain);
}

#[test]
fn nothing_of_a_raw_disk_survives() {
    many("raw disk", 12, raw);
}

#[test]
fn nothing_of_a_dynamic_disk_survives() {
    many("dynamic disk", 12, dynamic_disk);
}

/// What support needs is as before: everything but names, paths and identities.
fn same_but_for_names(name: &str, before: &Value, after: &Value, key: &str) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            assert!(before.keys().eq(after.keys()), "{name}: {key}");
            before.iter().zip(after.values()).for_each(|((key, before), after)| {
                same_but_for_names(name, before, after, key);
            });
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len(), "{name}: {key}");
            before.iter().zip(after).for_each(|(before, after)| same_but_for_names(name, before, after, key));
        }
        (Value::String(before), Value::String(after)) => {
            const KEPT: [&str; 19] = [
                "schema",
                "coverage",
                "verdict",
                "format",
                "variant",
                "role",
                "status",
                "state",
                "type",
                "severity",
                "layer",
                "remedy",
                "meaning",
                "scheme",
                "type_id",
                "type_name",
                "access",
                "created_utc",
                "producer",
            ];
            if KEPT.contains(&key) {
                assert_eq!(before, after, "{name}: {key}");
            }
            assert_eq!(before.is_empty(), after.is_empty(), "{name}: {key}");
        }
        _ => assert_eq!(before, after, "{name}: {key}"),
    }
}

#[test]
fn what_support_needs_stays() {
    for sample in gallery() {
        let mut session = session(files(sample));
        session.inspect(None);
        let [before, after] =
            [false, true].map(|redact| serde_json::from_str(&export(&session, Form::Json, redact)).unwrap());
        same_but_for_names(sample.name, &before, &after, "report");
        let ids = |report: &Value| {
            let findings = report["findings"].as_array().unwrap();
            findings.iter().map(|finding| finding["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&before), ids(&after), "{}", sample.name);
    }
}

#[test]
fn content_identities_of_vmdk_images_stay() {
    let sample = diskglass_samples::find("vmdk-snapshots").unwrap();
    let mut session = session(files(sample));
    session.inspect(None);
    let shown = export(&session, Form::Markdown, true);
    for id in ["a0c3e7db", "9fb2d6ca", "8ea1c5b9"] {
        assert!(shown.contains(id), "{id}");
    }
    assert!(shown.contains("file-1-000002.vmdk") && shown.contains("file-1.vmdk"), "{shown}");
}

#[test]
fn a_report_without_such_values_is_left_alone() {
    let mut session = session([]);
    session.inspect(None);
    for form in [Form::Text, Form::Json] {
        assert_eq!(export(&session, form, false), export(&session, form, true));
    }
    // A disk of zeros has a file name and nothing else.
    let mut session = diskglass_conformance::session([("zeros.img".into(), vec![0; 1 << 20])]);
    session.inspect(None);
    let plain = export(&session, Form::Json, false);
    let redacted = export(&session, Form::Json, true);
    assert_eq!(plain.replace("zeros.img", "file-1.img"), redacted);
}

#[test]
fn nothing_of_the_customer_survives() {
    let sample = diskglass_samples::find("vhd-customer").unwrap();
    let mut session = session(files(sample));
    session.inspect(None);
    for form in Form::ALL {
        let shown = export(&session, form, true).to_lowercase();
        for value in [
            "kovac",
            "marta",
            "filesrv",
            "customers",
            "5e3a",
            "2e90b7d4",
            "c4a81e57",
            "81f62d4e",
            "7d31c0a9",
            "4b 4f 56 41 43",
            "4b 00 6f 00",
            "5e3a90c7",
        ] {
            assert!(!shown.contains(value), "{form:?}: {value}");
        }
        assert!(shown.contains("vhd.bat.entry-past-end") || form == Form::Html, "{form:?}");
    }
}
