//! Makes cargo run this crate's tests anew when a scenario is added or removed.

fn main() {
    println!("cargo::rerun-if-changed=.");
}
