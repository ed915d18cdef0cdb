"""A jump beside IGV's: `xvfb-run -a -s "-screen 0 1920x1200x24" python benchmarks/against_igv.py [TRACKS ...]`.

Needs IGV 2 as the command `igv` (Debian's package). Writes bigWigs of 60 Mb, opens the same files in IGV and in a
window of this program on the same screen, one program after the other, and jumps to the same places in both. For IGV,
the time of its commands `goto` and `snapshot` over its port, after which all its tracks are complete; for this program,
the time from the jump to the frame that shows every track complete. Prints both medians and their ratio for each span,
and the memory of both after all jumps.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from jump import wait_until_drawn, write_signal
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.app.program import Options
from ebert_gui.app.window_program import WindowProgram

_LENGTH = 60_000_000
_SPANS = (20_000, 200_000, 2_000_000, 20_000_000)
_JUMPS = 10
_PORT = 60_151
_WIDTH, _HEIGHT = 1600, 1000
_START_SECONDS = 120
_OURS = "--ours"


class Run(NamedTuple):
    """Seconds of a jump, the median for each span, and the memory in use after all of them."""

    seconds: dict[int, float]
    megabytes: float


def main() -> int:
    """Measure and print."""
    if shutil.which("igv") is None:
        print("IGV is not here; install it (Debian: apt install igv) and run this again.", file=sys.stderr)
        return 2
    counts = [int(word) for word in sys.argv[1:]] or [10, 50]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        paths = [write_signal(home / f"signal{number}.bw", number, _LENGTH) for number in range(max(counts))]
        for count in counts:
            theirs = _time_igv(paths[:count], home)
            ours = _in_a_process_of_its_own(paths[:count], home)
            for span in _SPANS:
                print(
                    f"{count} bigWigs, {span / 1000:,.0f} kb: IGV {1000 * theirs.seconds[span]:.0f} ms, here "
                    f"{1000 * ours.seconds[span]:.0f} ms, {theirs.seconds[span] / ours.seconds[span]:.1f} times faster",
                    flush=True,
                )
            share = ours.megabytes / theirs.megabytes
            print(
                f"{count} bigWigs, memory: IGV {theirs.megabytes:.0f} MB, here {ours.megabytes:.0f} MB with its "
                f"worker, {share:.2f} of IGV's",
                flush=True,
            )
    return 0


def _starts(span: int) -> list[int]:
    """Where the jumps of a span begin: never at a place that an earlier one has read."""
    step = (_LENGTH - span) // (_JUMPS + 1)
    return [1_000 + (jump + 1) * step for jump in range(_JUMPS)]


def _in_a_process_of_its_own(paths: list[Path], home: Path) -> Run:
    """Run `_time_ours` where nothing of this process counts as memory."""
    command = [sys.executable, __file__, _OURS, str(home), *map(str, paths)]
    environment = {"QT_QPA_PLATFORM": "xcb", **os.environ}
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(said.stdout, type=Run)


def _time_ours(paths: list[Path], home: Path) -> Run:
    app = QApplication([])
    program = WindowProgram(Options(files=tuple(map(str, paths)), session=str(home / f"{len(paths)}.json")), app)
    program.window.resize(_WIDTH, _HEIGHT)
    program.window.show()
    wait_until_drawn(program)
    for each in (*_SPANS, *_SPANS):
        program.workspace.view.show(Interval("chr1", 0, each))
        wait_until_drawn(program)
    medians = {}
    for span in _SPANS:
        times = []
        for start in _starts(span):
            before = time.perf_counter()
            program.workspace.view.show(Interval("chr1", start, start + span))
            wait_until_drawn(program)
            times.append(time.perf_counter() - before)
        medians[span] = statistics.median(times)
    megabytes = _megabytes(os.getpid()) + sum(map(_megabytes, _children(os.getpid())))
    program.window.close()
    program.window.deleteLater()
    app.processEvents()
    return Run(medians, megabytes)


def _time_igv(paths: list[Path], home: Path) -> Run:
    with _igv(home) as port:
        port.ask(f"snapshotDirectory {home}")
        port.ask(f"load {','.join(map(str, paths))}")
        for each in (*_SPANS, *_SPANS):
            port.ask(f"goto chr1:1-{each}")
            port.ask("snapshot igv.png")
        medians = {}
        for span in _SPANS:
            times = []
            for start in _starts(span):
                before = time.perf_counter()
                port.ask(f"goto chr1:{start + 1}-{start + span}")
                port.ask("snapshot igv.png")
                times.append(time.perf_counter() - before)
            medians[span] = statistics.median(times)
        return Run(medians, sum(map(_megabytes, port.processes())))


class _Port:
    """IGV's port for commands: a line each way."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._socket = socket.create_connection(("127.0.0.1", _PORT), timeout=120)
        self._answers = self._socket.makefile("r", encoding="utf-8")

    def ask(self, command: str) -> None:
        """Send a command and wait until it is done."""
        self._socket.sendall(f"{command}\n".encode())
        answer = self._answers.readline().strip()
        if answer not in ("OK", command.removeprefix("echo ")):
            raise RuntimeError(f"IGV says to {command}: {answer or 'nothing'}")

    def processes(self) -> list[int]:
        """IGV with all that it has started."""
        return [self._process, *_children(self._process)]


@contextmanager
def _igv(home: Path) -> Iterator[_Port]:
    folder = home / "igv"
    folder.mkdir(exist_ok=True)
    sizes, genomes = home / "benchmark.chrom.sizes", home / "genomes.txt"
    sizes.write_text(f"chr1\t{_LENGTH}\n")
    # Without a list of its own, IGV asks its server for one and waits for a person where there is no network.
    genomes.write_text(f"<Server-Side Genome List>\nBenchmark\t{sizes}\tbenchmark\n")
    (folder / "prefs.properties").write_text(
        f"IGV.Bounds=0,0,{_WIDTH},{_HEIGHT}\nIGV.genome.sequence.dir={genomes}\nDEFAULT_GENOME_KEY=benchmark\n"
    )
    options = {**os.environ, "JAVA_TOOL_OPTIONS": f"-Duser.home={home}"}
    command = ["igv", "--igvDirectory", str(folder), "-g", str(sizes), "-p", str(_PORT)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=options, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                port = _Port(process.pid)
                port.ask("echo ready")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("IGV does not open its port.") from None
                time.sleep(0.2)
        yield port
    finally:
        for child in _children(process.pid):
            os.kill(child, 15)
        process.terminate()
        process.wait()


def _children(process: int) -> list[int]:
    """All that a process has started, and what that has started."""
    try:
        words = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    except OSError:
        return []
    direct = [int(word) for word in words]
    return direct + [each for child in direct for each in _children(child)]


def _megabytes(process: int) -> float:
    """The memory of a process that no other shares, and its part of what is shared."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == [_OURS]:
        sys.stdout.buffer.write(
            msgspec.json.encode(_time_ours([Path(word) for word in sys.argv[3:]], Path(sys.argv[2])))
        )
        sys.exit(0)
    sys.exit(main())
