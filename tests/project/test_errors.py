"""Every error that this project can raise survives a copy and a pickle, with all it carries."""

import copy
import importlib
import inspect
import pickle
import pkgutil

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import chaincode
import gateway
import network
from gateway.device.client import RefusedError
from gateway.http.errors import ProblemError
from gateway.pos.refusals import WORDS, FileError
from gateway.words import SaidError, verbatim

PACKAGES = (chaincode, gateway, network)
PROBLEM = st.fixed_dictionaries(
    {"title": st.text(), "code": st.text(), "detail": st.text(), "balance": st.integers()}
)
# What an annotation alone does not say.
JSON = st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one, max_size=2))
WORDS_OF_ANY = st.text() | st.text().map(verbatim)  # a template's braces are facts, not any text
ARGUMENTS = {
    RefusedError: {"problem": PROBLEM},
    BaseException: {"facts": st.text() | st.integers()},
    SaidError: {"text": WORDS_OF_ANY, "hint": WORDS_OF_ANY},
    FileError: {
        "kind": st.sampled_from(
            sorted(key for key, text in WORDS.items() if text.placeholders("en") <= {"row"})
        )
    },
    ProblemError: {"extension": st.dictionaries(st.text(), JSON, max_size=3)},
}


def modules():
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def error_classes() -> list[type[BaseException]]:
    found = {
        one
        for module in modules()
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, BaseException)
        if one.__module__.partition(".")[0] in {package.__name__ for package in PACKAGES}
    }
    return sorted(found, key=lambda one: (one.__module__, one.__qualname__))


def instances(kind: type[BaseException]) -> st.SearchStrategy[BaseException]:
    """Return errors with drawn values for each argument, the optional ones included."""
    if not inspect.isfunction(kind.__init__):  # a builtin's: it takes anything
        return st.lists(st.text() | st.integers(), max_size=3).map(lambda args: kind(*args))
    known = {
        name: one for base in kind.__mro__[::-1] for name, one in ARGUMENTS.get(base, {}).items()
    }
    placed, named = [], {}
    for argument in inspect.signature(kind.__init__, eval_str=True).parameters.values():
        if argument.name == "self":
            continue
        strategy = (
            known[argument.name] if argument.name in known else st.from_type(argument.annotation)
        )
        if argument.kind is argument.VAR_KEYWORD:
            named |= dict.fromkeys(("drawn_first", "drawn_second"), strategy)
        elif argument.kind is argument.KEYWORD_ONLY:
            named[argument.name] = strategy
        else:
            placed.append(strategy)
    return st.builds(kind, *placed, **named)


COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda error, protocol=protocol: pickle.loads(
            pickle.dumps(error, protocol)
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


@pytest.mark.parametrize(
    "kind", error_classes(), ids=lambda one: f"{one.__module__}.{one.__name__}"
)
def test_an_error_keeps_its_evidence(kind):
    @settings(max_examples=30)
    @given(error=instances(kind), note=st.none() | st.text())
    def check(error, note):
        if note is not None:
            error.add_note(note)
        for way, made in COPIES.items():
            same = made(error)
            assert type(same) is kind, way
            assert same.args == error.args, way
            assert str(same) == str(error), way
            assert vars(same) == vars(error), way

    check()


def test_the_trees_are_all_there():
    """So that the test above is not empty because of a moved module."""
    assert len(error_classes()) > 40
