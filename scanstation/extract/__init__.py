"""Text and codes -> proposed fields; pure rules that propose and never decide.

idcard reads the QR code of an ID card, letter the layout of NĐ 30/2020 Phụ lục I. Both return
model.field.Field values with the place they were read at; a value nobody confirmed is a proposal.
"""

from typing import Protocol

from scanstation.model.field import Field
from scanstation.model.page import WorkedPage


class Extractor(Protocol):
    """A rule set for one kind of paper."""

    def __call__(self, page: WorkedPage, number: int) -> tuple[Field, ...]:
        """Proposals from the 1-based page `number` of a component; empty when nothing fits."""
        ...
