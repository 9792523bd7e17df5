/** What one look at the machine came to. */
export interface Finding {
  /** What was looked at: `ffmpeg`, `cam0`, `port 8080`. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** One sentence without a full stop. */
  readonly text: string;
  /** The command (or, where there is none, the deed) that mends it. */
  readonly fix: string | null;
}

/**
 * `skipped`: nobody looked. `warning`: it works, but not for everybody or not for long. `failure`: it does not work.
 */
export type Verdict = "ok" | "skipped" | "warning" | "failure";

export function ok(subject: string, text: string): Finding {
  return { subject, verdict: "ok", text, fix: null };
}

export function skipped(subject: string, text: string, fix: string | null = null): Finding {
  return { subject, verdict: "skipped", text, fix };
}

export function warning(subject: string, text: string, fix: string | null = null): Finding {
  return { subject, verdict: "warning", text, fix };
}

export function failure(subject: string, text: string, fix: string | null = null): Finding {
  return { subject, verdict: "failure", text, fix };
}

export function verdictOf(findings: readonly Finding[]): Exclude<Verdict, "skipped"> {
  const worst = (["failure", "warning"] as const).find((verdict) =>
    findings.some((finding) => finding.verdict === verdict),
  );
  return worst ?? "ok";
}
