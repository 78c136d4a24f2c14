// The interviewer's own telephone. It calls in when work begins, stays in its room for all calls, and calls in again
// when it breaks off: the case on the screen and the respondent on the line are not lost by that.
import { openLine } from "./phone/drivers.js";

const SECOND = 1000;
const RETRY_SECONDS = [1, 2, 4, 8, 15];
const PATHS = { line: "/desk/emulated-line", end: "/desk/emulated-line/end", token: "/api/v1/desk/line/token" };

async function askForLine() {
  const reply = await fetch("/api/v1/desk/line", { method: "POST" });
  if (!reply.ok) throw new Error(`the line was refused: ${reply.status}`);
  return reply.json();
}

class Softphone {
  constructor(root, bar) {
    this.root = root;
    this.bar = bar;
    this.line = null;
    this.isCalling = false;
    this.wasOpen = false;
    this.failures = 0;
    this.timer = null;
    this.isMuted = false;
  }

  get desk() {
    return this.root.querySelector("#desk").dataset;
  }

  // Look at the desk as it stands now, and bring the line into step with it.
  follow() {
    if (!this.bar.isConnected) return;
    if (this.desk.lineWanted !== "yes") this.leave();
    else if (this.line === null) this.callInSoon();
    else this.watch();
    this.line?.ring(this.desk.call === "ringing");
    this.show();
  }

  // The network's word counts: it says that our line is in its room, or that it no longer is.
  watch() {
    if (this.desk.line === "open") {
      this.wasOpen = true;
      this.failures = 0;
    } else if (this.desk.line === "lost" && this.wasOpen) {
      this.drop();
    }
  }

  callInSoon() {
    if (this.isCalling || this.timer !== null) return;
    const seconds = this.failures ? RETRY_SECONDS[Math.min(this.failures, RETRY_SECONDS.length) - 1] : 0;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.callIn();
    }, seconds * SECOND);
  }

  async callIn() {
    this.isCalling = true;
    this.show();
    try {
      this.line = await openLine(await askForLine(), () => this.drop(), PATHS);
      this.line.mute(this.isMuted);
      this.wasOpen = false;
    } catch {
      this.failures += 1;
    } finally {
      this.isCalling = false;
      this.follow();
    }
  }

  drop() {
    if (this.line === null) return;
    this.line.close();
    this.line = null;
    this.failures += 1;
    this.follow();
  }

  leave() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.line === null) return;
    this.line.close();
    this.line = null;
    this.failures = 0;
    fetch("/api/v1/desk/line", { method: "DELETE" });
  }

  mute(on) {
    this.isMuted = on;
    this.line?.mute(on);
    this.show();
  }

  show() {
    const isOpen = this.line !== null && this.desk.line === "open";
    const state = this.desk.lineWanted !== "yes" ? "off" : isOpen ? "open" : this.failures ? "lost" : "connecting";
    this.bar.dataset.state = state;
    const button = this.bar.querySelector("[data-mute]");
    button.setAttribute("aria-pressed", String(this.isMuted));
    button.disabled = state === "off";
  }
}

export function runSoftphone(root) {
  const bar = root.querySelector("#softphone");
  if (!bar) return;
  const phone = new Softphone(root, bar);
  bar.querySelector("[data-mute]").addEventListener("click", () => phone.mute(!phone.isMuted));
  root.addEventListener("htmx:after:settle", () => phone.follow());
  addEventListener("online", () => phone.follow());
  addEventListener("pagehide", () => phone.line?.close());
  phone.follow();
}
