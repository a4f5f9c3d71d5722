"""The one owner of a dossier: every page and act goes through it, in the journal's order.

An original is durable before its entry, and the entry before the caller hears of it. A stop in
between leaves an original nobody announced, never an entry without its original. It refuses acts
that do not fit the dossier's state and deletes nothing but what a clerk expunges.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import msgspec

from scanstation import durable, errors
from scanstation.i18n import _, mark, shown
from scanstation.model.acts import (
    Act,
    AttachmentAdded,
    Entry,
    Expunged,
    PageAdded,
    PageReplaced,
    Redone,
    Undone,
)
from scanstation.model.clock import Clock, iso_vietnam, new_id
from scanstation.model.dossier import LENT, SOURCE, TEXT, Attachment, Dossier, Page, State
from scanstation.model.expunge import expunged
from scanstation.model.fold import advanced, next_redo, next_undo
from scanstation.model.page import PageFile, Taken
from scanstation.model.profile import Treatment
from scanstation.model.removal import ExpungeReason
from scanstation.workspace import arrivals, expunging, journal, rules
from scanstation.workspace.expunging import CACHE, JOURNAL, ORIGINALS
from scanstation.workspace.originals import PDF, Original, name_of, store_page, store_pdf

__all__ = ["CACHE", "JOURNAL", "ORIGINALS", "Holder"]

RESCANNED = "quét lại"
"""Reason of the tombstone when a page is scanned again and the clerk gives none."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Holder:
    """A dossier held by this process; made by `Workspace.holding`, dead after its block.

    Safe to use from several threads: acts are journalled one after the other.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._turn = Lock()
        self._held = True
        self._sources: dict[Path, str] = {}
        self._entries, self._dossier = journal.folded(folder / JOURNAL, folder.name)

    @property
    def dossier(self) -> Dossier:
        """What stands now."""
        return self._dossier

    def entries(self) -> tuple[Entry, ...]:
        """Everything that was ever done, undone acts too."""
        return self._entries

    def let_go(self) -> None:
        """From here on this holder only reads; another process may write."""
        with self._turn:
            self._held = False

    # --- pages and attachments ----------------------------------------------------------------

    def adopt(
        self,
        page: PageFile,
        component: str,
        clerk_id: str,
        *,
        treatment: Treatment | None = None,
        replaces: str = "",
        reason: str = RESCANNED,
    ) -> Page:
        """Keep a captured page for good; once this returns, it survives a power cut.

        `replaces` is the id (or its unambiguous ending) of a standing page whose place the new
        one takes; `component` may then be empty. The scratch file stays the caller's.
        Raises WrongState, NoSuchThing, NotSignedIn, UnreadableInput, OversizedInput, StorageError.
        """
        rules.must_be_signed_in(clerk_id)
        self._place(component, replaces)
        original = store_page(page, durable.make_folder(self._folder / ORIGINALS))
        source = self._stored_source(page)
        with self._turn:
            place, old = self._place(component, replaces)  # another thread may have acted
            self._keep_source(page, source, place, clerk_id)
            kept = self._page(page, original, place, treatment or Treatment(), old)
            if page.taken and source:
                taken = {"taken_from": source, "taken_page": page.taken.page}
                kept = msgspec.structs.replace(kept, **taken)
            act = PageReplaced(kept, reason.strip() or RESCANNED) if old else PageAdded(kept)
            self._append(act, clerk_id)
        return kept

    def attach(
        self,
        path: Path,
        component: str,
        clerk_id: str,
        name: str,
        pages: int,
        signatures: int,
    ) -> Attachment:
        """Keep a PDF byte for byte, as `adopt` keeps a page."""
        rules.must_be_signed_in(clerk_id)
        self._place(component)
        original = store_pdf(path, durable.make_folder(self._folder / ORIGINALS))
        with self._turn:
            kept = Attachment(
                id=new_id(self._clock.now()),
                sha256=original.sha256,
                component=self._place(component)[0],
                name=name,
                pages=pages,
                signatures=signatures,
            )
            self._append(AttachmentAdded(kept), clerk_id)
        return kept

    def receive(
        self, source: "Holder", wanted: Sequence[str], component: str, clerk_id: str
    ) -> tuple[str, ...]:
        """Take pages and attachments of another dossier; returns their ids there, in full.

        Each gets an original of its own here, and one that is here already is not taken twice, so
        that a move a stop cut short can be repeated. They still stand in `source` when this
        returns: PagesGiven is its own act. An empty `component` takes each into the component
        of the same id. Raises as `adopt`; UsageError without a page.
        """
        rules.must_be_signed_in(clerk_id)
        coming = arrivals.standing(source.dossier, wanted)
        fresh = arrivals.not_yet_here(coming, source.dossier.id, self._dossier)
        places = [self._place(component or one.component)[0] for one in fresh]
        fresh += arrivals.sources(fresh, places, source.dossier, self._dossier)
        folder = durable.make_folder(self._folder / ORIGINALS)
        for one in fresh:
            kept = source.original(one) if isinstance(one, Page) else source.attachment(one)
            arrivals.copy(kept, folder)
        with self._turn:
            places = [self._place(component or one.component)[0] for one in fresh]
            instant = self._clock.now()
            act = arrivals.taken(fresh, places, source.dossier.id, source.entries(), instant)
            if act.pages or act.attachments:
                self._append(act, clerk_id)
        return tuple(one.id for one in coming)

    def _stored_source(self, page: PageFile) -> str:
        """SHA-256 of the PDF the page was taken from, stored; empty without one."""
        if page.taken is None:
            return ""
        if page.taken.pdf not in self._sources:
            folder = durable.make_folder(self._folder / ORIGINALS)
            self._sources[page.taken.pdf] = store_pdf(page.taken.pdf, folder).sha256
        return self._sources[page.taken.pdf]

    def _keep_source(self, page: PageFile, sha256: str, component: str, clerk_id: str) -> None:
        """Journal the PDF once for its component; as a source as soon as a page is born digital."""
        if page.taken is None:
            return
        kept_for = SOURCE if page.taken.visible else TEXT
        known = {
            one.kept_for
            for one in self._dossier.attachments
            if (one.sha256, one.component, one.removed) == (sha256, component, "")
        }
        if known & {SOURCE, kept_for}:
            return
        kept = Attachment(
            id=new_id(self._clock.now()),
            sha256=sha256,
            component=component,
            name=shown(page.taken.pdf.name),
            pages=page.taken.page,
            signatures=0,
            kept_for=kept_for,
        )
        self._append(AttachmentAdded(kept), clerk_id)

    def taken(self, page: Page) -> Taken | None:
        """Where the text a page came with can be read; None for paper, and where that PDF is not
        in this dossier (it was expunged).
        """
        kept = {one.kept_for for one in self._dossier.attachments if one.sha256 == page.taken_from}
        if not page.taken_from or not kept:
            return None
        pdf = self._stored(page.taken_from + PDF)
        return Taken(pdf=pdf, page=page.taken_page, visible=bool(kept & {SOURCE, LENT}))

    def original(self, page: Page) -> Path:
        """The untouched original of a page, standing or not; StoreDamaged when it is gone."""
        return self._stored(name_of(page))

    def attachment(self, attachment: Attachment) -> Path:
        """The file of an attachment as it came; StoreDamaged when it is gone."""
        return self._stored(name_of(attachment))

    def cache(self, page: Page, key: str) -> Path:
        """A folder for what is derived from a page under `key`; it may vanish at any time.

        `key` is a plain name of letters, digits, dots, dashes; ValueError otherwise.
        """
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no plain name")
        folder = self._folder / CACHE / page.id / key
        try:
            for place in (folder.parent.parent, folder.parent, folder):
                place.mkdir(mode=0o700, exist_ok=True)  # not synced: cache, and 3 fsyncs a page
        except OSError as fault:
            raise durable.storage_fault(folder, fault) from fault
        return folder

    # --- acts ---------------------------------------------------------------------------------

    def record(self, act: Act, clerk_id: str) -> Dossier:
        """Do one act: move, rotate, remove, give, account, field, park, resume, seal, withdraw.

        Raises WrongState, NoSuchThing, UsageError, NotSignedIn, StorageError; nothing changed
        then. TypeError for an act that has its own verb here.
        """
        rules.must_be_signed_in(clerk_id)
        with self._turn:
            return self._append(rules.checked(self._dossier, act), clerk_id)

    def expunge(self, wanted: str, reason: ExpungeReason, note: str, clerk_id: str) -> str:
        """Destroy a page or attachment for good, also a removed or undone one; its id in full.

        A stop in the middle is completed when the dossier is held again. Raises SealedForGood,
        NoSuchThing, NotSignedIn, StorageError.
        """
        rules.must_be_signed_in(clerk_id)
        with self._turn:
            self._must_be_held()
            if self._dossier.state is State.SEALED:
                raise errors.SealedForGood(dossier=self._dossier.id)
            page = rules.ever_here(self._entries, wanted)
            gone = expunged(self._entries)
            for one in (page, *rules.sources_of(self._entries, page)):
                if one.id not in gone:
                    act = Expunged(page=one.id, component=one.component, reason=reason, note=note)
                    self._append(act, clerk_id)
        self.finish_expunging()
        return page.id

    def all_of(self, component: str) -> tuple[str, ...]:
        """Ids of what stands in a component, pages first; NoSuchThing for an unknown one."""
        place = rules.component(self._dossier, component).id
        pages = tuple(page.id for page in self._dossier.of(place))
        return pages + tuple(one.id for one in self._dossier.attached(place))

    def from_page_on(self, wanted: str) -> tuple[str, ...]:
        """Ids of a standing page and those behind it in its component; NoSuchThing."""
        page = rules.standing_page(self._dossier, wanted)
        ids = [one.id for one in self._dossier.of(page.component)]
        return tuple(ids[ids.index(page.id) :])

    def ever(self, wanted: str) -> str:
        """Full id of what came in under that id or ending and was not destroyed; NoSuchThing."""
        return rules.ever_here(self._entries, wanted).id

    def lending(self, page_id: str) -> tuple[str, ...]:
        """Ids of the kept PDFs that hold the same page; they go with it."""
        page = rules.ever_here(self._entries, page_id)
        return tuple(one.id for one in rules.sources_of(self._entries, page))

    def same_content(self, page_id: str) -> tuple[str, ...]:
        """Ids of other pages here whose original is the very same file."""
        return expunging.same_content(self._entries, page_id)

    def finish_expunging(self) -> None:
        """Destroy what is left of everything expunged: nothing, but after a stop."""
        with self._turn:
            self._must_be_held()
            if self._dossier.expunged:
                try:
                    expunging.destroy(self._folder, self._entries)
                finally:
                    self._reread()

    def undo(self, clerk_id: str) -> Dossier:
        """Take back the latest act on a page, also one from before a restart.

        Raises NoSuchThing when nothing is left to undo, and as `record`.
        """
        rules.must_be_signed_in(clerk_id)
        with self._turn:
            rules.must_be(self._dossier, State.OPEN, act=mark("undo"))
            entry = next_undo(self._entries)
            if entry is None:
                raise _nothing(_("act to undo in"), self._dossier)
            return self._append(Undone(entry.number), clerk_id)

    def redo(self, clerk_id: str) -> Dossier:
        """Do again what was undone last, unless a newer act has buried it; raises as `undo`."""
        rules.must_be_signed_in(clerk_id)
        with self._turn:
            rules.must_be(self._dossier, State.OPEN, act=mark("redo"))
            entry = next_redo(self._entries)
            if entry is None:
                raise _nothing(_("act to redo in"), self._dossier)
            return self._append(Redone(entry.number), clerk_id)

    # --- inside -------------------------------------------------------------------------------

    def _page(
        self, page: PageFile, original: Original, place: str, treatment: Treatment, old: Page | None
    ) -> Page:
        return Page(
            id=new_id(self._clock.now()),
            sha256=original.sha256,
            suffix=original.suffix,
            component=place,
            width=page.width,
            height=page.height,
            dpi=page.dpi,
            mode=page.mode,
            source=page.source,
            replaces=old.id if old else "",
            warnings=page.warnings,
            treatment=treatment,
        )

    def _place(self, component: str, replaces: str = "") -> tuple[str, Page | None]:
        """Component id for new paper and the page it replaces; refuses what does not fit now."""
        self._must_be_held()
        rules.must_be(self._dossier, State.OPEN, act=mark("add a page"))
        old = rules.standing_page(self._dossier, replaces) if replaces else None
        wanted = component or (old.component if old else "")
        return rules.component(self._dossier, wanted).id, old

    def _must_be_held(self) -> None:
        if not self._held:
            raise RuntimeError("this dossier is not held")

    def _append(self, act: Act, clerk_id: str) -> Dossier:
        self._must_be_held()
        entry = Entry(
            version=journal.VERSION,
            number=len(self._entries) + 1,
            at=iso_vietnam(self._clock.now()),
            clerk=clerk_id,
            act=act,
        )
        try:
            journal.append(self._folder / JOURNAL, entry)
        except errors.StorageError:
            self._reread()  # the entry may lie there although the folder's fsync failed
            raise
        self._dossier = advanced(self._dossier, self._entries, entry)
        self._entries = (*self._entries, entry)
        return self._dossier

    def _reread(self) -> None:
        """Believe the disk."""
        self._entries, self._dossier = journal.folded(self._folder / JOURNAL, self._folder.name)

    def _stored(self, name: str) -> Path:
        path = self._folder / ORIGINALS / name
        if not path.is_file():
            raise errors.StoreDamaged(path=path, problem=_("the original is missing"))
        return path


def _nothing(kind: str, dossier: Dossier) -> errors.NoSuchThing:
    return errors.NoSuchThing(kind=kind, name=dossier.id, hint=_("Nothing changed."))
