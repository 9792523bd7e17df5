#!/bin/sh
# The app's process: serves /config/flvcast.yml, and writes one with the cameras that are found if there is none.
set -eu
file=/config/flvcast.yml
[ -e "$file" ] || flvcast config init >"$file"
# Its log, which only administrators of Home Assistant see, is where the token can be read.
exec flvcast serve --config "$file" --listen 0.0.0.0:8080 --show-token --watch
