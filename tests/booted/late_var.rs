//! The job directory is on a file system that is mounted late in the boot: the generator sees an
//! empty folder, and the boot looks again.

use crate::hosts::{Host, Suite};
use crate::jobs::{SOON, on_both_suites};
use process_control::history::Outcome;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

on_both_suites!(jobs_on_a_late_file_system_are_found_once);

const MOUNT: &str = "[Unit]
DefaultDependencies=no
Requires=slow-disk.service
After=slow-disk.service
[Mount]
What=/srv/jobs
Where=/var/lib/process-control
Type=none
Options=bind
";
const DISK: &str = "[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sleep 2
";

fn jobs_on_a_late_file_system_are_found_once(suite: Suite) {
    let folder = tempfile::tempdir().unwrap();
    let (layer, kept) = (folder.path().join("layer"), folder.path().join("kept"));
    let put = |path: &str, text: &str| {
        let path = layer.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("etc/systemd/system/var-lib-process\\x2dcontrol.mount", MOUNT);
    put("etc/systemd/system/slow-disk.service", DISK);
    put("srv/jobs/often.yaml", "name: often\ncalendar: '*:*:0/5'\ncommand: 'true'\n");
    put("srv/jobs/boot.yaml", "name: boot\nat_boot: true\ncommand: 'true'\n");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let host = Host::boot_with(suite, &["--layer", &text(&layer), "--persistent", &text(&kept)]);

    host.wait_for(SOON, "timer after the mount", || host.is_active("job@often.timer"));
    host.wait_for_runs("boot", 1, Outcome::Success, SOON);
    let disk = host.property("slow-disk.service", "ExecMainExitTimestampMonotonic");
    let timer = host.property("job@often.timer", "ActiveEnterTimestampMonotonic");
    let number = |text: &str| text.parse::<u64>().unwrap();
    assert!(number(&disk) < number(&timer), "{disk} {timer}");
    let said = host.journal(&["_SYSTEMD_UNIT=process-control-boot.service"]);
    assert!(said.contains("new      often  OnCalendar="), "the generator saw the jobs: {said}");
    host.wait_for_runs("often", 1, Outcome::Success, SOON);

    host.sh("systemctl daemon-reload");
    host.wait_for_runs("often", 2, Outcome::Success, SOON);
    assert_eq!(host.history("boot").runs.len(), 1);

    for boots in 2..=3 {
        if boots == 2 {
            host.reboot();
        } else {
            host.crash_and_boot();
        }
        let runs = host.wait_for_runs("boot", boots, Outcome::Success, SOON);
        assert_eq!(runs.iter().map(|run| &run.boot).collect::<BTreeSet<_>>().len(), boots, "{runs:?}");
        host.sh("systemctl daemon-reload");
        assert_eq!(host.history("boot").runs.len(), boots);
    }
}
