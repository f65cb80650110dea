//! The database of Windows' dynamic disks (Logical Disk Manager), big-endian: the last 1 MiB of a disk with an MBR. It
//! says of a whole group of disks which volumes there are. After the documentation and source of Linux' `ldm` driver.

use crate::disk::{Disk, SECTOR};
use crate::record::Record;
use crate::uuid::Uuid;

/// Sectors of the database.
pub const DATABASE: u64 = 2048;
/// First sector for data.
pub const DATA: u64 = 63;
/// Sector of the first private header.
pub const HEADER: u64 = 6;
/// Sector of the database that the records begin at.
pub const CONFIG: u64 = 17;
/// Bytes of a block of records.
pub const BLOCK: u64 = 128;

/// How the parts of a volume make it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One part, or several one after the other.
    Concatenated,
    /// Stripes over all parts.
    Striped,
    /// Each part holds all of it.
    Mirrored,
    /// Stripes with parity.
    Raid5,
}

/// A part of a volume: number of its disk from 0, first sector in the room for data, sectors.
pub type Part = (usize, u64, u64);

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: &'static str,
    /// How its parts make it up.
    pub layout: Layout,
    /// Sectors.
    pub size: u64,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Drive letter.
    pub hint: &'static str,
}

/// A group of disks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: &'static str,
    /// Its GUID.
    pub id: Uuid,
    /// GUIDs of its disks: `Disk1`, `Disk2` and so on.
    pub disks: Vec<Uuid>,
    /// Its volumes.
    pub volumes: Vec<Volume>,
}

/// A number behind its length.
fn number(value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    [&[(8 - from) as u8], &bytes[from..]].concat()
}

/// Text behind its length.
fn text(value: &str) -> Vec<u8> {
    [&[value.len() as u8], value.as_bytes()].concat()
}

/// A record: its flags, its kind, its fields.
type Fields = (u8, u8, Vec<u8>);

impl Group {
    /// All records. Numbers of records: 1 the group, from 0x10 disks, from 0x100 volumes, from 0x200 components, from
    /// 0x300 partitions.
    fn records(&self) -> Vec<Fields> {
        let group = [number(1), text(self.name), text(&self.id.to_string())].concat();
        let mut records = vec![(0, 0x35, [group, vec![0; 4]].concat())];
        for (index, disk) in (0..).zip(&self.disks) {
            let name = text(&format!("Disk{}", index + 1));
            let fields = [number(0x10 + index), name, text(&disk.to_string()), vec![0; 16]].concat();
            records.push((0, 0x34, fields));
        }
        let (mut components, mut partitions) = (0, 0);
        for (index, volume) in (0..).zip(&self.volumes) {
            let id = 0x100 + index;
            let sides: Vec<&[Part]> = match volume.layout {
                Layout::Mirrored => volume.parts.chunks(1).collect(),
                _ => vec![&volume.parts],
            };
            let is_raid5 = volume.layout == Layout::Raid5;
            let fields = [
                number(id),
                text(volume.name),
                text(if is_raid5 { "raid5" } else { "gen" }),
                text(""),
                b"ACTIVE\0\0\0\0\0\0\0\0".to_vec(),
                vec![if is_raid5 { 4 } else { 3 }, 1, index as u8 + 1, 0, 0, 0, 0x11],
                number(sides.len() as u64),
                vec![0; 16],
                number(volume.size),
                vec![0, 0, 0, 0, 7],
                Uuid(0x0b1e_c7f0_0000_4000_8000_0000_0000_0000 + u128::from(index)).bytes().to_vec(),
                text(volume.hint),
            ];
            records.push((0x02, 0x51, fields.concat()));
            for side in sides {
                components += 1;
                let component = 0x200 + components;
                let (layout, columns) = match volume.layout {
                    Layout::Striped => (1, true),
                    Layout::Raid5 => (3, true),
                    Layout::Concatenated | Layout::Mirrored => (2, false),
                };
                let mut fields = [
                    number(component),
                    text(&format!("{}-{components:02}", volume.name)),
                    text("ACTIVE"),
                    vec![layout, 0, 0, 0, 0],
                    number(side.len() as u64),
                    vec![0; 16],
                    number(id),
                    vec![0],
                ]
                .concat();
                if columns {
                    fields.extend([number(128), number(side.len() as u64)].concat());
                }
                records.push((if columns { 0x10 } else { 0 }, 0x32, fields));
                let mut inside = 0;
                for (column, (disk, start, size)) in (0..).zip(side) {
                    partitions += 1;
                    let mut fields = [
                        number(0x300 + partitions),
                        text(&format!("Disk{}-{partitions:02}", disk + 1)),
                        vec![0; 12],
                        start.to_be_bytes().to_vec(),
                        u64::to_be_bytes(if columns { 0 } else { inside }).to_vec(),
                        number(*size),
                        number(component),
                        number(0x10 + *disk as u64),
                    ]
                    .concat();
                    if columns {
                        fields.extend(number(column));
                    }
                    inside += size;
                    records.push((if columns { 0x08 } else { 0 }, 0x33, fields));
                }
            }
        }
        records
    }

    /// Writes what the disk of that number (from 0) has of the group. Its partition table is another matter.
    pub fn write(&self, disk: &mut Disk, own: usize) {
        let database = disk.sectors() - DATABASE;
        let header = Record::new(512)
            .put(0, "PRIVHEAD")
            .be16(12, 2)
            .be16(14, 12)
            .be64(16, 0x01cd_901d_bc8c_083c)
            .put(48, self.disks[own].to_string())
            .put(176, self.id.to_string())
            .put(240, self.name)
            .be64(283, DATA)
            .be64(291, database - DATA)
            .be64(299, database)
            .be64(307, DATABASE)
            .be64(315, 2)
            .be64(323, 2045)
            .be32(331, 1)
            .be32(335, 1)
            .be64(339, 1481)
            .be64(347, 224);
        for sector in [HEADER, database + 1856, database + 2047] {
            disk.write(sector * SECTOR, &header);
        }
        let contents = Record::new(512)
            .put(0, "TOCBLOCK")
            .be64(12, 1)
            .put(36, "config")
            .be64(46, CONFIG)
            .be64(54, 1481)
            .put(70, "log")
            .be64(80, 1498)
            .be64(88, 224);
        for sector in [2, 2045] {
            disk.write((database + sector) * SECTOR, &contents);
        }
        // Records that are too long for a block go on in the next one.
        let blocks: Vec<(u32, u16, u16, Vec<u8>)> = (1..)
            .zip(self.records())
            .flat_map(|(record, (flags, kind, fields))| {
                let head = [&[0, 0, flags, kind], &(fields.len() as u32).to_be_bytes()[..]].concat();
                let bytes = [head, fields].concat();
                let parts: Vec<Vec<u8>> = bytes.chunks(BLOCK as usize - 16).map(<[u8]>::to_vec).collect();
                let count = parts.len() as u16;
                (0..).zip(parts).map(move |(part, bytes)| (record, part, count, bytes)).collect::<Vec<_>>()
            })
            .collect();
        let config = (database + CONFIG) * SECTOR;
        for (at, (record, part, count, bytes)) in (4..).zip(&blocks) {
            let block = Record::new(BLOCK as usize)
                .put(0, "VBLK")
                .be32(4, at)
                .be32(8, *record)
                .be16(12, *part)
                .be16(14, *count)
                .put(16, bytes);
            disk.write(config + u64::from(at) * BLOCK, block);
        }
        let count =
            |kind: u8| self.records().iter().filter(|(_, found, _)| found & 0xf == kind).count() as u32;
        let head = Record::new(512)
            .put(0, "VMDB")
            .be32(4, blocks.len() as u32 + 3)
            .be32(8, BLOCK as u32)
            .be32(12, 512)
            .be16(16, 1)
            .be16(18, 4)
            .be16(20, 10)
            .put(22, self.name)
            .put(53, self.id.to_string())
            .be64(117, 1)
            .be64(125, 1)
            .be32(133, count(1))
            .be32(137, count(2))
            .be32(141, count(3))
            .be32(145, count(4))
            .be64(189, 0x01cd_901d_bc8c_083c);
        disk.write(config, head);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers as Windows Server 2008 R2 writes them.
    #[test]
    fn numbers_take_as_few_bytes_as_they_can() {
        assert_eq!(number(5), [1, 5]);
        assert_eq!(number(0), [1, 0]);
        assert_eq!(number(0x1_7800), [3, 1, 0x78, 0]);
        assert_eq!(text("Disk1"), b"\x05Disk1");
    }
}
