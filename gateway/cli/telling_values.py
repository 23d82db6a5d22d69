"""Wrong settings and files, told in a person's language; imported when one is met."""

from typing import Final

from pydantic import ValidationError
from pydantic_settings import SettingsError

from gateway.cli.said import WORDS
from gateway.settings import Settings
from gateway.words.language import Language
from gateway.words.wrong_values import Place, dotted, told

SEPARATOR: Final = str(Settings.model_config["env_nested_delimiter"])
PREFIX: Final = str(Settings.model_config["env_prefix"])


def in_words(error: ValueError, language: Language) -> str:
    """Return what is wrong, a line each: of settings by the names of their variables."""
    if isinstance(error, ValidationError):
        is_settings = error.title == Settings.__name__
        return told(error, called=_variable if is_settings else dotted).say(language)
    if isinstance(error, SettingsError):
        name = _field(error)
        return WORDS["telling.setting"].say(language, name=_variable((name,)) if name else PREFIX)
    return WORDS["telling.value"].say(language, what=error)


def _variable(place: Place) -> str:
    return PREFIX + SEPARATOR.join(map(str, place)).upper() if place else ""


def _field(error: SettingsError) -> str:
    """Return the field's name, which Pydantic has in its message alone: `… field "x" …`."""
    return (*str(error).split('"'), "")[1]
