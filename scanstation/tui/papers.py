"""What a clerk does with the papers of a dossier besides scanning them: declare, move, destroy.

It asks, and hands the act to the story; destroying asks twice (expunging.py).
"""

from scanstation.model import acts
from scanstation.model.account import Account
from scanstation.model.profile import Component
from scanstation.tui.account import PaperAccount
from scanstation.tui.scanning import ScanningScreen


class PapersScreen(ScanningScreen):
    """A screen with a cursor on a component and on a page."""

    @property
    def _component(self) -> Component:
        """Under the cursor."""
        raise NotImplementedError

    @property
    def _chosen(self) -> str:
        """Id of the page or attachment under the cursor, or an empty string."""
        raise NotImplementedError

    def action_account(self) -> None:
        """Say how much paper there is and what happens to it."""
        self.declare(self._component)

    def declare(self, component: Component) -> None:
        """Ask for the account of that component."""

        def declared(account: Account | None) -> None:
            if account is not None:
                self._record(acts.AccountGiven(component.id, account))

        self.app.push_screen(PaperAccount(self._dossier, component), declared)
