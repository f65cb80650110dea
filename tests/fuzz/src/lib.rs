//! What the fuzz targets share: how a fuzzer's bytes become a set of files, and what is asked of it.
//!
//! Images are large and mostly empty, so an input is not a file but a recipe for files: where in them which bytes lie.
//! A 2 TiB image is an input of a few hundred bytes, and a mutation of the input is a mutation of what matters.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a panic is what a fuzzer looks for, also one of its own"
)]

use diskglass::bytes::{Location, ReadAt, ReadError, check_range};
use diskglass::session::Session;
use diskglass_conformance::explore;
use diskglass_conformance::volumes::volumes;
use diskglass_samples::{Sample, SampleFile, gallery};
use std::rc::Rc;

/// Files of an input.
const FILES: usize = 6;

/// Stretches of bytes of a file.
const STRETCHES: usize = 256;

/// Steps of a check of tables or data that are waited for: an image of 2 TiB takes more than a fuzzer has.
const STEPS: usize = 64;

/// Bytes kept of a sample's file for a seed: its metadata, and a little of its data.
const SEED_BYTES: usize = 64 << 10;

/// A file that is zero but for a few stretches.
struct Sparse {
    size: u64,
    stretches: Vec<(u64, Vec<u8>)>,
}

impl ReadAt for Sparse {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size, offset, buf.len() as u64)?;
        buf.fill(0);
        let end = offset + buf.len() as u64;
        for (start, bytes) in &self.stretches {
            let from = (*start).max(offset);
            let to = start.saturating_add(bytes.len() as u64).min(end);
            if from < to {
                let length = (to - from) as usize;
                let source = &bytes[(from - start) as usize..][..length];
                buf[(from - offset) as usize..][..length].copy_from_slice(source);
            }
        }
        Ok(())
    }

    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}

/// Takes numbers off the front of an input; zero where it has ended.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self, bytes: usize) -> u64 {
        let (now, later) = self.0.split_at(bytes.min(self.0.len()));
        self.0 = later;
        now.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let (now, later) = self.0.split_at(length.min(self.0.len()));
        self.0 = later;
        now.to_vec()
    }
}

/// The files of an input: for each its name (length 1, text), its size (6), then stretches (offset 6, length 2, bytes),
/// ended by one of no length.
fn decode(mut reader: Reader) -> Session {
    let mut session = Session::default();
    for _ in 0..FILES {
        let length = reader.number(1) as usize;
        if length == 0 {
            break;
        }
        let name = String::from_utf8_lossy(&reader.take(length)).into_owned();
        let size = reader.number(6);
        let mut stretches = Vec::new();
        while stretches.len() < STRETCHES {
            let (offset, length) = (reader.number(6), reader.number(2));
            if length == 0 {
                break;
            }
            stretches.push((offset, reader.take(length as usize)));
        }
        session.add(name, Rc::new(Sparse { size, stretches }), None);
    }
    session
}

/// Files as an input: sectors that are not zero, until there is enough.
fn encode(files: &[SampleFile]) -> Vec<u8> {
    const SECTOR: usize = 512;
    let number = |number: u64, bytes: usize| number.to_le_bytes()[..bytes].to_vec();
    let mut input = Vec::new();
    for SampleFile { name, bytes } in files.iter().take(FILES) {
        input.extend(number(name.len() as u64, 1));
        input.extend_from_slice(name.as_bytes());
        input.extend(number(bytes.len() as u64, 6));
        let sectors: Vec<(usize, &[u8])> = (0..)
            .step_by(SECTOR)
            .zip(bytes.chunks(SECTOR))
            .filter(|(_, sector)| sector.iter().any(|b| *b != 0))
            .collect();
        // Both ends of a file hold its metadata: most of what is kept is from the start, the rest from the end.
        let most = (SEED_BYTES / SECTOR).min(STRETCHES - 1);
        let from_end = 8.min(sectors.len());
        let (start, end) = sectors.split_at(sectors.len() - from_end);
        for (offset, sector) in start.iter().take(most - from_end).chain(end) {
            input.extend(number(*offset as u64, 6));
            input.extend(number(sector.len() as u64, 2));
            input.extend_from_slice(sector);
        }
        input.extend([0; 8]);
    }
    input
}

/// What a target does with an input.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// Opens the files and asks everything there is to ask.
    Everything,
    /// Opens the files and translates places that the first bytes of the input choose.
    Translate,
}

/// A fuzz target: what is done with an input, and which samples it starts from.
pub struct Target {
    /// Its name, which is also that of its file in `fuzz_targets/`.
    pub name: &'static str,
    does: Does,
    starts_from: fn(&Sample) -> bool,
}

/// The target that reads plain disks: partition tables and volumes. It starts from a volume of every kind, too.
const DISK: &str = "disk";

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "vhd_open",
        does: Does::Everything,
        starts_from: |s| s.format == "vhd" && s.files().len() == 1,
    },
    Target {
        name: "vhd_chain",
        does: Does::Everything,
        starts_from: |s| s.format == "vhd" && s.files().len() > 1,
    },
    Target { name: "vhd_translate", does: Does::Translate, starts_from: |s| s.format == "vhd" },
    Target {
        name: "vmdk_sparse",
        does: Does::Everything,
        starts_from: |s| is_vmdk(s, &["monolithicSparse", "sparse"]),
    },
    Target { name: "vmdk_stream", does: Does::Everything, starts_from: |s| is_vmdk(s, &["streamOptimized"]) },
    Target {
        name: "vmdk_cowd",
        does: Does::Everything,
        starts_from: |s| is_vmdk(s, &["vmfsSparse", "cowd"]),
    },
    Target {
        name: "vmdk_sesparse",
        does: Does::Everything,
        starts_from: |s| is_vmdk(s, &["seSparse", "sesparse"]),
    },
    Target {
        name: "vmdk_descriptor",
        does: Does::Everything,
        starts_from: |s| is_vmdk(s, &["Flat", "vmfs", "custom", "evice"]),
    },
    Target {
        name: "vmdk_chain",
        does: Does::Everything,
        starts_from: |s| s.format == "vmdk" && s.files().len() > 2,
    },
    Target { name: "vmdk_translate", does: Does::Translate, starts_from: |s| s.format == "vmdk" },
    Target { name: DISK, does: Does::Everything, starts_from: |s| s.format == "raw" },
];

fn is_vmdk(sample: &Sample, variants: &[&str]) -> bool {
    sample.format == "vmdk" && variants.iter().any(|variant| sample.variant.contains(variant))
}

/// Does what the target of that name does.
///
/// # Panics
/// When there is no such target, and when the library is wrong: that is what is looked for.
pub fn run(target: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|known| known.name == target).expect("it is in TARGETS");
    let mut reader = Reader(input);
    match target.does {
        Does::Everything => drop(explore::everything(&mut decode(reader), STEPS)),
        Does::Translate => {
            let places = [reader.number(6), reader.number(6), reader.number(6)];
            let mut session = decode(reader);
            session.open(None);
            explore::translation(&session, &places, 1 << 20);
        }
    }
}

/// The inputs that a target starts from, with the names of the samples and volumes.
pub fn seeds(target: &Target) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let samples = gallery().iter().filter(|sample| (target.starts_from)(sample));
    let volumes = if target.name == DISK { volumes() } else { Vec::new() };
    let files = samples.map(|sample| (sample.name, sample.files())).chain(volumes.into_iter().map(
        |(name, _, volume)| {
            (name, vec![SampleFile { name: format!("{name}.img"), bytes: volume.to_bytes() }])
        },
    ));
    // Where places are chosen by the input, the first ones are chosen here.
    let places = if target.does == Does::Translate { vec![0; 18] } else { Vec::new() };
    files.map(move |(name, files)| (name, [&*places, &encode(&files)].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_target_survives_what_it_starts_from() {
        for target in TARGETS {
            assert!(std::path::Path::new("fuzz_targets").join(target.name).with_extension("rs").is_file());
            for (_, input) in seeds(target) {
                run(target.name, &input);
            }
        }
    }

    #[test]
    fn a_seed_is_the_sample_that_it_was_made_from() {
        let sample = diskglass_samples::find("vhd-dynamic").expect("it is in the gallery");
        let input = encode(&sample.files());
        assert!(input.len() < 2 * SEED_BYTES);
        let report = decode(Reader(&input)).inspect(None);
        assert_eq!(report.image.expect("it is an image").facts.virtual_size_bytes, Some(sample.virtual_size));
    }

    #[test]
    fn a_seed_of_a_volume_is_recognised() {
        let target = TARGETS.iter().find(|target| target.name == DISK).expect("it is there");
        let inputs: BTreeMap<_, _> = seeds(target).collect();
        for (name, kind, _) in volumes() {
            let report = decode(Reader(&inputs[name])).inspect(None);
            let volume = report.partitions.and_then(|disk| disk.volume).expect(name);
            assert_eq!(volume.kind, kind, "{name}");
        }
    }

    #[test]
    fn inputs_of_nothing_are_sets_of_nothing() {
        for input in [
            &[][..],
            &[0],
            &[255],
            &[3, b'a', b'b'],
            &[1, b'a', 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 9],
        ] {
            for target in TARGETS {
                run(target.name, input);
            }
        }
    }
}
