"""A slip's code opens its dossier, whatever a reader that types like a keyboard makes of it."""

import pytest

from scanstation.model.slipcode import dossier_in, payload

DOSSIER = "019f1b67-9100-780c-8de4-ccf2c94abd4f"
TYPED = payload(DOSSIER, "H42.15.33-Q2")


@pytest.mark.parametrize(
    "typed",
    [
        TYPED,
        f"  {TYPED}\r\n",
        TYPED.upper(),
        TYPED.replace("|", "~").replace("-", "'"),
        TYPED.replace("|", "_").replace("-", "_"),
        payload(DOSSIER, "a|b"),
    ],
)
def test_a_slip_s_text_names_its_dossier(typed: str) -> None:
    assert dossier_in(typed) == DOSSIER


@pytest.mark.parametrize("other", [DOSSIER, "ccf2c94abd4f", "SSD1", "SSD2|" + DOSSIER, ""])
def test_anything_else_is_looked_up_as_it_is(other: str) -> None:
    assert dossier_in(f" {other}\n") == other
