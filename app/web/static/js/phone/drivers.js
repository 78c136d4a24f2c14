// The drivers of the telephone in the browser, one for each kind of network; each is fetched where it is used.
//
// A driver is a module with `open(given, onLost, paths)`: `given` is what the server answered to the asking, `onLost` is
// called when the call breaks off by itself, `paths` are where it turns to. It resolves to { mute(on), close(), ring(on) }.

const DRIVERS = {
  emulator: () => import("./emulator.js"),
  twilio: () => import("./twilio.js"),
  desk: () => import("./desk.js"),
};

export async function openLine(given, onLost, paths) {
  const driver = await DRIVERS[given.driver]();
  return driver.open(given, onLost, paths);
}
