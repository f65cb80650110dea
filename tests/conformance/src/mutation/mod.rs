//! Mutants of samples: images with damage that nobody thought of, where it matters most. All of it is chosen by a seeded
//! generator, so a mutant is the same in every run.

mod aim;
mod change;
mod descriptor;

use aim::{Aim, Seal};
use change::Change;
use diskglass_samples::Sample;
use fastrand::Rng;
use std::fmt;

/// A set of files: their names and bytes.
pub type Files = Vec<(String, Vec<u8>)>;

/// What places are counted in, in headers and tables alike.
const SECTOR: usize = 512;

/// A sample that mutants are made from.
pub struct Original {
    /// The sample.
    pub sample: &'static Sample,
    files: Files,
    aims: Vec<Aim>,
    seals: Vec<Seal>,
}

/// Damaged files, and what was done to them.
pub struct Mutant {
    /// The files as they are now.
    pub files: Files,
    changes: Vec<Change>,
    is_sealed: bool,
}

impl Original {
    /// Looks at a sample to see where its structures lie.
    pub fn new(sample: &'static Sample) -> Self {
        let files = crate::files(sample);
        let (aims, seals) = aim::find(&files);
        Self { sample, files, aims, seals }
    }

    /// Bytes of all its files together.
    pub fn size(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Makes a mutant. Mostly its checksums are right again: what lies behind them is to be reached.
    pub fn mutant(&self, chance: &mut Rng) -> Mutant {
        let count = [1, 1, 1, 2, 2, 3, 5][chance.usize(..7)];
        let changes: Vec<Change> = (0..count).map(|_| self.change(chance)).collect();
        let is_sealed = chance.u8(..4) != 0;
        let mut files = self.files.clone();
        let mut lost = Vec::new();
        for change in &changes {
            change.make(&mut files, &mut lost);
        }
        if is_sealed {
            self.seals.iter().for_each(|seal| seal.write(&mut files));
        }
        lost.sort_unstable();
        lost.dedup();
        // Nothing is left to be asked about where no file is left.
        lost.truncate(files.len() - 1);
        lost.into_iter().rev().for_each(|file| drop(files.remove(file)));
        Mutant { files, changes, is_sealed }
    }

    fn change(&self, chance: &mut Rng) -> Change {
        if self.files.len() > 1 && chance.u8(..12) == 0 {
            return self.change_of_set(chance);
        }
        let Some(aim) = chance.choice(&self.aims) else {
            let file = chance.usize(..self.files.len());
            return Change::Put { file, at: chance.usize(..SECTOR), bytes: vec![chance.u8(..)] };
        };
        if aim.is_text && chance.u8(..8) != 0 {
            return descriptor::reword(chance, aim, &self.files);
        }
        let file = aim.file;
        let at = aim.place(chance);
        let sector = at / SECTOR * SECTOR;
        let elsewhere = self.elsewhere(chance, file);
        let length = SECTOR * [1, 1, 1, 2, 8, 64][chance.usize(..6)];
        match chance.u8(..20) {
            0..6 => Change::Put { file, at, bytes: vec![self.files[file].1[at] ^ 1 << chance.u8(..8)] },
            6..14 => Change::Put { file, at, bytes: self.extreme(chance, aim, at) },
            14 => Change::Zero { file, at: sector, length },
            15 => Change::Swap { file, one: sector, other: elsewhere / SECTOR * SECTOR, length },
            16 => Change::Copy { file, from: sector, to: elsewhere / SECTOR * SECTOR, length },
            17 => Change::Insert { file, from: sector, to: elsewhere, length },
            18 => Change::Remove { file, at: sector, length },
            _ => Change::Truncate { file, at: (at + 1).saturating_sub(chance.usize(..3)) },
        }
    }

    fn change_of_set(&self, chance: &mut Rng) -> Change {
        let (file, other) = (chance.usize(..self.files.len()), chance.usize(..self.files.len()));
        let name = match chance.u8(..4) {
            0 => self.files[other].0.clone(),
            1 => format!("copy/{}", self.files[other].0),
            2 => self.files[file].0.to_uppercase(),
            _ => format!("{}.old", self.files[file].0),
        };
        match chance.u8(..4) {
            0 => Change::Lose { file },
            1 => Change::Rename { file, name },
            2 => Change::Twin { file, name },
            _ => Change::Exchange { one: file, other },
        }
    }

    /// Another place of the file that matters.
    fn elsewhere(&self, chance: &mut Rng, file: usize) -> usize {
        let aims: Vec<&Aim> = self.aims.iter().filter(|aim| aim.file == file).collect();
        chance.choice(aims).map_or(0, |aim| aim.place(chance))
    }

    /// A number as no writer means it, or as it stands elsewhere.
    fn extreme(&self, chance: &mut Rng, aim: &Aim, at: usize) -> Vec<u8> {
        let bytes = &self.files[aim.file].1;
        let width = [1, 2, 4, 4, 4, 8, 8][chance.usize(..7)];
        let is_big = aim.is_big_endian.unwrap_or_else(|| chance.bool());
        let old = number(&bytes[at..(at + width).min(bytes.len())], is_big);
        let elsewhere = self.elsewhere(chance, aim.file) as u64;
        let (size, sector) = (bytes.len() as u64, SECTOR as u64);
        let most = u64::MAX >> (64 - 8 * width);
        let new = match chance.u8(..20) {
            0 => 0,
            1 => 1,
            2 => most,
            3 => most.saturating_sub(chance.u64(..1024)),
            4 => most / 2,
            5 => most / 2 + 1,
            6 => most / sector,
            7 => most / sector + 1,
            8 => 1 << chance.usize(..8 * width),
            9 => old.wrapping_add(1),
            10 => old.wrapping_sub(1),
            11 => old << 1,
            12 => old >> 1,
            13 => old.swap_bytes(),
            14 => size,
            15 => size / sector,
            16 => (size / sector).saturating_sub(1),
            17 => elsewhere,
            18 => elsewhere / sector,
            _ => chance.u64(..),
        };
        if is_big { new.to_be_bytes()[8 - width..].to_vec() } else { new.to_le_bytes()[..width].to_vec() }
    }
}

fn number(bytes: &[u8], is_big: bool) -> u64 {
    let digits = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if is_big { bytes.iter().fold(0, digits) } else { bytes.iter().rev().fold(0, digits) }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, checksums {}", self.changes, if self.is_sealed { "made anew" } else { "left" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_is_the_same_in_every_run_and_differs_from_the_sample() {
        for name in ["vhd-dynamic", "vmdk-snapshots", "raw-gpt-512"] {
            let original = Original::new(diskglass_samples::find(name).unwrap());
            let make = |seed| original.mutant(&mut Rng::with_seed(seed));
            assert_eq!(make(7).to_string(), make(7).to_string());
            assert!(make(7).files == make(7).files);
            let others = (0..50).filter(|seed| make(*seed).files != original.files).count();
            assert!(others >= 40, "{name}: {others} mutants of 50 differ from the sample");
        }
    }

    #[test]
    fn checksums_are_written_anew() {
        for name in ["vhd-dynamic", "raw-gpt-512"] {
            let original = Original::new(diskglass_samples::find(name).unwrap());
            let mut files = original.files.clone();
            original.seals.iter().for_each(|seal| seal.write(&mut files));
            assert!(original.seals.len() > 1 && files == original.files, "{name}");
        }
    }
}
