"""The roles of PostgreSQL: one owns the journals and never logs in, others only append.

``grant`` takes away and gives, then asks the server what the role could still
do, as itself or as any role that it may become. It makes no role that can log
in, and knows no password.
"""

from sqlalchemy import URL, Connection, text

from phaseflow.errors import StoreUnavailable
from phaseflow.storage import schema_version
from phaseflow.storage.address import name_of, parse_url
from phaseflow.storage.schema_version import OWNER
from phaseflow.storage.tables import METADATA

_COLUMNS = {
    "alembic_version": ["version_num"],
    **{name: [c.name for c in table.c] for name, table in METADATA.tables.items()},
}
_TABLES = tuple(_COLUMNS)
_GIVEN = (
    "keep_definition(text, text, text, bytea)",
    "open_agreement(text, text, jsonb)",
    "hold_agreement(text)",
    "hold_due(text, bigint)",
    "append_entry(text, jsonb)",
    "keep_checkpoint(text, integer, text)",
    "keep_signature(text, integer, text, text, text)",
    "keep_opening(text, text, text)",
    "forget_opening(text, text)",
)
"""By which a role files; they act as the owner, and take nothing that they can derive."""

_FUNCTIONS = (
    *_GIVEN,
    "tagged_hash(text, text)",
    "keep_caches(text, integer, jsonb, boolean)",
    "entry_extends_head()",
    "row_stays()",
)

# Table, column if it is about one, privilege: what no role that files may have.
_WITHHELD: list[tuple[str, str | None, str]] = [
    *(
        (table, column, privilege)
        for table, columns in _COLUMNS.items()
        for column in columns
        for privilege in ("INSERT", "UPDATE")
    ),
    # A trigger of the role's own would act as whoever writes next.
    *(
        (table, None, privilege)
        for table in _TABLES
        for privilege in ("DELETE", "TRUNCATE", "TRIGGER")
    ),
]

# Rows of a role that :role is or may become, and why the record is not safe from it.
_REASONS = """
    WITH reached AS (SELECT * FROM pg_roles WHERE pg_has_role(:role, oid, 'MEMBER')),
    namespace AS (SELECT * FROM pg_namespace WHERE nspname = :schema)
    SELECT rolname, 'it is a superuser' FROM reached WHERE rolsuper
    UNION SELECT rolname, 'it may make and give roles (CREATEROLE)' FROM reached WHERE rolcreaterole
    UNION SELECT rolname, 'it reaches the files of the server' FROM reached
        WHERE rolname IN ('pg_write_server_files', 'pg_execute_server_program')
    UNION SELECT rolname, 'it owns the database' FROM reached
        JOIN pg_database ON datdba = reached.oid WHERE datname = current_database()
    UNION SELECT rolname, 'it owns the schema ' || nspname FROM reached
        JOIN namespace ON nspowner = reached.oid
    UNION SELECT rolname, 'it may create objects in the schema ' || nspname FROM reached, namespace
        WHERE has_schema_privilege(reached.oid, namespace.oid, 'CREATE')
    UNION SELECT rolname, 'it owns ' || relname FROM reached
        JOIN pg_class ON relowner = reached.oid JOIN namespace ON relnamespace = namespace.oid
        WHERE relname = ANY(:tables)
    UNION SELECT rolname, 'it owns ' || proname FROM reached
        JOIN pg_proc ON proowner = reached.oid JOIN namespace ON pronamespace = namespace.oid
        WHERE proname = ANY(:functions)
    UNION SELECT CAST(:role AS text), 'a trigger on ' || relname || ' is not phaseflow''s: ' || tgname
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
        JOIN namespace ON relnamespace = namespace.oid
        WHERE relname = ANY(:tables) AND NOT tgisinternal AND proowner <> relowner
    UNION SELECT rolname, 'it may ' || lower(privilege) || ' ' || relname
        FROM reached, unnest(
            CAST(:of AS text[]), CAST(:columns AS text[]), CAST(:privileges AS text[])
        ) AS withheld (of, field, privilege)
        JOIN pg_class ON relname = of JOIN namespace ON relnamespace = namespace.oid
        WHERE CASE WHEN field IS NULL THEN has_table_privilege(reached.oid, pg_class.oid, privilege)
            ELSE has_column_privilege(reached.oid, pg_class.oid, field, privilege) END
    ORDER BY 1, 2
"""


def grant(url: str | URL, role: str) -> None:
    """Let ``role`` file by the functions of the owner, and write nothing else; one transaction.

    The tables come to belong to :data:`OWNER`, which is made where there is
    none. Doing it again changes nothing.

    Raises:
        StoreUnavailable: the database is no PostgreSQL, is out of reach or out of
            date; there is no such role; or it could change the record all the same.
    """
    address = url if isinstance(url, URL) else parse_url(url)
    if address.drivername == "sqlite":
        msg = (
            f"the database {name_of(address)} is a file of SQLite, which knows no roles;"
            " keep others from it by the permissions of the file, or use PostgreSQL"
        )
        raise StoreUnavailable(msg)
    with schema_version.locked(address) as connection:
        schema_version.check(connection, address)
        _check_role(connection, role)
        _check_maker(connection, role)
        _give_to_owner(connection)
        _limit(connection, role)
        reasons = reasons_against(connection, role)
        if reasons:
            msg = (
                f"nothing was granted, as the role {role} could change the record all the same: "
                + "; ".join(reasons)
            )
            raise StoreUnavailable(msg)


def reasons_against(connection: Connection, role: str) -> list[str]:
    """Return why the record is not safe from ``role``, in words; nothing if it is."""
    if _value(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = :this", role):
        # It may become every other role too.
        return ["it is a superuser"]
    tables, columns, privileges = (list(each) for each in zip(*_WITHHELD, strict=True))
    found = connection.execute(
        text(_REASONS),
        {
            "role": role,
            "schema": _schema(connection),
            "tables": list(_TABLES),
            "functions": [function.partition("(")[0] for function in _FUNCTIONS],
            "of": tables,
            "columns": columns,
            "privileges": privileges,
        },
    )
    return [reason if name == role else f"it may act as {name}: {reason}" for name, reason in found]


def _check_role(connection: Connection, role: str) -> None:
    if _value(connection, "SELECT 1 FROM pg_roles WHERE rolname = :this", role) is None:
        msg = f"there is no role {role}; make it first, for example with createuser {role}"
        raise StoreUnavailable(msg)
    if _value(connection, "SELECT 1 WHERE :this IN (current_user, session_user)", role):
        msg = (
            f"the role {role} cannot limit itself; connect as the administrator of the database,"
            " and let phaseflow file as another role"
        )
        raise StoreUnavailable(msg)


def _check_maker(connection: Connection, role: str) -> None:
    """Check that the tables are not the role's own: in those it can have hidden a way in."""
    query = """
        SELECT 1 FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        JOIN pg_roles maker ON maker.oid = relowner JOIN pg_roles filer ON filer.rolname = :role
        WHERE nspname = :schema AND relname = ANY(:tables) AND maker.rolname <> :owner
            AND pg_has_role(filer.oid, maker.oid, 'MEMBER') AND NOT filer.rolsuper
    """
    names = {"role": role, "owner": OWNER, "schema": _schema(connection), "tables": list(_TABLES)}
    if connection.execute(text(query), names).first() is not None:
        msg = (
            f"the tables belong to the role {role}, which may have left a way in for itself; if you"
            f" trust what it did until now, run REASSIGN OWNED BY {role} TO CURRENT_USER first,"
            " else begin with a new database"
        )
        raise StoreUnavailable(msg)


def _give_to_owner(connection: Connection) -> None:
    """Make the owner of the tables, and give them to it."""
    # A role is the server's: somebody may be making it for another database.
    _run(
        connection,
        f"DO $$ BEGIN CREATE ROLE {OWNER} NOLOGIN;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
    )
    query = "SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = :this"
    if _value(connection, query, OWNER):
        msg = (
            f"the role {OWNER}, which is to own the tables, can log in or is a superuser;"
            f" run ALTER ROLE {OWNER} NOLOGIN NOSUPERUSER"
        )
        raise StoreUnavailable(msg)
    if not _value(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        _run(connection, f"GRANT {OWNER} TO CURRENT_USER")
    names = _names(connection)
    _run(connection, f"GRANT USAGE, CREATE ON SCHEMA {names['schema']} TO {OWNER}")
    for table in _TABLES:
        _run(connection, f"ALTER TABLE {names['schema']}.{table} OWNER TO {OWNER}")
    for function in _FUNCTIONS:
        _run(connection, f"ALTER FUNCTION {names['schema']}.{function} OWNER TO {OWNER}")
    _run(connection, f"REVOKE UPDATE, DELETE, TRUNCATE ON {names['schema']}.entry FROM {OWNER}")


def _limit(connection: Connection, role: str) -> None:
    """Take from ``role`` and from everybody what they have, and give back what filing needs."""
    names = _names(connection)
    to = connection.dialect.identifier_preparer.quote_identifier(role)
    query = "SELECT has_schema_privilege(:this, :schema, 'CREATE')"
    may_create = connection.execute(text(query), {"this": role, "schema": _schema(connection)})
    if may_create.scalar():
        _run(connection, f"REVOKE CREATE ON SCHEMA {names['schema']} FROM PUBLIC, {to}")
    every = ", ".join(f"{names['schema']}.{function}" for function in _FUNCTIONS)
    given = ", ".join(f"{names['schema']}.{function}" for function in _GIVEN)
    for command in (
        f"REVOKE ALL ON {names['tables']} FROM PUBLIC, {to}",
        f"REVOKE ALL ON FUNCTION {every} FROM PUBLIC, {to}",
        f"GRANT USAGE ON SCHEMA {names['schema']} TO {to}",
        f"GRANT SELECT ON {names['tables']} TO {to}",
        f"GRANT EXECUTE ON FUNCTION {given} TO {to}",
    ):
        _run(connection, command)


def _schema(connection: Connection) -> str:
    """Return the schema that the tables are in."""
    return str(
        _value(
            connection,
            "SELECT nspname FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid"
            " WHERE pg_class.oid = to_regclass(:this)",
            "entry",
        )
    )


def _names(connection: Connection) -> dict[str, str]:
    """Return the names of the schema and of the tables, as commands write them."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(_schema(connection))
    return {
        "schema": quoted,
        "tables": ", ".join(f"{quoted}.{table}" for table in _TABLES),
    }


def _value(connection: Connection, query: str, this: str | None = None) -> object:
    return connection.execute(text(query), {} if this is None else {"this": this}).scalar()


def _run(connection: Connection, command: str) -> None:
    # Not text(): a name may hold a colon.
    connection.exec_driver_sql(command)
