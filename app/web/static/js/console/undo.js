//# allFunctionsCalledOnLoad
// Five seconds to take the last act back. An answer is taken back by going to its question again, a mark by a row of its
// own; an outcome lets go of the case, so it is not sent before its five seconds are over, or Enter is pressed again.
// Where the campaign fixes the time after a call, it is not sent before that is over either.
import { secondsHeld, touch } from "./wrapup.js";

const SECONDS = 5;
const SECOND = 1000;

let last = null;
let timer = null;

function toast() {
  return document.querySelector("#undo");
}

function hide() {
  clearInterval(timer);
  timer = null;
  last = null;
  toast().hidden = true;
}

// Another answer is on its way: what was offered belongs to the one before.
export function forgetUndo() {
  if (!isWaiting) hide();
}

export function offerUndo(words, takeBack, atEnd = () => undefined, seconds = SECONDS) {
  // An outcome that waits is not displaced by what comes in meanwhile: it would never be sent.
  if (isWaiting) return;
  if (timer !== null) hide();
  last = { takeBack, atEnd };
  let left = seconds;
  const box = toast();
  box.querySelector("[data-words]").textContent = words;
  box.querySelector("[data-left]").textContent = left;
  box.querySelector("button").hidden = false;
  box.hidden = false;
  timer = setInterval(() => {
    left -= 1;
    box.querySelector("[data-left]").textContent = left;
    if (left > 0) return;
    const ending = last.atEnd;
    hide();
    ending();
  }, SECOND);
}

// For five seconds, without anything to take back.
export function sayNotTakenBack() {
  offerUndo(toast().dataset.kept, () => undefined);
  toast().querySelector("button").hidden = true;
}

export function undo() {
  if (last === null) return false;
  const { takeBack } = last;
  hide();
  takeBack();
  return true;
}

// The outcome that waits, and whether it may go now. The page may be drawn anew meanwhile, so the form cannot remember.
let isWaiting = false;
let isSure = false;

// While an outcome waits to be taken back, its own five seconds count and no other clock.
export function sendAtLast() {
  if (!isWaiting) sendOutcome();
}

function sendOutcome() {
  if (isWaiting) hide();
  isWaiting = false;
  const form = document.querySelector("#outcome");
  if (!form) return;
  isSure = true;
  form.requestSubmit();
  isSure = false;
}

// A page that is left sends it along.
function holdOutcome(event) {
  const form = event.target;
  if (form.id !== "outcome" || isSure) return;
  const chosen = form.querySelector("[name=code]:checked");
  if (!chosen) return;
  const held = secondsHeld();
  if (isWaiting && held === 0) {
    isWaiting = false;
    hide();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isWaiting) return;
  const words = `${toast().dataset.outcome} ${chosen.closest("label").querySelector("span").textContent}`;
  offerUndo(words, takeOutcomeBack, sendOutcome, Math.max(SECONDS, held));
  isWaiting = true;
}

function takeOutcomeBack() {
  isWaiting = false;
  touch();
}

// Left now, it would not be saved: the server takes none before a fixed time is over.
export const holdsOutcome = () => isWaiting && secondsHeld() > 0;

export function watchUndo() {
  document.addEventListener("submit", holdOutcome, true);
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyZ" || !event.ctrlKey || event.altKey || event.shiftKey || event.isComposing) return;
    if (last !== null && undo()) event.preventDefault();
  });
  toast().querySelector("button").addEventListener("click", undo);
  addEventListener("pagehide", () => {
    const form = document.querySelector("#outcome");
    if (isWaiting && form) navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
  });
}
