"""The table of problems: complete, in both languages."""

import re

import pytest

from chaincode.base.errors import Code
from gateway.http.error_answers import as_problem
from gateway.http.errors import ProblemError, problem_object
from gateway.http.models import ProblemObject
from gateway.http.problems import PROBLEMS
from gateway.words.codes import GatewayCode
from gateway.words.language import LANGUAGES

JAPANESE = re.compile("[぀-ヿ一-鿿]")


def test_every_code_has_an_entry_and_every_entry_a_code():
    codes = {str(code) for code in Code if code is not Code.ACCEPTED} | set(map(str, GatewayCode))
    assert set(PROBLEMS) == codes


def test_no_code_of_the_gateway_is_the_contracts():
    assert not set(map(str, Code)) & set(map(str, GatewayCode))


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_entry_is_worded_in_both_languages(code):
    entry = PROBLEMS[code]
    assert 400 <= entry.status <= 503
    assert 100 <= entry.number <= 999
    for text in (entry.ja.title, entry.ja.detail, entry.ja.remedy):
        assert JAPANESE.search(text), text
    for text in (entry.en.title, entry.en.detail, entry.en.remedy):
        assert text
        assert not JAPANESE.search(text), text
    assert entry.en.detail.endswith((".", "!")), entry.en.detail
    assert entry.ja.detail.endswith("。"), entry.ja.detail
    for language in LANGUAGES:
        ProblemObject.model_validate(problem_object(code, language))


def test_numbers_are_read_out_so_no_two_are_alike():
    numbers = [entry.number for entry in PROBLEMS.values()]
    assert len(set(numbers)) == len(numbers)


def test_codes_that_refuse_a_request_are_of_the_senders_making():
    """Whatever admission can refuse a command with is a 4xx."""
    refusing = [code for code in Code if not code.is_taken and code is not Code.CONTRACT_FAULT]
    assert {code for code in refusing if PROBLEMS[code].status >= 500} == set()


def test_what_nobody_foresaw_says_nothing_of_itself():
    problem = as_problem(RuntimeError("password=hunter2"))
    assert problem.code == GatewayCode.INTERNAL
    assert "hunter2" not in str(problem_object(problem.code, "en"))


def test_a_problem_of_no_entry_cannot_be_raised_unnoticed():
    with pytest.raises(KeyError):
        _ = ProblemError("NO_SUCH_CODE").status
