//! Nothing: this package is its tests, `native/` and `web.rs`.
