"""Stands in for the original's run-job: reads the job with PyYAML, takes the lock, runs the commands, keeps a history."""

import datetime
import fcntl
import pathlib
import shlex
import subprocess
import sys

import yaml

job_file, lock_file, state_file = map(pathlib.Path, sys.argv[1:])
job = yaml.safe_load(job_file.read_text())
with open(lock_file, "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    state = yaml.safe_load(state_file.read_text()) if state_file.exists() else {"history": []}
    commands = job["command"] if isinstance(job["command"], list) else [job["command"]]
    status = "completed"
    for command in commands:
        timeout = job.get("timeout", 60) * 60
        if subprocess.run(shlex.split(command), timeout=timeout).returncode != 0:
            status = "failure"
            break
    state["history"].append({"status": status, "time": str(datetime.datetime.now())})
    state["history"] = state["history"][-20:]
    state_file.write_text(yaml.safe_dump(state))
