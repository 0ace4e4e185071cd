#!/bin/sh
# Sets up what the Makefile's targets need: system packages, .venv, the locked wheels.
#
# On a fresh Debian or Ubuntu it installs them; where it may not, it says what to
# install and exits 2. It asks nothing, and it is done at once when nothing changed.
# pip's own configuration (index, proxy, certificates) is taken as it is found.
# shellcheck disable=SC2086  # what holds several words is meant to be split
set -eu
cd "$(dirname "$0")/.."

lock=requirements/dev.txt
stamp=.venv/.set-up
log=build/set-up.log
started=$(date +%s)

say() { printf 'set-up: %s\n' "$*"; }

# Does something slow: its output goes to a log, and every ten seconds a line says how far it is.
step() { # WHAT COMMAND...
    what=$1 since=$(date +%s) told=0
    shift
    say "$what"
    mkdir -p build
    "$@" >"$log" 2>&1 </dev/null &
    while kill -0 $! 2>/dev/null; do
        sleep 0.2
        seconds=$(($(date +%s) - since))
        if [ $((seconds % 10)) = 0 ] && [ "$seconds" != "$told" ]; then
            told=$seconds
            say "  $seconds s: $(tail -n 1 "$log" | cut -c 1-90)"
        fi
    done
    if ! wait $!; then
        tail -n 30 "$log" >&2
        say "that failed: $what (the whole of it is in $log)" >&2
        exit 1
    fi
}

# --- System packages: Debian's name, then how to see that it is there ---------------
# lib: the loader knows it; run: the command exists; font: a file of that name is
# among the fonts; rime: a dictionary of that name is among the compiled ones;
# certificates: the system trusts somebody; postgres: a server of some version;
# python: a Python that fits.
packages() {
    cat <<END
python3-venv       python
ca-certificates    certificates
fonts-noto-cjk     font NotoSansCJK
libgl1             lib libGL.so.1
libegl1            lib libEGL.so.1
libxkbcommon0      lib libxkbcommon.so.0
$glib lib libglib-2.0.so.0
libfontconfig1     lib libfontconfig.so.1
libdbus-1-3        lib libdbus-1.so.3
libgssapi-krb5-2   lib libgssapi_krb5.so.2
libpulse0          lib libpulse.so.0
libxcb-cursor0     lib libxcb-cursor.so.0
libxcb-icccm4      lib libxcb-icccm.so.4
libxcb-image0      lib libxcb-image.so.0
libxcb-keysyms1    lib libxcb-keysyms.so.1
libxcb-render-util0 lib libxcb-render-util.so.0
libxcb-shape0      lib libxcb-shape.so.0
libxcb-xkb1        lib libxcb-xkb.so.1
libxkbcommon-x11-0 lib libxkbcommon-x11.so.0
libwayland-cursor0 lib libwayland-cursor.so.0
libwayland-egl1    lib libwayland-egl.so.1
$rime lib librime.so.1
rime-data-pinyin-simp rime pinyin_simp
rime-data-luna-pinyin rime luna_pinyin
xvfb               run Xvfb
xauth              run xauth
xdotool            run xdotool
openbox            run openbox
dbus               run dbus-daemon
at-spi2-core       run /usr/libexec/at-spi-bus-launcher
postgresql         postgres
$browser
END
}

# shellcheck source=/dev/null
os() { (. /etc/os-release && eval "printf '%s' \"\${$1:-}\"") 2>/dev/null || :; }

# The rename that came with 64-bit time; a testing Debian states no version.
glib=libglib2.0-0t64 rime=librime1t64
case "$(os ID):$(os VERSION_ID)" in
    debian:[1-9] | debian:1[012] | ubuntu:1* | ubuntu:2[0-3].*) glib=libglib2.0-0 rime=librime1 ;;
esac
# Ubuntu's chromium is a snap, which needs a running snapd: there the browser's tests are skipped.
browser=
[ "$(os ID)" != debian ] || browser='chromium           run chromium'

python_fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
        2>/dev/null
}

# The system's own Python where it fits, else the newest that does.
find_python() {
    for python in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if python_fits "$python"; then
            command -v "$python"
            return
        fi
    done
    return 1
}

is_there() { # KIND NAME
    case $1 in
        lib) printf '%s\n' "$libraries" | grep -q "^[[:space:]]*$2 " ;;
        run) command -v "$2" >/dev/null ;;
        font) find -L /usr/share/fonts /usr/local/share/fonts "${HOME:-/root}/.local/share/fonts" \
            -name "$2*" 2>/dev/null | grep -q . ;;
        rime) [ -e "/usr/share/rime-data/build/$2.table.bin" ] ;;
        postgres) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null ;;
        certificates) [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -d /etc/pki ] ;;
        python) find_python >/dev/null ;;
    esac
}

missing_packages() {
    libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p || :)
    packages | while read -r package kind name; do
        is_there "$kind" "${name:-}" || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true; }; } 2>/dev/null
}

install_packages() { # NAME...
    [ "$(id -u)" = 0 ] || as_root true # asks for the password here, not behind a log
    apt='as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300'
    step 'reading the lists of system packages' $apt update
    step "installing system packages: $*" \
        $apt -o Dpkg::Use-Pty=0 --no-install-recommends install "$@"
}

system() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if may_install; then
        install_packages $missing
        missing=$(missing_packages)
        [ -n "$missing" ] || return 0
    fi
    {
        say 'these are missing, and cannot be installed from here:'
        packages | while read -r package kind name; do
            case " $missing " in *" $package "*) ;; *) continue ;; esac
            case $kind in
                lib) say "  the library $name" ;;
                run) say "  the program $name" ;;
                font) say "  the font $name" ;;
                rime) say "  the dictionary $name for pinyin" ;;
                postgres) say '  a server of PostgreSQL 15 or newer' ;;
                certificates) say '  the certificates of the public authorities' ;;
                python) say '  Python 3.11, 3.12 or 3.13 with its venv module' ;;
            esac
        done
        say 'on Debian or Ubuntu, as root:'
        say "  apt-get update && apt-get install --no-install-recommends $missing"
        say 'elsewhere, the packages that hold them; then run this again'
    } >&2
    exit 2
}

# --- The environment -----------------------------------------------------------------
environment() {
    python=$(find_python)
    # What the environment is made from: when any of it changes, it is made again.
    wanted=$({ "$python" -VV && pwd && cat packaging/bootstrap.sh "$lock" pyproject.toml; } | sha256sum)
    [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0

    rm -f "$stamp"
    # Another Python, a moved checkout or an interrupted start: from the beginning.
    if ! [ "$(.venv/bin/python -VV 2>&1)" = "$("$python" -VV)" ] ||
        ! grep -qsF "$(pwd)/.venv/bin/python" .venv/bin/pip; then
        step "making .venv with $("$python" -V)" "$python" -m venv --clear .venv
    fi
    pip='.venv/bin/python -m pip --disable-pip-version-check --no-input install --progress-bar off'
    # The lock names every package; left to look for them itself, pip takes the newest release of one
    # that another asks for with an extra (coverage[toml]), and then refuses it as not locked.
    step 'installing the locked Python packages (some 300 MB the first time)' \
        $pip --require-hashes --no-deps -r "$lock"
    step 'installing this project, editable' \
        $pip --no-build-isolation --no-deps --no-index --editable .
    # Inside its library PySide has modules in Python that it compiles anew at every start; unpacked
    # they are compiled once, and a window is there 50 ms earlier.
    step 'unpacking what PySide would compile at every start' \
        env SBK_EMBED=0 .venv/bin/python -c 'import shiboken6'
    printf '%s' "$wanted" >"$stamp"
}

system
environment
took=$(($(date +%s) - started))
[ "$took" -lt 2 ] || say "done in $took s"
