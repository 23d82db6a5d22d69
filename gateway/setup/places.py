"""The files of a town that the ledger must not have, and how they are written.

var/town/
├ register.sqlite      0600   who is behind which pseudonym, with names and telephone numbers
├ keys/<code>.json     0600   keys made on this computer
├ invitations/<code>   0600   to hand to the person whose device makes its own key: .html, .txt
├ areas.json           0600   how large each plot is, for inspectors
├ office-codes.json    0600   the office's codes and plots' names, for those concerned
├ explanations.json           what the public is told of recalls (`gateway.town.explanations`)
├ names.json                  names that parties have published
└ catalogue.json              crops, packing and the like; older versions beside it
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gateway.settings import SiteSettings

KEYS_FOLDER = "keys"
LEDGER_FILE = "ledger.sqlite"  # an embedded ledger's, where it lies with the rest: a demo's
NAMES_FILE = "names.json"
CATALOGUE_FILE = "catalogue.json"
AREAS_FILE = "areas.json"
OFFICE_CODES_FILE = "office-codes.json"
EXPLANATIONS_FILE = "explanations.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownFiles:
    """Where everything is."""

    folder: Path
    names: Path
    catalogue: Path
    areas: Path
    office_codes: Path
    explanations: Path

    @classmethod
    def within(cls, folder: Path, site: SiteSettings | None = None) -> Self:
        """Return the files below a folder; those that the gateway reads where settings say so."""
        given = site.model_fields_set if site else set()
        names = site.names_path if site and "names_path" in given else None
        catalogue = site.catalogue_path if site and "catalogue_path" in given else None
        areas = site.areas_path if site and "areas_path" in given else None
        codes = site.office_codes_path if site and "office_codes_path" in given else None
        texts = site.explanations_path if site and "explanations_path" in given else None
        return cls(
            folder=folder,
            names=names or folder / NAMES_FILE,
            catalogue=catalogue or folder / CATALOGUE_FILE,
            areas=areas or folder / AREAS_FILE,
            office_codes=codes or folder / OFFICE_CODES_FILE,
            explanations=texts or folder / EXPLANATIONS_FILE,
        )

    @property
    def register(self) -> Path:
        """The private register."""
        return self.folder / "register.sqlite"

    def key(self, code: str) -> Path:
        """The key of the person with that code."""
        return self.folder / KEYS_FOLDER / f"{code}.json"

    def invitation(self, code: str) -> Path:
        """The invitation for the person with that code, as text."""
        return self.folder / "invitations" / f"{code}.txt"

    def slip(self, code: str) -> Path:
        """The same as a page to print."""
        return self.invitation(code).with_suffix(".html")


def replace_file(path: Path, content: str, *, mode: int) -> None:
    """Write a file whole or not at all, durably."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
