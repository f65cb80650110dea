//! Sets of files with something special.

use super::{FLAT_VOLUMES, Sample, SampleFile, files, monolithic, small_disk};
use crate::disk::{Disk, MIB, SECTOR};
use crate::vmdk::link::{Link, Storage};
use crate::vmdk::{Descriptor, Extent, Sparse, tracking};

pub(in super::super) const MIXED_SET: Sample = Sample {
    name: "vmdk-mixed-set",
    title: "VMDK of extents of four kinds, 4 MiB, MBR with ext2",
    about: "The partition table is in a flat file that may only be read, zeros up to the partition are in no file, the \
            volume is in a sparse file, and a last stretch cannot be used at all. qemu drops all but the third.",
    format: "vmdk",
    variant: "custom",
    virtual_size: 4 * MIB,
    volumes: FLAT_VOLUMES,
    build: |sample| {
        let disk = small_disk("boot");
        let table = sample.file("-f001.vmdk", disk.read(0, SECTOR));
        let volume = disk.part(MIB, 2 * MIB);
        let sparse = sample.file("-s002.vmdk", Sparse::new(volume.sectors(), None).write(&volume));
        let extents = vec![
            Extent::flat(1, &*table.name, 0).access("RDONLY"),
            Extent::zero(MIB / SECTOR - 1),
            Extent::sparse(volume.sectors(), &*sparse.name),
            Extent::zero(MIB / SECTOR).access("NOACCESS"),
        ];
        let text = Descriptor::new("custom", 0xd3f6_1a0e, extents).to_string();
        vec![sample.file(".vmdk", text), table, sparse]
    },
    ..Sample::PLAIN
};

pub(in super::super) const PARTITIONED_DEVICE: Sample = Sample {
    name: "vmdk-partitioned-device",
    title: "VMDK of one partition of a physical disk, 3 MiB",
    about: "The partition table is a copy in a small file, so that a guest cannot damage the real one. The partition is \
            on a device, which is never opened.",
    format: "vmdk",
    variant: "partitionedDevice",
    complete: false,
    virtual_size: 3 * MIB,
    build: |sample| {
        let disk = small_disk("boot");
        let table = sample.file("-pt.vmdk", disk.read(0, MIB));
        let extents = vec![
            Extent::flat(MIB / SECTOR, &*table.name, 0),
            Extent::flat(2 * MIB / SECTOR, r"\\.\PhysicalDrive1", MIB / SECTOR),
        ];
        let text = Descriptor::new("partitionedDevice", 0xe407_2b1f, extents).to_string();
        vec![sample.file(".vmdk", text), table]
    },
    ..Sample::PLAIN
};

pub(in super::super) const CHANGE_TRACKING: Sample = Sample {
    name: "vmdk-change-tracking",
    title: "Flat VMDK of ESXi with changed block tracking, 3 MiB, MBR with ext2",
    about: "A third file notes which blocks changed, for backups. The data does not depend on it.",
    format: "vmdk",
    variant: "vmfs",
    virtual_size: 3 * MIB,
    volumes: FLAT_VOLUMES,
    build: |sample| {
        let disk = small_disk("boot");
        let mut link = Link::new(sample.name, Storage::Vmfs, 0xf518_3c20);
        let changes = sample.file("-ctk.vmdk", tracking::file(disk.sectors(), *b"changes of a day"));
        link.descriptor.version = 3;
        link.descriptor.tracking = Some(changes.name.clone());
        let mut files = files(&link, &disk);
        files.push(changes);
        files
    },
    ..Sample::PLAIN
};

pub(in super::super) const RENAMED: Sample = Sample {
    name: "vmdk-renamed",
    title: "Sparse VMDK that was renamed, 3 MiB, MBR with ext2",
    about: "The descriptor inside still has the name from before. The file itself is what counts.",
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: 3 * MIB,
    volumes: FLAT_VOLUMES,
    build: |sample| {
        let disk: Disk = small_disk("boot");
        let bytes = monolithic(sample, 0x0629_4d31, disk.sectors()).write(&disk);
        vec![sample.file(" (copy of Monday).vmdk", bytes)]
    },
    ..Sample::PLAIN
};

pub(in super::super) const ENCODING: Sample = Sample {
    name: "vmdk-encoding",
    title: "Flat VMDK with a Chinese name, 3 MiB, MBR with ext2",
    about: "The descriptor is in the encoding GBK, as it says itself. In UTF-8 its bytes would be no name at all.",
    format: "vmdk",
    variant: "monolithicFlat",
    virtual_size: 3 * MIB,
    volumes: FLAT_VOLUMES,
    build: |sample| {
        let disk = small_disk("boot");
        let data = SampleFile { name: "磁盘-flat.vmdk".into(), bytes: disk.to_bytes() };
        let extents = vec![Extent::flat(disk.sectors(), &*data.name, 0)];
        let descriptor =
            Descriptor { encoding: "GBK", ..Descriptor::new("monolithicFlat", 0x173a_5e42, extents) };
        let text = descriptor.encoded("\r\n", &[("磁盘", b"\xb4\xc5\xc5\xcc")]);
        vec![sample.file(".vmdk", text), data]
    },
    ..Sample::PLAIN
};
