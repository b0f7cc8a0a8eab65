#!/usr/bin/env bash
# environment.sh run|dev|bench|spark: makes .venv hold exactly what requirements/LEVEL.txt pins, and Serantau itself.
#
# Uses pip only. Stamps in .venv name what was installed, so a warm run costs a few milliseconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

readonly LEVEL="${1:?usage: environment.sh run|dev|bench|spark}"
readonly LIST="requirements/$LEVEL.txt"
readonly VENV=.venv
readonly LOG="$VENV/install.log"
[ -f "$LIST" ] || die "There is no $LIST; the levels are run, dev, bench and spark."

digest() { sha256sum | cut -d ' ' -f 1; }

# The lists are resolved for these; the newest comes last because wheels for it may still be missing.
readonly SUPPORTED="3.11 3.12 3.13 3.14"

runs_and_is_supported() {
  local found
  # Asking it, rather than its name: version managers leave names on the path that refuse to run.
  found="$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" || return 1
  [[ " $SUPPORTED " == *" $found "* ]]
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 $(printf 'python%s ' $SUPPORTED); do
    if runs_and_is_supported "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

make_venv() {
  local python version
  python="$(find_python)" || die \
    "Serantau needs Python 3.11 to 3.14, and python3 here is $(python3 -V 2>/dev/null || echo missing)." \
    "Install one (Debian, Ubuntu: sudo apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 ..."
  version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
  # Debian and Ubuntu keep the parts of venv that bring pip in a package of their own.
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    apt_install "python$version-venv" || die \
      "$python cannot make virtual environments: its venv module is not installed." \
      "Install it (Debian, Ubuntu: sudo apt install python$version-venv) and run make again."
  fi
  say "Making $VENV with $("$python" -V)"
  rm -rf "$VENV"
  "$python" -m venv "$VENV"
}

# One line that counts, instead of pip's hundreds; the whole output is in the log.
count_packages() {
  awk -v total="$1" -v tty="$([ -t 2 ] && echo 1 || echo 0)" '
    /^(Collecting|Requirement already satisfied)/ { n++; if (tty) { printf "\r  %d of %d packages looked at", n, total > "/dev/stderr" } }
    /^Installing collected/ { if (tty) printf "\r  unpacking                                 " > "/dev/stderr" }
    END { if (tty) printf "\r                                            \r" > "/dev/stderr" }'
}

install_list() {
  local total
  total="$(grep -c '==' "$LIST")"
  say "Installing $total pinned packages from $LIST (the first time takes a minute or two)"
  # Wheels only: building from source would fetch build tools that nobody pinned. These publish none; they are pure
  # Python, and the build tool that the list pins, installed before the rest, packs them.
  local -a wheels=(--only-binary :all:)
  awk '/^setuptools==/ { on = 1 } on { print } on && !/\\$/ { exit }' "$LIST" >"$VENV/build.txt"
  "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --quiet --require-hashes "${wheels[@]}" \
    -r "$VENV/build.txt" || die "pip could not install the build tool that $LIST pins; see above."
  wheels+=(--no-binary cpe,weakrefmethod,pyspark --no-build-isolation)
  if ! "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --require-hashes "${wheels[@]}" \
    -r "$LIST" 2>&1 | tee "$LOG" | count_packages "$total"; then
    tail -n 15 "$LOG" >&2
    die "pip could not install $LIST; the last lines are above, all of them in $LOG." \
      "Usual reasons: no network, or a Python or machine for which a package has no wheel (Python 3.11-3.13 on x86-64 or arm64 Linux have)."
  fi
}

install_package() {
  # No dependencies, no isolated build, no index: everything is already here, so nothing is fetched.
  if ! "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps --no-build-isolation \
    --no-index --editable . >"$LOG" 2>&1; then
    tail -n 15 "$LOG" >&2
    die "pip could not install Serantau itself; the last lines are above."
  fi
}

# An environment whose Python is gone, or that was copied from another folder, is made again.
if ! "$VENV/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  [ "$(cat "$VENV/.place" 2>/dev/null || pwd)" != "$PWD" ]; then
  make_venv
fi
printf '%s\n' "$PWD" >"$VENV/.place"

list_key="$(digest <"$LIST")"
if [ "$(cat "$VENV/.installed-$LEVEL" 2>/dev/null)" != "$list_key" ]; then
  install_list
  # The other lists agree with run.txt on every version (a test holds that), so its stamp may be set too.
  digest <requirements/run.txt >"$VENV/.installed-run"
  printf '%s\n' "$list_key" >"$VENV/.installed-$LEVEL"
fi

package_key="$(digest <pyproject.toml)"
if [ "$(cat "$VENV/.installed-package" 2>/dev/null)" != "$package_key" ]; then
  install_package
  printf '%s\n' "$package_key" >"$VENV/.installed-package"
fi
