"""A stand-in for `ebert`: takes `VERB spec.toml --job DIRECTORY [--resume]`; the output's name says how it ends."""

import os
import sys
import time

from ebert_core.jobs.reporter import open_job
from ebert_core.protocol.specs.on_disk import read_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped

verb, spec_path, _, directory = sys.argv[1:5]
spec = read_spec(spec_path)
name = os.path.basename(spec.output)
if name == "vanish":
    sys.exit("no such library")
with open_job(spec, directory) as job:
    job.event(f"niceness {os.nice(0)}, session {os.getsid(0) == os.getpid()}, arguments {sys.argv[5:]}")
    job.progress(0.25, "epoch 1 of 4")
    job.metric(1, 1, "training", "loss", 0.5)
    match name:
        case "works":
            job.finish(spec.output, {"auprc": 0.5})
        case "invalid":
            raise InvalidRequest("There is no chromosome chr99.")
        case "bug":
            raise RuntimeError("a mistake of ours")
        case "long":
            while not job.stop_requested():
                time.sleep(0.01)
            raise Stopped("Stopped after step 7.")
        case "deaf":
            time.sleep(60)
