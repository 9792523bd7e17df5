import { isDeepStrictEqual } from "node:util";
import type { ServedStream } from "../settings/serve-settings.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import { publishersOf } from "./publishing.ts";

/** What a stream's other settings take: it is made anew, its inputs begin again, or no more than other numbers; null: nothing. */
export type StreamChange = "remake" | "replan" | "limits";

export interface Changes {
  readonly added: readonly ServedStream[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly stream: ServedStream; readonly change: StreamChange }[];
  /** Who may watch or publish them is another question than before. */
  readonly access: readonly ServedStream[];
  /** These last as long as before, until they start again. */
  readonly duration: readonly string[];
}

export function changesBetween(before: readonly ServedStream[], after: readonly ServedStream[]): Changes {
  const [old, next] = [byName(before), byName(after)];
  const both = [...next.values()].flatMap((stream) => {
    const was = old.get(stream.channel.name);
    return was === undefined ? [] : [{ was, stream }];
  });
  return {
    added: after.filter(({ channel }) => !old.has(channel.name)),
    removed: [...old.keys()].filter((name) => !next.has(name)),
    changed: both.flatMap(({ was, stream }) => {
      const change = changeOf(was.channel, stream.channel);
      return change === null ? [] : [{ stream, change }];
    }),
    access: both
      .filter(({ was, stream }) => !isDeepStrictEqual(accessOf(was), accessOf(stream)))
      .map(({ stream }) => stream),
    duration: both
      .filter(({ was, stream }) => was.channel.durationMs !== stream.channel.durationMs)
      .map(({ stream }) => stream.channel.name),
  };
}

const accessOf = ({ access, channel }: ServedStream) => [access, publishersOf(channel)];

function byName(streams: readonly ServedStream[]): ReadonlyMap<string, ServedStream> {
  return new Map(streams.map((stream) => [stream.channel.name, stream]));
}

/** How long it lasts holds from its next start on, and who may publish it from now on. */
function withoutAccess(settings: ChannelSettings) {
  const { durationMs: _, publish: __, ...others } = settings;
  return others;
}

/** All but what concerns viewers, servers that it is pushed to, its recording and clips, is what is captured, or how. */
function changeOf(before: ChannelSettings, after: ChannelSettings): StreamChange | null {
  const {
    viewers: viewersBefore,
    onDemand: demandBefore,
    push: pushBefore,
    record: recordBefore,
    history: historyBefore,
    ...captureBefore
  } = withoutAccess(before);
  const { viewers, onDemand, push, record, history, ...capture } = withoutAccess(after);
  if ((demandBefore === null) !== (onDemand === null)) return "remake";
  // Viewers' players could not follow.
  if (before.flvForm !== after.flvForm || before.audioCodec !== after.audioCodec) return "remake";
  if (!isDeepStrictEqual(captureBefore, capture)) return "replan";
  const limitsBefore = [viewersBefore, demandBefore, pushBefore, recordBefore, historyBefore];
  const isSame = isDeepStrictEqual(limitsBefore, [viewers, onDemand, push, record, history]);
  return isSame ? null : "limits";
}
