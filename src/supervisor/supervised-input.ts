import type { Packet } from "../codec/packet.ts";
import { UserError } from "../failure.ts";
import type { Capture } from "../ffmpeg/capture.ts";
import type { Plan } from "../ffmpeg/plan.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { InputStatus } from "../status.ts";
import { Backoff } from "./backoff.ts";
import type { DeviceWatch } from "./device-watch.ts";
import { Run } from "./run.ts";

/** How a run ended, for whoever plans the next. */
export interface EndedRun {
  readonly plan: Plan;
  readonly failure: UserError;
  readonly isStall: boolean;
  readonly sentFrames: boolean;
  readonly ranMs: number;
}

export interface SupervisedOptions {
  readonly plan: Plan;
  readonly startCapture: (plan: Plan, onPackets: (packets: readonly Packet[]) => void) => Capture;
  /** Opens the same device anew. @throws UserError where it cannot be, and it is tried again */
  readonly replan: (ended: EndedRun) => Promise<Plan>;
  /** Whether a failure is survived; otherwise it is the input's. */
  readonly survives: (failure: UserError) => boolean;
  /** No frames for so long is a failure: of pictures, where there are any. */
  readonly stallMs: number;
  /** How long a process may take to its first frame. */
  readonly firstFrameMs: number;
  readonly watch: Pick<DeviceWatch, "onChange">;
  readonly backoff?: Backoff;
  readonly onPackets: (packets: readonly Packet[]) => void;
  /** Before the first packets of a process that was started again. */
  readonly onBack: (plan: Plan) => void;
  /** Nothing more comes of this process. */
  readonly onLost: (plan: Plan) => void;
  readonly onNotice: (event: LogEvent) => void;
}

/** A node appears before udev has given it its group: for so long after a change a refusal is nothing final. */
const EAGER_MS = 5000;
const EAGER_DELAY_MS = 200;

/** One input that is kept alive: its process is started again whenever it ends, fails or sends nothing any more. */
export class SupervisedInput implements Capture {
  readonly label: string;
  readonly ended: Promise<void>;
  readonly #options: SupervisedOptions;
  readonly #backoff: Backoff;
  readonly #stopped = new AbortController();
  #run: Run | null = null;
  #restarts = 0;
  #state: InputStatus["state"] = "starting";
  #lastError: string | null = null;
  #retryAtMs: number | null = null;
  #lastFrameMs: number | null = null;
  #isAskedToRestart = false;
  #wake: () => void = () => undefined;

  constructor(options: SupervisedOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
    this.label = options.plan.source.label;
    this.ended = this.#supervise().finally(() => (this.#state = "ended"));
  }

  get plan(): Plan {
    return this.#options.plan;
  }

  get droppedFrames(): number {
    return this.#run?.capture.droppedFrames ?? 0;
  }

  get status(): InputStatus {
    return {
      label: this.label,
      state: this.#state,
      restarts: this.#restarts,
      lastError: this.#lastError,
      retryAtMs: this.#retryAtMs,
      lastFrameMs: this.#lastFrameMs,
    };
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake();
    await this.#run?.capture.stop();
    await this.ended.catch(() => undefined); // whoever waits for it hears of it
  }

  kill(): void {
    this.#stopped.abort();
    this.#wake();
    this.#run?.capture.kill();
  }

  /** Ends the process, and begins anew at once. */
  restart(): void {
    this.#isAskedToRestart = true;
    this.#wake();
    void this.#run?.capture.stop(); // its end is what the supervisor waits for
  }

  async #supervise(): Promise<void> {
    let plan: Plan | null = this.#options.plan;
    while (plan !== null) {
      const ended: EndedRun | null = await this.#runOnce(plan);
      if (ended === null || this.#stopped.signal.aborted) return;
      if (!this.#options.survives(ended.failure)) throw ended.failure;
      this.#options.onLost(plan);
      plan = await this.#nextPlan(ended);
      this.#restarts += 1;
    }
  }

  /** Runs one process to its end. Null where it ended as it should. */
  async #runOnce(plan: Plan): Promise<EndedRun | null> {
    const isFirst = this.#run === null;
    this.#state = "starting";
    const startedMs = performance.now();
    const run = new Run(this.#options, plan, (packets, isBeginning) => {
      this.#lastFrameMs = Date.now();
      if (isBeginning) {
        this.#state = "running";
        if (!isFirst) this.#isBack(plan);
      }
      this.#options.onPackets(packets);
    });
    this.#run = run;
    const end = await run.over;
    if (end === null && !this.#isAskedToRestart) return null;
    this.#isAskedToRestart = false;
    const failure = end?.failure ?? new UserError("failure", `${this.label} was asked to begin anew`);
    const ranMs = performance.now() - startedMs;
    return { plan, failure, isStall: end?.isStall ?? false, sentFrames: run.sentFrames, ranMs };
  }

  #isBack(plan: Plan): void {
    this.#options.onBack(plan);
    this.#options.onNotice(notice("input-back", `${this.label} is back`, { input: this.label }));
  }

  /** Waits and opens the device again, for as long as it takes. Null once stopped. */
  async #nextPlan(ended: EndedRun): Promise<Plan | null> {
    let { failure, ranMs } = ended;
    if (ended.sentFrames) this.#lastError = null; // a new outage, which is told of even if it is like the last
    let eagerUntilMs = 0;
    for (;;) {
      const delayMs = performance.now() < eagerUntilMs ? EAGER_DELAY_MS : this.#backoff.failed(ranMs);
      this.#report(failure, delayMs);
      ranMs = 0;
      if (await this.#pause(delayMs)) eagerUntilMs = performance.now() + EAGER_MS;
      if (this.#stopped.signal.aborted) return null;
      this.#retryAtMs = null;
      try {
        return await this.#options.replan({ ...ended, failure });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        failure = error;
      }
    }
  }

  /** What is wrong is told when it changes, and not each time that it is tried. */
  #report(failure: UserError, delayMs: number): void {
    this.#state = "waiting";
    this.#retryAtMs = Date.now() + delayMs;
    if (this.#lastError !== failure.message) {
      const text = `${failure.message}: trying again in ${(delayMs / 1000).toFixed(1)} s`;
      const fields = { input: this.label, reason: failure.reason, retryMs: Math.round(delayMs) };
      this.#options.onNotice(warning("input-lost", text, fields));
    }
    this.#lastError = failure.message;
  }

  /** @returns whether a device may have come, before the time was over */
  async #pause(delayMs: number): Promise<boolean> {
    let hasChanged = false;
    const forget = this.#options.watch.onChange(() => {
      hasChanged = true;
      this.#wake();
    });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped.signal.aborted || this.#isAskedToRestart) this.#wake();
    });
    forget();
    this.#wake = () => undefined;
    return hasChanged;
  }
}
