"""The sheet of paper that a person gets: what it is for, three steps, a QR code, whom to call.

It is private: it has the name by which the office knows the person. As a page it prints on A4 and
on A6, in black alone; its QR code bears the loss of a third of its area (error correction H), and
its modules are a millimetre wide, so that a photocopy can be read.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from gateway.device.signing import FILE
from gateway.invitations.code import WORDS, Invitation
from gateway.typed import written
from gateway.words import Text, keeping
from gateway.words.language import LANGUAGES, Language

if TYPE_CHECKING:
    from jinja2 import Environment

_QUIET_MODULES: Final = 4  # ISO/IEC 18004, 5.3.8
_STEPS: Final = ("step_install", "step_accept", "step_reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Whom to ask: `hours` and `phone` are empty where the town says none."""

    town: str
    name: Text
    phone: str
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One person's.

    Attributes:
        invitation: What it invites to.
        gateway: The address at which the person's organisation is reached.
        person: What the office calls them; empty if it did not say.
        role: As what; empty for no role.
        office: Whom to ask.
        kept: How the key is to be kept: `file`, `shared`, or `service:` and which.
        is_further: Whether the person has a key, which stays valid.
    """

    invitation: Invitation
    gateway: str
    person: str
    role: Text
    office: Office
    kept: str = FILE
    is_further: bool = False

    @property
    def command(self) -> str:
        """What the person types, but for the code."""
        kept = "" if self.kept == FILE else f" --kept {self.kept}"
        return f"minori keys accept --gateway {self.gateway} --name me{kept}"

    def text(self) -> str:
        """Return the slip as plain text, Japanese and English."""
        return "\n".join(
            [
                *(line for language in LANGUAGES for line in self._part(language)),
                *self.invitation.typed,
                "",
                self.invitation.address(self.gateway),
                "",
            ]
        )

    def page(self) -> str:
        """Return the slip as a page to print, with nothing outside of it."""
        template = _templates().get_template("slip.html")
        return template.render(
            slip=self, qr=self._qr(), languages=LANGUAGES, say=_say, steps=_STEPS
        )

    def until(self, language: Language) -> str:
        """Return the last day as people write it."""
        day = written.of_day(self.invitation.until, language)
        return _say("until_day", language, day=day)

    def key(self, language: Language) -> str:
        """Return how the key is to be kept, and whether it is a further one."""
        return keeping.said(self.kept, is_further=self.is_further).say(language)

    def _part(self, language: Language) -> list[str]:
        facts = [
            ("for", self.person),
            ("role", self.role.say(language)),
            ("key", self.key(language)),
            ("until", self.until(language)),
            ("office", f"{self.office.name.say(language)} {self.office.phone}".strip()),
            ("hours", self.office.hours),
        ]
        steps = [f"{number}. {_say(step, language)}" for number, step in enumerate(_STEPS, start=1)]
        steps[1] += f"\n   {self.command} …"
        return [
            f"== {_say('title', language)} ==",
            _say("lead", language, town=self.office.town),
            *(f"{_say(name, language)}: {value}" for name, value in facts if value),
            *steps,
            _say("private", language),
            "",
        ]

    def _qr(self) -> Markup:
        import segno  # noqa: PLC0415 - for those who print, not for all who sign

        code = segno.make(self.invitation.address(self.gateway), error="h", micro=False)
        drawn = code.svg_inline(border=_QUIET_MODULES, omitsize=True, lineclass=None, dark="#000")
        return Markup(drawn)  # noqa: S704 - drawn by the library


def _say(name: str, language: Language, **facts: object) -> str:
    return WORDS[f"slip.{name}"].say(language, **facts)


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - as above

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
