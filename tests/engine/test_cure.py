"""When the cure of what was missed begins, stands still, and ends."""

from phaseflow.engine import cure
from phaseflow.model.calendar import Instant, When, Zone, parse_period

BERLIN = Zone("Europe/Berlin")
DUE = When.parse("2025-03-03")
MISSED = BERLIN.closing(DUE)
P3D, P7D = parse_period("P3D"), parse_period("P7D")


def test_a_cure_runs_from_the_day_on_which_it_was_due() -> None:
    assert str(cure.begin(BERLIN, P3D, DUE, MISSED).cure_ends) == "2025-03-06"


def test_what_was_due_before_it_became_known_is_cured_from_then() -> None:
    known = Instant.from_utc(2025, 3, 10, hour=12)

    assert str(cure.begin(BERLIN, P3D, DUE, known).cure_ends) == "2025-03-13"


def test_without_a_cure_what_is_missed_cannot_be_made_up_for() -> None:
    missed = cure.begin(BERLIN, None, DUE, MISSED)

    assert cure.is_over(BERLIN, missed, MISSED)


def test_a_cure_that_stands_still_has_no_end_and_loses_no_time() -> None:
    missed = cure.begin(BERLIN, P3D, DUE, MISSED)
    stopped = MISSED.add(hours=24)

    paused = cure.paused(BERLIN, missed, stopped, is_stopped=True)
    again = cure.paused(BERLIN, paused, stopped.add(hours=48), is_stopped=False)

    assert cure.ends_at(BERLIN, paused) is None
    assert not cure.is_over(BERLIN, paused, MISSED.add(hours=240))
    assert str(again.cure_ends) == "2025-03-08"


def test_a_cure_that_is_found_still_again_has_stood_still_since_the_first_time() -> None:
    missed = cure.begin(BERLIN, P3D, DUE, MISSED)
    stopped = MISSED.add(hours=24)

    paused = cure.paused(BERLIN, missed, stopped, is_stopped=True)
    still = cure.paused(BERLIN, paused, stopped.add(hours=24), is_stopped=True)

    assert still == paused


def test_a_new_text_gives_the_time_that_it_says_and_what_was_stood_still_besides() -> None:
    missed = cure.begin(BERLIN, P3D, DUE, MISSED)
    paused = cure.paused(BERLIN, missed, MISSED.add(hours=24), is_stopped=True)
    again = cure.paused(BERLIN, paused, MISSED.add(hours=72), is_stopped=False)

    assert str(cure.amended(BERLIN, again, DUE, P3D, P7D).cure_ends) == "2025-03-12"


def test_the_breach_of_a_restraint_lasts_where_the_text_sets_no_cure() -> None:
    breach = cure.begin_breach(BERLIN, None, MISSED)
    cured = cure.amended_breach(BERLIN, breach, None, P3D)

    assert cure.ends_at(BERLIN, breach) is None
    assert str(cured.cure_ends) == "2025-03-07"
    assert cure.amended_breach(BERLIN, cured, P3D, None) == breach
