/**
 * The exit codes of every command, one table for the whole tool.
 * docs/exit-codes.md explains them to users; a test holds the two together.
 */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notRunning: 3,
  unreachable: 4,
  deviceAbsent: 10,
  deviceBusy: 11,
  permission: 12,
  noEncoder: 13,
  noFfmpeg: 14,
  portInUse: 15,
  alreadyRunning: 16,
  addressUnavailable: 17,
  notReady: 18,
  brokenInput: 19,
} as const;

export type ExitReason = Exclude<keyof typeof exitCodes, "ok">;

/** A failure that the user can act on: one line that says what is wrong and how to fix it, printed without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly reason: ExitReason;
  /** The last lines of another program, oldest first, if its reason is unknown; printed below the message. */
  readonly lastLines: readonly string[];

  constructor(
    reason: ExitReason,
    message: string,
    { lastLines = [], ...options }: ErrorOptions & { readonly lastLines?: readonly string[] } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.lastLines = lastLines;
  }

  /** The reason, in the property where Node's own errors have theirs. */
  get code(): ExitReason {
    return this.reason;
  }

  get exitCode(): number {
    return exitCodes[this.reason];
  }
}

/** A port that another program listens on. */
export class PortInUseError extends UserError {
  readonly port: number;
  /** What chooses it: `--port`. */
  readonly flag: string;

  constructor(
    message: string,
    { port, flag, ...options }: ErrorOptions & { readonly port: number; readonly flag: string },
  ) {
    super("portInUse", message, options);
    this.port = port;
    this.flag = flag;
  }
}
