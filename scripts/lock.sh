#!/usr/bin/env bash
# Renews requirements/*.txt from pyproject.toml. Only whoever changes a dependency needs uv.
#
# One list serves Python 3.11 to 3.14 (--universal, as few versions as possible). Addresses are left out: a list
# says what to install and its digest, not where from. `lock.sh --upgrade` takes newer versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

compile() {
  local output="requirements/$1.txt"
  shift
  uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --quiet --output-file "$output" "$@"
}

compile run --group build "$@"
compile dev --group build --group test --constraints requirements/run.txt "$@"
compile bench --group build --group bench --constraints requirements/run.txt "$@"
compile spark --group build --group test --extra spark --constraints requirements/dev.txt "$@"
