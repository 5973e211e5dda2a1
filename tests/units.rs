//! The shipped units and folders.

use process_control::compile;
use process_control::config::Config;

/// `units/` holds what the generator would write for the built-in configuration, so that nothing
/// need be generated where nothing is configured.
#[test]
fn shipped_templates_are_what_the_generator_would_write() {
    for unit in compile::shipped() {
        assert_shipped(&format!("units/{}", unit.name), &unit.file.to_string());
    }
}

#[test]
fn shipped_folders_are_those_of_the_configuration_without_a_file() {
    let config = Config::default();
    let group = compile::group_of_default(&config.user).unwrap();
    assert_shipped(&format!("packaging/tmpfiles.d/{}", compile::FOLDERS_FILE), &compile::folders(&config, &group));
}

fn assert_shipped(file: &str, text: &str) {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_UNITS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{path}: run the test with UPDATE_UNITS=1");
}
