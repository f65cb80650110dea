//! Where things are in the repository.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The places that the steps read and write.
pub(crate) struct Paths {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Where Cargo builds.
    pub(crate) target: PathBuf,
}

impl Paths {
    /// Asks the environment that `cargo xtask` sets up, so that a copy of the repository that shares a target
    /// folder with another is not mistaken for it.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root =
            manifest.ancestors().nth(2).context("crate/xtask is not inside a repository")?.to_path_buf();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }

    /// The source of the page.
    pub(crate) fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// What the build generates for the page: bindings, types and the WebAssembly module.
    pub(crate) fn generated(&self) -> PathBuf {
        self.www().join("src/generated")
    }

    /// The finished page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The tests in Node and in the browser.
    pub(crate) fn browser_tests(&self) -> PathBuf {
        self.root.join("tests/browser")
    }

    /// What this tool keeps between runs.
    pub(crate) fn cache(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The built `diskglass` command of a Cargo profile's folder (`debug`, `release`).
    pub(crate) fn command(&self, profile_folder: &str) -> PathBuf {
        self.target.join(profile_folder).join(format!("diskglass{}", env::consts::EXE_SUFFIX))
    }

    /// The program that an npm package of the page brings along, as its path inside `node_modules`.
    pub(crate) fn npm_program(&self, path: impl AsRef<Path>) -> PathBuf {
        self.www().join("node_modules").join(path)
    }
}
