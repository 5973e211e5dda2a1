"""Stands in for the original's cron-generate: reads every job file with PyYAML and writes the crontab."""

import pathlib
import sys

import yaml

jobs, crontab = map(pathlib.Path, sys.argv[1:])
lines = []
for path in sorted(jobs.glob("*.yaml")):
    job = yaml.safe_load(path.read_text())
    if "schedule" in job and not job.get("disabled"):
        lines.append(f"{job['schedule']} process-control run-job {path.stem}\n")
crontab.write_text("".join(lines))
