"""What the tables themselves do not let happen, on either database: rows of a record neither change nor
go, and the log has no gap. Migrations put the guards up; a test compares them with `tables`."""

from __future__ import annotations

from collections.abc import Iterable

_ACTS = ("UPDATE", "DELETE")


def append_only(dialect: str, *tables: str) -> tuple[str, ...]:
    """The statements after which rows of `tables` can only be added.

    Args:
        dialect: `sqlite` or `postgresql`, as SQLAlchemy names it.
    """
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only ever grows'); END"
            for table in tables
            for act in _ACTS
        )
    raised = (
        "RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || ' only ever grows'"
    )
    return (
        _function("only_grows", raised),
        *(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
            for table in tables
        ),
    )


def dense_leaves(dialect: str) -> tuple[str, ...]:
    """The statements after which the log takes a leaf at its next position alone."""
    gap = "NEW.position <> (SELECT COALESCE(MAX(position) + 1, 0) FROM leaves)"
    said = "the log has no gaps"
    trigger = "CREATE TRIGGER leaves_dense BEFORE INSERT ON leaves"
    if dialect == "sqlite":
        return (f"{trigger} WHEN {gap} BEGIN SELECT RAISE(ABORT, '{said}'); END",)
    raised = f"RAISE integrity_constraint_violation USING MESSAGE = '{said}'"
    return (
        _function("no_gap", f"IF {gap} THEN {raised}; END IF; RETURN NEW"),
        f"{trigger} FOR EACH ROW EXECUTE FUNCTION no_gap()",
    )


def guards(dialect: str, tables: Iterable[str]) -> tuple[str, ...]:
    """All of them, for tables that grow only."""
    return (*append_only(dialect, *tables), *dense_leaves(dialect))


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; END $$"
    )
