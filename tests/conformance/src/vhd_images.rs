//! VHDs made by chance, of every variant that is written anywhere, and what a guest must read from them.

use diskglass_samples::disk::{Disk, SECTOR};
use diskglass_samples::record::utf16le;
use diskglass_samples::uuid::Uuid;
use diskglass_samples::vhd::{
    Block, Creator, Dynamic, Footer, Kind, Locator, Parent, SHORT_FOOTER_BYTES, Space,
};
use fastrand::Rng;
use std::collections::BTreeSet;

/// Images of a chain at most.
const LAYERS: usize = 5;

/// Blocks of an image at most.
const BLOCKS: u64 = 6;

/// A chain of images, or an image that stands alone.
pub struct Chain {
    /// The files, the newest image first.
    pub files: Vec<(String, Disk)>,
    /// What the guest reads.
    pub guest: Disk,
    /// Findings of the errors and warnings that there must be.
    pub faults: BTreeSet<&'static str>,
    /// What it is, for the message of a failure.
    pub about: String,
}

/// How large the disks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// At most a few MiB: all of the disk can be compared.
    Small,
    /// Up to the largest that there are.
    Large,
}

impl Chain {
    /// One of one to five images.
    pub fn by_chance(chance: &mut Rng, scale: Scale) -> Self {
        let creator = any(chance, Creator::ALL);
        let sectors = match scale {
            Scale::Small => chance.u64(1..=8000),
            // 2040 GiB, the most that products make.
            Scale::Large => chance.u64(1..=0xff00_0000),
        };
        let mut chain = Self::base(chance, scale, creator, creator.sectors(sectors));
        for index in 1..chance.usize(1..=LAYERS) {
            chain.child(chance, scale, index, creator);
        }
        chain
    }

    /// A fixed image, or a dynamic one.
    fn base(chance: &mut Rng, scale: Scale, creator: Creator, sectors: u64) -> Self {
        let size = sectors * SECTOR;
        let mut chain = Self {
            files: Vec::new(),
            guest: Disk::new(size),
            faults: BTreeSet::new(),
            about: format!("{creator:?}, {sectors} sectors"),
        };
        if chance.u8(..4) > 0 {
            let image = Dynamic::new(size, creator, id(0));
            chain.add(chance, scale, 0, image);
            return chain;
        }
        for _ in 0..chance.u8(..6) {
            write(chance, &mut chain.guest, 0, sectors);
        }
        let mut footer = Footer::new(Kind::Fixed, size, creator, id(0)).to_bytes();
        if chance.u8(..4) == 0 {
            footer.truncate(usize::try_from(SHORT_FOOTER_BYTES).unwrap());
        }
        let mut file = chain.guest.clone().grown(footer.len() as u64);
        file.write(size, &footer);
        chain.tell(&format!("fixed with a footer of {} bytes", footer.len()));
        chain.files.push((name(0), file));
        chain
    }

    /// Adds to the words on how the chain was made.
    fn tell(&mut self, words: &str) {
        self.about += "; ";
        self.about += words;
    }

    /// A differencing image on what there is.
    fn child(&mut self, chance: &mut Rng, scale: Scale, index: usize, creator: Creator) {
        let mut size = self.guest.size();
        if chance.u8(..8) == 0 {
            size += chance.u64(1..3000) * SECTOR;
            self.faults.insert("vhd.chain.parent-size");
        }
        self.guest = self.guest.clone().grown(size - self.guest.size());
        let name = &self.files[0].0;
        let mut parent = Parent::windows(id(index - 1), name);
        if chance.u8(..4) == 0 {
            parent.name = utf16le(name);
        }
        parent.locators = locators(chance, name);
        let image = Dynamic::differencing(size, creator, id(index), parent);
        self.add(chance, scale, index, image);
    }

    /// Fills a dynamic or differencing image and puts it on top.
    fn add(&mut self, chance: &mut Rng, scale: Scale, index: usize, mut image: Dynamic) {
        let creator = image.footer.creator;
        image.block_bytes = match scale {
            Scale::Small => 1 << chance.u32(9..=21),
            // Up to a table of half a million entries.
            Scale::Large => 1 << chance.u32(22..=28),
        };
        image.spare_entries = if chance.bool() { 0 } else { chance.u32(..300) };
        image.room = if chance.bool() { 0 } else { chance.u64(..20) * SECTOR };
        image.batmap = creator == Creator::XENSERVER || (creator == Creator::XENSERVER_1_1 && chance.bool());
        image.footer.hidden = creator.is_xenserver() && chance.bool();
        let blocks = blocks(chance, &image);
        for block in &blocks {
            self.overlay(&image, block);
        }
        self.tell(&format!(
            "{:?} of {} blocks of {} bytes: {:?}",
            image.footer.kind,
            image.blocks(),
            image.block_bytes,
            blocks.iter().map(|block| block.number).collect::<Vec<_>>()
        ));
        let mut file = image.lay_out(&blocks);
        if chance.u8(..8) == 0 {
            // The copy at the start stands in for the footer.
            file = file.part(0, file.size() - 512);
            self.faults.insert("vhd.footer.missing");
            self.tell("without footer");
        }
        self.files.insert(0, (name(index), file));
    }

    /// What the guest sees of a block.
    fn overlay(&mut self, image: &Dynamic, block: &Block) {
        let start = u64::from(block.number) * u64::from(image.block_bytes);
        let there = block.data.size().min(self.guest.size() - start);
        if image.parent.is_none() {
            // A dynamic image is as its blocks are, whatever their bitmaps say.
            self.guest.place(start, &block.data.part(0, there));
            return;
        }
        for sector in 0..there.div_ceil(SECTOR) {
            if block.bitmap[usize::try_from(sector / 8).unwrap()] & 0x80 >> (sector % 8) != 0 {
                self.guest.write(start + sector * SECTOR, block.data.read(sector * SECTOR, SECTOR));
            }
        }
    }
}

fn any<T: Copy>(chance: &mut Rng, of: &[T]) -> T {
    of[chance.usize(..of.len())]
}

fn id(index: usize) -> Uuid {
    Uuid(0x6a8f_ea3c_55c2_47f7_9148_72ae_fb3c_0d00 + index as u128)
}

/// A name with letters that paths, URLs and 8-bit letters treat differently.
fn name(index: usize) -> String {
    format!("Größe 100% #{index}.vhd")
}

/// Writes a few sectors of chance bytes, somewhere between two sectors.
fn write(chance: &mut Rng, disk: &mut Disk, first: u64, end: u64) {
    let start = chance.u64(first..end);
    let count = chance.u64(1..=40).min(end - start);
    let mut bytes = vec![0; usize::try_from(count * SECTOR).unwrap()];
    chance.fill(&mut bytes);
    disk.write(start * SECTOR, bytes);
}

/// A few blocks in any order, with any bits set.
fn blocks(chance: &mut Rng, image: &Dynamic) -> Vec<Block> {
    let wanted = chance.u64(..=BLOCKS);
    let numbers: BTreeSet<u32> = (0..wanted).map(|_| chance.u32(..image.blocks())).collect();
    let mut numbers: Vec<u32> = numbers.into_iter().collect();
    chance.shuffle(&mut numbers);
    numbers
        .into_iter()
        .map(|number| {
            let mut data = Disk::new(image.block_bytes.into());
            let sectors = data.sectors();
            for _ in 0..chance.u8(..4) {
                write(chance, &mut data, 0, sectors);
            }
            let (first, end) = (chance.u64(..sectors), chance.u64(..=sectors));
            let some = chance.u64(..);
            match chance.u8(..4) {
                0 => Block::new(number, data, |_| true),
                1 => Block::new(number, data, |_| false),
                2 => Block::new(number, data, |sector| (first..end).contains(&sector)),
                _ => Block::new(number, data, |sector| some >> (sector % 61) & 1 != 0),
            }
        })
        .collect()
}

/// A few locators, of any kind.
fn locators(chance: &mut Rng, name: &str) -> Vec<Locator> {
    let mut all = vec![
        Locator::relative(&format!(".\\{name}")),
        Locator::absolute(&format!("C:\\Users\\{name}")),
        // In 8-bit letters, nobody knows which, not every name can be said.
        Locator::old_relative(".\\SIZE~1.VHD"),
        Locator::old_absolute("C:\\VMS\\SIZE~1.VHD"),
        Locator::url(&format!("./{name}")),
        Locator::mac_alias(&[7; 150]),
    ];
    chance.shuffle(&mut all);
    all.truncate(chance.usize(1..=all.len()));
    for locator in &mut all {
        locator.space = any(chance, &[Space::Bytes, Space::Sectors]);
    }
    all
}
