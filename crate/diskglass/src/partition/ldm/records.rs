//! The records of the database: disks, volumes, their components, and the partitions of those.

use crate::structure::FieldValue;

/// A disk of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DiskRecord {
    pub(super) id: u64,
    pub(super) name: String,
    /// As text.
    pub(super) guid: String,
}

/// A volume of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VolumeRecord {
    pub(super) id: u64,
    pub(super) name: String,
    /// Sectors.
    pub(super) size: u64,
    pub(super) guid: [u8; 16],
    /// Drive letter.
    pub(super) hint: Option<String>,
}

/// How the partitions of a component make it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Striped,
    Concatenated,
    Raid5,
}

/// A component of a volume: all of it, or one side of a mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ComponentRecord {
    pub(super) id: u64,
    pub(super) volume: u64,
    pub(super) layout: Layout,
}

/// A partition of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PartitionRecord {
    pub(super) name: String,
    /// First sector, counted from the room for data of its disk.
    pub(super) start: u64,
    pub(super) size: u64,
    pub(super) component: u64,
    pub(super) disk: u64,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Volume(VolumeRecord),
    Component(ComponentRecord),
    Partition(PartitionRecord),
    Disk(DiskRecord),
    /// The group itself: its name is in the private header, too.
    Group,
}

/// Optional fields of the records, by the bits of their flags.
const VOLUME_ID1: u8 = 0x08;
const VOLUME_ID2: u8 = 0x20;
const VOLUME_COLUMN: u8 = 0x80;
const VOLUME_HINT: u8 = 0x02;

impl Record {
    /// Reads the fields of a record of that kind, and lists them with their places in `fields`.
    pub(super) fn read(kind: u8, flags: u8, bytes: &[u8]) -> Option<(Self, Vec<FieldValue>)> {
        let mut reader = Reader { bytes, at: 0, fields: Vec::new() };
        let record = reader.record(kind, flags)?;
        Some((record, reader.fields))
    }

    /// Its kind and name, for a title.
    pub(super) fn title(&self, name: &str) -> String {
        match self {
            Self::Volume(_) => format!("Volume {name}"),
            Self::Component(_) => format!("Component {name}"),
            Self::Partition(_) => format!("Partition {name}"),
            Self::Disk(_) => format!("Disk {name}"),
            Self::Group => format!("Disk group {name}"),
        }
    }
}

/// Reads fields of variable length.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    fields: Vec<FieldValue>,
}

impl Reader<'_> {
    fn record(&mut self, kind: u8, flags: u8) -> Option<Record> {
        match kind & 0xf {
            1 => self.volume(flags),
            2 => {
                let id = self.number("id", "Number of the record.")?;
                self.text("name", "Name of the component.")?;
                self.text("state", "State of the component.")?;
                let layout = match self.byte("layout", "1 striped, 2 one after the other, 3 RAID-5.")? {
                    1 => Layout::Striped,
                    2 => Layout::Concatenated,
                    3 => Layout::Raid5,
                    _ => return None,
                };
                self.skip(4)?;
                self.number("partitions", "Partitions of the component.")?;
                self.skip(16)?;
                let volume = self.number("volume_id", "Record of its volume.")?;
                Some(Record::Component(ComponentRecord { id, volume, layout }))
            }
            3 => {
                self.number("id", "Number of the record.")?;
                let name = self.text("name", "Name of the partition.")?;
                self.skip(12)?;
                let start =
                    self.fixed("start", "First sector, counted from the room for data of its disk.")?;
                self.fixed("volume_offset", "Sector of the component that it begins at.")?;
                let size = self.number("size", "Sectors.")?;
                let component = self.number("component_id", "Record of its component.")?;
                let disk = self.number("disk_id", "Record of its disk.")?;
                Some(Record::Partition(PartitionRecord { name, start, size, component, disk }))
            }
            4 => {
                let id = self.number("id", "Number of the record.")?;
                let name = self.text("name", "Name of the disk.")?;
                let guid = if kind >> 4 == 4 {
                    crate::structure::uuid_text(self.take(16)?)
                } else {
                    self.text("guid", "GUID of the disk.")?
                };
                Some(Record::Disk(DiskRecord { id, name, guid }))
            }
            5 => {
                self.number("id", "Number of the record.")?;
                self.text("name", "Name of the group.")?;
                Some(Record::Group)
            }
            _ => None,
        }
    }

    fn volume(&mut self, flags: u8) -> Option<Record> {
        let id = self.number("id", "Number of the record.")?;
        let name = self.text("name", "Name of the volume.")?;
        self.text("layout", "`gen`, or `raid5`.")?;
        self.text("drive_flag", "Empty, or flags of the drive letter.")?;
        self.skip(14)?;
        self.byte("type", "3 for all but RAID-5, which has 4.")?;
        self.skip(1)?;
        self.byte("number", "Number of the volume.")?;
        self.skip(3)?;
        self.byte("flags", "Flags of the volume.")?;
        self.number("components", "Components of the volume.")?;
        self.skip(16)?;
        let size = self.number("size", "Sectors.")?;
        self.skip(4)?;
        self.byte("partition_type", "Type id of an MBR that its content would have.")?;
        let guid = self.take(16)?.try_into().ok()?;
        if flags & VOLUME_ID1 != 0 {
            self.text("id1", "An identifier.")?;
        }
        if flags & VOLUME_ID2 != 0 {
            self.text("id2", "An identifier.")?;
        }
        if flags & VOLUME_COLUMN != 0 {
            self.number("column_size", "Sectors of a column.")?;
        }
        let hint = if flags & VOLUME_HINT != 0 {
            Some(self.text("hint", "Drive letter that it was last used with.")?)
        } else {
            None
        };
        Some(Record::Volume(VolumeRecord { id, name, size, guid, hint }))
    }

    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn skip(&mut self, length: usize) -> Option<()> {
        self.take(length).map(drop)
    }

    fn add(&mut self, name: &str, from: usize, value: &str, meaning: &str) {
        let (Ok(offset), Ok(length)) = (u32::try_from(from), u32::try_from(self.at - from)) else { return };
        self.fields.push(FieldValue::text(name, offset, length, value, meaning));
    }

    fn byte(&mut self, name: &str, meaning: &str) -> Option<u8> {
        let from = self.at;
        let value = self.take(1)?.first().copied()?;
        self.add(name, from, &value.to_string(), meaning);
        Some(value)
    }

    /// A number of eight bytes.
    fn fixed(&mut self, name: &str, meaning: &str) -> Option<u64> {
        let from = self.at;
        let value = u64::from_be_bytes(self.take(8)?.try_into().ok()?);
        self.add(name, from, &value.to_string(), meaning);
        Some(value)
    }

    /// A number behind a byte that says how many bytes it has.
    fn number(&mut self, name: &str, meaning: &str) -> Option<u64> {
        let from = self.at;
        let length = usize::from(self.take(1)?.first().copied()?);
        let bytes = self.take(length).filter(|bytes| bytes.len() <= 8)?;
        let value = bytes.iter().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
        self.add(name, from, &value.to_string(), meaning);
        Some(value)
    }

    /// Text behind a byte that says how many bytes it has.
    fn text(&mut self, name: &str, meaning: &str) -> Option<String> {
        let from = self.at;
        let length = usize::from(self.take(1)?.first().copied()?);
        let value = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.add(name, from, &value, meaning);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fields of a partition, by Windows Server 2008 R2.
    #[test]
    fn fields_have_the_length_that_they_say() {
        let bytes = b"\x01\x06\x08Disk1-01\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x41\0\0\0\0\0\0\0\0\x03\x01\x78\0\x01\x05\x01\x02";
        let (record, fields) = Record::read(0x33, 0x40, bytes).unwrap();
        let expected =
            PartitionRecord { name: "Disk1-01".into(), start: 65, size: 0x17800, component: 5, disk: 2 };
        assert_eq!(record, Record::Partition(expected));
        assert_eq!((fields[1].name.as_str(), fields[1].offset, fields[1].length), ("name", 2, 9));
        for length in 0..bytes.len() {
            assert!(Record::read(0x33, 0, &bytes[..length]).is_none());
        }
        assert!(Record::read(0x3f, 0, bytes).is_none());
        assert!(Record::read(0x34, 0, &[9; 20]).is_none(), "no number has nine bytes");
    }
}
