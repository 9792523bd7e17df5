import type { MessageFeed, MessageReceiver, Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import type { WantedAudioCodec } from "../ffmpeg/audio-plan.ts";
import type { FlvMessage } from "../media/flv/message.ts";
import type { Tracks } from "../media/packet.ts";
import { FlvOpening, type PassedCodecs } from "./flv-opening.ts";
import { KeptFeed, keptLimits } from "./kept-feed.ts";

export interface OpenedMessages {
  readonly opening: FlvOpening;
  /** What comes behind the opening's messages. */
  readonly feed: MessageFeed;
}

export interface OpeningOptions {
  readonly label: string;
  readonly wanted: Tracks;
  readonly passes: PassedCodecs;
  /** Sound of another codec is not passed; missing: all that FLV carries is. */
  readonly audioCodec?: WantedAudioCodec;
  /** How long it may take until its tracks are known, the connection included. */
  readonly timeoutMs: number;
}

/** How often it is looked whether a track has been waited for long enough. */
const LOOK_MS = 100;
const now = () => performance.now();

/**
 * Receives until it is known what comes; what follows is kept for the capture.
 * @param connect begins to receive; returns what closes the connection, and calls nobody before that
 * @throws UserError where nothing can be made of it, or it takes too long
 */
export async function openConnection(
  connect: (receiver: MessageReceiver) => () => void,
  { label, wanted, passes, audioCodec, timeoutMs }: OpeningOptions,
): Promise<OpenedMessages> {
  const opening = new FlvOpening(wanted, passes, audioCodec);
  let feed: KeptFeed | null = null;
  const timers: NodeJS.Timeout[] = [];
  let close: (() => void) | null = null;
  try {
    return await new Promise((resolve, reject) => {
      const know = (rest: readonly FlvMessage[]) => {
        feed = new KeptFeed({ limits: keptLimits, now, onClosed: () => close?.() });
        if (rest.length > 0) feed.push(rest);
        resolve({ opening, feed });
      };
      const onMessages = (messages: readonly FlvMessage[]) => {
        if (feed !== null) return feed.push(messages);
        const last = messages.findIndex((message) => opening.push(message, now()));
        if (last !== -1) know(messages.slice(last + 1));
      };
      close = connect({
        onMessages: (messages) => {
          try {
            onMessages(messages);
          } catch (error) {
            reject(labelled(label, error));
          }
        },
        onEnd: (failure) => {
          const why = failure ?? new UserError("deviceAbsent", `${label} has ended`);
          if (feed === null) reject(why);
          else feed.end(why);
        },
      });
      timers.push(
        setInterval(() => {
          if (feed === null && opening.isKnown(now())) know([]);
        }, LOOK_MS),
        setTimeout(() => reject(tooLate(label, timeoutMs)), timeoutMs),
      );
    });
  } catch (failure) {
    (close as (() => void) | null)?.(); // set in a callback, which the compiler does not see
    throw failure;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

export function messageSource(
  { label, url }: Pick<Source, "label" | "url">,
  { opening, feed }: OpenedMessages,
): Source {
  const { codecs, fps } = opening;
  return {
    ...{ label, url, device: null, inputOptions: [] },
    video: codecs.video && {
      ...{ map: "", codec: codecs.video, passesThrough: true, filters: [], colorMatrix: null },
      ...{ size: null, fps, slowestFps: null },
    },
    audio: codecs.audio && { map: "", codec: codecs.audio, filters: [] },
    ...{ clock: "live", hasEnd: false },
    messages: behind(opening.messages, feed),
  };
}

/** They are let go with the one who receives. */
function behind(messages: readonly FlvMessage[], feed: MessageFeed): MessageFeed {
  let first = messages;
  return {
    receive: (receiver) => {
      const held = first;
      first = [];
      receiver.onMessages(held);
      return feed.receive(receiver);
    },
    close: () => feed.close(),
  };
}

function labelled(label: string, error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError(error.reason, `${label}: ${error.message}`, { cause: error });
}

function tooLate(label: string, timeoutMs: number): UserError {
  return new UserError(
    "notReady",
    `${label} sent no video or audio that can be played within ${timeoutMs / 1000} s; check the sender, or wait longer with --ready-timeout`,
  );
}
