import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { listenOn } from "./servers.ts";

/** A network camera: H.264 over RTSP, interleaved on TCP, for whoever knows its password. */
export interface RtspCamera {
  readonly url: string;
  /** Of its video, since somebody had it play last. */
  readonly keyFrames: number;
  /** How often somebody had it play. */
  readonly plays: number;
  /** What was silent is sent from now on. */
  speak(): void;
  stop(): Promise<void>;
}

export interface RtspCameraOptions {
  readonly fps?: number;
  /** From key frame to key frame. */
  readonly gopFrames?: number;
  /** Its SDP has the parameter sets. */
  readonly hasSprop?: boolean;
  readonly audio?: "aac" | "pcmu";
  /** What it films: a file of H.264 in MPEG-TS, again and again; its other options are of no use then. */
  readonly film?: string;
  /** What its SDP has, and does not come. */
  readonly silent?: "video" | "audio";
}

type Track = "video" | "audio";

/** The password has a character that a URL must escape. */
const AUTHORIZATION = `Basic ${Buffer.from("anna:hunter2$xyz").toString("base64")}`;
export const CAMERA_CREDENTIALS = "anna:hunter2%24xyz";

const SOUND = {
  aac: ["-c:a", "aac", "-ar", "48000", "-ac", "1"],
  pcmu: ["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"],
};

/** 320x240, on from now for this long; who comes later joins within a group. */
export async function startRtspCamera(seconds: number, options: RtspCameraOptions = {}): Promise<RtspCamera> {
  const sockets = { video: createSocket("udp4"), audio: createSocket("udp4") };
  for (const socket of Object.values(sockets)) socket.bind(0, "127.0.0.1");
  await Promise.all(Object.values(sockets).map((socket) => once(socket, "listening")));
  const ports = { video: sockets.video.address().port, audio: sockets.audio.address().port };
  const encoder = startEncoder(ports, seconds, options);
  let [keyFrames, plays] = [0, 0];
  let { silent } = options;
  sockets.video.on("message", (packet) => (keyFrames += isKeyFrame(packet) ? 1 : 0));
  const sdp = await sessionDescription(encoder);
  const server = await listenOn(
    createServer((socket) => {
      const play = () => {
        plays++;
        keyFrames = 0;
        encoder.once("exit", () => void socket.end());
        for (const track of ["video", "audio"] as const)
          relay(sockets[track], socket, track, () => silent !== track);
      };
      socket.on("error", () => undefined);
      answerRequests(socket, sdp, play);
    }),
  );
  return {
    url: `rtsp://${CAMERA_CREDENTIALS}@127.0.0.1:${server.port}/garden`,
    get keyFrames() {
      return keyFrames;
    },
    get plays() {
      return plays;
    },
    speak: () => (silent = undefined),
    stop: async () => {
      encoder.kill("SIGKILL");
      for (const socket of Object.values(sockets)) socket.close();
      await server.stop();
    },
  };
}

function startEncoder(
  ports: Readonly<Record<Track, number>>,
  seconds: number,
  { fps = 25, gopFrames = fps, hasSprop = false, audio, film }: RtspCameraOptions,
): ChildProcess {
  const isFilm = film !== undefined;
  const picture = isFilm
    ? ["-re", "-stream_loop", "-1", "-i", film]
    : ["-re", "-f", "lavfi", "-i", `testsrc2=s=320x240:r=${fps}:d=${seconds}`];
  const sound = ["-re", "-f", "lavfi", "-i", `sine=d=${seconds}`];
  const coding = ["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-g", `${gopFrames}`];
  const sets = hasSprop ? ["-flags:v", "+global_header", "-bsf:v", "dump_extra=freq=keyframe"] : [];
  return spawn(
    "ffmpeg",
    [
      ...["-nostdin", "-v", "error", ...picture, ...(audio === undefined ? [] : sound)],
      ...["-map", "0:v", ...(isFilm ? AS_FILMED : [...coding, "-pix_fmt", "yuv420p", ...sets])],
      ...overRtp(ports.video),
      ...(audio === undefined ? [] : ["-map", "1:a", ...SOUND[audio], ...overRtp(ports.audio)]),
      ...["-sdp_file", "pipe:1"],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
}

const AS_FILMED = ["-c:v", "copy"];

const overRtp = (port: number) => ["-f", "rtp", `rtp://127.0.0.1:${port}`];

/** As a camera tells it, of what ffmpeg tells: its ports are its own affair, and each track has a URL. */
async function sessionDescription({ stdout }: ChildProcess): Promise<string> {
  const sdp = String((await once(stdout ?? process.stdin, "data"))[0]);
  const sections = sdp
    .trimEnd()
    .replace(/^(m=\w+) \d+/gm, "$1 0")
    .split(/^(?=m=)/m);
  return sections
    .map((section, at) => (at === 0 ? section : `${section.trimEnd()}\r\na=control:track${at}\r\n`))
    .join("");
}

/** The first packet of an IDR picture: its first slice, or the beginning of that (RFC 6184, 5.6 and 5.8). */
function isKeyFrame(packet: Buffer): boolean {
  const [indicator = 0, header = 0, payload = 0] = packet.subarray(12);
  const isWhole = (indicator & 31) === 5;
  const isBeginning = (indicator & 31) === 28 && (header & 0x9f) === (0x80 | 5);
  const firstMb = isWhole ? header : payload; // first_mb_in_slice is 0 where its first bit is 1
  return (isWhole || isBeginning) && (firstMb & 0x80) !== 0;
}

function relay(from: UdpSocket, to: Socket, track: Track, isOn: () => boolean): void {
  const channel = track === "video" ? 0 : 2;
  const send = (packet: Buffer) => void (isOn() && to.writable && to.write(interleaved(packet, channel)));
  from.on("message", send);
  to.once("close", () => from.off("message", send));
}

/** RFC 2326, 10.12: `$`, channel, length, packet. */
function interleaved(packet: Buffer, channel: number): Buffer {
  const head = Buffer.from([0x24, channel, 0, 0]);
  head.writeUInt16BE(packet.length, 2);
  return Buffer.concat([head, packet]);
}

function answerRequests(socket: Socket, sdp: string, play: () => void): void {
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
      answer(socket, text.slice(0, end), sdp, play);
      text = text.slice(end + 4);
    }
  });
}

function answer(socket: Socket, request: string, sdp: string, play: () => void): void {
  const sequence = `CSeq: ${/^CSeq: *(\d+)/im.exec(request)?.[1]}`;
  const reply = (status: string, headers: readonly string[] = [], body = "") =>
    socket.write([`RTSP/1.0 ${status}`, sequence, ...headers, "", body].join("\r\n"));
  const method = request.slice(0, request.indexOf(" "));
  if (method !== "OPTIONS" && !request.includes(AUTHORIZATION)) {
    reply("401 Unauthorized", ['WWW-Authenticate: Basic realm="camera"']);
    return;
  }
  switch (method) {
    case "OPTIONS":
      reply("200 OK", ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"]);
      break;
    case "DESCRIBE":
      reply("200 OK", ["Content-Type: application/sdp", `Content-Length: ${sdp.length}`], sdp);
      break;
    case "SETUP": {
      const channels = /track2/.test(request.slice(0, request.indexOf("\r\n"))) ? "2-3" : "0-1";
      reply("200 OK", [`Transport: RTP/AVP/TCP;unicast;interleaved=${channels}`, "Session: 1"]);
      break;
    }
    case "PLAY":
      reply("200 OK", ["Session: 1"]);
      play();
      break;
    default:
      reply("200 OK", ["Session: 1"]);
  }
}
