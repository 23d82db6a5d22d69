"""Transactions of every command and every code come out the same in every interpreter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chaincode.base.errors import Code
from chaincode.rules import EVER
from tests.chaincode.determinism.mutants import MUTANTS
from tests.chaincode.determinism.recording import everything
from tests.chaincode.determinism.transactions import key_of, load, types_of
from tests.chaincode.rejections import is_tested
from tests.system_needs import missing_of_locales

LEAST = 2_000
LEAST_OF_SEVERAL = 400  # of these, with commands of several people
# By locale: source and character set, as `localedef` names them. A host has few, so that without
# these a setting would be no more than a text in the environment.
LOCALES = {
    "ja_JP.UTF-8": ("ja_JP", "UTF-8"),
    "tr_TR.UTF-8": ("tr_TR", "UTF-8"),
    "ja_JP.eucJP": ("ja_JP", "EUC-JP"),
}
REPLAY = "tests.chaincode.determinism.replay"
# Each with options of the interpreter, its environment, and options of the replay.
SETTINGS = {
    "plain": ((), {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "TZ": "UTC"}, ()),
    "posix": ((), {"PYTHONHASHSEED": "1", "LANG": "C", "LC_ALL": "POSIX", "TZ": "Asia/Tokyo"}, ()),
    "optimised": (
        ("-O",),
        {"PYTHONHASHSEED": "4242", "LANG": "ja_JP.UTF-8", "TZ": "America/St_Johns"},
        (),
    ),
    "without docstrings": (
        ("-OO",),
        {"PYTHONHASHSEED": "random", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Apia"},
        (),
    ),
    "poisoned": (
        ("-X", "utf8=0"),
        {"PYTHONHASHSEED": "random", "LANG": "ja_JP.eucJP", "TZ": "Etc/GMT+12"},
        ("--poison",),
    ),
}


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> tuple[Path, set[tuple[str, tuple[str, ...]]]]:
    """Return the file of recorded transactions, and the answers that they were given."""
    path = tmp_path_factory.mktemp("determinism") / "transactions.json"
    recorded = everything()
    recorded.save(path)
    return path, recorded.answers


@pytest.fixture(scope="module")
def locales(tmp_path_factory) -> Path:
    """Return a folder with the locales compiled, for LOCPATH."""
    if lacking := missing_of_locales(os.environ):
        pytest.skip(lacking[0])
    folder = tmp_path_factory.mktemp("locales")
    for name, (source, characters) in LOCALES.items():
        compile_ = ["localedef", "--no-archive", "-i", source, "-f", characters, folder / name]
        subprocess.run(compile_, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def outcomes(recording, locales) -> dict[str, dict]:
    """Return what came out in each setting; two interpreters run at a time."""
    path, _ = recording
    found = {}
    names = list(SETTINGS)
    for pair in (names[start : start + 2] for start in range(0, len(names), 2)):
        running = {name: start(path, name, locales) for name in pair}
        for name, process in running.items():
            _, errors = process.communicate(timeout=300)
            assert process.returncode == 0, (name, errors)
            found[name] = json.loads(target(path, name).read_text())
    return found


def target(path: Path, name: str) -> Path:
    return path.with_name(f"{name}.json")


def start(path: Path, name: str, locales: Path) -> subprocess.Popen:
    interpreter, environment, options = SETTINGS[name]
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return subprocess.Popen(
        [sys.executable, *interpreter, "-m", REPLAY, str(path), str(target(path, name)), *options],
        env={**kept, **environment, "LOCPATH": str(locales)},
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_command_and_every_code_is_among_enough_transactions(recording):
    path, answers = recording
    transactions = list(load(path))
    assert len(transactions) >= LEAST
    # For rules that change in mid-batch there must be two versions: `test_rules`.
    assert {code for code, _ in answers} == {str(code) for code in Code} - {"RULES_CHANGED"}
    wires = [wire for transaction, _ in transactions for wire in transaction.args]
    types = {type_name for wire in wires for type_name in types_of(wire)}
    assert types >= set(EVER)
    functions = {transaction.function for transaction, _ in transactions}
    assert functions >= {"submit", "submit_at", "dry_run", "query", "version"}


def test_enough_of_the_transactions_carry_commands_of_several_people(recording):
    path, _ = recording
    people = [{key_of(wire) for wire in transaction.args} for transaction, _ in load(path)]
    assert sum(len(one - {None}) > 1 for one in people) >= LEAST_OF_SEVERAL


def test_every_answer_is_one_that_the_tests_of_rejections_ask_for(recording):
    _, answers = recording
    assert [one for one in answers if not is_tested(one[0], *one[1])] == []


def test_each_setting_has_the_locale_that_it_names(outcomes):
    named = {name: environment["LANG"] for name, (_, environment, _) in SETTINGS.items()}
    assert {name: outcome["locale"] for name, outcome in outcomes.items()} == named


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "plain"])
def test_reads_writes_and_answers_are_the_same_to_the_byte(outcomes, name):
    plain, other = outcomes["plain"]["digests"], outcomes[name]["digests"]
    assert len(plain) >= LEAST
    differing = [n for n, pair in enumerate(zip(plain, other, strict=True)) if len({*pair}) > 1]
    assert differing == []


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_contract_with_a_hazard_is_caught(outcomes, mutant):
    seen = {tuple(outcome["mutants"][mutant]) for outcome in outcomes.values()}
    assert len(seen) > 1
