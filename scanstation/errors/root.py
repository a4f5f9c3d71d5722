"""The root of the error tree and what every error can do."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar


class ScanStationError(Exception):
    """Root of the tree; `vi` and `en` are templates over the keyword arguments given."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    command: ClassVar[str] = ""
    """What does on the command line what the sentence says, a template as `vi`; a screen has keys."""
    vi: ClassVar[str] = (
        "Lỗi không lường trước: {detail}. Dữ liệu đã lưu vẫn còn. Báo quản trị viên."
    )
    en: ClassVar[str] = "Unforeseen fault: {detail}. What was saved is safe. Tell your IT staff."

    def __init__(self, **facts: object) -> None:
        """`facts` fill the sentence; a missing one is a programming error (KeyError)."""
        self.facts = facts
        self.command.format(**facts)
        super().__init__(self.sentence("en"))

    def __reduce__(self) -> tuple["partial[ScanStationError]", tuple[()]]:
        """An error of a page worker reaches the main process with its facts."""
        return partial(type(self), **self.facts), ()

    def sentence(self, language: str) -> str:
        """The clerk's sentence in "vi" or "en"."""
        spoken = "vi" if language == "vi" else "en"
        template = self.vi if spoken == "vi" else self.en
        return template.format(**self.facts, **self.words(spoken))

    def advised(self, language: str) -> str:
        """The sentence and, where there is one, the command that helps: for the command line."""
        said = self.sentence(language)
        if not self.command:
            return said
        word = "Lệnh" if language == "vi" else "Command"
        return f"{said} {word}: «{self.command.format(**self.facts)}»."

    def words(self, language: str) -> Mapping[str, str]:
        """Further words of the sentence, chosen by the facts; `language` is "vi" or "en"."""
        del language
        return {}

    @property
    def code(self) -> str:
        """Stable name for `--json` output and logs."""
        return type(self).__name__
