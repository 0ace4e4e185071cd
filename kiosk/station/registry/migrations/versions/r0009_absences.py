"""Who was noted as absent, beside the proctors' logs that say so; indexes for the console's lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.artefacts.codec import decode_plain
from kiosk.artefacts.proctor_log import read_log
from kiosk.station.registry.guards import append_only

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    made = op.create_table(
        "absences",
        sa.Column("log", sa.LargeBinary(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("proctor", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["proctor_logs.sha256"], name=op.f("fk_absences_log")),
        sa.ForeignKeyConstraint(["proctor"], ["parties.kid"], name=op.f("fk_absences_proctor")),
        sa.PrimaryKeyConstraint("log", "candidate", name=op.f("pk_absences")),
        sqlite_strict=True,
    )
    op.create_index("ix_absences_sitting", "absences", ["session", "candidate", "proctor"])
    logs = op.get_bind().execute(
        sa.text("SELECT sha256, session, proctor, content FROM proctor_logs")
    )
    rows = [
        {"log": row.sha256, "session": row.session, "candidate": one, "proctor": row.proctor}
        for row in logs
        for one in _absent(row.content)
    ]
    if rows:
        op.bulk_insert(made, rows)
    for guard in append_only(op.get_bind().dialect.name, "absences"):
        op.execute(guard)
    op.drop_index("ix_packages_sitting", "packages")
    op.create_index("ix_packages_sitting", "packages", ["session", "candidate", "attempt", "state"])
    op.create_index("ix_corrections_sitting", "corrections", ["session", "candidate"])


def _absent(content: bytes) -> set[str]:
    """Whom a log notes as absent; its signature held when it came."""
    told = decode_plain(read_log(content).payload, "proctor's log")
    assert isinstance(told, dict)
    return {one["candidate"] for one in told["remarks"] if one["kind"] == "absent"}
