import { setFlagsFromString } from "node:v8";

/**
 * Lets this process's heap grow to four times what is alive before all of it is marked, as V8 does for programs that
 * allocate fast. A stream is none: its heap is small, and what it allocates are the buffers of its frames, which are gone
 * after a GOP. V8 (Node 20) then allows some 10 MB more and no longer: with 8 streams of 2.5 Mbit/s it marked
 * everything every two seconds, a tenth of what the streams cost, and each time nobody got a frame for 10 ms and more.
 */
export function letHeapGrow(): void {
  setFlagsFromString("--heap-growing-percent=300");
}
