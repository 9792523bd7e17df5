#!/bin/bash
# The life of the .deb on a Debian that systemd has booted: run in the guest by test.sh. Ends with "all passed".
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C HOME=/srv/test TERM=dumb NO_COLOR=1 SYSTEMD_COLORS=0
cd /srv/test
file=/etc/flvcast/flvcast.yml

apt() { apt-get -qq -o Dpkg::Use-Pty=0 "$@" 2>&1 | sed 's/^/   /'; } # through a pipe, apt shows no progress
step() { echo "== $*"; }
fail() {
  echo "FAILED: $*"
  journalctl -u flvcast -n 30 -o cat --no-pager || true
  exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR
is() { # what is seen, what it should be
  echo "   $1"
  [ "$1" = "$2" ] || fail "expected $2"
}
# An emulated machine that others slow down may answer too late.
patiently() {
  for _ in $(seq 20); do
    if "$@"; then return; fi
    sleep 3
  done
  fail "$*"
}
its() { systemctl show --property "$1" --value flvcast.service; }
state() { echo "$(systemctl is-enabled flvcast 2>/dev/null || true) $(systemctl is-active flvcast || true)"; }
# What ffprobe says of a stream's first seconds, once it has any: the machine is emulated, and slow.
watch() {
  local seen=
  for _ in $(seq 20); do
    curl -sN -m 15 -o "$1.flv" "http://127.0.0.1:8080/live/$1.flv" || true
    seen=$(ffprobe -v error -select_streams v -show_entries stream=codec_name,width -of csv=p=0 "$1.flv" 2>/dev/null || true)
    [ -z "$seen" ] || break
    sleep 1
  done
  is "$1: $seen" "$1: h264,160"
}

step "installed: neither enabled nor started"
apt install -y ./flvcast.deb
is "$(state)" "disabled inactive"
flvcast --version
flvcast config check "$file"
is "$(systemd-analyze verify --man=no flvcast.service 2>&1)" ""

step "enable --now: the test stream can be watched"
sed -i 's/^  test: test$/  test: { device: test, size: 160x90, fps: 2, encoder: libx264 }/' "$file"
systemctl enable --now flvcast
is "$(state)" "enabled active"
watch test
patiently flvcast status
patiently flvcast status --healthy
uid=$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' "/proc/$(its MainPID)/status")
[ "$uid" -ge 61184 ] || fail "runs as uid $uid"
echo "   $(systemd-analyze security --no-pager flvcast.service | tail -n 1)"

step "reload: a new stream, the same process"
pid=$(its MainPID)
printf '  second: { device: test, size: 160x90, fps: 2, encoder: libx264 }\n' >>"$file"
systemctl reload flvcast
watch second
is "$(its MainPID)" "$pid"

step "installed over itself: the edited file stays, the service restarts"
before=$(md5sum "$file")
apt install -y --reinstall ./flvcast.deb
is "$(state) $(md5sum "$file")" "enabled active $before"
[ "$(its MainPID)" != "$pid" ] || fail "not restarted"
watch second

step "upgraded, to a package with another file: the edited one stays"
apt -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install -y ./next.deb
is "$(dpkg-query -W -f '${Version}' flvcast | sed 's/.*+/+/') $(state) $(md5sum "$file")" "+next enabled active $before"
watch test

step "removed: stopped, and the file is kept"
apt remove -y flvcast
is "$(systemctl is-active flvcast || true) $(md5sum "$file")" "inactive $before"
[ ! -e /usr/bin/flvcast ] && [ ! -e /usr/lib/flvcast ] || fail "files are left"
is "$(readlink /proc/[0-9]*/exe | grep -Ec '/(ffmpeg|node)$' || true)" 0

step "installed again: enabled, as it was"
apt install -y ./next.deb
is "$(state) $(md5sum "$file")" "enabled inactive $before"
systemctl start flvcast
watch test

step "purged: nothing is left"
echo '{}' >/etc/flvcast/devices.json # as a pinned device would
apt purge -y flvcast
is "$(find / -xdev -name '*flvcast*' ! -path '/srv/test/*' 2>/dev/null)" ""
is "$(systemctl list-units --all --no-legend 'flvcast*')" ""
echo "all passed"
