# Sourced by `run` and `test`: makes .venv with what pyproject.toml asks for, and Qt's system libraries.
# Bash 3.2 (macOS) is enough. After the first time it costs one file comparison.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

qt_offscreen="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3"
qt_screen="libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-render-util0 libxcb-randr0 libxcb-xkb1"

say() { printf '%s\n' "$*" >&2; }

# apt_install PACKAGE...: installs when that is possible without asking, else fails.
apt_install() {
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >&2
}

# The first Python that is new enough; prints its path.
find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "Cutline needs Python 3.11 or newer; install it (on Debian or Ubuntu: apt-get install python3 python3-venv)."
    return 1
}

# up_to_date KIND: whether .venv was made for this pyproject.toml, at this place. A test environment serves `run` too.
up_to_date() {
    [ -x "$venv/bin/python" ] && [ -x "$venv/bin/cutline" ] || return 1
    [ "$(cat "$venv/.place" 2>/dev/null)" = "$venv" ] || return 1
    cmp -s "$root/pyproject.toml" "$venv/.installed-test" && return
    [ "$1" = run ] && cmp -s "$root/pyproject.toml" "$venv/.installed-run"
}

# make_venv KIND: KIND is run (what a user needs) or test (what a developer needs as well).
make_venv() {
    up_to_date "$1" && return
    local python extras=""
    if [ "$(cat "$venv/.place" 2>/dev/null)" != "$venv" ] || ! "$venv/bin/python" -c pass 2>/dev/null; then
        python=$(find_python)
        say "Setting up Cutline in $venv (once; a minute or two)..."
        rm -rf "$venv"
        if ! "$python" -m venv "$venv" >&2; then
            rm -rf "$venv"
            say "Python could not make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv"
            return 1
        fi
    fi
    [ "$1" = run ] || extras="[dev]"
    rm -f "$venv/.installed-run" "$venv/.installed-test"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check -e "$root$extras" >&2
    qt_libraries
    printf '%s' "$venv" >"$venv/.place"
    cp "$root/pyproject.toml" "$venv/.installed-$1"
}

# Qt needs libraries of the system; without them the command line works all the same.
qt_libraries() {
    "$venv/bin/python" -c 'import PySide6.QtWidgets, PySide6.QtGui' 2>/dev/null && [ -z "$(missing_screen)" ] && return
    # shellcheck disable=SC2086
    apt_install $qt_offscreen $qt_screen && return
    "$venv/bin/python" -c 'import PySide6.QtWidgets' 2>/dev/null && [ -z "$(missing_screen)" ] && return
    say "The window needs some system libraries. On Debian or Ubuntu, install them with:"
    say "  sudo apt-get install --no-install-recommends $qt_offscreen $qt_screen"
}

# Libraries of Qt's plug-in for X11 that the system does not have (Linux only).
missing_screen() {
    local plugin
    plugin=$(find "$venv/lib" -name 'libqxcb.so' -print -quit 2>/dev/null)
    [ -z "$plugin" ] || ldd "$plugin" 2>/dev/null | awk '/not found/ { print $1 }'
}
