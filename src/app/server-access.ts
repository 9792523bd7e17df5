import type { AuthGate } from "../auth/gate.ts";
import type { StreamAccess } from "../settings/serve-settings.ts";
import type { HeldToken } from "./access.ts";
import { type Access, type AccessOptions, type GateSettings, openGate, streamToken } from "./access.ts";

/** Who is let in by now: the server's gate with its token, and streams that have one of their own, or need none. */
export class ServerAccess {
  readonly #options: AccessOptions;
  #current: Access;
  readonly #streams = new Map<string, HeldToken | null>();

  private constructor(current: Access, options: AccessOptions) {
    this.#current = current;
    this.#options = options;
  }

  /** For a server at this address. @throws UserError where the token that is wanted cannot be had */
  static async open(settings: GateSettings, address: string, options: AccessOptions): Promise<ServerAccess> {
    return new ServerAccess(await openGate(settings, address, options), options);
  }

  get gate(): AuthGate {
    return this.#current.gate;
  }

  get token(): HeldToken | null {
    return this.#current.token;
  }

  /** What opens a stream, and stands in its URLs; null where it needs none. */
  tokenOf(stream: string): HeldToken | null {
    const own = this.#streams.get(stream);
    return own === undefined ? this.#current.token : own;
  }

  /** Who may watch a stream beside those with the server's token; null: nobody. @throws UserError as `open` */
  async setStream(stream: string, access: StreamAccess | null): Promise<void> {
    if (access === null) this.#streams.delete(stream);
    else this.#streams.set(stream, await streamToken(stream, access, this.#options));
    this.#tell(stream);
  }

  /** A gate by other settings, which lets in from `use` on. @throws UserError as `open` */
  async prepare(settings: GateSettings, address: string): Promise<Access> {
    return await openGate(settings, address, this.#options);
  }

  use(access: Access): Access {
    const before = this.#current;
    this.#current = access;
    for (const stream of this.#streams.keys()) this.#tell(stream);
    return before;
  }

  #tell(stream: string): void {
    const own = this.#streams.get(stream);
    this.gate.setStream(stream, own === undefined ? null : { token: own?.text ?? null });
  }
}
