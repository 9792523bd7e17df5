import type { CastStatus } from "../status.ts";

/** What `systemctl status` shows of a cast: what is on the air, or what is missing. Few words change while all is well. */
export function statusLine({ state, url, device, size, encoder, inputs, lastError }: CastStatus): string {
  const details = [size, encoder?.name].filter((one) => one !== null && one !== undefined).join(", ");
  const onAir = `on air${url === null ? "" : `: ${url}`}${details === "" ? "" : ` (${details})`}`;
  switch (state) {
    case "starting":
      return `waiting for the first key frame of ${device}`;
    case "waiting":
      return `waiting for ${device}${because(lastError)}`;
    case "on-air":
      return onAir;
    case "degraded": {
      const missing = inputs.filter((input) => input.state !== "running" && input.state !== "ended");
      const why = missing.find((input) => input.lastError !== null)?.lastError ?? lastError;
      return `${onAir}, without ${missing.map(({ label }) => label).join(" and ")}${because(why)}`;
    }
    case "ended":
      return `over${because(lastError)}`;
  }
}

function because(error: string | null): string {
  return error === null ? "" : `: ${error}`;
}
