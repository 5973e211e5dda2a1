//! Writes what is made from the definitions and the docs: `cargo run --example manual -- FOLDER`. It is not shipped;
//! `packaging/build.sh` runs it.

mod pages;

use process_control::app::complete::scripts;
use process_control::schema::{Kind, schema};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: manual FOLDER");
        return ExitCode::from(64);
    };
    match write_all(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("manual: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write_all(folder: &Path) -> io::Result<()> {
    for page in pages::all(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        let section = folder.join(format!("man/man{}", page.section));
        write(&section.join(format!("{}.{}", page.name, page.section)), &page.text)?;
    }
    for script in scripts() {
        write(&folder.join("completions").join(script.shell).join(script.file), &script.text)?;
    }
    for kind in Kind::ALL {
        write(&folder.join("schema").join(kind.file()), &format!("{:#}\n", schema(kind)))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}
