import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asDetected } from "../../src/devices/media.ts";
import { parseAudioSpec, parseDeviceSpec } from "../../src/devices/spec.ts";
import { anyTracks } from "../../src/devices/track-choice.ts";
import { noFilters } from "../../src/ffmpeg/video-filters.ts";
import { type InputContext, type InputSettings, openInputs, reopenInput } from "../../src/inputs/inputs.ts";
import { suffixes } from "../devices/platform/windows-listings.ts";
import { machineOfListings } from "../system/fake-machine.ts";

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "flvcast-inputs-"))));
afterEach(() => rmSync(home, { recursive: true }));

const LIST = "-hide_banner -nostdin -f dshow -list_devices true -i dummy";
const withoutMicrophone = suffixes.replace(/.*"Microphone.*\n.*\n/, "");
const VIDEO =
  "video=@device_pnp_\\\\?\\usb#vid_046d&pid_082d&mi_00#7&10a84933&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\\global";
const AUDIO =
  "audio=@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\\wave_{B1F1A5C0-0000-0000-0000-000000000001}";

function settings(device: string, audio: string): InputSettings {
  return {
    ...{
      device: parseDeviceSpec(device),
      audio: parseAudioSpec(audio) ?? "none",
      loop: false,
      inputFormat: null,
    },
    ...{ how: asDetected, tracks: anyTracks, audioCodec: "auto" },
    ...{ controls: [], video: { size: null, fps: null, filters: noFilters }, readyTimeoutMs: 1000 },
  };
}

/** A Windows machine with these devices. */
function context(listing: string): InputContext {
  return {
    machine: { ...machineOfListings("win32", { [LIST]: listing }), env: { APPDATA: home, HOME: home } },
    ffmpeg: { path: "ffmpeg", version: "7.1", majorVersion: 7 },
    ...{ stampedBy: "driver", mayCopy: false, mayPass: false },
  };
}

describe("a camera and a microphone on Windows", () => {
  it.each(["auto", "Microphone (HD Pro Webcam C920)"])("are one input: --audio %s", async (audio) => {
    const inputs = await openInputs(settings("cam0", audio), context(suffixes));
    expect(inputs).toMatchObject([
      { source: { url: `${VIDEO}:${AUDIO}` }, wanted: { video: true, audio: true } },
    ]);
  });

  it("are opened again together, and the camera alone where the microphone is gone", async () => {
    const opened = settings("cam0", "auto");
    const [first] = await openInputs(opened, context(suffixes));
    if (first === undefined) throw new Error("no input");
    const alone = await reopenInput(first.source, opened, context(withoutMicrophone), {
      isSame: true,
      lastSegment: null,
    });
    expect(alone).toMatchObject({ url: VIDEO, audio: null });
    const again = await reopenInput(alone, opened, context(suffixes), { isSame: true, lastSegment: null });
    expect(again).toMatchObject({ url: `${VIDEO}:${AUDIO}`, audio: { map: "0:a:0" } });
  });

  it("are two inputs with the sound of another kind", async () => {
    const inputs = await openInputs(settings("cam0", "test"), context(suffixes));
    expect(inputs.map(({ source }) => source.label)).toEqual(["cam0", "test"]);
  });
});
