/** All that is built into one file: the command, and what code imports. */
export { main } from "./cli/main.ts";
export * from "./index.ts";
