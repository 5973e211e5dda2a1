//! Where the bus has a unit.

use std::fmt::Write as _;

/// The object path of a unit: every byte of its name but letters and digits becomes `_` and its
/// hexadecimal code.
pub fn object_path(unit: &str) -> String {
    unit.bytes().fold("/org/freedesktop/systemd1/unit/".to_owned(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() {
            path.push(byte.into());
        } else {
            write!(path, "_{byte:02x}").expect("a String takes every write");
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::object_path;

    #[test]
    fn units_are_found_on_the_bus() {
        let path = "/org/freedesktop/systemd1/unit/job_40a_2db_5cx20c_2etimer";
        assert_eq!(object_path("job@a-b\\x20c.timer"), path);
    }
}
