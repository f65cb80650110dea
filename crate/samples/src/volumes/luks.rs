//! LUKS2: the header of an encrypted volume, twice. A binary part with a checksum, then JSON that says how the keys
//! are stored. The key material itself is left out: no passphrase opens this volume, there is nothing in it.

use crate::disk::{Disk, KIB, MIB};
use crate::record::Record;
use crate::uuid::Uuid;
use sha2::{Digest, Sha256};

/// An encrypted volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Luks2 {
    /// Size in bytes, header included: more than 1 MiB.
    pub bytes: u64,
    /// Its id.
    pub id: Uuid,
    /// Label: at most 47 bytes.
    pub label: &'static str,
}

const HEADER_BYTES: u64 = 16 * KIB;
const BINARY_BYTES: u64 = 4 * KIB;
const JSON_BYTES: u64 = HEADER_BYTES - BINARY_BYTES;
const CHECKSUM_OFFSET: usize = 448;
/// Key slots start behind both headers and end where the data starts.
const KEY_SLOTS_OFFSET: u64 = 2 * HEADER_BYTES;
const DATA_OFFSET: u64 = MIB;

/// One key slot, one segment of data, one digest that tells the right key.
fn json() -> String {
    format!(
        concat!(
            r#"{{"keyslots":{{"0":{{"type":"luks2","key_size":64,"#,
            r#""af":{{"type":"luks1","stripes":4000,"hash":"sha256"}},"#,
            r#""area":{{"type":"raw","offset":"{slots}","size":"258048","encryption":"aes-xts-plain64","key_size":64}},"#,
            r#""kdf":{{"type":"argon2id","time":4,"memory":1048576,"cpus":4,"#,
            r#""salt":"Is0aJPzMfeBF04f/p0bHWvy6+oH0Vum+PwCba+zCT4E="}}}}}},"#,
            r#""tokens":{{}},"#,
            r#""segments":{{"0":{{"type":"crypt","offset":"{data}","size":"dynamic","iv_tweak":"0","#,
            r#""encryption":"aes-xts-plain64","sector_size":512}}}},"#,
            r#""digests":{{"0":{{"type":"pbkdf2","keyslots":["0"],"segments":["0"],"hash":"sha256","iterations":120470,"#,
            r#""salt":"kI94R7FIRvrfr2vZ0PHcqB/lMJT97GvTTLeHntKn6oc=","#,
            r#""digest":"C/R0iWNjUF5epeXWrOjr+xOnYKQJsftGfUKPxxb58oQ="}}}},"#,
            r#""config":{{"json_size":"{json}","keyslots_size":"{room}"}}}}"#
        ),
        slots = KEY_SLOTS_OFFSET,
        data = DATA_OFFSET,
        json = JSON_BYTES,
        room = DATA_OFFSET - KEY_SLOTS_OFFSET,
    )
}

impl Luks2 {
    /// One of the two headers. Their salts differ so that their checksums do.
    fn header(&self, magic: [u8; 6], offset: u64, salt: u8) -> Record {
        let header = Record::new(HEADER_BYTES as usize)
            .put(0, magic)
            .be16(6, 2) // version
            .be64(8, HEADER_BYTES)
            .be64(16, 3) // counts changes: the newer header wins
            .put(24, self.label)
            .put(72, "sha256")
            .put(104, [salt; 64])
            .put(168, self.id.to_string())
            .be64(256, offset)
            .put(BINARY_BYTES as usize, json());
        let sum = Sha256::digest(header.bytes());
        header.put(CHECKSUM_OFFSET, sum)
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let mut disk = Disk::new(self.bytes);
        disk.write(0, self.header(*b"LUKS\xba\xbe", 0, 0x5a));
        disk.write(HEADER_BYTES, self.header(*b"SKUL\xba\xbe", HEADER_BYTES, 0xa5));
        disk
    }
}
