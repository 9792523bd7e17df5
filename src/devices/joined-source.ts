import type { Source } from "./source.ts";

/**
 * A camera and a microphone in one process, where the system captures both through one interface: they share its clock then.
 *
 * @returns null where it takes two
 */
export function joinedSource(camera: Source, microphone: Source): Source | null {
  if (camera.device?.kind !== "camera" || microphone.device?.kind !== "microphone") return null;
  const { demuxer } = camera.device;
  if (demuxer !== microphone.device.demuxer) return null;
  const joined = { ...camera, audio: microphone.audio, microphone: microphone.device };
  switch (demuxer) {
    case "avfoundation": // `CAMERA:MICROPHONE` (libavdevice/avfoundation.m); a microphone's begins with the colon
      return { ...joined, url: `${camera.url}${microphone.url}` };
    case "dshow": // `video=…:audio=…`; what tells twins apart has no colon (libavdevice/dshow.c)
      return {
        ...joined,
        inputOptions: [...camera.inputOptions, "-audio_buffer_size", "20"],
        url: `${camera.url}:${microphone.url}`,
      };
  }
}
