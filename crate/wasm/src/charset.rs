use diskglass::charset::Decoder;
use web_sys::{TextDecoder, TextDecoderOptions};

/// The character sets of the browser.
pub(crate) const DECODER: Decoder = Decoder {
    standard_name: |label| TextDecoder::new_with_label(label).ok().map(|decoder| decoder.encoding()),
    decode: |name, bytes| match text(name, bytes, true) {
        Some(text) => (text, true),
        None => (text(name, bytes, false).unwrap_or_default(), false),
    },
};

fn text(name: &str, bytes: &[u8], fatal: bool) -> Option<String> {
    let options = TextDecoderOptions::new();
    options.set_fatal(fatal);
    let decoder = TextDecoder::new_with_label_and_options(name, &options).ok()?;
    decoder.decode_with_u8_array(bytes).ok()
}
