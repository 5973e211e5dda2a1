//! `jobctl schema`: what files may say, for editors.

use super::print_json;
use crate::app::args::Schema;
use crate::app::exit;
use crate::schema;

/// Prints the schema.
pub(super) fn schema(arguments: &Schema) -> u8 {
    print_json(&schema::schema(arguments.kind));
    exit::OK
}
