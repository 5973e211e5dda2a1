//! The shipped units.

use process_control::compile;

/// `units/` holds what the generator would write for the built-in configuration, so that nothing
/// need be generated where nothing is configured.
#[test]
fn shipped_templates_are_what_the_generator_would_write() {
    for unit in compile::shipped() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/units/").to_owned() + &unit.name;
        let text = unit.file.to_string();
        if std::env::var_os("UPDATE_UNITS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&path).unwrap_or_default(),
            text,
            "{path}: run the test with UPDATE_UNITS=1"
        );
    }
}
