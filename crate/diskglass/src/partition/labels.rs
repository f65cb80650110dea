//! What the labels of Unix machines have in common.

/// Exclusive or of all 16-bit words, in the byte order that `word` reads: 0 where a label's checksum matches.
pub(super) fn xor16(bytes: &[u8], word: fn([u8; 2]) -> u16) -> u16 {
    bytes.as_chunks::<2>().0.iter().fold(0, |sum, pair| sum ^ word(*pair))
}

/// Text in a field of fixed length, up to the first NUL and without spaces at its end.
pub(super) fn text(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matching_checksum_gives_zero() {
        assert_eq!(xor16(&[0x12, 0x34, 0x12, 0x34], u16::from_be_bytes), 0);
        assert_eq!(xor16(&[0x12, 0x34, 9], u16::from_le_bytes), 0x3412);
    }

    #[test]
    fn text_ends_at_nul_and_before_spaces() {
        assert_eq!(text(b"disk \0 rest"), "disk");
        assert_eq!(text(b"full"), "full");
    }
}
