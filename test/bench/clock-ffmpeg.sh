#!/usr/bin/env bash
# Runs ffmpeg with a clock in the test source's picture: a row of 24 squares, the milliseconds since 1970 when the picture
# was made, modulo 2^24, in Gray code (one square changes at a time), the lowest bit at the left. See glass-to-glass.ts.
bit='mod(floor(mod(time(0)*1000\,pow(2\,24))/pow(2\,X))+floor(mod(time(0)*1000\,pow(2\,24))/pow(2\,X+1))\,2)'
squares="nullsrc=s=24x1:r=30,format=gray,geq=lum='16+219*$bit',scale=624:26:flags=neighbor,format=yuv420p[squares]"
args=()
for arg in "$@"; do
  if [[ $arg == testsrc2=* ]]; then
    arg="$squares;${arg/\[out0\]/[picture]}"
    arg="$arg;[picture][squares]overlay=8:8:format=yuv420,format=yuv420p[out0]"
  fi
  args+=("$arg")
done
exec ffmpeg "${args[@]}"
