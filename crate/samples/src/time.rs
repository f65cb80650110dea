//! The one moment at which every sample was made, in each format's own count.

/// Friday, 17 May 2024, 09:30:00 UTC, in seconds since 1970.
pub const UNIX: u32 = 1_715_938_200;

/// The same in seconds since 2000: VHD.
pub const SINCE_2000: u32 = UNIX - 946_684_800;

/// The same in units of 100 ns since 1601: NTFS.
pub const FILETIME: u64 = (UNIX as u64 + 11_644_473_600) * 10_000_000;

/// The same as a FAT date: years since 1980, month, day.
pub const FAT_DATE: u16 = ((2024 - 1980) * 16 + 5) * 32 + 17;

/// The same as a FAT time: hours, minutes, pairs of seconds.
pub const FAT_TIME: u16 = (9 * 64 + 30) * 32;
