"""The trust repository as the station writes it: TUF with consistent snapshots, in a folder.

Two hands sign. Offline: the root (2 of 3) and the top-level targets, which list the authority (the
station's keys, authors, recovery). At the station: what is delegated to it, snapshot and timestamp.

    folder/   1.root.json and the rest in metadata/, targets/ by digest, draft.cbor
    keys/     station, snapshot, timestamp        offline/  root-1, root-2, root-3, targets

`put` and `remove` change the draft, `publish` signs it, `export` writes it to a stick.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.trust_list import (
    AUTHORITY_TARGET,
    TRUST_TARGET,
    TrustList,
    write_trust_list,
)
from kiosk.errors import InputRefused, NotPermitted
from kiosk.trust.chain import (
    STATION_PATHS,
    STATION_ROLE,
    S,
    delegation,
    parse,
    published,
    read_chain,
)
from kiosk.trust.durable import storage, write_durable
from kiosk.trust.listing import Listing
from kiosk.trust.programs import PREFIX as PROGRAMS
from kiosk.trust.programs import program_of
from kiosk.trust.publication import copy_file, copy_out, prune, target_file
from kiosk.trust.tuf_keys import (
    OFFLINE_KEYS,
    ONLINE_KEYS,
    ROOT_KEYS,
    ROOT_THRESHOLD,
    create_key,
    load_key,
)

ROOT_LIFETIME = timedelta(days=3653)
AUTHORITY_LIFETIME = timedelta(days=1096)

_NAME = re.compile(r"[\w+-][\w.+~-]*(/[\w+-][\w.+~-]*)*")


class Drafted(Struct, frozen=True, forbid_unknown_fields=True):
    """A target of the station's part, whose bytes lie in targets/ already."""

    length: int
    sha256: bytes


class Repository:
    """The repository in `folder`, signed with the keys in `keys` and, where needed, `offline`."""

    def __init__(self, folder: Path, keys: Path, offline: Path) -> None:
        self._folder = folder
        self._keys = keys
        self._offline = offline

    @classmethod
    def create(
        cls, folder: Path, keys: Path, *, now: datetime, offline: Path | None = None
    ) -> Repository:
        """A new repository with new keys; nothing is published yet.

        Args:
            offline: where root and top-level keys go, to be taken away; `keys/offline` if None.

        Raises:
            NotPermitted: there is a repository or a key already.
        """
        repository = cls(folder, keys, offline or keys / "offline")
        if (folder / "metadata").exists():
            raise NotPermitted("there is already a trust repository here", where=str(folder))
        signers = {
            **{name: create_key(repository._offline, name) for name in OFFLINE_KEYS},
            **{name: create_key(keys, name) for name in ONLINE_KEYS},
        }
        root = Root(expires=_second(now + ROOT_LIFETIME), consistent_snapshot=True)
        for name in ROOT_KEYS:
            root.add_key(signers[name].public_key, "root")
        root.roles["root"].threshold = ROOT_THRESHOLD
        for role in ("targets", "snapshot", "timestamp"):
            root.add_key(signers[role].public_key, role)
        repository._write(root, "root", *(signers[name] for name in ROOT_KEYS[:ROOT_THRESHOLD]))
        top = Targets(expires=_second(now + AUTHORITY_LIFETIME))
        station = signers[STATION_ROLE].public_key
        top.delegations = Delegations(
            keys={station.keyid: station},
            roles={STATION_ROLE: _station_part(station.keyid)},
        )
        repository._write(top, "targets", signers["targets"])
        repository._keep_draft({})
        return repository

    @classmethod
    def open(cls, folder: Path, keys: Path, *, offline: Path | None = None) -> Repository:
        """The repository that `create` made.

        Raises:
            InputRefused: there is none.
        """
        repository = cls(folder, keys, offline or keys / "offline")
        if not repository._newest("root"):
            raise InputRefused(
                "there is no trust repository here",
                where=str(folder),
                remedy="Make one: kiosk station init",
            )
        return repository

    def root_json(self) -> bytes:
        """The newest root: what a terminal gets at enrolment and a verifier starts from."""
        return self._bytes("root", self._newest("root"))

    def set_authority(self, trust_list: TrustList) -> None:
        """Lists the station's keys, recovery and authors. Needs the offline keys.

        Raises:
            NotPermitted: the targets key is not here.
            ValueError: not an authority list.
        """
        if trust_list.kind != "authority":
            raise ValueError("not an authority list")
        data = write_trust_list(trust_list)
        self._store(AUTHORITY_TARGET, data)
        top = self._top()
        top.targets = {AUTHORITY_TARGET: TargetFile.from_data(AUTHORITY_TARGET, data, ["sha256"])}
        self._sign_top(top, top.expires)

    def put(self, name: str, data: bytes) -> None:
        """Puts a target into the draft: the trust list, a bank, a session.

        Raises:
            InputRefused: a name that the station's part cannot hold.
        """
        self._require_name(name)
        self._store(name, data)
        drafted = Drafted(len(data), hashlib.sha256(data).digest())
        self._keep_draft({**self._draft(), name: drafted})

    def put_programs(self, files: Iterable[Path]) -> None:
        """Puts programs into the draft, in place of those that are there.

        Raises:
            InputRefused: a file that is not named as a program is.
            StorageFault: one cannot be read, or the disk is full; the draft is as it was.
        """
        drafted = {}
        for file in files:
            target = program_of(file.name).target
            with storage(file), file.open("rb") as source:
                sha256 = hashlib.file_digest(source, "sha256").digest()
            copy_file(file, self._folder / "targets" / target_file(target, sha256))
            drafted[target] = Drafted(file.stat().st_size, sha256)
        others = {
            name: kept for name, kept in self._draft().items() if not name.startswith(PROGRAMS)
        }
        self._keep_draft(others | drafted)

    def programs(self) -> dict[str, int]:
        """The programs of the draft, by name, with their bytes."""
        draft = self._draft()
        return {name: draft[name].length for name in sorted(draft) if name.startswith(PROGRAMS)}

    def remove(self, name: str) -> None:
        """Takes a target out of the draft; one that is not there is no error."""
        self._keep_draft({key: kept for key, kept in self._draft().items() if key != name})

    def publish(self, *, now: datetime, expires: datetime) -> None:
        """Signs the draft; from here on `export` writes it.

        What the top level does not give to the station yet, because an older program made it, is given
        once there is something of it to publish; that needs the offline key, once.

        Args:
            expires: when devices stop taking it as fresh: 14 days after the last window.

        Raises:
            InputRefused: the authority or the trust list was never set, or `expires` has passed.
            NotPermitted: a key is not here.
        """
        draft = self._draft()
        top = self._top()
        if AUTHORITY_TARGET not in top.targets or TRUST_TARGET not in draft:
            raise InputRefused(
                "nothing to publish yet: the authority or the trust list was not set",
                where=str(self._folder),
            )
        if expires <= now:
            raise InputRefused(f"a repository that expires at {expires} is of no use any more")
        given = delegation(top)
        if top.expires < expires or not all(given.is_delegated_path(name) for name in draft):
            self._sign_top(top, now + AUTHORITY_LIFETIME)
        station = Targets(
            targets={
                name: TargetFile(target.length, {"sha256": target.sha256.hex()}, name)
                for name, target in sorted(draft.items())
            },
            expires=_second(expires),
        )
        self._write(station, STATION_ROLE, load_key(self._keys, STATION_ROLE))
        snapshot = Snapshot(
            meta={f"{role}.json": self._meta(role) for role in ("targets", STATION_ROLE)},
            expires=_second(expires),
        )
        self._write(snapshot, "snapshot", load_key(self._keys, "snapshot"))
        timestamp = Timestamp(snapshot_meta=self._meta("snapshot"), expires=_second(expires))
        self._write(timestamp, "timestamp", load_key(self._keys, "timestamp"))
        prune(self._folder, self.listing(), keep=draft_files(draft))

    def listing(self) -> Listing:
        """What is published now, every signature checked."""
        return read_chain(self._bytes("root", 1), published(self._folder))

    def export(self, to: Path) -> None:
        """Writes what is published to a folder: metadata/, targets/, root.json.

        Pulled out half-way, the folder still holds the old state or already the new one.

        Raises:
            InputRefused: nothing was published yet.
            StorageFault: the stick is full, read-only or refuses.
        """
        copy_out(self._folder, to, self.listing(), self.root_json())

    def _top(self) -> Targets:
        return parse(self._bytes("targets", self._newest("targets")), Targets).signed

    def _sign_top(self, top: Targets, expires: datetime) -> None:
        top.expires = _second(expires)
        delegation(top).paths = list(STATION_PATHS)
        self._write(top, "targets", load_key(self._offline, "targets"))

    def _write(self, signed: S, role: str, *signers: CryptoSigner) -> None:
        signed.version = self._newest(role) + 1
        metadata = Metadata(signed)
        for signer in signers:
            metadata.sign(signer, append=True)
        write_durable(self._path(role, signed.version), metadata.to_bytes())

    def _meta(self, role: str) -> MetaFile:
        version = self._newest(role)
        return MetaFile.from_data(version, self._bytes(role, version), ["sha256"])

    def _newest(self, role: str) -> int:
        if role == "timestamp":
            path = self._path(role, 0)
            return parse(path.read_bytes(), Timestamp).signed.version if path.exists() else 0
        versions = (self._folder / "metadata").glob(f"*.{role}.json")
        return max((int(path.name.partition(".")[0]) for path in versions), default=0)

    def _path(self, role: str, version: int) -> Path:
        name = "timestamp.json" if role == "timestamp" else f"{version}.{role}.json"
        return self._folder / "metadata" / name

    def _bytes(self, role: str, version: int) -> bytes:
        path = self._path(role, version)
        with storage(path):
            return path.read_bytes()

    def _store(self, name: str, data: bytes) -> None:
        path = self._folder / "targets" / target_file(name, hashlib.sha256(data).digest())
        write_durable(path, data)

    def _draft(self) -> dict[str, Drafted]:
        path = self._folder / "draft.cbor"
        with storage(path):
            return decode(path.read_bytes(), dict[str, Drafted], "draft of the trust repository")

    def _keep_draft(self, draft: dict[str, Drafted]) -> None:
        write_durable(self._folder / "draft.cbor", encode(draft))

    def _require_name(self, name: str) -> None:
        if not _station_part().is_delegated_path(name) or not _NAME.fullmatch(name):
            raise InputRefused(
                "not a name the trust repository can hold",
                where=name,
                remedy="Use letters, digits, point, plus and hyphen in ids of banks and sessions",
            )


def _station_part(*keyids: str) -> DelegatedRole:
    """What a station's keys may sign by themselves."""
    return DelegatedRole(STATION_ROLE, list(keyids), 1, terminating=True, paths=list(STATION_PATHS))


def draft_files(draft: dict[str, Drafted]) -> frozenset[str]:
    """The files in targets/ that a draft needs."""
    return frozenset(target_file(name, drafted.sha256) for name, drafted in draft.items())


def _second(at: datetime) -> datetime:
    """TUF writes whole seconds of UTC."""
    return at.astimezone(UTC).replace(microsecond=0)
