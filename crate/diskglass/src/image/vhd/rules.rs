//! What can be wrong with a VHD.

crate::rules! {
    NO_FOOTER: Error Image "vhd.footer.none" [1] "No footer anywhere",
        what: "Neither the last nor the first sector is a footer, but a dynamic disk header was found.",
        why: "The size of the disk, its kind and its identity are lost. Every product refuses the file.",
        remedy: "The blocks can still be read: the header and the table are enough for that. Extract the disk with a tool that takes the size from the table, or write a new footer on a copy.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FOOTER_MISSING: Error Image "vhd.footer.missing" [2] "The footer at the end is missing",
        what: "The file does not end with a footer; the copy in the first sector is there and was used.",
        why: "Windows and Hyper-V refuse the file (0xC03A0001). It usually means that the file was cut short, or that the host crashed while a block was added.",
        remedy: "Work on a copy of the file. Check first whether the file is complete: blocks that reach past the end are listed separately. If it is, append the 512 bytes of the copy at offset 0 to the end.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FOOTER_CHECKSUM: Error Image "vhd.footer.checksum" [3] "Footer checksum does not match",
        what: "The checksum stored in the footer at the end is not that of its bytes.",
        why: "Something changed the footer without writing the checksum anew, or the sector is damaged. Windows refuses the file (0xC03A0002).",
        remedy: "Work on a copy of the file. Compare the fields with the copy at offset 0 (images that grow have one). If the copy is intact, write it over the last sector; otherwise correct the field and write the checksum anew.",
        spec: "VHD 1.0 specification, hard disk footer format";
    COPY_MISSING: Error Image "vhd.copy.missing" [4] "The copy of the footer at the start is missing",
        what: "The footer at the end says that the image grows, but the first sector is not its copy.",
        why: "The start of the file was overwritten. qemu and Xen Orchestra look there only and refuse the file.",
        remedy: "Work on a copy of the file. Write the last 512 bytes over the first 512.",
        spec: "VHD 1.0 specification, hard disk footer format";
    COPY_CHECKSUM: Error Image "vhd.copy.checksum" [5] "Checksum of the footer copy does not match",
        what: "The checksum stored in the copy at offset 0 is not that of its bytes.",
        why: "qemu reads the copy first and refuses the image; Windows reads the footer at the end. The redundancy is lost.",
        remedy: "Work on a copy of the file. If the footer at the end is intact, write it over the first 512 bytes.",
        spec: "VHD 1.0 specification, hard disk footer format";
    COPY_DIFFERS: Warning Image "vhd.copy.differs" [6] "Footer and its copy differ",
        what: "Both are intact, but not equal in fields that do not change what the image holds.",
        why: "A change was interrupted half way, or made by a tool that knows only one of the two. Xen Orchestra refuses such a file.",
        remedy: "Work on a copy of the file. Decide which one is newer and write it over the other one.",
        spec: "VHD 1.0 specification, hard disk footer format";
    COPY_CONTRADICTS: Error Image "vhd.copy.contradicts" [6] "Footer and its copy describe different disks",
        what: "Both are intact, but size, kind, header position or identity differ.",
        why: "qemu reads the copy and Windows the footer at the end: they see two different disks.",
        remedy: "Find out which change was interrupted (a resize, a clone) before anything writes to the file. Then, on a copy, write the right one over the other one.",
        spec: "VHD 1.0 specification, hard disk footer format";
    SHORT_FOOTER: Info Image "vhd.footer.short" [7] "The footer has 511 bytes",
        what: "The file ends with a footer whose last reserved byte is missing.",
        why: "Images made before Virtual PC 2004 look like this. Most readers cope.",
        remedy: "Nothing needs to be done. A conversion writes a footer of 512 bytes.",
        spec: "VHD 1.0 specification, hard disk footer format";
    TRAILING: Warning Image "vhd.footer.trailing-data" [8] "There are bytes after the footer",
        what: "A footer was found, but not at the end of the file.",
        why: "The file was padded or something was appended to it. Readers that look at the end only refuse it.",
        remedy: "Work on a copy of the file. Cut the file after the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    PIECES_MISSING: Info Image "vhd.split.pieces-missing" [] "Pieces of a split image were not given",
        what: "The image was written in several files that continue one another, and some of them are not among the given files.",
        why: "What lies in the missing pieces cannot be shown.",
        remedy: "Give all pieces together: the .vhd and every .v01, .v02 and so on.",
        spec: "Virtual PC 2004 and earlier split images on file systems that could not hold them";
    SIZE_NOT_SECTORS: Error Image "vhd.file.size" [9] "The file does not end at a sector boundary",
        what: "The size of the file is not a multiple of 512 bytes (and not one byte less, as with old footers).",
        why: "The file was cut short, or padded at an odd length.",
        remedy: "Look for the complete file: compare its size and checksum with the source.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FIXED_WITH_COPY: Error Image "vhd.fixed.start-footer" [10] "A fixed image begins with another image's footer",
        what: "The footer at the end says fixed, but the first sector is an intact footer of an image that grows.",
        why: "Readers disagree on what the file holds: those that look at the start read the guest's data as headers. It is a known way to make a tool read what it should not.",
        remedy: "If the guest really keeps an image at the start of its disk, nothing is wrong with the file: give the format explicitly wherever it is opened. Otherwise do not trust it.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FEATURES_RESERVED: Error Image "vhd.footer.features-reserved" [11] "The bit that is always set is clear",
        what: "Bit 1 of the features must be set.",
        why: "blktap refuses the footer, and some readers take it for one of 511 bytes.",
        remedy: "Work on a copy of the file. Set the bit and write the checksum anew; check the other fields first, for nobody writes such a footer on purpose.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FEATURES_UNKNOWN: Warning Image "vhd.footer.features-unknown" [12] "Unknown feature bits are set",
        what: "Bits other than 0 and 1 of the features are set.",
        why: "The specification gives them no meaning; blktap refuses them.",
        remedy: "Find out what wrote the file. If the rest is sound, clear the bits on a copy and write the checksum anew.",
        spec: "VHD 1.0 specification, hard disk footer format";
    TEMPORARY: Info Image "vhd.footer.temporary" [13] "The disk is marked as temporary",
        what: "Bit 0 of the features is set.",
        why: "The disk may be deleted when its virtual machine is shut down.",
        remedy: "Keep a copy if the content matters.",
        spec: "VHD 1.0 specification, hard disk footer format";
    VERSION: Error Image "vhd.footer.version" [14] "Unknown format version",
        what: "The major version is not 1.",
        why: "No other version exists: the field is damaged, or this is not the footer of a VHD.",
        remedy: "Compare with the copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    VERSION_MINOR: Warning Image "vhd.footer.version-minor" [14] "Unknown minor version",
        what: "The version is not 1.0.",
        why: "Products may refuse the file.",
        remedy: "Compare with the copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FIXED_DATA_OFFSET: Error Image "vhd.footer.fixed-data-offset" [15] "A fixed image points to a header",
        what: "The data offset of a fixed image must have all bits set.",
        why: "Either the disk type or the offset is wrong. Some readers follow the offset.",
        remedy: "Look at the place it points to: if there is a dynamic disk header, the disk type is wrong.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FIXED_DATA_OFFSET_32: Warning Image "vhd.footer.fixed-data-offset-32" [15] "The data offset has only its low 32 bits set",
        what: "The text of the specification prints 0xFFFFFFFF; every real writer sets all 64 bits.",
        why: "Strict readers take it for an offset.",
        remedy: "Work on a copy of the file. Set all 64 bits and write the checksum anew.",
        spec: "VHD 1.0 specification, hard disk footer format";
    DATA_OFFSET: Error Image "vhd.footer.data-offset" [16] "The dynamic disk header cannot be reached",
        what: "The data offset is missing, below 512, or past the end of the file.",
        why: "Without the header no block can be found.",
        remedy: "Compare with the other copy of the footer. The header nearly always lies at byte 512.",
        spec: "VHD 1.0 specification, hard disk footer format";
    DATA_OFFSET_UNALIGNED: Warning Image "vhd.footer.data-offset-unaligned" [16] "The dynamic disk header is not at a sector boundary",
        what: "The data offset is not a multiple of 512.",
        why: "Some readers refuse it.",
        remedy: "Convert the image.",
        spec: "VHD 1.0 specification, hard disk footer format";
    DATA_OFFSET_UNUSUAL: Info Image "vhd.footer.data-offset-unusual" [17] "The dynamic disk header is not in the second sector",
        what: "The data offset is not 512. That is legal.",
        why: "Xen Orchestra accepts 512 only.",
        remedy: "Convert the image if it has to go there.",
        spec: "VHD 1.0 specification, hard disk footer format";
    TIME_FUTURE: Warning Image "vhd.time.future" [18] "A time lies in the future",
        what: "A time stamp is later than the clock of this computer by more than half an hour.",
        why: "One of the two clocks is or was wrong. XenServer's check refuses such an image.",
        remedy: "Compare the clocks. Nothing is wrong with the data.",
        spec: "VHD 1.0 specification, time stamp; the margin is blktap's";
    CREATOR_UNKNOWN: Info Image "vhd.footer.creator-unknown" [19] "Unknown creator",
        what: "The four letters of the creator are none that are known.",
        why: "Readers then take the current size as the size of the disk; qemu before 10.0 takes the geometry.",
        remedy: "Nothing needs to be done.",
        spec: "VHD 1.0 specification, hard disk footer format";
    TAP_VERSION: Warning Image "vhd.footer.tap-version" [20] "Newer than any known XenServer",
        what: "The creator is XenServer's, its version is above 1.3.",
        why: "Older XenServers refuse the file.",
        remedy: "Check the field against the copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    SHRUNK: Warning Image "vhd.footer.shrunk" [21] "The disk is smaller than when it was made",
        what: "The original size is larger than the current size.",
        why: "The disk was shrunk. Xen Orchestra refuses such an image; tools that go by the original size (OpenStack's inspector) report a wrong size.",
        remedy: "Check that the partitions end within the current size.",
        spec: "VHD 1.0 specification, hard disk footer format";
    SIZE_UNALIGNED: Error Image "vhd.footer.size-unaligned" [22] "The size is not a whole number of sectors",
        what: "The current size is not a multiple of 512.",
        why: "The last bytes cannot be read as a sector. Windows refuses the image.",
        remedy: "Compare with the other copy of the footer and with the size of the file.",
        spec: "VHD 1.0 specification, hard disk footer format";
    SIZE_ZERO: Error Image "vhd.footer.size-zero" [23] "The disk has no bytes",
        what: "The current size is 0.",
        why: "There is no disk to read.",
        remedy: "Compare with the other copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    SIZE_OVER_2040_GIB: Warning Image "vhd.footer.size-over-2040-gib" [24] "The disk is larger than 2040 GiB",
        what: "The current size is above the limit of Hyper-V and qemu.",
        why: "Both refuse the image. Azure takes fixed images of this size.",
        remedy: "Use VHDX for disks of this size.",
        spec: "Hyper-V's limit for VHD; qemu block driver vpc";
    SIZE_BEYOND_TABLE: Error Image "vhd.footer.size-beyond-table" [24] "The disk is larger than the format can hold",
        what: "A block is found by a 32-bit sector number, so the file cannot pass 2 TiB.",
        why: "The end of the disk can never be written.",
        remedy: "Compare with the other copy of the footer.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    SIZE_ABSURD: Error Image "vhd.footer.size-absurd" [24] "The size is nonsense",
        what: "The current size is beyond 2^53 bytes.",
        why: "No disk has this size: the field is damaged.",
        remedy: "Compare with the other copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    TWO_SIZES: Info Image "vhd.size.two-sizes" [25, 93] "Products disagree on the size of this disk",
        what: "Cylinders x heads x sectors is less than the current size: the geometry rounds down.",
        why: "Virtual PC, and qemu for images of certain creators, show the guest the smaller size; everybody else shows the current size. A partition in the last sectors may then seem cut off, and Azure refuses sizes that are no whole MiB.",
        remedy: "Nothing needs to be done as long as the disk stays with products that go by the current size. qemu-img: use force_size=on when it writes.",
        spec: "VHD 1.0 specification, appendix on CHS calculation; qemu block driver vpc";
    GEOMETRY_LARGER: Warning Image "vhd.geometry.larger-than-disk" [26] "The geometry is larger than the disk",
        what: "Cylinders x heads x sectors is more than the current size.",
        why: "Readers that go by geometry read past the end of the data.",
        remedy: "Work on a copy of the file. Write the geometry that belongs to the size, and the checksum.",
        spec: "VHD 1.0 specification, appendix on CHS calculation";
    GEOMETRY_UNUSUAL: Info Image "vhd.geometry.unusual" [27] "The geometry is not the usual one",
        what: "The algorithm of the specification gives another geometry for this size.",
        why: "Harmless for products that go by the current size.",
        remedy: "Nothing needs to be done.",
        spec: "VHD 1.0 specification, appendix on CHS calculation";
    GEOMETRY_ZERO: Info Image "vhd.geometry.zero" [28] "There is no geometry",
        what: "Cylinders, heads or sectors per track are 0. openvmm writes that.",
        why: "Products that go by geometry see a disk of size 0.",
        remedy: "Nothing needs to be done for products that go by the current size.",
        spec: "VHD 1.0 specification, hard disk footer format: disk geometry";
    DISK_TYPE: Error Image "vhd.footer.disk-type" [29] "Unknown disk type",
        what: "The disk type is not 2 (fixed), 3 (dynamic) or 4 (differencing).",
        why: "No reader knows how to find the data.",
        remedy: "Compare with the other copy of the footer. An image with a dynamic disk header is of type 3 or 4.",
        spec: "VHD 1.0 specification, hard disk footer format";
    ID_NULL: Info Image "vhd.footer.id-null" [30] "The image has no identity",
        what: "The unique id is all zero.",
        why: "No child can name this image as its parent; blktap refuses it.",
        remedy: "Nothing needs to be done for an image without children.",
        spec: "VHD 1.0 specification, hard disk footer format";
    SAVED_STATE: Warning Image "vhd.footer.saved-state" [31] "The virtual machine is saved",
        what: "The saved-state byte is 1.",
        why: "If the disk is changed now, the machine wakes up with a memory that does not fit its disk, and damages it.",
        remedy: "Start the machine and shut it down, or discard its saved state, before the disk is used elsewhere.",
        spec: "VHD 1.0 specification, hard disk footer format";
    SAVED_STATE_INVALID: Error Image "vhd.footer.saved-state-invalid" [32] "The saved-state byte is neither 0 nor 1",
        what: "Only 0 and 1 have a meaning.",
        why: "The footer is damaged, or written by a tool that does not know the format.",
        remedy: "Compare with the other copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    HIDDEN: Info Image "vhd.footer.hidden" [33] "XenServer hides this image",
        what: "Byte 85 is 1: a base copy that other images stand on.",
        why: "It is not meant to be used on its own.",
        remedy: "Keep it as long as a child needs it.",
        spec: "blktap, libvhd: hd_ftr.hidden";
    HIDDEN_ODD: Warning Image "vhd.footer.hidden-odd" [33] "A reserved byte is set",
        what: "Byte 85 is set, which only XenServer does, and only to 1.",
        why: "Strict readers refuse the footer.",
        remedy: "Compare with the other copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    RESERVED: Warning Image "vhd.footer.reserved" [34] "Reserved bytes of the footer are set",
        what: "The last bytes of the footer must be zero.",
        why: "The footer is damaged, or something is hidden there. blktap refuses it.",
        remedy: "Look at the bytes. Compare with the other copy of the footer.",
        spec: "VHD 1.0 specification, hard disk footer format";
    POISONED: Info Image "vhd.footer.disabled" [35] "The image was disabled on purpose",
        what: "blktap writes v_poison into the cookie to keep everybody from opening the image.",
        why: "It was probably replaced by another one, for instance after a failed coalesce.",
        remedy: "Find out why before using it.",
        spec: "blktap, libvhd: HD_COOKIE_POISON";
    FIXED_LOOKS_RAW: Info Image "vhd.fixed.looks-raw" [92] "A fixed image looks like a raw disk from its start",
        what: "Only the last sector of the file shows that it is a VHD.",
        why: "Tools that look at the start only (qemu-img among them) take it for a raw disk, with a sector too much at its end.",
        remedy: "Give the format explicitly: `-f vpc` for qemu-img.",
        spec: "VHD 1.0 specification, fixed hard disk image";
    FIXED_TRUNCATED: Error Image "vhd.fixed.truncated" [36] "The end of the disk is missing",
        what: "The file is smaller than the disk and its footer together.",
        why: "The last part of the guest's disk is not there.",
        remedy: "Look for the complete file: compare its size and checksum with the source.",
        spec: "VHD 1.0 specification, hard disk footer format";
    FIXED_OVERSIZE: Warning Image "vhd.fixed.oversize" [37] "There are bytes between the disk and its footer",
        what: "The file is larger than the disk and its footer together.",
        why: "Azure refuses the file; readers ignore the bytes. The disk may have been shrunk without shrinking the file.",
        remedy: "Check that the partitions end within the current size, then convert the image.",
        spec: "VHD 1.0 specification, hard disk footer format";
    HEADER_COOKIE: Error Image "vhd.header.cookie" [38] "There is no dynamic disk header",
        what: "The place that the footer points to does not begin with cxsparse.",
        why: "Without the header no block can be found.",
        remedy: "Look for cxsparse in the first sectors. If the header is lost, the table usually lies at byte 1536 and blocks have 2 MiB: a recovery tool can be given these values.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    HEADER_CUT: Error Image "vhd.header.cut-off" [16, 38] "The file ends inside the dynamic disk header",
        what: "There are fewer than 1024 bytes where the header begins.",
        why: "Without the header no block can be found.",
        remedy: "Look for the complete file.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    HEADER_CHECKSUM: Error Image "vhd.header.checksum" [39] "Header checksum does not match",
        what: "The checksum stored in the dynamic disk header is not that of its bytes.",
        why: "Something changed the header without writing the checksum anew, or the sectors are damaged. There is no copy. Windows and qemu refuse the file (0xC03A0006).",
        remedy: "Work on a copy of the file. Check the fields: table offset, entries and block size usually show at a glance whether they make sense. Then write the checksum anew.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    HEADER_VERSION: Error Image "vhd.header.version" [40] "Unknown header version",
        what: "The header version is not 1.0.",
        why: "No other version exists: the field is damaged.",
        remedy: "Check the other fields of the header.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    HEADER_NEXT: Warning Image "vhd.header.next" [41] "An unused field of the header is set",
        what: "The data offset of the header must have all bits set.",
        why: "libvhd refuses the image.",
        remedy: "Work on a copy of the file. Set all bits and write the checksum anew.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    TABLE_OFFSET: Error Image "vhd.bat.outside-file" [42] "The block allocation table is not in the file",
        what: "The table begins or ends past the end of the file, or its offset is 0.",
        why: "Blocks without an entry cannot be found.",
        remedy: "Look for the complete file. The table usually lies at byte 1536.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    TABLE_ALIGN: Error Image "vhd.bat.unaligned" [43] "The block allocation table is not at a sector boundary",
        what: "Its offset is not a multiple of 512.",
        why: "Readers refuse it or read it from the wrong place.",
        remedy: "Check the header against its checksum.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    TABLE_OVERLAP: Error Image "vhd.bat.overlaps" [44] "The block allocation table overlaps another structure",
        what: "Its bytes are also those of a footer or of the header.",
        why: "One of the two is wrong; writing to either damages the other.",
        remedy: "Check the header against its checksum. Do not write to the image.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    BLOCK_SIZE: Error Image "vhd.header.block-size" [45] "Impossible block size",
        what: "The block size is not a power of two of at least 512.",
        why: "Blocks cannot be placed.",
        remedy: "Check the header against its checksum. The usual size is 2 MiB.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    BLOCK_SIZE_UNUSUAL: Info Image "vhd.header.block-size-unusual" [46] "Unusual block size",
        what: "Windows makes blocks of 512 KiB or 2 MiB only.",
        why: "libvhd (XenServer) refuses blocks of more than 2 MiB.",
        remedy: "Convert the image if it has to go there.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    TABLE_TOO_SMALL: Error Image "vhd.bat.too-small" [47] "The table has too few entries for the disk",
        what: "Entries times block size is less than the current size.",
        why: "The end of the disk has no entry and can neither be read nor written. qemu refuses the image.",
        remedy: "Check size and entries against the other copy of the footer: a resize may have been interrupted.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    TABLE_TOO_LARGE: Info Image "vhd.bat.too-large" [48] "The table has spare entries",
        what: "There are more entries than blocks.",
        why: "Harmless for most; 7-Zip and importers that want the exact number refuse the image (qemu before 5.0 wrote one entry too many).",
        remedy: "Convert the image with a current tool if an importer refuses it.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    TABLE_ABSURD: Warning Image "vhd.bat.absurd" [49] "The table claims an absurd number of entries",
        what: "There are more entries than 2 TiB of blocks would need.",
        why: "Tools that trust the number use up their memory.",
        remedy: "Do not open the file with other tools before the header is checked.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    TABLE_NOT_EXAMINED: Warning Image "vhd.bat.not-examined" [49] "Not all of the table was examined",
        what: "The table has more entries than are examined here.",
        why: "What the rest of the table says is not in this report.",
        remedy: "Check the header against its checksum: no real image has such a table.",
        spec: "a limit of this tool";
    HEADER_RESERVED: Warning Image "vhd.header.reserved" [50] "Reserved bytes of the header are set",
        what: "They must be zero.",
        why: "The header is damaged, or something is hidden there.",
        remedy: "Look at the bytes.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    PARENT_ON_DYNAMIC: Warning Image "vhd.header.parent-on-dynamic" [51] "A dynamic image names a parent",
        what: "Fields that only a differencing image uses are set.",
        why: "Either they were left over by a merge, or the disk type was changed from differencing to dynamic: then parts of the disk are in the parent and read as zero here.",
        remedy: "Find out where the image comes from. If it was a differencing image, give its parent and set the type back on a copy.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    ENTRY_IN_METADATA: Error Image "vhd.bat.entry-in-metadata" [52] "Table entries lead into metadata",
        what: "The block of such an entry would lie over the footer copy, the header, the table or a parent locator.",
        why: "The guest reads the image's own structures as data, and destroys them when it writes.",
        remedy: "Do not start a machine with this image. The data of these blocks is lost unless it is found among the unreferenced blocks.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    ENTRY_PAST_END: Error Image "vhd.bat.entry-past-end" [53] "Table entries lead past the end of the file",
        what: "The block of such an entry ends after the last byte that blocks may use.",
        why: "The data of these blocks is missing, wholly or in part. qemu calls the image truncated.",
        remedy: "Look for the complete file. If this is all there is, the other blocks can still be read.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    ENTRY_OVERLAP: Error Image "vhd.bat.entry-overlap" [54] "Blocks overlap",
        what: "Two entries are closer together than the length of a block.",
        why: "Writing to one damages the other.",
        remedy: "Do not start a machine with this image; read out what is needed on a copy.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    ENTRY_DUPLICATE: Error Image "vhd.bat.entry-duplicate" [55] "Two entries lead to the same block",
        what: "Two places of the guest's disk are stored in the same bytes of the file.",
        why: "One of the two reads the other one's data; writing to one changes both.",
        remedy: "Do not start a machine with this image. Find out by the content to which place the block belongs.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    ENTRY_BEYOND_DISK: Warning Image "vhd.bat.entry-beyond-disk" [56] "Blocks beyond the end of the disk",
        what: "Entries after the last block of the disk are allocated.",
        why: "The disk was shrunk, or its size is wrong: then data is hidden there.",
        remedy: "Compare the current size with the original size and with the partitions.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    UNREFERENCED: Info Image "vhd.bat.unreferenced-space" [57, 58] "There is room that nothing refers to",
        what: "Between the blocks lie pieces large enough for a block, to which no entry leads.",
        why: "A block that was written before a crash and never entered, or room left over by moved structures. On block devices the room before the footer is normal.",
        remedy: "Nothing needs to be done. A conversion drops the room. When data is missing, look there first.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    FRAGMENTED: Info Image "vhd.bat.fragmented" [60] "The blocks lie in another order than on the disk",
        what: "Many blocks lie in the file before the block that precedes them on the disk.",
        why: "The guest wrote them in that order. On a host with spinning disks, reading the guest's disk from end to end is slower.",
        remedy: "Nothing needs to be done. A conversion writes the blocks in order.",
        spec: "VHD 1.0 specification, block allocation table";
    TABLE_PADDING: Warning Image "vhd.bat.padding" [61] "There are bytes behind the last table entry",
        what: "The bytes between the last entry and the end of its sector are neither all ones nor all zeros.",
        why: "No reader looks at them. They are left over from a longer table, or hidden there.",
        remedy: "Nothing needs to be done for the disk. Look at the bytes if you care for what the file carries.",
        spec: "VHD 1.0 specification, block allocation table";
    LAYOUT_ASSUMED: Info Image "vhd.header.layout-assumed" [38, 42] "The layout was taken for granted",
        what: "The structure that says where the table or the header lies is lost or wrong; a place where it usually lies fits what is there.",
        why: "What is shown of the disk depends on that guess. Other programs refuse the file.",
        remedy: "Work on a copy of the file. Check that the volumes on the disk can be read; then write the header anew with these values.",
        spec: "the layout that every known product writes";
    ALIGNMENT: Info Image "vhd.bat.alignment" [59] "Blocks are not aligned to 4096 bytes",
        what: "The data of blocks begins in the middle of a 4 KiB sector.",
        why: "Slow on disks with 4 KiB sectors; qemu, Virtual PC and early Hyper-V write images so.",
        remedy: "Nothing needs to be done. A conversion by a current Hyper-V aligns the blocks.",
        spec: "VHD 1.0 specification, block allocation table and data blocks";
    TAP_OLD: Error Image "vhd.footer.tap-old" [20] "Written by XenServer's first tools",
        what: "The creator is XenServer's, its version is 0.1: block bitmaps then have their bits the other way round.",
        why: "XenServer's own library refuses this version, and every other reader takes the bits in the wrong order.",
        remedy: "Convert the image with the tools of its time. Blocks of a dynamic image can be read all the same: readers ignore their bitmaps.",
        spec: "blktap, libvhd: creator versions of the tapdisk";
    BATMAP_MISSING: Error Image "vhd.batmap.missing" [66] "The batmap is missing",
        what: "XenServer's tools of this version always write a batmap behind the block allocation table, and there is none.",
        why: "XenServer refuses the image. Other readers do not look for it.",
        remedy: "If the image is needed in XenServer, convert it. If it was made by another tool that only claims to be XenServer's, nothing is lost.",
        spec: "blktap, libvhd: batmap header";
    BATMAP_HEADER: Error Image "vhd.batmap.header" [67] "The batmap's header is wrong",
        what: "Its version, its size or its place cannot be.",
        why: "XenServer refuses the image. Other readers do not look at it.",
        remedy: "The blocks are not concerned. Convert the image, which writes a new one.",
        spec: "blktap, libvhd: batmap header";
    BATMAP_CHECKSUM: Error Image "vhd.batmap.checksum" [68] "Checksum of the batmap does not match",
        what: "The checksum stored in the batmap's header is not that of the map.",
        why: "The map may be older than the blocks: XenServer would then take sectors from the wrong image of a chain.",
        remedy: "The block bitmaps tell the truth. Convert the image with a tool that reads them (other than XenServer's).",
        spec: "blktap, libvhd: batmap header";
    BATMAP_UNALLOCATED: Error Image "vhd.batmap.unallocated" [69] "The batmap marks blocks that are not there",
        what: "A bit is set for a block that the block allocation table says is not allocated.",
        why: "The two were not written together: an update was interrupted, or one of them is damaged.",
        remedy: "The block allocation table is what readers follow. Look whether blocks are missing from it.",
        spec: "blktap, libvhd: batmap";
    BATMAP_NOT_FULL: Error Image "vhd.batmap.not-full" [70] "The batmap calls blocks full that are not",
        what: "The bit of a block is set in the batmap, but bits of the block's own bitmap are clear.",
        why: "Readers that trust the batmap take sectors from this image that belong to the parent.",
        remedy: "Work on a copy of the file. Clear the bit in the batmap and write its checksum anew; the bitmaps are what counts.",
        spec: "the batmap of XenServer's libvhd";
    BITMAP_EMPTY: Warning Image "vhd.bitmap.empty" [62] "Blocks without any sector marked",
        what: "A block takes room in the file, but no bit of its bitmap is set.",
        why: "The room is wasted. In a differencing image the parent is seen in place of the block.",
        remedy: "If the block holds data, see the finding on that. Otherwise compacting the image frees the room.",
        spec: "VHD 1.0 specification, data block bitmap";
    DATA_WITHOUT_BIT: Error Image "vhd.bitmap.data-without-bit" [63] "Sectors hold data that their bitmap denies",
        what: "A sector of a block is not zero, but its bit in the block's bitmap is clear.",
        why: "In a differencing image the guest sees the parent in its place. In a dynamic image most readers ignore the bitmap and show the data, others show zeros. It happens when a host crashes between writing data and bitmap.",
        remedy: "Work on a copy of the file. Check the volume on the disk as it is seen, then once more with the bits set, and keep what is consistent.",
        spec: "VHD 1.0 specification, data block bitmap";
    OLD_DATA: Info Image "vhd.bitmap.old-data" [63] "Sectors that are not marked hold old data",
        what: "A sector of a block is not zero, but its bit in the block's bitmap is clear.",
        why: "On XenServer's block storage a new block keeps what was there before; readers go by the bitmap. A reader that ignores it shows the old data.",
        remedy: "Nothing needs to be done. Convert with a tool that honours the bitmap.",
        spec: "the bitmaps of XenServer's libvhd";
    ZERO_SECTORS: Info Image "vhd.bitmap.zero-sectors" [64] "Sectors that were written hold zeros",
        what: "Sectors are marked as written and hold nothing but zeros.",
        why: "Compacting the image could free some of their room. qemu marks all sectors of a block.",
        remedy: "Nothing needs to be done.",
        spec: "VHD 1.0 specification, data block bitmap";
    BITMAP_TAIL: Info Image "vhd.bitmap.tail" [65] "Bits are set for sectors that do not exist",
        what: "A bitmap has bits set beyond the end of the disk, or behind the last sector of the block.",
        why: "No reader looks at them. qemu sets all bits of a bitmap.",
        remedy: "Nothing needs to be done.",
        spec: "VHD 1.0 specification, data block bitmap";
    LOCATOR_CODE: Error Chain "vhd.locator.code" [71] "Unknown platform code in a parent locator",
        what: "The code is none of those that the specification or a known product uses.",
        why: "Readers skip the locator.",
        remedy: "Check the header against its checksum.",
        spec: "VHD 1.0 specification, parent locator entries";
    LOCATOR_UNUSED: Warning Chain "vhd.locator.unused-dirty" [72] "An unused parent locator is not empty",
        what: "Its code is zero, other fields are not.",
        why: "Left over from another parent.",
        remedy: "Nothing needs to be done.",
        spec: "VHD 1.0 specification, parent locator entries";
    LOCATOR_RANGE: Error Chain "vhd.locator.range" [73] "The name of a parent locator is not in the file",
        what: "Its offset is 0, or the name ends past the end of the blocks.",
        why: "The name cannot be read.",
        remedy: "Another locator or the name in the header may still lead to the parent.",
        spec: "VHD 1.0 specification, parent locator entries";
    LOCATOR_SPACE: Warning Chain "vhd.locator.space" [74] "The room of a parent locator is not what it needs",
        what: "The room for the name is neither so many sectors nor so many bytes that the name fits in.",
        why: "libvhd, and with it XenServer, refuses such an image.",
        remedy: "Nothing is lost: the name can be read. Setting the path of the parent anew with the product that made the image writes a new locator.",
        spec: "VHD 1.0 specification, parent locator entries; most products count bytes there";
    LOCATOR_TEXT: Warning Chain "vhd.locator.text" [76] "The name of a parent locator is garbled",
        what: "Its bytes are no text of the encoding that the platform code stands for.",
        why: "Products that follow this locator do not find the parent.",
        remedy: "Nothing needs to be done as long as another locator or the name in the header leads to the parent.",
        spec: "VHD 1.0 specification, parent locator entries";
    LOCATOR_DUPLICATE: Warning Chain "vhd.locator.duplicate" [77] "Two parent locators are of the same kind",
        what: "A platform code is used twice.",
        why: "Products follow one of them or the other, and may take two different parents.",
        remedy: "Compare the two names. If they differ, set the path of the parent anew with the product that made the image.",
        spec: "VHD 1.0 specification, parent locator entries";
    LOCATOR_NAME_DIFFERS: Warning Chain "vhd.locator.name-differs" [78] "The header and a locator name different parents",
        what: "The last part of the name in the header is not that of the name in a locator.",
        why: "The parent was renamed, or one of the two was edited. Products follow one or the other; the check of XenServer refuses the image.",
        remedy: "The identity of the parent decides which is right. Set the path of the parent anew.",
        spec: "VHD 1.0 specification, parent locator entries";
    LOCATOR_EMPTY: Info Chain "vhd.locator.empty" [75] "A parent locator without a name",
        what: "The slot is reserved, its length is 0. VirtualBox writes such slots.",
        why: "This locator does not lead to the parent.",
        remedy: "Nothing needs to be done as long as another one does.",
        spec: "VHD 1.0 specification, parent locator entries";
    NAME_LITTLE_ENDIAN: Info Chain "vhd.header.name-little-endian" [79] "The parent's name is stored in the wrong byte order",
        what: "Read in the byte order of the specification it is no text.",
        why: "Readers that follow the specification do not find the parent by this name.",
        remedy: "Nothing needs to be done as long as a locator leads to the parent.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    NO_PARENT_NAME: Error Chain "vhd.chain.no-name" [80] "The parent is not named",
        what: "There is no usable locator, and the name in the header is empty.",
        why: "Products cannot find the parent.",
        remedy: "Find the image whose identity is the parent identity of this one, and give both.",
        spec: "VHD 1.0 specification, parent locator entries";
    PARENT_MISSING: Info Chain "vhd.chain.parent-missing" [81] "The parent was not given",
        what: "The image holds only what differs from its parent.",
        why: "What is not in this image cannot be shown.",
        remedy: "Give the parent together with this file; the names are in the detail.",
        spec: "VHD 1.0 specification, differencing hard disk images";
    PARENT_AMBIGUOUS: Info Chain "vhd.chain.parent-ambiguous" [81] "Several files could be the parent",
        what: "More than one of the given files has the expected identity, and none has the expected name.",
        why: "Taking the wrong one would show wrong data, so none was taken.",
        remedy: "Give only the right one.",
        spec: "VHD 1.0 specification, differencing hard disk images";
    PARENT_ID: Error Chain "vhd.chain.parent-id" [82] "The parent is another image",
        what: "A file of the expected name is there, but its identity is not the expected one.",
        why: "The parent was replaced or made anew. Its data does not belong under this child: together they are damaged. Windows refuses the chain (0xC03A000E).",
        remedy: "Look for the original parent.",
        spec: "VHD 1.0 specification, differencing hard disk images: parent unique id";
    PARENT_SIZE: Warning Chain "vhd.chain.parent-size" [85] "The parent is smaller than the child",
        what: "The current size of the parent is less than that of the child.",
        why: "Windows refuses the chain (0xC03A0017); others read zeros beyond the parent's end. XenServer resizes children that way.",
        remedy: "Check whether the child was resized after it was made. Where it was meant to be, merge the chain before it is used with Windows.",
        spec: "VHD 1.0 specification, differencing hard disk images";
    PARENT_LARGER: Error Chain "vhd.chain.parent-larger" [85] "The parent is larger than the child",
        what: "The current size of the parent is more than that of the child.",
        why: "What the parent holds beyond the end of the child is not seen any more. Windows refuses the chain (0xC03A0017).",
        remedy: "Check whether the parent was resized after the child was made, and bring it back to its old size on a copy.",
        spec: "VHD 1.0 specification, differencing hard disk images";
    PARENT_NOT_VHD: Error Chain "vhd.chain.parent-not-vhd" [82] "What is named as the parent is no VHD",
        what: "A file of the expected name is there, but it has no footer.",
        why: "The parent was replaced, converted or cut off. Nothing of it can be read under this child.",
        remedy: "Look for the original parent, or inspect that file on its own to see what became of it.",
        spec: "VHD 1.0 specification, differencing hard disk images";
    PARENT_UNVERIFIED: Info Chain "vhd.chain.parent-unverified" [90] "Nothing shows whether this is the parent",
        what: "A file of the expected name is there, but the child does not record the identity of its parent.",
        why: "A wrong parent would show wrong data, so it was not taken.",
        remedy: "Make sure by other means that it is the right one.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    PARENT_TIME: Info Chain "vhd.chain.parent-time" [83] "The parent's file has another time than the child recorded",
        what: "The child records when the file of its parent was last changed; that file has another time now.",
        why: "A copy or a download changes the time and nothing else: then all is well. If the parent was written to, the child is damaged. Windows refuses the chain until the link is set anew (0xC03A000F).",
        remedy: "If the files were copied, set the time back or reconnect the parent (Set-VHD -ParentPath, or Inspect Disk in Hyper-V). If the parent may have been used on its own, go back to a copy from before that.",
        spec: "VHD 1.0 specification, parent time stamp; blktap and VirtualBox record the time of the file";
    PARENT_NEWER: Warning Chain "vhd.chain.parent-newer" [84] "The parent is younger than its child",
        what: "The time in the footer of the parent is later than the one in the footer of the child.",
        why: "The parent was made anew or rewritten after the child branched off. What the child does not hold itself may not be what its guest wrote.",
        remedy: "Find out what was done to the parent after that time. If a copy of the parent from before is there, use that.",
        spec: "VHD 1.0 specification, time stamp";
    SELF_PARENT: Error Chain "vhd.chain.self-parent" [87] "The image names itself as its parent",
        what: "Parent identity and own identity are equal.",
        why: "No chain can be built.",
        remedy: "Check the header against its checksum; the identity may have been copied by a clone.",
        spec: "VHD 1.0 specification, dynamic disk header format";
    CHAIN_LOOP: Error Chain "vhd.chain.loop" [86] "The chain leads back to itself",
        what: "An image is among its own ancestors.",
        why: "No disk can be put together. Windows says 0xC03A0018.",
        remedy: "Find out which link was edited.",
        spec: "VHD 1.0 specification, differencing hard disk images";
    CHAIN_LONG: Warning Chain "vhd.chain.long" [88] "The chain is longer than usual",
        what: "There are more than 30 images in the chain.",
        why: "XenServer allows about 30. Every read may have to go down through all of them, so the disk is slow.",
        remedy: "Merge checkpoints that are no longer needed.",
        spec: "the limit of XenServer";
    CHAIN_DEEP: Error Chain "vhd.chain.too-deep" [88] "The chain is too long",
        what: "There are more images in the chain than are followed here.",
        why: "What lies below is not in this report.",
        remedy: "Merge the chain.",
        spec: "a limit of this tool";
    TEMPORARY_LAYER: Info Chain "vhd.chain.temporary-layer" [89] "The image is a layer that a product made for a while",
        what: "By its name it is an undo disk or a checkpoint.",
        why: "It holds only what was written since; its product expects to merge it or to throw it away. Changing its parent meanwhile makes it worthless.",
        remedy: "Merge or discard it with the product that made it, or copy the whole chain.",
        spec: "names that Virtual PC, Virtual Server and Hyper-V give";
    PARENT_ID_NULL: Warning Chain "vhd.chain.parent-id-null" [90] "The parent's identity is not recorded",
        what: "The parent identity of a differencing image is all zero.",
        why: "Nothing shows whether the parent is the right one.",
        remedy: "Make sure by other means.",
        spec: "VHD 1.0 specification, dynamic disk header format";
}

/// Checks without a finding of their own, each with its reason.
pub static NOT_CHECKED: &[(u16, &str)] = &[
    (91, "whether an image can be uploaded to Azure is a rule of import, not of the format"),
    (94, "how the host stores a file (sparse, compressed, encrypted) is not seen from its bytes"),
    (95, "a disk without a partition table is described by the partitions, whatever image it is in"),
    (
        96,
        "partitions beyond the end of the disk are a finding on the partition table, whatever image it is in",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_findings_or_a_reason() {
        crate::finding::coverage::assert_covered("src/image/vhd/CHECKS.md", "VHD", 96, RULES, NOT_CHECKED);
    }
}
