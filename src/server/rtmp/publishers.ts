import type { Failures } from "../../auth/rate-limit.ts";
import { makeToken, tokenCheck } from "../../auth/token.ts";
import { StreamSlot } from "../../inputs/stream-slot.ts";
import type { PublishRequest } from "../../media/rtmp/publish-request.ts";

export interface PublishRule {
  readonly isKey: (text: string) => boolean;
  /** Another one with the key may take the place of a publisher that sends nothing. */
  readonly takeover: boolean;
  readonly isStopped?: true;
}

/** Names that are streams once somebody publishes them. */
export interface NewNames extends PublishRule {
  readonly add: (name: string) => string | null;
}

export type PublishVerdict =
  | { readonly kind: "admitted"; readonly slot: StreamSlot }
  | {
      readonly kind: "refused";
      /** Of `NetStream.Publish`. */
      readonly code: "BadName" | "Denied";
      readonly description: string;
      /** The answer is to wait: nobody is to guess fast. */
      readonly isGuess: boolean;
    };

/** What sends nothing for so long may be replaced. */
const SILENT_MS = 5000;
/** Checked where there is no stream of that name, so that it takes as long. */
const nobodysKey = tokenCheck(makeToken());

/** The streams that are published to us, who may do that, and who does. */
export class Publishers {
  readonly #failures: Failures;
  readonly #now: () => number;
  readonly #slots = new Map<string, StreamSlot>();
  readonly #rules = new Map<string, PublishRule>();
  #newNames: NewNames | null = null;

  /** @param now in milliseconds, of a clock that only grows */
  constructor(failures: Failures, now = () => performance.now()) {
    this.#failures = failures;
    this.#now = now;
  }

  /** The place of a stream's publisher, which stays the same. */
  slotOf(name: string): StreamSlot {
    const slot = this.#slots.get(name) ?? new StreamSlot();
    this.#slots.set(name, slot);
    return slot;
  }

  /** Who may publish it from now on; null: nobody, and who does is dropped. */
  setStream(name: string, rule: PublishRule | null): void {
    if (rule !== null) return void this.#rules.set(name, rule);
    this.#rules.delete(name);
    this.#slots.get(name)?.present?.drop("was disconnected: the stream has ended");
  }

  /** The stream has been stopped: until `setStream`, whoever has its key hears of that. */
  stop(name: string): void {
    const rule = this.#rules.get(name);
    if (rule !== undefined) this.#rules.set(name, { ...rule, isStopped: true });
    this.#slots.get(name)?.present?.drop("was disconnected: the stream was stopped");
  }

  remove(name: string): void {
    this.setStream(name, null);
    this.#slots.delete(name);
  }

  setNewNames(newNames: NewNames | null): void {
    this.#newNames = newNames;
  }

  judge({ app, name, parameters }: Omit<PublishRequest, "program">, address: string): PublishVerdict {
    const waitMs = this.#failures.waitMs(address, this.#now());
    if (waitMs > 0)
      return denied(`too many wrong keys; try again in ${Math.ceil(waitMs / 1000)} s`, { isGuess: true });
    if (app !== "live") return denied("wrong application: use rtmp://HOST/live");
    const key = parameters.get("key") ?? parameters.get("pass") ?? "";
    const rule = this.#rules.get(name);
    if (!(rule ?? this.#newNames ?? { isKey: nobodysKey }).isKey(key) || key === "") {
      this.#failures.count(address, this.#now());
      return denied("wrong stream name or key", { isGuess: true });
    }
    const fault = rule === undefined ? this.#newNames?.add(name) : null;
    if (fault != null) return badName(fault);
    if (rule?.isStopped) return badName(`"${name}" is not running`);
    return this.#admit(name, rule?.takeover ?? this.#newNames?.takeover ?? false);
  }

  #admit(name: string, mayTakeOver: boolean): PublishVerdict {
    const slot = this.slotOf(name);
    const { present } = slot;
    if (present === null) return { kind: "admitted", slot };
    if (!mayTakeOver || present.silentMs() < SILENT_MS)
      return badName(`"${name}" is already being published from ${present.address}`);
    present.drop("was replaced by another publisher");
    return { kind: "admitted", slot };
  }
}

function denied(description: string, { isGuess } = { isGuess: false }): PublishVerdict {
  return { kind: "refused", code: "Denied", description, isGuess };
}

function badName(description: string): PublishVerdict {
  return { kind: "refused", code: "BadName", description, isGuess: false };
}
