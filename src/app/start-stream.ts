import type { Channel } from "../channel/channel.ts";
import type { ChannelSettings, ServerSettings } from "../settings/settings.ts";
import { App, type AppOptions } from "./app.ts";
import { publishersOf } from "./publishing.ts";

export interface StreamSettings {
  readonly server: ServerSettings;
  readonly channel: ChannelSettings;
}

/** A channel on a server of its own, which ends with it; it is yet to be started. @throws UserError */
export function createStream({ server, channel }: StreamSettings, options: AppOptions = {}): Channel {
  const { maxViewers } = channel.viewers;
  const hasPublishers = publishersOf(channel) !== null;
  const app = new App(
    {
      ...{ ...server, maxViewers, tokenName: channel.name, hasPublishers },
      ...{ ffmpeg: channel.ffmpeg, endsWithChannels: true },
    },
    options,
  );
  return app.add(channel);
}
