#!/usr/bin/env bash
# Sees to what the tests need from the system: Chromium and the PostgreSQL server programs.
#
# Installs them with apt as root or with passwordless sudo; otherwise says what to install, and stops.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

# One place decides what counts as present: the module the fixtures use.
missing() { .venv/bin/python -m tests.support.system; }

is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

for need in $(missing); do
  if [ "$need" = chromium ] && is_ubuntu; then
    # Ubuntu's package is a stub for a snap, which cannot be driven from a test. Playwright's own build can.
    if apt_prefix >/dev/null; then
      .venv/bin/python -m playwright install --with-deps chromium >&2 || true
    fi
  else
    apt_install "$need" || true
  fi
done

if [ -n "$(missing)" ]; then
  say ""
  .venv/bin/python -m tests.support.system --explain >&2
  exit 1
fi
