"""Party expressions: who must concur."""

from phaseflow.language.document import ConcurForm
from phaseflow.language.resolve.names import PLURAL, Scope
from phaseflow.language.suggest import names, shortened
from phaseflow.model.party import Bloc, PartyExpression
from phaseflow.text.source import Path

NOBODY = PartyExpression(())
"""Stands where a faulty expression was; the definition is refused anyway."""


def party_expression(form: "str | ConcurForm", path: Path, scope: Scope) -> PartyExpression:
    """Return who must concur, as ``form`` says: a party, ``all``, or ``any … of``."""
    if isinstance(form, str):
        return _one(form, path, scope)
    given = {key for key in ("all_", "any_", "of") if getattr(form, key) is not None}
    if given == {"all_"} and form.all_ is not None:
        members = _members(form.all_, (*path, "all"), scope)
        return PartyExpression((Bloc(members, len(members)),)) if members else NOBODY
    if given == {"any_", "of"} and isinstance(form.any_, int) and form.of is not None:
        members = _members(form.of, (*path, "of"), scope)
        return _quorum(members, form.any_, (*path, "any"), scope)
    if given == {"any_"} and isinstance(form.any_, dict):
        blocs = [_bloc(group, need, path, scope) for group, need in form.any_.items()]
        return PartyExpression(tuple(bloc for one in blocs for bloc in one.blocs))
    if ("any_" in given or "of" in given) and not {"any", "of"} <= _damage(path, scope):
        message = "this does not say who must concur"
        remedy = "write a party, {all: G}, {any: 2, of: G} or {any: {G: 3, H: 3}}"
        scope.faults.add("PF211", path, message, remedy)
    elif not given and not _damage(path, scope):
        scope.faults.add("PF211", path, "this names nobody", "write a party, or {all: signatories}")
    return NOBODY


def _damage(path: Path, scope: Scope) -> set[str]:
    """Return the keys of the expression that were left out as faulty."""
    settled = scope.faults.settled
    return {str(key) for key in ("all", "any", "of") if (*path, key) in settled}


def _one(name: str, path: Path, scope: Scope) -> PartyExpression:
    if name in scope.parties:
        return PartyExpression((Bloc((name,), 1),))
    if name in scope.groups:
        message = f"{name!r} is a group, not a party"
        scope.faults.add("PF204", path, message, f"write {{all: {name}}} or {{any: 1, of: {name}}}")
    elif listed := _listed(name, scope):
        scope.faults.add("PF204", path, f"'{name}' is not a party", together(listed))
    else:
        check_party(name, path, scope)
    return NOBODY


def together(parties: list[str]) -> str:
    """Return the remedy where several are named and one expression is wanted."""
    listed = f"[{shortened(parties)}]"
    return f"write {{all: {listed}}}, or {{any: 1, of: {listed}}}"


def check_party(name: str, path: Path, scope: Scope) -> bool:
    """Tell whether ``name`` is a party; note it if it is not."""
    if name in scope.parties:
        return True
    if name in scope.groups:
        members = ", ".join(scope.groups[name])
        message = f"{name!r} is a group, not a party"
        scope.faults.add("PF204", path, message, f"name its members: {members}")
    elif not scope.is_lost(name, "parties"):
        listed = _listed(name, scope)
        options: list[str] = [*scope.parties]
        if path[0] == "transitions" and path[-1] == "by":
            options.append("automatic")
        remedy = f"write [{', '.join(listed)}]" if listed else scope.faults.near(name, options)
        scope.faults.add("PF204", path, f"{name!r} is not a party", remedy)
    return False


def _listed(text: str, scope: Scope) -> list[str]:
    """Return the parties that ``text`` lists, or none where one of them is no party."""
    found = names(text)
    return found if all(name in scope.parties for name in found) else []


def _members(form: "str | list[str]", path: Path, scope: Scope) -> tuple[str, ...]:
    if isinstance(form, list):
        seen: set[str] = set()
        for place, name in enumerate(form):
            check_party(name, (*path, place), scope)
            is_known = name in seen
            seen.add(name)
            if is_known:
                scope.faults.add(
                    "PF203", (*path, place), f"{name!r} is listed twice", "name it once"
                )
        if not form:
            scope.faults.add("PF211", path, "this list names nobody", "name a party")
        return tuple(name for name in dict.fromkeys(form) if name in scope.parties)
    if form in scope.groups:
        return _group(form, path, scope)
    if form in scope.parties:
        message = f"{form!r} is a party, not a group"
        scope.faults.add("PF204", path, message, f"write {form} alone, or [{form}]")
    elif not scope.is_lost(form, "groups"):
        options = [*scope.groups, *PLURAL.values()]
        remedy = scope.faults.near(form, options)
        scope.faults.add("PF204", path, f"{form!r} is not a group", remedy)
    return ()


def _group(name: str, path: Path, scope: Scope) -> tuple[str, ...]:
    members = scope.groups[name]
    if not members and not scope.lost.get("parties") and not scope.is_lost(name, "groups"):
        message = f"nobody is in the group {name!r}"
        scope.faults.add("PF211", path, message, "give a party that role, or name another group")
    return members


def _bloc(group: str, need: int, path: Path, scope: Scope) -> PartyExpression:
    here = (*path, "any", group)
    return _quorum(_members(group, here, scope), need, here, scope)


def _quorum(members: tuple[str, ...], need: int, path: Path, scope: Scope) -> PartyExpression:
    if not members:
        return NOBODY
    if need < 1:
        scope.faults.add("PF211", path, f"{need} parties concur always", "ask for at least 1")
    elif need > len(members) and not scope.lost.get("parties"):
        message = f"{need} of {len(members)} can never concur"
        remedy = f"there is {', '.join(members)}: ask for at most {len(members)}"
        scope.faults.add("PF211", path, message, remedy)
    return PartyExpression((Bloc(members, need),))
