#!/bin/sh
# Sets up what the project's commands need: the tools in .venv, the AWS for this machine in .local/aws, what scans the
# project in .local/scan, and what checks JavaScript in node_modules. All are made from lock files, and made again only
# when the lock, the Python or this folder is another one.
#
#   local/setup.sh            makes what is missing
#   local/setup.sh run        makes only what `make run` and `make up` need: no scanners, which some systems can't install
#   local/setup.sh python     prints the Python that is used
#
# PYTHON=/path/to/python3.13 chooses another Python than the newest one found.
set -eu
cd "$(dirname "$0")/.."

tools=.venv
aws=.local/aws
scan=.local/scan
javascript=node_modules
logs=.local/log
candidates=${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}

# Prints the version of a Python that can be used, and fails for any other. It is tried rather than looked up: a command
# of that name may be a version manager's that only complains, or lack the modules that make environments.
version_of() {
    "$1" -c '
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(1)
import ensurepip, venv
print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null
}

find_python() {
    for python in $candidates; do
        if version=$(version_of "$python"); then
            return
        fi
    done
    echo "No usable Python: 3.11 to 3.14 is needed, with its venv module. Tried: $candidates." \
        "Choose another with PYTHON=/path/to/python3.13." >&2
    exit 1
}

# What an environment must have been made from to be used as it is.
made_from() {
    printf '%s %s %s\n' "$(pwd)" "$version" "$(cksum <"$1")"
}

is_made() {
    [ -f "$1/made-from" ] && [ "$(cat "$1/made-from")" = "$(made_from "$2")" ]
}

is_ready() {
    [ -x "$1/bin/python" ] && is_made "$1" "$2"
}

make_environment() {
    if is_ready "$1" "$2"; then
        return
    fi
    log=$logs/setup-$(basename "$1").log
    rm -rf "$1"
    if "$python" -m venv "$1" >"$log" 2>&1 &&
        "$1/bin/python" -m pip --disable-pip-version-check install --require-hashes --no-deps \
            --requirement "$2" >>"$log" 2>&1; then
        made_from "$2" >"$1/made-from"
    else
        echo "Setting up $1 failed: $(tail -n 1 "$log") (all of it: $log)" >&2
        return 1
    fi
}

# No package may run a script of its own here.
make_javascript() {
    if is_made $javascript package-lock.json; then
        return
    fi
    log=$logs/setup-$javascript.log
    if PATH="$(pwd)/$tools/bin:$PATH" npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
        made_from package-lock.json >$javascript/made-from
    else
        echo "Setting up $javascript failed: $(grep -m 1 "npm error" "$log") (all of it: $log)" >&2
        return 1
    fi
}

is_ready_to_run() {
    is_ready $tools requirements-dev.txt && is_ready $aws requirements-local-aws.txt
}

is_ready_to_check() {
    is_ready $scan requirements-scan.txt && is_made $javascript package-lock.json
}

find_python
if [ "${1:-}" = python ]; then
    command -v "$python"
    exit
fi
only_run=
[ "${1:-}" != run ] || only_run=yes
if is_ready_to_run && { [ -n "$only_run" ] || is_ready_to_check; }; then
    exit
fi

echo "Setting up with $python ($version), which is done once and takes a minute or two."
mkdir -p $logs
make_environment $aws requirements-local-aws.txt &
making_aws=$!
making_scan=
if [ -z "$only_run" ]; then
    make_environment $scan requirements-scan.txt &
    making_scan=$!
fi
failed=
# npm is one of the tools.
{ make_environment $tools requirements-dev.txt && { [ -n "$only_run" ] || make_javascript; }; } || failed=yes
wait $making_aws || failed=yes
[ -z "$making_scan" ] || wait "$making_scan" || failed=yes
[ -z "$failed" ]
