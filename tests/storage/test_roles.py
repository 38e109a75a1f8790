"""Rules of the roles of PostgreSQL, tested by trying: what an application may do, and what not."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, IntegrityConstraintViolation
from tests.storage.filing import DEFINITION, DIGEST, OPENING, SOURCE, Filing

from phaseflow.errors import Conflict, StoreUnavailable
from phaseflow.journal.canonical import tagged_hash
from phaseflow.storage import database_roles, schema_version
from phaseflow.storage.database_roles import grant
from phaseflow.storage.port import Filter
from phaseflow.storage.schema_version import downgrade, upgrade
from phaseflow.storage.sql import open_store
from phaseflow.storage.tables import METADATA

MakeRole = Callable[..., str]

CACHES = {"leaf": "running", "next_due_at": None, "state": "{}"}
"""What an entry writes beside itself, as little of it as the function takes."""


@pytest.fixture
def make_role(postgres: str) -> Iterator[MakeRole]:
    """Make roles of the server that go when the test is done, after its database."""
    made: list[str] = []

    def make(options: str = "LOGIN", name: str = "desk") -> str:
        role = f"{name}_{uuid.uuid4().hex[:12]}"
        execute(postgres, f"CREATE ROLE {quoted(role)} {options}")
        made.append(role)
        return role

    yield make
    for role in reversed(made):
        execute(postgres, f"DROP ROLE {quoted(role)}")


@pytest.fixture
def desk(make_role: MakeRole) -> str:
    return make_role()


@pytest.fixture
def url(desk: str, postgres_url: str) -> str:
    """A database as the administrator sees it: three entries, a checkpoint, an opening."""
    filing = Filing()
    with closing(open_store(postgres_url)) as store:
        filing.open(store)
        with store.write() as transaction:
            transaction.papers(filing.id).keep(1, filing.checkpoint(), {"recorder": "A"})
            transaction.papers(filing.id).disclose(OPENING.commitment, OPENING.line)
        filing.file(store)
        filing.file(store, "perform", {"obligation": "release", "amount": 1})
    return postgres_url


@pytest.fixture
def granted(url: str, desk: str) -> str:
    """The same database as the application sees it, once its role is limited."""
    grant(url, desk)
    return as_role(url, desk)


COLUMNS = (
    "SELECT column_name FROM information_schema.columns"
    " WHERE table_schema = 'public' AND table_name = '{table}'"
)


def quoted(name: str) -> str:
    return sql.Identifier(name).as_string()


def as_role(url: str, role: str) -> str:
    return url.replace("postgres@", f"{role}@")


def execute(url: str, commands: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(commands.encode())


def failure(url: str, commands: str) -> type[psycopg.Error] | None:
    try:
        execute(url, commands)
    except psycopg.Error as error:
        return type(error)
    return None


def query(url: str, command: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(command.encode()).fetchall()


def record(url: str) -> list[Any]:
    """Return everything that an attack is after: rows, triggers, functions, owners, privileges."""
    return [
        query(url, command)
        for command in (
            "SELECT * FROM public.entry ORDER BY seq",
            "SELECT digest, name, edition, source FROM public.definition",
            "SELECT id, label, is_rehearsal FROM public.agreement",
            "SELECT * FROM public.checkpoint ORDER BY size",
            "SELECT * FROM public.signature ORDER BY size, party",
            "SELECT * FROM public.alembic_version",
            "SELECT tgname, tgenabled, tgfoid, tgrelid FROM pg_trigger ORDER BY oid",
            (
                "SELECT proname, proowner, proacl::text, proconfig, prosecdef, prosrc FROM pg_proc"
                " WHERE pronamespace = 'public'::regnamespace ORDER BY oid"
            ),
            (
                "SELECT relname, relowner, relacl::text, relhasrules FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
            ),
            (
                "SELECT attrelid, attname, attacl::text FROM pg_attribute WHERE attacl IS NOT NULL"
                " ORDER BY 1, 2"
            ),
            "SELECT nspname, nspowner, nspacl::text FROM pg_namespace WHERE nspname = 'public'",
        )
    ]


DENIED = [
    "UPDATE entry SET line = 'x'",
    "UPDATE entry SET recorded_at = recorded_at WHERE false",
    "DELETE FROM entry",
    "DELETE FROM ONLY entry WHERE seq = 2",
    "TRUNCATE entry",
    "TRUNCATE agreement CASCADE",
    "INSERT INTO entry SELECT * FROM entry",
    "INSERT INTO entry SELECT * FROM entry ON CONFLICT (agreement, seq) DO UPDATE SET line = 'x'",
    "MERGE INTO entry USING agreement ON agreement = id WHEN MATCHED THEN UPDATE SET line = 'x'",
    "MERGE INTO entry USING agreement ON agreement = id WHEN MATCHED THEN DELETE",
    "WITH gone AS (DELETE FROM entry RETURNING 1) SELECT * FROM gone",
    "COPY entry FROM '/dev/null'",
    "COPY entry FROM PROGRAM 'true'",
    "SELECT * FROM entry FOR UPDATE",
    "BEGIN; LOCK TABLE entry IN ACCESS EXCLUSIVE MODE",
    "CREATE TEMP VIEW mine AS SELECT * FROM entry; UPDATE mine SET line = 'x'",
    (
        "CREATE FUNCTION pg_temp.mine() RETURNS void SECURITY DEFINER LANGUAGE sql"
        " AS 'UPDATE public.entry SET line = line'; SELECT pg_temp.mine()"
    ),
    "DO $$ BEGIN DELETE FROM entry; END $$",
    # what stands beside the entries
    "UPDATE definition SET source = ''",
    "UPDATE definition SET digest = 'x'",
    "DELETE FROM definition",
    "TRUNCATE definition CASCADE",
    "INSERT INTO definition SELECT * FROM definition ON CONFLICT (digest) DO UPDATE SET source=''",
    "UPDATE checkpoint SET text = 'x'",
    "UPDATE checkpoint SET size = size WHERE false",
    "DELETE FROM checkpoint",
    "TRUNCATE checkpoint",
    "INSERT INTO checkpoint SELECT * FROM checkpoint ON CONFLICT (agreement, size, digest) DO UPDATE SET text='x'",
    "ALTER TABLE checkpoint DISABLE TRIGGER ALL",
    "DROP TABLE checkpoint",
    "UPDATE signature SET signature = 'x'",
    "DELETE FROM signature",
    "TRUNCATE signature",
    "ALTER TABLE signature OWNER TO CURRENT_USER",
    "UPDATE agreement SET label = 'x'",
    "UPDATE agreement SET id = 'x'",
    "DELETE FROM agreement",
    "UPDATE alembic_version SET version_num = '0'",
    # the guards themselves
    "SET session_replication_role = replica",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "ALTER TABLE entry DISABLE TRIGGER entry_stays",
    "ALTER TABLE entry ENABLE TRIGGER entry_stays",
    "DROP TRIGGER entry_stays ON entry",
    "ALTER TRIGGER entry_stays ON entry RENAME TO x",
    "CREATE TRIGGER x BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION row_stays()",
    "CREATE TRIGGER x BEFORE INSERT ON obligation FOR EACH ROW EXECUTE FUNCTION row_stays()",
    "CREATE RULE x AS ON INSERT TO entry DO INSTEAD NOTHING",
    (
        "CREATE OR REPLACE FUNCTION row_stays() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    ),
    ("CREATE OR REPLACE FUNCTION append_entry(text, jsonb) RETURNS void LANGUAGE sql AS 'SELECT'"),
    "ALTER FUNCTION append_entry SECURITY INVOKER",
    "ALTER FUNCTION append_entry SET search_path = pg_temp",
    "ALTER FUNCTION append_entry RESET search_path",
    "ALTER FUNCTION append_entry RENAME TO x",
    "DROP FUNCTION append_entry",
    "DROP FUNCTION row_stays CASCADE",
    # owning what is guarded
    "ALTER TABLE entry OWNER TO CURRENT_USER",
    "ALTER FUNCTION append_entry OWNER TO CURRENT_USER",
    "REASSIGN OWNED BY phaseflow_owner TO CURRENT_USER",
    "DROP OWNED BY phaseflow_owner",
    "SET ROLE phaseflow_owner",
    "SET SESSION AUTHORIZATION phaseflow_owner",
    "GRANT phaseflow_owner TO CURRENT_USER",
    "GRANT pg_write_all_data TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEROLE",
    "ALTER ROLE phaseflow_owner LOGIN PASSWORD 'x'",
    "DROP TABLE entry",
    "ALTER TABLE entry RENAME TO x",
    "ALTER TABLE entry DROP COLUMN line",
    "ALTER TABLE entry ALTER COLUMN line TYPE text USING 'x'",
    "ALTER TABLE entry SET SCHEMA pg_temp",
    "ALTER TABLE entry ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY x ON entry USING (false)",
    "CREATE INDEX ON entry (line)",
    "CREATE TEMP TABLE mine () INHERITS (public.entry)",
    "UPDATE pg_trigger SET tgenabled = 'D'",
    "UPDATE pg_class SET relowner = 0",
    # what others would take for it
    "CREATE TABLE public.mine (x int)",
    "CREATE FUNCTION public.max(integer) RETURNS integer LANGUAGE sql AS 'SELECT 0'",
    "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "CREATE SCHEMA mine",
    "ALTER SCHEMA public RENAME TO x",
    "DROP SCHEMA public CASCADE",
    "CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION row_stays()",
]


def test_the_application_is_denied_whatever_changes_the_record(url: str, granted: str) -> None:
    before = record(url)

    for attack in DENIED:
        assert failure(granted, attack) is InsufficientPrivilege, attack
        assert record(url) == before, attack


# The server lets these through with a warning, or in part.
HOLLOW = [
    "GRANT ALL ON entry TO CURRENT_USER",
    "GRANT UPDATE ON entry TO PUBLIC",
    "GRANT EXECUTE ON FUNCTION append_entry TO PUBLIC",
    "REVOKE ALL ON entry FROM phaseflow_owner",
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC",
    "ALTER ROLE CURRENT_USER SET search_path = pg_temp, public",
    "VACUUM FULL entry",
    "ANALYZE entry",
]


def test_what_the_server_only_warns_of_changes_nothing(url: str, granted: str) -> None:
    before = record(url)

    for attack in HOLLOW:
        execute(granted, attack)
        assert record(url) == before, attack

    for command in ("UPDATE entry SET line = 'x'", "DELETE FROM entry", "TRUNCATE entry"):
        with pytest.raises(InsufficientPrivilege):
            execute(granted, f"SET search_path = public; {command}")


def append(entry: dict[str, Any], **other: Any) -> str:
    agreement = other.pop("agreement", entry["stmt"]["agreement"])
    line = json.dumps(entry | {"stmt": entry["stmt"] | {"agreement": agreement}} | other)
    return call("append_entry", line, json.dumps(CACHES))


def call(function: str, *arguments: object) -> str:
    given = ", ".join(sql.Literal(argument).as_string() for argument in arguments)
    return f"SELECT public.{function}({given})"


@pytest.fixture
def next_entry(url: str) -> dict[str, Any]:
    """What extends the head."""
    [(agreement, seq, prev)] = query(
        url, "SELECT agreement, seq + 1, hash FROM entry ORDER BY seq DESC LIMIT 1"
    )
    statement = {
        "agreement": agreement,
        "actor": "egypt",
        "nonce": "e" * 32,
        "kind": "note",
        "occurred_at": "2025-01-16",
        "body": {},
    }
    recorded = "2025-01-16T12:00:00Z"
    return {"seq": seq, "prev": prev, "recorded_at": recorded, "stmt": statement, "then": []}


@pytest.mark.parametrize(
    "other", [{"seq": 2}, {"seq": 0}, {"seq": 5}, {"prev": "f"}, {"seq": -1}, {"agreement": "f"}]
)
def test_the_one_way_in_only_extends_the_head(
    url: str, granted: str, next_entry: dict[str, Any], other: dict[str, Any]
) -> None:
    before = record(url)

    with pytest.raises(IntegrityConstraintViolation, match="must extend the head"):
        execute(granted, append(next_entry, **other))

    assert record(url) == before


SHADOWS = [
    "CREATE TEMP TABLE entry (LIKE public.entry)",
    "CREATE TEMP TABLE agreement (LIKE public.agreement)",
    "CREATE FUNCTION pg_temp.same(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.same)",
    "CREATE FUNCTION pg_temp.append_entry(text, jsonb) RETURNS void LANGUAGE sql AS 'SELECT'",
    "CREATE FUNCTION pg_temp.tagged_hash(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    "SET search_path = pg_temp, public, pg_catalog",
]


def test_objects_of_the_application_are_never_in_the_way_of_the_guards(
    url: str, granted: str, next_entry: dict[str, Any]
) -> None:
    fake = (
        "INSERT INTO pg_temp.agreement SELECT * FROM public.agreement;"
        "UPDATE pg_temp.agreement SET position = 8, head = 'h'"
    )

    with pytest.raises(IntegrityConstraintViolation, match="must extend the head"):
        # As the temporary table has it, entry 8 would extend the head.
        execute(granted, "; ".join([*SHADOWS, fake, append(next_entry, seq=8, prev="h")]))
    execute(granted, "; ".join([*SHADOWS, append(next_entry)]))

    assert query(url, "SELECT seq FROM public.entry ORDER BY seq") == [(0,), (1,), (2,), (3,)]


def test_everybody_else_has_no_way_in(
    url: str, desk: str, make_role: MakeRole, next_entry: dict[str, Any]
) -> None:
    stranger = as_role(url, make_role(name="stranger"))
    attacks = ["SELECT * FROM entry", append(next_entry)]

    before = [failure(stranger, attack) for attack in attacks]
    grant(url, desk)

    assert before == [failure(stranger, attack) for attack in attacks]
    assert before == [InsufficientPrivilege] * 2


def test_what_was_given_before_is_taken_back(url: str, desk: str) -> None:
    execute(
        url,
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {desk}, PUBLIC;"
        f"GRANT UPDATE (line) ON entry TO {desk}; GRANT CREATE ON SCHEMA public TO {desk}, PUBLIC",
    )

    grant(url, desk)

    for attack in ("UPDATE entry SET line = 'x'", "TRUNCATE entry", "CREATE TABLE public.x ()"):
        assert failure(as_role(url, desk), attack) is InsufficientPrivilege, attack


def test_a_trigger_that_was_left_behind_is_found(url: str, desk: str) -> None:
    execute(url, f"GRANT TRIGGER ON claim TO {desk}; CREATE SCHEMA its AUTHORIZATION {desk}")
    execute(
        as_role(url, desk),
        "CREATE FUNCTION its.own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER left_behind BEFORE INSERT ON claim EXECUTE FUNCTION its.own()",
    )

    with pytest.raises(StoreUnavailable, match="trigger on claim is not phaseflow's: left_behind"):
        grant(url, desk)


def test_new_tables_belong_to_the_owner_too(
    url: str, granted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def migrate(config: Config, _: str) -> None:
        config.attributes["connection"].exec_driver_sql("CREATE TABLE newer ()")

    monkeypatch.setattr("alembic.command.upgrade", migrate)
    execute(url, "UPDATE alembic_version SET version_num = '0000'")

    upgrade(url)

    owner = query(url, "SELECT tableowner FROM pg_tables WHERE tablename = 'newer'")
    assert owner == [("phaseflow_owner",)]


@pytest.mark.parametrize("table", [*METADATA.tables, "alembic_version"])
def test_no_column_of_any_table_is_the_applications_to_write(
    url: str, granted: str, table: str
) -> None:
    columns = [name for (name,) in query(url, COLUMNS.format(table=table))]
    rows = f"SELECT its::text FROM public.{table} AS its ORDER BY 1"
    before = query(url, rows)

    for column in columns:
        for attack in (
            f"UPDATE {table} SET {column} = {column}",
            f"UPDATE {table} SET {column} = NULL WHERE false",
            f"INSERT INTO {table} ({column}) SELECT {column} FROM {table} LIMIT 1",
            f"SELECT {column} FROM {table} FOR UPDATE",
        ):
            assert failure(granted, attack) is InsufficientPrivilege, attack
    for attack in (f"DELETE FROM {table}", f"DELETE FROM {table} WHERE false", f"TRUNCATE {table}"):
        assert failure(granted, attack) is InsufficientPrivilege, attack

    assert columns
    assert before == query(url, rows)


# What each function is handed, and why it does not take it.
REFUSED = {
    "a text that does not hash to its name": (
        lambda _: call("keep_definition", "e" * 64, "name", "1", b"text"),
        "it must hash to its name",
    ),
    "an agreement whose id is not its own": (
        lambda entry: call(
            "open_agreement",
            "label",
            json.dumps(entry | {"stmt": entry["stmt"] | {"kind": "open", "definition": "d"}}),
            json.dumps(CACHES),
        ),
        "its id must be the hash",
    ),
    "an entry before the newest": (
        lambda entry: append(entry, recorded_at="2025-01-01T00:00:00Z"),
        "before the newest entry, or still to come",
    ),
    "an entry of 2099": (
        lambda entry: append(entry, recorded_at="2099-01-01T00:00:00Z"),
        "before the newest entry, or still to come",
    ),
    "a checkpoint over no entry": (
        lambda entry: call(
            "keep_checkpoint",
            entry["stmt"]["agreement"],
            1,
            f"phaseflow-checkpoint-v1\n{entry['stmt']['agreement']}\n1\n{'e' * 64}\n2025\n",
        ),
        "it must be over an entry",
    ),
    "a signature under no checkpoint": (
        lambda entry: call(
            "keep_signature", entry["stmt"]["agreement"], 1, "e" * 64, "recorder", "A"
        ),
        "it must be under a checkpoint",
    ),
    "an opening of something else": (
        lambda entry: call("keep_opening", entry["stmt"]["agreement"], "e" * 64, OPENING.line),
        "it must open its commitment",
    ),
    "the end of an opening that no entry tells": (
        lambda entry: call("forget_opening", entry["stmt"]["agreement"], OPENING.commitment),
        "the newest entry must say",
    ),
}


@pytest.mark.parametrize(("attack", "words"), REFUSED.values(), ids=REFUSED)
def test_the_functions_take_nothing_that_does_not_fit(
    url: str,
    granted: str,
    next_entry: dict[str, Any],
    attack: Callable[[dict[str, Any]], str],
    words: str,
) -> None:
    before = record(url)

    with pytest.raises(IntegrityConstraintViolation, match=words):
        execute(granted, attack(next_entry))

    assert record(url) == before


def test_the_functions_write_what_stands_in_the_line_and_not_what_they_are_told(
    url: str, granted: str, next_entry: dict[str, Any]
) -> None:
    other = {"definition": "e" * 64, "hash": "e" * 64, "position": 99, "head": "e" * 64}
    line = json.dumps(next_entry)

    execute(granted, call("append_entry", line, json.dumps(CACHES | other)))

    found = query(url, "SELECT definition, position, head, recorded_at FROM agreement")
    assert found == [
        (DIGEST, 4, tagged_hash("phaseflow-entry-v1", line), next_entry["recorded_at"])
    ]


def test_the_application_files_and_reads_and_what_it_files_is_computed_anew_by_the_owner(
    url: str, granted: str
) -> None:
    filing = Filing("other")
    with closing(open_store(granted)) as store:
        filing.open(store)
        filing.file(store, "perform", {"obligation": "release", "amount": 1}, nonce="a" * 32)
        filing.file(store)
        with store.write() as tx:
            projected = tx.dump_projections(filing.id)
            tx.lock(filing.id)
            tx.add_definition(DEFINITION, SOURCE)
        with pytest.raises(StoreUnavailable, match="role does not allow"), store.write() as tx:
            tx.clear_projections(filing.id)
        again = Filing("other")
        with closing(open_store(url)) as own, own.write() as tx:
            tx.clear_projections(filing.id)
            for entry in filing.entries:
                statement = entry.stmt
                append = again.next(
                    statement.kind, statement.body, actor=statement.actor, nonce=statement.nonce
                )
                tx.project(filing.id, again.keep(append))
        repeated = filing.next("note", {"text": "again"}, nonce="a" * 32)
        with pytest.raises(Conflict, match="used this nonce before"), store.write() as tx:
            tx.append(filing.id, repeated)
        with store.read() as tx:
            assert [row.seq for row in tx.entries(filing.id, Filter())] == [0, 1, 2]
            assert tx.dump_projections(filing.id) == projected


def test_the_application_keeps_receipts_and_destroys_openings(url: str, granted: str) -> None:
    filing = Filing("other")

    with closing(open_store(granted)) as store:
        filing.open(store)
        filing.file(store)
        with store.write() as transaction:
            papers = transaction.papers(filing.id)
            papers.keep(1, filing.checkpoint(1), {"recorder": "A"})
            papers.keep(1, filing.checkpoint(1), {"egypt": "C"})
            papers.keep(2, filing.checkpoint(2), {})
            papers.disclose(OPENING.commitment, OPENING.line)
        with store.read() as transaction:
            papers = transaction.papers(filing.id)
            kept = [(one.text, one.signatures) for one in papers.checkpoints()]
            assert kept == [
                (filing.checkpoint(1), (("egypt", "C"), ("recorder", "A"))),
                (filing.checkpoint(2), ()),
            ]
            assert list(papers.disclosures()) == [OPENING.commitment]
        assert filing.redact(store)
        with store.read() as transaction:
            assert not transaction.papers(filing.id).disclosures()


def test_the_application_cannot_upgrade_and_is_told_so(url: str, granted: str) -> None:
    upgrade(granted)  # nothing to do

    for revision in ("base", "0000"):
        with pytest.raises(StoreUnavailable, match="its role does not allow that"):
            downgrade(granted, revision)


def test_a_grant_may_be_repeated_and_given_to_several(
    url: str, granted: str, desk: str, make_role: MakeRole
) -> None:
    before = record(url)

    grant(url, desk)
    assert record(url) == before

    second = make_role("LOGIN", name='Second "desk" 100%: x')
    grant(url, second)
    grant(url, desk)
    with psycopg.connect(url, user=second) as connection:
        connection.execute("SELECT * FROM entry")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("DELETE FROM entry")


def test_the_role_that_made_the_tables_is_limited_once_its_work_is_taken_over(
    make_role: MakeRole, empty_postgres_url: str
) -> None:
    maker = make_role()
    execute(empty_postgres_url, f"GRANT ALL ON SCHEMA public TO {maker}, PUBLIC")
    mine = as_role(empty_postgres_url, maker)
    upgrade(mine)
    with closing(open_store(mine)) as store:
        Filing().open(store)

    with pytest.raises(StoreUnavailable, match="may have left a way in"):
        grant(empty_postgres_url, maker)
    execute(empty_postgres_url, f"REASSIGN OWNED BY {maker} TO CURRENT_USER")
    grant(empty_postgres_url, maker)

    for command in (
        "GRANT UPDATE ON entry TO CURRENT_USER; UPDATE entry SET line = 'x'",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "DROP TABLE entry",
        "CREATE TABLE public.mine (x int)",
    ):
        with pytest.raises(InsufficientPrivilege):
            execute(mine, command)
    with closing(open_store(mine)) as store:
        Filing("other").open(store)


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ("ALTER ROLE {desk} SUPERUSER", "it is a superuser"),
        ("ALTER ROLE {desk} CREATEROLE", "may make and give roles"),
        ("GRANT {other} TO {desk}; ALTER ROLE {other} SUPERUSER", "act as {other}: it is a super"),
        ("GRANT pg_write_all_data TO {desk}", "act as pg_write_all_data: it may update entry"),
        ("GRANT pg_execute_server_program TO {desk}", "reaches the files of the server"),
        ("ALTER DATABASE {database} OWNER TO {desk}", "it owns the database"),
        ("ALTER SCHEMA public OWNER TO {other}; GRANT {other} TO {desk}", "it owns the schema"),
        ("GRANT CREATE ON SCHEMA public TO {other}; GRANT {other} TO {desk}", "it may create obj"),
        ("GRANT phaseflow_owner TO {desk} WITH INHERIT FALSE", "phaseflow_owner: it owns entry"),
        ("GRANT UPDATE ON entry TO {other}; GRANT {other} TO {desk}", "it may update entry"),
        ("GRANT UPDATE (line) ON entry TO {other}; GRANT {other} TO {desk}", "may update entry"),
        ("GRANT INSERT ON entry TO {other}; GRANT {other} TO {desk}", "it may insert entry"),
        ("GRANT DELETE ON agreement TO {other}; GRANT {other} TO {desk}", "delete agreement"),
        ("GRANT UPDATE (source) ON definition TO {other}; GRANT {other} TO {desk}", "definition"),
        ("GRANT TRIGGER ON claim TO {other}; GRANT {other} TO {desk}", "it may trigger claim"),
    ],
)
def test_a_role_that_could_change_the_record_all_the_same_is_granted_nothing(
    url: str, desk: str, make_role: MakeRole, commands: str, words: str
) -> None:
    grant(url, make_role())  # so that there is an owner
    names = {"desk": desk, "other": make_role("NOLOGIN", name="other")}
    [(names["database"],)] = query(url, "SELECT current_database()")
    execute(url, commands.format(**names))
    before = record(url)

    with pytest.raises(StoreUnavailable, match=words.format(**names)):
        grant(url, desk)

    assert record(url) == before
    execute(url, "ALTER SCHEMA public OWNER TO pg_database_owner")
    execute(url, f"ALTER DATABASE {names['database']} OWNER TO postgres")


def test_an_owner_that_can_log_in_is_refused(
    url: str, desk: str, make_role: MakeRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_roles, "OWNER", make_role("LOGIN", name="owner"))

    with pytest.raises(StoreUnavailable, match="can log in or is a superuser"):
        grant(url, desk)


def test_an_administrator_who_is_no_superuser_sets_up_and_upgrades(
    make_role: MakeRole, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, desk = make_role("LOGIN CREATEROLE", name="admin"), make_role()
    [(database,)] = query(empty_postgres_url, "SELECT current_database()")
    execute(empty_postgres_url, f"ALTER DATABASE {database} OWNER TO {admin}")
    owner = f"owner_{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(database_roles, "OWNER", owner)
    monkeypatch.setattr(schema_version, "OWNER", owner)
    mine = as_role(empty_postgres_url, admin)
    owners = f"SELECT DISTINCT tableowner = '{owner}' FROM pg_tables WHERE schemaname = 'public'"

    upgrade(mine)
    grant(mine, desk)
    grant(mine, desk)
    with closing(open_store(as_role(mine, desk))) as store:
        Filing().open(store)
    assert query(mine, owners) == [(True,)]
    downgrade(mine, "base")
    upgrade(mine)
    grant(mine, desk)

    with closing(open_store(as_role(mine, desk))) as store:
        Filing().open(store)
    assert query(mine, owners) == [(True,)]


def test_a_role_cannot_limit_itself(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot limit itself"):
        grant(url, "postgres")


def test_a_role_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="there is no role nobody; make it first"):
        grant(url, "nobody")


def test_sqlite_knows_no_roles(sqlite_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="knows no roles"):
        grant(sqlite_url, "desk")


@pytest.mark.parametrize(
    "command", ["UPDATE entry SET line = 'x'", "DELETE FROM definition", "TRUNCATE entry CASCADE"]
)
def test_not_even_a_superuser_puts_the_triggers_to_sleep_by_a_setting(
    url: str, command: str
) -> None:
    before = record(url)

    with pytest.raises(IntegrityConstraintViolation, match="never changed or deleted"):
        execute(url, f"SET session_replication_role = replica; {command}")

    assert record(url) == before
