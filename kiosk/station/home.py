"""One station: its folder, its keys, its registry, its trust repository.

    DIR/station.db        the registry            DIR/repository/   the signed repository
    DIR/station.toml      settings: another database, how long things are kept
    DIR/keys/             the station's keys      DIR/offline/      root, authority and recovery keys
    DIR/public/           key records and root.json, for authors, terminals and verifiers
    DIR/banks/ scoring/ sessions/ receipts/ quarantine/

The keys do one thing each and nothing else: `station` signs sessions and releases, `opening` opens
packages and scoring files, `log` signs the transparency log, `line` replies on the network. What lies in `offline/` is to be
taken away to another place after the set-up; daily work needs none of it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.artefacts.fingerprint import root_words
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.trust_list import (
    AUTHORITY_ROLES,
    TRUST_TARGET,
    Trust,
    TrustList,
    write_trust_list,
)
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.registry import Registry, parties
from kiosk.station.settings import Settings, read_settings, require_open, write_database
from kiosk.trust.durable import make_secret_folder, write_durable
from kiosk.trust.keystore import FileKeyStore, read_record, write_record
from kiosk.trust.repository import Repository
from kiosk.words import mark

OWN_ROLES = (Role.STATION, Role.OPENING, Role.LOG)

AFTER_LAST_WINDOW = timedelta(days=14)
"""How long after the last window the published repository stays fresh."""


class Station:
    """An opened station; private keys are read when they are first needed, and not before."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry
        self._keys: dict[Role, PrivateKeys] = {}

    @classmethod
    def create(cls, folder: Path, name: str, *, now: datetime, database: str = "") -> Station:
        """A new station in `folder`, with keys, registry and a first published repository.

        Args:
            name: what people call the station; it stands in its key records.
            database: the address of an empty database for its registry; its own file if empty.

        Raises:
            NotPermitted: there is a station already, or another one's registry.
            InputRefused: what is there was cut off while it was made.
            StorageFault: the disk refuses.
        """
        _require_whole(folder)
        if (folder / "station.db").exists() or (folder / "keys").exists():
            raise NotPermitted(
                mark("there is already a station here"),
                where=str(folder),
                remedy=mark("Use it, or name another folder"),
            )
        if database:
            require_open(database)
        make_secret_folder(folder)
        registry = _new_registry(folder, database)
        records = [
            FileKeyStore(folder / "keys" / role).create(role, f"{name} ({role})").record
            for role in OWN_ROLES
        ]
        recovery = FileKeyStore(folder / "offline" / "recovery")
        records.append(recovery.create(Role.RECOVERY, f"{name} (recovery)").record)
        station = cls(folder, registry)
        with station.registry.writing() as connection:
            for record in records:
                parties.add(connection, record, int(now.timestamp()))
        for record in records:
            write_record(folder / "public" / f"{record.role}.pub", record)
        station.line_keys()
        Repository.create(
            folder / "repository", folder / "keys" / "repository", now=now, offline=station.offline
        )
        station.sign_authority(now)
        station.draft_trust_list(now)
        station.repository().publish(now=now, expires=now + AFTER_LAST_WINDOW)
        # Last: a station that has it is whole.
        write_durable(folder / "public" / "root.json", station.repository().root_json())
        return station

    @classmethod
    def open(cls, folder: Path) -> Station:
        """The station in `folder`.

        Raises:
            InputRefused: there is none, or one that was cut off while it was made.
            StorageFault: its registry cannot be read.
        """
        _require_whole(folder)
        settings = read_settings(folder)
        there = (folder / "station.db").is_file() or (
            settings.database and (folder / "keys").is_dir()
        )
        if not there:
            raise InputRefused(
                mark("there is no station here"),
                where=str(folder),
                remedy=mark(
                    "Name the station's folder, or make one: kiosk station init --station DIR"
                ),
            )
        return cls(folder, Registry(settings.address(folder)))

    def close(self) -> None:
        self.registry.close()

    @property
    def offline(self) -> Path:
        """Where root, authority and recovery keys lie until they are taken away."""
        return self.folder / "offline"

    def keys(self, role: Role) -> PrivateKeys:
        """The private keys of one of the station's roles.

        Raises:
            StorageFault: not there, or damaged.
            NotPermitted: others can read them.
        """
        if role not in self._keys:
            self._keys[role] = FileKeyStore(self.key_folder(role)).load()
        return self._keys[role]

    def key_folder(self, role: Role) -> Path:
        return self.folder / "keys" / role

    def line_keys(self) -> PrivateKeys:
        """The keys of the station's line, made where there are none: then devices learn them with the
        next publication. To follow them by others, remove their folder.

        The registry does not list them: who has the folder decides, and no history hangs on them.

        Raises:
            StorageFault, NotPermitted: as `keys`.
        """
        store, public = FileKeyStore(self.key_folder(Role.LINE)), self._line_record
        if not store.exists():
            name = read_record(public.with_name(f"{Role.LOG}.pub")).name
            keys = store.create(Role.LINE, name.replace(f"({Role.LOG})", f"({Role.LINE})"))
            write_record(public, keys.record)
        keys = self.keys(Role.LINE)
        if not public.exists():  # the power went between the two
            write_record(public, keys.record)
        return keys

    @property
    def _line_record(self) -> Path:
        return self.folder / "public" / f"{Role.LINE}.pub"

    def record(self, role: Role) -> KeyRecord:
        """The public record of the station's one key of a role (recovery included)."""
        return self.trust().only(role)

    def trust(self) -> Trust:
        """Who may sign what, as the registry has it now."""
        with self.registry.reading() as connection:
            listed = parties.every(connection)
        issued_at = max(max(party.enrolled_at, party.revoked_at or 0) for party in listed)
        authority = [party for party in listed if party.record.role in AUTHORITY_ROLES]
        delegated = [party for party in listed if party.record.role not in AUTHORITY_ROLES]
        line = [read_record(self._line_record)] if self._line_record.exists() else []
        return Trust(
            authority=TrustList(
                kind="authority",
                issued_at=issued_at,
                records=tuple(party.record for party in authority if party.revoked_at is None),
            ),
            delegated=TrustList(
                kind="delegated",
                issued_at=issued_at,
                records=(*line, *(party.record for party in delegated)),
                revoked=tuple(party.record.kid for party in listed if party.revoked_at is not None),
            ),
        )

    def repository(self) -> Repository:
        """The trust repository, ready to be written.

        Raises:
            InputRefused: there is none.
        """
        return Repository.open(
            self.folder / "repository", self.folder / "keys" / "repository", offline=self.offline
        )

    def root_words(self, lang: str) -> tuple[str, ...]:
        """The fingerprint of the root, compared on a terminal's first start."""
        return root_words(self.repository().root_json(), lang)

    def sign_authority(self, now: datetime) -> None:
        """Signs the list of the station's keys, recovery and authors, with the offline keys.

        Raises:
            NotPermitted: the offline keys were taken away.
        """
        authority = self.trust().authority
        self.repository().set_authority(
            TrustList("authority", issued_at=int(now.timestamp()), records=authority.records)
        )

    def draft_trust_list(self, now: datetime) -> None:
        """Puts the list of proctors, terminals and revoked keys into the next publication."""
        delegated = self.trust().delegated
        trust_list = TrustList(
            "delegated",
            issued_at=int(now.timestamp()),
            records=delegated.records,
            revoked=delegated.revoked,
        )
        self.repository().put(TRUST_TARGET, write_trust_list(trust_list))


def _new_registry(folder: Path, database: str) -> Registry:
    if not database:
        # SQLite's other files take this one's mode: a registry holds names and results.
        (folder / "station.db").touch(mode=0o600)
        return Registry(Settings().address(folder))
    registry = Registry(database)
    with registry.reading() as connection:
        taken = parties.every(connection)
    if taken:
        registry.close()
        raise NotPermitted(
            mark("another station keeps its registry in this database"),
            remedy=mark("Make an empty database for this one"),
        )
    write_database(folder, database)
    return registry


def _require_whole(folder: Path) -> None:
    begun = (folder / "keys").exists() or (folder / "station.db").exists()
    if begun and not (folder / "public" / "root.json").exists():
        raise InputRefused(
            mark("the making of this station was cut off before its end"),
            where=str(folder),
            remedy=mark(
                "Nothing was enrolled or published with it yet: remove the folder and make the "
                "station again. If it has worked before, bring public/root.json back from a stick"
            ),
        )


def utc_now() -> datetime:
    """The clock, asked at the edge only; everything below takes its time as an argument."""
    return datetime.now(UTC)
