import type { Io } from "./command.ts";

/** What a signal has saved. */
export interface Clippable {
  saveClip(): void;
}

/** SIGUSR1 saves a clip of each stream, until the returned function is called. */
export function saveClipsOnSignal(io: Io, streams: () => readonly Clippable[]): () => void {
  const save = () => {
    for (const stream of streams()) stream.saveClip();
  };
  io.on("SIGUSR1", save);
  return () => void io.off("SIGUSR1", save);
}
