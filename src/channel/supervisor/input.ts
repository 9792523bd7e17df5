import { UserError } from "../../errors.ts";
import type { Capture, OnPackets } from "../../ffmpeg/capture.ts";
import type { ProcessPlan } from "../../ffmpeg/plan.ts";
import { type LogEvent, notice, warning } from "../../log.ts";
import { type Packet, type TrackName, trackNames, trackOf } from "../../media/packet.ts";
import { inputName } from "../../settings/default-name.ts";
import type { InputStatus } from "../../stream.ts";
import { Backoff } from "../../system/backoff.ts";
import { FailureNews } from "../../system/failure-news.ts";
import type { DeviceWatch } from "./device-watch.ts";
import { RetryWait } from "./retry-wait.ts";
import { Run, type RunOptions } from "./run.ts";

export interface EndedRun {
  readonly plan: ProcessPlan;
  readonly failure: UserError;
  readonly isStall: boolean;
  /** Nothing failed: somebody wanted it to begin again. */
  readonly isAsked: boolean;
  readonly sentFrames: boolean;
  readonly ranMs: number;
  /** See `Capture.lastSegment`. */
  readonly lastSegment?: string | null;
}

export interface SupervisedOptions extends RunOptions {
  readonly plan: ProcessPlan;
  /** Opens the same device again. @throws UserError where it cannot be, and it is tried again */
  readonly replan: (ended: EndedRun) => Promise<ProcessPlan>;
  /** Whether a failure is survived; otherwise it is the input's. */
  readonly survives: (failure: UserError) => boolean;
  readonly watch: Pick<DeviceWatch, "onChange">;
  /** Its first process takes the place of another input's: what it brings is a return, too. */
  readonly isSuccessor?: boolean;
  readonly backoff?: Backoff;
  readonly onPackets: OnPackets;
  /** Before the first packets of a process that was started again. */
  readonly onBack: (plan: ProcessPlan) => void;
  readonly onLost: (plan: ProcessPlan) => void;
  readonly onNotice: (event: LogEvent) => void;
}

/** One input that is kept alive: its process is started again whenever it ends, fails or sends nothing any more. */
export class SupervisedInput implements Capture {
  readonly label: string;
  readonly ended: Promise<void>;
  readonly #options: SupervisedOptions;
  readonly #backoff: Backoff;
  readonly #stopped = new AbortController();
  readonly #news = new FailureNews((failure, delayMs) => this.#tell(failure, delayMs));
  #run: Run | null = null;
  #restarts = 0;
  #stalls = 0;
  #state: InputStatus["state"] = "starting";
  #failure: UserError | null = null;
  #retryAtMs: number | null = null;
  #lastFrameMs: number | null = null;
  /** Tracks of the process that runs, of which something has come. */
  #heard = new Set<TrackName>();
  #isAskedToRestart = false;
  #isLost = false;
  /** Of the outage that there is. */
  #isTold = false;
  #lastSegment: string | null = null;
  #wait: RetryWait | null = null;
  #giveUp: () => void = () => undefined;

  constructor(options: SupervisedOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
    this.label = options.plan.source.label;
    this.ended = this.#supervise().finally(() => (this.#state = "ended"));
  }

  get plan(): ProcessPlan {
    return this.#options.plan;
  }

  get droppedFrames(): number {
    return this.#run?.capture.droppedFrames ?? 0;
  }

  get lastDropMs(): number | null {
    return this.#run?.capture.lastDropMs ?? null;
  }

  get status(): InputStatus {
    return {
      ...{ name: inputName(this.plan.source), label: this.label, state: this.#state },
      ...{ restarts: this.#restarts, stalls: this.#stalls },
      ...{ lastError: this.#failure?.message ?? null, reason: this.#failure?.reason ?? null },
      retryAtMs: this.#retryAtMs,
      silentTracks: this.#silentTracks,
      maxSilenceMs: this.#maxSilenceMs,
      lastFrameMs: this.#lastFrameMs,
    };
  }

  get #silentTracks(): InputStatus["silentTracks"] {
    if (this.#state !== "running") return [];
    return tracksOf(this.plan).filter((track) => !this.#heard.has(track));
  }

  get #maxSilenceMs(): number | null {
    const silenceMs = this.#run?.silenceMs ?? this.#options.firstFrameMs;
    return Number.isFinite(silenceMs) ? Math.round(silenceMs) : null;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#giveUp();
    await this.#run?.stop();
    await this.ended.catch(() => undefined); // reported to those who await it
  }

  kill(): void {
    this.#stopped.abort();
    this.#giveUp();
    this.#run?.capture.kill();
  }

  /** Ends the process, and begins again at once; where there is none, only its pause ends. */
  restart(): void {
    if (this.#wait !== null) return this.#wait.wake();
    this.#isAskedToRestart = true;
    void this.#run?.stop(); // its end is what the supervisor waits for
  }

  async #supervise(): Promise<void> {
    let { plan } = this.#options;
    for (;;) {
      const ended = await this.#runOnce(plan);
      if (ended === null || this.#isStopped) return;
      if (!ended.isAsked && !this.#options.survives(ended.failure)) throw ended.failure;
      this.#lose(plan, ended.isAsked ? null : ended.failure);
      const next = await this.#nextPlan(ended);
      if (next === null || this.#isStopped) return;
      plan = next;
      this.#restarts += 1;
    }
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** What was slow before may be as slow to its first frame. */
  get #runOptions(): RunOptions {
    const before = this.#run?.boundMs ?? 0;
    return { ...this.#options, firstFrameMs: Math.max(this.#options.firstFrameMs, before) };
  }

  /** Runs one process to its end. Null where it ended as it should. */
  async #runOnce(plan: ProcessPlan): Promise<EndedRun | null> {
    const isFirst = this.#run === null;
    this.#state = "starting";
    const startedMs = performance.now();
    this.#heard = new Set();
    const onPackets = (packets: readonly Packet[], isBeginning: boolean, arrivalUs?: number) => {
      this.#lastFrameMs = Date.now();
      for (const packet of packets) this.#heard.add(trackOf(packet));
      if (isBeginning) {
        this.#state = "running";
        if (!isFirst) this.#isBack(plan);
        else if (this.#options.isSuccessor === true) this.#options.onBack(plan);
      }
      this.#options.onPackets(packets, arrivalUs);
    };
    const onStall = (failure: UserError) => {
      if (this.#options.survives(failure)) this.#lose(plan, failure);
    };
    const run = new Run(plan, this.#runOptions, onPackets, onStall);
    this.#run = run;
    this.#isLost = false;
    const end = await run.over;
    this.#lastSegment = run.capture.lastSegment ?? this.#lastSegment;
    const isAsked = end === null && this.#isAskedToRestart;
    this.#isAskedToRestart = false;
    if (end === null && !isAsked) return null;
    if (end?.isStall) this.#stalls += 1;
    const failure = end?.failure ?? new UserError("failure", `${this.label} is being restarted`);
    const ranMs = performance.now() - startedMs;
    return {
      plan,
      failure,
      isStall: end?.isStall ?? false,
      isAsked,
      sentFrames: run.sentFrames,
      ranMs,
      lastSegment: this.#lastSegment,
    };
  }

  /** Reported once, as soon as it is known: a process that hangs takes two seconds to its end. */
  #lose(plan: ProcessPlan, failure: UserError | null): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#state = "waiting";
    this.#failure = failure ?? this.#failure;
    this.#options.onLost(plan);
  }

  #isBack(plan: ProcessPlan): void {
    this.#isTold = false;
    this.#options.onBack(plan);
    this.#options.onNotice(notice("input-back", `${this.label} is back`, { input: this.label }));
  }

  /** Waits, and opens the device again, for as long as it takes. Null as soon as it is stopped, whatever it is about. */
  async #nextPlan(ended: EndedRun): Promise<ProcessPlan | null> {
    if (ended.sentFrames) this.#news.forget(); // a new outage, reported even if it is like the last
    const wait = new RetryWait({
      watch: this.#options.watch,
      backoff: this.#backoff,
      news: this.#news,
      onPause: (failure, delayMs) => this.#report(failure, delayMs),
    });
    const stopped = new Promise<null>((resolve) => (this.#giveUp = () => resolve(null)));
    this.#wait = wait;
    try {
      return await Promise.race([stopped, this.#openAgain(ended, wait)]);
    } finally {
      wait.end();
      this.#wait = null;
    }
  }

  async #openAgain(ended: EndedRun, wait: RetryWait): Promise<ProcessPlan | null> {
    if (!ended.isAsked) await wait.afterFailure(ended.failure, ended.ranMs);
    return await wait.retry(
      (failure) => {
        this.#retryAtMs = null;
        return this.#options.replan({ ...ended, failure: failure ?? ended.failure });
      },
      () => !this.#isStopped,
    );
  }

  #report(failure: UserError, delayMs: number): void {
    this.#state = "waiting";
    this.#retryAtMs = Date.now() + delayMs;
    const { isPublished = false } = this.plan.source; // then why the last publisher is gone says more
    this.#failure = isPublished ? (this.#failure ?? failure) : failure;
  }

  #tell({ message, reason }: UserError, delayMs: number): void {
    const { isPublished = false } = this.plan.source;
    if (isPublished && this.#isTold) return; // nobody has come yet: that follows from what was told
    this.#isTold = true;
    const then = isPublished ? "waiting for another one" : `retrying in ${(delayMs / 1000).toFixed(1)} s`;
    const text = `${message}; ${then}`;
    const fields = { input: this.label, reason, retryMs: Math.round(delayMs) };
    this.#options.onNotice(warning("input-lost", text, fields));
  }
}

export function tracksOf({ video, audio }: ProcessPlan): readonly TrackName[] {
  return trackNames({ video: video !== null, audio: audio !== null });
}
