"""What a procedure says about its components."""

from scanstation.model.profile import Component, Keeping, Procedure


def test_a_component_nobody_described_is_kept_faithfully() -> None:
    described = (
        Component(id="to-khai", title="Tờ khai", keeping=Keeping.LAYERED),
        Component(id="giay-khai-sinh", title="Giấy khai sinh"),
    )
    procedure = Procedure(code="1", title="t", source="s", components=described)
    assert procedure.keeping_of("to-khai") is Keeping.LAYERED
    assert procedure.keeping_of("giay-khai-sinh") is Keeping.FAITHFUL
    assert procedure.keeping_of("unknown") is Keeping.FAITHFUL
