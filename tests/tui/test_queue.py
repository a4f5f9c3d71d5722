"""S4: where packages are, as central measured it."""

from scanstation import errors
from scanstation.model.acts import Sealed
from scanstation.model.delivery import Delivered, Delivery, Held, ReceiptClaims, Sending
from scanstation.tui.ask import Confirm
from scanstation.tui.news import Net
from scanstation.tui.queue import QueueScreen
from tests.tui.fake import DUONG, LAND, FakeCourier, FakeIntake, a_row, fake_counter
from tests.tui.stage import Stage, play


def with_rows(*states: Delivery, reason: str = "") -> FakeIntake:
    intake = FakeIntake()
    for number, state in enumerate(states, start=1):
        dossier = intake.open(LAND, f"Người {number}", DUONG)
        row = a_row(dossier.id, number, state, reason=reason)
        intake.rows.append(row)
        intake.record(dossier.id, Sealed(row.package, row.sha256, number), DUONG)
    return intake


async def to_the_queue(stage: Stage) -> None:
    await stage.press("f7")
    await stage.at(QueueScreen)


def test_the_newest_package_is_first_and_a_held_one_says_why() -> None:
    intake = with_rows(Delivery.DELIVERED, Delivery.HELD, Delivery.QUEUED, reason="[x] refused")

    async def script(stage: Stage) -> None:
        await to_the_queue(stage)
        await stage.shows("No. 2 is held, a person must look: [x] refused")
        order = [stage.text.index(f"Người {number}") for number in (3, 2, 1)]
        assert order == sorted(order)
        assert "100%" in stage.text

    play(fake_counter(intake), script, size=(120, 36))


def test_progress_is_what_central_measured() -> None:
    intake = with_rows(Delivery.QUEUED)
    package = intake.rows[0].package
    lost = errors.CentralUnreachable(url="x", problem="cut")
    courier = FakeCourier([[Sending(package=package, offset=450_000, size=900_000), lost]])
    intake.rows[0] = a_row(intake.rows[0].dossier, 1, Delivery.SENDING, offset=450_000)

    async def script(stage: Stage) -> None:
        await to_the_queue(stage)
        await stage.shows("▓▓▓▓░░░░  50%")
        assert stage.app.link.net is Net.LOST

    play(fake_counter(intake, courier), script)


def test_f5_and_space_start_a_pass_and_one_asked_for_meanwhile_follows() -> None:
    courier = FakeCourier()

    async def script(stage: Stage) -> None:
        await stage.until(lambda: courier.ran == 1, "a pass at the start")
        await to_the_queue(stage)
        await stage.press("f5")
        await stage.until(lambda: courier.ran == 2, "F5")
        await stage.press("space")
        await stage.until(lambda: courier.ran == 3, "Space")

    play(fake_counter(FakeIntake(), courier), script)


def test_a_delivered_and_a_held_package_change_the_rows_at_once() -> None:
    intake = with_rows(Delivery.QUEUED, Delivery.QUEUED)
    first, second = intake.rows
    receipt = ReceiptClaims(
        issuer="c",
        package=first.package,
        dossier=first.dossier,
        station="s",
        sha256=first.sha256,
        size=first.size,
        sequence=1,
        server_sequence=1,
        received_at=first.queued_at,
    )
    courier = FakeCourier()

    async def script(stage: Stage) -> None:
        await to_the_queue(stage)
        await stage.until(lambda: stage.text.count("↑ waiting") == 2, "both wait")
        intake.rows = [
            a_row(first.dossier, 1, Delivery.DELIVERED),
            a_row(second.dossier, 2, Delivery.HELD, reason="no"),
        ]
        courier.passes = [
            [
                Delivered(package=first.package, receipt=receipt),
                Held(package=second.package, reason="no"),
            ]
        ]
        await stage.press("f5")
        await stage.shows("✓ receipt checked")
        await stage.shows("× HELD: no")

    play(fake_counter(intake, courier), script)


def test_central_that_denies_the_station_is_told_and_no_network_is_blamed() -> None:
    courier = FakeCourier([[errors.CentralDenied(reason="token")]])

    async def script(stage: Stage) -> None:
        await stage.shows("SENDING FAILS")
        await to_the_queue(stage)
        await stage.shows("does not let this station in (token)")

    play(fake_counter(FakeIntake(), courier), script)


def test_another_courier_at_work_is_no_alarm() -> None:
    courier = FakeCourier([[errors.InUse(thing="outbox", owner="1")]])

    async def script(stage: Stage) -> None:
        await stage.until(lambda: courier.ran == 1 and not stage.app.delivering, "a pass")
        assert stage.app.link.net is Net.QUIET
        assert not stage.card()

    play(fake_counter(FakeIntake(), courier), script)


LONG = "the central system refused it: " + "the signature of the second paper is not known; " * 6


def test_a_held_package_shows_its_whole_reason_and_enter_releases_it() -> None:
    intake = with_rows(Delivery.HELD, Delivery.QUEUED, Delivery.HELD, reason=LONG.strip())

    async def script(stage: Stage) -> None:
        await to_the_queue(stage)
        await stage.until(lambda: stage.choices("rows").option_count == 3, "listed")
        await stage.press("end")
        await stage.shows(f"No. 1 is held, a person must look: {LONG.strip()}")
        await stage.press("enter", "enter")
        await stage.until(lambda: intake.released, "released")
        assert intake.released == [(intake.rows[0].package, DUONG.id)]
        await stage.until(lambda: stage.text.count("↑ waiting") == 2, "it waits again")

    play(fake_counter(intake), script)


def test_only_a_held_package_can_be_released_and_esc_leaves_it_held() -> None:
    intake = with_rows(Delivery.HELD, Delivery.QUEUED, reason="no")

    async def script(stage: Stage) -> None:
        await to_the_queue(stage)
        await stage.until(lambda: stage.choices("rows").option_count == 2, "listed")
        await stage.press("enter")
        assert isinstance(stage.app.screen, QueueScreen), "the cursor is on a waiting package"
        await stage.press("end", "enter")
        await stage.at(Confirm)
        await stage.press("escape")
        await stage.at(QueueScreen)
        assert not intake.released

    play(fake_counter(intake), script)


def test_a_supplement_is_told_from_the_package_it_adds_to() -> None:
    intake = with_rows(Delivery.DELIVERED)
    own = intake.rows[0]
    intake.rows.append(a_row(own.dossier, 2, supplements=own.package))

    async def script(stage: Stage) -> None:
        await to_the_queue(stage)
        await stage.shows("Supplement: Người 1")
        assert stage.text.count("Người 1") == 2

    play(fake_counter(intake), script, size=(120, 36))
