"""ScriptedHand("go-on end"): a clerk who answers from a list and never lets anybody wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scanstation.model.asking import Answer, Asked, Question


class ScriptedHand:
    """Behind the last word every answer is the usual one; a wait in `stops_at` is a stop."""

    def __init__(self, script: str = "", stops_at: int = 0) -> None:
        self._answers = [Answer(word) for word in script.split()]
        self._stops_at = stops_at
        self.asked: list[Asked] = []
        self.waited: list[float] = []
        self.stopped = False

    @property
    def questions(self) -> list[Question]:
        return [one.question for one in self.asked]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        given = self._answers.pop(0) if self._answers else asked.answers[0]
        assert given in asked.answers, "no such answer was offered"
        return given

    def waits(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self.stopped = len(self.waited) == self._stops_at
        return self.stopped

    @contextmanager
    def stopping(self, close: Callable[[], None]) -> Iterator[None]:
        yield
