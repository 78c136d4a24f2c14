//# allFunctionsCalledOnLoad
// Is the server there? While somebody is on the line it is asked every two seconds. After three seconds of silence the
// page says so, after ten it says what to do; what the interviewer writes down meanwhile stays in the browser.

const SECOND = 1000;
const ASK_SECONDS = 2;
const AMBER_SECONDS = 3;
const RED_SECONDS = 10;
// Of this person alone: others may sit down at the same computer.
const NOTES = `xiangyin-notes-${document.querySelector("#main").dataset.person}`;

let silentSince = null;
let lastHeard = Date.now();

export function heard() {
  lastHeard = Date.now();
  silentSince = null;
  show();
}

export function unheard() {
  silentSince ??= Math.max(lastHeard, Date.now() - ASK_SECONDS * SECOND);
  show();
}

function stage() {
  if (silentSince === null) return "open";
  const seconds = (Date.now() - silentSince) / SECOND;
  return seconds >= RED_SECONDS ? "red" : seconds >= AMBER_SECONDS ? "amber" : "open";
}

function show() {
  const banner = document.querySelector("#connection");
  if (!banner) return;
  const now = stage();
  if (banner.dataset.stage !== now) banner.dataset.stage = now;
  banner.dataset.notes = banner.querySelector("textarea").value ? "yes" : "no";
}

async function ask() {
  const isTalking = document.querySelector("#desk")?.dataset.call === "talking";
  if (!isTalking && silentSince === null) return;
  try {
    const reply = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(ASK_SECONDS * SECOND) });
    if (reply.ok) heard();
    else unheard();
  } catch {
    unheard();
  }
}

export function watchConnection() {
  const banner = document.querySelector("#connection");
  const notes = banner.querySelector("textarea");
  notes.value = localStorage.getItem(NOTES) ?? "";
  notes.addEventListener("input", () => localStorage.setItem(NOTES, notes.value));
  banner.querySelector("[data-clear]").addEventListener("click", () => {
    notes.value = "";
    localStorage.removeItem(NOTES);
    show();
  });
  document.addEventListener("outbox", (event) => {
    for (const place of banner.querySelectorAll("[data-waiting]")) {
      place.textContent = event.detail.waiting;
      place.parentElement.hidden = event.detail.waiting === 0;
    }
  });
  addEventListener("offline", unheard);
  addEventListener("online", ask);
  setInterval(ask, ASK_SECONDS * SECOND);
  setInterval(show, SECOND / 2);
  show();
}
