#!/bin/bash
# test.sh: builds the image and runs it without a container engine: buildah builds it in a chroot, on a base of Debian 13 and its Node,
# and namespaces of Linux make what `docker run --read-only --tmpfs /tmp --cap-drop ALL` would.
#
# Root; needs buildah, mmdebstrap, util-linux, curl, ffprobe and npm. npm in the build reads your ~/.npmrc, and the certificates of
# $NODE_EXTRA_CA_CERTS. Takes five minutes and 5 GB of $TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
port=${PORT:-18480}
running=
clean_up() {
  [ -z "$running" ] || kill -KILL "$running" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
step() { echo "== $*" >&2; }
fail() {
  echo "FAILED: $*" >&2
  tail -n 30 "$work"/log* >&2 || true
  exit 1
}
is() { # what is seen, what it should be
  echo "   $1"
  [ "$1" = "$2" ] || fail "expected $2"
}
buildah() { command buildah --root "$work/images" --runroot "$work/run" --storage-driver vfs "$@"; }

step "a base of Debian 13 and Node"
mmdebstrap --quiet --mode=root --variant=minbase --include=ca-certificates,nodejs --aptopt='APT::Install-Recommends "false"' \
  trixie "$work/base"
mkdir -p "$work/base/usr/local/lib/node_modules" "$work/base/usr/local/bin"
cp -a "$(npm root -g)/npm" "$work/base/usr/local/lib/node_modules/"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/base/usr/local/bin/npm"
base=$(buildah from scratch)
cp -a "$work/base/." "$(buildah mount "$base")/"
rm -rf "$work/base"
buildah commit --quiet --rm "$base" localhost/base >/dev/null

step "the image"
# What npm needs on this machine comes from outside, and stays out of the image.
mounts=()
[ ! -e ~/.npmrc ] || cp ~/.npmrc "$work/npmrc"
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  echo "cafile=/run/ca.crt" >>"$work/npmrc"
  mounts+=(--volume "$NODE_EXTRA_CA_CERTS:/run/ca.crt:ro")
fi
[ ! -e "$work/npmrc" ] || mounts+=(--volume "$work/npmrc:/usr/etc/npmrc:ro")
buildah build --quiet --isolation chroot --format docker --build-arg BASE=localhost/base ${mounts[@]+"${mounts[@]}"} \
  --ignorefile "$here/Dockerfile.dockerignore" -f "$here/Dockerfile" -t localhost/flvcast "$project" >"$work/log-build" 2>&1 || fail "the build"
buildah images --format '   {{.Name}} {{.Size}}'
container=$(buildah from localhost/flvcast)
root=$(buildah mount "$container")
[ ! -s "$root/usr/etc/npmrc" ] || fail "npm's settings are in the image"

# The image's configuration, by JavaScript.
image() { buildah inspect --type image localhost/flvcast | node -p "const image = JSON.parse(fs.readFileSync(0)).Docker.config; $1"; }
step "its user and its entry"
is "$(image 'image.User')" 10001
is "$(image 'image.Healthcheck.Test.join(" ")')" "CMD flvcast status --healthy"
is "$(buildah run --isolation chroot "$container" -- id -u)" 10001
is "$(chroot "$root" id -Gn flvcast | xargs -n 1 | sort | xargs)" "audio flvcast video"
mapfile -t entry < <(image '[...image.Entrypoint, ...image.Cmd].join("\n")')
mapfile -t environment < <(image 'image.Env.join("\n")')

# Process 1 with the root read-only, /tmp in memory, no capabilities, volumes with the modes that the image has.
mkdir -p "$work/config"
cat >"$work/in-container" <<'INNER'
root=$1 work=$2
shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
for volume in recordings var/lib/flvcast; do
  mkdir -p "$work/volumes/$volume"
  chmod 1777 "$work/volumes/$volume"
  mount --bind "$work/volumes/$volume" "$root/$volume"
done
mount --bind "$work/config" "$root/config"
mount -o remount,bind,ro "$root/config"
mount -o remount,bind,ro "$root"
exec chroot "$root" /usr/bin/env -i "$@"
INNER
inside() { # UID GID GROUPS COMMAND…: as process 1 of a container
  local uid=$1 gid=$2 groups=$3
  shift 3
  exec unshare --mount --pid --fork --kill-child bash "$work/in-container" "$root" "$work" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${environment[@]}" \
    setpriv --reuid "$uid" --regid "$gid" "$groups" --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
}
# What `docker exec` does: a command beside process 1 of the container.
beside() {
  nsenter --target "$first" --mount --pid --root --wd --setuid "$uid" --setgid "$gid" \
    env -i PATH=/usr/local/bin:/usr/bin:/bin "${environment[@]}" "$@"
}
start() { # UID GID GROUPS
  uid=$1 gid=$2
  inside "$1" "$2" "$3" "${entry[@]/:8080/:$port}" >"$work/log" 2>&1 &
  running=$!
  first=
  until first=$(pgrep -P "$running" -x tini); do
    kill -0 "$running" 2>/dev/null || fail "did not start"
    sleep 0.2
  done
}
health() { # the exit code of HEALTHCHECK, which may take a minute to become that
  local code
  for _ in $(seq 60); do
    code=0
    beside flvcast status --healthy >"$work/log-health" 2>&1 || code=$?
    [ "$code" != "$1" ] || break
    sleep 1
  done
  sed 's/^/   /' "$work/log-health"
  is "status --healthy: $code" "status --healthy: $1"
}
stop() { # as `docker stop`
  local began code=0
  began=$(date +%s%N)
  kill -TERM "$first"
  wait "$running" || code=$?
  running=
  echo "   stopped after $((($(date +%s%N) - began) / 1000000)) ms"
  is "exit code $code" "exit code 0"
}

gid=$(chroot "$root" id -g flvcast)
step "doctor"
(inside 10001 "$gid" --init-groups flvcast doctor) || true # it warns that there is no camera

step "a test stream, its root read-only"
cp "$here/flvcast.yml" "$work/config/flvcast.yml"
chmod 755 "$work" "$work/config" && chmod 644 "$work/config/flvcast.yml"
start 10001 "$gid" --init-groups
health 0
is "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/live/test.flv")" 401
url=$(beside flvcast url test)
token=${url##*token=}
is "$(ffprobe -v error -select_streams v -show_entries stream=codec_name -of csv=p=0 "http://127.0.0.1:$port/live/test.flv?token=$token")" h264
if grep -q "$token" "$work/log"; then fail "the token is in the log"; fi
beside sh -c 'touch /usr/x 2>&1; touch /var/lib/flvcast/x && rm /var/lib/flvcast/x; grep -E "^(Uid|Groups|NoNewPrivs|CapEff):" /proc/1/status'

step "reloaded, with a stream whose device is missing: unhealthy"
printf '  gone: { device: /dev/video99, audio: none }\n' >>"$work/config/flvcast.yml"
kill -HUP "$first"
health 1
stop

step "any other user: docker run --user 12345:12345"
rm -rf "$work/volumes"
cp "$here/flvcast.yml" "$work/config/flvcast.yml"
start 12345 12345 --clear-groups
health 0
stop
echo "all passed"
