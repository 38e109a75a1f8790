"""What is wrong with definitions: `check --json`."""

from collections.abc import Iterable

from phaseflow.diagnostic import Diagnostic
from phaseflow.service.definitions import Examined
from phaseflow.service.json.document import JsonDocument, Schema


def faults_document(examined: Iterable[Examined]) -> JsonDocument:
    """Return what is wrong with files; ``caret`` stands below ``source``."""
    files = list(examined)
    return {
        "schema": Schema.CHECK.value,
        "files": [
            {
                "file": one.file,
                "digest": one.definition.digest if one.definition else None,
                "errors": one.count("error"),
                "warnings": one.count("warning"),
                "advice": one.count("advice"),
            }
            for one in files
        ],
        "faults": [_fault_document(fault) for one in files for fault in one.found],
    }


def _fault_document(fault: Diagnostic) -> JsonDocument:
    return {
        "code": fault.code,
        "severity": fault.severity,
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "message": fault.message,
        "near_miss": fault.near_miss,
        "remedy": fault.remedy,
        "source": fault.source,
        "caret": fault.caret,
    }
