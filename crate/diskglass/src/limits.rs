//! Every limit we impose, in one place. The formats themselves allow more; a number from an image never sizes an
//! allocation or bounds a loop before it met one of these and what is really there.

/// Characters of one text field kept in a report.
pub const FIELD_TEXT_CHARS: usize = 4096;

/// Places kept per finding; its count says how many there were.
pub const PLACES: usize = 16;

/// Distinct findings kept per report. Equal faults are one finding, so this is only reached by hostile input.
pub const FINDINGS: usize = 500;

/// Rows of a table handed out at once.
pub const ROWS: u32 = 512;

/// Stretches of one translation that are handed out at once.
pub const PIECES: usize = 256;

/// Table entries that are followed for one translation; where it stopped is part of the answer.
pub const PIECE_LOOKUPS: usize = 1 << 16;

/// Rows of a table that are gone through to find something that a tour could show.
pub const TOUR_ROWS: u64 = 1 << 14;

/// Allocated units that are read to find a sector with content for a tour.
pub const TOUR_UNITS: usize = 4;

/// Bytes of a unit that are read to find a sector with content for a tour.
pub const TOUR_BYTES: u64 = 2 << 20;

/// Things that one place of a file is said to be at most.
pub const HOLDINGS: usize = 16;

/// Entries of grain tables that are gone through to tell what a place of a file is: 2^26 lead to 4 TiB in grains of
/// 64 KiB.
pub const HOLDING_ENTRIES: u64 = 1 << 26;

/// Bytes handed out at once for the hex view.
pub const HEX_BYTES: u32 = 64 << 10;

/// Bytes of what is searched for in a file.
pub const NEEDLE_BYTES: usize = 4096;

/// Bytes of a file gone through in one step of a search.
pub const SEARCH_STEP: u64 = 8 << 20;

/// Rows of a table that are counted together: what is remembered of a table of 33 million rows are some 500 numbers for
/// each state.
pub const CENSUS_ROWS: u32 = 1 << 16;

/// Such groups counted in one step.
pub const CENSUS_STEP: u64 = 8;

/// Blocks or grains that one step of a survey goes through, about.
pub const SURVEY_UNITS: u64 = 1 << 18;

/// Bytes handed out at once of what is saved; runs of zeros are handed out as a number.
pub const SAVE_CHUNK: usize = 4 << 20;

/// Stretches that are looked at in one step of saving.
pub const SAVE_LOOKUPS: u32 = 1 << 14;

/// Rows of a table that one step of saving goes through.
pub const SAVE_ROWS: u64 = 1 << 14;

/// Stretches that could not be read and are listed when something is saved; all are counted.
pub const LOST_STRETCHES: usize = 1 << 12;

/// Cells of a chart.
pub const CHART_CELLS: u32 = 1 << 15;

/// Bytes of a table read in one step of a scan.
pub const SCAN_CHUNK: usize = 1 << 20;

/// Entries of a block allocation table or of all grain tables of an image that are examined: 2^28 entries address
/// 2 TiB in units of 8 KiB.
pub const TABLE_ENTRIES: u64 = 1 << 28;

/// Entries of a grain directory that are gone through: 2^22 are 64 TiB of a space-efficient sparse extent.
pub const DIRECTORY_ENTRIES: u64 = 1 << 22;

/// Grain tables of an image that are examined: where they lie is kept in memory. 2^20 tables of 512 grains of 64 KiB
/// are 32 TiB.
pub const GRAIN_TABLES: u64 = 1 << 20;

/// Grains (or sectors, where grains are compressed) of a file of which is remembered that they are taken, a bit each:
/// 64 MiB at most.
pub const SEEN_UNITS: u64 = 1 << 29;

/// Grains of which is remembered at once where they are stored, while the data is checked: 16 bytes each.
pub const STORED_GRAINS: usize = 1 << 18;

/// Bytes of a compressed grain that are inflated.
pub const INFLATED_GRAIN_BYTES: usize = 4 << 20;

/// Bytes of descriptor text read.
pub const DESCRIPTOR_BYTES: u64 = 1 << 20;

/// Lines of one descriptor that are read.
pub const DESCRIPTOR_LINES: usize = 8192;

/// Extents of one descriptor that are opened.
pub const EXTENTS: usize = 4096;

/// Images in one chain of parents.
pub const CHAIN: usize = 256;

/// Bytes before the end of a file in which a lost VHD footer is looked for.
pub const FOOTER_SEARCH: u64 = 16 << 20;

/// Continuation files of a split VHD: `.v01` to `.v63`.
pub const SPLIT_PIECES: usize = 63;

/// Entries of blocks that are not allocated which are gone over at once to find where such a stretch ends.
pub const ABSENT_RUN: u64 = 4096;

/// Extended boot records followed.
pub const EBRS: usize = 256;

/// Entries of an Apple partition map that are read, as by libblkid.
pub const APPLE_MAP_ENTRIES: u32 = 256;

/// Bytes of one partition table read (a GPT entry array of 1 MiB holds 8192 entries).
pub const PARTITION_TABLE_BYTES: u64 = 1 << 20;

/// Partition entries shown.
pub const PARTITIONS: usize = 1024;

/// Bytes read to recognise one volume.
pub const VOLUME_BYTES: u64 = 512 << 10;

/// Images of a set that are opened to look for a parent.
pub const PARENT_CANDIDATES: usize = 5000;
