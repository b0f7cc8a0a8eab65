# What the scripts share: messages, and installing system packages where that is allowed. Sourced, not run.

say() { printf '%s\n' "$@" >&2; }

die() {
  say ""
  say "$@"
  exit 1
}

# How this user may install packages: "" as root, "sudo -n" with passwordless sudo; fails where neither holds.
apt_prefix() {
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" = 0 ]; then
    printf ''
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    printf 'sudo -n'
  else
    return 1
  fi
}

# apt_install PACKAGE...: fails where it may not, or where apt does.
apt_install() {
  local prefix
  prefix="$(apt_prefix)" || return 1
  say "Installing with apt: $*"
  # An old package index is the usual reason for a failure, so it is renewed first.
  # The prefix is either empty or two words, so it is left unquoted.
  $prefix env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || say "apt-get update failed; trying with the index at hand"
  $prefix env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}
