//! The two copies of a GPT: where they are looked for, and which of them counts.

use super::Header;
use crate::checksum::crc32;
use crate::limits;
use crate::partition::disk::Disk;

/// What every header begins with.
pub(super) const SIGNATURE: &[u8; 8] = b"EFI PART";

/// Sizes of a sector that are tried, the likely ones first.
const SECTOR_SIZES: [u32; 4] = [512, 4096, 1024, 2048];

/// Bytes at the end of the disk that are searched for a header when none is in its place.
const SEARCHED_BYTES: u64 = 1 << 20;

/// Signatures in there that are looked at. One is normal; each can cost reading a whole array.
const SEARCHED_HITS: usize = 8;

/// Which copy a header is, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Primary,
    Backup,
}

impl Which {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Backup => "backup",
        }
    }
}

/// What makes a header worthless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Size,
    Checksum { computed: u32 },
    Position,
}

/// An array of entries as far as it could be read.
pub(super) struct Array {
    /// At most [`limits::PARTITION_TABLE_BYTES`].
    pub(super) bytes: Vec<u8>,
    /// Bytes that the header gives it.
    pub(super) length: u64,
    /// Its CRC-32, where all of it was read.
    pub(super) computed: Option<u32>,
}

/// A header with its array.
pub(super) struct Copy {
    pub(super) which: Which,
    pub(super) sector_bytes: u32,
    /// Sector that it was read from.
    pub(super) lba: u64,
    /// That whole sector.
    pub(super) sector: Vec<u8>,
    pub(super) header: Header,
    pub(super) fault: Option<Fault>,
    /// `None` where it could not be read at all.
    pub(super) array: Option<Array>,
}

impl Copy {
    /// Reads the copy in sector `lba`; `None` where no signature is.
    fn read(disk: &Disk, which: Which, sector_bytes: u32, lba: u64) -> Option<Self> {
        let offset = lba.checked_mul(sector_bytes.into())?;
        let sector = disk.read(offset, sector_bytes as usize)?;
        let header = Header::decode(&sector).filter(|header| &header.signature == SIGNATURE)?;
        let fault = fault_of(&header, &sector, lba);
        let mut copy = Self { which, sector_bytes, lba, sector, header, fault, array: None };
        copy.array = copy.read_array(disk);
        Some(copy)
    }

    fn read_array(&self, disk: &Disk) -> Option<Array> {
        let header = &self.header;
        let length =
            u64::from(header.number_of_partition_entries) * u64::from(header.size_of_partition_entry);
        let offset = header.partition_entry_lba.checked_mul(self.sector_bytes.into())?;
        let there = disk.size().saturating_sub(offset).min(length);
        let kept = usize::try_from(there.min(limits::PARTITION_TABLE_BYTES)).ok()?;
        if kept == 0 {
            return None;
        }
        let bytes = disk.read(offset, kept)?;
        let computed = (kept as u64 == length).then(|| crc32(&[&bytes]));
        Some(Array { bytes, length, computed })
    }

    /// Whether header and array are what their checksums say. An array that is too long to be read counts.
    pub(super) fn is_valid(&self) -> bool {
        self.fault.is_none()
            && self.array.as_ref().is_some_and(|array| match array.computed {
                Some(computed) => computed == self.header.partition_entry_array_crc32,
                None => array.length > limits::PARTITION_TABLE_BYTES,
            })
    }

    pub(super) fn key(&self) -> String {
        header_key(self.which)
    }

    /// The sectors that the array takes: first, and the one after the last.
    pub(super) fn array_range(&self) -> (u64, u64) {
        let header = &self.header;
        let length =
            u64::from(header.number_of_partition_entries) * u64::from(header.size_of_partition_entry);
        let start = header.partition_entry_lba;
        (start, start.saturating_add(length.div_ceil(u64::from(self.sector_bytes))))
    }

    /// In one line, why it does not count.
    pub(super) fn why_invalid(&self) -> String {
        match (self.fault, &self.array) {
            (Some(Fault::Size), _) => format!("its header size {} is impossible", self.header.header_size),
            (Some(Fault::Checksum { computed }), _) => format!(
                "its header checksum is 0x{:08x}, but its bytes give 0x{computed:08x}",
                self.header.header_crc32
            ),
            (Some(Fault::Position), _) => {
                format!("it says that it is sector {}, but it is in sector {}", self.header.my_lba, self.lba)
            }
            (None, None) => "its entries cannot be read".into(),
            (None, Some(array)) if array.computed.is_none() => "its entries are cut off".into(),
            (None, Some(_)) => "the checksum of its entries does not match".into(),
        }
    }
}

pub(super) fn header_key(which: Which) -> String {
    format!("gpt.header@{}", which.word())
}

pub(super) fn entries_key(which: Which) -> String {
    format!("gpt.entries@{}", which.word())
}

fn fault_of(header: &Header, sector: &[u8], lba: u64) -> Option<Fault> {
    let size = usize::try_from(header.header_size).ok().filter(|size| *size >= Header::LENGTH);
    let Some(sealed) = size.and_then(|size| sector.get(..size)) else { return Some(Fault::Size) };
    let part = |range: std::ops::Range<usize>| sealed.get(range).unwrap_or_default();
    let computed = crc32(&[part(0..16), &[0; 4], part(20..sealed.len())]);
    if computed != header.header_crc32 {
        Some(Fault::Checksum { computed })
    } else if header.my_lba != lba {
        Some(Fault::Position)
    } else {
        None
    }
}

/// Both copies, as far as they were found. At least one is there.
pub(super) struct Copies {
    pub(super) primary: Option<Copy>,
    pub(super) backup: Option<Copy>,
    /// Another size of a sector for which there is a valid primary header too.
    pub(super) also: Option<u32>,
}

impl Copies {
    /// Looks for both copies with every size of a sector. `thorough` searches the end of the disk where nothing is in
    /// its place.
    pub(super) fn find(disk: &Disk, thorough: bool) -> Option<Self> {
        let mut primaries: Vec<Copy> = SECTOR_SIZES
            .iter()
            .filter_map(|sector_bytes| Copy::read(disk, Which::Primary, *sector_bytes, 1))
            .collect();
        let mut valid: Vec<usize> =
            (0..primaries.len()).filter(|at| primaries.get(*at).is_some_and(Copy::is_valid)).collect();
        // Of several, the one whose backup is there too.
        crate::order::sort_by_key(&mut valid, |at| {
            let copy = primaries.get(*at);
            !copy.and_then(|copy| backup_of(disk, copy)).is_some_and(|backup| backup.is_valid())
        });
        if let Some(chosen) = valid.first() {
            let also = valid.get(1).and_then(|other| primaries.get(*other)).map(|copy| copy.sector_bytes);
            let primary = primaries.swap_remove(*chosen);
            let backup = backup_of(disk, &primary);
            return Some(Self { primary: Some(primary), backup, also });
        }
        let primary = if primaries.is_empty() { None } else { Some(primaries.swap_remove(0)) };
        let mut backup = SECTOR_SIZES
            .iter()
            .filter_map(|sector_bytes| {
                let last = disk.sectors(*sector_bytes).checked_sub(1)?;
                Copy::read(disk, Which::Backup, *sector_bytes, last)
            })
            .min_by_key(|copy| !copy.is_valid());
        if !backup.as_ref().is_some_and(Copy::is_valid) {
            let named = primary.as_ref().and_then(|primary| backup_of(disk, primary));
            let found = named.filter(Copy::is_valid).or_else(|| if thorough { search(disk) } else { None });
            backup = found.or(backup);
        }
        let primary = match (&backup, primary) {
            // A damaged primary of another sector size is no copy of a valid backup.
            (Some(backup), Some(primary))
                if backup.is_valid() && backup.sector_bytes != primary.sector_bytes =>
            {
                None
            }
            (_, primary) => primary,
        };
        (primary.is_some() || backup.is_some()).then_some(Self { primary, backup, also: None })
    }

    /// The copy that counts: the first valid one, or else the first whose entries can be read.
    pub(super) fn chosen(&self) -> Option<&Copy> {
        let both = || self.primary.iter().chain(&self.backup);
        both()
            .find(|copy| copy.is_valid())
            .or_else(|| both().find(|copy| copy.array.is_some()))
            .or_else(|| both().next())
    }
}

/// What is known of a copy.
pub(super) enum Status {
    Valid,
    Invalid,
    /// Nothing backs its place, or the host could not read there.
    Unread,
}

impl Copies {
    pub(super) fn primary_status(&self, disk: &Disk) -> Status {
        let sector_bytes = self.backup.as_ref().map_or(512, |copy| copy.sector_bytes);
        status(disk, self.primary.as_ref(), sector_bytes.into())
    }

    pub(super) fn backup_status(&self, disk: &Disk) -> Status {
        let (sector_bytes, named) =
            self.primary.as_ref().map_or((512, 0), |copy| (copy.sector_bytes, copy.header.alternate_lba));
        let last = disk.sectors(sector_bytes).saturating_sub(1);
        let place = if named > 1 { named.min(last) } else { last };
        status(disk, self.backup.as_ref(), place.saturating_mul(sector_bytes.into()))
    }
}

/// The status of a copy that should be at byte `place`.
fn status(disk: &Disk, copy: Option<&Copy>, place: u64) -> Status {
    match copy {
        Some(copy) if copy.is_valid() => Status::Valid,
        Some(copy) if copy.fault.is_none() && copy.array.is_none() => {
            let array = copy.header.partition_entry_lba.saturating_mul(copy.sector_bytes.into());
            let is_there = array < disk.size() && copy.array_range().0 < copy.array_range().1;
            if is_there { Status::Unread } else { Status::Invalid }
        }
        None if !disk.is_readable(place) => Status::Unread,
        _ => Status::Invalid,
    }
}

/// The backup of that primary: where it says, or else in the last sector.
fn backup_of(disk: &Disk, primary: &Copy) -> Option<Copy> {
    let named = primary.header.alternate_lba;
    let last = disk.sectors(primary.sector_bytes).checked_sub(1)?;
    let at = |lba: u64| Copy::read(disk, Which::Backup, primary.sector_bytes, lba);
    let found = if named > 1 && named <= last { at(named) } else { None };
    match found {
        Some(copy) if copy.is_valid() => Some(copy),
        other if named == last => other,
        other => at(last).filter(Copy::is_valid).or(other),
    }
}

/// Searches the end of the disk for a valid header.
fn search(disk: &Disk) -> Option<Copy> {
    let start = disk.size().saturating_sub(SEARCHED_BYTES).next_multiple_of(512);
    let bytes = disk.read(start, usize::try_from(disk.size().checked_sub(start)?).ok()?)?;
    let hits = bytes.chunks(512).enumerate().filter(|(_, sector)| sector.starts_with(SIGNATURE));
    let candidates = hits.flat_map(|(at, _)| {
        let offset = start + at as u64 * 512;
        SECTOR_SIZES
            .iter()
            .filter(move |size| offset.is_multiple_of(u64::from(**size)))
            .map(move |size| (*size, offset / u64::from(*size)))
    });
    // Arrays that turn out to be none are not read one after the other without end.
    let mut read = 0;
    candidates
        .take(SEARCHED_HITS)
        .map_while(|(size, lba)| {
            (read < limits::PARTITION_TABLE_BYTES).then(|| {
                let copy = Copy::read(disk, Which::Backup, size, lba);
                let array = copy.as_ref().and_then(|copy| copy.array.as_ref());
                read += array.map_or(0, |array| array.bytes.len() as u64);
                copy
            })
        })
        .flatten()
        .find(Copy::is_valid)
}
