//! Streams: compressed, for transport.

use super::{FAT_VOLUMES, Sample, fat_disk};
use crate::disk::MIB;
use crate::vmdk::link::{Link, Storage};
use crate::vmdk::stream::{Form, Stream};
use crate::vmdk::{Descriptor, Extent};

pub(in super::super) const STREAM: Sample = Sample {
    name: "vmdk-stream",
    title: "Stream-optimized VMDK as VMware exports it, 64 MiB, MBR with FAT16",
    about: "What is inside an OVA: grains are compressed, each with a marker that tells its place, and the tables come \
            behind them. The header leaves it to the footer at the end to say where.",
    format: "vmdk",
    variant: "streamOptimized",
    virtual_size: 64 * MIB,
    volumes: FAT_VOLUMES,
    build: |sample| {
        let disk = fat_disk();
        let link = Link::new(sample.name, Storage::StreamOptimized(Form::Canonical), 0x6c8f_a397);
        // An export is written before its file has a name.
        let extents = vec![Extent::sparse(disk.sectors(), "generated-stream.vmdk").access("RDONLY")];
        let text = Descriptor { extents, ..link.descriptor }.to_string();
        let stream = Stream::new(Form::Canonical, disk.sectors(), text);
        vec![sample.file(".vmdk", Stream { descriptor_sectors: 2, ..stream }.write(&disk).bytes)]
    },
    ..Sample::PLAIN
};

pub(in super::super) const STREAM_QEMU: Sample = Sample {
    name: "vmdk-stream-qemu",
    title: "Stream-optimized VMDK as qemu writes it, 64 MiB, MBR with FAT16",
    about: "The tables stand in front of the compressed grains, twice, and no footer and no end mark follow. Some \
            importers do not take it.",
    format: "vmdk",
    variant: "streamOptimized",
    virtual_size: 64 * MIB,
    volumes: FAT_VOLUMES,
    build: |sample| {
        let disk = fat_disk();
        let text = format!(
            r#"# Disk DescriptorFile
version=1
CID=7d90b4a8
parentCID=ffffffff
createType="streamOptimized"

# Extent description
RW {sectors} SPARSE "{name}.vmdk"

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "4"
ddb.geometry.cylinders = "{cylinders}"
ddb.geometry.heads = "16"
ddb.geometry.sectors = "63"
ddb.adapterType = "ide"
ddb.toolsVersion = "2147483647"
"#,
            sectors = disk.sectors(),
            name = sample.name,
            cylinders = disk.sectors() / (16 * 63),
        );
        vec![sample.file(".vmdk", Stream::new(Form::Qemu, disk.sectors(), text).write(&disk).bytes)]
    },
    ..Sample::PLAIN
};
