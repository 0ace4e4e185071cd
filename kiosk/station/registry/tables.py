"""The registry's tables: what a station knows, with what must hold of it in the schema itself.

Instants are UTC epoch seconds, kids and digests raw bytes, artefacts' values canonical CBOR. The
tables are made by `migrations`; a test compares what those make with what stands here. Some tables
only ever grow (`APPEND_ONLY`), which triggers enforce on either database (`guards`).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy import Integer as SomeInteger
from sqlalchemy.schema import SchemaItem

Integer = SomeInteger().with_variant(BigInteger(), "postgresql")
"""64 bits on both databases: a room's clock may be off by a century."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

APPEND_ONLY = (
    "leaves",
    "checkpoints",
    "results",
    "package_files",
    "package_legs",
    "warrants",
    "confirmations",
    "console_acts",
    "scripts",
    "marks",
    "settlements",
    "acts",
    "rescorings",
    "result_states",
    "corrections",
    "certificate_acts",
    "score_sheets",
    "part_marks",
    "sheet_withdrawals",
    "evidence",
    "certificates",
    "revocations",
    "decisions",
    "absences",
)


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


parties = _table(
    "parties",
    Column("kid", LargeBinary, primary_key=True),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("enrolled_at", Integer, nullable=False),
    Column("revoked_at", Integer),
    _one_of(
        "role", "station", "opening", "log", "author", "recovery", "proctor", "terminal", "assessor"
    ),
    CheckConstraint("name <> ''", name="name"),
)
Index(
    "ix_parties_terminal_name",
    parties.c.name,
    unique=True,
    sqlite_where=text("role = 'terminal' AND revoked_at IS NULL"),
    postgresql_where=text("role = 'terminal' AND revoked_at IS NULL"),
)

banks = _table(
    "banks",
    Column("bank", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("discipline", Text, nullable=False),
    Column("author", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    Column("sealed_at", Integer, nullable=False),
    Column("image_sha256", LargeBinary, nullable=False, unique=True),
    Column("file", Text, nullable=False, unique=True),
    Column("admitted_at", Integer, nullable=False),
    PrimaryKeyConstraint("bank", "version"),
)

scorings = _table(
    "scorings",
    Column("bank", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("scoring_version", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("file", Text, nullable=False, unique=True),
    Column("admitted_at", Integer, nullable=False),
    PrimaryKeyConstraint("bank", "version", "scoring_version"),
    ForeignKeyConstraint(["bank", "version"], ["banks.bank", "banks.version"]),
    CheckConstraint("scoring_version >= 1", name="scoring_version"),
)

rounds = _table(
    "rounds",
    Column("id", Text, primary_key=True),
    Column("created_at", Integer, nullable=False),
)

sessions = _table(
    "sessions",
    Column("id", Text, primary_key=True),
    Column("round", Text, ForeignKey("rounds.id"), nullable=False),
    Column("room", Text, nullable=False),
    Column("opens_at", Integer, nullable=False),
    Column("closes_at", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("file", Text, nullable=False, unique=True),
    Column("release_file", Text, nullable=False, unique=True),
    Column("planned_at", Integer, nullable=False),
    Column("published_at", Integer),
    CheckConstraint("opens_at < closes_at", name="window"),
)

session_terminals = _table(
    "session_terminals",
    Column("session", Text, ForeignKey("sessions.id"), nullable=False),
    Column("terminal", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    Column("seat", Text),
    PrimaryKeyConstraint("session", "terminal"),
)
Index(
    "ix_session_terminals_seat", session_terminals.c.session, session_terminals.c.seat, unique=True
)

exams = _table(
    "exams",
    Column("session", Text, ForeignKey("sessions.id"), nullable=False),
    Column("exam", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("bank", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("scoring_version", Integer, nullable=False),
    Column("blueprint", LargeBinary, nullable=False),
    PrimaryKeyConstraint("session", "exam"),
    ForeignKeyConstraint(
        ["bank", "version", "scoring_version"],
        ["scorings.bank", "scorings.version", "scorings.scoring_version"],
    ),
)

roster = _table(
    "roster",
    Column("session", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("exam", Text, nullable=False),
    Column("seat", Text),
    Column("unit", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("session", "candidate"),
    ForeignKeyConstraint(["session", "exam"], ["exams.session", "exams.exam"]),
    CheckConstraint("candidate <> '' AND name <> ''", name="named"),
)
Index("ix_roster_seat", roster.c.session, roster.c.seat, unique=True)

reserves = _table(
    "reserves",
    Column("session", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    PrimaryKeyConstraint("session", "candidate"),
    ForeignKeyConstraint(["session", "candidate"], ["roster.session", "roster.candidate"]),
)

packages = _table(
    "packages",
    Column("sha256", LargeBinary, primary_key=True),
    Column("terminal", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("session", Text, nullable=False),
    Column("candidate", Text),
    Column("attempt", Integer),
    Column("answers_sha256", LargeBinary),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_at", Integer, nullable=False),
    # A quarantined package names no candidate yet, so the roster does not bind it.
    ForeignKeyConstraint(["session", "candidate"], ["roster.session", "roster.candidate"]),
    _one_of("state", "recorded", "conflict", "overruled", "quarantined"),
    CheckConstraint(
        "(state = 'quarantined') = (answers_sha256 IS NULL) "
        "AND (candidate IS NULL) = (answers_sha256 IS NULL) "
        "AND (attempt IS NULL) = (answers_sha256 IS NULL)",
        name="opened",
    ),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("length(sha256) = 32", name="sha256"),
)
# The state too, so that a page counts without the table.
Index(
    "ix_packages_sitting",
    packages.c.session,
    packages.c.candidate,
    packages.c.attempt,
    packages.c.state,
)
Index("ix_packages_number", packages.c.terminal, packages.c.number)

package_files = _table(
    "package_files",
    Column("sha256", LargeBinary, ForeignKey("packages.sha256"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

package_legs = _table(
    "package_legs",
    Column("package", LargeBinary, ForeignKey("packages.sha256"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("terminal", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    Column("how", Text, nullable=False),
    PrimaryKeyConstraint("package", "position"),
    _one_of("how", "transfer", "mirror"),
)

warrants = _table(
    "warrants",
    Column("package", LargeBinary, ForeignKey("packages.sha256"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    _one_of("kind", "no_id", "reserve"),
)

confirmations = _table(
    "confirmations",
    Column("id", Integer, primary_key=True),
    Column("session", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("belongs_to", Text, nullable=False),
    Column("confirmed_at", Integer, nullable=False),
    ForeignKeyConstraint(["session", "candidate"], ["roster.session", "roster.candidate"]),
)
Index("ix_confirmations_sitting", confirmations.c.session, confirmations.c.candidate)

# `marking` 0 is what the rules gave at once, with `pending` answers that people mark still open; the
# n-th state of their marks is `marking` n (one taken back is open again). The newest marking of a scoring version is the one that counts.
results = _table(
    "results",
    Column("package", LargeBinary, ForeignKey("packages.sha256"), nullable=False),
    Column("bank", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("scoring_version", Integer, nullable=False),
    Column("marking", Integer, nullable=False),
    Column("pending", Integer, nullable=False),
    Column("score", Text, nullable=False),
    Column("max_score", Text, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("scored_at", Integer, nullable=False),
    PrimaryKeyConstraint("package", "scoring_version", "marking"),
    ForeignKeyConstraint(
        ["bank", "version", "scoring_version"],
        ["scorings.bank", "scorings.version", "scorings.scoring_version"],
    ),
    CheckConstraint("passed IN (0, 1)", name="passed"),
)

markings = _table(
    "markings",
    Column("session", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("share", Text, nullable=False),
    Column("bound", Text, nullable=False),
    Column("opened_at", Integer, nullable=False),
)

marking_people = _table(
    "marking_people",
    Column("session", Text, ForeignKey("markings.session"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("session", "role", "name"),
    _one_of("role", "marker", "adjudicator"),
    CheckConstraint("name <> ''", name="name"),
)

marking_items = _table(
    "marking_items",
    Column("session", Text, nullable=False),
    Column("exam", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("scoring_version", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("session", "exam", "item"),
    ForeignKeyConstraint(["session", "exam"], ["exams.session", "exams.exam"]),
)

scripts = _table(
    "scripts",
    Column("handle", Text, primary_key=True),
    Column("session", Text, nullable=False),
    Column("exam", Text, nullable=False),
    Column("package", LargeBinary, ForeignKey("packages.sha256"), nullable=False),
    Column("item", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("doubled", Integer, nullable=False),
    ForeignKeyConstraint(
        ["session", "exam", "item"],
        ["marking_items.session", "marking_items.exam", "marking_items.item"],
    ),
    CheckConstraint("doubled IN (0, 1)", name="doubled"),
)
Index("ix_scripts_answer", scripts.c.package, scripts.c.item, unique=True)
Index("ix_scripts_item", scripts.c.session, scripts.c.exam, scripts.c.item)

# Who is to mark what. A turn is dealt again as long as nobody has marked in it.
turns = _table(
    "turns",
    Column("handle", Text, ForeignKey("scripts.handle"), nullable=False),
    Column("turn", Text, nullable=False),
    Column("marker", Text, nullable=False),
    PrimaryKeyConstraint("handle", "turn"),
    _one_of("turn", "first", "second", "third", "review"),
)
Index("ix_turns_marker", turns.c.marker)

# `points` is NULL where a marker took the last mark back.
marks = _table(
    "marks",
    Column("id", Integer, primary_key=True),
    Column("handle", Text, nullable=False),
    Column("turn", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("marker", Text, nullable=False),
    Column("given", Text, nullable=False),
    Column("points", Text),
    Column("most", Text, nullable=False),
    Column("scoring_version", Integer, nullable=False),
    Column("given_at", Integer, nullable=False),
    ForeignKeyConstraint(["handle", "turn"], ["turns.handle", "turns.turn"]),
    CheckConstraint("revision >= 1", name="revision"),
)
Index("ix_marks_revision", marks.c.handle, marks.c.turn, marks.c.revision, unique=True)

settlements = _table(
    "settlements",
    Column("package", LargeBinary, nullable=False),
    Column("scoring_version", Integer, nullable=False),
    Column("marking", Integer, nullable=False),
    Column("leaf", LargeBinary, ForeignKey("leaves.leaf"), nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("package", "scoring_version", "marking"),
    ForeignKeyConstraint(
        ["package", "scoring_version", "marking"],
        ["results.package", "results.scoring_version", "results.marking"],
    ),
)

# A leaf without a package is of a settlement.
leaves = _table(
    "leaves",
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False, unique=True),
    Column("package", LargeBinary, ForeignKey("packages.sha256"), unique=True),
    Column("logged_at", Integer, nullable=False),
)

checkpoints = _table(
    "checkpoints",
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("signed_at", Integer, nullable=False),
)

receipts = _table(
    "receipts",
    Column(
        "position", Integer, ForeignKey("leaves.position"), primary_key=True, autoincrement=False
    ),
    Column("size", Integer, ForeignKey("checkpoints.size"), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

seen_files = _table(
    "seen_files",
    Column("id", Integer, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("kept", Text, nullable=False),
    Column("seen_at", Integer, nullable=False),
    _one_of("verdict", "imported", "duplicate", "conflict", "refused"),
)
Index("ix_seen_files_sha256", seen_files.c.sha256)

package_numbers = _table(
    "package_numbers",
    Column("terminal", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("session", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    PrimaryKeyConstraint("terminal", "number", "sha256"),
)

proctor_logs = _table(
    "proctor_logs",
    Column("sha256", LargeBinary, primary_key=True),
    Column("session", Text, ForeignKey("sessions.id"), nullable=False),
    Column("proctor", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    Column("written_at", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", Integer, nullable=False),
)

# Whom a log notes as absent; the log itself is what is signed.
absences = _table(
    "absences",
    Column("log", LargeBinary, ForeignKey("proctor_logs.sha256"), nullable=False),
    Column("session", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("proctor", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    PrimaryKeyConstraint("log", "candidate"),
)
Index("ix_absences_sitting", absences.c.session, absences.c.candidate, absences.c.proctor)

users = _table(
    "users",
    Column("name", Text, primary_key=True),
    Column("password", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("disabled_at", Integer),
    CheckConstraint("name <> ''", name="name"),
)

user_roles = _table(
    "user_roles",
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("user", "role"),
    _one_of("role", "admin", "planner", "marker", "analyst", "auditor"),
)

visits = _table(
    "visits",
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("begun_at", Integer, nullable=False),
    Column("seen_at", Integer, nullable=False),
)
Index("ix_visits_user", visits.c.user)

passkeys = _table(
    "passkeys",
    Column("credential", LargeBinary, primary_key=True),
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("name", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("used_at", Integer),
)
Index("ix_passkeys_user", passkeys.c.user)

console_acts = _table(
    "console_acts",
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("origin", Text, nullable=False),
)

jobs = _table(
    "jobs",
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("asked_at", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("ended_at", Integer),
    Column("outcome", LargeBinary),
    CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
)

# What people at the station did to results: who, when, why; the leaf is of `content`.
acts = _table(
    "acts",
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("session", Text, ForeignKey("sessions.id"), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, ForeignKey("leaves.leaf"), nullable=False),
    Column("made_at", Integer, nullable=False),
    CheckConstraint("made_by <> '' AND reason <> ''", name="said"),
)

# The scoring version that an exam goes by from then on; before, the one it was planned with.
rescorings = _table(
    "rescorings",
    Column("act", Integer, ForeignKey("acts.id"), nullable=False),
    Column("session", Text, nullable=False),
    Column("exam", Text, nullable=False),
    Column("scoring_version", Integer, nullable=False),
    PrimaryKeyConstraint("act", "session", "exam"),
    ForeignKeyConstraint(["session", "exam"], ["exams.session", "exams.exam"]),
)

# `until` is the end of the time that the state is for: of the announcement, of a review.
result_states = _table(
    "result_states",
    Column("act", Integer, ForeignKey("acts.id"), nullable=False),
    Column("session", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("until", Integer),
    PrimaryKeyConstraint("act", "session", "candidate"),
    ForeignKeyConstraint(["session", "candidate"], ["roster.session", "roster.candidate"]),
    _one_of(
        "state",
        "provisional",
        "withheld",
        "published",
        "under_review",
        "final",
        "void",
        "absent",
        "deferred",
    ),
)
Index("ix_result_states_sitting", result_states.c.session, result_states.c.candidate)

corrections = _table(
    "corrections",
    Column("act", Integer, ForeignKey("acts.id"), nullable=False),
    Column("session", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("act"),
    ForeignKeyConstraint(["session", "candidate"], ["roster.session", "roster.candidate"]),
    CheckConstraint("name <> ''", name="name"),
)
Index("ix_corrections_sitting", corrections.c.session, corrections.c.candidate)

# What people at the station did about certificates; `subject` is what it was done to: a person's number, a
# certificate's, a sheet's digest. The leaf is of `content`.
certificate_acts = _table(
    "certificate_acts",
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, ForeignKey("leaves.leaf"), nullable=False),
    Column("made_at", Integer, nullable=False),
    CheckConstraint("made_by <> '' AND reason <> ''", name="said"),
)

# `content` is the whole artefact as it came; the leaf is of it.
score_sheets = _table(
    "score_sheets",
    Column("sha256", LargeBinary, primary_key=True),
    Column("signer", LargeBinary, ForeignKey("parties.kid"), nullable=False),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, ForeignKey("leaves.leaf"), nullable=False),
    Column("received_at", Integer, nullable=False),
)

part_marks = _table(
    "part_marks",
    Column("sheet", LargeBinary, ForeignKey("score_sheets.sha256"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("discipline", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("marks", Text, nullable=False),
    Column("day", Text, nullable=False),
    PrimaryKeyConstraint("sheet", "row"),
    CheckConstraint("candidate <> ''", name="candidate"),
)
Index("ix_part_marks_candidate", part_marks.c.candidate)

sheet_withdrawals = _table(
    "sheet_withdrawals",
    Column("act", Integer, ForeignKey("certificate_acts.id"), nullable=False),
    Column("sheet", LargeBinary, ForeignKey("score_sheets.sha256"), nullable=False),
    PrimaryKeyConstraint("sheet"),
)

# What a person brought to be admitted: a level held, an apprenticeship ended, work begun; on `since`.
evidence = _table(
    "evidence",
    Column("act", Integer, ForeignKey("certificate_acts.id"), nullable=False),
    Column("candidate", Text, nullable=False),
    Column("discipline", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("since", Text, nullable=False),
    PrimaryKeyConstraint("act"),
    _one_of("kind", "holds", "apprenticeship", "work"),
    CheckConstraint("(kind = 'holds') = (level <> '')", name="level"),
)
Index("ix_evidence_candidate", evidence.c.candidate)

certificates = _table(
    "certificates",
    Column("number", Text, nullable=False),
    Column("act", Integer, ForeignKey("certificate_acts.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("discipline", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("issued_on", Text, nullable=False),
    PrimaryKeyConstraint("number"),
    CheckConstraint("serial >= 1", name="serial"),
)
Index("ix_certificates_serial", certificates.c.year, certificates.c.serial, unique=True)
Index("ix_certificates_candidate", certificates.c.candidate)

revocations = _table(
    "revocations",
    Column("act", Integer, ForeignKey("certificate_acts.id"), nullable=False),
    Column("number", Text, ForeignKey("certificates.number"), nullable=False),
    PrimaryKeyConstraint("number"),
)
# Which of a sitting's packages counts, as somebody decided; NULL where none does. The states of `packages`
# follow it, until another package contradicts them all.
decisions = _table(
    "decisions",
    Column("act", Integer, ForeignKey("acts.id"), nullable=False),
    Column("session", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("package", LargeBinary, ForeignKey("packages.sha256")),
    PrimaryKeyConstraint("act"),
    ForeignKeyConstraint(["session", "candidate"], ["roster.session", "roster.candidate"]),
)
Index("ix_decisions_sitting", decisions.c.session, decisions.c.candidate)
