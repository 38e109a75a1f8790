"""A definition read back: numbered sentences that can be held against the signed text.

The answer is Markdown, and depends on nothing but the definition. Text of the
file stands in it on one line and escaped, so that no title can pass for a clause.
"""

from collections.abc import Iterable, Iterator

from phaseflow.model.calendar import When
from phaseflow.model.definition import Definition, Finding, Guard, Obligation, State
from phaseflow.model.definition import Transition as Move
from phaseflow.model.party import Party
from phaseflow.prose import forms
from phaseflow.prose.duties import duty
from phaseflow.prose.names import Voice, called
from phaseflow.prose.phrases import (
    as_sentence,
    capital,
    escaped,
    letter,
    listed,
    quoted,
    remarked,
    spaced,
)
from phaseflow.prose.sentence import Sentence

RULES = (
    (
        "Words between quotation marks are titles and categories of this text. A word in `this "
        "type` is the name by which statements call a thing."
    ),
    (
        "Moving the agreement, or giving up a right, can be refused, and the refusal names every "
        "reason. A report of what happened is always kept: early, late, too much, or after the end."
    ),
    (
        "A day lasts from midnight to midnight where clause 2 says. What is due by the end of a day "
        "is late from that midnight on. Lateness is judged by when a thing was done, not by when it "
        "was reported."
    ),
    (
        "An obligation is overdue when something was not done in time, and breached when the time "
        "to cure it, if there is any, is over too. It is discharged when all that it will ever owe "
        "is done; where it lasts for a time, when that time is over and nothing is short or "
        "unknown. Doing all of it later ends a breach from then on. These words are arithmetic of "
        "the text, not findings of guilt."
    ),
    (
        "While a report that would meet a missed date awaits confirmation, the time to cure "
        "stands still; where silence confirms nothing, until the seventh day after the report "
        "was recorded is over."
    ),
    (
        "Where an amount is owed, in all or by the day, week or month, a figure measured over some "
        "days counts in place of what is reported as done on them, if it is from those who must "
        "confirm that, or confirmed by them; where nobody must, if it is from who owes it."
    ),
    (
        "While an obligation is suspended, nothing of it becomes late, and no time to cure runs. "
        "For a day, week or month that ends then nothing is owed. Something that must not be done "
        "is no violation if it is done then. A breach that stands is not lifted, and the time in "
        "which silence confirms runs on."
    ),
    (
        "Where a suspension moves dates, it moves those by which something is due: not the first "
        "and the last day on which an obligation is in force, nor the day before which something "
        "is not to be done. Suspensions that overlap are one, with the stronger effect on dates."
    ),
    (
        "Where a date moves, or a time to cure stands still, what is set to the hour moves by the "
        "exact time, and a whole day by every day begun: by three days for two days and an hour."
    ),
    "A party is in breach while some obligation that it owes is breached.",
    (
        "A contest stands beside what it contests and takes nothing from it, unless the obligation "
        "says otherwise."
    ),
    (
        "A condition that hangs on something not yet determined is not met. A date that hangs on "
        "something that has not happened is not fixed, and nothing is late by it."
    ),
    (
        "Where several must concur, each declares for itself, and the last one needed completes it. "
        "Until then a declaration for a move or for another edition can be taken back. One that "
        "awaits others lapses when the text is changed; one for a move lapses also when the states "
        "from which it leads are left. A condition of a move that is waived is waived until these "
        "are left, or the move is taken."
    ),
    (
        "To go to a state from which the agreement can return to the one that was left, and to "
        "come back, is not to leave it."
    ),
    "When the agreement ends, nothing more falls due.",
)


def prose(definition: Definition) -> str:
    """Return ``definition`` in numbered sentences, as Markdown that ends with a line feed."""
    return "\n".join(_Reader(definition).lines()).rstrip() + "\n"


class _Reader:
    """Reads one definition out, clause after clause."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.bases: dict[str, list[Obligation]] = {}
        for obligation in definition.obligations.values():
            self.bases.setdefault(obligation.base, []).append(obligation)
        keys = [
            *(("", name) for name in ("rules", "time", "parties")),
            *(("findings", name) for name in definition.findings),
            *(("obligations", name) for name in self.bases),
            ("", "states"),
            *(("transitions", name) for name in definition.transitions),
            ("", "amendments"),
        ]
        self.clauses = {key: number for number, key in enumerate(keys, 1)}
        self.voice = Voice(definition, self.clauses, self.titles())

    def titles(self) -> dict[tuple[str, str], str]:
        """Return the titles of parts of obligations, by the base and the name of the part."""
        found = {}
        for base, (first, *_) in self.bases.items():
            for part, title in forms.room_of(first).titles(first.form).items():
                found[base, part] = title
        return found

    def lines(self) -> Iterator[str]:
        """Yield the lines of the whole."""
        definition = self.definition
        yield from self.head()
        yield from self.clause("", "rules", "Rules that hold throughout", map(Sentence, RULES))
        yield from self.clause("", "time", "Time", self.time())
        yield from self.clause("", "parties", "Parties", self.parties())
        if definition.findings:
            yield from ("## What is determined", "")
        for name, finding in definition.findings.items():
            said = _with_remarks(self.finding(finding), remarked(finding.remarks))
            yield from self.clause("findings", name, called(finding.remarks, name), said)
        if definition.obligations:
            yield from ("## What is owed", "")
        for base, owed in self.bases.items():
            said = _with_remarks(duty(self.voice, owed), remarked(owed[0].remarks))
            yield from self.clause("obligations", base, called(owed[0].remarks, base), said)
        yield from ("## How the agreement moves", "")
        yield from self.clause("", "states", "States", self.states())
        for name, move in definition.transitions.items():
            said = _with_remarks(self.move(move), remarked(move.remarks))
            yield from self.clause("transitions", name, called(move.remarks, name), said)
        how = definition.amendment
        said = _with_remarks(self.amendments(), remarked(how))
        yield from self.clause("", "amendments", escaped(how.title) or "Amendment", said)
        yield from (
            "---",
            "",
            f"Read from the definition with the SHA-256 digest `{definition.digest}`.",
        )

    def clause(
        self, section: str, name: str, title: str, said: Iterable[Sentence]
    ) -> Iterator[str]:
        """Yield a clause: its heading, its sentences, and their items."""
        number = self.clauses[section, name]
        yield from (f"### {number}. {title}", "")
        for place, one in enumerate(said, 1):
            yield from (f"{number}.{place} {capital(one.text)}", "")
            for item, text in enumerate(one.items):
                yield f"- ({letter(item)}) {text}"
            if one.items:
                yield ""

    def head(self) -> Iterator[str]:
        """Yield the title, and what text this is."""
        definition = self.definition
        yield from (f"# {escaped(definition.title)}", "")
        yield (
            f"Definition `{definition.name}`, edition {escaped(definition.edition)}, in version "
            f"{definition.format} of the language, read back in sentences."
        )
        yield ""
        if definition.sources:
            yield "It renders:"
            yield ""
            yield from (f"- {escaped(source)}" for source in definition.sources)
            yield ""
        if said := remarked(definition.remarks):
            yield from (said, "")

    def time(self) -> Iterator[Sentence]:
        """Yield how days begin, and how they are numbered."""
        calendar = self.definition.calendar
        zone = escaped(calendar.zone.name)
        yield Sentence(
            f"Days begin at midnight in the time zone {zone}; hours are those of its clock."
        )
        anchor, number = calendar.anchor, calendar.first_number
        if anchor is None or number is None:
            yield Sentence("Days are not numbered.")
            return
        if anchor.kind == "finding":
            which = f"the day determined as {self.voice.finding(anchor.name)}"
        else:
            which = f"the day on which {self.voice.state(anchor.name)} is first entered"
        yield Sentence(
            f"Day {number} is {which}; the next day is day {number + 1}, and so on, through "
            "every suspension."
        )

    def parties(self) -> Iterator[Sentence]:
        """Yield who they are, and which groups they form."""
        for party in self.definition.parties.values():
            yield _beside(self.party(party), remarked(party.remarks))
        for name, members in self.definition.groups.items():
            if members:
                yield Sentence(f"The {spaced(name)} (`{name}`) are: {self.voice.parties(members)}.")
            elif name not in {"signatories", "guarantors", "mediators", "verifiers", "observers"}:
                yield Sentence(f"The {spaced(name)} (`{name}`) are nobody.")

    def party(self, party: Party) -> str:
        """Return who a party is."""
        article = "an" if party.role == "observer" else "a"
        text = f"{called(party.remarks, party.name)} is {article} {party.role}"
        if party.through:
            return f"{text}, bound through {self.voice.party(party.through)}."
        return f"{text}."

    def finding(self, finding: Finding) -> Iterator[Sentence]:
        """Yield who determines it, as what, and what holds until then."""
        members = finding.by.members
        who = self.voice.concurring(finding.by)
        if len(members) == 1:
            yield Sentence(f"{who} determines this; its latest word holds.")
        else:
            yield Sentence(f"It takes the same latest word of {who} to determine this.")
        yield Sentence(self.answer(finding))
        yield Sentence(f"Until then {self.initially(finding)}.")

    def answer(self, finding: Finding) -> str:
        """Return what it may be."""
        match finding.type:
            case "boolean":
                return "The answer is true or false."
            case "integer":
                return "The answer is a whole number."
            case "date":
                return "The answer is a day."
            case "instant":
                return "The answer is a day and an hour."
            case "word":
                return f"The answer is one of: {listed(map(quoted, finding.words), 'or')}."

    def initially(self, finding: Finding) -> str:
        """Return what holds until it is determined."""
        match finding.initially:
            case None:
                return "it is undetermined"
            case bool() as value:
                return "it stands as true" if value else "it stands as false"
            case int() as value:
                return f"it stands at {value:,}"
            case str() as value if finding.type == "word":
                return f"it stands as {quoted(value)}"
            case str() as value:
                return f"it stands at {self.voice.when(When.parse(value))}"

    def states(self) -> Iterator[Sentence]:
        """Yield where the agreement begins, and each state."""
        yield Sentence(f"The agreement begins in {self.voice.state(self.definition.initial)}.")
        for state in self.definition.states.values():
            yield _beside(self.state(state), remarked(state.remarks))

    def state(self, state: State) -> str:
        """Return what a state is."""
        inner = [s.name for s in self.definition.states.values() if s.parent == state.name]
        text = called(state.remarks, state.name)
        if inner:
            text += f" is made up of {listed(map(self.voice.state, inner))}"
        elif state.final:
            end = {"success": "carried out", "failure": "not carried out"}[state.final]
            text += f" ends the agreement as {end}"
        else:
            text += " is a state in which the agreement can be"
        if state.parent:
            text += f", within {self.voice.state(state.parent)}"
        if state.initial:
            text += f"; to enter it is to enter {self.voice.state(state.initial)}"
        return f"{text}.{_suspended(state)}"

    def move(self, move: Move) -> Iterator[Sentence]:
        """Yield whence and whither, by whom, when, and on what conditions."""
        start = listed(map(self.voice.state, move.from_), "or")
        if move.to == "previous":
            yield Sentence(f"It leads from {start} back to the state that was left for it.")
        else:
            target = self.voice.state(move.to)
            if move.target not in {None, move.to}:
                target += f", that is {self.voice.state(move.target)}"
            yield Sentence(f"It leads from {start} to {target}.")
        if move.owners is None:
            yield Sentence("It takes place by itself, as soon as all that is said here holds.")
        elif len(move.owners.members) == 1:
            yield Sentence(f"{self.voice.concurring(move.owners)} takes it, by declaring so.")
        else:
            yield Sentence(f"It takes the declaration of {self.voice.concurring(move.owners)}.")
        if move.after is not None:
            yield Sentence(f"It cannot take place before {self.voice.moment(move.after, 'end')}.")
        if move.guards:
            items = tuple(self.guard(guard) for guard in move.guards)
            yield Sentence("When it takes place, all of this must be so:", items)
        else:
            yield Sentence("Nothing else is required.")

    def guard(self, guard: Guard) -> str:
        """Return one condition of a move."""
        title = f"{escaped(guard.remarks.title)}: " if guard.remarks.title else ""
        parts = [as_sentence(f"{title}{self.voice.condition(guard.that)}")]
        if guard.otherwise:
            parts.append(f"A refusal says: “{escaped(guard.otherwise)}”.")
        if guard.waivable_by is not None:
            who = self.voice.concurring(guard.waivable_by)
            is_alone = len(guard.waivable_by.members) == 1
            text = f"{who} can waive this" if is_alone else f"it can be waived by {who}"
            parts.append(as_sentence(text))
        if said := remarked(guard.remarks):
            parts.append(said)
        return " ".join(parts)

    def amendments(self) -> Iterator[Sentence]:
        """Yield how the text is changed."""
        by = self.definition.amended_by
        if by is None:
            yield Sentence(
                "This text names nobody who could change it. No other can take its place."
            )
        else:
            yield Sentence(
                f"Another edition takes the place of this text by the consent of "
                f"{self.voice.concurring(by)}, each naming the SHA-256 digest of the new file."
            )
        for old, new in self.definition.renames.items():
            now = self.voice.state(new)
            yield Sentence(
                f"The state that an earlier edition calls “{escaped(old)}” is {now} here."
            )


def _suspended(state: State) -> str:
    """Return what a state does to the dates of what was in force before it."""
    suspended = " While it lasts, all that was in force when it was entered is suspended."
    match state.deadlines:
        case "run":
            return ""
        case "toll":
            return (
                f"{suspended} When it is over, the dates of that have moved by its length. So has "
                "the date before which a move out of the state that follows cannot take place."
            )
        case "restart":
            return (
                f"{suspended} When it is over, the times of that begin anew. So does the time "
                "before which a move out of the state that follows cannot take place."
            )


def _beside(text: str, said: str) -> Sentence:
    return Sentence(f"{text} {said}" if said else text)


def _with_remarks(said: Iterable[Sentence], remarks: str) -> Iterator[Sentence]:
    yield from said
    if remarks:
        yield Sentence(remarks)
