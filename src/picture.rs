//! Strokes and photographs to model inputs: pure functions on pixels.
