//! The library and the gallery as WebAssembly modules, with their bindings and types for the page.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use lzma_rust2::{LzmaOptions, LzmaWriter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::dist;
use crate::paths::Paths;
use crate::run::{self, Steps};
use crate::setup::WASM_TARGET;
use crate::split;

/// The modules: the name of what the page imports, and the package that it comes from.
const MODULES: [(&str, &str); 2] = [("diskglass", "diskglass-wasm"), ("samples", "diskglass-wasm-samples")];

/// What the compiler is told where it puts the crates together: to inline hardly anything across them. What is small
/// was inlined when each was compiled, and copies of what is large make the packed module a sixth longer.
const LINK: &str = "-Cllvm-args=-inline-threshold=5";

/// The one that is split: what it holds is more than most visits need.
const SPLIT: &str = "diskglass";

/// What the linker is told for that: to leave its relocations, which say what needs which data.
const LINK_WIRED: &str = "-Clink-arg=--emit-relocs";

/// What the split goes by.
const TRIAL: &str = include_str!("split/trial.mjs");

/// The list of all samples.
const ALL_SAMPLES: &str = "all-samples.json";

/// What the page loads.
const PACKED: [&str; 3] = ["diskglass_bg", "diskglass_rest", "samples_bg"];

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

/// Loads the modules the way the page does: bytes in, no fetch.
const SMOKE_TEST: &str = r"
import { readFileSync } from 'node:fs';
const load = async (name) => {
  const { initSync } = await import(`./${name}.js`);
  return initSync({ module: readFileSync(`./${name}_bg.wasm`) });
};
const first = { ...(await load('diskglass')) };
new WebAssembly.Instance(new WebAssembly.Module(readFileSync('./diskglass_rest.wasm')), { first });
await load('samples');
";

/// Writes everything in `www/src/generated`.
pub(crate) fn build(paths: &Paths, steps: &mut Steps) -> Result<()> {
    let generated = paths.generated();
    fs::create_dir_all(&generated)?;
    fs::create_dir_all(paths.cache())?;
    for (name, package) in MODULES {
        let link: &[&str] = if name == SPLIT { &[LINK, LINK_WIRED] } else { &[LINK] };
        steps.run(&format!("Compiling {name} to WebAssembly"), || {
            let profile = ["--quiet", "--lib", "--profile", "wasm", "--target", WASM_TARGET];
            let mut cargo = run::cargo(&paths.root);
            cargo.args(["rustc", "--package", package]).args(profile).arg("--").args(link);
            // A variable and not the configuration of Cargo, which cannot know where this machine keeps its crates.
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", dist::remap()?.join(" "));
            run::capture(&mut cargo)?;
            Ok(String::new())
        })?;
        steps.run(&format!("Generating the bindings of {name}"), || bind(paths, name, package))?;
        steps.run(&format!("Optimising {name}"), || optimise(paths, name))?;
    }
    let samples_module = "samples_bg.wasm";
    copy(&paths.cache().join(samples_module), &generated.join(samples_module))?;
    steps.run("Listing the samples", || samples(paths))?;
    steps.run(&format!("Splitting {SPLIT}"), || divide(paths))?;
    for name in PACKED {
        steps.run(&format!("Packing {name}"), || pack_file(paths, name))?;
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

/// The module as the linker made it.
fn linked(paths: &Paths, package: &str) -> PathBuf {
    paths.target.join(WASM_TARGET).join("wasm").join(format!("{}.wasm", package.replace('-', "_")))
}

fn bind(paths: &Paths, name: &str, package: &str) -> Result<String> {
    let module = linked(paths, package);
    let folder = paths.cache().join("bindings");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(name, split::without_relocations(&fs::read(&module)?)?)
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

/// Writes the list of the samples: all of them, and the main ones, with which the page begins.
fn samples(paths: &Paths) -> Result<String> {
    let example = ["run", "--quiet", "--package", "diskglass-wasm-samples", "--example", "gallery"];
    let all: Vec<Value> = serde_json::from_str(&run::answer(run::cargo(&paths.root).args(example))?)?;
    let main: Vec<&Value> = all.iter().filter(|sample| sample["main"] == true).collect();
    write(&paths.generated().join(ALL_SAMPLES), &serde_json::to_vec(&all)?)?;
    let first = json!({ "count": all.len(), "main": main });
    write(&paths.generated().join("main-samples.json"), &serde_json::to_vec(&first)?)?;
    Ok(format!("{}", all.len()))
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

/// Runs wasm-opt, unless that was done for this very module before.
fn optimise(paths: &Paths, name: &str) -> Result<String> {
    let program = paths.npm_program("binaryen/bin/wasm-opt");
    let file = format!("{name}_bg.wasm");
    let source = paths.cache().join("bindings").join(&file);
    let optimised = paths.cache().join(&file);
    let bound = fs::read(&source)?;
    let version = fs::read(paths.npm_program("binaryen/package.json"))?;
    let is_known =
        unless_known(paths, &optimised, &[&bound, OPTIMISE.join(" ").as_bytes(), &version], || {
            run::capture(
                Command::new("node").arg(program).arg(&source).arg("--output").arg(&optimised).args(OPTIMISE),
            )?;
            Ok(())
        })?;
    let note = format!("{} KB from {} KB", fs::metadata(&optimised)?.len() / 1000, bound.len() / 1000);
    Ok(if is_known { format!("{note}, unchanged") } else { note })
}

/// Writes what of a module is needed first as one module, and the rest as another.
fn divide(paths: &Paths) -> Result<String> {
    let whole = fs::read(paths.cache().join(format!("{SPLIT}_bg.wasm")))?;
    let linked = fs::read(linked(paths, "diskglass-wasm"))?;
    let parts = split::split(&whole, &linked, &trial(paths, &split::marked(&whole)?)?)?;
    for (name, part) in [("diskglass_bg", &parts.first), ("diskglass_rest", &parts.rest)] {
        write(&paths.generated().join(format!("{name}.wasm")), part)?;
    }
    Ok(format!("{} KB and {} KB", parts.first.len() / 1000, parts.rest.len() / 1000))
}

/// Runs a module over samples; the numbers of the marks that were reached.
fn trial(paths: &Paths, marked: &[u8]) -> Result<BTreeSet<u32>> {
    let folder = paths.cache().join("trial");
    fs::create_dir_all(&folder)?;
    write(&folder.join("trial.mjs"), TRIAL.as_bytes())?;
    write(&folder.join("marked.wasm"), marked)?;
    for bindings in ["diskglass.js", "samples.js"] {
        copy(&paths.cache().join("bindings").join(bindings), &folder.join(bindings))?;
    }
    for generated in ["samples_bg.wasm", ALL_SAMPLES] {
        copy(&paths.generated().join(generated), &folder.join(generated))?;
    }
    let reached = run::answer(Command::new("node").current_dir(&folder).args([
        "trial.mjs",
        split::MARK,
        "marked.wasm",
    ]))?;
    Ok(serde_json::from_str(&reached)?)
}

/// Packs a module beside it, unless that was done before.
fn pack_file(paths: &Paths, name: &str) -> Result<String> {
    let module = fs::read(paths.generated().join(format!("{name}.wasm")))?;
    let packed = paths.generated().join(format!("{name}.wasm.lzma"));
    let is_known = unless_known(paths, &packed, &[&module], || Ok(fs::write(&packed, pack(&module)?)?))?;
    let note = format!("{} KB", fs::metadata(&packed)?.len() / 1000);
    Ok(if is_known { format!("{note}, unchanged") } else { note })
}

/// Makes a file, unless it is known to have been made of the same; says whether it was.
fn unless_known(paths: &Paths, file: &Path, of: &[&[u8]], make: impl FnOnce() -> Result<()>) -> Result<bool> {
    let mut digest = Sha256::new();
    for part in of {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    let name = file.file_name().unwrap_or_default().display();
    let made_of = paths.cache().join(format!("{name}.made-of"));
    let sum = digest.finalize();
    if file.is_file() && fs::read(&made_of).is_ok_and(|known| known == sum.as_slice()) {
        return Ok(true);
    }
    // Forgotten first: should it fail half-way, the next run starts anew.
    let _ = fs::remove_file(&made_of);
    make()?;
    fs::write(&made_of, sum)?;
    Ok(false)
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

/// Copies a file.
fn copy(from: &Path, to: &Path) -> Result<()> {
    write(to, &fs::read(from).with_context(|| format!("cannot read {}", from.display()))?)
}

/// Writes a file unless it is the same already, so that nothing looks new that is not.
fn write(to: &Path, bytes: &[u8]) -> Result<()> {
    if !fs::read(to).is_ok_and(|old| old == bytes) {
        fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}
