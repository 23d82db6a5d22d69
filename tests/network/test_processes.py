import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from network import processes as module
from network.errors import NetworkStateError, ProcessFailedError
from network.processes import NEXT, Process, Processes, last_lines

SLEEP = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-c",
    "from signal import *; signal(SIGTERM, SIG_IGN); print('deaf', flush=True); pause()",
)


@pytest.fixture
def processes(tmp_path):
    processes = Processes(tmp_path)
    yield processes
    for name in processes.names():
        processes.kill(name)
    for pid in with_argument(tmp_path):  # what a fault left without a record
        os.kill(pid, signal.SIGKILL)


def process(name="coop.peer", command=SLEEP, ready=lambda: True, ports=()):
    environment = {"PATH": os.environ["PATH"], "GREETING": "good morning"}
    return Process(name=name, command=command, environment=environment, ready=ready, ports=ports)


def wrote(processes, text, name="coop.peer"):
    return lambda: text in last_lines(processes.log(name), 5)


def eventually(holds, *, patience_s=10):
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def with_argument(path):
    """Return the ids of all processes on this machine that were given the path."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if os.fsencode(path) in arguments:
            found.append(int(folder.name))
    return found


def test_process_runs_and_writes_to_its_log_when_started(processes):
    processes.start(process())
    processes.wait_ready(process(ready=wrote(processes, "here")), patience_s=10)
    assert processes.pid("coop.peer") is not None
    assert processes.names() == ["coop.peer"]


def test_process_gets_the_environment_given_and_no_other(processes, monkeypatch):
    monkeypatch.setenv("CORE_PEER_ID", "a stranger's")
    show = (sys.executable, "-c", "import os; print(sorted(os.environ)); input()")
    processes.start(process(command=show))
    processes.wait_ready(process(ready=wrote(processes, "EOFError")), patience_s=10)
    first = processes.log("coop.peer").read_text().splitlines()[0]
    assert "GREETING" in first
    assert "CORE_PEER_ID" not in first


def test_process_survives_the_end_of_the_command_that_started_it(processes, tmp_path):
    code = (
        "import sys; from pathlib import Path; from network.processes import *;"
        f"Processes(Path({str(tmp_path)!r})).start(Process(name='coop.peer',"
        f"command={SLEEP!r}, environment={{}}, ready=lambda: True))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    pid = processes.pid("coop.peer")
    assert pid is not None
    assert os.getsid(pid) == pid != os.getsid(0)


CRASHING = """
import os, signal, sys
from pathlib import Path
from network import processes as module

kept, folder, crashes = module.write_atomically, Path(sys.argv[1]), sys.argv[2]
def crash(*args):
    if crashes == "after its record":
        kept(*args)
    os.kill(os.getpid(), signal.SIGKILL)
module.write_atomically = crash
module.Processes(folder).start(
    module.Process(name="coop.peer", command=sys.argv[3:], environment={}, ready=bool)
)
"""


@pytest.mark.parametrize("crashes", ["before its record", "after its record"])
def test_start_that_was_cut_off_leaves_nothing_running_and_may_be_repeated(
    processes, tmp_path, crashes
):
    command = (*SLEEP, str(tmp_path))
    arguments = [sys.executable, "-c", CRASHING, tmp_path, crashes, *command]
    died = subprocess.run(arguments, check=False)
    assert died.returncode == -signal.SIGKILL
    assert bool(processes.names()) == (crashes == "after its record")
    eventually(lambda: processes.pid("coop.peer") is None)
    assert with_argument(tmp_path) == []
    processes.start(process(command=command))
    processes.wait_ready(process(ready=wrote(processes, "here")), patience_s=10)
    assert with_argument(tmp_path) == [processes.pid("coop.peer")]
    assert processes.log("coop.peer").read_text() == "here\n"


def test_second_start_does_nothing_while_it_runs(processes):
    processes.start(process())
    pid = processes.pid("coop.peer")
    processes.start(process())
    assert processes.pid("coop.peer") == pid


def test_pid_is_none_when_never_started(processes):
    assert processes.pid("coop.peer") is None
    processes.stop("coop.peer")
    processes.kill("coop.peer")


def test_killed_process_is_gone_and_starts_again(processes):
    processes.start(process())
    first = processes.pid("coop.peer")
    processes.kill("coop.peer")
    assert processes.pid("coop.peer") is None
    processes.start(process())
    assert processes.pid("coop.peer") not in (None, first)


def test_process_killed_by_somebody_else_is_not_taken_for_running(processes):
    processes.start(process())
    os.kill(processes.pid("coop.peer"), signal.SIGKILL)
    eventually(lambda: processes.pid("coop.peer") is None)  # a zombie at most: it is our child
    assert processes.names() == ["coop.peer"]


def test_process_that_died_before_it_was_looked_at_is_not_taken_for_running(processes, tmp_path):
    with subprocess.Popen(("/bin/true",)) as gone:
        pass
    (tmp_path / "run").mkdir()
    record = {"pid": gone.pid, "started": None}
    (tmp_path / "run/coop.peer.json").write_text(json.dumps(record))
    assert processes.pid("coop.peer") is None
    processes.start(process())
    assert processes.pid("coop.peer") not in (None, gone.pid)


def test_recycled_pid_is_never_killed(processes, tmp_path):
    stranger = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL)
    try:
        (tmp_path / "run").mkdir()
        record = {"pid": stranger.pid, "started": 1}
        (tmp_path / "run/coop.peer.json").write_text(json.dumps(record))
        assert processes.pid("coop.peer") is None
        processes.kill("coop.peer")
        processes.stop("coop.peer")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_stop_forgets_the_process(processes):
    processes.start(process())
    pid = processes.pid("coop.peer")
    processes.stop("coop.peer")
    assert processes.names() == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stop_kills_what_ignores_sigterm(processes, monkeypatch):
    monkeypatch.setattr(module, "STOP_PATIENCE_S", 0.3)
    processes.start(process(command=STUBBORN))
    processes.wait_ready(process(ready=wrote(processes, "deaf")), patience_s=10)
    processes.stop("coop.peer")
    assert processes.pid("coop.peer") is None


def test_start_says_so_when_the_program_is_missing(processes):
    with pytest.raises(ProcessFailedError, match=r"coop\.peer can't be started: /nowhere/peer"):
        processes.start(process(command=("/nowhere/peer",)))
    assert processes.names() == []


def test_start_says_so_when_the_program_is_made_for_another_machine(processes, tmp_path):
    program = tmp_path / "peer"
    program.write_bytes(b"\x7fELF of another kind")
    program.chmod(0o755)
    with pytest.raises(ProcessFailedError, match=f"{program}: Exec format error"):
        processes.start(process(command=(str(program),)))
    assert processes.names() == []


def test_start_says_so_when_another_program_has_the_port(processes):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(NetworkStateError, match=f"coop.peer can't listen on port {port}"):
            processes.start(process(ports=(port,)))
    assert processes.names() == []


def test_wait_shows_the_end_of_the_log_when_the_process_ended(processes):
    failing = process(
        command=(sys.executable, "-c", "raise SystemExit('no such ledger')"), ready=lambda: False
    )
    processes.start(failing)
    with pytest.raises(ProcessFailedError, match="ended right after its start") as caught:
        processes.wait_ready(failing, patience_s=10)
    assert "no such ledger" in caught.value.diagnostics()
    assert str(processes.log("coop.peer")) in caught.value.diagnostics()


def test_wait_gives_up_when_the_process_never_serves(processes):
    never = process(ready=lambda: False)
    processes.start(never)
    with pytest.raises(ProcessFailedError, match="does not serve after 0 s"):
        processes.wait_ready(never, patience_s=0.2)


def test_next_process_takes_the_name_and_the_log_of_the_one_before(processes):
    processes.start(process())
    processes.start(process(name="coop.peer" + NEXT))
    old, new = processes.pid("coop.peer"), processes.pid("coop.peer" + NEXT)
    assert processes.log("coop.peer") == processes.log("coop.peer" + NEXT)
    processes.replace("coop.peer")
    assert processes.names() == ["coop.peer"]
    assert processes.pid("coop.peer") == new
    with pytest.raises(ProcessLookupError):
        os.kill(old, 0)


def test_edition_of_a_process_is_known_for_as_long_as_it_runs(processes):
    assert processes.edition("coop.peer") is None
    processes.start(replace(process(), edition="1"))
    processes.start(replace(process(name="coop.peer" + NEXT), edition="2"))
    assert processes.edition("coop.peer") == "1"
    processes.replace("coop.peer")
    assert processes.edition("coop.peer") == "2"
    processes.kill("coop.peer")
    assert processes.edition("coop.peer") is None


def test_last_lines_are_the_last_ones(tmp_path):
    path = tmp_path / "log"
    path.write_text("".join(f"line {number}\n" for number in range(20_000)))
    assert last_lines(path, 2) == "line 19998\nline 19999"
    assert last_lines(tmp_path / "none", 2) == ""
