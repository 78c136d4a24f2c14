//# allFunctionsCalledOnLoad
// An answer: sent through the outbox, whatever becomes of the net, and followed by the next question. Where that is known
// ahead it is on the screen with the key, and stays there if it is what the server says as well. The line above, in all
// modules here that an answer goes through, has the browser compile them beforehand: else the first answer waits for it.
import { forgetAhead, screenAfter } from "./ahead.js";
import { deskIsDrawn, follows, giveDrawingUp, isDeskStale, whatWasDone } from "./order.js";
import { BROKEN, HEADERS } from "./outbox.js";
import { asked, follow, questionForm, timesSoFar, writeTimes } from "./stopwatch.js";
import { forgetUndo } from "./undo.js";

const QUESTION_ALONE = "X-Question-Alone";
const PAINTED_MS = 100; // at the latest
const FRESH_MS = 250; // nobody has read a question sooner

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

// What is read aloud, and what is wrong with an answer, stand first, however far down the last one was given.
function showFromTop() {
  scrollTo({ top: 0, behavior: "instant" });
}

function tellOf(parts) {
  untaken.push(...parts);
  follow();
  for (const part of parts) part.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  showFromTop();
  requestAnimationFrame(() => setTimeout(takeFormsOver));
}

function keepFresh(form) {
  form.dataset.fresh = "yes";
  setTimeout(() => delete form.dataset.fresh, FRESH_MS);
}

// The phrases to listen for are the same for most questions, and stay: to lay them out takes longer than the question.
function putInWork(work, drawn) {
  const phrases = work.querySelector(":scope > .listen");
  const same = drawn.querySelector(".listen");
  if (!phrases?.isEqualNode(same)) return work.replaceChildren(...drawn.childNodes);
  while (same.nextSibling) same.nextSibling.remove();
  same.remove();
  questionForm().remove();
  while (phrases.previousSibling) phrases.previousSibling.remove();
  phrases.before(...drawn.childNodes);
}

// Returns how to put back what stood there before. What has the focus goes first: where anything else has changed by
// then, the browser lays the whole page out once more before it lets go of it.
function drawQuestion(drawn) {
  const work = document.querySelector("#desk .work");
  const before = [...work.childNodes];
  const setTimesBack = timesSoFar();
  const elsewhere = [...drawn.querySelectorAll("template[data-in-place-of]")];
  elsewhere.forEach((template) => template.remove());
  putInWork(work, drawn);
  const others = elsewhere.map(putInPlace);
  keepFresh(questionForm());
  tellOf([work, ...others.map((other) => other.part)]);
  return () => {
    for (const other of others) other.part.replaceWith(other.before);
    work.replaceChildren(...before);
    setTimesBack();
    tellOf([work, ...others.map((other) => other.before)]);
  };
}

async function draw(reply) {
  const text = await reply.text();
  if (reply.headers.has(QUESTION_ALONE)) return drawQuestion(new DOMParser().parseFromString(text, "text/html").body);
  const target = document.querySelector(reply.headers.get("HX-Retarget") ?? "#desk");
  await htmx.swap({ text, target, sourceElement: target, swap: reply.headers.get("HX-Reswap") ?? "outerMorph" });
  showFromTop();
  deskIsDrawn();
}

// Resolves once what was drawn is on the screen; a page that nobody sees is not painted.
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, PAINTED_MS);
  });
}

// Tells `saved` what was saved, and `lost` what the server will not have where its question is not on the screen.
async function receive(sent, form, ahead, { saved, lost }) {
  const { reply, body, question } = sent;
  const isAsked = () => asked() === question;
  try {
    const answered = await reply;
    if (answered.ok) {
      saved(body);
      const isThere = ahead && answered.headers.get(QUESTION_ALONE) === ahead.name && asked() === ahead.asked;
      if (!isThere) await draw(answered);
      return;
    }
    putBack(form, ahead);
    // One that was given on top of an answer which was not taken itself: what is asked again stays on the screen.
    if (answered.status < BROKEN && isAsked()) await draw(answered);
    if (answered.status >= BROKEN || !isAsked()) lost(body);
  } catch (error) {
    putBack(form, ahead);
    throw error;
  }
}

function putBack(form, ahead) {
  ahead?.takeAway();
  delete form.dataset.sent;
}

function isEntered(form) {
  const fields = [...form.querySelectorAll("input, textarea")];
  return fields.some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

// How long the answer took ends with the key, whatever it waits for from here on.
export function sendAnswer(outbox, form, submitter, tell) {
  // A key pressed twice: nobody has read the question yet that the second press would answer.
  const isUnread = "fresh" in form.dataset && !isEntered(form);
  if (form.dataset.sent || isUnread) return;
  writeTimes(form);
  giveDrawingUp();
  const body = new URLSearchParams(new FormData(form, submitter));
  const screen = isDeskStale() ? undefined : screenAfter(body);
  forgetAhead();
  // Without it the whole desk is drawn.
  if (isDeskStale()) body.delete("unrated");
  const reply = outbox.send("/desk/answer", body, HEADERS, Promise.all([whatWasDone(), screen && painted()]));
  form.dataset.sent = "yes";
  const ahead = screen && { name: screen.name };
  follows(receive({ reply, body, question: asked() }, form, ahead, tell));
  if (!ahead) return;
  // Last, so that whoever is quick with the question drawn here comes after the answer.
  ahead.takeAway = drawQuestion(screen.nodes);
  ahead.asked = asked();
  forgetUndo();
}
