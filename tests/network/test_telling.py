"""What passes is one line on a terminal, and a line now and then elsewhere."""

import os
import pty
import sys

import pytest

from network import telling
from network.building import Passing, told
from network.telling import ERASE, Progress


def test_elsewhere_what_passes_is_told_now_and_then(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 2.0, 10.5, 11.0, 21.0, 21.5])
    monkeypatch.setattr(telling.time, "monotonic", lambda: next(clock))
    progress = Progress()
    progress("building")
    for done in range(4):
        progress(Passing(f"compiled {done}"))
    progress("built")
    lines = [line.split("s  ")[1] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["building", "compiled 1", "compiled 3", "built"]


def test_on_a_terminal_it_is_one_line_and_an_error_stands_below(monkeypatch):
    ours, its = pty.openpty()
    with os.fdopen(its, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        progress = Progress()
        progress("building")
        for done in range(3):
            progress(Passing(f"compiled {done} of 3 " + "x" * 200))
        progress("built")
        written = ""
        while "built" not in written:  # it comes in pieces
            written += os.read(ours, 65_536).decode()
    os.close(ours)
    assert written.count(ERASE) == 3
    assert written.count("\n") == 2 + written.endswith("\n")
    assert all(len(line) < 120 for line in written.split(ERASE))
    assert written.rstrip().endswith("built")


@pytest.mark.parametrize(
    ("done", "total", "took_s", "text"),
    [
        (1, 800, 1, "compiled 1 of 800 packages"),
        (79, 800, 30, "compiled 79 of 800 packages"),
        (80, 800, 30, "compiled 80 of 800 packages, about 4 minutes left"),
        (400, 800, 60, "compiled 400 of 800 packages, about 60 s left"),
        (799, 800, 120, "compiled 799 of 800 packages, about 10 s left"),
        (800, 800, 120, "compiled all 800 packages; linking the commands"),
        (3, 0, 1, "compiled all 3 packages; linking the commands"),
    ],
)
def test_an_estimate_is_made_once_there_is_something_to_judge_by(done, total, took_s, text):
    assert told(done, total, took_s) == text
