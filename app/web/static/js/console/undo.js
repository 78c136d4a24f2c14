// Five seconds to take the last act back. An answer is taken back by going to its question again, a mark by a row of its
// own; an outcome lets go of the case, so it is not sent before its five seconds are over, or Enter is pressed again.

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

export function offerUndo(words, takeBack, atEnd = () => undefined) {
  if (timer !== null) hide();
  last = { takeBack, atEnd };
  let left = SECONDS;
  const box = toast();
  box.querySelector("[data-words]").textContent = words;
  box.querySelector("[data-left]").textContent = left;
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

export function undo() {
  if (last === null) return false;
  const { takeBack } = last;
  hide();
  takeBack();
  return true;
}

// The form of the outcome waits; a page that is left sends it along.
function holdOutcome(event) {
  const form = event.target;
  if (form.id !== "outcome" || form.dataset.sure === "yes") return;
  const chosen = form.querySelector("[name=code]:checked");
  if (!chosen) return;
  if (form.dataset.waiting === "yes") {
    hide();
    delete form.dataset.waiting;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const send = () => {
    if (!form.isConnected) return;
    form.dataset.sure = "yes";
    form.requestSubmit();
    delete form.dataset.sure;
  };
  form.dataset.waiting = "yes";
  const words = `${toast().dataset.outcome} ${chosen.closest("label").querySelector("span").textContent}`;
  const stop = () => delete form.dataset.waiting;
  offerUndo(words, stop, () => { stop(); send(); });
}

export function watchUndo() {
  document.addEventListener("submit", holdOutcome, true);
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyZ" || !event.ctrlKey || event.altKey || event.shiftKey || event.isComposing) return;
    if (last !== null && undo()) event.preventDefault();
  });
  toast().querySelector("button").addEventListener("click", undo);
  addEventListener("pagehide", () => {
    const form = document.querySelector("#outcome[data-waiting=yes]");
    if (form) navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
  });
}
