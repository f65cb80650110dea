//! The library as a WebAssembly module, with its bindings and types for the page.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::setup::WASM_TARGET;

/// What wasm-opt does. The features are those that Rust's target has by default and every browser we support runs.
const OPTIMISE: [&str; 8] = [
    "-O3",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Loads the module the way the page does: bytes in, no fetch.
const SMOKE_TEST: &str = r"
import { readFileSync } from 'node:fs';
const { initSync } = await import('./diskglass.js');
initSync({ module: readFileSync('./diskglass_bg.wasm') });
";

/// Writes everything in `www/src/generated`.
pub(crate) fn build(paths: &Paths, steps: &mut Steps) -> Result<()> {
    let generated = paths.generated();
    fs::create_dir_all(&generated)?;
    fs::create_dir_all(paths.cache())?;
    steps.run("Compiling the library to WebAssembly", || {
        let profile = ["--package", "diskglass-wasm", "--profile", "wasm", "--target", WASM_TARGET];
        run::capture(run::cargo(&paths.root).arg("build").args(profile))?;
        Ok(String::new())
    })?;
    steps.run("Generating its bindings", || bind(paths))?;
    steps.run("Optimising it", || optimise(paths))?;
    steps.run("Loading it in Node", || {
        run::capture(Command::new("node").current_dir(&generated).args([
            "--input-type=module",
            "--eval",
            SMOKE_TEST,
        ]))?;
        Ok(String::new())
    })
}

fn bind(paths: &Paths) -> Result<String> {
    let module = paths.target.join(WASM_TARGET).join("wasm/diskglass_wasm.wasm");
    let folder = paths.cache().join("bindings");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&module)
        .out_name("diskglass")
        .web(true)?
        .typescript(true)
        // The page hands over the bytes; a default address would make the bundler ship the module twice.
        .omit_default_module_path(true)
        .generate(&folder)
        .with_context(|| format!("cannot make bindings for {}", module.display()))?;
    for name in ["diskglass.js", "diskglass.d.ts"] {
        copy(&folder.join(name), &paths.generated().join(name))?;
    }
    Ok(String::new())
}

/// Runs wasm-opt, unless it did this very module before.
fn optimise(paths: &Paths) -> Result<String> {
    let program = paths.npm_program("binaryen/bin/wasm-opt");
    let bound = fs::read(paths.cache().join("bindings/diskglass_bg.wasm"))?;
    let version = fs::read(paths.npm_program("binaryen/package.json"))?;
    let request = [bound.as_slice(), OPTIMISE.join(" ").as_bytes(), &version].concat();
    let known_request = paths.cache().join("wasm-opt-request");
    let optimised = paths.cache().join("optimised.wasm");
    let is_known = optimised.is_file() && fs::read(&known_request).is_ok_and(|known| known == request);
    if !is_known {
        // Forgotten first: should wasm-opt fail half-way, the next run starts anew.
        let _ = fs::remove_file(&known_request);
        run::capture(
            Command::new("node")
                .arg(program)
                .arg(paths.cache().join("bindings/diskglass_bg.wasm"))
                .arg("--output")
                .arg(&optimised)
                .args(OPTIMISE),
        )?;
        fs::write(&known_request, &request)?;
    }
    copy(&optimised, &paths.generated().join("diskglass_bg.wasm"))?;
    let size = fs::metadata(&optimised)?.len();
    let note = format!("{} KB from {} KB", size / 1000, bound.len() / 1000);
    Ok(if is_known { format!("{note}, unchanged") } else { note })
}

/// Copies a file unless the copy is the same already, so that nothing looks new that is not.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if !fs::read(to).is_ok_and(|old| old == bytes) {
        fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}
