"""What pages are made of: words, dates, marks, colours."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import gateway.web
from chaincode.lots.harvest import CorrectionReason
from gateway.town.names import CROPS
from gateway.typed import written
from gateway.web import crop_marks
from gateway.web.rendering import STYLE
from gateway.web.words import WORDS

FOLDER = Path(gateway.web.__file__).parent
JAPANESE = re.compile("[぀-ヿ一-鿿]")
# Beginnings of names that are put together with a code.
COMPUTED = (
    *("reason_", "mark_", "entry_", "status_", "grade_", "origin_"),
    *("nav_", "note_", "filter_", "col_", "badge_", "state_", "direction_"),
    *("share_", "vouch_", "number_", "todo_", "consigned_"),
    *("organisation_reason_", "organisation_kind_"),
    *(
        "clear_",
        "recall_kind_",
        "recall_cause_",
        "recall_state_",
        "recall_scope_",
        "recall_event_",
        "recall_note_",
        "recall_ended_",
        "lift_",
    ),
)
CONTRAST_MIN = 4.5  # WCAG 2.2, success criterion 1.4.3


@pytest.mark.parametrize("name", sorted(WORDS))
def test_every_sentence_is_in_both_languages(name):
    ja, en = WORDS[name]
    assert ja
    assert en
    if name != "other_language":
        assert JAPANESE.search(ja), ja
        assert not JAPANESE.search(en), en


def test_every_sentence_is_used_and_every_used_one_exists():
    programs = [path for path in FOLDER.glob("*.py") if not path.stem.endswith("words")]
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (*FOLDER.glob("templates/*"), *programs)
    )
    asked = set(re.findall(r"""w\(["'](\w+)["']\)""", sources))
    assert asked <= WORDS.keys()
    unused = {name for name in WORDS if f'"{name}"' not in sources and f"'{name}'" not in sources}
    computed = {name for name in unused if name.startswith(COMPUTED)}
    assert unused == computed


def test_every_reason_of_a_correction_has_words():
    (text,) = CorrectionReason.__metadata__
    for reason in text.pattern.split("|"):
        assert f"reason_{reason}" in WORDS


@pytest.mark.parametrize(
    ("seconds", "ja", "en"),
    [
        (1_775_077_500, "2026年4月2日（木） 午前6時05分", "Thu 2 April 2026 06:05"),
        (1_775_055_600, "2026年4月2日（木） 午前0時00分", "Thu 2 April 2026 00:00"),
        (1_775_055_599, "2026年4月1日（水） 午後11時59分", "Wed 1 April 2026 23:59"),
        (1_775_098_800, "2026年4月2日（木） 午後0時00分", "Thu 2 April 2026 12:00"),
    ],
)
def test_times_are_the_towns(seconds, ja, en):
    for language, expected in (("ja", ja), ("en", en)):
        shown = " ".join(
            write(seconds, utc_offset_minutes=540, language=language)
            for write in (written.of_date, written.of_clock)
        )
        assert shown == expected


@pytest.mark.parametrize(
    "path", sorted((FOLDER / "marks").glob("*.svg")), ids=lambda path: path.stem
)
def test_a_mark_is_a_small_drawing_and_nothing_else(path):
    assert path.stat().st_size < 4_000
    tags = {element.tag.rpartition("}")[2] for element in ET.parse(path).iter()}
    assert tags <= {"svg", "g", "path", "circle", "ellipse", "rect"}
    attributes = {name for element in ET.parse(path).iter() for name in element.attrib}
    assert not {name for name in attributes if name in {"style", "href"} or name.startswith("on")}


def test_crops_that_share_a_mark_name_one_that_exists():
    assert set(crop_marks.ALIKE.values()) <= crop_marks.MARKS.keys()
    assert crop_marks.ALIKE.keys() <= CROPS.keys()
    assert crop_marks.MARKS.keys() - CROPS.keys() == {crop_marks.SPROUT}


def test_a_crop_without_a_mark_is_a_sprout():
    assert crop_marks.mark_of("durian") == crop_marks.mark_of("sprout")
    assert crop_marks.mark_of("carrot") != crop_marks.mark_of("sprout")


def _colours(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Return the ratio of two colours (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


LIGHT, DARK, PRINT = (_colours(block) for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL))
PAIRS = [
    *[(ink, ground) for ink in ("ink", "soft", "leaf", "clay") for ground in ("paper", "card")],
    *[("sun-ink", "sun"), ("leaf", "leaf-tint"), ("ink", "leaf-tint"), ("clay", "clay-tint")],
    *[("alarm", ground) for ground in ("paper", "card", "alarm-tint")],
    *[("ink", "alarm-tint"), ("ink", "clay-tint"), ("soft", "clay-tint"), ("paper", "leaf")],
]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme, ink, ground):
    colours = {"light": LIGHT, "dark": LIGHT | DARK, "print": LIGHT | PRINT}[scheme]
    assert contrast(colours[ink], colours[ground]) >= CONTRAST_MIN
