//! Everything that reads what a stranger wrote, given anything at all: links, files, sessions, messages.
//!
//! A target ([`targets::TARGETS`]) takes bytes, has them read, and panics if what came of it is wrong. libFuzzer looks for
//! bytes with which it does (the program `fuzz`, by `cargo xtask fuzz`); the tests give it those of `corpus/` again. How
//! much memory a target may hold is limited ([`memory`]), so that a header which lies about a size is found as well.

pub mod alike;
pub mod memory;
pub mod targets;
