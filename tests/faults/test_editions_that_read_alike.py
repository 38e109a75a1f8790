"""Two files that read the same are two texts: nobody consents to another one than the others."""

from pathlib import Path

import pytest
from tests.faults.sale import SECOND, TEXT, Desk, document

from phaseflow.service.definitions import check

CRLF = SECOND.replace("\n", "\r\n")
DIGEST = check(SECOND.encode(), "second.yaml").digest
OTHER = check(CRLF.encode(), "crlf.yaml").digest


def now(at: str) -> tuple[str, str]:
    return ("--now", f"2025-03-{at}")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Desk:
    """A rehearsal ``sale``; entry 2 is the buyer's consent to a second edition."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name, text in (("sale", TEXT), ("second", SECOND), ("crlf", CRLF)):
        Path(f"{name}.yaml").write_bytes(text.encode())
    desk = Desk(sqlite_url)
    desk("open", "sale.yaml", "--rehearsal", *now("03T09:00"))
    desk("advance", "sale", "sign", "--by", "seller", *now("03T09:05"))
    desk("amend", "sale", "second.yaml", "--by", "buyer", *now("04T09:00"))
    return desk


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CRLF, "the second ends its lines with CR LF"),
        (SECOND.rstrip("\n"), "the second ends without a line feed"),
        (SECOND.replace("title: Sale\n", "title: Sale  \n"), "the second has blanks at the ends"),
        (SECOND + "# as agreed\n", "comments, spacing, quotes, order"),
    ],
    ids=["line ends", "last line", "blanks", "comment"],
)
def test_a_comparison_says_that_texts_read_alike_and_in_what_their_bytes_differ(
    desk: Desk, text: str, told: str
) -> None:
    Path("other.yaml").write_bytes(text.encode())

    page = desk.alone("compare", "second.yaml", "other.yaml").stdout
    found = document(desk.alone("compare", "second.yaml", "other.yaml", "--json"))

    assert "They read alike, and differ in bytes" in page
    assert told in " ".join(page.split())
    assert (DIGEST in page, found["changes"]) == (True, [])
    assert found["in_bytes"]


def test_one_file_twice_differs_in_nothing(desk: Desk) -> None:
    page = desk.alone("compare", "second.yaml", "second.yaml").stdout

    assert "Nothing has changed." in page


def test_a_consent_to_a_text_that_reads_like_the_pending_one_names_that(desk: Desk) -> None:
    refused = desk("amend", "sale", "crlf.yaml", "--by", "seller", *now("05T09:00"), code=1)

    assert f"edition 2, {DIGEST[:12]}, which entry 2 by buyer names" in refused.stderr
    assert "this one ends its lines with CR LF" in refused.stderr
    assert f"phaseflow text sale --edition {DIGEST[:12]}" in refused.stderr
    assert desk.entries() == 3


def test_the_file_that_it_names_completes_the_amendment(desk: Desk) -> None:
    Path("same.yaml").write_bytes(desk("text", "sale", "--edition", DIGEST[:12]).stdout_bytes)

    desk("amend", "sale", "same.yaml", "--by", "seller", *now("05T09:00"))

    assert desk.read("status", "sale", *now("05T09:00"))["definition"]["digest"] == DIGEST


def test_it_is_proposed_beside_the_other_if_that_is_meant(desk: Desk) -> None:
    desk("amend", "sale", "crlf.yaml", "--by", "seller", "--again", *now("05T09:00"))

    assert desk.entries() == 4


def test_a_copy_of_the_text_in_effect_is_no_new_edition(desk: Desk) -> None:
    Path("copy.yaml").write_bytes(TEXT.replace("\n", "\r\n").encode())

    refused = desk("amend", "sale", "copy.yaml", "--by", "seller", *now("05T09:00"), code=1)

    assert "reads the same as edition 1" in refused.stderr


def test_the_plan_names_the_pending_text_that_reads_the_same(desk: Desk) -> None:
    plan = ("amend", "sale", "crlf.yaml", "--plan", *now("05T09:00"))

    page, found = desk(*plan).stdout, desk.read(*plan)

    assert f"Like    edition 2, digest {DIGEST[:12]}" in page
    assert found["reads_like"]["digest"] == DIGEST


def test_taking_a_consent_back_names_the_text_that_was_consented_to(desk: Desk) -> None:
    back = ("withdraw", "sale", "--by", "buyer", *now("05T09:00"), "--edition")

    refused = desk(*back, "crlf.yaml", code=1)
    desk(*back, "second.yaml")

    assert DIGEST[:12] in refused.stderr
    assert desk.entries() == 4
