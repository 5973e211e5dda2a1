//! Random schedules, the same ones in every run.

/// A small generator of random numbers (`SplitMix64`): no dependency, and the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.between(1, count) == 1
    }

    /// Five fields that cron accepts.
    pub(crate) fn vixie(&mut self) -> String {
        let fields = [(0, 59, 60), (0, 23, 24), (1, 31, 31), (1, 12, 12), (0, 7, 7)];
        let by_field: [(u64, &[&str]); 2] = [
            (3, &["jan", "feb", "Mar", "APR", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
            (4, &["sun", "mon", "Tue", "WED", "thu", "fri", "sat"]),
        ];
        let text: Vec<String> = (0..)
            .zip(fields)
            .map(|(index, limits)| {
                let names = by_field.iter().find(|(field, _)| *field == index).map_or(&[][..], |(_, names)| names);
                self.field(limits, names)
            })
            .collect();
        text.join(if self.one_in(10) { " \t" } else { " " })
    }

    fn field(&mut self, limits: (u64, u64, u64), names: &[&str]) -> String {
        if self.one_in(3) {
            return "*".to_owned();
        }
        let count = if self.one_in(3) { self.between(2, 4) } else { 1 };
        let elements: Vec<String> = (0..count).map(|_| self.element(limits, names)).collect();
        elements.join(",")
    }

    fn element(&mut self, (low, high, values): (u64, u64, u64), names: &[&str]) -> String {
        let first = self.between(low, high);
        let last = self.between(first, high);
        let step = if self.one_in(20) { self.between(1, 2 * values) } else { self.between(1, values / 2) };
        match self.between(1, 40) {
            // `5,*` and `*,5` differ for cron: the first sign of a field decides.
            40 => "*".to_owned(),
            1..=10 => self.name(first, low, names),
            11..=20 => format!("{}-{}", self.name(first, low, names), self.name(last, low, names)),
            21..=25 => format!("{first}-{last}/{step}"),
            26..=35 => format!("*/{step}"),
            _ => format!("{first:02}"),
        }
    }

    /// The number as its name now and then.
    fn name(&mut self, number: u64, low: u64, names: &[&str]) -> String {
        let name = usize::try_from(number - low).ok().and_then(|index| names.get(index));
        match name {
            Some(name) if self.one_in(3) => (*name).to_owned(),
            _ => number.to_string(),
        }
    }

    /// A calendar event that both systemd and we read.
    pub(crate) fn calendar(&mut self) -> String {
        let mut words = Vec::new();
        if self.one_in(3) {
            let days = ["mon", "Tue", "Wednesday", "thu", "FRI", "Saturday", "sun"];
            let first = self.between(0, 6);
            let last = self.between(first, 6);
            let pick = |index: u64| usize::try_from(index).map_or("", |index| days[index]);
            words.push(format!("{}{}{}", pick(first), if self.one_in(2) { ".." } else { "," }, pick(last)));
        }
        if self.one_in(2) || words.is_empty() {
            let year = if self.one_in(4) { format!("{}-", self.numbers(2026, 2035)) } else { String::new() };
            words.push(format!("{year}{}-{}", self.numbers(1, 12), self.numbers(1, 31)));
        }
        if self.one_in(2) {
            let second = if self.one_in(2) { format!(":{}", self.numbers(0, 59)) } else { String::new() };
            words.push(format!("{}:{}{second}", self.numbers(0, 23), self.numbers(0, 59)));
        }
        words.join(" ")
    }

    fn numbers(&mut self, low: u64, high: u64) -> String {
        if self.one_in(3) {
            return "*".to_owned();
        }
        let count = if self.one_in(3) { self.between(2, 3) } else { 1 };
        let elements: Vec<String> = (0..count)
            .map(|_| {
                let first = self.between(low, high - 1);
                let last = self.between(first + 1, high);
                let step = self.between(1, last - first);
                match self.between(1, 4) {
                    1 => format!("{first}..{last}"),
                    2 => format!("{first}..{last}/{step}"),
                    3 if step < high - first => format!("{first}/{step}"),
                    _ => first.to_string(),
                }
            })
            .collect();
        elements.join(",")
    }

    /// Anything that a file may hold in this place, mostly signs that mean something here.
    pub(crate) fn noise(&mut self) -> String {
        const PIECES: [&str; 32] = [
            " ",
            " ",
            " ",
            " ",
            "\t",
            "*",
            "*",
            "*",
            "0",
            "1",
            "5",
            "59",
            "2027",
            "99999999999999999999",
            "-",
            "..",
            ",",
            "/",
            ":",
            "@daily",
            "mon",
            "Sun",
            "jan",
            "L",
            "#",
            "%",
            "\n",
            "\0",
            "\u{202e}",
            "é",
            "Europe/Berlin",
            "UTC",
        ];
        let count = self.between(0, 14);
        (0..count).map(|_| PIECES[usize::try_from(self.between(0, 31)).unwrap_or(0)]).collect()
    }
}
