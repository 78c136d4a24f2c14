// The driver over Twilio's own library, which is fetched from this server the first time it is needed.

const SOUNDS = ["incoming", "outgoing", "disconnect", "dtmf0", "dtmf1", "dtmf2", "dtmf3", "dtmf4", "dtmf5", "dtmf6",
  "dtmf7", "dtmf8", "dtmf9", "dtmfs", "dtmfh"];
const REFRESH_MS = 60_000; // so long before a token ends, the next one is fetched

function load(address) {
  if (window.Twilio) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("the telephone library cannot be loaded")));
    document.head.append(script);
  });
}

async function newToken(path) {
  const reply = await fetch(path, { method: "POST" });
  if (!reply.ok) throw new Error(`no token: ${reply.status}`);
  return (await reply.json()).token;
}

export async function open(given, onLost, paths) {
  const { library, sound } = document.querySelector("[data-library]").dataset;
  await load(library);
  const device = new window.Twilio.Device(given.token, {
    sounds: Object.fromEntries(SOUNDS.map((name) => [name, sound])),
    codecPreferences: ["opus", "pcmu"],
    tokenRefreshMs: REFRESH_MS,
    logLevel: "error",
  });
  device.on("tokenWillExpire", async () => device.updateToken(await newToken(paths.token)));
  const call = await device.connect({ params: { ticket: given.ticket } });
  let isClosing = false;
  const end = () => {
    if (!isClosing) onLost();
  };
  call.on("disconnect", end);
  call.on("error", end);
  return {
    mute: (on) => call.mute(on),
    ring() {},
    close() {
      isClosing = true;
      call.disconnect();
      device.destroy();
    },
  };
}
