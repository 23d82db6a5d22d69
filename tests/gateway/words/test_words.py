"""Everything that is said to a person is said in Japanese and in English, and is really said."""

import re
from pathlib import Path

import pytest

from gateway.words import SaidError, Text, load, verbatim

ROOT = Path(__file__).parents[3]
FILES = sorted(
    path for package in ("gateway", "network") for path in (ROOT / package).rglob("words.toml")
)
JAPANESE = re.compile("[ぁ-んァ-ヶ一-鿿]")
LETTERS = re.compile(r"[^\W\d_]")
SOURCE = "\n".join(
    path.read_text()
    for package in ("gateway", "network")
    for path in (ROOT / package).rglob("*")
    if path.suffix in {".py", ".html"}
)


def outside_placeholders(text: str) -> str:
    return re.sub(r"\{[^}]*\}|`[^`]*`|\bminori\b", "", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_in_both_languages(path):
    for key, text in load(str(path)).items():
        assert bool(text.ja.strip()) == bool(text.en.strip()), key
        # What the codes of a table stand for is the same in every language; words are not.
        if LETTERS.search(outside_placeholders(text.en)):
            assert JAPANESE.search(text.ja), f"{key} says no Japanese: {text.ja}"
        assert not JAPANESE.search(outside_placeholders(text.en)), f"{key}: {text.en}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_said_somewhere(path):
    unsaid = []
    for key in load(str(path)):
        parts = key.split(".")
        # Looked up as a whole, or by a name that is put together: f"telling.file.{kind}".
        put_together = [".".join(parts[:count]) + ".{" for count in range(1, len(parts))]
        if not any(f'"{one}' in SOURCE for one in (f'{key}"', *put_together)):
            unsaid.append(key)
    assert unsaid == []


def write(tmp_path: Path, content: str) -> str:
    (tmp_path / "words.toml").write_text(content)
    return str(tmp_path / "module.py")


def test_a_text_says_its_facts_in_the_language_asked_for(tmp_path):
    words = load(
        write(
            tmp_path,
            """
            [keys.waiting]
            ja = "{who}：未送信{count:,}件"
            en = "{who}: {count:,} waiting"
            """,
        )
    )
    who = Text("農家A", "Farm A")
    assert words["keys.waiting"].say("ja", who=who, count=1200) == "農家A：未送信1,200件"
    assert words["keys.waiting"].say("en", who=who, count=1200) == "Farm A: 1,200 waiting"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[a]\nja = "あ"\n', "must have"),
        ('[a]\nen = "a"\n', "must have"),
        ('[a]\nja = "あ"\nen = "a"\nfr = "a"\n', "must have"),
        ('[a]\nja = "あ"\nen = 1\n', "must have"),
        ('[a]\nja = "あ{x}"\nen = "a"\n', "placeholders"),
        ('[a]\nja = "あ{x}"\nen = "a{y}"\n', "placeholders"),
        ('a = "b"\n', "no table"),
        ("[a\n", "line 1"),
    ],
)
def test_what_is_no_text_is_named_when_it_is_loaded(tmp_path, content, reason):
    with pytest.raises(ValueError, match=reason):
        load(write(tmp_path, content))


def test_braces_of_what_is_said_as_it_is_stay():
    assert verbatim('{"a": 1}').say("ja") == '{"a": 1}'


def test_an_error_tells_in_the_language_of_who_is_told():
    error = SaidError(Text("{name}がありません", "there is no {name}"), name="鍵")
    assert error.say("ja") == "鍵がありません"
    assert str(error) == "there is no 鍵"
