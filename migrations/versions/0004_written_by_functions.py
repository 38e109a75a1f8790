"""On PostgreSQL, functions of the owner do all that filing writes.

Whoever files could write the caches, headers and openings with SQL as it liked.
The functions derive what stands in the line of an entry, and refuse what does
not fit; the caches that they are handed are the filer's word.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DROPPED = "append_entry(text, integer, text, text, text, text, text, text, text, text)"
NAMES = {
    "tagged_hash": "text, text",
    "keep_definition": "text, text, text, bytea",
    "open_agreement": "text, text, jsonb",
    "hold_agreement": "text",
    "hold_due": "text, bigint",
    "append_entry": "text, jsonb",
    "keep_caches": "text, integer, jsonb, boolean",
    "keep_checkpoint": "text, integer, text",
    "keep_signature": "text, integer, text, text, text",
    "keep_opening": "text, text, text",
    "forget_opening": "text, text",
}
REFUSED = "USING ERRCODE = 'integrity_constraint_violation'"

# {as} is: as the owner, looking for tables only where those of the journal are.
FUNCTIONS = (
    """
    CREATE FUNCTION tagged_hash(text, text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = {path} AS $$
        SELECT encode(sha256(convert_to($1 || E'\\n' || $2, 'UTF8')), 'hex')
    $$
    """,
    """
    CREATE FUNCTION keep_definition(text, text, text, bytea) RETURNS void {as} AS $$
    BEGIN
        IF encode(sha256($4), 'hex') <> $1 THEN
            RAISE EXCEPTION 'definition: it must hash to its name' {refused};
        END IF;
        INSERT INTO definition (digest, name, edition, source) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING;
    END $$
    """,
    # The rows of a header, locked.
    """
    CREATE FUNCTION hold_agreement(text) RETURNS SETOF agreement
    LANGUAGE sql SECURITY DEFINER SET search_path = {path} AS $$
        SELECT * FROM agreement WHERE id = $1 FOR UPDATE
    $$
    """,
    """
    CREATE FUNCTION hold_due(text, bigint) RETURNS SETOF agreement
    LANGUAGE sql SECURITY DEFINER SET search_path = {path} AS $$
        SELECT * FROM agreement WHERE NOT is_rehearsal AND next_due_at <= $1 COLLATE "C"
            ORDER BY next_due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
    $$
    """,
    """
    CREATE FUNCTION keep_caches(this text, entry_seq integer, caches jsonb, is_amended boolean)
    RETURNS void
    LANGUAGE plpgsql SET search_path = {path} AS $$
    BEGIN
        INSERT INTO change (agreement, seq, n, kind, obligation, at, body)
            SELECT this, entry_seq, its.n, its.kind, its.obligation, its.at, its.body
            FROM jsonb_to_recordset(caches->'changes')
                AS its (n integer, kind text, obligation text, at text, body text);
        INSERT INTO mention (agreement, obligation, seq)
            SELECT this, name, entry_seq FROM jsonb_array_elements_text(caches->'mentions') AS name;
        INSERT INTO claim (agreement, seq, kind, obligation, day, body)
            SELECT this, its.seq, its.kind, its.obligation, its.day, its.body
            FROM jsonb_to_recordset(caches->'claims')
                AS its (seq integer, kind text, obligation text, day text, body text)
            ON CONFLICT (agreement, seq) DO UPDATE SET (kind, obligation, day, body)
                = (excluded.kind, excluded.obligation, excluded.day, excluded.body);
        INSERT INTO period (agreement, obligation, first, body)
            SELECT this, its.obligation, its.first, its.body
            FROM jsonb_to_recordset(caches->'periods')
                AS its (obligation text, first text, body text)
            ON CONFLICT (agreement, obligation, first) DO UPDATE SET body = excluded.body;
        INSERT INTO obligation AS old
            (agreement, name, standing, total, due, delivered, outstanding, next_due_at)
            SELECT this, its.name, its.standing, its.total, its.due, its.delivered,
                its.outstanding, its.next_due_at
            FROM jsonb_to_recordset(caches->'obligations') AS its (name text, standing text,
                total bigint, due bigint, delivered bigint, outstanding bigint, next_due_at text)
            ON CONFLICT (agreement, name) DO UPDATE
                SET (standing, total, due, delivered, outstanding, next_due_at)
                = (excluded.standing, excluded.total, excluded.due, excluded.delivered,
                    excluded.outstanding, excluded.next_due_at)
                WHERE (old.standing, old.total, old.due, old.delivered, old.outstanding,
                    old.next_due_at) IS DISTINCT FROM (excluded.standing, excluded.total,
                    excluded.due, excluded.delivered, excluded.outstanding, excluded.next_due_at);
        IF is_amended THEN
            DELETE FROM obligation WHERE agreement = this AND name NOT IN (
                SELECT its->>'name' FROM jsonb_array_elements(caches->'obligations') AS its);
        END IF;
    END $$
    """,
    """
    CREATE FUNCTION append_entry(its_line text, caches jsonb) RETURNS void {as} AS $$
    DECLARE
        its jsonb := its_line::jsonb;
        said jsonb := its->'stmt';
        this text := said->>'agreement';
        before agreement%ROWTYPE;
        its_hash text := tagged_hash('phaseflow-entry-v1', its_line);
        amended text;
        latest text := to_char((clock_timestamp() + interval '5 seconds') AT TIME ZONE 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS"Z"');
    BEGIN
        SELECT * INTO before FROM agreement WHERE id = this FOR UPDATE;
        IF before.position IS DISTINCT FROM (its->>'seq')::integer
            OR before.head IS DISTINCT FROM its->>'prev'
        THEN
            RAISE EXCEPTION 'entry: it must extend the head of its journal' {refused};
        END IF;
        IF (its->>'recorded_at') COLLATE "C" < before.recorded_at
            OR NOT before.is_rehearsal AND (its->>'recorded_at') COLLATE "C" > latest
        THEN
            RAISE EXCEPTION 'recorded_at: it is before the newest entry, or still to come' {refused};
        END IF;
        SELECT one->'body'->>'definition' INTO amended
            FROM jsonb_array_elements(its->'then') WITH ORDINALITY AS every (one, place)
            WHERE one->>'kind' = 'amended' ORDER BY place DESC LIMIT 1;
        INSERT INTO entry (
            agreement, seq, prev, hash, actor, nonce, kind, occurred_at, recorded_at, line
        ) VALUES (
            this, before.position, before.head, its_hash, said->>'actor', said->>'nonce',
            said->>'kind', said->>'occurred_at', its->>'recorded_at', its_line
        );
        UPDATE agreement SET
            definition = coalesce(amended, before.definition),
            leaf = caches->>'leaf',
            position = before.position + 1,
            head = its_hash,
            recorded_at = its->>'recorded_at',
            next_due_at = caches->>'next_due_at',
            state = caches->>'state'
        WHERE id = this;
        PERFORM keep_caches(this, before.position, caches, amended IS NOT NULL);
    END $$
    """,
    # The body of entry 0 as it is spelled in the line: no string holds these marks.
    """
    CREATE FUNCTION open_agreement(its_label text, its_line text, caches jsonb) RETURNS void
    {as} AS $$
    DECLARE
        said jsonb := its_line::jsonb->'stmt';
        body jsonb := said->'body';
        first integer := position(',"body":' IN its_line) + 8;
        last integer := position(
            ',"definition":"' || (said->>'definition') || '","kind":"open",' IN its_line);
        its_id text := tagged_hash(
            'phaseflow-agreement-v1', substr(its_line, first, greatest(last - first, 0)) || E'\\n');
    BEGIN
        IF said->>'kind' <> 'open' OR last = 0 OR its_id <> said->>'agreement' THEN
            RAISE EXCEPTION 'agreement: its id must be the hash of its entry 0' {refused};
        END IF;
        INSERT INTO agreement (
            id, label, definition, leaf, position, head, recorded_at, is_rehearsal, state
        ) VALUES (
            its_id, its_label, body->>'definition', '', 0, its_id, '',
            coalesce((body->>'rehearsal')::boolean, false), ''
        );
        PERFORM append_entry(its_line, caches);
    END $$
    """,
    """
    CREATE FUNCTION keep_checkpoint(this text, its_size integer, its_text text) RETURNS void
    {as} AS $$
    BEGIN
        IF split_part(its_text, E'\\n', 2) <> this
            OR split_part(its_text, E'\\n', 3) <> its_size::text
            OR NOT EXISTS (SELECT 1 FROM entry WHERE agreement = this AND seq = its_size - 1
                AND hash = split_part(its_text, E'\\n', 4))
        THEN
            RAISE EXCEPTION 'checkpoint: it must be over an entry of its journal' {refused};
        END IF;
        INSERT INTO checkpoint (agreement, size, digest, text)
            VALUES (this, its_size, encode(sha256(convert_to(its_text, 'UTF8')), 'hex'), its_text)
            ON CONFLICT DO NOTHING;
    END $$
    """,
    """
    CREATE FUNCTION keep_signature(
        this text, its_size integer, its_checkpoint text, its_party text, its_signature text
    ) RETURNS void {as} AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM checkpoint
            WHERE agreement = this AND size = its_size AND digest = its_checkpoint)
        THEN
            RAISE EXCEPTION 'signature: it must be under a checkpoint that is kept' {refused};
        END IF;
        INSERT INTO signature (agreement, size, checkpoint, party, digest, signature) VALUES (
            this, its_size, its_checkpoint, its_party,
            encode(sha256(convert_to(its_signature, 'UTF8')), 'hex'), its_signature
        ) ON CONFLICT DO NOTHING;
    END $$
    """,
    # The value as it is spelled in the line, which begins with a salt of 32 digits.
    """
    CREATE FUNCTION keep_opening(this text, its_commitment text, its_line text) RETURNS void
    {as} AS $$
    DECLARE
        salt text := substr(its_line, 10, 32);
        value text := substr(its_line, 52, greatest(length(its_line) - 53, 0));
    BEGIN
        IF its_line <> '{{"salt":"' || salt || '","value":' || value || E'}}\\n'
            OR tagged_hash('phaseflow-commit-v1', salt || E'\\n' || value || E'\\n')
                <> its_commitment
        THEN
            RAISE EXCEPTION 'opening: it must open its commitment' {refused};
        END IF;
        INSERT INTO disclosure (agreement, commitment, line)
            VALUES (this, its_commitment, its_line) ON CONFLICT DO NOTHING;
    END $$
    """,
    """
    CREATE FUNCTION forget_opening(this text, its_commitment text) RETURNS boolean {as} AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM entry JOIN agreement ON agreement.id = entry.agreement
            WHERE agreement.id = this AND entry.seq = agreement.position - 1
                AND entry.kind = 'redact'
                AND entry.line::jsonb->'stmt'->'body'->>'commitment' = its_commitment)
        THEN
            RAISE EXCEPTION 'opening: the newest entry must say that it is destroyed' {refused};
        END IF;
        DELETE FROM disclosure WHERE agreement = this AND commitment = its_commitment;
        RETURN FOUND;
    END $$
    """,
)
OLD = """
    CREATE FUNCTION append_entry(
        agreement text, seq integer, prev text, hash text, actor text, nonce text,
        kind text, occurred_at text, recorded_at text, line text
    ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {path} AS $$
    BEGIN
        INSERT INTO entry (
            agreement, seq, prev, hash, actor, nonce, kind, occurred_at, recorded_at, line
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
    END $$
    """


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"DROP FUNCTION {DROPPED}")
    _create(FUNCTIONS)
    for name, arguments in NAMES.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name}({arguments}) FROM PUBLIC")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, arguments in reversed(NAMES.items()):
        op.execute(f"DROP FUNCTION {name}({arguments})")
    _create((OLD,))
    op.execute(f"REVOKE EXECUTE ON FUNCTION {DROPPED} FROM PUBLIC")


def _create(functions: "tuple[str, ...]") -> None:
    connection = op.get_bind()
    schema = connection.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    path = f"pg_catalog, {schema}, pg_temp"
    as_owner = f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = {path}"
    for command in functions:
        filled = command.replace("{path}", path).replace("{as}", as_owner)
        filled = filled.replace("{refused}", REFUSED).replace("{{", "{").replace("}}", "}")
        op.execute(filled)
