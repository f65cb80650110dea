//! The structures around the records of the database. Big-endian; GUIDs are text.

use crate::structure::{Show, utc};

crate::structure! {
    /// Says which disk of which group this is, and where its data and its database are. Disks with an MBR have three
    /// copies, those with a GPT two.
    pub struct PrivateHeader("ldm.private-header", "Private header", 512, Big) {
        /// Always `PRIVHEAD`.
        0 => magic: [u8; 8], Show::Ascii;
        /// Checksum of the header.
        8 => checksum: u32, Show::Hex;
        /// Version: 2.11 until Windows Server 2003, 2.12 since Vista.
        12 => version_major: u16, Show::Decimal;
        /// Second part of the version.
        14 => version_minor: u16, Show::Decimal;
        /// When it was written.
        16 => written: u64, Show::With(filetime);
        /// Sequence numbers of updates.
        24 => updates: [u8; 24], Show::Raw;
        /// GUID of this disk.
        48 => disk_guid: [u8; 64], Show::Ascii;
        /// GUID of the machine.
        112 => host_guid: [u8; 64], Show::Ascii;
        /// GUID of the group of disks.
        176 => group_guid: [u8; 64], Show::Ascii;
        /// Name of the group of disks.
        240 => group_name: [u8; 32], Show::Ascii;
        /// Unused.
        272 => unused: [u8; 11], Show::Raw;
        /// First sector of the room for data; the places of partitions count from it.
        283 => logical_disk_start: u64, Show::Decimal;
        /// Sectors of the room for data.
        291 => logical_disk_size: u64, Show::Decimal;
        /// First sector of the database.
        299 => database_start: u64, Show::Decimal;
        /// Sectors of the database: 2048.
        307 => database_size: u64, Show::Decimal;
        /// Tables of contents of the database.
        315 => number_of_contents: u64, Show::Decimal;
        /// Place of the last table of contents in the database.
        323 => contents_size: u64, Show::Decimal;
        /// Areas with records.
        331 => number_of_configs: u32, Show::Decimal;
        /// Logs of changes.
        335 => number_of_logs: u32, Show::Decimal;
        /// Sectors of the area with records.
        339 => config_size: u64, Show::Decimal;
        /// Sectors of the log.
        347 => log_size: u64, Show::Decimal;
        /// Disk signature of the MBR.
        355 => disk_signature: [u8; 4], Show::Raw;
        /// GUIDs of the GPT, where there is one.
        359 => gpt_guids: [u8; 153], Show::Raw;
    }
}

crate::structure! {
    /// Says where in the database the records and the log are.
    pub struct Contents("ldm.contents", "Table of contents", 104, Big) {
        /// Always `TOCBLOCK`.
        0 => magic: [u8; 8], Show::Ascii;
        /// Checksum of the table.
        8 => checksum: u32, Show::Hex;
        /// Number of the update that it belongs to.
        12 => sequence: u64, Show::Decimal;
        /// Unused.
        20 => unused: [u8; 16], Show::Raw;
        /// Always `config`: the records.
        36 => config_name: [u8; 8], Show::Ascii;
        /// Flags.
        44 => config_flags: u16, Show::Hex;
        /// First sector of the records, counted from the database.
        46 => config_start: u64, Show::Decimal;
        /// Sectors of the records.
        54 => config_size: u64, Show::Decimal;
        /// More flags.
        62 => config_more_flags: u64, Show::Hex;
        /// Always `log`.
        70 => log_name: [u8; 8], Show::Ascii;
        /// Flags.
        78 => log_flags: u16, Show::Hex;
        /// First sector of the log, counted from the database.
        80 => log_start: u64, Show::Decimal;
        /// Sectors of the log.
        88 => log_size: u64, Show::Decimal;
        /// More flags.
        96 => log_more_flags: u64, Show::Hex;
    }
}

crate::structure! {
    /// Head of the database: how many records there are, and whether a change was interrupted.
    pub struct Database("ldm.database", "Head of the database", 197, Big) {
        /// Always `VMDB`.
        0 => magic: [u8; 4], Show::Ascii;
        /// Number of the last block of records.
        4 => last_block: u32, Show::Decimal;
        /// Bytes of a block of records: 128.
        8 => block_size: u32, Show::Bytes;
        /// Where the blocks begin, in bytes from here.
        12 => first_block_offset: u32, Show::Bytes;
        /// State of the last change.
        16 => update_status: u16, Show::Names(&[(1, "complete"), (2, "being created"), (3, "being deleted")]);
        /// Version: 4.10.
        18 => version_major: u16, Show::Decimal;
        /// Second part of the version.
        20 => version_minor: u16, Show::Decimal;
        /// Name of the group of disks.
        22 => group_name: [u8; 31], Show::Ascii;
        /// GUID of the group of disks.
        53 => group_guid: [u8; 64], Show::Ascii;
        /// Number of the last change that is complete.
        117 => committed_sequence: u64, Show::Decimal;
        /// Number of the last change that was begun.
        125 => pending_sequence: u64, Show::Decimal;
        /// Volumes.
        133 => volumes: u32, Show::Decimal;
        /// Components of volumes.
        137 => components: u32, Show::Decimal;
        /// Partitions of components.
        141 => partitions: u32, Show::Decimal;
        /// Disks.
        145 => disks: u32, Show::Decimal;
        /// Unused.
        149 => unused: [u8; 12], Show::Raw;
        /// The same counts as they will be after the change that was begun.
        161 => pending_counts: [u8; 16], Show::Raw;
        /// Unused.
        177 => unused_too: [u8; 12], Show::Raw;
        /// When it was last used.
        189 => last_accessed: u64, Show::With(filetime);
    }
}

crate::structure! {
    /// Head of a block of records. A record that is too long for one block goes on in others.
    pub struct Block("ldm.record", "Record", 24, Big) {
        /// Always `VBLK`.
        0 => magic: [u8; 4], Show::Ascii;
        /// Number of this block.
        4 => number: u32, Show::Decimal;
        /// Number of the record; blocks with the same one belong together.
        8 => record: u32, Show::Decimal;
        /// Which part of the record this is, from 0.
        12 => part: u16, Show::Decimal;
        /// Parts of the record; 0 where the block is free.
        14 => parts: u16, Show::Decimal;
        /// State of the record.
        16 => status: u16, Show::Hex;
        /// Which optional fields there are.
        18 => flags: u8, Show::Hex;
        /// Kind of record in the low half, its revision in the high half.
        19 => kind: u8, Show::With(kind_text);
        /// Bytes of the fields.
        20 => length: u32, Show::Bytes;
    }
}

fn kind_text(bytes: &[u8]) -> String {
    let kind = bytes.first().copied().unwrap_or(0);
    let name = match kind & 0xf {
        1 => "volume",
        2 => "component",
        3 => "partition",
        4 => "disk",
        5 => "disk group",
        _ => "unknown",
    };
    format!("{name}, revision {}", kind >> 4)
}

/// Seconds from 1601, the epoch of Windows, to 1970.
const SECONDS_1601_TO_1970: i64 = 11_644_473_600;

/// A time of Windows: steps of 100 ns since 1601.
fn filetime(bytes: &[u8]) -> String {
    let Ok(bytes) = bytes.try_into() else { return String::new() };
    let seconds = u64::from_be_bytes(bytes) / 10_000_000;
    utc(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_sub(SECONDS_1601_TO_1970))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_windows() {
        assert_eq!(filetime(&0x01cd_901d_bc8c_083c_u64.to_be_bytes()), "2012-09-11T13:02:45Z");
        assert_eq!(kind_text(&[0x51]), "volume, revision 5");
    }
}
