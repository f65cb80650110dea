//! Prints what samples there are, as a JSON array of `SampleInfo`. `cargo xtask build` gives it to the page.

use diskglass_wasm_samples::SampleInfo;

fn main() -> Result<(), serde_json::Error> {
    let samples: Vec<SampleInfo> = diskglass_samples::gallery().iter().map(SampleInfo::from).collect();
    println!("{}", serde_json::to_string(&samples)?);
    Ok(())
}
