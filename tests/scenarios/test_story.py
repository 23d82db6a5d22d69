"""The spine through HTTP: harvest, ship, receive with a difference, settle, sell, scan.

The same signed bytes go to both ledgers, and both end in the same state, to the byte.
"""

import re

import httpx2
import pytest
import segno

from gateway.demo.founding import Founding
from gateway.demo.town import Town
from tests.fabric_fixture import running
from tests.gateway.planted import as_shown
from tests.gateway.web.reading import Page
from tests.scenarios import books
from tests.scenarios.acting import send
from tests.scenarios.reading import latest_block, session_of
from tests.scenarios.replay import dump_of
from tests.scenarios.stage import embedded_stage, fabric_stage

pytestmark = pytest.mark.fabric

# Numbers that stand nowhere else, so that one found on a page is a leak.
HARVESTED_G, SHIPPED_G, RECEIVED_G = 20_017, 12_019, 9_523
BACK_G, LOST_G = 1_297, 1_199
SOLD_G, TOO_MUCH_G = 1_531, 100_003
FARM_HELD_G = HARVESTED_G - SHIPPED_G + BACK_G
SHOP_HELD_G = RECEIVED_G - SOLD_G
PRIVATE_G = (
    *(HARVESTED_G, SHIPPED_G, RECEIVED_G, SHIPPED_G - RECEIVED_G, BACK_G, LOST_G),
    *(SOLD_G, TOO_MUCH_G, FARM_HELD_G, SHOP_HELD_G),
)


class Story:
    """One town and its signed commands, made once."""

    def __init__(self) -> None:
        self.town = Town.create()
        self.founding = Founding.of(self.town)
        town = self.town
        self.farm, self.shop = (town.people[one].party for one in ("farm-a", "shop-a"))
        self.lot, harvest = town.harvest("farm-a", HARVESTED_G)
        self.shipment, ship = town.ship("farm-a", self.lot, "shop-a", SHIPPED_G)
        receive = town.receive("shop-a", self.lot, self.shipment, RECEIVED_G)
        split = {
            "sender": self.farm,
            "recipient": self.shop,
            "to_sender_g": BACK_G,
            "to_recipient_g": 0,
            "lost_g": LOST_G,
        }
        propose, approve = town.settle(
            "shop-a", "farm-a", lot=self.lot, shipment=self.shipment, split=split
        )
        sell = town.take("sell", "shop-a", self.lot, SOLD_G)
        too_much = town.take("sell", "shop-a", self.lot, TOO_MUCH_G)
        self.steps = [harvest, ship, receive, propose, approve, sell, too_much]


async def play(stage, story: Story) -> bytes:
    """Play the story through HTTP, scan the bag, and return the dump of the state."""
    async with httpx2.AsyncClient(base_url=stage.url, timeout=60) as client:
        answers = [(await send(client, [wire]))[0] for wire in story.steps]
        said = [(one["code"], one["flags"]) for one in answers]
        marks = ([], [], ["disputed"], ["proposed"], [], [])
        accepted = [("ACCEPTED", one) for one in marks]
        assert said == [*accepted, ("INSUFFICIENT_QUANTITY", [])]
        assert await send(client, story.steps[:2]) == answers[:2]  # sent again, taken once
        await scan(client, story, since_block=latest_block(answers))
        await see_own_grams(client, story)
    return await dump_of(stage)


async def scan(client: httpx2.AsyncClient, story: Story, *, since_block: int) -> None:
    """Open what the QR code on the bag leads to: a public page without anything private."""
    label = await page_of(client, f"/lots/{story.lot}?min_block={since_block}")
    (address,) = re.findall(r'<span class="url">([^<]*)</span>', label.html)
    (drawn,) = re.findall(r'<svg [^>]*class="qr".*? d="([^"]*)"', label.html)
    expected = segno.make(address, error="q", micro=False).svg_inline(border=4)
    assert re.findall(r' d="([^"]*)"', expected) == [drawn]
    async with httpx2.AsyncClient(timeout=60) as shopper:
        for language in ("ja", "en"):
            page = await page_of(shopper, address, language)
            assert story.lot in page.text.replace(" ", "")
            assert ("にんじん" if language == "ja" else "Carrot") in page.text
            assert private_in(page.html, story) == []
        public = await shopper.get(address.replace("/lots/", "/api/lots/"))
        assert public.json()["id"] == story.lot
        assert private_in(public.text, story) == []


async def page_of(client: httpx2.AsyncClient, address: str, language: str = "ja") -> Page:
    headers = {"Accept": "text/html", "Accept-Language": language}
    response = await client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    return Page(response.text)


def private_in(text: str, story: Story) -> list[str]:
    """Return which private values stand in a text, in whatever form they are written."""
    forms = {form for grams in PRIVATE_G for form in as_shown(grams)}
    return [one for one in (*sorted(forms), story.shipment, story.shop) if stands_in(one, text)]


def stands_in(value: str, text: str) -> bool:
    """Whether a value stands in a text by itself, and not by chance within an id."""
    return re.search(rf"(?<![0-9A-Za-z.,]){re.escape(value)}(?![0-9A-Za-z])", text) is not None


async def see_own_grams(client: httpx2.AsyncClient, story: Story) -> None:
    """Whom they concern sees grams in the very forms that the public's page is searched for."""
    own_g = {"farm-a": (HARVESTED_G, FARM_HELD_G), "shop-a": (SHOP_HELD_G,)}
    for handle, shown_g in own_g.items():
        session = await session_of(client, story.town, handle)
        for path in ("/lots", "/api/lots"):
            own = await client.get(f"{path}/{story.lot}", headers=session)
            for grams in shown_g:
                assert any(stands_in(form, own.text) for form in as_shown(grams)), (path, grams)


def check(story: Story, dump: bytes) -> None:
    """Check where every gram is in the end."""
    state = books.read(dump)
    assert books.unbalanced(state) == []
    assert nonzero(state, f"holding/{story.lot}/{story.farm}/{story.farm}") == {
        "held_g": FARM_HELD_G,
        "came_g": HARVESTED_G,
    }
    assert nonzero(state, f"holding/{story.lot}/{story.shop}/{story.shop}") == {
        "held_g": SHOP_HELD_G,
        "came_g": RECEIVED_G,
        "sold_g": SOLD_G,
    }
    assert nonzero(state, f"shipment/{story.shipment}") == {
        "shipped_g": SHIPPED_G,
        "received_g": RECEIVED_G,
        "lost_g": LOST_G,
    }
    assert state[f"shipment/{story.shipment}"]["state"] == "settled"
    assert nonzero(state, f"lot/{story.lot}") == {"harvest_g": HARVESTED_G}
    of_lot = [key for key in state if key.startswith(f"holding/{story.lot}/")]
    assert len(of_lot) == 2


def nonzero(state: dict[str, dict], key: str) -> dict[str, int]:
    """Return the grams of a record that are not zero."""
    return {name: value for name, value in state[key].items() if name.endswith("_g") and value}


async def test_both_ledgers_end_in_the_same_state(tmp_path):
    story = Story()
    async with embedded_stage(tmp_path / "embedded", story.town, story.founding) as stage:
        on_embedded = await play(stage, story)
    check(story, on_embedded)
    with running(tmp_path / "network") as network:
        async with fabric_stage(
            tmp_path / "fabric", story.town, network, founding=story.founding
        ) as stage:
            on_fabric = await play(stage, story)
    assert on_embedded == on_fabric
