# Sourced by the scripts beside this folder: the project's own virtual environment, .venv.
#
#   project      the folder of the checkout
#   environment  the virtual environment; PCLOUD_VENV names another one
#   need LEVEL   makes it hold what LEVEL (runtime or dev) pins; seconds when it already does
#
# Packages come from the locks alone, each by its hash. pip is the one that `venv` brings.

project=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
environment=${PCLOUD_VENV:-$project/.venv}
unset PYTHONHOME

fail() {
    printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2
    exit 1
}

# Prints the path of a Python 3.11 or newer that can make virtual environments.
find_python() {
    local name path bare=
    for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3.14 python3 python; do
        [ -n "$name" ] || continue
        path=$(command -v -- "$name" 2>/dev/null) || continue
        # a version manager's stub may stand on PATH and yet not run: ask it
        "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
        if "$path" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            printf '%s\n' "$path"
            return
        fi
        bare=$path
    done
    if [ -n "$bare" ]; then
        fail "$bare cannot make virtual environments: install its venv and pip" \
            "(on Debian and Ubuntu: apt install python3-venv)."
    fi
    fail "no Python 3.11 or newer was found on PATH. Install one, or name one: PYTHON=/path/to/python3.11 $0"
}

# What an environment must have been made from, to be taken as it is.
stamp_of() {
    "$environment/bin/python" - "$1" "$project" <<'PYTHON'
import hashlib, pathlib, sys

level, project = sys.argv[1], pathlib.Path(sys.argv[2])
files = ["pyproject.toml", "requirements-build.lock", "requirements.lock"]
if level == "dev":
    files.append("requirements-dev.lock")
digest = hashlib.sha256(f"{sys.version}\n{project}\n".encode())
for name in files:
    digest.update((project / name).read_bytes())
print(level, digest.hexdigest())
PYTHON
}

is_made() {
    local level
    [ -x "$environment/bin/python" ] || return 1
    [ -r "$environment/pcloud-stamp" ] || return 1
    for level in "$1" dev; do
        [ "$(stamp_of "$level" 2>/dev/null)" != "$(cat "$environment/pcloud-stamp")" ] || return 0
    done
    return 1
}

# pip as `venv` brings it. What it says is kept, and shown where it fails.
pip_install() {
    if ! "$environment/bin/python" -m pip --disable-pip-version-check --no-input install "$@" \
        >>"$environment/install.log" 2>&1; then
        tail -n 60 "$environment/install.log" >&2
        fail "pip could not install the pinned packages (above; whole log: $environment/install.log)."
    fi
}

make_environment() {
    local python
    if ! "$environment/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' \
        >/dev/null 2>&1; then
        if [ -e "$environment" ] && [ ! -f "$environment/pyvenv.cfg" ]; then
            fail "$environment exists and is no virtual environment; move it away."
        fi
        python=$(find_python)
        printf 'Making a virtual environment in %s with %s …\n' "$environment" "$python" >&2
        "$python" -m venv --clear "$environment"
    fi
    rm -f "$environment/pcloud-stamp" "$environment/install.log"
    printf 'Installing the pinned packages (%s) …\n' "$1" >&2
    pip_install --require-hashes -r "$project/requirements-build.lock"
    if [ "$1" = dev ]; then
        pip_install --require-hashes -r "$project/requirements-dev.lock"
    else
        pip_install --require-hashes -r "$project/requirements.lock"
    fi
    pip_install --no-deps --no-build-isolation --no-index -e "$project"
    stamp_of "$1" >"$environment/pcloud-stamp"
}

need() {
    is_made "$1" && return
    mkdir -p -- "$(dirname -- "$environment")"
    if command -v flock >/dev/null 2>&1; then
        # two scripts started at once must not install into one folder
        exec 9<"$project"
        flock 9
        is_made "$1" || make_environment "$1"
        exec 9<&-
    else
        make_environment "$1"
    fi
}
