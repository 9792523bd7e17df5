import { type RunningStream, startFlvcast } from "../start-flvcast.ts";
import { bFramesFile, footageFile, soundFile } from "./footage.ts";
import { publishingPrograms, startPublished } from "./published.ts";
import { startScreen } from "./screen.ts";

/** Something to stream, as a user would. */
export interface Source {
  readonly name: string;
  readonly tracks: { readonly video: boolean; readonly audio: boolean };
  /** The programs that must be installed for it. */
  readonly programs: readonly string[];
  /** Starts the stream; stopping it stops all that belongs to it. */
  start(): Promise<Pick<RunningStream, "url" | "fps" | "stderr" | "stop">>;
}

const testSource: Source = {
  name: "the test source",
  tracks: { video: true, audio: true },
  programs: ["ffmpeg"],
  start: () => startFlvcast(["--device", "test"]),
};

const footage: Source = {
  name: "real footage with sound",
  tracks: { video: true, audio: true },
  programs: ["ffmpeg"],
  start: async () => await startFlvcast(["--device", await footageFile(), "--loop"]),
};

const screen: Source = {
  name: "a screen",
  tracks: { video: true, audio: false },
  programs: ["ffmpeg", "Xvfb", "xterm"],
  start: async () => {
    const display = await startScreen("1280x720");
    try {
      const stream = await startFlvcast(["--device", "screen"], { DISPLAY: display.display });
      const stop = async () => {
        const exitCode = await stream.stop();
        await display.stop();
        return exitCode;
      };
      return { ...stream, stop };
    } catch (error) {
      await display.stop();
      throw error;
    }
  },
};

const audioOnly: Source = {
  name: "sound alone",
  tracks: { video: false, audio: true },
  programs: ["ffmpeg"],
  start: async () => await startFlvcast(["--device", await soundFile(), "--loop"]),
};

const videoOnly: Source = {
  name: "pictures alone",
  tracks: { video: true, audio: false },
  programs: ["ffmpeg"],
  start: () => startFlvcast(["--device", "test", "--audio", "none"]),
};

/** As phones, OBS and most cameras send: H.264 with B-frames, passed on with its own times. */
const bFrames: Source = {
  name: "footage with B-frames",
  tracks: { video: true, audio: true },
  programs: ["ffmpeg"],
  start: async () => await startFlvcast(["--device", await bFramesFile(), "--loop", "--copy"]),
};

/** What others publish. */
const published = publishingPrograms.map(
  (program): Source => ({
    name: `what ${program.name} publishes`,
    tracks: { video: true, audio: true },
    programs: program.programs,
    start: () => startPublished(program),
  }),
);

export const sources: readonly Source[] = [
  ...[testSource, footage, bFrames, ...published],
  ...[screen, audioOnly, videoOnly],
];
