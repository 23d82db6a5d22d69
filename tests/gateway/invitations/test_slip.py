"""The slip of paper: what stands on it, and that a scanner reads it from a bad photocopy."""

import io
import random
import re
from datetime import date

import pytest
from PIL import Image, ImageDraw, ImageFilter

from gateway.device.signing import new_pseudonym
from gateway.invitations import Invitation
from gateway.invitations.slip import Office, Slip
from gateway.words import Text
from tests.gateway.invitations.qr_pictures import drawn, read_code

GATEWAY = "https://gateway.coop.minori.example"


def slip(**changes):
    invitation = Invitation.draw(
        ledger="cd" * 32, actor=new_pseudonym(), party=new_pseudonym(), until=date(2026, 12, 13)
    )
    facts = {
        "invitation": invitation,
        "gateway": GATEWAY,
        "person": "北の農家さん",
        "role": Text("生産者", "farmer"),
        "office": Office(
            town="霧島台村",
            name=Text("農林課", "Farming section"),
            phone="0986-00-1234",
            hours="平日 8:30〜17:15",
        ),
    }
    return Slip(**(facts | changes))


def photocopied(image: Image.Image, seed: int) -> Image.Image:
    """Turn it a little, blur it, bleach it, spot it, cover a corner of it, and save it as JPEG."""
    chance = random.Random(seed)
    image = image.rotate(chance.uniform(-8, 8), fillcolor=255, expand=True)
    image = image.resize([round(side * chance.uniform(0.75, 1.0)) for side in [image.width] * 2])
    image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.5, 1.2)))
    image = image.point(lambda level: 40 + level * 0.8)
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, size = chance.randrange(image.width), chance.randrange(image.height), 3
        pen.ellipse([x, y, x + size, y + size], fill=chance.choice((30, 250)))
    middle = image.width // 2
    pen.rectangle([middle, middle, middle + image.width // 9, middle + image.height // 9], fill=245)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=25)
    return Image.open(kept)


def test_the_code_is_the_address_with_the_invitation():
    paper = slip()
    assert read_code(drawn(paper.page())) == paper.invitation.address(GATEWAY)


@pytest.mark.parametrize("seed", range(12))
def test_a_photocopy_of_it_is_read(seed):
    paper = slip()
    assert read_code(photocopied(drawn(paper.page()), seed)) == paper.invitation.address(GATEWAY)


def test_it_says_for_whom_until_when_and_whom_to_ask_in_both_languages():
    paper = slip()
    for said in (paper.page(), paper.text()):
        for fact in (
            *("北の農家さん", "生産者", "farmer", "霧島台村", "農林課", "Farming section"),
            *("0986-00-1234", "平日 8:30〜17:15", "2026年12月13日（日）", "Sun 13 December 2026"),
            *("minori keys accept", GATEWAY, *paper.invitation.typed),
        ):
            assert fact in said, fact
    assert paper.text().splitlines()[-1] == paper.invitation.address(GATEWAY)


def test_a_name_is_text_and_nothing_else():
    page = slip(person="<script>alert(1)</script>").page()
    assert "<script" not in page
    assert "&lt;script" in page


def test_nothing_outside_the_page_is_asked_for():
    page = slip().page()
    assert not re.search(r"(?:src|href)=|url\(|@import", page)


def test_what_the_town_does_not_say_is_left_out():
    office = Office(town="町", name=Text("役場", "Town hall"), phone="", hours="")
    text = slip(office=office, person="", role=Text("", "")).text()
    assert "受付" not in text
    assert "お名前" not in text
