"""What one run of a program costs, for benches that compare whole processes."""
import collections
import os
import subprocess
import sys
import tempfile
import time

Cost = collections.namedtuple("Cost", "seconds cpu mib output")


def run(command, cwd=None):
    """The Cost of a command that must succeed: wall and CPU seconds, peak memory, standard output."""
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")
        out.seek(0)
        return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read())
