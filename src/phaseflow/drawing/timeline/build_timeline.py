"""How the lanes of a timeline follow from an agreement, its records and the way it came."""

from collections.abc import Iterable

from phaseflow.drawing import labels
from phaseflow.drawing.course import Course
from phaseflow.drawing.timeline import forms
from phaseflow.drawing.timeline.lanes import Lane, Stay, Timeline
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.engine.facts import Facts
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Claim, Records


def timeline(
    definition: Definition,
    agreement: Agreement,
    records: Records,
    course: Course,
    beside: Iterable[Claim] = (),
) -> Timeline:
    """Return the timeline of an agreement that has come so far on its ``course``.

    ``beside`` are the claims that the obligor did not make: what others measured
    and alleged.
    """
    facts = Facts(definition, agreement)
    others = tuple(beside)
    subjects = (
        LaneSubject(
            facts=facts,
            records=records,
            obligation=definition.obligations[account.obligation],
            account=account,
            course=course,
            beside=others,
        )
        for account in course.accounts
    )
    drawn = [_lane(subject) for subject in subjects]
    lanes = tuple(lane for lane in drawn if any(lane.days))
    now = facts.zone.day_of(course.at)
    stays = _stays(facts, course)
    days = [now, *(stay.since for stay in stays), *(day for lane in lanes for day in lane.days)]
    shown = facts.zone.local(course.at)[: len("2025-01-19")]
    first = course.taken[0].source if course.taken else course.leaf
    return Timeline(
        title=definition.title or definition.name,
        subtitle=f"edition {definition.edition}; {course.label} on {shown}",
        time_zone=facts.zone.name,
        first=min(days),
        last=max(days),
        now=now,
        first_day=course.first_day,
        first_number=definition.calendar.first_number or 0,
        beginning=_state(definition, first),
        stays=stays,
        lanes=lanes,
        silent=tuple(lane.obligation for lane in drawn if not any(lane.days)),
    )


def _stays(facts: Facts, course: Course) -> tuple[Stay, ...]:
    return tuple(
        Stay(
            state=move.target,
            title=_state(facts.definition, move.target),
            since=facts.zone.day_of(move.at),
            by=_transition(facts.definition, move.transition),
        )
        for move in course.taken
    )


def _state(definition: Definition, name: str) -> str:
    state = definition.states.get(name)
    return (state.remarks.title if state else "") or name.replace("_", " ")


def _transition(definition: Definition, name: str) -> str:
    """Return the title of a transition; an amendment may have removed it since."""
    transition = definition.transitions.get(name)
    return (transition.remarks.title if transition else "") or name.replace("_", " ")


def _lane(subject: LaneSubject) -> Lane:
    obligation, account = subject.obligation, subject.account
    lane = Lane(
        obligation=obligation.name,
        who=obligation.obligor,
        between=labels.between(subject.facts.definition, obligation),
        title=obligation.remarks.title or obligation.base.replace("_", " "),
        unit=obligation.unit,
        standing=account.standing,
        form="amount",
        violations=account.violations,
        due_so_far=account.due,
        delivered=account.delivered,
        is_reported=account.is_reported,
    )
    return forms.drawn(lane, subject)
