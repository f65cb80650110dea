//! Prints the JSON Schema of what crosses to the page; `cargo xtask build` makes the page's types from it.

fn main() {
    print!("{}", diskglass_wasm::boundary::schema());
}
