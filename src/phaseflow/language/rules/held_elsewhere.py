"""The rules that no function here holds: reading, a scenario or the engine finds their faults."""

from phaseflow.language.rules.rule import Rule

BY_READING: tuple[Rule, ...] = (
    Rule(
        code="PF101",
        asks="The file is UTF-8 text of bounded size, and holds nothing that does not show.",
        why="""
            Two people who look at the same text must see the same text. A character that turns the
            direction of writing, or that does not show, lets a file say one thing and read as
            another. What joins or shapes the letters of Persian, Sinhala or Mongolian, say, may
            stand after such a letter only.
            """,
        instead="Save the file as UTF-8, and take the character out.",
        bad="""
            title: Ex\u202echange
            """,
        good="""
            title: Exchange
            """,
    ),
    Rule(
        code="PF102",
        asks="The file is YAML.",
        why="""
            What is not YAML cannot be read at all, so that this is often the only fault that is
            reported.
            """,
        instead="""
            Put text in quotes that holds a colon, a comma or a bracket, or begins with a sign;
            close brackets and quotes in the line in which they are opened; indent with spaces.
            """,
        bad="""
            groups: {both: [north, south}
            """,
        good="""
            groups: {both: [north, south]}
            """,
    ),
    Rule(
        code="PF103",
        asks="No anchors, aliases, tags, further documents, or excessive depth.",
        why="""
            An anchor makes one part of the file stand for another, and a tag changes what a value
            is: whoever reads a clause would have to search for its meaning elsewhere. They are also
            how a small file is made to fill a machine's memory.
            """,
        instead="Write it out where it applies.",
        bad="""
            groups: {both: &both [north, south], all_of_them: *both}
            """,
        good="""
            groups: {both: [north, south], all_of_them: [north, south]}
            """,
    ),
    Rule(
        code="PF104",
        asks="No key stands twice in one mapping.",
        why="""
            Of two values under one key most programs keep the last and say nothing. Nobody could
            tell which of them was agreed.
            """,
        instead="Keep one of them.",
        bad="""
            groups:
              both: [north, south]
              both: [north]
            """,
        good="""
            groups:
              both: [north, south]
            """,
    ),
    Rule(
        code="PF105",
        asks="Numbers are whole, and not too large.",
        why="""
            Units are counted, and fractions of them lead to disputes about rounding. A version such
            as 1.0 would be read as a number and lose its last digit.
            """,
        instead="Write a whole number of a smaller unit; put a version in quotes.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 2.5, by: day 7}
            """,
        good="""
            obligations:
              fuel: {obligor: north, unit: hundred_litres, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF106",
        asks="Every key is known.",
        why="""
            A key that is misspelt would otherwise do nothing, and the clause it stands for would be
            missing without anybody seeing it.
            """,
        instead="Write one of the keys of the reference.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7, verifyed_by: watch}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7, verified_by: watch}
            """,
    ),
    Rule(
        code="PF107",
        asks="No required key is missing.",
        why="Nothing is filled in that the text does not say.",
        instead="Say it.",
        bad="""
            obligations:
              fuel: {amount: 25, by: day 7}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF108",
        asks="Every value is of the right shape.",
        why="A list, a mapping and a word mean different things, and none is guessed from another.",
        instead="Write the shape that the message names. A moment, for example, is text: day 7.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: 7}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF109",
        asks="Every value is one of those that may stand there.",
        why="""
            Some keys take one of a few words, each with a meaning of its own. `yes`, `no`, `on` and
            `off` are text, as in YAML 1.2.
            """,
        instead="Write one of the words, or true and false.",
        bad="""
            obligations:
              calm: {obligor: north, refrain: yes, verified_by: watch}
            """,
        good="""
            obligations:
              calm: {obligor: north, refrain: true, verified_by: watch}
            """,
    ),
    Rule(
        code="PF110",
        asks="A period is an ISO 8601 duration, in days or in hours.",
        why="""
            A day and 24 hours differ twice a year, when the clocks change. A period says which of
            them it means.
            """,
        instead="Write P2D for days, P1M for months, PT24H for hours.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7, cure: 2 days}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7, cure: P2D}
            """,
    ),
    Rule(
        code="PF111",
        asks="A moment is a day, a local time, or an anchor with periods.",
        why="A moment that is not written in one of the known ways could be read in several.",
        instead="""
            Write day 7, 2025-03-01, 2025-03-01T12:00, or an anchor with periods: running + P7D.
            """,
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: next week}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: running + P7D}
            """,
    ),
    Rule(
        code="PF112",
        asks="A guard is an expression that can only read.",
        why="""
            A guard reads and does nothing else: it calls nothing, and knows no clock. So it means
            the same whoever works it out, and whenever.
            """,
        instead="Join names, numbers and comparisons with and, or, not, + - *.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              food: {obligor: south, by: day 9, requires: fuel.delivered = 25}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              food: {obligor: south, by: day 9, requires: fuel.delivered == 25}
            """,
    ),
    Rule(
        code="PF113",
        asks="An ignore names what it ignores, and gives its reason.",
        why="Whoever comes after must see why a warning was left alone.",
        instead="Give the reason in the same line, after `because`.",
        bad="""
            obligations:
              # phaseflow: ignore PF418
              fuel: {obligor: north, amount: 25}
            """,
        good="""
            obligations:
              # phaseflow: ignore PF418 because the text names no day
              fuel: {obligor: north, amount: 25}
            """,
    ),
    Rule(
        code="PF114",
        asks="Only warnings and advice are ignored.",
        why="""
            An error says that the text cannot be carried out as it stands. No reason changes that.
            """,
        instead="Mend the error, or name the warning that is meant.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25}  # phaseflow: ignore PF404 because it is so
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25}  # phaseflow: ignore PF418 because it has no day
            """,
    ),
    Rule(
        code="PF115",
        severity="warning",
        asks="An ignore ignores something.",
        why="""
            A reason for what is no longer so misleads its reader, and would hide the next slip in
            that line.
            """,
        instead="Remove the comment.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}  # phaseflow: ignore PF418 because it has no day
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF201",
        asks="Names match [a-z][a-z0-9_]{0,31}.",
        why="""
            Names stand in guards, in commands and in file names, where spaces, hyphens and capitals
            mean something else.
            """,
        instead="Use a-z, 0-9 and _; what people are to read is the title.",
        bad="""
            obligations:
              Fuel-Oil: {obligor: north, amount: 25, by: day 7}
            """,
        good="""
            obligations:
              fuel_oil: {title: Fuel-Oil, obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF202",
        asks="No name is a reserved word.",
        why="""
            A reserved word already means something where a name may stand: `total` is the sum of
            all categories.
            """,
        instead="Choose another name.",
        bad="""
            obligations:
              total: {obligor: north, amount: 25, by: day 7}
            """,
        good="""
            obligations:
              all_fuel: {obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF203",
        asks="No name stands for two things.",
        why="A name that means two things makes each clause that uses it mean two things.",
        instead="Rename one of them.",
        bad="""
            groups: {watch: [north, south]}
            """,
        good="""
            groups: {watchers: [north, south]}
            """,
    ),
    Rule(
        code="PF204",
        asks="Parties and groups that are named exist.",
        why="A duty or a right of somebody who is no party binds nobody.",
        instead="Name a party, or define it. A group stands within {all: …} or {any: …}.",
        bad="""
            obligations:
              fuel: {obligor: nort, amount: 25, by: day 7}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF205",
        asks="States that are named exist.",
        why="""
            A duty in a state that does not exist is never in force; a transition to it leads
            nowhere.
            """,
        instead="Name a state of the file.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7, during: runing}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7, during: running}
            """,
    ),
    Rule(
        code="PF206",
        asks="Obligations that are named exist.",
        why="What is owed in return for nothing known is never owed.",
        instead="Name an obligation of the file.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              money: {obligor: south, in_return_for: [{obligation: fule, within: P1D, each: 3}]}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              money: {obligor: south, in_return_for: [{obligation: fuel, within: P1D, each: 3}]}
            """,
    ),
    Rule(
        code="PF208",
        asks="Categories and steps that are named exist.",
        why="A row or a guard over a category that nobody owes could never be met.",
        instead="Name one of the categories or steps of that obligation.",
        bad="""
            obligations:
              goods:
                obligor: north
                amount: {boats: 3, carts: 5}
                schedule: [{by: day 7, boat: 3}, {by: day 9, total: 8}]
            """,
        good="""
            obligations:
              goods:
                obligor: north
                amount: {boats: 3, carts: 5}
                schedule: [{by: day 7, boats: 3}, {by: day 9, total: 8}]
            """,
    ),
    Rule(
        code="PF209",
        asks="What guards and moments name exists, and is unambiguous.",
        why="A guard that reads what does not exist would never hold, and nobody could cure it.",
        instead="Name a finding, an obligation with what is asked of it, or a party's in_breach.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              food: {obligor: south, by: day 9, requires: fuel.dischargd}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              food: {obligor: south, by: day 9, requires: fuel.discharged}
            """,
    ),
    Rule(
        code="PF210",
        asks="What is compared, joined and reckoned with is of fitting types.",
        why="""
            A number is no condition, and a date is no number. What such a comparison means would be
            a guess.
            """,
        instead="Compare like with like.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              food: {obligor: south, by: day 9, requires: fuel.delivered}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
              food: {obligor: south, by: day 9, requires: fuel.delivered > 20}
            """,
    ),
    Rule(
        code="PF211",
        asks="A party expression names somebody, and can be met.",
        why="""
            A quorum larger than its group never concurs, and an agreement that waits for it waits
            for ever.
            """,
        instead="Ask for as many as there are, or fewer.",
        bad="""
            amendments: {by: {any: 3, of: signatories}}
            """,
        good="""
            amendments: {by: {any: 2, of: signatories}}
            """,
    ),
    Rule(
        code="PF212",
        asks="The time zone exists.",
        why="A day begins and ends where the agreement is carried out.",
        instead="Name the zone as in the IANA list, or write UTC.",
        bad="""
            calendar: {time_zone: Asia/Jerusalm, day_1: running}
            """,
        good="""
            calendar: {time_zone: Asia/Jerusalem, day_1: running}
            """,
    ),
    Rule(
        code="PF213",
        asks="Days that are named are numbered.",
        why="`day 7` needs a day from which to count.",
        instead="Add day_1 or day_0 to the calendar, or use a date or an anchor.",
        bad="""
            calendar: {time_zone: UTC}
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
            """,
        good="""
            calendar: {time_zone: UTC, day_1: running}
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF214",
        asks="A figure is a whole number or an integer finding.",
        why="""
            An amount that nobody can know is none. `04` is text, as in YAML 1.2, because it would
            be read as an octal number elsewhere.
            """,
        instead="Write the number without leading zeros, or the name of a finding of type integer.",
        bad="""
            obligations:
              fuel: {obligor: north, amount: 025, by: day 7}
            """,
        good="""
            obligations:
              fuel: {obligor: north, amount: 25, by: day 7}
            """,
    ),
    Rule(
        code="PF215",
        asks="The values of a finding are of its type.",
        why="""
            A finding that begins with a value that it cannot have says nothing that a guard could
            read.
            """,
        instead="Write a value of the type, or leave initially out: then it is undetermined.",
        bad="""
            findings:
              winner: {by: watch, type: [north_won, south_won], initially: nobody}
            """,
        good="""
            findings:
              winner: {by: watch, type: [north_won, south_won]}
            """,
    ),
)
"""What is found while a text is read."""

AFTER_THE_CHECK: tuple[Rule, ...] = (
    Rule(
        code="PF399",
        asks="The automatic transitions come to rest at every moment.",
        why="""
            A cycle of automatic transitions that the check could not foresee would go on for ever.
            It is stopped after a hundred moves at one moment, and nothing of it is recorded.
            """,
        instead="""
            Let one of the transitions wait: after: STATE + P1D. Please report it too: the check
            should have found it.
            """,
        bad="""
            transitions:
              - {name: begin, from: proposed, to: running, by: automatic}
              - {name: back, from: running, to: proposed, by: automatic}
            """,
        good="""
            transitions:
              - {name: begin, from: proposed, to: running, by: automatic}
              - {name: back, from: running, to: proposed, by: automatic, after: running + P1D}
            """,
    ),
    Rule(
        code="PF417",
        asks="The events of a scenario are statements that can be made.",
        why="""
            An event of a scenario is what somebody said, and is held to the same form as what is
            filed.
            """,
        instead="Write the body as the command of that name would file it.",
        bad="""
            events:
              - {at: 2025-01-20T12:00, by: north, perform: {obligation: fuel, amount: many}}
            """,
        good="""
            events:
              - {at: 2025-01-20T12:00, by: north, perform: {obligation: fuel, amount: 25}}
            """,
    ),
)
"""What shows only when a scenario is read, or an agreement moves."""
