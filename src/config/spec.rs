//! The configuration as it was typed → [`Config`].

use super::secret::secrets;
use super::{CONFIG_KEYS, Config, Root, User};
use crate::job::read::{Field, Timeout};
use crate::job::spec::{self, unknown_key};
use crate::job::text::one_line;
use crate::job::values::{memory, percent, places, tasks};
use crate::job::{Ceilings, Problem, Spec};
use crate::yaml::{EMPTY, Entry, Meaning, Node, Scalar};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Reads the text of `source`. None if anything in it is an error: a configuration that is half
/// understood could run jobs as somebody they were not meant for.
pub fn read(source: Option<&Path>, bytes: &[u8], problems: &mut Vec<Problem>) -> Option<Config> {
    let mut config = Config { source: source.map(Path::to_owned), ..Config::default() };
    let node = match crate::yaml::parse(bytes) {
        Ok(node) => node,
        // comments alone say nothing, as in the file that packages install; no byte at all is what a full disk leaves
        Err(problem) if problem.what == EMPTY && bytes.contains(&b'#') => return Some(config),
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    if node.scalar().map(Scalar::meaning) == Some(Meaning::Null) {
        return Some(config);
    }
    let Some(entries) = node.map() else {
        let what = format!("this is {}", node.kind());
        problems.push(Problem::error(node.place, "", what).allowed("a mapping of keys"));
        return None;
    };
    for entry in entries {
        read_entry(&mut config, entry, problems);
    }
    if config.user.says_root() && config.root == Root::Refused {
        let place = node.get("user").unwrap_or(&node).place;
        let what = "the service user cannot be root";
        problems.push(Problem::error(place, "user", what).allowed("another user, or allow_root: true"));
    }
    let watched = config.metrics_file.as_deref().and_then(|file| watched(&config, file));
    if let Some((folder, path)) = watched {
        let place = node.get("metrics_file").unwrap_or(&node).place;
        let what = format!("it would be written anew for ever, as each change in `{folder}` writes it");
        let allowed = format!("a file outside {}", one_line(&path.to_string_lossy()));
        problems.push(Problem::error(place, "metrics_file", what).allowed(allowed));
    }
    problems.iter().all(|problem| !problem.is_error()).then_some(config)
}

/// The folder that is watched for the sake of the metrics and that they would be in, by its key. Below it is too much
/// too: the folders there are ours, and some of them are watched.
fn watched<'a>(config: &'a Config, file: &Path) -> Option<(&'static str, &'a Path)> {
    [("state_directory", &*config.state_directory), ("notice_directory", &*config.notice_directory)]
        .into_iter()
        .find(|(_, folder)| file.starts_with(folder))
}

fn read_entry(config: &mut Config, Entry { key, place, value }: &Entry, problems: &mut Vec<Problem>) {
    let field = &mut Field { key: &key.text, node: value, problems };
    match key.text.as_str() {
        "job_directory" => set(&mut config.job_directory, path(field)),
        "output_directory" => config.output_directory = path(field),
        "run_directory" => set(&mut config.run_directory, path(field)),
        "state_directory" => set(&mut config.state_directory, path(field)),
        "pause_directory" => set(&mut config.pause_directory, path(field)),
        "notice_directory" => set(&mut config.notice_directory, path(field)),
        "metrics_file" => config.metrics_file = path(field),
        "sendmail" => config.sendmail = path(field),
        "secrets" => config.secrets = secrets(field),
        "runner_path" => set(&mut config.runner_path, path(field)),
        "user" => set(&mut config.user, user(field)),
        "allow_root" => {
            set(&mut config.root, field.flag().map(|allow| if allow { Root::Allowed } else { Root::Refused }));
        }
        "default_job_config" => config.defaults = defaults(value, problems),
        "max_running" => config.caps.all = places(field),
        "max_running_by_tag" => config.caps.by_tag = by_tag(field),
        "ceilings" => config.ceilings = ceilings(field),
        "cron_template" => config.cron_template = value.scalar().map(|template| template.text.clone()),
        "output_crontab" => {
            let crontab = value.scalar().and_then(|crontab| crate::unit::path(&crontab.text));
            set(&mut config.old_crontab, crontab);
        }
        "logging" => {
            let problem = Problem::note(*place, &*key.text, "has no meaning any more: the journal keeps the log");
            field.problems.push(problem.allowed("it can be removed"));
        }
        unknown => problems.push(unknown_key(*place, "", unknown, CONFIG_KEYS)),
    }
}

fn set<T>(to: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *to = value;
    }
}

pub(super) fn path(field: &mut Field) -> Option<PathBuf> {
    match crate::unit::path(field.text()?) {
        Some(path) => Some(path),
        None => field.refuse("this is no absolute path", "an absolute path without .. and control characters"),
    }
}

fn user(field: &mut Field) -> Option<User> {
    match field.node.scalar().and_then(|scalar| User::parse(&scalar.text)) {
        Some(user) => Some(user),
        None => field.refuse("this is no user", User::ALLOWED),
    }
}

/// The defaults of jobs: job keys, named as `default_job_config/KEY` in what is said of them.
fn defaults(node: &Node, problems: &mut Vec<Problem>) -> Spec {
    if node.scalar().map(Scalar::meaning) == Some(Meaning::Null) {
        return Spec::default();
    }
    let mut found = Vec::new();
    let spec = spec::Spec::read(node, &mut found);
    problems.extend(found.into_iter().map(|problem| {
        let key = ["default_job_config", &problem.key].join("/");
        Problem { key: key.trim_end_matches('/').to_owned(), ..problem }
    }));
    spec
}

fn by_tag(field: &mut Field) -> BTreeMap<String, u32> {
    let Some(entries) = field.node.map() else {
        return field.refuse("this is no mapping", "tags, each with a number, as in `database: 2`").unwrap_or_default();
    };
    let caps = entries.iter().filter_map(|Entry { key, value, .. }| {
        let tag = one_line(&key.text);
        let name = format!("max_running_by_tag/{tag}");
        places(&mut Field { key: &name, node: value, problems: field.problems }).map(|most| (tag, most))
    });
    caps.collect()
}

fn ceilings(field: &mut Field) -> Ceilings {
    let mut most = Ceilings::default();
    // an error and not a mistake: a ceiling that is misspelt is a ceiling that is not there
    let unknown = |place| Problem::error(place, "ceilings", "an unknown key");
    field.keys("timeout, memory_max, cpu_quota, tasks_max", unknown, |key, field| {
        match key {
            "timeout" => most.timeout = field.minutes().and_then(Timeout::span),
            "memory_max" => most.memory_max = memory(field),
            "cpu_quota" => most.cpu_quota = percent(field),
            "tasks_max" => most.tasks_max = tasks(field),
            _ => return None,
        }
        Some(())
    });
    most
}
