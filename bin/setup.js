// What `npm start` and `npm test` run first. Nothing newer than Node 10 understands: an old Node must get as far as the
// lines that tell it so.
var running = /^(\d+)\.(\d+)/.exec(process.versions.node) || ["", "0", "0"];
if (Number(running[1]) < 20 || (Number(running[1]) === 20 && Number(running[2]) < 19)) {
  console.error(
    "flvcast setup: this is Node " +
      process.versions.node +
      "; flvcast needs 20.19 or newer. To install it:\n" +
      newerNode(),
  );
  process.exit(1);
}

void import("./setup/set-up.js").then(function (setup) {
  return setup.setUp(process.argv.slice(2));
});

/** The command that brings a newer Node on this system. */
function newerNode() {
  if (process.platform === "darwin") return "  brew install node";
  if (process.platform === "win32") return "  winget install OpenJS.NodeJS.LTS";
  return (
    "  sudo apt install -y npm && sudo npm install -g n && sudo n 22    (Debian, Raspberry Pi OS)\n" +
    "  other systems: https://nodejs.org/en/download"
  );
}
