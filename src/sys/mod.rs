//! The only code that touches the world: one effect per file.
