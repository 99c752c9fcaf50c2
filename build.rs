//! The sentences are compiled in by a macro, which Cargo cannot see read files: a changed sentence is a changed crate.
fn main() {
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=build.rs");
}
