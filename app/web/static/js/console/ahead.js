//# allFunctionsCalledOnLoad
// What would be asked next: fetched for every answer that one key gives, and for what is typed once the typing pauses,
// while the respondent is still speaking. The key that saves the answer then shows the next question at once.
import { whatIsAnswered, whatWasDone } from "./order.js";
import { HEADERS } from "./outbox.js";
import { questionForm } from "./stopwatch.js";

const ADDRESS = "/desk/ahead";
const FOUND = 200;
const PAUSE_MS = 200;
const MEASURED = ["reading_ms", "latency_ms", "shown_at"];

let screens = new Map();
let looking = null;
let pause = null;

// One answer, told from every other that the form can send.
function nameOf(answer) {
  const name = new URLSearchParams(answer);
  for (const field of MEASURED) name.delete(field);
  name.sort();
  return String(name);
}

// What the form sends when one more key is pressed, such as code=2&status=answered.
function withKey(answer, key) {
  const changed = new URLSearchParams(answer);
  for (const [name, value] of new URLSearchParams(key)) changed.set(name, value);
  return changed;
}

function answerIn(form) {
  return new URLSearchParams(new FormData(form, form.querySelector("[name=status][value=answered]")));
}

// The question that follows an answer: its name, and its nodes, which can be drawn once; undefined where it is not known.
export const screenAfter = (answer) => screens.get(nameOf(answer));

export function forgetAhead() {
  clearTimeout(pause);
  looking?.abort();
  screens = new Map();
}

async function look(form, signal) {
  // Until then the server does not know what is asked by now, and what is being done may change what follows.
  await Promise.all([whatIsAnswered(), whatWasDone()]);
  const answer = answerIn(form);
  if (signal.aborted || form.dataset.sent || screens.has(nameOf(answer))) return;
  const reply = await fetch(ADDRESS, { method: "POST", headers: HEADERS, body: answer, signal, priority: "low" });
  if (reply.status !== FOUND) return;
  const found = new DOMParser().parseFromString(await reply.text(), "text/html");
  if (signal.aborted) return;
  for (const { dataset, content } of found.querySelectorAll("template[data-answers]")) {
    const screen = { name: dataset.questionAlone, nodes: document.importNode(content, true) };
    for (const key of dataset.answers.split(" ")) screens.set(nameOf(withKey(answer, key)), screen);
  }
}

// After `wait` milliseconds without another reason to. What cannot be had ahead comes with the answer.
function lookSoon(wait = 0) {
  clearTimeout(pause);
  pause = setTimeout(() => {
    const form = questionForm();
    if (!form) return;
    looking?.abort();
    looking = new AbortController();
    look(form, looking.signal).catch(() => undefined);
  }, wait);
}

function lookAfresh() {
  forgetAhead();
  lookSoon();
}

export function lookAhead() {
  document.addEventListener("drawn", () => requestAnimationFrame(lookAfresh));
  document.addEventListener("htmx:after:settle", lookAfresh);
  document.addEventListener("input", (event) => {
    if (questionForm()?.contains(event.target)) lookSoon(PAUSE_MS);
  });
  lookAfresh();
}
