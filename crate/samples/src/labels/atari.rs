//! Atari's root sector with a chain of more partitions, big-endian. After the release notes of AHDI 3.00.

use crate::disk::{Disk, SECTOR};
use crate::record::Record;

/// A partition: its kind in three letters, first sector and sectors.
pub type Partition = (&'static str, u32, u32);

fn entry(record: Record, slot: usize, (kind, first, count): Partition) -> Record {
    let at = 454 + 12 * slot;
    record.u8(at, 1).put(at + 1, kind).be32(at + 4, first).be32(at + 8, count)
}

/// Writes the root sector with up to three partitions, and a chain behind them: a stretch of the disk, and partitions
/// in it, each behind a root sector of its own.
pub fn write(disk: &mut Disk, partitions: &[Partition], chain: Option<((u32, u32), &[Partition])>) {
    let size = disk.sectors() as u32;
    let root = Record::new(512).be32(450, size).be32(502, 1).be32(506, 1);
    let root =
        partitions.iter().enumerate().fold(root, |root, (slot, partition)| entry(root, slot, *partition));
    let Some(((start, count), inside)) = chain else { return disk.write(0, root) };
    disk.write(0, entry(root, partitions.len(), ("XGM", start, count)));
    for (index, (kind, first, count)) in inside.iter().enumerate() {
        let own = first - 1;
        let sector = entry(Record::new(512), 0, (kind, 1, *count));
        let sector = match inside.get(index + 1) {
            Some((_, next, count)) => entry(sector, 1, ("XGM", next - 1 - start, count + 1)),
            None => sector,
        };
        disk.write(u64::from(own) * SECTOR, sector);
    }
}
