//! The library and the gallery as WebAssembly modules, with their bindings and types for the page.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use lzma_rust2::{LzmaOptions, LzmaWriter};
use wasm_bindgen_cli_support::Bindgen;

use crate::dist;
use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::setup::WASM_TARGET;

/// The modules: the name of what the page imports, and the package that it comes from.
const MODULES: [(&str, &str); 2] = [("diskglass", "diskglass-wasm"), ("samples", "diskglass-wasm-samples")];

/// What the compiler is told where it puts the crates together: to inline hardly anything across them. What is small
/// was inlined when each was compiled, and copies of what is large make the packed module a sixth longer.
const LINK: &str = "-Cllvm-args=-inline-threshold=5";

/// What wasm-opt does: it takes out what is there twice or for nothing, and tidies up. It does not optimise: that makes
/// code shorter, but less alike, and so longer once it is packed. The features are those that Rust's target has by
/// default; every browser we support runs them.
const OPTIMISE: [&str; 21] = [
    "--strip-debug",
    "--strip-producers",
    "--duplicate-function-elimination",
    "--remove-unused-module-elements",
    "--dae-optimizing",
    "--vacuum",
    "--simplify-locals",
    "--coalesce-locals",
    "--reorder-locals",
    "--merge-blocks",
    "--remove-unused-brs",
    "--remove-unused-names",
    "--vacuum",
    "--duplicate-function-elimination",
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
for (const name of ['diskglass', 'samples']) {
  const { initSync } = await import(`./${name}.js`);
  initSync({ module: readFileSync(`./${name}_bg.wasm`) });
}
";

/// Writes everything in `www/src/generated`.
pub(crate) fn build(paths: &Paths, steps: &mut Steps) -> Result<()> {
    let generated = paths.generated();
    fs::create_dir_all(&generated)?;
    fs::create_dir_all(paths.cache())?;
    for (name, package) in MODULES {
        steps.run(&format!("Compiling {name} to WebAssembly"), || {
            let profile = ["--quiet", "--lib", "--profile", "wasm", "--target", WASM_TARGET];
            let mut cargo = run::cargo(&paths.root);
            cargo.args(["rustc", "--package", package]).args(profile).args(["--", LINK]);
            // A variable and not the configuration of Cargo, which cannot know where this machine keeps its crates.
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", dist::remap()?.join(" "));
            run::capture(&mut cargo)?;
            Ok(String::new())
        })?;
        steps.run(&format!("Generating the bindings of {name}"), || bind(paths, name, package))?;
        steps.run(&format!("Optimising {name}"), || optimise(paths, name))?;
    }
    steps.run("Generating the types of what they answer", || types(paths))?;
    steps.run("Loading them in Node", || {
        run::capture(Command::new("node").current_dir(&generated).args([
            "--input-type=module",
            "--eval",
            SMOKE_TEST,
        ]))?;
        Ok(String::new())
    })
}

fn bind(paths: &Paths, name: &str, package: &str) -> Result<String> {
    let file = format!("{}.wasm", package.replace('-', "_"));
    let module = paths.target.join(WASM_TARGET).join("wasm").join(file);
    let folder = paths.cache().join("bindings");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&module)
        .out_name(name)
        .web(true)?
        .typescript(true)
        // The page hands over the bytes; a default address would make the bundler ship the module twice.
        .omit_default_module_path(true)
        .generate(&folder)
        .with_context(|| format!("cannot make bindings for {}", module.display()))?;
    for kind in ["js", "d.ts"] {
        let file = format!("{name}.{kind}");
        copy(&folder.join(&file), &paths.generated().join(&file))?;
    }
    Ok(String::new())
}

/// Writes a TypeScript type for every Rust type that crosses the boundary, so that the two cannot drift apart.
fn types(paths: &Paths) -> Result<String> {
    let schema = paths.cache().join("boundary.schema.json");
    let types = paths.cache().join("types.ts");
    let example = ["run", "--quiet", "--package", "diskglass-wasm", "--example", "boundary"];
    fs::write(&schema, run::answer(run::cargo(&paths.root).args(example))?)?;
    run::capture(
        Command::new("node")
            .arg(paths.npm_program("json-schema-to-typescript/dist/src/cli.js"))
            .arg("--input")
            .arg(&schema)
            .arg("--output")
            .arg(&types)
            .args(["--no-additionalProperties", "--unknownAny"])
            .arg(
                "--bannerComment=/* Generated by `cargo xtask build` from the Rust types of the library. */",
            ),
    )?;
    copy(&types, &paths.generated().join("types.ts"))?;
    Ok(String::new())
}

/// Runs wasm-opt and packs what comes out, unless that was done for this very module before.
fn optimise(paths: &Paths, name: &str) -> Result<String> {
    let program = paths.npm_program("binaryen/bin/wasm-opt");
    let file = format!("{name}_bg.wasm");
    let source = paths.cache().join("bindings").join(&file);
    let bound = fs::read(&source)?;
    let version = fs::read(paths.npm_program("binaryen/package.json"))?;
    let request = [bound.as_slice(), OPTIMISE.join(" ").as_bytes(), &version].concat();
    let known_request = paths.cache().join(format!("{name}-request"));
    let optimised = paths.cache().join(&file);
    let packed = paths.cache().join(format!("{file}.lzma"));
    let is_known = optimised.is_file()
        && packed.is_file()
        && fs::read(&known_request).is_ok_and(|known| known == request);
    if !is_known {
        // Forgotten first: should wasm-opt fail half-way, the next run starts anew.
        let _ = fs::remove_file(&known_request);
        run::capture(
            Command::new("node").arg(program).arg(source).arg("--output").arg(&optimised).args(OPTIMISE),
        )?;
        fs::write(&packed, pack(&fs::read(&optimised)?)?)?;
        fs::write(&known_request, &request)?;
    }
    for path in [&optimised, &packed] {
        copy(path, &paths.generated().join(path.file_name().unwrap_or_default()))?;
    }
    let kilobytes = |path| fs::metadata(path).map(|file| file.len() / 1000);
    let note = format!(
        "{} KB from {} KB, {} KB packed",
        kilobytes(&optimised)?,
        bound.len() / 1000,
        kilobytes(&packed)?
    );
    Ok(if is_known { format!("{note}, unchanged") } else { note })
}

/// Packs a module with LZMA: a quarter smaller than gzip would make it, which every browser could unpack by itself.
fn pack(module: &[u8]) -> Result<Vec<u8>> {
    let mut options = LzmaOptions::with_preset(9);
    // WebAssembly is not aligned to anything.
    options.pb = 0;
    options.nice_len = 273;
    options.dict_size = 1 << 23;
    let mut packer = LzmaWriter::new_use_header(Vec::new(), &options, Some(module.len() as u64))?;
    packer.write_all(module)?;
    Ok(packer.finish()?)
}

/// Copies a file unless the copy is the same already, so that nothing looks new that is not.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if !fs::read(to).is_ok_and(|old| old == bytes) {
        fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}
