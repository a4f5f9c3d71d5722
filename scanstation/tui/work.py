"""Runs the stories for the screens: every story call is in a thread, every answer a message.

Long jobs belong to the App, so closing a screen stops nothing. One job of a kind may run at
a time, and one pass of the courier beside them. It knows no screen and decides no wording.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from functools import partial
from multiprocessing import resource_tracker
from typing import TypeVar

from textual import on, work
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.signal import Signal
from textual.worker import Worker, get_current_worker

from scanstation import errors
from scanstation.arrivals import Arrivals
from scanstation.model.arrival import Arrived, Reached
from scanstation.model.clock import SystemClock
from scanstation.model.events import DossierQueued, Event, Warned
from scanstation.model.profile import Clerk, ScanProfile
from scanstation.tui import Counter
from scanstation.tui.news import (
    Begun,
    Couriered,
    DossierChanged,
    Ended,
    FilesArrived,
    Job,
    Link,
    LinkChanged,
    Net,
    News,
    Progress,
    Told,
    Work,
)

PASS_EVERY_S = 60.0
Answer = TypeVar("Answer")


class WorkingApp(App[None]):
    """The part of the App that works; screens subscribe to `news`."""

    class Reported(Message, bubble=False):
        """A thread hands over what is to be done on the screen's thread."""

        def __init__(self, act: Callable[[], None]) -> None:
            super().__init__()
            self.act = act

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        # While it runs, Textual gives sys.stderr the file number -1. The tracker behind spawned
        # page workers would be started with it («bad value(s) in fds_to_keep»), so start it here.
        resource_tracker.ensure_running()
        self.counter = counter
        self.news: Signal[News] = Signal(self, "news")
        self.clerk: Clerk | None = None
        self.profile: ScanProfile | None = None
        """Chosen by the clerk; None takes the station's default."""
        self.jobs: dict[Job, Progress] = {}
        self.link = Link(Net.QUIET if counter.station.central.url else Net.UNSET)
        self._threads: dict[Job, Worker[None]] = {}
        self._stops: dict[Job, Callable[[], None]] = {}
        self._courier: Worker[None] | None = None
        self._pass_wanted = False
        self.inbox_trouble: Warned | None = None
        """Why the folder of arriving files was of no use last; None while it is."""
        self._left = threading.Event()

    # --- short questions ----------------------------------------------------------------------

    def ask(
        self,
        asker: DOMNode,
        question: Callable[[], Answer],
        answer: Callable[[Answer], None],
        fault: Callable[[errors.ScanStationError], None],
    ) -> None:
        """Run `question` in a thread, then `answer` or `fault` here, unless the asker is gone."""
        self._ask(asker, question, answer, fault)

    @work(thread=True, exit_on_error=False, group="ask")
    def _ask(
        self,
        asker: DOMNode,
        question: Callable[[], Answer],
        answer: Callable[[Answer], None],
        fault: Callable[[errors.ScanStationError], None],
    ) -> None:
        try:
            act = partial(answer, question())
        except Exception as problem:  # noqa: BLE001 the top of a worker
            act = partial(fault, as_fault(problem))
        self.post_message(self.Reported(partial(_if_there, asker, act)))

    @on(Reported)
    def _do_reported(self, message: Reported) -> None:
        message.act()

    # --- long jobs ----------------------------------------------------------------------------

    def job_on(self, dossier: str) -> Job | None:
        """The job running on that dossier."""
        return next((job for job in self.jobs if job.dossier == dossier), None)

    def busy_with(self, kind: Work) -> Job | None:
        """The running job of that kind."""
        return next((job for job in self.jobs if job.work is kind), None)

    def begin(
        self,
        job: Job,
        story: Callable[[], Iterator[Event]],
        stop: Callable[[], None] = lambda: None,
    ) -> bool:
        """Start a job; False when one of its kind, or one on its dossier, is running.

        `stop` reaches into the story where it would otherwise wait for its next event.
        """
        if self.busy_with(job.work) or self.job_on(job.dossier):
            return False
        self.jobs[job] = Progress()
        self._threads[job] = self._run(job, story)
        self._stops[job] = stop
        self.news.publish(Begun(job))
        return True

    def stop(self, job: Job) -> None:
        """Ask a job to end; what was saved stays saved."""
        if worker := self._threads.get(job):
            worker.cancel()
            self._stops[job]()

    @work(thread=True, exit_on_error=False, group="jobs")
    def _run(self, job: Job, story: Callable[[], Iterator[Event]]) -> None:
        me = get_current_worker()
        fault: errors.ScanStationError | None = None
        try:
            events = story()
            for event in events:
                self.post_message(self.Reported(partial(self._told, job, event)))
                if me.is_cancelled:
                    _close(events)
                    fault = errors.Stopped(kept="✓")
                    break
        except Exception as problem:  # noqa: BLE001 the top of a worker
            fault = as_fault(problem)
        self.post_message(self.Reported(partial(self._ended, job, fault)))

    def _told(self, job: Job, event: Event) -> None:
        progress = self.jobs[job] = self.jobs[job].after(event)
        self.news.publish(Told(job, event, progress))
        if isinstance(event, DossierQueued):
            self.deliver()

    def _ended(self, job: Job, fault: errors.ScanStationError | None) -> None:
        progress = self.jobs.pop(job)
        self._threads.pop(job, None)
        self._stops.pop(job, None)
        if isinstance(fault, errors.Stopped):
            fault = errors.Stopped(kept=progress.saved)
        self.ended(Ended(job, progress, fault))

    def ended(self, news: Ended) -> None:
        """A job is over; the App may have more to say about it."""
        self.news.publish(news)

    # --- the courier --------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.set_interval(PASS_EVERY_S, self.deliver)
        self.deliver()
        if self.counter.arrivals is not None:
            # Not a Textual worker: leaving must not wait for a share that does not answer.
            threading.Thread(target=self._mind, args=(self.counter.arrivals,), daemon=True).start()

    def on_unmount(self) -> None:
        self._left.set()

    def _mind(self, arrivals: Arrivals) -> None:
        """Claim what devices leave in the folder, until the App is left."""
        try:
            for event in arrivals.watch(self._left):
                self.post_message(self.Reported(partial(self._minded, event)))
        except Exception as problem:  # noqa: BLE001 the top of a worker
            fault = as_fault(problem)
            told = Warned(vi=fault.sentence("vi"), en=fault.sentence("en"))
            self.post_message(self.Reported(partial(self._minded, told)))

    def _minded(self, event: Arrived | Reached | Warned) -> None:
        self.inbox_trouble = event if isinstance(event, Warned) else None
        self.news.publish(FilesArrived(event))

    def deliver(self) -> None:
        """Send what is queued: now, or right after the pass that is running."""
        if self.link.net is Net.UNSET:
            return
        if self._courier is not None:
            self._pass_wanted = True
            return
        self._courier = self._pass()

    @property
    def delivering(self) -> bool:
        """Whether a pass is running."""
        return self._courier is not None

    @work(thread=True, exit_on_error=False, group="courier")
    def _pass(self) -> None:
        me = get_current_worker()
        fault: errors.ScanStationError | None = None
        try:
            events = self.counter.deliver()
            for event in events:
                self.post_message(self.Reported(partial(self._couriered, Couriered(event))))
                if me.is_cancelled:
                    _close(events)
                    break
        except Exception as problem:  # noqa: BLE001 the top of a worker
            fault = as_fault(problem)
        self.post_message(self.Reported(partial(self._pass_over, fault)))

    def _couriered(self, news: Couriered) -> None:
        if news.event is not None:
            self._see(self.link.heard(news.event))
        self.news.publish(news)

    def _pass_over(self, fault: errors.ScanStationError | None) -> None:
        self._courier = None
        self._see(self.link.ended(fault, SystemClock().now()))
        self.news.publish(Couriered(None))
        if self._pass_wanted:
            self._pass_wanted = False
            self.deliver()

    def _see(self, link: Link) -> None:
        if link != self.link:
            self.link = link
            self.news.publish(LinkChanged(link))

    def changed(self) -> None:
        """Tell every screen that a dossier is not what it was."""
        self.news.publish(DossierChanged())


def as_fault(problem: Exception) -> errors.ScanStationError:
    """What a worker met, as something the clerk can read."""
    if isinstance(problem, errors.ScanStationError):
        return problem
    return errors.ScanStationError(detail=f"{type(problem).__name__}: {problem}")


def _if_there(asker: DOMNode, act: Callable[[], None]) -> None:
    if asker.is_running and asker.is_attached:
        act()


def _close(events: Iterator[object]) -> None:
    """End a story early: its generator stops the device or the line behind it."""
    if isinstance(events, Generator):
        events.close()
