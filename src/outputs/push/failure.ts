/** Why a server does not get the stream: it says no, or is not reached, or not any more. */
export class PushFailure extends Error {
  override readonly name = "PushFailure";
  readonly kind: "refused" | "lost";
  /** An RTMP URL to go to instead; null for none. */
  readonly redirect: string | null;

  constructor(kind: PushFailure["kind"], message: string, redirect: string | null = null) {
    super(message);
    this.kind = kind;
    this.redirect = redirect;
  }
}
