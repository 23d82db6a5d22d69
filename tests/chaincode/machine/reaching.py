"""Runs of a machine that never reached what matters prove little: they go on for a while."""

from hypothesis import settings

ROUNDS = (1, 2, 4)  # so many times the examples


class Reaching:
    """A machine's test case that fails where something is lacking after the last round."""

    def forget(self) -> None:
        """Forget what was reached before."""
        raise NotImplementedError

    def lacking(self) -> list:
        """Return what was not reached."""
        raise NotImplementedError

    def runTest(self):  # noqa: N802 - unittest calls it so
        self.forget()
        one_round = self.settings
        for times in ROUNDS:
            self.settings = settings(one_round, max_examples=times * one_round.max_examples)
            super().runTest()
            if not self.lacking():
                return
        assert self.lacking() == []

    runTest.is_hypothesis_test = True
