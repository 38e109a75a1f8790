"""Parties as written -> parties of the model, and the groups that they form."""

from phaseflow.language.document import DefinitionForm
from phaseflow.language.resolve.names import PLURAL, Scope, check_name
from phaseflow.language.resolve.party_expression import check_party
from phaseflow.language.resolve.remarks import remarks
from phaseflow.model.party import Party
from phaseflow.text.source import Path


def resolve_parties(form: DefinitionForm, scope: Scope) -> dict[str, Party]:
    """Return the parties, and fill the scope with them."""
    scope.parties = {name: party.role for name, party in form.parties.items()}
    for name, party in form.parties.items():
        path = ("parties", name)
        check_name(name, path, scope.faults, what="party")
        _check_is_no_group(name, path, scope)
        if party.through == name:
            message = f"{name!r} is bound through itself"
            scope.faults.add("PF204", (*path, "through"), message, "name another party")
        elif party.through is not None:
            check_party(party.through, (*path, "through"), scope)
    if not form.parties and not scope.lost["parties"]:
        scope.faults.add("PF107", ("parties",), "there is no party", "name who is bound by it")
    return {
        name: Party(name=name, role=p.role, through=p.through, remarks=remarks(p))
        for name, p in form.parties.items()
    }


def _check_is_no_group(name: str, path: Path, scope: Scope) -> None:
    """Note it when a party is named as the group of a role that it does not hold alone."""
    for role, plural in PLURAL.items():
        holders = [party for party, held in scope.parties.items() if held == role]
        if name == plural and holders != [name]:
            message = f"{name!r} is the group of those who hold that role"
            scope.faults.add("PF203", path, message, "name the party otherwise", at_key=True)


def resolve_groups(form: DefinitionForm, scope: Scope) -> None:
    """Fill the scope with the groups of the roles that somebody holds, and those written."""
    for role, plural in PLURAL.items():
        members = tuple(name for name, held in scope.parties.items() if held == role)
        if members or plural not in form.groups:
            scope.groups[plural] = members
    for name, listed_members in form.groups.items():
        members = tuple(listed_members)
        path = ("groups", name)
        check_name(name, path, scope.faults, what="group")
        if name in scope.groups:
            message = f"{name!r} is the group of those who hold that role"
            scope.faults.add("PF203", path, message, "name the group otherwise", at_key=True)
        for place, member in enumerate(members):
            check_party(member, (*path, place), scope)
            if member in members[:place]:
                scope.faults.add(
                    "PF203", (*path, place), f"{member!r} is listed twice", "once is enough"
                )
        scope.groups[name] = tuple(m for m in dict.fromkeys(members) if m in scope.parties)
