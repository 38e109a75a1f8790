"""The definition that an author begins with."""

import json
from importlib.resources import files

from phaseflow.errors import DefinitionInvalid, StatementInvalid
from phaseflow.text.source import read

_UNNAMED = "name: NAME\n"


def starter(name: str) -> bytes:
    """Return a commented definition called ``name`` that holds, and leaves nothing open.

    Raises:
        StatementInvalid: no definition can be called that.
    """
    from phaseflow.language.parse import parse_definition  # noqa: PLC0415  all the rules

    name = name.encode(errors="replace").decode()
    is_plain = read(name.encode(), name).data == name
    spelt = name if is_plain else json.dumps(name, ensure_ascii=False)
    template = files("phaseflow.language").joinpath("starter.yaml").read_text(encoding="utf-8")
    source = template.replace(_UNNAMED, f"name: {spelt}\n", 1).encode()
    try:
        parse_definition(source, name)
    except DefinitionInvalid as invalid:
        fault = invalid.faults[0]
        msg = f"{fault.message}: {fault.remedy}"
        raise StatementInvalid(msg) from None
    return source
