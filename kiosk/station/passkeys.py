"""Passkeys (WebAuthn Level 3): signing in without a password, by a key that a device keeps and never shows.

Any of a person's passkeys opens the same as the password does, and the password stays: who lost a device
removes its passkey, or has all of them removed at the command line. A device must have checked who holds it
(PIN, finger, face), and a challenge is answered once.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from msgspec import Struct
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kiosk.errors import InputRefused
from kiosk.station.home import Station
from kiosk.station.registry import Connection, IntegrityError, passkeys, users
from kiosk.station.registry.passkeys import PasskeyRow
from kiosk.station.users import User, user_of
from kiosk.words import mark

MOST_NAME = 64
MOST_PASSKEYS = 20
_MOST_JSON = 20_000


class Place(Struct, frozen=True):
    """Where browsers reach the console: its host name and origin (`https://exam.example.cn`)."""

    host: str
    origin: str


class Asked(Struct, frozen=True):
    """What a browser is asked, as JSON for it, and the challenge that its answer must hold."""

    options: str
    challenge: bytes


def ask_to_add(station: Station, user: str, place: Place) -> Asked:
    """Asks a browser for a new passkey of `user`."""
    with station.registry.reading() as connection:
        known = passkeys.of_user(connection, user)
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.host,
        user_name=user,
        # The same for all of a person's passkeys, and no name that a device would show to others.
        user_id=hashlib.sha256(user.encode()).digest(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(row.credential) for row in known],
    )
    return Asked(options_to_json(options), options.challenge)


def add(
    station: Station,
    user: str,
    name: str,
    answer: str,
    challenge: bytes,
    place: Place,
    now: datetime,
) -> None:
    """Takes a new passkey of `user`.

    Args:
        name: what the person calls it.
        answer: the browser's, JSON.

    Raises:
        InputRefused: no name, an answer that does not hold, or one passkey too many.
    """
    name = name.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise InputRefused(
            mark("a passkey needs a name of 1 to {most} characters"),
            remedy=mark("Write what device it is on, such as: office laptop"),
            most=MOST_NAME,
        )
    try:
        _require_short(answer)
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError) as fault:
        raise _refused() from fault
    at = int(now.timestamp())
    row = PasskeyRow(
        found.credential_id, user, name, found.credential_public_key, found.sign_count, at
    )
    try:
        with station.registry.writing() as connection:
            if len(passkeys.of_user(connection, user)) >= MOST_PASSKEYS:
                raise InputRefused(
                    mark("nobody needs more than {most} passkeys"),
                    remedy=mark("Remove one that is not used any more"),
                    most=MOST_PASSKEYS,
                )
            passkeys.add(connection, row)
            _note(connection, at, user, mark("passkey added"), user, name)
    except IntegrityError as fault:
        raise _refused() from fault


def remove(
    station: Station, user: str, now: datetime, *, by: str, credential: bytes | None = None
) -> int:
    """Takes away one passkey of `user`, or all of them; how many that were."""
    at = int(now.timestamp())
    with station.registry.writing() as connection:
        if users.find(connection, user) is None:
            raise InputRefused(
                mark("there is no user {name}"),
                remedy=mark("Look at the list of users"),
                name=user,
            )
        removed = passkeys.remove(connection, user, credential)
        if removed:
            _note(connection, at, by, mark("passkey removed"), user, str(removed))
    return removed


def ask_to_sign_in(place: Place) -> Asked:
    """Asks a browser for whichever passkey of this console it has."""
    options = generate_authentication_options(
        rp_id=place.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(options_to_json(options), options.challenge)


def authenticate(
    station: Station, answer: str, challenge: bytes, place: Place, now: datetime
) -> User | None:
    """Whose passkey answered; None where nobody's did as it must."""
    try:
        _require_short(answer)
        credential = parse_authentication_credential_json(answer).raw_id
        with station.registry.reading() as connection:
            row = passkeys.find(connection, credential)
            known = None if row is None else users.find(connection, row.user)
        if row is None or known is None or known.disabled_at is not None:
            return None
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError):
        return None
    with station.registry.writing() as connection:
        passkeys.use(connection, credential, found.new_sign_count, int(now.timestamp()))
    return user_of(known)


def _require_short(answer: str) -> None:
    if len(answer) > _MOST_JSON:
        raise ValueError


def _refused() -> InputRefused:
    return InputRefused(
        mark("this passkey could not be taken"),
        remedy=mark("Open the page again and try once more; the password works as before"),
    )


def _note(connection: Connection, at: int, who: str, act: str, subject: str, note: str) -> None:
    users.note(connection, users.Act(at, who, act, subject, note))
