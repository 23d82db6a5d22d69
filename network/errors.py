"""What can go wrong with a network.

NetworkError              everything below; `hint` says what to do about it
├ CommandsMissingError    Fabric's commands, or Go to build them, are not there
├ CommandFailedError      one of Fabric's commands ended with an error
├ ProcessFailedError      a process of the network ended, or did not become ready
└ NetworkStateError       what is asked does not fit what is there
"""

from gateway.words import SaidError, Text, verbatim
from gateway.words.language import Language


class NetworkError(SaidError):
    """Base of everything that a network can fail with.

    Args:
        text: What went wrong; a `str` is said as it is in every language.
        hint: What a person can do about it; empty when there is nothing to add.
        facts: For the placeholders of both.
    """

    def __init__(self, text: Text | str, /, *, hint: Text | str = "", **facts: object) -> None:
        super().__init__(text, **facts)
        self._hint = verbatim(hint) if isinstance(hint, str) else hint
        if self.hint("en"):
            self.add_note(self.hint("en"))  # so that a traceback tells it too

    def hint(self, language: Language) -> str:
        """Return what a person can do about it."""
        return self._hint.say(language, **self.facts)

    def diagnostics(self, language: Language = "en") -> str:
        """Return the whole story for a person, over as many lines as it takes."""
        return "\n".join(filter(None, (self.say(language), self.hint(language))))


class CommandsMissingError(NetworkError):
    """Fabric's commands are not there, and can't be built."""


class CommandFailedError(NetworkError):
    """One of Fabric's commands ended with an error.

    Attributes:
        output: What it printed, standard output and error.
    """

    def __init__(
        self, text: Text | str, /, *, output: str, hint: Text | str = "", **facts: object
    ) -> None:
        super().__init__(text, hint=hint, **facts)
        self.output = output


class ProcessFailedError(NetworkError):
    """A process of the network ended, or did not become ready in time."""


class NetworkStateError(NetworkError):
    """What is asked does not fit what is there: another topology, a port in use, nothing up."""
