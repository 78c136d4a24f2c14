// A supervisor's own telephone on the board. The server says in whose call it is to be and who hears it; this page calls
// in with the ticket that came along, says every few seconds that it is still there, and hangs up when it no longer
// belongs there. Whoever only listens is muted at both ends.
import { openLine } from "./phone/drivers.js";

const BEAT_MS = 5_000;

class Monitor {
  constructor(root, board) {
    this.root = root;
    this.pages = board.dataset.monitoring;
    this.api = `/api/v1${this.pages}/mine`;
    this.paths = {
      line: `${this.pages}/emulated-line`,
      end: `${this.pages}/emulated-line/end`,
      token: `${this.api}/token`,
    };
    this.ticket = null; // the one that was used; it is good for one call
    this.id = null; // the monitoring that this page's telephone belongs to
    this.line = null;
    this.timer = null;
  }

  get bar() {
    return this.root.querySelector("#monitor")?.dataset ?? {};
  }

  // Bring the telephone into step with what the board says now.
  follow() {
    const { id, ticket, mode } = this.bar;
    if (this.id !== null && this.id !== id) this.hangUp();
    if (ticket && ticket !== this.ticket) this.callIn(this.bar);
    this.line?.mute(mode === "listening");
  }

  async callIn({ id, driver, ticket, token }) {
    [this.id, this.ticket] = [id, ticket];
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    try {
      const line = await openLine({ driver, ticket, token }, () => this.drop(id), this.paths);
      if (this.id !== id) return line.close();
      this.line = line;
      this.line.mute(this.bar.mode === "listening");
    } catch {
      if (this.id === id) this.fail();
    }
  }

  async beat() {
    const id = this.id;
    const reply = await fetch(`${this.api}/beat`, { method: "POST" }).catch(() => null);
    if (reply?.status === 409 && this.id === id) this.drop(id);
  }

  // The call is over, and the server knows or will be told by the network.
  drop(id) {
    if (this.id !== id) return;
    this.hangUp();
    this.root.querySelector("#board").dispatchEvent(new CustomEvent("live"));
  }

  fail() {
    this.hangUp();
    this.root.querySelector("#toasts").replaceChildren(this.root.querySelector("#monitor-failed").content.cloneNode(true));
    fetch(this.api, { method: "DELETE" });
  }

  hangUp() {
    clearInterval(this.timer);
    this.line?.close();
    this.id = this.line = this.timer = null;
  }

  leave() {
    if (this.id === null) return;
    this.hangUp();
    navigator.sendBeacon(`${this.pages}/stop`);
  }
}

const board = document.querySelector("[data-monitoring]");
if (board) {
  const monitor = new Monitor(document, board);
  document.addEventListener("htmx:after:settle", () => monitor.follow());
  addEventListener("pagehide", () => monitor.leave());
}
