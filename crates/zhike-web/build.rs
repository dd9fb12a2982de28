//! The binary embeds web/dist and web/fonts: build again when they change, and say so when they are not there.

use std::path::Path;

fn main() {
    for (folder, file, without) in [
        ("../../web/dist", "manifest.json", "pages will have no styles and scripts"),
        ("../../web/fonts", "regular.ttf", "nothing can be printed"),
    ] {
        println!("cargo::rerun-if-changed={folder}");
        if !Path::new(folder).join(file).exists() {
            println!("cargo::warning={folder} is missing: {without}. Run `make web`, then build again.");
        }
    }
}
