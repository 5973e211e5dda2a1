//! Names of units, taken apart as systemd does. See systemd.unit(5).

/// `PREFIX.KIND`, or `PREFIX@INSTANCE.KIND`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitName<'a> {
    prefix: &'a str,
    /// What is behind the `@`; empty for a template.
    instance: Option<&'a str>,
    kind: &'a str,
}

impl<'a> UnitName<'a> {
    /// Takes a name apart.
    pub fn of(name: &'a str) -> Self {
        let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
        match stem.split_once('@') {
            Some((prefix, instance)) => UnitName { prefix, instance: Some(instance), kind },
            None => UnitName { prefix: stem, instance: None, kind },
        }
    }

    /// What stands before the `@`, or before the kind.
    pub fn prefix(&self) -> &'a str {
        self.prefix
    }

    /// Which instance of its template it is; empty for every other unit.
    pub fn instance(&self) -> &'a str {
        self.instance.unwrap_or_default()
    }

    /// `service`, `timer` and so on.
    pub fn kind(&self) -> &'a str {
        self.kind
    }

    /// Whether it is none that can run, but says how its instances are.
    pub fn is_template(&self) -> bool {
        self.instance == Some("")
    }

    /// The template that it is an instance of.
    pub fn template(&self) -> Option<String> {
        let is_instance = !self.instance().is_empty();
        is_instance.then(|| format!("{}@.{}", self.prefix, self.kind))
    }

    /// The units whose drop-ins hold for this one, those that come first hide files of others that have the same name. For
    /// `a-b@x.service`: itself, `a-b@.service`, `a-.service`, then `a-@x.service` and `a-@.service`. It is the order in which
    /// systemd asks itself, and it asks for the template before it looks for dashes.
    pub fn drop_in_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        gather(self.prefix, self.instance, self.kind, &mut names);
        names
    }
}

fn gather(prefix: &str, instance: Option<&str>, kind: &str, names: &mut Vec<String>) {
    let name = match instance {
        Some(instance) => format!("{prefix}@{instance}.{kind}"),
        None => format!("{prefix}.{kind}"),
    };
    if !names.contains(&name) {
        names.push(name);
    }
    if instance.is_some_and(|instance| !instance.is_empty()) {
        gather(prefix, Some(""), kind, names);
    }
    // of a prefix that ends in a dash, the one before that
    let Some((shorter, _)) = prefix.strip_suffix('-').unwrap_or(prefix).rsplit_once('-') else { return };
    if !shorter.is_empty() {
        gather(&format!("{shorter}-"), instance.filter(|instance| !instance.is_empty()), kind, names);
    }
}

/// The text that a part of a name stands for: a dash is a slash, `\x2d` a dash. None if it stands for none.
pub fn unescaped(part: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'-' => out.push(b'/'),
            b'\\' => {
                let digits = rest.strip_prefix(b"x")?.get(..2).filter(|it| it.iter().all(u8::is_ascii_hexdigit))?;
                let digits = std::str::from_utf8(digits).ok()?;
                out.push(u8::from_str_radix(digits, 16).ok().filter(|byte| *byte != 0)?);
                rest = &rest[3..];
            }
            other => out.push(*other),
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        for (name, prefix, instance, kind, template) in [
            ("a.b.service", "a.b", "", "service", None),
            ("a@b@c.d.timer", "a", "b@c.d", "timer", Some("a@.timer")),
            ("a@.timer", "a", "", "timer", None),
            ("nothing", "nothing", "", "", None),
        ] {
            let unit = UnitName::of(name);
            assert_eq!((unit.prefix(), unit.instance(), unit.kind()), (prefix, instance, kind), "{name}");
            assert_eq!(unit.template().as_deref(), template, "{name}");
            assert_eq!(unit.is_template(), name == "a@.timer");
        }
    }

    /// As `DropInPaths` of systemd 252 and 257 has them, when each pair of folders holds a file of one name.
    #[test]
    fn drop_ins_of_whom() {
        for (name, expected) in [
            ("p-q-r.service", &["p-q-r.service", "p-q-.service", "p-.service"][..]),
            (
                "p-q-r@i-j.service",
                &[
                    "p-q-r@i-j.service",
                    "p-q-r@.service",
                    "p-q-.service",
                    "p-.service",
                    "p-q-@i-j.service",
                    "p-q-@.service",
                    "p-@i-j.service",
                    "p-@.service",
                ],
            ),
            ("a--b.service", &["a--b.service", "a--.service", "a-.service"]),
            ("a-.service", &["a-.service"]),
            ("-x.service", &["-x.service"]),
            ("x.timer", &["x.timer"]),
        ] {
            assert_eq!(UnitName::of(name).drop_in_names(), expected, "{name}");
        }
    }

    #[test]
    fn what_a_part_stands_for() {
        for (part, text) in [
            ("a-b\\x2dc", Some("a/b-c")),
            ("\\xc3\\xa4", Some("\u{e4}")),
            ("", Some("")),
            ("\\xff", None),
            ("\\x00", None),
            ("\\x2", None),
            ("\\x+f", None),
            ("\\n", None),
            ("\\x\u{e4}", None),
        ] {
            assert_eq!(unescaped(part).as_deref(), text, "{part}");
        }
    }
}
