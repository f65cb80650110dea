//! Writes what the fuzz targets start from: `seeds FOLDER` makes a folder for each target there.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "corpus".into()));
    for target in diskglass_fuzz::TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (name, input) in diskglass_fuzz::seeds(target) {
            std::fs::write(folder.join(name), input)?;
        }
    }
    Ok(())
}
