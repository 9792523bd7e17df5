import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { listenOn } from "./servers.ts";

/** A network camera: H.264 over RTSP, interleaved on TCP, for whoever knows its password. */
export interface RtspCamera {
  readonly url: string;
  stop(): Promise<void>;
}

const SDP = [
  ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "c=IN IP4 0.0.0.0", "t=0 0", "m=video 0 RTP/AVP 96"],
  ...["a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1", "a=control:track1", ""],
].join("\r\n");

/** The password has a character that a URL must escape. */
const AUTHORIZATION = `Basic ${Buffer.from("anna:hunter2$xyz").toString("base64")}`;
export const CAMERA_CREDENTIALS = "anna:hunter2%24xyz";

/** 320x240, 25 pictures a second, a key frame each second, for this long. */
export async function startRtspCamera(seconds: number): Promise<RtspCamera> {
  const packets = createSocket("udp4");
  packets.bind(0, "127.0.0.1");
  await once(packets, "listening");
  let encoder: ChildProcess | null = null;
  const server = await listenOn(
    createServer((socket) => {
      socket.on("error", () => undefined);
      answerRequests(socket, () => {
        const running = (encoder ??= startEncoder(packets.address().port, seconds));
        const end = () => void socket.end();
        const send = (packet: Buffer) => void (socket.writable && socket.write(interleaved(packet)));
        running.once("exit", end);
        packets.on("message", send);
        socket.once("close", () => {
          running.off("exit", end);
          packets.off("message", send);
        });
      });
    }),
  );
  return {
    url: `rtsp://${CAMERA_CREDENTIALS}@127.0.0.1:${server.port}/garden`,
    stop: async () => {
      encoder?.kill("SIGKILL");
      packets.close();
      await server.stop();
    },
  };
}

function startEncoder(udpPort: number, seconds: number): ChildProcess {
  const source = ["-re", "-f", "lavfi", "-i", `testsrc2=s=320x240:r=25:d=${seconds}`];
  const coding = ["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-g", "25"];
  const output = ["-pix_fmt", "yuv420p", "-f", "rtp", `rtp://127.0.0.1:${udpPort}`];
  return spawn("ffmpeg", ["-nostdin", "-v", "error", ...source, ...coding, ...output], { stdio: "ignore" });
}

/** RFC 2326, 10.12: `$`, channel, length, packet. */
function interleaved(packet: Buffer): Buffer {
  const head = Buffer.from([0x24, 0, 0, 0]);
  head.writeUInt16BE(packet.length, 2);
  return Buffer.concat([head, packet]);
}

function answerRequests(socket: Socket, play: () => void): void {
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
      answer(socket, text.slice(0, end), play);
      text = text.slice(end + 4);
    }
  });
}

function answer(socket: Socket, request: string, play: () => void): void {
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
      reply("200 OK", ["Content-Type: application/sdp", `Content-Length: ${SDP.length}`], SDP);
      break;
    case "SETUP":
      reply("200 OK", ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1"]);
      break;
    case "PLAY":
      reply("200 OK", ["Session: 1"]);
      play();
      break;
    default:
      reply("200 OK", ["Session: 1"]);
  }
}
