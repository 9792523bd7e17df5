import { EventEmitter } from "node:events";
import type { Io } from "../../src/cli/command.ts";

/** A process that writes down what it was told. */
export class FakeIo extends EventEmitter {
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
  exitCode: number | null = null;

  constructor({ isTerminal = false } = {}) {
    super();
    this.stdout = new FakeOutput(isTerminal);
    this.stderr = new FakeOutput(isTerminal);
  }

  exit(code: number): void {
    this.exitCode = code;
  }

  get asIo(): Io {
    return this as unknown as Io; // as much of a process as a command touches
  }
}

class FakeOutput extends EventEmitter {
  text = "";
  readonly isTTY: boolean;
  writableLength = 0;
  writableNeedDrain = false;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  write(text: string, onWritten?: () => void): boolean {
    this.text += text;
    onWritten?.();
    return true;
  }
}
