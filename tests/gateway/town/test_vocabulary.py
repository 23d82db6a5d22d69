"""Every word that a shape of the contract gives to choose from is called by something."""

import re

import pytest

from chaincode.base import shapes
from chaincode.rules import EVER
from gateway.town.vocabulary import VOCABULARIES

TERMS = [(one, term) for one in VOCABULARIES for term in one.terms]


def alternatives(schema, name=""):
    """Yield (member, words) of a schema's patterns that any text but a few words fails."""
    if schema["type"] == "array":
        yield from alternatives(schema["items"], name)
    for member, inner in schema.get("properties", {}).items():
        yield from alternatives(inner, member)
    pattern = schema.get("pattern", "")
    words = pattern.removeprefix("^(?:").removesuffix(")$").split("|")
    if len(words) > 1 and all(re.fullmatch("[^][{}()*+?.]+", word) for word in words):
        yield name, words


def test_no_vocabulary_of_the_contract_is_missing():
    for name, kind in EVER.items():
        for shape in filter(None, (kind.body, kind.closed)):
            for member, words in alternatives(shapes.schema(shape)):
                (found,) = [v for v in VOCABULARIES if v.member == member and name in v.types]
                assert [term.word for term in found.terms] == words, (name, member)


@pytest.mark.parametrize(("vocabulary", "term"), TERMS)
def test_each_word_has_a_name_in_both_languages(vocabulary, term):
    assert not term.ja.isascii(), (vocabulary.member, term)
    assert term.en[0].isupper(), (vocabulary.member, term)


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_two_words_of_one_choice_are_called_the_same(vocabulary):
    called = [
        name
        for term in vocabulary.terms
        for name in {one.casefold() for one in (term.word, term.ja, term.en, *term.also)}
    ]
    assert len(called) == len(set(called)), vocabulary
