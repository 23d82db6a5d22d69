"""The invitations of a workbook: a slip of paper for each person whose own device makes the key."""

from datetime import date, timedelta
from typing import Final

from gateway.invitations import Invitation
from gateway.invitations.addresses import address_for
from gateway.invitations.issued import IssuedInvitations
from gateway.invitations.slip import Office, Slip
from gateway.setup.places import TownFiles, replace_file
from gateway.setup.register import Register
from gateway.setup.sheets import Book
from gateway.setup.wishes import Wish
from gateway.town.vocabulary import ROLES
from gateway.words import Text

PRIVATE: Final = 0o600


class Inviting:
    """Writes invitations for people of one workbook, and remembers them beside the keys."""

    def __init__(
        self, files: TownFiles, register: Register, book: Book, *, served: str, today: str
    ) -> None:
        self._files = files
        self._register = register
        self._book = book
        self._served = served
        self._today = date.fromisoformat(today)
        self._issued = IssuedInvitations(files.key("any").parent)

    def invite(self, wish: Wish) -> None:
        """Write the slip for a person, as a page to print and as text."""
        town = self._book.town[0]
        entry = self._register.entries["people", wish.code]
        party = self._register.entries["parties", str(wish.record["party"])]
        invitation = Invitation.draw(
            ledger=self._register.ledger,
            actor=entry.id,
            party=party.id,
            until=self._today + timedelta(days=town.invitation_days),
        )
        slip = Slip(
            invitation=invitation,
            gateway=address_in(self._book, wish.organisation, served=self._served),
            person=str(wish.details["name"]),
            role=_roles(wish),
            is_further=entry.is_enrolled,
            office=Office(
                town=town.name,
                name=Text(town.office, town.office_english or town.office),
                phone=town.phone,
                hours=town.hours,
            ),
        )
        self._issued.add(invitation)
        replace_file(self._files.slip(wish.code), slip.page(), mode=PRIVATE)
        replace_file(self._files.invitation(wish.code), slip.text(), mode=PRIVATE)


def address_in(book: Book, organisation: str, *, served: str) -> str:
    """Return where people of an organisation of a workbook reach the ledger: `address_for`.

    Args:
        book: The workbook.
        organisation: Its code there.
        served: Where this computer's gateway is reached.
    """
    own = {row.code: row.address for row in book.organisations}
    return address_for(
        organisation=own.get(organisation, ""), served=served, printed=book.town[0].address
    )


def _roles(wish: Wish) -> Text:
    """Return the person's roles as people call them."""
    roles = wish.record.get("roles")
    granted = roles if isinstance(roles, list) else []
    names = [str(one["role"]) for one in granted if isinstance(one, dict)]
    return Text("、".join(ROLES[name] for name in names), ", ".join(names))
