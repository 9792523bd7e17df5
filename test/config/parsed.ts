import { type Config, parseConfig } from "../../src/config/config.ts";
import { UserError } from "../../src/errors.ts";

/** What a file is read with, where a test says nothing else. */
export interface Scene {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string>>;
  /** The texts of the files that values name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Reads a text as `/srv/flvcast.yml`. */
export function parse(text: string, { env = {}, flags = {}, files = {} }: Scene = {}): Config {
  return parseConfig(text, "flvcast.yml", {
    env,
    flags: new Map(Object.entries(flags)),
    folder: "/srv",
    readFile: (path) => {
      const found = files[path];
      if (found === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return found;
    },
  });
}

/** What is said of a wrong text, a line each; none where nothing is wrong with it. */
export function faultsOf(text: string, scene: Scene = {}): readonly string[] {
  try {
    parse(text, scene);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.lastLines.length > 0 ? error.lastLines : [error.message];
  }
}

/** Every kind of key in one file. */
export const HOUSE = `
name: house
listen: 0.0.0.0:8080
max-viewers: 200
cors: [https://www.example.org, https://cam.example.org]

defaults:
  audio: none
  gop: 1s

streams:
  door:
    device: cam0
    size: 1280x720
    fps: 30
  yard:
    device: rtsp://\${YARD_USER}:\${YARD_PASSWORD}@10.0.0.20/main
    copy: true
    token: \${file:yard.token}
  film: { device: ./clips/film.mp4, loop: yes, auth: none, audio: auto }
  card: test

events:
  - run: /usr/local/bin/camera-event
    on: [stream-down, stream-up]
    after: 10s
  - run: [./bin/notify, --urgent, "\${YARD_USER}"]
    timeout: 30s
  - post: https://hook.example/flvcast
    secret: \${HOOK_SECRET:none-yet}
    on: all
`;

export const HOUSE_SCENE: Scene = {
  env: { YARD_USER: "admin", YARD_PASSWORD: "p#s: x" },
  files: { "/srv/yard.token": "ionic-satin-chomp\n" },
};
