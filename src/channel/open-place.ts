import type { Place } from "./place.ts";
import { beginWait, type WaitOptions } from "./start.ts";

/**
 * Opens the place. An address may come with the network, after us at boot: then it is waited for as devices are.
 * @param waits null where it is not to be waited for
 * @throws UserError where it cannot be opened
 */
export async function openPlace(place: Place, waits: WaitOptions | null): Promise<void> {
  if (waits === null) return await place.open();
  const wait = beginWait(waits);
  try {
    await wait.retry(
      () => place.open(),
      ({ reason }) => reason === "addressUnavailable",
    );
  } finally {
    wait.end();
  }
}
