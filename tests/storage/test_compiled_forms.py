"""Rules of the folder of compiled forms: what is found there again, and what is not believed."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import tzdata
from tests.storage.filing import DEFINITION, DIGEST

from phaseflow.model.definition import encode_definition
from phaseflow.storage import compiled_forms
from phaseflow.storage.compiled_forms import CompiledForms

FORGED = msgspec.structs.replace(DEFINITION, title="Another exchange")


@pytest.fixture
def forms(tmp_path: Path) -> CompiledForms:
    forms = CompiledForms(tmp_path / "cache" / "phaseflow")
    assert forms.keep(DEFINITION)
    return forms


def only_file(forms: CompiledForms) -> Path:
    [path] = forms.folder.iterdir()
    return path


def forge(path: Path) -> None:
    path.write_text(encode_definition(FORGED))


def test_what_was_compiled_is_found_again_and_for_its_owner_alone(forms: CompiledForms) -> None:
    assert forms.load(DIGEST) == DEFINITION
    assert forms.load("1" * 64) is None
    assert forms.fault is None
    assert only_file(forms).stat().st_mode & 0o777 == 0o600
    assert forms.folder.stat().st_mode & 0o777 == 0o700


def write_for_all(forms: CompiledForms) -> None:
    only_file(forms).chmod(0o666)


def write_for_the_group(forms: CompiledForms) -> None:
    only_file(forms).chmod(0o660)


def open_the_folder(forms: CompiledForms) -> None:
    forms.folder.chmod(0o777)


def link_the_file(forms: CompiledForms) -> None:
    path = only_file(forms)
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def link_the_folder(forms: CompiledForms) -> None:
    forms.folder.rename(forms.folder.with_name("elsewhere"))
    forms.folder.symlink_to("elsewhere")


def put_a_pipe(forms: CompiledForms) -> None:
    path = only_file(forms)
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "attack",
    [
        write_for_all,
        write_for_the_group,
        open_the_folder,
        link_the_file,
        link_the_folder,
        put_a_pipe,
    ],
)
def test_what_others_may_have_put_there_is_not_believed(
    forms: CompiledForms, attack: Callable[[CompiledForms], None]
) -> None:
    forge(only_file(forms))
    assert forms.load(DIGEST) == FORGED

    attack(forms)

    assert forms.load(DIGEST) is None


@pytest.mark.parametrize("path", ["file", "folder"])
def test_what_belongs_to_somebody_else_is_not_believed(
    forms: CompiledForms, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge(only_file(forms))
    owned = only_file(forms) if path == "file" else forms.folder
    other = os.geteuid() + 1
    if os.geteuid() == 0:
        os.chown(owned, other, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: other)

    assert forms.load(DIGEST) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"digest": 1}'])
def test_what_is_no_compiled_form_is_not_there(forms: CompiledForms, content: bytes) -> None:
    only_file(forms).write_bytes(content)

    assert forms.load(DIGEST) is None


def test_the_form_of_another_text_is_not_there(forms: CompiledForms) -> None:
    other = msgspec.structs.replace(DEFINITION, digest="1" * 64)
    only_file(forms).write_text(encode_definition(other))

    assert forms.load(DIGEST) is None


@pytest.mark.parametrize("name", ["IANA_VERSION", "_code"])
def test_another_state_of_the_program_or_of_the_time_zones_compiles_anew(
    forms: CompiledForms, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "_code":
        monkeypatch.setattr(compiled_forms, "_code", lambda: "another")
    else:
        monkeypatch.setattr(tzdata, name, "1999a")

    assert forms.load(DIGEST) is None


def test_a_checkout_is_told_apart_by_its_files_and_a_wheel_by_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = compiled_forms._code.__wrapped__
    for folder in compiled_forms.COMPILING:
        (tmp_path / "phaseflow" / folder).mkdir(parents=True)
    source = tmp_path / "phaseflow" / "model" / "guard.py"
    source.write_text("1")
    monkeypatch.setattr(compiled_forms, "PACKAGE", tmp_path / "phaseflow")

    before = code()
    source.write_text("12")

    assert code() != before
    (tmp_path / "phaseflow-0.1.0.dist-info").mkdir()
    assert code() == "phaseflow-0.1.0.dist-info"


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    forms = CompiledForms(tmp_path / "file" / "cache")

    assert not forms.keep(DEFINITION)
    assert forms.load(DIGEST) is None
    assert forms.fault is not None
    assert CompiledForms(tmp_path / "nowhere").fault == "it is not there"
