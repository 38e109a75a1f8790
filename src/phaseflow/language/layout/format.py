"""A definition in canonical order and spacing, with every comment kept."""

from phaseflow.language.document import shape
from phaseflow.language.document.read_document import BEGIN
from phaseflow.language.faults import Faults
from phaseflow.language.layout.arrange_keys import arrange_keys
from phaseflow.language.layout.read_layout import read_layout
from phaseflow.language.layout.write_layout import write_layout
from phaseflow.text.source import BYTES_AT_MOST, read


def formatted(source: bytes, file: str) -> bytes:
    """Return ``source`` in canonical order and spacing; ``file`` names it in faults.

    It says the same, and holds the same comments. Formatting it again changes
    nothing. What departs from the form keeps its place: it is for the check.

    Raises:
        DefinitionInvalid: it cannot be read safely, is no mapping, or is too large in order.
    """
    document = read(source, file)
    faults = Faults(document)
    faults.finish()
    if not isinstance(document.data, dict):
        faults.add("PF108", (), f"a definition is a mapping, not {shape(document.data)}", BEGIN)
        faults.fail()
    text = source.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    sheet = read_layout(text)
    arrange_keys(sheet.root, document.data)
    result = write_layout(sheet).encode()
    if len(result) > BYTES_AT_MOST:
        faults.add("PF101", (), f"in order, it is larger than {BYTES_AT_MOST} bytes", "split it")
        faults.fail()
    if read(result, file).data != document.data:
        msg = f"{file} would say something else when formatted: a fault of phaseflow"
        raise AssertionError(msg)
    return result
