#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| diskglass_fuzz::run("vmdk_translate", input));
