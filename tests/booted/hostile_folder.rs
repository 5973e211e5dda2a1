//! Job folders that are too full, that change while they are read, or that root itself cannot read.

use crate::hosts::{Host, Suite};
use crate::jobs::on_both_suites;
use crate::soak::{row, times};

on_both_suites!(
    a_full_folder_takes_bounded_time_and_memory,
    files_that_are_swapped_while_they_are_read_show_nothing,
    a_file_that_is_rewritten_while_it_is_read_is_whole_or_refused,
    a_file_that_root_cannot_read_costs_no_other_its_units,
);

const GENERATOR: &str = "/usr/lib/systemd/system-generators/process-control-generator";
const HEALTHY: &str = "name: N\nschedule: '0 0 29 2 *'\ncommand: 'true'\n";

/// A host on which nobody but the test looks at the folder.
fn host(suite: Suite) -> Host {
    let host = Host::boot(suite);
    host.watch_no_files();
    host.write_job("healthy", &HEALTHY["name: N\n".len()..]);
    host
}

/// What is prepended: where the job files are, and where units go.
fn script(host: &Host, text: &str) -> String {
    let before = format!("generator={GENERATOR}; units=/run/units; mkdir -p $units; cd /var/lib/process-control\n");
    host.sh(&(before + text))
}

fn a_full_folder_takes_bounded_time_and_memory(suite: Suite) {
    let host = host(suite);
    let count = times(5_000, 100_000);
    host.write("/tmp/job.yaml", HEALTHY);
    script(
        &host,
        &format!(
            "seq -f job%.0f.yaml {count} | xargs -n 500 sh -c 'for f; do ln -s healthy.yaml $f; done' sh
        truncate -s 10G sparse.yaml"
        ),
    );
    // a limit of the address space holds for all that it could use
    let megabytes = 64;
    let took = script(
        &host,
        &format!(
            "begun=$(date +%s%N); timeout 90 prlimit --as={} $generator $units; echo $((($(date +%s%N) - begun) / 1000000))",
            megabytes << 20,
        ),
    );
    let units = script(&host, "ls $units | grep -c '^job@.*timer$'; test -e $units/job@sparse.service");
    assert_eq!(units.trim(), (count + 1).to_string());
    // the 90 s are those of systemd for its generators
    let what = format!("all have units, after {} ms, in less than {megabytes} MB", took.trim());
    row(suite, "files in the job directory, one of 10 GB", count, &what);
}

fn files_that_are_swapped_while_they_are_read_show_nothing(suite: Suite) {
    let host = host(suite);
    host.sh("echo 'canary:$6$leaked:20000:0:99999:7:::' >>/etc/shadow; touch /tmp/go");
    host.write(
        "/tmp/swap",
        "cd /var/lib/process-control; mkdir .d .away; mkfifo .pipe; cp healthy.yaml .file; ln -s /etc/shadow .link
        while [ -e /tmp/go ]; do
            cp .file .f; mv -T .f odd.yaml; cp -P .link .l; mv -T .l odd.yaml
            ln .pipe .p; mv -fT .p odd.yaml; rm -f odd.yaml; mkdir odd.yaml; rmdir odd.yaml
        done; touch /tmp/gone\n",
    );
    host.sh("setsid sh /tmp/swap >/dev/null 2>&1 </dev/null & sleep 0.3");
    let rounds = times(60, 10_000);
    let said = script(
        &host,
        &format!(
            "for round in $(seq {rounds}); do rm -rf $units/*; timeout -s KILL 20 $generator $units 2>&1
            test -e $units/job@healthy.timer; if grep -rq leaked $units; then echo leaked; fi
            if [ -e $units/job@odd.timer ]; then echo whole; elif [ -e $units/job@odd.service ]; then echo refused; fi; done"
        ),
    );
    assert!(!said.contains("leaked") && !said.contains("root:"), "{said}");
    // it was met as a job and as none
    assert!(said.contains("whole") && said.contains("refused"), "{said}");
    host.sh("rm /tmp/go; while [ ! -e /tmp/gone ]; do sleep 0.1; done");
    row(
        suite,
        "generator while a file is swapped with links, pipes and folders",
        rounds,
        "nothing shown, nothing waited for",
    );
}

fn a_file_that_is_rewritten_while_it_is_read_is_whole_or_refused(suite: Suite) {
    let host = host(suite);
    host.write(
        "/tmp/rewrite",
        "cd /var/lib/process-control; pad=$(head -c 60000 /dev/zero | tr '\\0' '#')
        while [ -e /tmp/go ]; do : >odd.yaml; printf 'name: N\\nschedule: \"* * * * *\"\\n%s\\n' $pad >>odd.yaml
            printf 'command: \"true\"\\n' >>odd.yaml; done; touch /tmp/gone\n",
    );
    host.sh("touch /tmp/go; setsid sh /tmp/rewrite >/dev/null 2>&1 </dev/null & sleep 0.3");
    let rounds = times(60, 10_000);
    // a timer without a run, or a service without an end, would be half a job
    let timers = script(
        &host,
        &format!(
            "for round in $(seq {rounds}); do rm -rf $units/*; timeout -s KILL 20 $generator $units 2>/dev/null
            test -e $units/job@healthy.timer; grep -q ^ExecStopPost= $units/job@healthy.service
            if [ -e $units/job@odd.timer ]; then grep -q ^OnCalendar= $units/job@odd.timer
                grep -q ^ExecStopPost= $units/job@odd.service; echo whole; fi; done"
        ),
    );
    host.sh("rm /tmp/go; while [ ! -e /tmp/gone ]; do sleep 0.1; done");
    assert!(timers.lines().count() < rounds, "it was never seen half written");
    row(suite, "generator while a file is rewritten", rounds, "a whole unit or none, the healthy job kept its own");
}

fn a_file_that_root_cannot_read_costs_no_other_its_units(suite: Suite) {
    let host = host(suite);
    script(&host, "cp healthy.yaml shut.yaml; chown nobody shut.yaml; chmod 0 shut.yaml");
    let rounds = times(5, 100);
    let dropped = "setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search";
    script(
        &host,
        &format!(
            "for round in $(seq {rounds}); do rm -rf $units/*; {dropped} $generator $units
            test -e $units/job@healthy.timer; test -e $units/job@shut.service; test ! -e $units/job@shut.timer; done"
        ),
    );
    let jobctl = host.run(&["sh", "-c", &format!("{dropped} jobctl check shut 2>&1")]);
    let why = "shut.yaml: cannot be read: Permission denied";
    assert!(!jobctl.ok() && jobctl.stdout.contains(why), "{jobctl:?}");
    row(suite, "generator without the right to read all, and a shut file", rounds, "an error for that job alone");
}
