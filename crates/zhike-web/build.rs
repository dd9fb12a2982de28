//! The binary embeds web/dist: build again when it changes, and say so when it is not there.

use std::path::Path;

fn main() {
    let dist = Path::new("../../web/dist");
    println!("cargo::rerun-if-changed=../../web/dist");
    if !dist.join("manifest.json").exists() {
        println!(
            "cargo::warning=web/dist is missing: pages will have no styles and scripts. Run `make web`, then build again."
        );
    }
}
