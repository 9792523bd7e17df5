import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { redactor } from "../devices/redact.ts";
import type { MessageReceiver, Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import type { FlvMessage } from "../media/flv/message.ts";
import { type ClientEvent, ClientSession } from "../media/rtmp/client-session.ts";
import { parseRtmpUrl, type RtmpUrl } from "../media/rtmp/url.ts";
import { expectTls } from "../system/expect-tls.ts";
import { connectionFailure } from "./http-failure.ts";
import { messageSource, type OpeningOptions, openConnection } from "./message-source.ts";

const MAX_REDIRECTS = 3;
/** As ffmpeg calls itself, which servers know. */
const PROGRAM = "LNX 9,0,124,2";

/** The cause of an opening that is to be tried elsewhere. */
class Redirected extends Error {
  readonly url: string;

  constructor(url: string) {
    super("the server sends its players elsewhere");
    this.url = url;
  }
}

/**
 * The live stream of another server over RTMP, or RTMPS: then its certificate is checked.
 * @throws UserError where the server refuses or is not reached, and for codecs that cannot be carried
 */
export async function openRtmp(url: string, options: OpeningOptions): Promise<Source> {
  const { label } = options;
  let target = url;
  for (let redirects = 0; ; redirects++) {
    const parsed = parseRtmpUrl(target);
    if (parsed === null)
      throw new UserError("usage", `${label}: expected rtmp://HOST/APP/NAME; check the URL`);
    try {
      const opened = await openConnection((receiver) => play(parsed, label, receiver), options);
      return messageSource({ label, url }, opened);
    } catch (failure) {
      const cause = failure instanceof UserError ? failure.cause : null;
      if (!(cause instanceof Redirected) || redirects === MAX_REDIRECTS) throw failure;
      if (parsed.isTls && parseRtmpUrl(cause.url)?.isTls === false)
        throw new UserError("deviceAbsent", `${label}: the server redirects to a connection without TLS`);
      target = cause.url;
    }
  }
}

function play(url: RtmpUrl, label: string, receiver: MessageReceiver): () => void {
  const session = new ClientSession({ url, role: "play", program: PROGRAM });
  const socket = dial(url);
  let isOver = false;
  const end = (failure: UserError | null) => {
    socket.destroy();
    if (isOver) return;
    isOver = true;
    receiver.onEnd(failure);
  };
  const flush = () => {
    const output = session.takeOutput();
    if (output !== null) socket.write(output);
  };
  socket.once(url.isTls ? "secureConnect" : "connect", flush);
  socket.on("data", (chunk) => {
    if (isOver) return;
    try {
      const events = session.push(chunk);
      flush();
      handOn(events, receiver);
      const last = events.find(({ kind }) => kind === "refused" || kind === "ended");
      if (last !== undefined) end(last.kind === "refused" ? refusal(label, url, last) : null);
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      end(new UserError("brokenInput", `${label}: ${error.message}`, { cause: error }));
    }
  });
  socket.once("error", (error) => end(connectionFailure(label, error)));
  socket.once("close", () => end(null));
  return () => {
    isOver = true;
    socket.destroy();
  };
}

function dial({ isTls, host, port }: RtmpUrl): Socket {
  // A name for SNI; addresses have none.
  const socket = isTls
    ? expectTls(connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }))
    : connectTcp({ host, port });
  return socket.setNoDelay(true);
}

function handOn(events: readonly ClientEvent[], receiver: MessageReceiver): void {
  const messages: FlvMessage[] = [];
  for (const event of events) if (event.kind === "message") messages.push(event.message);
  if (messages.length > 0) receiver.onMessages(messages);
}

function refusal(
  label: string,
  { tcUrl, name }: RtmpUrl,
  { code, description, redirect }: ClientEvent & { kind: "refused" },
): UserError {
  const words = redactor(`${tcUrl}/${name}`)([code, description].filter((word) => word !== "").join(": "));
  return new UserError("deviceAbsent", `${label}: the server refused it (${words})`, {
    cause: redirect === null ? undefined : new Redirected(redirect),
  });
}
