#!/usr/bin/env node
// Nothing newer than Node 10 understands: an old Node must get as far as the line that tells it so.
var running = /^(\d+)\.(\d+)/.exec(process.versions.node) || ["", "0", "0"];
if (Number(running[1]) < 20 || (Number(running[1]) === 20 && Number(running[2]) < 19)) {
  console.error("flvcast: needs Node 20.19 or newer, and this is " + process.version);
  process.exit(1);
}

// SIGUSR1 saves clips. Without a listener node opens a debugger, to which anybody on this machine can connect.
process.on("SIGUSR1", function () {});

var entry = "../dist/run.cjs";
import(entry).then(
  function (cli) {
    return cli.main(process.argv.slice(2), process.env, process).then(leave);
  },
  function (error) {
    var isUnbuilt = error.code === "ERR_MODULE_NOT_FOUND" && /module '[^']*run\.cjs'/.test(error.message);
    if (!isUnbuilt) throw error;
    console.error("flvcast: not built yet: run npm start, which sets up everything, or npm run build");
    leave(1);
  },
);

// Node ends without a word, and with 0, where all that is left is a promise that nothing will ever settle.
process.once("beforeExit", function () {
  if (process.exitCode !== undefined) return;
  console.error(
    "flvcast: nothing is left to wait for, and the command has not ended: please report this bug",
  );
  process.exitCode = 1;
});

// Whatever lingers (a socket, a timer) does not keep us here, but what was printed gets out first, if it is read soon:
// a terminal that is stopped, or a pipe that is full, must not keep a stream from ending.
/** @param {number} code */
function leave(code) {
  process.exitCode = code;
  setTimeout(function () {
    process.exit();
  }, 1000);
  process.stdout.write("", function () {
    process.stderr.write("", function () {
      process.exit();
    });
  });
}
