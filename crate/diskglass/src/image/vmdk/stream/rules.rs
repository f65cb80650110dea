//! What can be wrong with a stream.

crate::rules! {
    FOOTER_MISSING: Error Image "vmdk.stream.footer-missing" [91] "The stream has no footer",
        what: "The header leaves the place of the grain directory to a footer at the end, and there is none in the last 16 MiB.",
        why: "The stream is cut off. Without the directory grains can only be found by going through the stream.",
        remedy: "Download or export it again. Tools that read streams from the start (such as an OVF import) recover all before the cut; the check of the data says how much that is.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    FOOTER_SHIFTED: Warning Image "vmdk.stream.footer-shifted" [92] "The footer is not at the end",
        what: "The footer was found, but not 1024 bytes before the end: something follows the stream.",
        why: "Readers that look for the footer at its place fail; qemu says that the footer is invalid.",
        remedy: "Cut what follows the end-of-stream marker off a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"; qemu block/vmdk.c";
    FOOTER_DIFFERS: Error Image "vmdk.stream.footer-differs" [93] "Header and footer contradict each other",
        what: "The footer is a copy of the header, only the places of the directories may differ. Here more does.",
        why: "Readers that go by the header and readers that go by the footer see two different disks. This may be an attack.",
        remedy: "Do not use the file where it comes from a stranger. Otherwise export the disk again.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"; OpenStack oslo.utils, format_inspector.py";
    FOOTER_DIRECTORY: Error Image "vmdk.stream.footer-directory" [94] "The footer does not say where the directory is",
        what: "The place of the grain directory in the footer is none, or again the word for the end.",
        why: "The grains cannot be placed without going through the stream.",
        remedy: "Export the disk again, or convert it with a tool that reads streams from the start.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    EOS_MISSING: Warning Image "vmdk.stream.end-missing" [95] "The stream has no end",
        what: "After the footer there ought to be an end-of-stream marker, a sector of zeros.",
        why: "Readers that go through the stream do not know where to stop; imports may fail.",
        remedy: "Export the disk again, or append 512 zero bytes to a copy that ends with the footer.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    EOS_ABSENT: Info Image "vmdk.stream.no-end-marker" [95] "The stream has no end-of-stream marker",
        what: "The tables stand in front of the grains, and no marker ends the stream. qemu writes such streams.",
        why: "Readers that use the tables do not mind. Importers that go through the stream may.",
        remedy: "If an import fails, convert the image with VMware's tools.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"; qemu block/vmdk.c";
    PRESENT: Info Image "vmdk.stream.present" [91] "What is there of a stream without its end",
        what: "The tables of a stream stand behind its grains, and they are missing. Every grain has a marker that tells its place on the disk, so the stream can be followed from the front; these grains are whole.",
        why: "The rest of the disk was not downloaded or not exported. How many grains there ought to be only the missing tables say; the share of the disk is a measure.",
        remedy: "Download or export the image again. Without another copy, a tool that reads streams from the start, such as an import into VirtualBox or ESX, gets as far as this says.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    LOST: Error Image "vmdk.stream.marker" [96] "What ought to be a marker is none",
        what: "Read from the front, every grain and every table of a stream is followed at once by the next marker. Here stands something that is no marker.",
        why: "Products that read a stream from start to end (imports into ESX, VirtualBox and clouds) stop here or take wrong data. Readers that go by the tables may get further.",
        remedy: "Export or download the image again, or convert a copy with a tool that goes by the tables, such as qemu-img, and look at the grains that are named in the other findings.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    END_EARLY: Error Image "vmdk.stream.end-early" [96] "The stream ends before its last grain",
        what: "A sector of zeros, which is the end-of-stream marker, stands in front of grains that the tables lead to.",
        why: "Products that read a stream from start to end stop here and leave out the rest of the disk without a word; readers that go by the tables do not.",
        remedy: "If the file was downloaded, compare its checksum with the original's: a stretch that was never written reads as zeros. Otherwise convert a copy with qemu-img, which goes by the tables.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    PROGRESS: Info Image "vmdk.stream.progress-marker" [96] "A marker of a kind that only some exports have",
        what: "Some exports of vSphere contain markers of type 4 with nothing to read behind them.",
        why: "Products skip them.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    MARKER_PADDING: Warning Image "vmdk.stream.marker-padding" [97] "A marker is followed by something other than zeros",
        what: "A marker in front of a table, of the directory, of the footer or at the end of the stream takes a sector, of which only the first 16 bytes are used.",
        why: "It may be old data that was not meant to be given away, or the sector is damaged.",
        remedy: "Convert the image if it is to be passed on: that writes all markers anew.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    MARKER_LENGTH: Error Image "vmdk.stream.marker-length" [98] "A marker gives an impossible length",
        what: "The marker in front of a table, of the directory or of the footer says how many sectors follow. The sizes in the header demand another number.",
        why: "Products that read the stream from start to end lose their place or take a table for a grain.",
        remedy: "Export the disk again, or convert the image with a tool that goes by the tables, such as qemu-img.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    GRAIN_PLACE: Error Image "vmdk.stream.grain-place" [99] "Grains name an impossible place of the disk",
        what: "The marker in front of a grain tells its first sector on the disk. It has to be a multiple of the grain size and inside the disk.",
        why: "Products that read the stream from start to end cannot place the grain; imports fail.",
        remedy: "Export the disk again. qemu-img ignores these numbers and goes by the tables: what it reads is right if the tables are.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    GRAIN_OTHER: Error Image "vmdk.stream.grain-elsewhere" [100] "Grains name another place than the table that leads to them",
        what: "A grain table leads to a marker, and the marker names another grain's place on the disk.",
        why: "Two tools see two disks: importers go by the markers, qemu by the tables.",
        remedy: "Export the disk again. If there is no other copy, find out by the contents which of both is right.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    GRAIN_ASTRAY: Error Image "vmdk.stream.entry-astray" [100] "Table entries lead to places where no marker stands",
        what: "Read from the front, the stream has no marker at the place that an entry of a grain table leads to; it is inside something else.",
        why: "Two tools see two disks: importers go by the markers, qemu by the tables.",
        remedy: "Export the disk again. If there is no other copy, find out by the contents which of both is right.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    ORDER: Warning Image "vmdk.stream.order" [101] "Grains do not stand in the order of the disk",
        what: "A grain's marker names a place at or before the one of the marker in front of it.",
        why: "Products that write what they read at once, such as VirtualBox and Xen Orchestra, refuse the stream. Readers that go by the tables do not mind.",
        remedy: "Convert the image with a tool that goes by the tables, such as qemu-img: it writes grains in order.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    GRAIN_SIZE: Error Image "vmdk.stream.grain-size" [102] "Grains have an impossible compressed length",
        what: "A grain's marker says how long its compressed data is. It cannot be longer than two grains, and has to end inside the file.",
        why: "The grain is lost, and so is the place of the next one for products that read the stream from start to end.",
        remedy: "Export or download the image again.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    INFLATE: Error Image "vmdk.stream.inflate" [103] "Compressed grains cannot be inflated",
        what: "The compressed data of a grain contradicts itself, or ends before its end.",
        why: "What the guest stored there is lost or wrong; imports fail at this place.",
        remedy: "Export or download the image again. Otherwise convert a copy with a tool that goes on after errors, and let the guest check its file systems.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    CHECKSUM: Error Image "vmdk.stream.checksum" [103] "The checksum of compressed grains does not match",
        what: "A grain can be inflated, but the checksum behind the compressed data (Adler-32) is of other data.",
        why: "The guest's data was altered after it was compressed, or the checksum was. Products refuse the grain.",
        remedy: "Export or download the image again; let the guest check its file systems if there is no other copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    PLAIN: Warning Image "vmdk.stream.plain-deflate" [103] "Grains are compressed without zlib's header",
        what: "VMware's document names RFC 1951 (plain deflate), and some writer took it at its word. VMware's products write and expect RFC 1950 (zlib): a header of two bytes in front and a checksum behind.",
        why: "qemu, VirtualBox and VMware cannot inflate these grains, and no checksum guards them.",
        remedy: "Make the image again with a tool that writes zlib streams.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    GRAIN_LENGTH: Error Image "vmdk.stream.grain-length" [104] "Inflated grains have another length than a grain",
        what: "A compressed grain has to give exactly the bytes of a grain. Only the last one may stop where the disk does.",
        why: "Products refuse the grain. Data that inflates to far more than a grain may be an attack on the reader's memory.",
        remedy: "Export the disk again; do not import the image where its origin is not known.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    LAST_SHORT: Info Image "vmdk.stream.last-grain-short" [104] "The last grain stops where the disk does",
        what: "The size of the disk is no multiple of a grain, and the last grain holds only what belongs to the disk. qemu writes it so.",
        why: "VirtualBox demands a whole grain and refuses this one; others do not mind.",
        remedy: "If VirtualBox is to read the image, make the disk's size a multiple of 64 KiB first and convert it again.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    TRAILING: Warning Image "vmdk.stream.trailing" [105] "Something stands behind the compressed data of grains",
        what: "Between the end of a grain's compressed data and the next sector there ought to be nothing but zeros.",
        why: "No product reads it. It may be old data that was not meant to be given away.",
        remedy: "Convert the image if it is to be passed on: that writes all grains anew.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    GRAIN_UNREFERENCED: Error Image "vmdk.stream.grain-unreferenced" [106] "Grains to which no table leads",
        what: "Read from the front, the stream has a grain that no entry of a grain table leads to.",
        why: "Two tools see two disks: importers go by the markers and take the grain, qemu goes by the tables and leaves it out.",
        remedy: "Export the disk again. If there is no other copy, find out by the contents which of both is right.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    TABLE_UNREFERENCED: Error Image "vmdk.stream.table-unreferenced" [106] "A table that nothing leads to",
        what: "The stream has a grain table, or a grain directory, that the directory which counts does not lead to.",
        why: "There are two versions of the map of this disk. Which one a product takes depends on how it reads.",
        remedy: "Export the disk again. If there is no other copy, look at both tables and find out by the contents which of both is right.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    TABLE_EMPTY: Info Image "vmdk.stream.empty-table" [106] "An empty grain table that nothing leads to",
        what: "Exports of VMware's products end with a grain table full of zeros to which no entry of the directory leads.",
        why: "It says nothing, and products ignore it.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    TAIL: Warning Image "vmdk.stream.tail" [90] "Something stands behind the end of the stream",
        what: "After the end-of-stream marker there are bytes that are not zero.",
        why: "No product reads them. They may be the leftover of a longer file, or hidden.",
        remedy: "Cut what follows the end-of-stream marker off a copy.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
    NOT_CHECKED: Info Image "vmdk.stream.not-checked" [] "Compressed data that was not checked",
        what: "The stream has no markers that tell how long each grain is, its grains are larger than are inflated here, or many table entries lead to one place.",
        why: "This look says nothing about these grains.",
        remedy: "Nothing needs to be done.",
        spec: "Virtual Disk Format 5.0 (VMware technote), \"Stream-Optimized Compressed Sparse Extents\"";
}
