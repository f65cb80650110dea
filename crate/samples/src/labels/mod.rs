//! Partition tables of machines that are no PCs, and of the BSDs and Solaris on PCs. Each writes the partitions that it
//! is given, sealed with the checksum that its system wants.

pub mod apm;
pub mod atari;
pub mod bsd;
pub mod dasd;
pub mod sgi;
pub mod sun;

/// A partition in any of these tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// What it is for, in the numbers of the table.
    pub kind: u32,
    /// First sector.
    pub first: u32,
    /// Sectors.
    pub count: u32,
}

impl Partition {
    /// A partition of that kind.
    pub const fn new(kind: u32, first: u32, count: u32) -> Self {
        Self { kind, first, count }
    }
}
