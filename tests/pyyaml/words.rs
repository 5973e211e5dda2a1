//! What is compared: words and documents that are easily read in another way, and many made at random.

/// Words of YAML 1.1 that mean something else than they seem to.
#[rustfmt::skip]
pub(crate) const TRICKY: &[&str] = &[
    "~", "null", "Null", "NULL", "nULL", "yes", "Yes", "YES", "yEs", "no", "on", "On", "oN", "off", "OFF", "true",
    "True", "TRUE", "tRue", "false", "y", "Y", "n", "N", "1", "0", "-0", "+1", "-1", "007", "010", "-010", "08",
    "0_8", "0b101", "0b", "0b_", "0b2", "-0b11", "0o10", "0x1F", "0xg", "0x", "0x_", "-0xff", "0X1F", "1_000", "1__0",
    "_1", "1_", "+_1", "1:30", "1:60", "01:30", "1:2:3", "190:20:30", "-1:30", "1:30.5", "1:30.", "1:3:", "-1:30.25",
    "1_0:30", "0:0", "00:30", "1e3", "1.5e3", "1.5e+3", "1.5e-3", "1.5E+3", "1e+3", "1.", "1.5", ".5", "-.5", "+.5",
    "+1.5", "._5", ".5_0", "5_.0_1", "1_0.5", ".", "..", "1..2", ".e+1", "1.e+1", "01.5", "00.0", "-0.0", "1.50",
    "100.0", "1e400", "1.0e+400", "1.0e+15", "1.0e+16", "1.0e+17", "123456789012345678.0", "0.0001", "0.00001",
    "1.0e-4", "1.0e-5", "0.1", "3.14159265358979", "1.7976931348623157e+308", "5.0e-324", "0.30000000000000004",
    "2.5e-7", ".inf", "-.inf", "+.inf", ".Inf", ".INF", ".iNF", ".nan", ".NaN", ".NAN", "-.nan", ".Nan", "2024-01-01",
    "2024-1-1", "2024-13-01", "2024-02-30", "0000-01-01", "0001-01-01", "9999-12-31", "2024-01-01 10:20:30",
    "2024-1-1 1:20:30", "2024-01-01T10:20:30", "2024-01-01t10:20:30Z", "2024-01-01 10:20:30.5",
    "2024-01-01 10:20:30.123456789", "2024-01-01 10:20:30.", "2024-01-01 10:20:30 +2", "2024-01-01 10:20:30 +02:30",
    "2024-01-01 10:20:30-05:00", "2024-01-01 10:20:30 -00:30", "2024-01-01 10:20:30 Z", "2024-01-01T10:20:30+24:00",
    "2024-01-01T10:20:30+99:99", "2024-01-01T10:20", "2024-01-01 25:00:00", "2024-01-01 10:61:00",
    "2024-01-01 10:20:60", "2024-1-01", "24-01-01", "2024-01-01x", "=", "==", "<", "<<", "=a", "-", "--", "-a", "?a",
    ":a", "a:b", "a#b", "1a", "0.0.1", "1.2.3.4", "99999999999999999999999999", "0xffffffffffffffffffffffff",
    "0x100000000000000000000000000000000000000000000000000000000000000000000", "-0x123456789abcdef0123456789abcdef0123456789abcdef",
    "0b10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "077777777777777777777777777", "0b1111111111111111111111", "99999999999999999999:30",
    "1:00:00:00:00:00:00:00:00:00:00:00:00", "123456789012345678901234567890:59", "+0x1f", "+0b1", "+010", "-0o7",
    "١", "１", "1\u{a0}", "é", "日本", "🍲", "\\n", "%", "C:\\dir", "a'b", "a\"b", "it's", "'", "''", "\"\"", "'1'",
    "\"1\"", "\"a\\nb\"", "\"\\x41\"", "\"\\u263a\"", "\"\\e\"", "\"tab\\there\"", "'it''s'", "!!str 1", "!!str yes",
    "!!str", "! 1",
];

/// Lists and mappings.
#[rustfmt::skip]
pub(crate) const COLLECTIONS: &[&str] = &[
    "[]", "{}", "[1, [2, [3]]]", "[a, 'b c', \"d'e\", 'f\"g', \"h'i\\\"j\"]",
    "[\"a\\nb\", \"a\\tb\", \"a\\\\b\", \"\\e\", \"\\0\"]", "{a: 1, b: [x, y], c: {d: null}}",
    "{1: a, yes: b, ~: c, 1.5: d}", "[~, yes, 1.0, .inf, -.inf, .nan]", "[1:30, 0x10, 010]",
    "[\"\\x7f\", \"\\x80\", \"\\xa0\", \"\\xad\", \"\\u2028\", \"\\ufeff\", \"\\U0001f372\", \"\\u200b\", \"\\ue000\"]",
    "- a\n- - b\n  - c\n- {d: e}\n", "[é, 日本]", "{a: {b: {c: 1}}}", "[,]", "[a,]", "[a, ]", "{a}", "{a, b: 1}",
    "[a: 1]", "[2024-01-01x]", "['', \"\"]", "[\"'\"]", "['\"']",
];

/// Job files and pieces of them.
#[rustfmt::skip]
pub(crate) const DOCUMENTS: &[&str] = &[
    "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", "a: &x {b: 1}\ne: &y {b: 2, f: 3}\nd:\n  <<: [*x, *y]\n",
    "a: &x {b: 1}\n<<: *x\n", "a: &x {b: 1}\nb: 2\n<<: *x\n", "<<: {a: 1}\na: 2\n", "<<: 1\na: 2\n", "\"<<\": 1\n",
    "<<: [1]\n", "<<: []\n", "<<: {a: 1}\n<<: {b: 2}\n", "<<: [{a: 1}, {a: 2}]\n",
    "d: &d {<<: {a: 1}, b: 2}\ne: {<<: *d}\n", "a: &x 1\nb: *x\n", "a: &x [1, 2]\nb: *x\n",
    "a: &x yes\nb: *x\n&k c: *x\n", "a: >\n  folded\n  text\n\n  more\n", "a: |\n  kept\n    more\n  end\n",
    "a: >-\n  x\n  y\n", "a: |+\n  x\n\n\nb: 1\n", "a: |2\n    x\n   y\n", "a: >\n  x\n    indented\n  y\n",
    "a: b\n  c\n  d\n", "a: 'b\n  c'\n", "a: \"b\\\n  c\"\n", "a: \"b\n\n  c\"\n",
    "# comment\na: 1 # more\nb: 2#no\n", "a:\nb:\n", "a: 1\n---\nb: 2\n", "---\na: 1\n...\n",
    "%YAML 1.1\n---\na: 1\n", "a: 1\n...\n", "? a\n: 1\n", "? [a]\n: 1\n", "a: 1\r\nb: 2\r\n", "\u{feff}a: 1\n",
    "a: 1", "{a: 1, b: 2}", "a: {b: c}\n", "a: - b\n", "a:\n- b\n- c\n", "a:\n  - b\n  -\n", "a: @x\n", "a: `x`\n",
    "a: %x\n", "a: *x\n", "a: &x\n", "a: !x y\n", "a: !!int '3'\n", "a: [1\n", "a: 'x\n", "a\n", "- a\n", "a: b: c\n",
    "a:b\n", "a : 1\n", "\"a\" : 1\n", "'a': 'b' 'c'\n", "a: \"\\q\"\n", "a: 'b\\n'\n", "1: a\n1.0: b\n",
    "yes: 1\non: 2\n", "a: x # y\n", "a: x#y\n", "a: |\n  # no comment\n", "a: ''\n",
    "name: Take this job: and run it\n", "schedule: 0 4 * * *\n", "schedule: '*/5 * * * *'\n",
    "command: echo \"a # b\"\n", "command: echo 'a: b'\n", "a: b\n c: d\n", "\ta: 1\n", "a:\t1\n", "a: 1\t\n",
    "a: x\ty\n", "a:\n\t- b\n", "a:\n  b: 1\n\tc: 2\n", "a: \"x\ty\"\n", "a: x\u{85}y\n", "a: x\u{2028}y\n",
    "a: x\u{7f}y\n", "a: \u{1}\n", "a: \"\u{9f}\"\n",
];

#[rustfmt::skip]
const PIECES: &[&str] = &[
    "0", "1", "2", "5", "6", "7", "8", "9", "00", "10", "59", "60", "2024", "_", ".", ":", "-", "+", "e", "E", "e+",
    "e-", "x", "0x", "0b", "0o", "a", "f", "T", "Z", " ", "inf", ".inf", "nan", "-01", "-1", ":30", "12:30:45", "y",
    "yes", "no", "=", "~",
];

/// Words of one to six pieces, the same at every run.
pub(crate) fn generated(count: usize) -> Vec<String> {
    let mut dice = Dice(0x5eed);
    let mut word = || {
        let pieces = 1 + dice.below(6);
        (0..pieces).map(|_| PIECES[dice.below(PIECES.len())]).collect::<String>().trim().to_owned()
    };
    // a word with ": " or "- " is no word but a document of its own
    std::iter::repeat_with(&mut word)
        .filter(|word| !word.contains(": ") && !word.starts_with("- "))
        .take(count)
        .collect()
}

#[rustfmt::skip]
const LINES: &[&str] = &[
    "a: 1", "b: two words", "c: 'quoted'", "d: \"x\\ty\"", "e: |", "f: >-", "g:", "- x", "- y: 1", "  h: 2", "  - z",
    "    i: j", "text", "  more text", "", "# comment", "k: [1, 2, {l: m}]", "n: {o: p, q: [r]}", "s: # nothing",
    "'t u': v", "w: x y # z", "? aa", "cc: - dd", "ee: 'ff\n  gg'", "---", "...", "hh: ii: jj",
];

/// What we read and `PyYAML` does not, or the other way round, and why that may stay.
pub(crate) const DIFFERENT: &[(&str, &str)] = &[
    ("k: ! 1\n", "type tags but !!str are refused"),
    ("! 1: v\n", "type tags but !!str are refused"),
    ("a: !!int '3'\n", "type tags but !!str are refused"),
    ("=: v\n", "as a key this is text for PyYAML; no key of ours or variable has it"),
    ("1: a\n1.0: b\n", "two keys that Python takes for equal"),
    ("{1: a, yes: b, ~: c, 1.5: d}", "two keys that Python takes for equal"),
    ("\ta: 1\n", "tabs that do no harm"),
    ("a:\t1\n", "tabs that do no harm"),
    ("a: 1\t\n", "tabs that do no harm"),
    ("a: x\ty\n", "tabs that do no harm"),
    ("a: x\u{85}y\n", "characters that were line breaks once"),
    ("a: x\u{2028}y\n", "characters that were line breaks once"),
    ("[2024-01-01, {a: 2024-01-01}]", "a date in a list was a piece of Python"),
    ("[0001-01-01, {a: 0001-01-01}]", "a date in a list was a piece of Python"),
    ("[9999-12-31, {a: 9999-12-31}]", "a date in a list was a piece of Python"),
    ("[2024-01-01T10:20:30, {a: 2024-01-01T10:20:30}]", "a date in a list was a piece of Python"),
    ("[2024-01-01t10:20:30Z, {a: 2024-01-01t10:20:30Z}]", "a date in a list was a piece of Python"),
    ("[?a, {a: ?a}]", "signs at the start of a word in brackets"),
    ("[:a, {a: :a}]", "signs at the start of a word in brackets"),
    ("[-, {a: -}]", "signs at the start of a word in brackets"),
    ("[!!str, {a: !!str}]", "a tag in front of nothing in brackets"),
];

/// Documents of a few lines, the same at every run; most are no YAML, and must be none for both.
pub(crate) fn shapes(count: usize) -> Vec<String> {
    let mut dice = Dice(0xd0c5);
    (0..count)
        .map(|_| {
            let mut lines: Vec<&str> = Vec::new();
            for _ in 0..2 + dice.below(5) {
                let line = LINES[dice.below(LINES.len())];
                // a key that comes twice is an error here, and was none
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            lines.join("\n") + "\n"
        })
        // PyYAML does not read the end of a document that has not begun
        .filter(|text| !text.replace("# comment\n", "").trim_start().starts_with("..."))
        .collect()
}

/// A small generator of numbers (xorshift64*), which needs no crate.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % end
    }
}
