// The time after a call, counted down: when it is over, the outcome on the screen is saved. None is ever made up.

const SECOND = 1000;
const TICK = 250;
const GRACE = 5 * SECOND; // to choose again once an outcome was taken back
const AGAIN = 5 * SECOND; // until the next try where it could not be saved
const FIELDS = "input:not([type=radio]), select, textarea";

const none = { call: null, said: null, due: Infinity, isTouched: false, next: 0 };
let time = none;

function form() {
  return document.querySelector("#outcome[data-ends-in]");
}

function left() {
  return time.isTouched ? Infinity : time.due - performance.now();
}

// How long nothing may be saved yet, in whole seconds.
export function secondsHeld() {
  return form()?.dataset.holds === "yes" ? Math.max(0, Math.ceil(left() / SECOND)) : 0;
}

// The desk was drawn anew: the server has said again how long it takes.
function follow() {
  const { call, endsIn } = form()?.dataset ?? {};
  if (call === undefined) time = none;
  else if (call !== time.call) time = { ...none, call };
  if (endsIn === undefined || endsIn === time.said) return;
  time.said = endsIn;
  time.due = performance.now() + Number(endsIn) * SECOND;
}

// Where only what is clear saves itself, whoever touches the outcome takes over; elsewhere it may be chosen again.
export function touch() {
  if (form()?.dataset.yields === "yes") time.isTouched = true;
  else time.due = Math.max(time.due, performance.now() + GRACE);
}

function onTouch(event) {
  if (form()?.contains(event.target) && (event.type === "input" || event.target.matches(FIELDS))) touch();
}

function tick(save) {
  if (!form()) return;
  const seconds = left() / SECOND;
  const isChosen = form().querySelector("[name=code]:checked") !== null;
  const line = document.querySelector("[data-wrap-up-left]");
  line.hidden = !(seconds > 0 && seconds < Infinity);
  line.querySelector("strong").textContent = String(Math.max(0, Math.ceil(seconds)));
  document.querySelector("[data-wrap-up-over]").hidden = seconds > 0 || isChosen;
  if (seconds > 0 || performance.now() < time.next || !isChosen) return;
  time.next = performance.now() + AGAIN;
  save();
}

export function watchWrapUp(save) {
  document.addEventListener("htmx:after:swap", follow);
  document.addEventListener("input", onTouch);
  document.addEventListener("focusin", onTouch);
  follow();
  setInterval(() => tick(save), TICK);
}
