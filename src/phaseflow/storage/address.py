"""The address of a database: a path, or a URL, read strictly.

What is no address may be one with a password in it that was written wrong, so
no message quotes it: a stray ``@`` or ``/`` moves a part of the password into
what would be the name of the server or of the database.
"""

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from sqlalchemy import URL

from phaseflow.errors import StoreUnavailable

_FORM = "postgresql://USER@HOST:PORT/DATABASE"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.ASCII | re.IGNORECASE)
_SERVERS = {"postgresql", "postgres", "postgresql+psycopg"}
# Whatever else a name or a password holds is written %40 for @, and so on.
_SERVER = re.compile(
    r"""
    (?: (?P<user>[^:/?\#\[\]@]*) (?: : (?P<password>[^:/?\#\[\]@]*) )? @ )?
    (?P<host>[^:/?\#\[\]@]* | \[[0-9a-f:.]+\])
    (?: : (?P<port>[0-9]{1,5}) )?
    (?: / (?P<database>[^:/?\#\[\]@]*) )?
    (?: \? (?P<query>[^?\#@]*) )?
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_SETTING = r"""(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s'\\]+)"""
_SETTINGS = re.compile(rf"\s*(?:{_SETTING}\s*)+", re.ASCII)
_NAMES = "host|hostaddr|port|dbname|user|password|service"
# Alone, or behind the folder that a path in a file of defaults is relative to.
_LOOKS_LIKE_SETTINGS = re.compile(rf"\s*({_NAMES})\s*=|.*/({_NAMES})\s*=\s*\S+\s+\w+\s*=")
_LOOKS_LIKE_A_SERVER = re.compile(r"[^/]*:[^/]*@[^/]*")


def parse_url(text: str) -> URL:
    """Return the address of a database: a URL, or the path of an SQLite file.

    Raises:
        StoreUnavailable: it names neither SQLite nor PostgreSQL.
    """
    if _LOOKS_LIKE_SETTINGS.match(text):
        raise StoreUnavailable(_as_url(text))
    scheme = _SCHEME.match(text)
    if scheme is not None:
        name, rest = scheme[1].lower(), text[scheme.end() :]
        if name == "sqlite":
            return _file(rest)
        if name in _SERVERS:
            return _server(rest)
        msg = f"{name} databases are not supported; use sqlite:///PATH or {_FORM}"
        raise StoreUnavailable(msg)
    if "://" in text:
        msg = f"that is no address of a database; write a path, or {_FORM}"
        raise StoreUnavailable(msg)
    if _LOOKS_LIKE_A_SERVER.fullmatch(text):
        msg = (
            f"that looks like the address of a server; write {_FORM},"
            " or ./ before the name of a file"
        )
        raise StoreUnavailable(msg)
    return _at(text)


def name_of(url: URL) -> str:
    """Return what people call the database: its path, or its URL without password and options."""
    if url.drivername == "sqlite":
        return str(url.database)
    # An option may be a password as well.
    plain = url.set(drivername="postgresql", query={})
    return plain.render_as_string(hide_password=True)


def file_of(url: URL) -> Path:
    """Return the file of a database of SQLite."""
    return Path(str(url.database))


def _file(rest: str) -> URL:
    if not rest.startswith("/") or "?" in rest:
        msg = (
            "an SQLite database needs a file, and takes no options; write sqlite:///PATH,"
            " or the path alone"
        )
        raise StoreUnavailable(msg)
    return _at(rest[1:])


def _at(path: str) -> URL:
    if path in {"", ":memory:"} or "\0" in path:
        msg = "an SQLite database needs a file; write sqlite:///PATH"
        raise StoreUnavailable(msg)
    return URL.create("sqlite", database=path)


def _server(rest: str) -> URL:
    parts = _parts(rest)
    if parts is None:
        msg = (
            f"the address of the database cannot be read; write {_FORM}: the port in digits, or"
            " neither it nor its colon; in a name or password %40 for @, %3A for :, %2F for /"
        )
        raise StoreUnavailable(msg)
    options = _options(parts["query"])
    # Whoever shows an address shows its options, and hides the password only in its place.
    password = options.pop("password", parts["password"])
    return URL.create(
        "postgresql+psycopg",
        username=parts["user"] or None,
        password=password or None,
        host=parts["host"].strip("[]") or None,
        port=int(parts["port"]) if parts["port"] else None,
        database=parts["database"] or None,
        query=options,
    )


def _parts(rest: str) -> dict[str, str] | None:
    """Return what stands between the marks of a URL, or None where they mark nothing sound."""
    found = _SERVER.fullmatch(rest)
    if found is None:
        return None
    try:
        parts = {
            name: unquote(part or "", errors="strict") for name, part in found.groupdict().items()
        }
    except UnicodeDecodeError:
        return None
    if not all(part.isprintable() for part in parts.values()):
        return None
    return parts | {"query": found["query"] or ""}


def _options(query: str) -> dict[str, str]:
    from psycopg.pq import Conninfo  # noqa: PLC0415  slow to import; SQLite needs none of it

    options = dict(parse_qsl(query, keep_blank_values=True))
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    unknown = options.keys() - known
    if unknown or (query and not options):
        # Where one is a password, its unwritten & would make the rest of it look like a name.
        named = "" if "password" in query else f" {min(unknown, default=query)!r}"
        msg = (
            f"PostgreSQL knows no option{named} as in the address of the database;"
            " its options are those of libpq, such as ?sslmode=require"
        )
        raise StoreUnavailable(msg)
    return options


def _as_url(text: str) -> str:
    """Return what to say of settings as libpq takes them."""
    whole = _SETTINGS.fullmatch(text)
    pairs = re.findall(_SETTING, text, re.ASCII) if whole is not None else []
    given = {name: value.strip("'") for name, value in pairs}
    url = f"{_FORM}, and the password in PGPASSWORD or ~/.pgpass"
    # With a password in it that wants quotes, any part may be the password's.
    if {"host", "dbname", "user", "port"} & given.keys() and "password" not in given:
        port = given.get("port", "")
        url = URL.create(
            "postgresql",
            username=given.get("user"),
            host=given.get("host"),
            port=int(port) if port.isdecimal() else None,
            database=given.get("dbname"),
        ).render_as_string()
    return f"settings of libpq are no address of a database; write {url}"
