#!/bin/bash
# record-errors.sh guest|host FFMPEG  > VERSION.txt
# What FFMPEG says, case by case, when a device or an encoder cannot be used: the sections of test/fixtures/ffmpeg-errors.
#   guest: as root on a machine that may be disturbed, with vivid (node_types=0x20001: a camera and its metadata node),
#          v4l2loopback (video_nr=8 exclusive_caps=1) without feeder, an M2M encoder, snd-aloop (pcm_substreams=1) as
#          card 0, and the users cam (groups video, audio) and tester (neither)
#   host:  Xvfb, pulseaudio, and in $VA_DRIVERS pcm_drv_video.so, whose VA_PCM_FAIL makes a call fail
set -u
place=$1 ffmpeg=$2
work=$(mktemp -d); chmod 755 "$work"
started=()
trap 'for p in "${started[@]}"; do kill "$p" 2>/dev/null; done; wait; rm -rf "$work"' EXIT

quiet=(-hide_banner -nostdin -loglevel warning)
x264=(-map 0:v:0 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -bf 0 -frames:v 10 -flush_packets 1 -f nut pipe:1)
aac=(-map 0:a:0 -af aresample=async=1000 -c:a aac -frames:a 10 -flush_packets 1 -f nut pipe:1)
as=()  # how the next case is run: a user, an environment

# section CASE ARGUMENT… : the case's end, from $code and $work/err
section() {
  local case=$1; shift
  printf '== %s (exit %s)\n$ ffmpeg %s\n' "$case" "$code" "${*//$work//run}"
  sed -e "s#$work#/run#g" -e "s#${VA_DRIVERS:-/nonexistent}#/usr/lib/dri#g" "$work/err"; echo
}
# record CASE ARGUMENT… : runs it to its end
record() {
  timeout -k 1 30 "${as[@]}" "$ffmpeg" "${quiet[@]}" "${@:2}" > "$work/media" 2> "$work/err" < /dev/null; code=$?
  section "$@"
}
# begin ARGUMENT… : starts it, and waits for its first bytes
begin() {
  : > "$work/media"
  timeout -k 1 60 "${as[@]}" "$ffmpeg" "${quiet[@]}" "$@" > "$work/media" 2> "$work/err" < /dev/null & pid=$!
  for _ in {1..200}; do [ -s "$work/media" ] && return; kill -0 $pid 2>/dev/null || return; sleep 0.1; done
}
# record_while CASE WHAT-HAPPENS ARGUMENT… : what happens once it streams
record_while() {
  begin "${@:3}"; eval "$2"; wait $pid; code=$?
  section "$1" "${@:3}"
}

camera=(-xerror -f v4l2 -timestamps abs -input_format yuyv422 -video_size 320x180 -framerate 10)
microphone=(-xerror -f alsa -sample_rate 48000)

user() { mkdir -p "$work/$1"; chown "$1" "$work/$1"; as=(setpriv --reuid "$1" --regid "$1" --init-groups env HOME="$work/$1"); }

guest_cases() {
  user cam
  record v4l2-absent "${camera[@]}" -i /dev/video9 "${x264[@]}"
  mknod /dev/video77 c 81 77; chmod 666 /dev/video77
  record v4l2-unplugged-node "${camera[@]}" -i /dev/video77 "${x264[@]}"
  rm /dev/video77
  record v4l2-no-v4l2-device "${camera[@]}" -i /dev/null "${x264[@]}"
  record v4l2-metadata-node "${camera[@]}" -i /dev/video1 "${x264[@]}"
  record v4l2-metadata-node-no-size -xerror -f v4l2 -timestamps abs -i /dev/video1 "${x264[@]}"
  record v4l2-loopback-without-feeder "${camera[@]}" -i /dev/video8 "${x264[@]}"
  record v4l2-m2m-node "${camera[@]}" -i "$(m2m_node)" "${x264[@]}"
  record v4l2-format-not-offered -xerror -f v4l2 -timestamps abs -input_format h264 -video_size 320x180 -i /dev/video0 "${x264[@]}"
  record v4l2-format-unknown -xerror -f v4l2 -timestamps abs -input_format yuy2 -i /dev/video0 "${x264[@]}"
  record v4l2-rate-unreadable -xerror -f v4l2 -framerate abc -i /dev/video0 "${x264[@]}"
  v4l2-ctl -d /dev/video0 -c wrap_timestamp=1
  record v4l2-unknown-timestamps "${camera[@]}" -i /dev/video0 "${x264[@]}"
  v4l2-ctl -d /dev/video0 -c wrap_timestamp=0
  changed=(-xerror -f v4l2 -timestamps abs -input_format yuyv422 -video_size 333x222 -framerate 7 -i /dev/video0 "${x264[@]}")
  record v4l2-driver-changed-at-warning "${changed[@]}"
  record v4l2-driver-changed-at-info -nostats -loglevel info "${changed[@]}"
  record v4l2-driver-changed-with-levels -nostats -loglevel level+info "${changed[@]}"

  user tester
  record v4l2-permission "${camera[@]}" -i /dev/video0 "${x264[@]}"
  record alsa-permission "${microphone[@]}" -i plughw:0,1 "${aac[@]}"
  record alsa-permission-hw "${microphone[@]}" -i hw:0,1 "${aac[@]}"

  user cam
  v4l2-ctl -d /dev/video0 --stream-mmap --stream-to=/dev/null > /dev/null 2>&1 & holder=$!; started+=($holder)
  for _ in {1..50}; do fuser -s /dev/video0 && break; sleep 0.1; done; sleep 1
  record v4l2-busy "${camera[@]}" -i /dev/video0 "${x264[@]}"
  kill $holder; wait $holder 2>/dev/null

  for fault in inject_vidioc_reqbufs_error:v4l2-no-buffers inject_vidioc_streamon_error:v4l2-start-refused; do
    v4l2-ctl -d /dev/video0 -c "${fault%:*}=1"
    record "${fault#*:}" "${camera[@]}" -i /dev/video0 "${x264[@]}"
  done
  record_while v4l2-fatal-error 'v4l2-ctl -d /dev/video0 -c inject_fatal_streaming_error=1' "${camera[@]}" -i /dev/video0 "${x264[@]/#10/1000}"
  record_while v4l2-unplugged 'v4l2-ctl -d /dev/video0 -c disconnect=1' "${camera[@]}" -i /dev/video0 "${x264[@]/#10/1000}"
  replug vivid vivid.0
  record_while v4l2-unplugged-no-xerror 'v4l2-ctl -d /dev/video0 -c disconnect=1' "${camera[@]:1}" -i /dev/video0 "${x264[@]/#10/1000}"
  replug vivid vivid.0

  record alsa-absent "${microphone[@]}" -i plughw:9,0 "${aac[@]}"
  as+=(HOME="$work/tester"); record alsa-absent-no-home "${microphone[@]}" -i plughw:9,0 "${aac[@]}"; user cam
  record alsa-absent-hw "${microphone[@]}" -i hw:9 "${aac[@]}"
  record alsa-absent-name "${microphone[@]}" -i plughw:CARD=Webcam,DEV=0 "${aac[@]}"
  record alsa-absent-pcm "${microphone[@]}" -i plughw:0,7 "${aac[@]}"
  record alsa-unknown-word "${microphone[@]}" -i nosuch "${aac[@]}"
  arecord -q -D hw:0,1 -f S16_LE -r 48000 -c 2 /dev/null & holder=$!; started+=($holder)
  for _ in {1..50}; do fuser -s /dev/snd/pcmC0D1c && break; sleep 0.1; done
  record alsa-busy "${microphone[@]}" -i plughw:0,1 "${aac[@]}"
  record alsa-busy-hw "${microphone[@]}" -i hw:0,1 "${aac[@]}"
  kill $holder; wait $holder 2>/dev/null
  aplay -q -D hw:0,0 -f S16_LE -r 44100 -c 1 /dev/zero & holder=$!; started+=($holder)
  for _ in {1..50}; do fuser -s /dev/snd/pcmC0D0p && break; sleep 0.1; done; sleep 1
  record alsa-channels-hw "${microphone[@]}" -i hw:0,1 "${aac[@]}"
  kill $holder; wait $holder 2>/dev/null
  record_while alsa-unplugged 'echo snd_aloop.0 > /sys/bus/platform/drivers/snd_aloop/unbind' "${microphone[@]}" -i plughw:0,1 "${aac[@]/#10/1000}"
  replug snd_aloop snd_aloop.0

  picture=(-f lavfi -i testsrc2=s=320x180:r=25)
  m2m=(-pix_fmt yuv420p -c:v h264_v4l2m2m -b:v 300k -frames:v 10 -bsf:v extract_extradata -f nut pipe:1)
  for fault in fail_open fail_streamon; do
    echo 1 > /sys/module/h264pcm/parameters/$fault
    record v4l2m2m-$fault "${picture[@]}" "${m2m[@]}"
    echo 0 > /sys/module/h264pcm/parameters/$fault
  done
  user tester
  record v4l2m2m-permission "${picture[@]}" "${m2m[@]}"
  modprobe vgem; udevadm settle --timeout=10
  record vaapi-permission -vaapi_device /dev/dri/renderD128 "${picture[@]}" -vf format=nv12,hwupload -c:v h264_vaapi "${m2m[@]:4}"
}
m2m_node() { grep -l -i -E 'h264|m2m' /sys/class/video4linux/*/name | sed 's#.*/\(video[0-9]*\)/name#/dev/\1#' | head -1; }
replug() { sleep 0.5; for to in unbind bind; do echo "$2" > "/sys/bus/platform/drivers/$1/$to"; done 2> /dev/null; udevadm settle --timeout=10; }

host_cases() {
  screen=(-f x11grab -framerate 10)
  record x11grab-no-server "${screen[@]}" -i :98 "${x264[@]}"
  start_screen; record x11grab-outside "${screen[@]}" -video_size 1280x720 -i "$display" "${x264[@]}"
  record_while x11grab-server-dies 'kill $xvfb' "${screen[@]}" -i "$display" "${x264[@]/#10/1000}"
  printf '\377\377\0\0\0\0\0\022MIT-MAGIC-COOKIE-1\0\020sixteen bytes...' > "$work/auth" # any host, any display
  start_screen -screen 0 640x480x30; record x11grab-depth-30 "${screen[@]}" -i "$display" "${x264[@]}"; kill $xvfb
  start_screen -auth "$work/auth"; as=(env -u XAUTHORITY HOME="$work"); record x11grab-not-allowed "${screen[@]}" -i "$display" "${x264[@]}"
  kill $xvfb

  sound=(-f pulse -fragment_size 3840 -channels 2 -sample_rate 48000)
  as=(env PULSE_SERVER="unix:$work/nosuch"); record pulse-no-server "${sound[@]}" -i default "${aac[@]}"
  start_pulse
  as=(env PULSE_SERVER="unix:$work/pa/native"); record pulse-no-such-source "${sound[@]}" -i nosuch "${aac[@]}"
  as=(env PULSE_SERVER="unix:$work/pa/locked" PULSE_COOKIE="$work/cookie"); record pulse-not-allowed "${sound[@]}" -i default "${aac[@]}"
  as=(env PULSE_SERVER="unix:$work/pa/native"); record_while pulse-server-dies 'kill -9 $pulse' "${sound[@]}" -i feed.monitor "${aac[@]/#10/1000}"
  as=()

  picture=(-f lavfi -i testsrc2=s=320x180:r=25)
  end=(-b:v 300k -frames:v 10 -f nut pipe:1)
  upload=(-vf "format=nv12,hwupload" -c:v h264_vaapi -profile:v high)
  record nvenc-no-driver "${picture[@]}" -c:v h264_nvenc -preset p2 "${end[@]}"
  record qsv-no-driver "${picture[@]}" -pix_fmt nv12 -c:v h264_qsv "${end[@]}"
  record v4l2m2m-none "${picture[@]}" -pix_fmt yuv420p -c:v h264_v4l2m2m "${end[@]}"
  record not-compiled-in "${picture[@]}" -c:v h264_videotoolbox "${end[@]}"
  record amf "${picture[@]}" -c:v h264_amf "${end[@]}"
  record vaapi-no-node -vaapi_device /dev/dri/renderD128 "${picture[@]}" "${upload[@]}" "${end[@]}"
  record vaapi-no-display -vaapi_device :98 "${picture[@]}" "${upload[@]}" "${end[@]}"
  start_screen
  as=(env LIBVA_DRIVER_NAME=nosuch LIBVA_DRIVERS_PATH="$VA_DRIVERS"); record vaapi-no-driver -vaapi_device "$display" "${picture[@]}" "${upload[@]}" "${end[@]}"
  for fault in init config context encode:0 sync:0; do
    as=(env LIBVA_DRIVER_NAME=pcm LIBVA_DRIVERS_PATH="$VA_DRIVERS" VA_PCM_FAIL=$fault)
    record "vaapi-${fault%:*}-fails" -vaapi_device "$display" "${picture[@]}" "${upload[@]/high/constrained_baseline}" "${end[@]}"
  done
  as=(env LIBVA_DRIVER_NAME=pcm LIBVA_DRIVERS_PATH="$VA_DRIVERS"); record vaapi-profile-refused -vaapi_device "$display" "${picture[@]}" "${upload[@]}" "${end[@]}"
  decoding_cases
  as=()
  record x264-option-refused "${picture[@]}" -c:v libx264 -profile:v nosuch "${end[@]}"
}
# Live inputs, decoded on the encoder's chip: a driver that only encodes, and a video that changes its size.
decoding_cases() {
  for size in 320x240 160x120; do
    "$ffmpeg" -v error -f lavfi -i "testsrc2=s=$size:r=25:d=1" -c:v libx264 -bf 0 -pix_fmt yuv420p -f h264 - >> "$work/two-sizes.h264"
  done
  local input=(-r 25 -f h264 -i "$work/two-sizes.h264") same="crop=w='if(eq(iw,320)*eq(ih,240),iw,-100)'"
  record decode-cuda-no-driver -hwaccel cuda "${input[@]}" "${x264[@]}"
  record decode-qsv-no-driver -hwaccel qsv -hwaccel_output_format nv12 -c:v h264_qsv -async_depth 1 "${input[@]}" "${x264[@]}"
  record decode-v4l2m2m-none -c:v h264_v4l2m2m "${input[@]}" "${x264[@]}"
  record decode-size-changed "${input[@]}" -vf "$same" "${x264[@]/10/100}"
  record decode-vaapi-refused -vaapi_device "$display" -hwaccel vaapi -hwaccel_output_format vaapi "${input[@]}" \
    -vf "$same,scale_vaapi=format=nv12" -c:v h264_vaapi "${end[@]}"
  record decode-vaapi-size-changed -vaapi_device "$display" "${input[@]}" -vf "format=nv12,hwupload,$same" -c:v h264_vaapi \
    -profile:v constrained_baseline "${end[@]/10/100}"
  record decode-vaapi-cannot-scale -vaapi_device "$display" "${input[@]}" -vf "format=nv12,hwupload,scale_vaapi=160:120" \
    -c:v h264_vaapi "${end[@]}"
}
start_screen() {
  local number; rm -f "$work/number"; mkfifo "$work/number"
  Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset "$@" 3> "$work/number" > "$work/xvfb.log" 2>&1 & xvfb=$!
  started+=($xvfb); read -r -t 20 number < "$work/number"; display=:$number
}
# A sound server of another user: with one socket for all, and one for those who have its cookie.
start_pulse() {
  local pa=$work/pa; mkdir "$pa"; chown nobody "$pa"
  printf 'load-module module-native-protocol-unix %s\n' "auth-anonymous=1 socket=$pa/native" "auth-cookie=$pa/cookie socket=$pa/locked" > "$work/pa.conf"
  echo 'load-module module-null-sink sink_name=feed rate=48000 channels=2' >> "$work/pa.conf"
  setpriv --reuid nobody --regid nogroup --clear-groups env -u PULSE_SERVER HOME="$pa" XDG_RUNTIME_DIR="$pa" \
    PULSE_RUNTIME_PATH="$pa/run" PULSE_STATE_PATH="$pa/state" pulseaudio -n -F "$work/pa.conf" --daemonize=no \
    --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes --realtime=no --high-priority=no > "$work/pa.log" 2>&1 & pulse=$!
  started+=($pulse)
  for _ in {1..100}; do PULSE_SERVER="unix:$pa/native" pactl info > /dev/null 2>&1 && return; sleep 0.05; done
  cat "$work/pa.log" >&2
}

"$place"_cases
