//! How a PC would start from the disk: what a BIOS and what UEFI find, and what is missing for either. Facts, each with
//! its bytes; whether the machine starts in the end depends on files and on firmware.

mod code;

use super::disk::{Disk, SECTOR};
use super::eltorito::Image;
use super::model::{BootFact, EntryRole};
use super::table::{Declared, Table};
use super::types::Family;
use crate::structure::{hex_bytes, size_text, span_at};
use crate::volume::Volume;
use code::{Known, Next};

/// Bytes of boot code in an MBR.
const CODE: usize = 440;

/// Type GUID of the partition that GRUB keeps its core in on a disk with a GPT.
const BIOS_BOOT: &str = "21686148-6449-6e6f-744e-656564454649";

/// What GRUB 2's core begins with, as far as all versions agree: `push dx` or a move to it.
const GRUB_CORE: [&[u8]; 2] = [b"\x52\x56\xbe", b"\x52\xe8"];

/// The facts, in the order that a machine meets them.
pub(super) fn facts(disk: &Disk, table: &Table, whole: Option<&Volume>, images: &[Image]) -> Vec<BootFact> {
    let mut story = Story { disk, table, facts: Vec::new() };
    for image in images {
        story.cd(image);
    }
    match table.scheme {
        "mbr" | "gpt" | "hybrid" | "ldm" => {
            story.bios();
            story.uefi();
        }
        "none" if whole.is_some() && images.is_empty() && !disk.is_iso() => story.volume(whole),
        _ => {}
    }
    story.facts
}

/// Whether there is boot code in an MBR, and it is not known to find what it starts in another way.
pub(super) fn looks_for_active(code: &[u8]) -> bool {
    code.iter().any(|byte| *byte != 0) && code::recognise(code).is_none_or(|known| known.next == Next::Active)
}

struct Story<'a> {
    disk: &'a Disk,
    table: &'a Table,
    facts: Vec<BootFact>,
}

impl Story<'_> {
    /// Adds a fact about `length` bytes at an offset of the disk.
    fn add(&mut self, id: &'static str, text: String, structure: Option<&str>, (offset, length): (u64, u64)) {
        let places = span_at(&**self.disk.bytes(), offset, length).into_iter().collect();
        self.facts.push(BootFact { id, text, structure: structure.map(Into::into), places });
    }

    /// Adds a fact about the structure that declares a partition.
    fn add_about(&mut self, id: &'static str, text: String, declared: &Declared) {
        let key = declared.entry.structure.as_deref();
        let place = key.and_then(|key| self.table.node(key)).and_then(|node| node.span);
        let structure = key.map(Into::into);
        self.facts.push(BootFact { id, text, structure, places: place.into_iter().collect() });
    }

    /// What an image of a CD's boot catalogue is.
    fn cd(&mut self, image: &Image) {
        let marked = if image.is_bootable { "" } else { ", but is not marked as bootable" };
        let text = format!(
            "As a CD, the disk has a boot image for {} at byte {} ({}, {} are loaded){marked}.",
            image.platform,
            image.offset,
            image.media,
            size_text(image.loaded)
        );
        let place = self.table.node(&image.key).and_then(|node| node.span);
        let structure = Some(image.key.clone());
        self.facts.push(BootFact {
            id: "boot.cd.image",
            text,
            structure,
            places: place.into_iter().collect(),
        });
    }

    fn bios(&mut self) {
        let Some(sector) = self.disk.read(0, SECTOR) else { return };
        let code = sector.get(..CODE).unwrap_or_default();
        if code.iter().all(|byte| *byte == 0) || !sector.ends_with(&[0x55, 0xaa]) {
            let text = "A BIOS does not start from this disk: sector 0 has no boot code.".into();
            return self.add("boot.bios.missing", text, Some("mbr@0"), (0, CODE as u64));
        }
        let known = code::recognise(code);
        let text = match known {
            Some(known) => format!("A BIOS runs the boot code in sector 0, which is that of {}.", known.name),
            None => {
                let crc = crate::checksum::crc32(&[code]);
                let text =
                    code::longest_text(code).map_or_else(String::new, |text| format!(", text {text:?}"));
                let start = hex_bytes(code, 16);
                format!(
                    "A BIOS runs the boot code in sector 0, which is not known here (it begins {start}, CRC-32 0x{crc:08x}{text})."
                )
            }
        };
        self.add("boot.bios.code", text, Some("mbr@0"), (0, CODE as u64));
        match known.map_or(Next::Active, |known| known.next) {
            Next::Active => self.active(known),
            Next::Sector(at, length) => self.sector(&sector, at, length),
            Next::Marked => self.marked(),
            Next::Own => {}
        }
    }

    /// The active partition, and its boot sector.
    fn active(&mut self, known: Option<&Known>) {
        let table = self.table;
        // Only entries of the MBR count for a BIOS.
        let by_mbr = table.scheme == "mbr" || table.scheme == "ldm";
        let mut active =
            table.partitions.iter().filter(|declared| declared.entry.active && declared.is_top());
        let Some(declared) = active.next().filter(|_| by_mbr) else {
            // What code that is not known looks for is not known either.
            if known.is_some() {
                let text = "The boot code looks for an active partition, and there is none.".into();
                self.add("boot.bios.missing", text, Some("mbr@0"), (446, 64));
            }
            return;
        };
        let number = declared.entry.index;
        let kind = declared.entry.volume.as_ref().map_or("nothing known", |volume| &*volume.kind);
        self.add_about(
            "boot.bios.active",
            format!("Partition {number} is active, and holds {kind}."),
            declared,
        );
        let (offset, _) = table.guest(declared.start(), 1);
        self.boot_sector(offset, &format!("partition {number}"), declared.entry.volume.as_ref());
    }

    /// What the boot sector of a volume goes on with.
    fn boot_sector(&mut self, offset: u64, whose: &str, volume: Option<&Volume>) {
        let Some(sector) = self.disk.read(offset, SECTOR) else { return };
        let structure = volume.and_then(|volume| volume.structure.as_deref());
        let (id, text) = match (sector.ends_with(&[0x55, 0xaa]), code::loader(&sector)) {
            (true, Some(loader)) => {
                ("boot.bios.target", format!("The boot sector of {whose} goes on with {loader}."))
            }
            (true, None) => (
                "boot.bios.target",
                format!("The boot sector of {whose} is signed, but names no loader that is known here."),
            ),
            (false, _) => (
                "boot.bios.missing",
                format!("The first sector of {whose} does not end in 55 AA: it is no boot sector."),
            ),
        };
        self.add(id, text, structure, (offset, SECTOR as u64));
    }

    /// The sector that boot code has the number of.
    fn sector(&mut self, code: &[u8], at: usize, length: usize) {
        let Some(bytes) = code.get(at..at + length) else { return };
        let target = bytes.iter().rev().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
        let offset = target.saturating_mul(SECTOR as u64);
        let inside = self.table.partitions.iter().find(|declared| {
            let (start, length) = self.table.guest(declared.start(), declared.entry.sector_count);
            declared.family != Family::Protective && (start..start.saturating_add(length)).contains(&offset)
        });
        let where_ = match inside {
            Some(inside) if inside.entry.type_id == BIOS_BOOT => {
                format!("in the BIOS boot partition, number {}", inside.entry.index)
            }
            Some(inside) => format!("in partition {}", inside.entry.index),
            None => "outside all partitions".into(),
        };
        let place = (at as u64, length as u64);
        match self.disk.read(offset, SECTOR) {
            Some(there) if there.iter().all(|byte| *byte == 0) => {
                let text = format!(
                    "The boot code goes on with sector {target}, {where_}, but only zeros are there."
                );
                self.add("boot.bios.missing", text, Some("mbr@0"), place);
            }
            Some(there) => {
                let is_core = GRUB_CORE.iter().any(|start| there.starts_with(start));
                let what = if is_core { " and holds the start of GRUB's core" } else { "" };
                let text = format!("The boot code goes on with sector {target}, which is {where_}{what}.");
                self.add("boot.bios.target", text, Some("mbr@0"), place);
            }
            None => {
                let text = format!("The boot code goes on with sector {target}, which cannot be read.");
                self.add("boot.bios.missing", text, Some("mbr@0"), place);
            }
        }
    }

    /// The partition of a GPT that is marked as bootable by a BIOS.
    fn marked(&mut self) {
        let table = self.table;
        let Some(declared) = table.partitions.iter().find(|declared| declared.entry.active) else {
            let text = "The boot code looks for a partition of the GPT with the attribute \"legacy BIOS bootable\", and there is none.".into();
            return self.add("boot.bios.missing", text, Some("mbr@0"), (0, CODE as u64));
        };
        let number = declared.entry.index;
        let text = format!("Partition {number} is marked as bootable by a BIOS.");
        self.add_about("boot.bios.active", text, declared);
        let (offset, _) = table.guest(declared.start(), 1);
        self.boot_sector(offset, &format!("partition {number}"), declared.entry.volume.as_ref());
    }

    fn uefi(&mut self) {
        let table = self.table;
        let systems: Vec<&Declared> =
            table.partitions.iter().filter(|declared| declared.family == Family::EfiSystem).collect();
        for declared in &systems {
            let number = declared.entry.index;
            let (id, text) = match &declared.entry.volume {
                Some(volume) if volume.kind == "vfat" => {
                    let version = volume.version.as_deref().unwrap_or("FAT");
                    (
                        "boot.uefi.esp",
                        format!(
                            "Partition {number} is an EFI system partition with {version}; UEFI looks there."
                        ),
                    )
                }
                Some(volume) => (
                    "boot.uefi.missing",
                    format!(
                        "Partition {number} is an EFI system partition, but holds {} and not FAT.",
                        volume.kind
                    ),
                ),
                None => (
                    "boot.uefi.missing",
                    format!("Partition {number} is an EFI system partition, but no FAT volume is in it."),
                ),
            };
            self.add_about(id, text, declared);
        }
        if systems.is_empty() {
            let fat = table.partitions.iter().find(|declared| {
                declared.entry.role == EntryRole::Partition
                    && declared.entry.volume.as_ref().is_some_and(|volume| volume.kind == "vfat")
            });
            match fat {
                Some(declared) => {
                    let text = format!(
                        "There is no EFI system partition. Partition {} holds FAT, where much firmware looks too.",
                        declared.entry.index
                    );
                    self.add_about("boot.uefi.missing", text, declared);
                }
                None => {
                    let text = "UEFI finds nothing to start: there is no EFI system partition.".into();
                    self.facts.push(BootFact {
                        id: "boot.uefi.missing",
                        text,
                        structure: None,
                        places: Vec::new(),
                    });
                }
            }
        }
    }

    /// A volume without a partition table.
    fn volume(&mut self, whole: Option<&Volume>) {
        let Some(sector) = self.disk.read(0, SECTOR) else { return };
        if !sector.ends_with(&[0x55, 0xaa]) {
            let text = "A BIOS does not start from this disk: sector 0 does not end in 55 AA.".into();
            return self.add("boot.bios.missing", text, None, (510, 2));
        }
        self.boot_sector(0, "the volume", whole);
        if let Some(volume) = whole.filter(|volume| volume.kind == "vfat") {
            let version = volume.version.as_deref().unwrap_or("FAT");
            let text = format!(
                "The disk holds {version} without a partition table; UEFI looks there on removable disks."
            );
            let structure = volume.structure.clone();
            let place = span_at(&**self.disk.bytes(), 0, SECTOR as u64);
            self.facts.push(BootFact {
                id: "boot.uefi.esp",
                text,
                structure,
                places: place.into_iter().collect(),
            });
        }
    }
}
