"""Rules that were broken once: found by chance, each kept by its name."""

from world import HEADER, World

RESTRAINT = """
obligations:
  calm:
    obligor: seller
    obligee: buyer
    during: running
    refrain: true
    verified_by: judge
    cure: P2D
"""


def test_what_is_said_later_of_one_violation_begins_no_cure_anew() -> None:
    world = World(HEADER + RESTRAINT)

    entry = world.say("judge", "allege", "2025-03-02", obligation="calm")
    world.tick("2025-03-06")
    calm = world.standing("calm")
    world.say("seller", "contest", "2025-03-06", entry=entry)
    world.say("judge", "attest", "2025-03-06T13:00", entry=entry)

    assert (calm, world.standing("calm")) == ("pending", "pending")
    assert world.duty("calm").violations == 1


def test_what_happened_while_a_restraint_was_tolled_is_no_violation_once_it_binds_again() -> None:
    world = World(HEADER + RESTRAINT)

    world.say("seller", "advance", "2025-03-02", transition="pause")
    world.say("seller", "advance", "2025-03-04", transition="resume")
    world.say("judge", "allege", "2025-03-05", occurred="2025-03-03T12:00", obligation="calm")
    world.say("judge", "allege", "2025-03-05", occurred="2025-03-03", obligation="calm")
    tolled = world.duty("calm").violations
    world.say("judge", "allege", "2025-03-05", occurred="2025-03-04", obligation="calm")

    assert (tolled, world.duty("calm").violations) == (0, 1)


def test_the_cure_of_a_breached_restraint_stands_still_while_it_is_tolled() -> None:
    world = World(HEADER + RESTRAINT)

    world.say("judge", "allege", "2025-03-02", obligation="calm")
    world.say("seller", "advance", "2025-03-03", transition="pause")
    world.tick("2025-03-09")
    tolled = world.standing("calm")
    world.say("seller", "advance", "2025-03-10T12:00", transition="resume")
    world.tick("2025-03-20")

    assert tolled == "breached"
    assert world.changes("calm")[-2:] == [
        ("2025-03-02 12:00", "breached"),
        ("2025-03-12 00:00", "pending"),
    ]
