"""What is a reader's own as answers: its party, people, mandates, plots and partners."""

from collections.abc import Sequence
from typing import Any

from chaincode.base import times
from chaincode.registry.records import REGISTRAR, Constitution, Grant
from gateway.answers import visibility
from gateway.answers.visibility import Role, cut, offices
from gateway.http.readers import Reader
from gateway.lookups.agreed import ClaimRecord, ConsignmentRecord
from gateway.lookups.growers import PlotRecord
from gateway.lookups.keys import Enrolment, HolderRecord, KeyRecord
from gateway.lookups.people import MandateRecord, PartyRecord, PersonRecord, signed_for
from gateway.town.names import Names
from gateway.town.vocabulary import ROLES
from gateway.words import keeping

Answer = dict[str, Any]


class MeRecords:
    """Writes them in both languages, as a device keeps them, for one reader on a day."""

    def __init__(self, names: Names, reader: Reader, today: str) -> None:
        self._names = names
        self._reader = reader
        self._today = today

    def party(self, party: PartyRecord, constitution: Constitution) -> Answer:
        """Return the reader's own party."""
        organisation = constitution.organisation(party.organisation)
        record: Answer = {
            "id": party.id,
            "code": self._names.office.party(party.id),
            "name": self._party(party.id),
            "kind": party.kind,
            "organisation": party.organisation,
            "organisation_title": organisation.title if organisation else party.organisation,
        }
        return cut(visibility.OWN_PARTY, record, self._own(party.id))

    def person(self, person: PersonRecord) -> Answer:
        """Return a person or till of the reader's own party."""
        record: Answer = {
            "id": person.id,
            "code": self._names.office.person(person.id),
            "is_me": person.id == self._reader.device.actor,
            "roles": [_grant(one) for one in person.roles],
            "devices_count": len(person.devices),
        }
        return cut(visibility.PERSON, record, {Role.PARTY})

    def holder(self, holder: HolderRecord) -> Answer:
        """Return who holds keys, to itself, or to a registrar who may end them."""
        office, device = self._names.office, self._reader.device
        is_me = holder.actor == device.actor
        roles = {Role.PARTY} if is_me else {Role.REGISTRAR} & offices(self._reader.viewer)
        record: Answer = {
            "actor": holder.actor,
            "actor_code": office.person(holder.actor),
            "is_me": is_me,
            "party": holder.party,
            "party_code": office.party(holder.party),
            "party_name": self._party(holder.party),
            "organisation": holder.organisation,
            "roles": [_grant(one) for one in holder.roles],
            "keys": [
                cut(visibility.KEY, _key(one, is_this=one.kid == device.kid), roles)
                for one in holder.keys
            ],
        }
        return cut(visibility.HOLDER_OF_KEYS, record, roles)

    def mandate(self, mandate: MandateRecord) -> Answer:
        """Return a mandate; nothing is left of it but for its two sides and their registrars."""
        office = self._names.office
        record: Answer = {
            "types": list(mandate.types),
            "since": mandate.since,
            "until": mandate.until,
            "is_valid": mandate.is_valid_on(self._today),
            "principal_has_key": mandate.principal_has_key,
        }
        for side, actor, party in (
            ("principal", mandate.principal, mandate.principal_party),
            ("agent", mandate.agent, mandate.agent_party),
        ):
            record |= {
                side: actor,
                f"{side}_code": office.person(actor),
                f"{side}_party": party,
                f"{side}_party_code": office.party(party),
                f"{side}_party_name": self._party(party),
            }
        roles = self._own(mandate.principal_party)
        if mandate.agent == self._reader.device.actor:
            roles.add(Role.AGENT)
        organisations = {mandate.principal_organisation, mandate.agent_organisation}
        if REGISTRAR in self._reader.roles and self._reader.device.organisation in organisations:
            roles.add(Role.REGISTRAR)
        return cut(visibility.MANDATE, record, roles)

    def plot(self, plot: PlotRecord, mandates: Sequence[MandateRecord]) -> Answer:
        """Return a plot; nothing is left of it for those whom it does not concern.

        Args:
            plot: Whosever.
            mandates: Those that the reader may know of.
        """
        known = self._names.office.plot(plot.id)
        ja, en = (self._names.district(plot.district, language) for language in ("ja", "en"))
        record: Answer = {
            "id": plot.id,
            "code": known.code if known else None,
            "name": known.name if known else None,
            "party": plot.party,
            "party_name": self._party(plot.party),
            "district": plot.district,
            "district_name": {"ja": ja, "en": en or ja} if ja else None,
        }
        roles = self._own(plot.party) | offices(self._reader.viewer)
        if plot.party in signed_for(mandates, self._reader.device.actor, self._today):
            roles.add(Role.AGENT)
        return cut(visibility.PLOT, record, roles)

    def partner(self, party: PartyRecord) -> Answer:
        """Return another party that has published its name."""
        record: Answer = {"id": party.id, "kind": party.kind, "name": self._party(party.id)}
        return cut(visibility.PARTNER, record, ())

    def consignment(self, one: ConsignmentRecord) -> Answer:
        """Return a standing consignment; nothing is left of it for anyone but its two sides."""
        record: Answer = {
            "producer": one.producer,
            "producer_name": self._party(one.producer),
            "shop": one.shop,
            "shop_name": self._party(one.shop),
            "since": one.since,
            "until": one.until,
            "is_valid": one.is_valid_on(self._today),
            "held_g": one.held_g,
        }
        roles = self._own(one.producer) | self._own(one.shop)
        return cut(visibility.CONSIGNMENT, record, roles)

    def claim(self, one: ClaimRecord) -> Answer:
        """Return an open claim; nothing is left of it for anyone but its two sides."""
        record: Answer = {
            "lot": one.lot,
            "holder": one.holder,
            "holder_name": self._party(one.holder),
            "producer": one.producer,
            "producer_name": self._party(one.producer),
            "crop": one.crop,
            "claimed_g": one.claimed_g,
            "arrived_at": one.arrived_at,
        }
        return cut(visibility.CLAIM, record, self._own(one.holder) | self._own(one.producer))

    def _own(self, party: str) -> set[Role]:
        return {Role.PARTY} if party == self._reader.party else set()

    def _party(self, party: str) -> dict[str, str] | None:
        named = self._names.parties().get(party)
        return named.model_dump() if named else None


def kept_words(kept: str, enrolment: Enrolment | None) -> Answer:
    """Return how a key is kept as a word and in words, and whether it is a further one."""
    is_further = enrolment.is_further if enrolment else None
    text = keeping.said(kept, is_further=bool(is_further))
    return {
        "kept": kept,
        "kept_text": {"ja": text.say("ja"), "en": text.say("en")},
        "is_further": is_further,
    }


def _key(key: KeyRecord, *, is_this: bool) -> Answer:
    enrolled_at = key.enrolment.at if key.enrolment else None
    return {
        "kid": key.kid,
        **kept_words(key.kept, key.enrolment),
        "is_this": is_this,
        "enrolled_at": None if enrolled_at is None else times.timestamp(enrolled_at),
        "used_at": None if key.used_at is None else times.timestamp(key.used_at),
        "is_revoked": key.spared_until is not None,
        "spared_until": key.spared_until,
    }


def _grant(grant: Grant) -> Answer:
    return {
        "role": grant.role,
        "name": {"ja": ROLES.get(grant.role, grant.role), "en": grant.role},
        "since": grant.since,
        "until": grant.until,
    }
