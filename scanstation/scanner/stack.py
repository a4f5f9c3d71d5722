"""One scan of the clerk, which may be many of the device: a book, both sides, a large sheet.

Pages are handed on as they come, whatever follows; order is only told, once nothing is open. It
refuses to scan anything again by itself, and to decide for the clerk: a count that does not add up
is asked about, and nobody to ask means that pages stay as they came.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path

import msgspec

from scanstation import errors
from scanstation.model.arrange import collated
from scanstation.model.asking import Answer, Asked, Hand, Question
from scanstation.model.events import (
    Arranged,
    Joined,
    PageScanned,
    PaperAwaited,
    ScanEnded,
    ScanEvent,
    ScanProgress,
    ScanStarted,
    Side,
)
from scanstation.model.profile import Duplex, ScanProfile
from scanstation.scanner import ScanDriver, holders

LOOK_EVERY_S = 3.0
"""Between two looks for paper: the device is closed in between, so another counter may have it."""
_Asking = Generator[ScanEvent, None, Answer]


def scan(
    driver: ScanDriver, profile: ScanProfile, scratch: Path, hand: Hand, clerk: str = ""
) -> Iterator[ScanEvent]:
    """Events of the whole scan; faults as ScanDriver.scan, `kept` counting all its pages.

    DeviceHeld names who has a busy device, where that is known. Stopped when the clerk stops it.
    """
    with ExitStack() as stack, hand.stopping(driver.close):
        lease = _Lease(stack, clerk)
        yield from _Stack(driver, profile, scratch, hand, lease).run()


class _Lease:
    """Says who scans from the moment the device is known."""

    def __init__(self, stack: ExitStack, clerk: str) -> None:
        self._stack, self._clerk = stack, clerk

    def take(self, device: str) -> None:
        self._stack.enter_context(holders.using(device, self._clerk))


class _Stack:
    """A scan under way."""

    def __init__(
        self, driver: ScanDriver, profile: ScanProfile, scratch: Path, hand: Hand, lease: _Lease
    ) -> None:
        self._driver, self._profile, self._scratch = driver, profile, scratch
        self._hand, self._lease = hand, lease
        self._side = Side.ANY
        self._started = False
        self._kept = 0

    def run(self) -> Iterator[ScanEvent]:
        if self._profile.duplex is not Duplex.NONE:
            yield from self._both_sides()
        elif self._profile.book:
            yield from self._book()
        else:
            yield from self._sheet()
        yield ScanEnded(pages=self._kept)

    # --- ways to scan -------------------------------------------------------------------------

    def _book(self) -> Iterator[ScanEvent]:
        """Sheet after sheet from the glass until the clerk ends it."""
        while True:
            yield from self._sheet()
            answer = yield from self._ask(Question.NEXT, Answer.GO_ON, Answer.END)
            if answer is Answer.END:
                return

    def _sheet(self) -> Iterator[ScanEvent]:
        """One sheet in as many images as it takes; from a feeder, all of its sheets."""
        first, parts = self._kept, self._profile.parts
        yield from self._patiently() if self._profile.book else self._once()
        if not self._profile.feeder:
            for part in range(2, parts + 1):
                answer = yield from self._ask(
                    Question.PART, Answer.GO_ON, Answer.END, part=part, parts=parts
                )
                if answer is Answer.END:
                    break
                yield from self._patiently()
        for start in range(first, self._kept, parts):
            if len(images := range(start, min(start + parts, self._kept))) > 1:
                yield Joined(pages=tuple(images))

    def _both_sides(self) -> Iterator[ScanEvent]:
        """All fronts, all backs, then their order as one piece of news."""
        last_first = self._profile.duplex is Duplex.MANUAL
        self._side = Side.FRONT
        yield from self._patiently()
        fronts = self._kept
        turned = yield from self._ask(
            Question.TURN, Answer.GO_ON, Answer.END, last_first=last_first
        )
        if turned is Answer.END:
            return
        self._side = Side.BACK
        answer = Answer.GO_ON
        while answer is Answer.GO_ON:
            yield from self._patiently()
            answer = yield from self._counted(fronts, self._kept - fronts)
        if answer is Answer.PAIR:
            yield Arranged(order=collated(fronts, self._kept - fronts, last_first=last_first))

    def _counted(self, fronts: int, backs: int) -> _Asking:
        """What to do with so many of each."""
        if fronts == backs:
            return Answer.PAIR
        more = (Answer.GO_ON,) if backs < fronts else ()
        answers = (*more, Answer.PAIR, Answer.END)
        return (yield from self._ask(Question.UNEVEN, *answers, fronts=fronts, backs=backs))

    # --- one scan of the device ---------------------------------------------------------------

    def _patiently(self) -> Iterator[ScanEvent]:
        """Scan; after a fault go on where it stopped, if the clerk wants to."""
        while True:
            try:
                yield from self._once()
            except (errors.PaperError, errors.DeviceError) as fault:
                said = {"vi": fault.sentence("vi"), "en": fault.sentence("en")}
                answer = yield from self._ask(Question.TROUBLE, Answer.GO_ON, Answer.END, **said)
                if answer is Answer.END:
                    raise
            else:
                return

    def _once(self) -> Iterator[ScanEvent]:
        """Scan, but wait for paper first if the profile says so."""
        left, told, kept = self._profile.wait_for_paper_s, False, self._kept
        while True:
            try:
                yield from self._pages()
            except errors.FeederEmpty:
                if left <= 0 or self._kept > kept:
                    raise
                if not told:
                    yield PaperAwaited(seconds=left)
                told = True
                if self._hand.waits(min(LOOK_EVERY_S, left)):
                    raise errors.Stopped(kept=self._kept) from None
                left -= LOOK_EVERY_S
            else:
                return

    def _pages(self) -> Iterator[ScanEvent]:
        before = self._kept
        with self._clerks_words(before), _leaving(self._driver, self._profile, self._scratch) as it:
            if self._hand.stopped:
                raise errors.Stopped(kept=before)
            for event in it:
                match event:
                    case ScanStarted(device=device):
                        if not self._started:
                            self._started = True
                            self._lease.take(device)
                            yield event
                    case ScanProgress(page=page):
                        yield msgspec.structs.replace(event, page=before + page)
                    case PageScanned():
                        self._kept += 1
                        yield msgspec.structs.replace(event, side=self._side)
                    case _:
                        pass

    @contextmanager
    def _clerks_words(self, before: int) -> Iterator[None]:
        """A fault with all pages of this scan counted, and with the name of who has the device."""
        try:
            yield
        except (errors.PaperError, errors.DeviceError, errors.Stopped) as fault:
            if self._hand.stopped:
                raise errors.Stopped(kept=self._kept) from fault
            facts = _counted_on(fault.facts, before)
            busy = str(facts["device"]) if type(fault) is errors.DeviceBusy else ""
            if busy and (holder := holders.holder_of(busy)):
                raise errors.DeviceHeld(**facts, holder=holder) from fault
            if not before:
                raise
            raise type(fault)(**facts) from fault

    # --- asking -------------------------------------------------------------------------------

    def _ask(self, question: Question, *answers: Answer, **facts: object) -> _Asking:
        asked = msgspec.convert(
            {"question": question, "answers": answers, "fronts": self._kept} | facts, Asked
        )
        yield asked
        answer = self._hand.answer(asked)
        if self._hand.stopped:
            raise errors.Stopped(kept=self._kept)
        return answer


def _counted_on(facts: Mapping[str, object], before: int) -> dict[str, object]:
    """Facts of a fault whose pages follow `before` others."""
    numbers = {name: facts[name] for name in ("kept", "page") if name in facts}
    return {**facts, **{n: before + one for n, one in numbers.items() if isinstance(one, int)}}


@contextmanager
def _leaving(
    driver: ScanDriver, profile: ScanProfile, scratch: Path
) -> Iterator[Iterator[ScanEvent]]:
    """A scan of the driver that is left, and so stopped, with the block."""
    events = driver.scan(profile, scratch)
    try:
        yield events
    finally:
        if isinstance(events, Generator):
            events.close()


class Nobody:
    """A Hand for a scan that nobody watches: the last answer to everything, and never a stop."""

    stopped = False

    def answer(self, asked: Asked) -> Answer:
        """Scan nothing more, leave everything as it is."""
        return asked.answers[-1]

    def waits(self, seconds: float) -> bool:
        """Wait to the end."""
        time.sleep(seconds)
        return False

    def stopping(self, close: Callable[[], None]) -> AbstractContextManager[None]:
        """Nobody stops it."""
        del close
        return nullcontext()
