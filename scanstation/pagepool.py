"""Page work in spawned child processes, one per core, so that a crash costs one page and no screen.

The story sees begin and finish; what happens to a page is pagework's. It refuses to lose a page
to a dying worker: the pool is made anew and the page tried once more. A thorough reading is a
second job of its page: it starts when no page waits for its first, and nobody has to wait for it.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from scanstation import errors, i18n
from scanstation.i18n import _
from scanstation.model.page import PageOrder, WorkedPage


class PagePool:
    """Page work in spawned child processes, one per core, started on first use.

    A worker that dies takes only its own page down: the pool is made anew and the page tried
    once more before errors.UnreadableInput names it.
    """

    def __init__(self, gives_way: threading.Event | None = None) -> None:
        """With `gives_way` there is one worker, of the lowest priority, and when that is set (at
        the end it is in any case) it is ended at once: who waits for a page gets errors.Stopped.
        """
        self._gives_way = gives_way
        self._ending: threading.Thread | None = None
        """Ends the worker when `gives_way` is set."""
        self._pool: ProcessPoolExecutor | None = None
        self._begun: dict[PageOrder, Future[WorkedPage]] = {}
        self._turn = threading.RLock()  # the screen scans, seals and looks in threads of its own
        self._better: dict[PageOrder, Future[WorkedPage]] = {}
        self._waiting: ThreadPoolExecutor | None = None
        self._at_once = threading.Semaphore()
        """One thorough reading at a time, so that a new page finds a free worker."""

    def __enter__(self) -> "PagePool":
        if self._gives_way is not None:
            waits = (self._gives_way,)
            self._ending = threading.Thread(target=self._give_way, args=waits, daemon=True)
            self._ending.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._gives_way is not None and self._ending is not None:
            self._gives_way.set()
            self._ending.join()  # it asks the pool for its workers, which forgets them next
        if self._waiting is not None:
            self._waiting.shutdown(wait=False, cancel_futures=True)
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, order: PageOrder) -> None:
        """Start early; the result is also kept in the order's cache folder."""
        first = order.first
        with self._turn:
            if first not in self._begun:
                self._begun[first] = self._submit(first)
            if first != order and order not in self._better:
                self._better[order] = self._deepening().submit(
                    self._deepen, order, self._begun[first]
                )

    def peek(self, order: PageOrder) -> WorkedPage | None:
        """The result if it is there and good; otherwise start, if need be, and do not wait."""
        from scanstation.pagework import recalled

        if order not in self._begun and (known := recalled(order)):
            return known
        self.begin(order)
        return _good(self._better.get(order)) or _good(self._begun.get(order.first))

    def finish(self, orders: Sequence[PageOrder], *, patient: bool = False) -> Iterator[WorkedPage]:
        """Results in the order given, each as well read as it is by then.

        With `patient` every thorough reading asked for is waited for.
        """
        for order in orders:
            self.begin(order)
        if patient:
            self._at_once.release()
        for order in orders:
            quick = self._result(order.first)
            better = self._better.pop(order, None)
            if patient and better is not None:
                wait([better])
            self._must_go_on()
            yield _good(better) or quick

    def _give_way(self, gives_way: threading.Event) -> None:
        """Wait for that event, then kill the worker and the engine that runs for it."""
        gives_way.wait()
        with self._turn:
            workers = () if self._pool is None else tuple(self._pool._processes)  # noqa: SLF001 - 3.14 has kill_workers
        for worker in workers:
            with suppress(ProcessLookupError):  # before it has a group of its own
                os.killpg(worker, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def _must_go_on(self) -> None:
        if self._gives_way is not None and self._gives_way.is_set():
            raise errors.Stopped(kept=0)

    def _deepen(self, order: PageOrder, first: "Future[WorkedPage]") -> WorkedPage:
        """The thorough reading, when no page waits for its first; none where that failed."""
        first.result()
        with self._at_once:
            while waiting := [one for one in tuple(self._begun.values()) if not one.done()]:
                wait(waiting)
            with self._turn:
                begun = self._submit(order)
            return begun.result()

    def _deepening(self) -> ThreadPoolExecutor:
        """Threads that only wait, one for each thorough reading that may run at once."""
        if self._waiting is None:
            self._waiting = ThreadPoolExecutor(max_workers=2)
        return self._waiting

    def _result(self, order: PageOrder) -> WorkedPage:
        try:
            return self._begun.pop(order).result()
        except BrokenProcessPool:
            return self._again(order)

    def _again(self, order: PageOrder) -> WorkedPage:
        self._pool = None
        waiting, self._begun = tuple(self._begun), {}
        try:
            result = self._submit(order).result()
        except BrokenProcessPool as fault:
            self._pool = None
            name = order.original.name
            raise errors.UnreadableInput(file=name, problem=_("its page worker died")) from fault
        for other in waiting:
            self.begin(other)
        return result

    def _submit(self, order: PageOrder) -> "Future[WorkedPage]":
        from scanstation.pagework import work_page

        try:
            return _deaf(self._workers(), work_page, order)
        except BrokenProcessPool:  # a page of before took its worker down; this one is another
            self._pool = None
            return _deaf(self._workers(), work_page, order)

    def _workers(self) -> ProcessPoolExecutor:
        from scanstation.pagework import start_worker, worker_count

        self._must_go_on()
        aside = self._gives_way is not None
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1 if aside else worker_count(),
                mp_context=multiprocessing.get_context("spawn"),
                initializer=start_worker,
                initargs=(i18n.language(), aside),
            )
        return self._pool


def _good(begun: "Future[WorkedPage] | None") -> WorkedPage | None:
    """The result if it is there and no fault."""
    done = begun is not None and begun.done() and not begun.cancelled()
    return begun.result() if begun is not None and done and begun.exception() is None else None


def _deaf(
    pool: ProcessPoolExecutor, work: Callable[[PageOrder], WorkedPage], order: PageOrder
) -> "Future[WorkedPage]":
    """`work(order)` in a process that never hears Ctrl-C, which is its parent's to handle.

    A mask is inherited; a child that ignores the signal once it runs would die while it starts.
    The pool is made before: multiprocessing's resource tracker, started then, lifts any mask.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(work, order)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
