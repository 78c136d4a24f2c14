// An answer: sent through the outbox, whatever becomes of the net, and followed by the next question. Where that is known
// ahead it is on the screen with the key, and stays there if it is what the server says as well.
import { forget, screenAfter } from "./ahead.js";
import { deskIsDrawn, follows, giveDrawingUp, isDeskStale, whatWasDone } from "./order.js";
import { BROKEN, HEADERS } from "./outbox.js";
import { follow, writeTimes } from "./stopwatch.js";

const QUESTION_ALONE = "X-Question-Alone";
const PAINTED_MS = 100; // at the latest

let untaken = [];

// htmx takes the new forms over once the question is on the screen: the interviewer reads it first. Whoever is quicker
// than that finds them taken over all the same.
export function takeFormsOver() {
  const parts = untaken;
  untaken = [];
  parts.forEach((part) => htmx.process(part));
}

// Puts a part of what came where it belongs elsewhere on the desk; returns it and what stood there.
function putInPlace(template) {
  const part = template.content.firstElementChild;
  const before = document.querySelector(`#desk ${template.dataset.inPlaceOf}`);
  before.replaceWith(part);
  return { part, before };
}

function tellOf(parts) {
  untaken.push(...parts);
  follow();
  for (const part of parts) part.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(takeFormsOver));
}

// Returns how to put back what stood there before. What has the focus goes first: where anything else has changed by
// then, the browser lays the whole page out once more before it lets go of it.
function drawQuestion(drawn) {
  const work = document.querySelector("#desk .work");
  const asked = [...work.childNodes];
  const elsewhere = [...drawn.querySelectorAll("template[data-in-place-of]")];
  elsewhere.forEach((template) => template.remove());
  work.replaceChildren(...drawn.childNodes);
  const others = elsewhere.map(putInPlace);
  tellOf([work, ...others.map(({ part }) => part)]);
  return () => {
    for (const { part, before } of others) part.replaceWith(before);
    work.replaceChildren(...asked);
    tellOf([work, ...others.map(({ before }) => before)]);
  };
}

async function draw(reply) {
  const text = await reply.text();
  if (reply.headers.has(QUESTION_ALONE)) return drawQuestion(new DOMParser().parseFromString(text, "text/html").body);
  const target = document.querySelector(reply.headers.get("HX-Retarget") ?? "#desk");
  await htmx.swap({ text, target, sourceElement: target, swap: reply.headers.get("HX-Reswap") ?? "outerMorph" });
  deskIsDrawn();
}

// Resolves once what was drawn is on the screen; a page that nobody sees is not painted.
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, PAINTED_MS);
  });
}

// Tells `saved` what was saved, and `lost` what the server will not have and what no screen shows any more.
async function receive(sent, form, ahead, { saved, lost }) {
  const { reply, body } = sent;
  try {
    const answered = await reply;
    if (answered.ok) saved(body);
    if (ahead && answered.headers.get(QUESTION_ALONE) === ahead.name) return;
    if (!answered.ok) {
      ahead?.takeAway();
      delete form.dataset.sent;
      if (answered.status >= BROKEN || !form.isConnected) lost(body);
    }
    if (answered.status < BROKEN) await draw(answered);
  } catch (error) {
    ahead?.takeAway();
    delete form.dataset.sent;
    throw error;
  }
}

// How long the answer took ends with the key, whatever it waits for from here on.
export function sendAnswer(outbox, form, submitter, tell) {
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  writeTimes(form);
  giveDrawingUp();
  const body = new URLSearchParams(new FormData(form, submitter));
  const screen = isDeskStale() ? undefined : screenAfter(body);
  forget();
  // Without it the whole desk is drawn.
  if (isDeskStale()) body.delete("unrated");
  const reply = outbox.send("/desk/answer", body, HEADERS, Promise.all([whatWasDone(), screen && painted()]));
  const ahead = screen && { name: screen.name };
  follows(receive({ reply, body }, form, ahead, tell));
  // Last, so that whoever is quick with the question drawn here comes after the answer.
  if (ahead) ahead.takeAway = drawQuestion(screen.nodes);
}
