"""`kiosk station serve` and `kiosk station user ...`: the console and who may use it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.cli.station_asked import AsJson, StationFolder
from kiosk.cli.station_shown import instant
from kiosk.errors import InputRefused
from kiosk.station.home import Station, utc_now
from kiosk.words import listed, mark, text

if TYPE_CHECKING:
    from kiosk.station.users import UserRole

user = typer.Typer(
    help="Who may use the console.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Roles = Annotated[
    list[str],
    typer.Option("--role", help="admin, planner, marker, analyst or auditor; may be repeated."),
]
_BY = "kiosk station user"


def serve(
    folder: StationFolder,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port.")] = 8460,
    cert: Annotated[Path | None, typer.Option(help="The TLS certificate chain, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key, PEM.")] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A host name people use; may be repeated.")
    ] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A reverse proxy on this machine does the TLS.")
    ] = False,
) -> None:
    """Serve the console to browsers, on this machine alone unless there is a certificate.

    \b
    Example:
      kiosk station serve --station station
      kiosk station serve --station station --host 0.0.0.0 --cert station.pem --key station.key
    """
    from kiosk.station.web import serving

    serving.require_safe(host, cert, key)
    station = Station.open(folder)
    scheme = "http" if cert is None else "https"
    shown = f"[{host}]" if ":" in host else host
    say(text("The console is at {address}", lang(), address=f"{scheme}://{shown}:{port}/"))
    try:
        serving.serve(
            station,
            host=host,
            port=port,
            cert=cert,
            key=key,
            names=tuple(name or ()),
            behind_proxy=behind_proxy,
        )
    finally:
        station.close()


@user.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    folder: StationFolder,
    roles: Roles,
    as_json: AsJson = False,
) -> None:
    """Let somebody use the console; the password is asked for, or read from standard input.

    \b
    Example:
      kiosk station user add 王敏 --role admin --station station
    """
    from kiosk.station import users

    wanted = [_role(role) for role in roles]
    station = Station.open(folder)
    added = users.add_user(station, name, _password(), wanted, utc_now(), by=_BY)
    station.close()
    if as_json:
        show_json({"user": added.name, "roles": added.roles})
        return
    say(text("{name} may use the console now", lang(), name=added.name))


@user.command("password")
def password(name: Annotated[str, typer.Argument(help="Whose.")], folder: StationFolder) -> None:
    """Give somebody a new password, asked for, or read from standard input.

    \b
    Example:
      kiosk station user password 王敏 --station station
    """
    from kiosk.station import users

    station = Station.open(folder)
    users.set_password(station, name, _password(), utc_now(), by=_BY)
    station.close()
    say(text("{name} signs in with the new password from now on", lang(), name=name))


@user.command("passkeys")
def passkeys(
    name: Annotated[str, typer.Argument(help="Whose.")],
    folder: StationFolder,
    remove_all: Annotated[
        bool, typer.Option("--remove-all", help="Take all of them away; the password stays.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List somebody's passkeys, or take all of them away when a device was lost.

    \b
    Example:
      kiosk station user passkeys 王敏 --remove-all --station station
    """
    from kiosk.station import passkeys
    from kiosk.station.registry import passkeys as registered

    station = Station.open(folder)
    removed = passkeys.remove(station, name, utc_now(), by=_BY) if remove_all else 0
    with station.registry.reading() as connection:
        rows = registered.of_user(connection, name)
    station.close()
    if as_json:
        show_json(
            [{"name": row.name, "added": row.created_at, "used": row.used_at} for row in rows]
        )
    elif remove_all:
        say(text("{n} passkeys of {name} were taken away", lang(), n=removed, name=name))
    else:
        show_table(
            [text("Passkey", lang()), text("Added", lang()), text("Last used", lang())],
            [(row.name, instant(row.created_at), instant(row.used_at)) for row in rows],
        )


@user.command("list")
def users(folder: StationFolder, as_json: AsJson = False) -> None:
    """List who may use the console.

    \b
    Example:
      kiosk station user list --station station
    """
    from kiosk.station.registry import users as registered

    station = Station.open(folder)
    with station.registry.reading() as connection:
        rows = registered.every(connection)
    station.close()
    if as_json:
        show_json(
            [{"user": row.name, "roles": row.roles, "disabled_at": row.disabled_at} for row in rows]
        )
        return
    language = lang()
    show_table(
        [text("Name", language), text("Roles", language)],
        [
            (row.name, listed(row.roles, language) if row.disabled_at is None else "-")
            for row in rows
        ],
    )


def _role(word: str) -> UserRole:
    from kiosk.station.users import UserRole

    try:
        return UserRole(word)
    except ValueError as fault:
        raise InputRefused(
            mark("there is no role {role}"),
            remedy=mark("Choose of: {roles}"),
            role=word,
            roles=list(UserRole),
        ) from fault


def _password() -> str:
    """From a person twice, from a pipe once; never from the arguments, which others can list."""
    if sys.stdin.isatty():
        given: str = typer.prompt(
            text("Password", lang()), hide_input=True, confirmation_prompt=True, err=True
        )
        return given
    return sys.stdin.readline().rstrip("\r\n")
