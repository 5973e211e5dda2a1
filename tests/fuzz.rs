//! What holds for any bytes, for the bytes that are kept and for some thousand that grow from them, the same each time;
//! `make fuzz` goes on for longer, and where the code leads it.

#[path = "../fuzz/invariants/mod.rs"]
mod invariants;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// A generator of numbers that is the same everywhere (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

/// Bytes that mean something to YAML, to schedules or to unit files.
const TELLING: &[&[u8]] = &[
    b"\n",
    b"%",
    b"%i",
    b"$",
    b"\\",
    b"\\\n",
    b"\"",
    b"'",
    b"[Service]\n",
    b"\nUser=root\n",
    b"ExecStart=",
    b": ",
    b"- ",
    b"#",
    b"&a ",
    b"*a",
    b"<<: ",
    b"|-\n ",
    b"\xff",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\0",
    b"\x1b[2J",
    b"*/5",
    b"@",
    b"..",
    b"after_success: ",
    b"conflicts: ",
    b"retries: 3\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"!!binary ",
    b"0",
    b"-1",
    b"~",
];

/// Changes some bytes: cuts, doubles, puts in what means something, or what another one says.
fn grown(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let length = numbers.below((bytes.len() - at).min(40) + 1);
        match numbers.below(5) {
            0 => drop(bytes.drain(at..at + length)),
            1 => {
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(at..at, piece);
            }
            2 => {
                let telling = TELLING[numbers.below(TELLING.len())];
                bytes.splice(at..at, telling.iter().copied());
            }
            3 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            _ => {
                let from = numbers.below(other.len() + 1);
                let piece = other[from..].iter().copied().take(60).collect::<Vec<_>>();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes.truncate(4096);
    bytes
}

/// Tries the bytes that are kept, and so many that grow from them.
fn hold(target: &str, count: usize, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(seeds.len() >= 5, "{target}: there is nothing to grow from");
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let all = seeds.iter().cloned().chain((0..count).map(|_| {
        let (one, other) = (numbers.below(seeds.len()), numbers.below(seeds.len()));
        grown(&seeds[one], &seeds[other], &mut numbers)
    }));
    for bytes in all {
        let done = catch_unwind(AssertUnwindSafe(|| check(&bytes)));
        assert!(done.is_ok(), "{target}: {:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn whatever_stands_in_a_file_is_refused_or_harmless() {
    hold("spec", 20_000, invariants::spec);
}

#[test]
fn whatever_is_a_schedule_is_written_anew() {
    hold("schedule", 50_000, invariants::schedule);
}

#[test]
fn whatever_is_quoted_comes_back_as_it_was() {
    hold("quoting", 50_000, invariants::quoting);
}

#[test]
fn whatever_is_in_the_folder_costs_no_healthy_job_anything() {
    hold("folder", 2_000, invariants::folder);
}
