import type { Camera } from "../devices/device.ts";
import { fittedName } from "../settings/default-name.ts";

/** A camera as a file names it. */
type FoundCamera = Pick<Camera, "name" | "stableId">;

/** A configuration file for these cameras; without any, for the test source. */
export function configTemplate(cameras: readonly FoundCamera[]): string {
  return [
    "# Check this file with: flvcast config check. Run it with: flvcast serve",
    "# Its keys are the options of flvcast start: see flvcast start --help",
    "",
    "# 0.0.0.0:8080 accepts viewers from other machines; they need the token.",
    "listen: 127.0.0.1:8080",
    "",
    "# What all streams have in common; a stream can say otherwise.",
    "defaults:",
    "  audio: auto",
    "",
    "# Each stream is at /live/NAME.flv.",
    "streams:",
    ...(cameras.length === 0 ? testStream : cameraStreams(cameras)),
    "  # yard: rtsp://${YARD_USER}:${YARD_PASSWORD}@10.0.0.20/main",
    "",
    "# Programs to run, and URLs to post to, when something happens.",
    "# events:",
    "#   - run: [/usr/local/bin/notify, --urgent]",
    "#     on: [stream-down, stream-up]",
    "#     after: 10s",
    "",
  ].join("\n");
}

const testStream = [
  "  # No camera was found: this is a test pattern. Connect a camera, and use cam0.",
  "  test: test",
];

/** A name has 64 characters, of which a number takes some. */
const MAX_STEM = 60;

function cameraStreams(cameras: readonly FoundCamera[]): readonly string[] {
  const taken = new Set<string>();
  return cameras.flatMap(({ name, stableId }) => {
    const own = fittedName(name).toLowerCase();
    let key = own;
    for (let order = 2; taken.has(key); order += 1) key = `${own.slice(0, MAX_STEM)}-${order}`;
    taken.add(key);
    return [
      `  ${JSON.stringify(key)}: # ${commentText(name)}`,
      `    device: ${JSON.stringify(stableId)}`,
      "    # size: 1280x720",
      "    # fps: 30",
    ];
  });
}

/** A camera says itself what it is called. */
function commentText(name: string): string {
  return name.replace(/[^\P{C} ]/gu, " ");
}
