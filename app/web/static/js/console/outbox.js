//# allFunctionsCalledOnLoad
// Answers and marks on their way. Each is kept in the browser until the server has it, and they go out one by one, in
// order. The net may drop, the page may be closed, the session may end: nothing is lost, and nothing is saved twice,
// because answers carry their sequence and marks a key of their own. What the server breaks on again and again makes way
// for the next, and stays on the screen.
import { heard, unheard } from "./connection.js";
import { signInAgain } from "./session.js";

const AGAIN_MS = 1000;
const TRY_MS = 10_000; // a connection that died without a word never fails by itself
const LONGEST_MS = 60_000; // of anything else: from when it goes out, however long it waited for its turn
const UNREACHED = new Set([429, 502, 503, 504]);
export const BROKEN = 500;
const TRIES = 5; // of one entry that the server breaks on; the next one may be saved all the same
const NOT_SIGNED_IN = 401;
// By which the server tells a screen that is open from a page that is asked for.
export const HEADERS = { "HX-Request": "true", Accept: "text/html" };

function pause() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, AGAIN_MS);
    addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

// Try once, and again as soon as somebody has signed in; what was refused for want of a session was not done.
export async function fetchSignedIn(address, request) {
  for (;;) {
    const signal = AbortSignal.any([AbortSignal.timeout(LONGEST_MS), request.signal].filter(Boolean));
    const reply = await fetch(address, { ...request, signal });
    if (reply.status !== NOT_SIGNED_IN) return reply;
    await signInAgain();
  }
}

export class Outbox {
  constructor(person) {
    this.name = `xiangyin-outbox-${person}`;
    this.lane = Promise.resolve();
  }

  get entries() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? [];
    } catch {
      return [];
    }
  }

  keep(entries) {
    if (entries.length) localStorage.setItem(this.name, JSON.stringify(entries));
    else localStorage.removeItem(this.name);
    document.dispatchEvent(new CustomEvent("outbox", { detail: { waiting: entries.length } }));
  }

  // Resolves to the server's reply, however long that takes; nothing goes out before what it comes `after`.
  send(address, body, headers, after = undefined) {
    const entry = { key: `${Date.now()}-${Math.random().toString(36).slice(2)}`, address, body: String(body), headers };
    this.keep([...this.entries, entry]);
    const sent = Promise.all([this.lane, after]).then(() => this.deliver(entry));
    this.lane = sent.catch(() => undefined);
    return sent;
  }

  async deliver(entry) {
    const headers = { ...entry.headers, "Content-Type": "application/x-www-form-urlencoded" };
    for (let tries = 1; ; tries += 1) {
      try {
        const signal = AbortSignal.timeout(TRY_MS);
        const reply = await fetchSignedIn(entry.address, { method: "POST", body: entry.body, headers, signal });
        const isBroken = reply.status >= BROKEN;
        if (!UNREACHED.has(reply.status) && !(isBroken && tries < TRIES)) {
          heard();
          this.keep(this.entries.filter((one) => one.key !== entry.key));
          return reply;
        }
      } catch (error) {
        if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error;
      }
      unheard();
      await pause();
    }
  }

  // What an earlier page left behind goes out first. Returns what the server would not have.
  async empty() {
    const refused = [];
    for (const entry of this.entries) {
      const sent = this.lane.then(() => this.deliver(entry));
      this.lane = sent.catch(() => undefined);
      const reply = await sent;
      if (!reply.ok) refused.push(entry);
    }
    return refused;
  }
}
