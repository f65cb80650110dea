//! A link of a chain, or a disk without a parent: the descriptor and the files of its extents.

use super::cowd::Cowd;
use super::descriptor::{Descriptor, Extent};
use super::hosted::{GRAIN_SECTORS, Sparse};
use super::sesparse::{self, SeSparse};
use super::stream::{Form, Stream};
use super::{Grains, SPLIT_SECTORS};
use crate::disk::{Disk, SECTOR};

/// How a link is laid out in files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// One sparse extent with the descriptor inside.
    MonolithicSparse,
    /// A stream with the descriptor inside.
    StreamOptimized(Form),
    /// Sparse extents of so many sectors.
    TwoGbMaxExtentSparse(u64),
    /// Flat extents of so many sectors.
    TwoGbMaxExtentFlat(u64),
    /// One flat extent of a hosted product.
    MonolithicFlat,
    /// One flat extent of ESX.
    Vmfs,
    /// One [sparse extent of ESX](super::cowd).
    VmfsSparse,
    /// One [space-efficient sparse extent of ESX](super::sesparse).
    SeSparse,
}

impl Storage {
    /// Sparse extents of 2 GB.
    pub const TWO_GB_SPARSE: Self = Self::TwoGbMaxExtentSparse(SPLIT_SECTORS);

    /// The word in the descriptor.
    pub fn create_type(&self) -> &'static str {
        match self {
            Self::MonolithicSparse => "monolithicSparse",
            Self::StreamOptimized(_) => "streamOptimized",
            Self::TwoGbMaxExtentSparse(_) => "twoGbMaxExtentSparse",
            Self::TwoGbMaxExtentFlat(_) => "twoGbMaxExtentFlat",
            Self::MonolithicFlat => "monolithicFlat",
            Self::Vmfs => "vmfs",
            Self::VmfsSparse => "vmfsSparse",
            Self::SeSparse => "seSparse",
        }
    }

    /// Sectors of each extent of a disk of so many sectors.
    fn parts(&self, sectors: u64) -> Vec<u64> {
        let full = match self {
            Self::TwoGbMaxExtentSparse(full) | Self::TwoGbMaxExtentFlat(full) => *full,
            _ => sectors,
        };
        let rest = sectors % full;
        (0..sectors / full).map(|_| full).chain((rest > 0).then_some(rest)).collect()
    }
}

/// A link, to be filled from a disk: of a delta link, with what differs from the parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name without `.vmdk`.
    pub name: String,
    /// How it is laid out.
    pub storage: Storage,
    /// Sectors of a grain, where there are any. Those of [`Storage::SeSparse`] always have 8.
    pub grain_sectors: u64,
    /// Which grains it stores, and in which order.
    pub grains: Grains,
    /// The descriptor, whose extents are filled in by [`Link::files`].
    pub descriptor: Descriptor,
}

impl Link {
    /// A disk without a parent.
    pub fn new(name: impl Into<String>, storage: Storage, cid: u32) -> Self {
        let descriptor = Descriptor::new(storage.create_type(), cid, Vec::new());
        let grain_sectors = match storage {
            Storage::VmfsSparse => 1,
            Storage::SeSparse => sesparse::GRAIN_SECTORS,
            _ => GRAIN_SECTORS,
        };
        Self { name: name.into(), storage, grain_sectors, grains: Grains::default(), descriptor }
    }

    /// A delta link on that one.
    #[must_use]
    pub fn on(mut self, parent: &Self) -> Self {
        self.descriptor = self.descriptor.on(parent.descriptor.cid, format!("{}.vmdk", parent.name));
        if self.storage == Storage::SeSparse {
            self.descriptor.database.push(("grain", "8".into()));
        }
        self
    }

    /// Whether it stores every sector itself, so that it cannot be a delta link.
    pub fn is_flat(&self) -> bool {
        matches!(self.storage, Storage::TwoGbMaxExtentFlat(_) | Storage::MonolithicFlat | Storage::Vmfs)
    }

    /// The file of each extent.
    fn names(&self, count: usize) -> Vec<String> {
        let named = |suffix: &str| vec![format!("{}{suffix}.vmdk", self.name)];
        let numbered = |letter| (1..=count).flat_map(|n| named(&format!("-{letter}{n:03}"))).collect();
        match self.storage {
            Storage::MonolithicSparse | Storage::StreamOptimized(_) => named(""),
            Storage::TwoGbMaxExtentSparse(_) => numbered('s'),
            Storage::TwoGbMaxExtentFlat(_) => numbered('f'),
            Storage::MonolithicFlat | Storage::Vmfs => named("-flat"),
            Storage::VmfsSparse => named("-delta"),
            Storage::SeSparse => named("-sesparse"),
        }
    }

    /// The extents of a disk of so many sectors, as the descriptor lists them.
    fn extents(&self, sectors: u64) -> Vec<Extent> {
        let parts = self.storage.parts(sectors);
        let names = self.names(parts.len());
        let line = |(sectors, name)| match self.storage {
            Storage::MonolithicSparse | Storage::StreamOptimized(_) | Storage::TwoGbMaxExtentSparse(_) => {
                Extent::sparse(sectors, name)
            }
            Storage::TwoGbMaxExtentFlat(_) | Storage::MonolithicFlat => Extent::flat(sectors, name, 0),
            Storage::Vmfs => Extent::new("VMFS", sectors, name),
            Storage::VmfsSparse => Extent::new("VMFSSPARSE", sectors, name),
            Storage::SeSparse => Extent::new("SESPARSE", sectors, name),
        };
        parts.into_iter().zip(names).map(line).collect()
    }

    /// The descriptor of a disk of so many sectors.
    pub fn text(&self, sectors: u64) -> String {
        Descriptor { extents: self.extents(sectors), ..self.descriptor.clone() }.to_string()
    }

    /// The grains of the extent that begins at that grain.
    fn grains_from(&self, first: u64, count: u64) -> Grains {
        let shifted = |set: &std::collections::BTreeSet<u64>| {
            set.range(first..first + count).map(|grain| grain - first).collect()
        };
        Grains {
            written: shifted(&self.grains.written),
            zeroed: shifted(&self.grains.zeroed),
            order: self.grains.order,
        }
    }

    /// The extent that is a sparse one of a hosted product.
    pub fn sparse(&self, sectors: u64, text: Option<String>) -> Sparse {
        let grain_sectors = self.grain_sectors;
        Sparse { grain_sectors, ..Sparse::new(sectors, text) }
    }

    /// The files by name: first the descriptor or the only file.
    pub fn files(&self, disk: &Disk) -> Vec<(String, Vec<u8>)> {
        let text = self.text(disk.sectors());
        let mut files = Vec::new();
        let mut first = 0;
        for extent in self.extents(disk.sectors()) {
            let bytes = match &self.storage {
                Storage::MonolithicSparse => {
                    let sparse = self.sparse(extent.sectors, Some(text.clone()));
                    sparse.with(self.grains.clone()).write(disk)
                }
                Storage::StreamOptimized(form) => {
                    let stream = Stream::new(*form, extent.sectors, text.clone());
                    let (grain_sectors, grains) = (self.grain_sectors, self.grains.clone());
                    Stream { grain_sectors, grains, ..stream }.write(disk).bytes
                }
                Storage::TwoGbMaxExtentSparse(_) => {
                    let grains = self
                        .grains_from(first / self.grain_sectors, extent.sectors.div_ceil(self.grain_sectors));
                    let part = disk.part(first * SECTOR, extent.sectors * SECTOR);
                    self.sparse(extent.sectors, None).with(grains).write(&part)
                }
                Storage::VmfsSparse => {
                    let (grain_sectors, grains) = (self.grain_sectors, self.grains.clone());
                    Cowd { grain_sectors, grains, ..Cowd::new(extent.sectors) }.write(disk).bytes
                }
                Storage::SeSparse => {
                    let grains = self.grains.clone();
                    SeSparse { grains, ..SeSparse::new(extent.sectors) }.write(disk).bytes
                }
                Storage::TwoGbMaxExtentFlat(_) | Storage::MonolithicFlat | Storage::Vmfs => {
                    disk.read(first * SECTOR, extent.sectors * SECTOR)
                }
            };
            first += extent.sectors;
            files.extend(extent.file.map(|name| (name, bytes)));
        }
        if !matches!(self.storage, Storage::MonolithicSparse | Storage::StreamOptimized(_)) {
            files.insert(0, (format!("{}.vmdk", self.name), text.into_bytes()));
        }
        files
    }
}
