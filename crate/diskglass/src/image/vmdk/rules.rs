//! What can be wrong with a VMDK.

crate::rules! {
    UNFINISHED: Error Image "vmdk.header.unfinished" [2] "The image was never finished",
        what: "The magic number is `kdmv` in lower case. VMware's open-source writer stores it so until everything else is written.",
        why: "The writer was interrupted. Tables may be missing or incomplete, and no product opens the file.",
        remedy: "Make the image again from its source. If there is none, change the first four bytes of a copy to `KDMV` and see what is readable.",
        spec: "open-vmdk, vmdk/sparse.c";
    SIZE_UNALIGNED: Warning Image "vmdk.header.file-size" [4] "The file does not end at a sector",
        what: "The size of the file is no multiple of 512 bytes, though everything in a sparse extent is.",
        why: "The copy is probably cut off, or something was added to it.",
        remedy: "Compare the size and a checksum with the original, and copy it again.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    VERSION_ZERO: Warning Image "vmdk.header.version-zero" [41] "Header version is 0",
        what: "The version field is 0; versions begin with 1.",
        why: "qemu opens such a file, VMware and VirtualBox refuse it.",
        remedy: "Find out what wrote the image. If all else is sound, convert it with qemu-img into a new image.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    VERSION: Error Image "vmdk.header.version" [41] "Unknown header version",
        what: "The version field is larger than 3, the highest version known.",
        why: "qemu, VMware and VirtualBox refuse the file. Fields may mean something else than is shown here.",
        remedy: "Check whether the header was overwritten. If the image is of a newer kind, use the product that wrote it to convert it.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"; qemu block/vmdk.c";
    VERSION_FLAGS: Warning Image "vmdk.header.version-flags" [42] "Version and features contradict each other",
        what: "Zeroed grains need version 2, and version 3 is for compressed streams; this header combines them in another way.",
        why: "Readers that go by the version ignore the feature or refuse the file; qemu opens an uncompressed version 3 for reading only.",
        remedy: "Convert the image with the product that reads it properly (qemu-img convert, or VMware's virtual disk manager).",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"; qemu block/vmdk.c";
    VERSION_UNNEEDED: Info Image "vmdk.header.version-2" [42] "Version 2 without its feature",
        what: "The version is 2, which is for zeroed grains, and the flags do not announce any.",
        why: "Readers that know only version 1 and 3, such as VirtualBox, refuse the file without need.",
        remedy: "Nothing needs to be done where it opens. Otherwise convert it.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    FLAGS_INCOMPATIBLE: Error Image "vmdk.header.incompatible-flags" [43] "Unknown features that a reader must not ignore",
        what: "Bits in the upper half of the flags are set that no document describes.",
        why: "By the rules of the format a reader that does not know them must refuse the file: the data may be laid out in another way.",
        remedy: "Use the product that wrote the image. If the header was damaged, compare it with that of a similar image.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    FLAGS_UNKNOWN: Info Image "vmdk.header.unknown-flags" [44] "Unknown features that may be ignored",
        what: "Bits in the lower half of the flags are set that no document describes.",
        why: "By the rules of the format they do not change how the data is read.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    MARKERS: Error Image "vmdk.header.markers" [45] "Markers without compression",
        what: "The flags say that markers stand in front of the grains, but not that grains are compressed.",
        why: "The two belong together. VMware's writer refuses this; other readers take the markers for data or the data for markers.",
        remedy: "Compare the flags with those of a similar image: 3 is usual for plain images, 0x30001 for streams.",
        spec: "open-vmdk, vmdk/sparse.c";
    NEWLINE: Error Image "vmdk.header.newline" [46] "The file was altered by a transfer in text mode",
        what: "Four bytes of the header are line ends of both kinds. They are no longer what they were, as happens when a program converts line ends.",
        why: "Every such byte in the whole file was changed, added or removed. VMware and VirtualBox refuse the file; qemu does not look and reads damaged data.",
        remedy: "The damage cannot be undone. Transfer the file again, in binary mode.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": singleEndLineChar and the next three fields";
    NEWLINE_UNMARKED: Info Image "vmdk.header.newline-unmarked" [47] "Line-end test bytes are not in use",
        what: "The flags do not promise the four test bytes, and they are not there.",
        why: "A transfer in text mode could not be noticed. Some old writers leave them out.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    UNCLEAN: Warning Image "vmdk.header.unclean" [48, 115] "The image was not closed",
        what: "The mark that is set while an image is open for writing is still set.",
        why: "Either a machine uses it right now, or the machine or its host crashed. The last writes may be incomplete. VMware checks such an image when it opens it.",
        remedy: "Make sure that nothing uses the disk. After a crash let VMware open it once, or run vmware-vdiskmanager -R on a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": uncleanShutdown";
    UNCLEAN_VALUE: Error Image "vmdk.header.unclean-value" [48, 115] "The mark of a clean close has an impossible value",
        what: "The byte is neither 0 nor 1.",
        why: "Nothing writes that: the header was damaged or altered.",
        remedy: "Compare the header with that of a similar image. Work on a copy from here on.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": uncleanShutdown";
    COMPRESS_FLAG: Warning Image "vmdk.header.compress-flag" [49] "Flags and algorithm disagree on compression",
        what: "One field says that grains are compressed, the other that they are not.",
        why: "qemu looks only at the algorithm, other readers only at the flags: they see different disks.",
        remedy: "Look at the first grain: compressed data begins with a marker and the bytes 78. Correct the field that is wrong in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"; qemu block/vmdk.c";
    COMPRESS_ALGORITHM: Error Image "vmdk.header.compress-algorithm" [49] "Unknown compression",
        what: "The algorithm is neither 0 (none) nor 1 (deflate).",
        why: "No reader can read the grains.",
        remedy: "Compare the header with that of a similar image: the field is probably damaged.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": compressAlgorithm";
    PADDING: Warning Image "vmdk.header.padding" [50] "The rest of the header is not empty",
        what: "Bytes 79 to 511 of the header ought to be zero.",
        why: "Products ignore them. Something was left or hidden there, or the header was overwritten in part.",
        remedy: "Look at the bytes. Nothing needs to be done where the image works.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    GRAIN_SIZE: Error Image "vmdk.header.grain-size" [51, 52] "Impossible grain size",
        what: "A grain must have a power of two of sectors, at least 8 and at most 1 GiB in all.",
        why: "Without it nothing in the tables can be placed. VirtualBox and VMware refuse the file.",
        remedy: "The field is damaged. Nearly every image has 128 sectors; try that in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": grainSize; VirtualBox VMDK.cpp";
    GRAIN_SIZE_UNUSUAL: Info Image "vmdk.header.grain-size-unusual" [53] "Unusual grain size",
        what: "A grain has another size than 128 sectors (64 KiB), which nearly all products write.",
        why: "It is legal. Some small readers assume 64 KiB.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": grainSize";
    TABLE_ENTRIES: Error Image "vmdk.header.table-entries" [54] "Impossible size of grain tables",
        what: "A grain table must have at least one entry, and more than 65536 make no sense.",
        why: "Without it nothing in the tables can be placed.",
        remedy: "The field is damaged. Every product writes 512; try that in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": numGTEsPerGT";
    TABLE_ENTRIES_UNUSUAL: Warning Image "vmdk.header.table-entries-unusual" [55] "Unusual size of grain tables",
        what: "A grain table has another number of entries than 512.",
        why: "The specification demands 512. qemu refuses more, VirtualBox refuses less than 128 and what is no power of two.",
        remedy: "Convert the image with a tool that reads it, or correct the field in a copy where it is damaged.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": numGTEsPerGT; qemu block/vmdk.c; VirtualBox VMDK.cpp";
    CAPACITY_ZERO: Error Image "vmdk.header.capacity-zero" [56] "The header says that the disk is empty",
        what: "The capacity is 0 sectors.",
        why: "With an embedded descriptor beside it this is a trap: qemu then follows the text to any file that it names, while the file looks like a plain image.",
        remedy: "Do not open such a file with qemu unless it comes from a place you trust. If it is your own image, the header is damaged.",
        spec: "qemu block/vmdk.c; CVE-2022-47951";
    CAPACITY_HUGE: Error Image "vmdk.header.capacity-huge" [58] "Impossible capacity",
        what: "The capacity is larger than any disk, or needs a directory that is larger than the whole file.",
        why: "A reader that believes it runs out of memory. VMware refuses the file.",
        remedy: "The header is damaged or made to harm. Compare the capacity with the extent line of the descriptor.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": capacity";
    CAPACITY_UNALIGNED: Info Image "vmdk.header.capacity-unaligned" [57] "The capacity is no multiple of a grain",
        what: "The last grain stands for less than a whole grain of the disk.",
        why: "The specification asks for whole grains, and qemu and others write disks of any size. Readers cope.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": capacity";
    DESCRIPTOR_RANGE: Error Image "vmdk.header.descriptor-range" [59] "The embedded descriptor is not in the file",
        what: "The header gives it no room, or a place past the end of the file.",
        why: "Identity, parent and layout of the disk are lost. qemu and VMware refuse the file.",
        remedy: "If the file is cut off, copy it again. Otherwise correct the fields in a copy: products use sector 1 and 20 sectors.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": descriptorOffset, descriptorSize";
    DESCRIPTOR_PLACE: Warning Image "vmdk.header.descriptor-place" [60] "The embedded descriptor is at an unusual place",
        what: "The header places it elsewhere than at sector 1.",
        why: "qemu reads identity and parent from sector 1 whatever the header says: tools may see two different descriptors.",
        remedy: "Convert the image with the product that wrote it. Be careful where the file comes from a stranger.",
        spec: "qemu block/vmdk.c";
    DESCRIPTOR_SIZE: Warning Image "vmdk.header.descriptor-size" [61] "Unusually much room for the descriptor",
        what: "More than the usual 20 sectors are reserved for it.",
        why: "Products read only a part: qemu takes identity and parent from the first 10240 bytes.",
        remedy: "Nothing needs to be done where the image works.",
        spec: "qemu block/vmdk.c";
    DESCRIPTOR_HUGE: Error Image "vmdk.header.descriptor-huge" [61] "Impossibly much room for the descriptor",
        what: "More than 20480 sectors (10 MiB) are reserved for a text of a few lines.",
        why: "VirtualBox refuses the file. The header is damaged or made to harm.",
        remedy: "Correct the field in a copy: products reserve 20 sectors.",
        spec: "VirtualBox VMDK.cpp";
    DESCRIPTOR_OVERLAP: Error Image "vmdk.header.descriptor-overlap" [62] "The descriptor lies on other metadata",
        what: "The room for the descriptor overlaps the header, a grain directory or a grain table.",
        why: "Writing one destroys the other; a product that updates the descriptor damages the tables.",
        remedy: "Do not open the image for writing. Convert it into a new one (qemu-img convert) and compare.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    GD_AT_END_PLAIN: Error Image "vmdk.header.directory-at-end" [65] "A plain image says that its directory is at the end",
        what: "The place of the grain directory is all ones, which only compressed streams may say.",
        why: "Without a stream's footer nothing tells where the directory is; the grains cannot be placed. VirtualBox refuses the file.",
        remedy: "Compare the header with that of a similar image. If there is a redundant directory, its place can be used in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    RGD_IGNORED: Info Image "vmdk.header.redundant-ignored" [67] "A redundant directory that does not count",
        what: "The header gives a place for it, and the flags say that there is none.",
        why: "Readers must ignore the place. It may be a rest of an earlier state.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": flags, rgdOffset";
    OVERHEAD: Warning Image "vmdk.header.overhead" [69] "Metadata reaches past the place where grains begin",
        what: "The header says that grains begin before the last grain table ends.",
        why: "A product that allocates the first grain there overwrites tables.",
        remedy: "Do not open the image for writing before it was converted into a new one.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": overHead";
    OVERHEAD_PAST_END: Error Image "vmdk.header.overhead-past-end" [69] "The file ends inside its metadata",
        what: "The header says that grains begin past the end of the file.",
        why: "The file is cut off before the first grain. qemu says that the file is truncated.",
        remedy: "Copy the file again from its source.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": overHead; qemu block/vmdk.c";
    OVERHEAD_UNALIGNED: Info Image "vmdk.header.overhead-unaligned" [70] "Grains begin at an odd place",
        what: "The metadata in front of the grains takes no whole number of grains.",
        why: "It is legal; every access of the guest then crosses boundaries of the host's storage.",
        remedy: "Nothing needs to be done; converting the image aligns it.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": overHead";
    LAYOUT_UNUSUAL: Info Image "vmdk.header.layout" [71] "Metadata lies in an unusual order",
        what: "The directories are not where VMware, VirtualBox and qemu put them: descriptor, redundant directory and its tables, directory and its tables.",
        why: "It is legal. It tells that another program wrote or rearranged the image.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    DIRECTORY_OUTSIDE: Error Image "vmdk.grain-directory.out-of-file" [64, 112] "The grain directory is not in the file",
        what: "The header gives no place for it, or one past the end of the file.",
        why: "Without it the grains cannot be placed. qemu and VirtualBox refuse the file; the redundant directory, where there is one, leads to the same grains.",
        remedy: "If the file is cut off, copy it again. Otherwise let VMware repair a copy (vmware-vdiskmanager -R), which uses the redundant directory.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": gdOffset";
    COPY_OUTSIDE: Warning Image "vmdk.grain-directory.copy-out-of-file" [66] "The redundant grain directory is not in the file",
        what: "The flags promise it, and its place is none or past the end of the file.",
        why: "The spare copy of the tables is lost; damage of the first one could not be repaired.",
        remedy: "Convert the image into a new one, which has both again.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": rgdOffset";
    COPY_OVERLAPS: Error Image "vmdk.grain-directory.copy-overlaps" [68] "Both grain directories lie at one place",
        what: "The two directories overlap or are the same.",
        why: "There is no redundancy, and a product that updates one destroys the other. VirtualBox refuses the file.",
        remedy: "Convert the image into a new one. Do not write to this one.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": gdOffset, rgdOffset";
    GDE_PAST_END: Error Image "vmdk.grain-directory.entry-past-end" [72, 116] "A grain table lies past the end of the file",
        what: "An entry of the grain directory leads to a place where no whole grain table fits into the file.",
        why: "32 MiB of the disk per entry cannot be placed. qemu reads them as zeros and says nothing.",
        remedy: "If the file is cut off, copy it again. Otherwise let VMware repair a copy (vmware-vdiskmanager -R, or vmkfstools -x repair), which uses the redundant tables.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Directory\"";
    COPY_GDE_PAST_END: Warning Image "vmdk.grain-directory.copy-entry-past-end" [78] "A redundant grain table lies past the end of the file",
        what: "An entry of the redundant directory leads to a place where no whole grain table fits into the file.",
        why: "The spare copy of that table is lost. The disk itself is readable.",
        remedy: "Convert the image into a new one, which has both copies again.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Redundancy\"";
    GDE_OVERLAP: Error Image "vmdk.grain-directory.entry-overlap" [73, 117, 126] "Grain tables overlap",
        what: "Two entries lead to one grain table, or a table overlaps another one, the header, the descriptor or a directory.",
        why: "Different parts of the disk are placed by the same entries: at least one of them is wrong, and writing to one changes the other.",
        remedy: "Do not write to the image. Compare with the redundant tables or with a backup.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Directory\"";
    GDE_ZERO: Warning Image "vmdk.grain-directory.entry-zero" [74] "A grain table is missing",
        what: "An entry of the grain directory is 0 in an image that is no stream. Products make all grain tables when they make the image.",
        why: "Readers take the range as empty. VMware cannot use images with missing tables.",
        remedy: "If the range ought to hold data, compare with the redundant directory. Otherwise convert the image into a new one.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"; VirtualBox VMDK.cpp";
    COPY_PRESENCE: Error Image "vmdk.grain-directory.copy-presence" [75] "A grain table is in one directory only",
        what: "One directory has a grain table for this range, the other says that there is none.",
        why: "One of the two is wrong: either 32 MiB of data vanish, or there is no spare copy of them. VirtualBox refuses the file.",
        remedy: "Compare the data of both readings. Let VMware repair a copy (vmware-vdiskmanager -R).",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Redundancy\"; VirtualBox VMDK.cpp";
    COPY_SAME_TABLE: Error Image "vmdk.grain-directory.same-table" [76] "Both directories lead to one grain table",
        what: "The two directories ought to lead to tables of their own; here both lead to the same one.",
        why: "There is no spare copy of this table. VirtualBox refuses the file.",
        remedy: "Convert the image into a new one.",
        spec: "VirtualBox VMDK.cpp";
    DIRECTORY_TAIL: Info Image "vmdk.grain-directory.tail" [79] "Bytes after the last entry of a grain directory",
        what: "The rest of the directory's last sector is not zero.",
        why: "Products ignore it. VMware's exports have an entry more there than the disk needs; otherwise it is a rest of a larger disk, or something is hidden.",
        remedy: "Look at the bytes. Nothing needs to be done where the capacity is right.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Directory\"";
    NOT_EXAMINED: Info Image "vmdk.grain-table.not-examined" [] "Not all tables were examined",
        what: "The image has more grain tables than this program reads, or is larger than it compares.",
        why: "What is said of the tables holds for the part that was read.",
        remedy: "Nothing needs to be done. If the image ought to be small, its header is damaged.",
        spec: "none: a limit of this program";
    ENTRY_PAST_END: Error Image "vmdk.grain-table.entry-past-end" [81, 116, 128] "Grains lie past the end of the file",
        what: "Entries of grain tables lead to places that the file does not reach.",
        why: "The data of these grains is not in the file. qemu reads them as zeros or fails; VMware refuses to start the machine.",
        remedy: "The file is probably cut off: copy it again and compare the sizes. Grains are appended as they are written, so the newest data is missing.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    ENTRY_CUT_OFF: Error Image "vmdk.grain-table.entry-cut-off" [82, 116, 128] "The file ends inside a grain",
        what: "The grain begins before the end of the file and ought to end after it.",
        why: "The rest of its data is not in the file.",
        remedy: "The file is cut off: copy it again and compare the sizes.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    ENTRY_IN_METADATA: Error Image "vmdk.grain-table.entry-in-metadata" [83, 117] "Grains lie on the image's own metadata",
        what: "Entries of grain tables lead to the header, the descriptor, a directory or a table.",
        why: "The guest would read metadata as its data, and writing there would destroy the image.",
        remedy: "Do not open the image for writing. Compare with the redundant tables, and let VMware repair a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    ENTRY_DUPLICATE: Error Image "vmdk.grain-table.entry-duplicate" [84, 117, 129] "Grains share one place in the file",
        what: "Two entries lead to the same place, or to places that overlap.",
        why: "At least one of these parts of the disk holds the data of another one. Writing to one changes both.",
        remedy: "Do not write to the image. Check the file systems inside a copy, and restore the affected files from a backup.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    ENTRY_MISALIGNED: Warning Image "vmdk.grain-table.entry-misaligned" [85] "Grains are not where grains begin",
        what: "Entries lead to sectors that are no multiple of the grain size.",
        why: "Products place grains one after the other. Such entries are damaged, or another program wrote them.",
        remedy: "Compare with the redundant tables. Convert the image into a new one where the data is sound.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    ENTRY_PAST_CAPACITY: Error Image "vmdk.grain-table.entry-past-capacity" [80, 131] "Grains past the end of the disk",
        what: "The last grain table has entries for grains after the end of the disk.",
        why: "Nothing can read them. The capacity in the header is too small, or the table is damaged.",
        remedy: "Compare the capacity with the extent line and with the partition table on the disk.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    ENTRY_ONE: Error Image "vmdk.grain-table.entry-one" [86, 117] "Grains are marked as zero where that is not allowed",
        what: "Entries are 1, which means zeros only when the flags say so. They are read as zeros here.",
        why: "Tools disagree: qemu takes it for sector 1 and gives the guest the text of the descriptor; others give zeros or the parent's data.",
        remedy: "If the image is to be zero there, set the flag (4) and version 2 in a copy, or convert it with a tool that reads zeros.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": flags; qemu block/vmdk.c";
    COPY_DIFFERS: Error Image "vmdk.grain-table.copy-differs" [77] "Grain tables and their redundant copies differ",
        what: "The two copies of a table ought to have the same entries.",
        why: "An update was interrupted, or one copy is damaged. The first tables count; VirtualBox refuses the file.",
        remedy: "See which copy leads to sensible places. Let VMware repair a copy of the image (vmware-vdiskmanager -R), or convert it (qemu-img uses the first tables).",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Redundancy\"; VirtualBox VMDK.cpp";
    ZERO_WITHOUT_PARENT: Info Image "vmdk.grain-table.zero-without-parent" [87] "Grains are marked as zero in a disk without a parent",
        what: "Entries are 1, which means zeros. Without a parent 0 would mean the same.",
        why: "It is legal, and happens when a guest or a tool cleared these places.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    UNREFERENCED: Info Image "vmdk.grain-table.unreferenced" [89, 90] "Space in the file that no entry leads to",
        what: "Behind the metadata there is room that could hold grains and belongs to none.",
        why: "It is wasted space: left by an interrupted write, by grains that were marked as zero, or by an entry that was lost. Old data may still be in it.",
        remedy: "Nothing needs to be done. Converting the image gives a smaller one; to look for lost data, search this space in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\"";
    TABLE_RECOVERED: Info Image "vmdk.grain-table.recovered" [] "Damaged grain tables have good copies",
        what: "A grain table or the entry that leads to it is damaged, and the redundant copy is not. The disk is read through the copy here.",
        why: "Nothing is lost yet. Products that read the first tables only, such as qemu, show zeros or fail; VMware repairs the first tables from the copies.",
        remedy: "Let VMware repair a copy of the image (vmware-vdiskmanager -R, or vmkfstools -x repair) before anything writes to it.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Redundancy\"";
    COWD_VERSION: Error Image "vmdk.cowd-header.version" [108] "Unknown version of an ESX sparse extent",
        what: "The version field is not 1, the only version there is.",
        why: "ESX refuses the file; qemu does not look. Fields may mean something else than is shown here.",
        remedy: "Check whether the header was overwritten, and compare it with that of another link of the machine.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\"";
    COWD_FLAGS: Warning Image "vmdk.cowd-header.flags" [109] "Unusual flags of an ESX sparse extent",
        what: "The flags are 3 in all extents that VMware writes.",
        why: "The header was damaged, or another program wrote it.",
        remedy: "Compare the header with that of another link of the machine.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\"";
    COWD_GRAIN_SIZE: Error Image "vmdk.cowd-header.grain-size" [110] "Impossible grain size of an ESX sparse extent",
        what: "A grain must have a power of two of sectors, at most 2048 (1 MiB).",
        why: "Without it nothing in the tables can be placed.",
        remedy: "The field is damaged. Nearly every link has grains of one sector; try that in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\": granularity";
    COWD_GRAIN_SIZE_UNUSUAL: Info Image "vmdk.cowd-header.grain-size-unusual" [111] "Unusual grain size of an ESX sparse extent",
        what: "A grain has more than one sector.",
        why: "It is legal. Some readers, such as Xen Orchestra's import, take one sector for granted.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\": granularity";
    COWD_DIRECTORY_PLACE: Warning Image "vmdk.cowd-header.directory-place" [112] "The grain directory is at an unusual place",
        what: "The directory of an ESX sparse extent follows the header, at sector 4.",
        why: "The header was damaged, or another program wrote it. Readers that go by the place itself read something else.",
        remedy: "Look whether a directory is at sector 4: sector numbers that grow, mostly in steps of 32 and more.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\"";
    COWD_DIRECTORY_COUNT: Error Image "vmdk.cowd-header.directory-count" [113] "The grain directory has the wrong length",
        what: "The number of its entries is not the one that the size of the disk needs.",
        why: "qemu goes by the number, others by the size: they see disks of different length, or data behind the directory as entries.",
        remedy: "Compare the size with that of the parent. The field that contradicts it is damaged; correct it in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\": numGDEntries; qemu block/vmdk.c";
    COWD_FREE_SECTOR: Warning Image "vmdk.cowd-header.free-sector" [114] "The next free sector is in use",
        what: "The header says that space is free where tables or grains lie.",
        why: "The next write of the guest would overwrite them. The link was probably not closed cleanly.",
        remedy: "Do not start the machine with this link. Let ESX check a copy (vmkfstools -x check), or correct the field in a copy to the end of the file.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\": freeSector";
    COWD_FREE_PAST_END: Error Image "vmdk.cowd-header.free-sector-past-end" [114] "The file ends before its next free sector",
        what: "By the header more of the file is in use than there is.",
        why: "The file is cut off: what was written last is missing.",
        remedy: "Copy the file again from its source and compare the sizes.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\": freeSector";
    COWD_PARENT_NAME: Info Image "vmdk.cowd-header.parent-name" [118] "Header and descriptor name different parents",
        what: "The header of an old ESX sparse extent has the name of the parent's file, and it is not the one in the descriptor.",
        why: "Products of today go by the descriptor. The parent was probably renamed or moved.",
        remedy: "Nothing needs to be done where the chain is right.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\": parentFileName";
    SE_VOLATILE_MAGIC: Error Image "vmdk.sesparse-volatile-header.magic" [119] "The volatile header is not there",
        what: "Where the header says that the volatile header is, there is none.",
        why: "It tells whether the journal must be replayed. ESX and qemu refuse the file.",
        remedy: "If the file is cut off, copy it again. Otherwise let ESX check a copy (vmkfstools -x check).",
        spec: "qemu block/vmdk.c: SESPARSE_VOLATILE_HEADER_MAGIC";
    SE_VERSION: Error Image "vmdk.sesparse-header.version" [120] "Unknown version of a space-efficient sparse extent",
        what: "The version is not 2.1, the only version known.",
        why: "qemu refuses the file. Fields may mean something else than is shown here.",
        remedy: "Check whether the header was overwritten. If the link is of a newer kind, let the product that wrote it merge it.",
        spec: "qemu block/vmdk.c: check_se_sparse_const_header";
    SE_FIXED: Error Image "vmdk.sesparse-header.fixed-field" [121] "A field that never changes has another value",
        what: "Grains have 8 sectors and grain tables 64, and the flags, the reserved fields and the padding are zero in all extents that are known.",
        why: "qemu refuses the file. With other sizes the tables cannot be read.",
        remedy: "The header was damaged, or the link is of a kind that is not known. Let ESX check a copy (vmkfstools -x check).",
        spec: "qemu block/vmdk.c: check_se_sparse_const_header";
    SE_DIRTY: Error Image "vmdk.sesparse-volatile-header.journal" [122] "The journal must be replayed",
        what: "The journal holds changes of the tables that have not reached their place: the link is in use, or the host crashed.",
        why: "The tables are those of before these changes: what the guest wrote last may be missing. qemu refuses the file. The layout of the journal is not public, so that nobody but ESX can replay it.",
        remedy: "Make sure that nothing uses the disk. After a crash let ESX open the disk once, then copy it again.",
        spec: "qemu block/vmdk.c: check_se_sparse_volatile_header";
    SE_AREA_OUTSIDE: Error Image "vmdk.sesparse-header.area-past-end" [123] "An area of the extent is not in the file",
        what: "The header gives an area a place that the file does not reach.",
        why: "The file is cut off, or the header is damaged. What is in that area is lost.",
        remedy: "Copy the file again from its source and compare the sizes.",
        spec: "qemu block/vmdk.c: VMDKSESparseConstHeader";
    SE_GRAINS_SHORT: Warning Image "vmdk.sesparse-header.grains-short" [123] "The file ends before the area of the grains does",
        what: "The area of the grains is larger than the rest of the file.",
        why: "Nothing is lost as long as no grain lies there, which the tables tell. A file may have been copied without its empty end.",
        remedy: "Look at the findings about grains. If there are none, nothing is missing.",
        spec: "qemu block/vmdk.c: VMDKSESparseConstHeader";
    SE_AREAS_OVERLAP: Error Image "vmdk.sesparse-header.areas-overlap" [123] "Areas of the extent overlap",
        what: "By the header one area begins before another one ends.",
        why: "One of the two is at a wrong place: what is read from it is something else.",
        remedy: "Do not write to the link. Compare its header with that of another link of the machine.",
        spec: "qemu block/vmdk.c: VMDKSESparseConstHeader";
    SE_DIRECTORY_SMALL: Error Image "vmdk.sesparse-header.directory-small" [124] "The grain directory is too small for the disk",
        what: "It has room for fewer entries than the capacity needs.",
        why: "The end of the disk cannot be placed. The capacity or the size of the directory is damaged.",
        remedy: "Compare the capacity with that of the parent, and correct the wrong field in a copy.",
        spec: "qemu block/vmdk.c: vmdk_open_se_sparse";
    SE_DIRECTORY_ENTRY: Error Image "vmdk.sesparse.directory-entry" [125] "An entry of the grain directory leads to no grain table",
        what: "An entry is not made as those that lead to a table, or names a table that there is no room for.",
        why: "16 MiB of the disk per entry cannot be placed. qemu fails at the first read there.",
        remedy: "Let ESX check a copy (vmkfstools -x check). There are no redundant tables in such a link.",
        spec: "qemu block/vmdk.c: get_cluster_offset";
    SE_ENTRY_TYPE: Error Image "vmdk.sesparse.entry-type" [127] "Entries of grain tables are of an unknown kind",
        what: "The first digit of an entry is none of 0, 1, 2 and 3, or it is 0 and the rest is not.",
        why: "Where the data of these grains is cannot be told. qemu fails at the first read there.",
        remedy: "Let ESX check a copy (vmkfstools -x check).",
        spec: "qemu block/vmdk.c: get_cluster_offset";
    SE_ENTRY_BITS: Info Image "vmdk.sesparse.entry-bits" [127] "Entries for zeros have more bits than they need",
        what: "The entry says that the grain is zero, and the rest of it is not empty.",
        why: "Readers ignore these bits. They may be what is left of the grain that was here.",
        remedy: "Nothing needs to be done.",
        spec: "qemu block/vmdk.c: get_cluster_offset";
    SE_FREE_TABLE: Warning Image "vmdk.sesparse-volatile-header.free-table" [130] "The next free grain table is in use",
        what: "The volatile header says that a grain table is free that an entry of the directory leads to.",
        why: "The next write of the guest may take the table for another part of the disk. The link was probably not closed cleanly.",
        remedy: "Do not start the machine with this link. Let ESX check a copy (vmkfstools -x check).",
        spec: "qemu block/vmdk.c: VMDKSESparseVolatileHeader";
    STREAM_CREATE_TYPE: Warning Image "vmdk.stream.create-type" [107] "Descriptor and header disagree on whether this is a stream",
        what: "A compressed extent has the createType streamOptimized, and no other has it.",
        why: "Products that go by the text choose the wrong reader.",
        remedy: "Convert the image with a tool that opens it, into the type that is wanted.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"; the descriptor's createType";
    ZERO_GRAINS: Info Image "vmdk.grain-table.zero-grains" [88] "Grains hold nothing but zeros",
        what: "Space in the file is taken by grains whose bytes are all zero.",
        why: "They cost space and time to copy, and no data would be lost without them.",
        remedy: "Nothing needs to be done. Converting the image, or shrinking it with the product that made it, gives a smaller one.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\", \"Grain Table\"";
    DESCRIPTOR_EMPTY: Error Image "vmdk.descriptor.empty" [63] "The descriptor is empty",
        what: "The header has a place for a descriptor, and there is no text.",
        why: "The identity of the disk, and whether it has a parent, are lost. The grains can still be read. qemu and VMware refuse the file.",
        remedy: "Write a new descriptor of the same kind into a copy, with the capacity from the header, or convert with a tool that needs none.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Hosted Sparse Extents\": descriptorOffset";
    DESCRIPTOR_ABSENT: Info Image "vmdk.descriptor.absent" [63] "A part of a disk without its descriptor",
        what: "The extent has no descriptor of its own: it is one of several parts of a disk.",
        why: "Only this part can be shown; sizes and places are counted from its start.",
        remedy: "Give the descriptor (the small file without a number in its name) and all other parts with it.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"";
    FIRST_LINE: Warning Image "vmdk.descriptor.first-line" [5] "The first line is not the one that products look for",
        what: "A descriptor begins with the line `# Disk DescriptorFile`.",
        why: "VirtualBox refuses the file. qemu goes by the version line instead.",
        remedy: "Put the line in front, in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"; VirtualBox VMDK.cpp";
    BOM: Info Image "vmdk.descriptor.byte-order-mark" [6] "A byte order mark stands in front of the text",
        what: "The text begins with bytes that an editor added to mark its encoding.",
        why: "qemu does not recognise the descriptor and opens the text itself as a raw disk.",
        remedy: "Save it as UTF-8 without a byte order mark.",
        spec: "qemu block/vmdk.c";
    VERSION_MISSING: Error Image "vmdk.descriptor.version-missing" [7] "The descriptor has no version",
        what: "There is no line `version=`.",
        why: "qemu goes by this line and opens the file as raw; other products refuse it.",
        remedy: "Add the line version=1 to a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"; qemu block/vmdk.c";
    DESCRIPTOR_VERSION: Warning Image "vmdk.descriptor.version" [8] "Unknown version of the descriptor",
        what: "The version is not 1, 2 or 3.",
        why: "qemu does not recognise the descriptor; VirtualBox accepts only 1.",
        remedy: "If all else looks as usual, set it to 1 in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"";
    VERSION_3: Info Image "vmdk.descriptor.version-3" [8] "Change tracking is on and no file is named",
        what: "Version 3 says that changed blocks are tracked; the line that names the tracking file is missing.",
        why: "VirtualBox accepts only version 1.",
        remedy: "If no backup program needs it, set the version to 1 in a copy.",
        spec: "VDDK Programming Guide, versions of VMDK";
    CID: Error Image "vmdk.descriptor.cid" [9] "The content identity is missing",
        what: "The line CID= is missing, or its value is not 1 to 8 hexadecimal digits.",
        why: "Children cannot be matched with this disk. qemu refuses to open it.",
        remedy: "Set it in a copy: to the parentCID of its child where there is one, else to any number.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": CID; qemu block/vmdk.c";
    PARENT_CID: Error Image "vmdk.descriptor.parent-cid" [10] "The parent's content identity is missing",
        what: "The line parentCID= is missing, or its value is not 1 to 8 hexadecimal digits.",
        why: "It does not tell whether the disk stands on a parent. VMware refuses to open it.",
        remedy: "Set it in a copy: ffffffff where there is no parent, else the parent's CID.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentCID";
    KEY_ORDER: Warning Image "vmdk.descriptor.key-order" [11] "parentCID stands in front of CID",
        what: "qemu looks for the first `CID=` in the text, which here is the end of `parentCID=`.",
        why: "qemu takes the parent's identity for the disk's own, and so finds that children do not match.",
        remedy: "Exchange the two lines in a copy.",
        spec: "qemu block/vmdk.c";
    CREATE_TYPE: Error Image "vmdk.descriptor.create-type" [12] "The descriptor does not say how the disk is laid out",
        what: "The line createType= is missing or empty.",
        why: "No product opens the disk.",
        remedy: "Add it to a copy: monolithicSparse for one sparse file, monolithicFlat for a flat one, twoGbMaxExtentSparse or twoGbMaxExtentFlat for several.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": createType";
    CREATE_TYPE_UNKNOWN: Warning Image "vmdk.descriptor.create-type-unknown" [13] "Unknown layout",
        what: "createType is none of the known words, or is written with other letter case.",
        why: "qemu, VirtualBox and others compare letter by letter and refuse it.",
        remedy: "Correct the word in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": createType";
    DUPLICATE_KEY: Warning Image "vmdk.descriptor.duplicate-key" [14] "A key has two values",
        what: "A header key occurs twice with different values. The first one is used here.",
        why: "Tools differ in which of them they take: they see different disks.",
        remedy: "Find out which value is right and remove the other in a copy.",
        spec: "qemu block/vmdk.c; VirtualBox VMDK.cpp";
    HIDDEN_KEY: Error Image "vmdk.descriptor.hidden-key" [15] "A comment or value contains a key with another value",
        what: "qemu searches the whole text for createType, CID and parentFileNameHint, and finds them inside comments too.",
        why: "qemu and other tools see different disks. No product writes this; it may be an attack.",
        remedy: "Do not use the file where it comes from a stranger. Remove the line from a copy otherwise.",
        spec: "qemu block/vmdk.c";
    UNKNOWN_LINE: Warning Image "vmdk.descriptor.unknown-line" [16] "A line that is no part of a descriptor",
        what: "The line is no comment, no key with a value, and no extent.",
        why: "The text is damaged or was edited. Strict readers refuse it.",
        remedy: "Look at the line, and correct or remove it in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"";
    ORDER: Warning Image "vmdk.descriptor.order" [17] "The parts of the descriptor are in another order",
        what: "Header keys come first, then the extents, then the disk database.",
        why: "VirtualBox insists on this order and refuses the file.",
        remedy: "Put the lines in order in a copy.",
        spec: "VirtualBox VMDK.cpp";
    ENCODING: Warning Image "vmdk.descriptor.encoding" [18] "The text is not in the encoding that it declares",
        what: "The text is in the character set that its line encoding= names, or in UTF-8 where there is none, and some bytes are not.",
        why: "Names of files are read wrongly, and extents or parents are not found.",
        remedy: "Correct or add the encoding= line, or save the text as UTF-8 without that line, in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": encoding";
    BARE_CR: Warning Image "vmdk.descriptor.bare-cr" [19] "A line ends with a carriage return alone",
        what: "Lines end with a line feed, or with both characters.",
        why: "VirtualBox refuses the file; qemu runs the lines together.",
        remedy: "Save the text with usual line ends.",
        spec: "VirtualBox VMDK.cpp";
    NUL: Warning Image "vmdk.descriptor.nul" [20] "Zero bytes stand inside the text",
        what: "Text follows zero bytes in a descriptor that is a file of its own.",
        why: "Tools that stop at the first zero byte do not see the rest. A crash of the host can leave this.",
        remedy: "Compare with a backup, and remove the zero bytes from a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"";
    LONG: Warning Image "vmdk.descriptor.long" [21] "The descriptor is unusually long",
        what: "A descriptor has a few hundred to a few thousand bytes.",
        why: "Something else may be in the file, or be hidden there.",
        remedy: "Look at the text.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"";
    TOO_LONG: Error Image "vmdk.descriptor.too-long" [21] "The descriptor is too long",
        what: "Only the first mebibyte is read, here as in qemu.",
        why: "What follows is ignored by some tools and read by others.",
        remedy: "Look at the text; a sound descriptor has a few kilobytes at most.",
        spec: "qemu block/vmdk.c";
    CUT: Warning Image "vmdk.descriptor.cut" [] "The descriptor has more lines than are read",
        what: "Lines or extents past the limit of this program are left out.",
        why: "What is said of the disk holds for the part that was read. VirtualBox stops at 1100 lines.",
        remedy: "Look at the text; no product writes so many lines.",
        spec: "none: a limit of this program";
    OTHER_NAME: Info Image "vmdk.descriptor.other-name" [38] "The text names another file than its own",
        what: "The embedded descriptor has another file name in its extent line than the file that it is in.",
        why: "That is normal after a file was renamed, and in exports, which are written before they have a name. The file itself counts.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"";
    LONG_CID: Info Image "vmdk.descriptor.long-content-id" [143] "Short and long content identity differ",
        what: "The last 8 digits of ddb.longContentID usually are the CID.",
        why: "The CID was edited, or a converter made the text. Nothing refuses it.",
        remedy: "Nothing needs to be done.",
        spec: "open-vmdk, vmdk/mkdisk.c";
    GEOMETRY: Info Image "vmdk.descriptor.geometry" [144] "The geometry does not fit the disk",
        what: "The cylinders, heads and sectors of the disk database are impossible, or come to more than the disk has.",
        why: "Modern guests do not use it. A BIOS that does may refuse to boot from the disk.",
        remedy: "Nothing needs to be done unless the guest does not boot.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": ddb.geometry";
    UUID: Warning Image "vmdk.descriptor.uuid" [145] "The disk's identity is malformed",
        what: "ddb.uuid is not 16 bytes in hexadecimal.",
        why: "VMware refuses to open the disk or gives it a new identity, which the guest may notice.",
        remedy: "Remove the line from a copy; VMware makes a new one.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": ddb.uuid";
    UUID_TWICE: Warning Image "vmdk.descriptor.uuid-twice" [146] "Another disk in the folder has the same identity",
        what: "The ddb.uuid of two disks is the same, and neither is a link of the other.",
        why: "The disk was cloned by copying its files. A machine that has both shows its guest two disks with one serial number, which multipath and cluster software take for one disk.",
        remedy: "Nothing needs to be done for a mere copy. To use both, remove the line from the copy's descriptor; VMware makes a new identity.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": ddb.uuid";
    ADAPTER: Info Image "vmdk.descriptor.adapter" [147] "Unknown disk controller",
        what: "ddb.adapterType is none of the known words.",
        why: "It is a hint only: the machine's configuration decides.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": ddb.adapterType";
    ENCRYPTED: Info Image "vmdk.descriptor.encrypted" [149] "The disk is encrypted",
        what: "The descriptor names encryption keys or the filter that encrypts.",
        why: "The data in the extents is ciphertext: no partitions or volumes can be seen without the key server.",
        remedy: "Decrypt the machine with the product that encrypted it.",
        spec: "vSphere Virtual Machine Encryption";
    TRACKING_MISSING: Info Image "vmdk.descriptor.change-tracking-missing" [148] "The change tracking file was not given",
        what: "The descriptor names a file that lists changed blocks.",
        why: "The data does not depend on it. ESXi may refuse to start the machine where the file is gone.",
        remedy: "Give the file too if it is to be checked. If it is lost, remove the line and set version=1.",
        spec: "VDDK Programming Guide, \"Changed Block Tracking\"";
    TRACKING_MAGIC: Warning Image "vmdk.descriptor.change-tracking-magic" [148] "The change tracking file is none",
        what: "The file that the descriptor names does not begin as change tracking files do.",
        why: "ESXi may refuse to start the machine, and backups may miss changes.",
        remedy: "Remove the line and set version=1 in a copy; ESXi makes a new file when tracking is switched on.",
        spec: "VDDK Programming Guide, \"Changed Block Tracking\"";
    SIDECAR_MISSING: Info Image "vmdk.descriptor.sidecar-missing" [150] "A filter's file was not given",
        what: "The descriptor names a file of an I/O filter.",
        why: "ESXi does not start the machine where the file is gone.",
        remedy: "Give the file too if it is to be checked.",
        spec: "vSphere APIs for I/O Filtering";
    LOCKED: Info Image "vmdk.descriptor.locked" [152] "The disk seems to be in use",
        what: "Beside the disk there is a lock folder, which VMware makes while a machine runs.",
        why: "If the machine runs, the image changes while it is read, and findings may be untrue a moment later.",
        remedy: "Shut the machine down, or look at a snapshot's parent.",
        spec: "VMware Workstation documentation, lock files";
    ORPHAN: Info Image "vmdk.descriptor.orphan" [153] "A file is named like a part and is not used",
        what: "A given file has the name of an extent of this disk, and no line of the descriptor names it.",
        why: "It may be left over from a snapshot or a conversion, or a line is missing from the descriptor.",
        remedy: "Compare the sizes. Nothing needs to be done where the disk is complete.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\"";
    NO_EXTENT: Error Image "vmdk.extent.none" [22] "The descriptor has no extent",
        what: "No line says where the data is.",
        why: "There is no disk. qemu crashes on such a file.",
        remedy: "Write the extent lines into a copy: access, sectors, type, file name.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_SYNTAX: Error Image "vmdk.extent.syntax" [23] "An extent line is malformed",
        what: "A line begins like an extent line and does not go on like one.",
        why: "Products refuse the descriptor or leave the line out, and then all that follows is at the wrong place.",
        remedy: "Correct the line in a copy: access, sectors, type, file name in quotation marks, offset.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_SIZE: Error Image "vmdk.extent.size" [24] "An extent has an impossible size",
        what: "The line gives 0 sectors, or more than any disk has.",
        why: "What follows it cannot be placed.",
        remedy: "Correct the line in a copy: the size of the file divided by 512 for flat extents, the header's capacity for sparse ones.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_TYPE: Error Image "vmdk.extent.type" [25] "An extent is of an unknown type",
        what: "The type of the line is none of the known words.",
        why: "No product opens the disk.",
        remedy: "Correct the word in a copy: SPARSE, FLAT, ZERO, VMFS, ...",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_TYPE_UNFIT: Warning Image "vmdk.extent.type-unfit" [26] "Extent type and layout do not fit",
        what: "createType promises extents of another type.",
        why: "The descriptor was edited or put together from two. Products that go by createType refuse it.",
        remedy: "Find out what the files are and correct createType or the line in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": createType";
    EXTENT_COUNT: Warning Image "vmdk.extent.count" [27] "Too many extents for this layout",
        what: "createType is one of those with a single extent, and there are several.",
        why: "Some products use the first one only, so that the disk is smaller.",
        remedy: "Correct createType in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": createType";
    FLAT_OFFSET: Error Image "vmdk.extent.flat-without-offset" [28] "A flat extent has no offset",
        what: "A line of type FLAT ends with the sector of the file at which it begins, usually 0.",
        why: "qemu refuses the descriptor.",
        remedy: "Add ` 0` to the line in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"; qemu block/vmdk.c";
    OFFSET_UNEXPECTED: Warning Image "vmdk.extent.offset-unexpected" [28] "An extent has an offset that its type does not have",
        what: "Lines of type SPARSE and VMFS end with the name of the file.",
        why: "qemu refuses the descriptor.",
        remedy: "Remove the number from the line in a copy.",
        spec: "qemu block/vmdk.c";
    EXTENT_MISSING: Info Image "vmdk.extent.missing" [29] "Parts of the disk were not given",
        what: "The descriptor names files that are not among those that were given.",
        why: "These parts of the disk cannot be read or checked.",
        remedy: "Give the files too. They lie beside the descriptor; their names end with -flat, -f001, -s001 and so on.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_AMBIGUOUS: Info Image "vmdk.extent.ambiguous" [29] "Several files could be a part of the disk",
        what: "More than one given file answers to the name on an extent line.",
        why: "None of them was taken, so that nothing wrong is shown.",
        remedy: "Give only the files of one disk, with their folders.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_EXTERNAL: Info Image "vmdk.extent.external" [30, 31, 151] "A part of the disk is a device",
        what: "The descriptor names a physical disk, a mapped LUN, or an object of a storage system.",
        why: "That data is in no file. Nothing outside the given files is ever opened. A descriptor from a stranger could name a device of yours.",
        remedy: "To look at the disk, copy the device into a file on its own machine and give that.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_ELSEWHERE: Info Image "vmdk.extent.elsewhere" [30] "A part of the disk is named by a place elsewhere",
        what: "The name is absolute or leaves the folder of the descriptor. Only given files were looked at, by the last part of the name.",
        why: "Some products write this when a file is elsewhere. In a descriptor from a stranger it can be an attack: qemu opens whatever file is named and shows it to the guest.",
        remedy: "Before you use such a descriptor on a server, make sure that you know why it names that place.",
        spec: "CVE-2022-47951; CVE-2024-40767";
    FLAT_SHORT: Error Image "vmdk.extent.flat-short" [32] "A flat extent is too short",
        what: "The file is shorter than the extent line says.",
        why: "The end of this part of the disk is not there. qemu reads zeros and says nothing; VMware refuses the disk.",
        remedy: "The file is probably cut off: copy it again. Do not enlarge the file before you have a copy of it.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    FLAT_LONG: Info Image "vmdk.extent.flat-long" [33] "A flat extent is longer than the disk",
        what: "The file goes on after the last sector that the extent line uses.",
        why: "The rest is never seen by the guest. An enlargement may have failed half way, or something is hidden there.",
        remedy: "Compare the size with the partition table on the disk.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_OVERLAP: Warning Image "vmdk.extent.overlap" [34] "Two extents use the same part of a file",
        what: "Two lines lead to the same bytes.",
        why: "Two parts of the disk are one: writing to one changes the other.",
        remedy: "Correct the lines in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    EXTENT_KIND: Error Image "vmdk.extent.kind" [35] "A file is not what the extent line says",
        what: "The line says that the file is a sparse extent, and it does not begin like one; or the file is the descriptor itself.",
        why: "This part of the disk cannot be read. A wrong file was taken, or its header was overwritten.",
        remedy: "Look at what the file is. Correct the line or exchange the file in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    FLAT_IS_VMDK: Warning Image "vmdk.extent.flat-is-vmdk" [35] "A flat extent begins like a VMDK",
        what: "The line says that the file is raw bytes, and these begin with the mark of a VMDK.",
        why: "The guest would see the image's own structures instead of its disk.",
        remedy: "The line probably ought to say SPARSE, or name another file.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    SIZE_DIFFERS: Warning Image "vmdk.extent.size-differs" [36] "Extent line and header give different sizes",
        what: "The extent line and the header of the sparse extent say different numbers of sectors.",
        why: "qemu believes the header, VirtualBox and VMware the line: they see disks of different sizes.",
        remedy: "Find out which is right from the partition table, and correct the other in a copy.",
        spec: "qemu block/vmdk.c; VirtualBox VMDK.cpp";
    SIZE_ROUNDED: Info Image "vmdk.extent.size-rounded" [36] "The header's size is rounded up to a grain",
        what: "The extent line gives the exact size of the disk, the header the next multiple of a grain.",
        why: "VirtualBox writes this. qemu shows the guest the rounded size.",
        remedy: "Nothing needs to be done.",
        spec: "VirtualBox VMDK.cpp";
    LEFT_OUT: Info Image "vmdk.extent.left-out" [37] "qemu leaves out a part of this disk",
        what: "qemu takes extent lines only when they begin with RW and name a file; others vanish without a word.",
        why: "In qemu everything behind such a line moves forward. VMware reads it rightly.",
        remedy: "Use VMware's tools to convert the disk.",
        spec: "qemu block/vmdk.c";
    SPLIT_SIZE: Warning Image "vmdk.extent.split-size" [39] "The parts of a split disk have unequal sizes",
        what: "Products make all parts of a split disk equal but the last one.",
        why: "The descriptor was probably edited by hand; a wrong size moves all that follows.",
        remedy: "Compare each line with the size or the header of its file.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    SPLIT_NUMBER: Warning Image "vmdk.extent.split-number" [40] "The parts of a split disk are not numbered through",
        what: "The numbers in the file names do not count up from 1.",
        why: "A line is missing or misplaced: what follows is at the wrong place of the disk.",
        remedy: "See whether a file with the missing number exists, and add its line in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\", \"The Extent Description\"";
    NOT_READ: Info Image "vmdk.extent.not-read" [] "An extent of a type that is not read here",
        what: "The extent is of ESX's own sparse types. It is listed, and its data is not read.",
        why: "The disk cannot be shown completely.",
        remedy: "On an ESX host clone the disk (vmkfstools -i), or convert a copy with qemu-img, and give the result.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"ESX Server Sparse Extents\"";
    PARENT_MISSING: Info Chain "vmdk.chain.parent-missing" [134] "The parent was not given",
        what: "The disk holds only what changed since its parent, and the parent is not among the given files.",
        why: "What is not in this link cannot be shown or checked.",
        remedy: "Give the parent too, and its parent where it has one, with all their parts.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentFileNameHint, parentCID";
    PARENT_AMBIGUOUS: Info Chain "vmdk.chain.parent-ambiguous" [134] "Several files could be the parent",
        what: "More than one given file has the name or the content identity of the parent.",
        why: "None of them was taken, so that nothing wrong is shown.",
        remedy: "Give only the files of one chain, with their folders.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentFileNameHint, parentCID";
    NO_HINT: Error Chain "vmdk.chain.no-hint" [132] "The disk has a parent and does not name it",
        what: "parentCID says that there is a parent, and the line parentFileNameHint is missing.",
        why: "VMware fails to open the disk. qemu opens it without the parent and shows zeros where the parent's data ought to be.",
        remedy: "Add the line parentFileNameHint with the parent's name to a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentFileNameHint; qemu block/vmdk.c";
    HINT_WITHOUT_CID: Warning Chain "vmdk.chain.hint-without-cid" [133] "The disk names a parent that it says it does not have",
        what: "parentFileNameHint is there, and parentCID is ffffffff, which means that there is no parent.",
        why: "qemu opens the parent all the same and fails at the first read from it; others ignore it.",
        remedy: "If the disk is a delta link, set parentCID to the parent's CID in a copy; otherwise remove the line.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentCID; qemu block/vmdk.c";
    HINT_ELSEWHERE: Info Chain "vmdk.chain.hint-elsewhere" [135] "The parent is named by a place elsewhere",
        what: "The name of the parent is absolute or leaves the folder. Only given files were looked at, by the last part of the name.",
        why: "Products write this when the parent is in another folder. After a move the chain does not open. In a file from a stranger it can be an attack.",
        remedy: "After a move correct the line in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentFileNameHint";
    PARENT_CID_DIFFERS: Error Chain "vmdk.chain.cid-mismatch" [136] "The parent has changed since the child was made",
        what: "The parent's content identity is not the one that the child remembers. The parent is not read through.",
        why: "VMware says \"The parent virtual disk has been modified since the child was created\" and refuses. If the parent was really written to, the disk is a mixture of two states.",
        remedy: "If another parent exists, give that. If it is certain that no guest wrote to the parent, set parentCID of a copy to the parent's CID.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": CID, parentCID";
    PARENT_SIZE: Error Chain "vmdk.chain.size-differs" [137] "Child and parent have different sizes",
        what: "All links of a chain must have the same capacity.",
        why: "VMware refuses the chain. qemu reads zeros where the parent ends.",
        remedy: "Enlarge the parent only together with the child, or restore the parent from before it was resized.",
        spec: "VMware log message \"the capacity of each link is different\"";
    SELF_PARENT: Error Chain "vmdk.chain.self-parent" [138] "The disk names itself as its parent",
        what: "parentFileNameHint leads to the disk itself.",
        why: "No data can be read through it. qemu does not come to an end.",
        remedy: "Find out which disk the parent was, by its content identity, and correct the line in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentFileNameHint";
    CHAIN_LOOP: Error Chain "vmdk.chain.loop" [138] "The chain of parents leads back to itself",
        what: "A disk is its own parent, or one of its ancestors.",
        why: "No data can be read through it. qemu does not come to an end.",
        remedy: "Find out which of the links names the wrong parent, and correct it in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentFileNameHint";
    CHAIN_LONG: Warning Chain "vmdk.chain.long" [138] "The chain is very long",
        what: "VMware supports 32 snapshots; longer chains slow every read.",
        why: "Operations on snapshots fail or take very long, and every link is one more that can break.",
        remedy: "Consolidate the snapshots with the product that made them.",
        spec: "VMware knowledge base, best practices for snapshots";
    CHAIN_MIXED: Warning Chain "vmdk.chain.mixed" [139] "The chain mixes two kinds of sparse extents",
        what: "One link has extents of type VMFSSPARSE, another of type SESPARSE.",
        why: "ESX does not support both in one chain.",
        remedy: "Consolidate the snapshots, or clone the disk.",
        spec: "VMware vSphere Storage, snapshot formats";
    FLAT_DELTA: Error Chain "vmdk.chain.flat-delta" [140] "A flat disk names a parent",
        what: "parentCID says that there is a parent, but a flat extent holds every sector itself.",
        why: "Nothing of the parent could ever be seen. The descriptor belongs to another file or was edited.",
        remedy: "See whether the extent line ought to name a delta file; otherwise set parentCID to ffffffff in a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": parentCID";
    CID_EQUAL: Info Chain "vmdk.chain.cid-equal" [141] "The disk has the content identity of its parent",
        what: "CID and parentCID are equal.",
        why: "A fresh snapshot may have this until its first write.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"The Descriptor File\": CID, parentCID";
    PARENT_UUID: Warning Chain "vmdk.chain.virtualbox-uuid" [142] "VirtualBox expects another parent",
        what: "The identity of the parent's image is not the one that the child's disk database remembers.",
        why: "VirtualBox goes by these identities and refuses the chain.",
        remedy: "Give the right parent, or attach the images anew in VirtualBox's media manager.",
        spec: "VirtualBox VMDK.cpp: ddb.uuid.parent";
}

/// Checks of the catalogue without a finding of their own, and why.
pub static NOT_CHECKED: &[(u16, &str)] = &[
    (
        1,
        "A file with none of the signatures is no VMDK: it is reported as unrecognised, or as a raw disk where there is evidence.",
    ),
    (
        3,
        "Without a whole header there is no image to report on: the file is reported as unusable (`file.unusable`).",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_findings_or_a_reason() {
        let path = "src/image/vmdk/CHECKS.md";
        let rules = [RULES, crate::image::vmdk::stream::rules::RULES].concat();
        crate::finding::coverage::assert_covered(path, "VMDK", 153, &rules, NOT_CHECKED);
    }
}
