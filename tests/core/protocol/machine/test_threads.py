"""How many threads a process takes: the option, variables in their order, and what the machine leaves to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ebert_core.protocol.machine import threads
from ebert_core.protocol.machine.threads import Threads, choose_threads, take_threads
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.__main__ import main as browse


@pytest.fixture
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_present", lambda: 8)


@pytest.mark.parametrize(
    ("wanted", "environment", "expected"),
    [
        ("", {}, Threads(8)),
        ("3", {"EBERT_THREADS": "5", "OMP_NUM_THREADS": "6"}, Threads(3, "--threads")),
        ("", {"EBERT_THREADS": "5", "OMP_NUM_THREADS": "6"}, Threads(5, "EBERT_THREADS")),
        ("", {"OMP_NUM_THREADS": "6,2", "SLURM_CPUS_PER_TASK": "4"}, Threads(6, "OMP_NUM_THREADS")),
        ("", {"SLURM_CPUS_PER_TASK": "4", "NSLOTS": "2"}, Threads(4, "SLURM_CPUS_PER_TASK")),
        ("", {"NSLOTS": "2"}, Threads(2, "NSLOTS")),
        ("", {"PBS_NCPUS": "2"}, Threads(2, "PBS_NCPUS")),
        ("", {"LSB_DJOB_NUMPROC": "2"}, Threads(2, "LSB_DJOB_NUMPROC")),
        # The batch system gave more than the process may use.
        ("", {"SLURM_CPUS_PER_TASK": "64"}, Threads(8, "SLURM_CPUS_PER_TASK")),
        ("", {"SLURM_CPUS_ON_NODE": "6"}, Threads(6, "SLURM_CPUS_ON_NODE")),
        ("", {"MKL_NUM_THREADS": "3"}, Threads(3, "MKL_NUM_THREADS")),
        ("", {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "3"}, Threads(2, "OMP_NUM_THREADS")),
        # The processes of one run share a machine; what a person says is meant for each.
        ("", {"LOCAL_WORLD_SIZE": "4"}, Threads(2)),
        ("", {"LOCAL_WORLD_SIZE": "40"}, Threads(1)),
        ("", {"LOCAL_WORLD_SIZE": "0"}, Threads(8)),
        ("", {"LOCAL_WORLD_SIZE": "some"}, Threads(8)),
        ("3", {"LOCAL_WORLD_SIZE": "4"}, Threads(3, "--threads")),
        ("", {"OMP_NUM_THREADS": "6", "LOCAL_WORLD_SIZE": "4"}, Threads(6, "OMP_NUM_THREADS")),
        ("", {"SLURM_CPUS_ON_NODE": "6", "LOCAL_WORLD_SIZE": "3"}, Threads(2, "SLURM_CPUS_ON_NODE")),
        ("", {"SLURM_CPUS_PER_TASK": "6", "LOCAL_WORLD_SIZE": "3"}, Threads(6, "SLURM_CPUS_PER_TASK")),
        (
            "",
            {"SLURM_CPUS_PER_TASK": "6", "LOCAL_WORLD_SIZE": "3", "TORCHELASTIC_RUN_ID": "none"},
            Threads(2, "SLURM_CPUS_PER_TASK"),
        ),
        # A person may take more than there is.
        ("64", {}, Threads(64, "--threads")),
        ("", {"EBERT_THREADS": "", "OMP_NUM_THREADS": ""}, Threads(8)),
    ],
)
def test_what_is_asked_for_comes_before_what_was_given_and_what_there_is(
    eight_cores: None, wanted: str, environment: dict[str, str], expected: Threads
) -> None:
    assert choose_threads(wanted, environment) == expected


@pytest.mark.parametrize("value", ["abc", "0", "-1", "1.5", "9999999", "4 cores"])
def test_what_is_no_number_of_threads_is_refused_with_its_name(value: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"^SLURM_CPUS_PER_TASK is '{value}', which is no number of threads"):
        choose_threads("", {"SLURM_CPUS_PER_TASK": value})
    with pytest.raises(InvalidRequest, match=r"^--threads is "):
        choose_threads(value, {})


def machine(root: Path, siblings: dict[int, str], groups: dict[str, str], lines: str) -> None:
    for number, words in siblings.items():
        folder = root / f"sys/devices/system/cpu/cpu{number}/topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(words + "\n")
    for path, words in groups.items():
        (root / "sys/fs/cgroup" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "sys/fs/cgroup" / path).write_text(words + "\n")
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(lines)


PAIRS = {0: "0,4", 1: "1,5", 2: "2,6", 3: "3,7", 4: "0,4", 5: "1,5", 6: "2,6", 7: "3,7"}


@pytest.mark.parametrize(
    ("groups", "lines", "expected"),
    [
        ({}, "", 4),
        ({"a/cpu.max": "max 100000"}, "0::/a\n", 4),
        ({"a/cpu.max": "150000 100000"}, "0::/a\n", 2),
        ({"a/b/cpu.max": "max 100000", "a/cpu.max": "100000 100000"}, "0::/a/b\n", 1),
        ({"a/cpu.max": "rubbish"}, "0::/a\n", 4),
        (
            {"cpu,cpuacct/x/cpu.cfs_quota_us": "300000", "cpu,cpuacct/x/cpu.cfs_period_us": "100000"},
            "4:cpu,cpuacct:/x\n",
            3,
        ),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, "4:cpu:/\n3:memory:/y\n", 4),
    ],
)
@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux binds processes to processors")
def test_cores_count_once_and_no_more_of_them_than_there_is_time_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: dict[str, str], lines: str, expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(PAIRS), raising=False)
    machine(tmp_path, PAIRS, groups, lines)
    assert threads._present(tmp_path) == expected


@pytest.mark.parametrize("lines", [b"0::/\xff\xfe\n", b"0::/a\0b\n", b"1:cpu:/a\0b\n", b"0::/a\rb\n", b"::\n"])
def test_control_groups_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: bytes) -> None:
    machine(tmp_path, {}, {"cpu.max": "\u00b2 100000"}, "")
    (tmp_path / "proc/self/cgroup").write_bytes(lines)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
    assert threads._present(tmp_path) == 2


def test_a_process_bound_to_some_processors_takes_those(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 2, 5}, raising=False)
    machine(tmp_path, PAIRS, {}, "")
    assert threads._present(tmp_path) == 2


def test_a_machine_that_tells_nothing_has_as_many_cores_as_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert threads._present(tmp_path) == 3


def test_only_a_choice_of_somebody_is_worth_words() -> None:
    assert Threads(1, "NSLOTS").words() == "1 thread, as NSLOTS says"
    assert [Threads(4).words(), Threads(4, "OMP_NUM_THREADS").words()] == ["", ""]


def test_libraries_are_told_and_what_a_person_set_stays() -> None:
    chosen: dict[str, str] = {"POLARS_MAX_THREADS": "1", "OMP_WAIT_POLICY": "ACTIVE"}
    take_threads(Threads(4, "NSLOTS"), chosen)
    assert (chosen["OMP_NUM_THREADS"], chosen["RAYON_NUM_THREADS"], chosen["POLARS_MAX_THREADS"]) == ("4", "4", "1")
    assert chosen["OMP_WAIT_POLICY"] == "ACTIVE"
    assert "EBERT_THREADS" not in chosen
    take_threads(Threads(2, "--threads"), chosen)
    assert {chosen[name] for name in ("EBERT_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS")} == {"2"}


@pytest.mark.parametrize("words", [["--threads", "1"], []])
def test_torch_computes_on_as_many_threads_as_a_command_was_given(words: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; from ebert_core.cli import program\n"
        "def run(_arguments):\n    import torch; print(torch.get_num_threads())\n"
        "program._module('prepare').run = run\n"
        f"sys.exit(program.main(['prepare', 'x.toml', *{words}]))"
    )
    where = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    where |= {} if words else {"SLURM_CPUS_PER_TASK": "1"}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=where, cwd=tmp_path)
    source = "--threads" if words else "SLURM_CPUS_PER_TASK"
    assert (ended.stdout, ended.returncode) == ("1\n", 0), ended.stderr
    assert f"1 thread, as {source} says" in ended.stderr


def test_the_window_refuses_what_is_no_number_of_threads(capsys: pytest.CaptureFixture[str]) -> None:
    assert browse(["--threads", "many"]) == 2
    assert capsys.readouterr().err == (
        "ebert-browser: --threads is 'many', which is no number of threads; write 1 to 4096.\n"
    )


def test_workers_and_jobs_of_a_window_take_as_many_threads_as_it_was_given() -> None:
    program = (
        "import os; from ebert_gui import __main__ as window; window._objection_of_display = lambda: 'no display'; "
        "window.main(['--threads', '3']); print(os.environ['EBERT_THREADS'], os.environ['OMP_NUM_THREADS'])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "3 3\n"
