"""The clerk's stop reaches a real driver that says nothing, whenever it comes."""

import os
import queue
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.model.asking import Answer, Asked, Question
from scanstation.model.events import ScanProgress
from scanstation.scanner import stack
from scanstation.scanner.sane import SaneDriver
from scanstation.tui.scanning import Hand
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import BACKENDS, slow

PROMISE_S = 5.0
NEXT = Asked(question=Question.NEXT, answers=(Answer.GO_ON, Answer.END))


@requires_part("libsane")
def test_a_frozen_driver_is_left_within_five_seconds(tmp_path: Path) -> None:
    hand, frozen = Hand(), threading.Event()
    told: queue.Queue[errors.ScanStationError] = queue.Queue()

    def scan(driver: SaneDriver) -> None:
        try:
            for event in stack.scan(driver, slow(), tmp_path, hand):
                if isinstance(event, ScanProgress) and not frozen.is_set():
                    assert driver.worker_pid
                    os.kill(driver.worker_pid, signal.SIGSTOP)
                    frozen.set()
        except errors.ScanStationError as fault:
            told.put(fault)

    with closing(SaneDriver(BACKENDS)) as driver:
        threading.Thread(target=scan, args=(driver,), daemon=True).start()
        assert frozen.wait(20)
        begun = time.monotonic()
        hand.stop()
        fault = told.get(timeout=20)
        assert time.monotonic() - begun < PROMISE_S
        assert isinstance(fault, errors.Stopped)


def test_a_stop_before_the_scan_has_begun_scans_nothing(tmp_path: Path) -> None:
    hand = Hand()
    hand.stop()
    with closing(SaneDriver(BACKENDS)) as driver:
        with pytest.raises(errors.Stopped):
            list(stack.scan(driver, slow(), tmp_path, hand))
        assert driver.worker_pid is None


def test_a_stop_ends_a_question_and_a_wait() -> None:
    hand = Hand()
    hand.stop()
    assert hand.answer(NEXT) is Answer.END
    assert hand.waits(60)


def test_an_answer_that_was_not_offered_is_nobody_s_answer() -> None:
    hand = Hand()
    hand.give(Answer.PAIR)
    assert hand.answer(NEXT) is Answer.END
