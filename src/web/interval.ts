export function every(ms: number, signal: AbortSignal, call: () => void): void {
  const timer = setInterval(call, ms);
  signal.addEventListener("abort", () => clearInterval(timer));
}
