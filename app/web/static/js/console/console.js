//# allFunctionsCalledOnLoad
// What only the interviewer's console does: answers that cannot be lost, five seconds to take back, all keys by name.
import { forgetAhead, lookAhead } from "./ahead.js";
import { sendAnswer, takeFormsOver } from "./answering.js";
import { watchConnection } from "./connection.js";
import { offerHelp } from "./help.js";
import { act, fetchDesk, giveDrawingUp } from "./order.js";
import { BROKEN, HEADERS, Outbox } from "./outbox.js";
import { offerPalette } from "./palette.js";
import { offerRecordings } from "./player.js";
import { runStopwatch } from "./stopwatch.js";
import { holdsOutcome, offerUndo, sayNotTakenBack, sendAtLast, watchUndo } from "./undo.js";
import { watchWrapUp } from "./wrapup.js";

const NOTHING_TO_DRAW = 204;
const DESK = "/desk";
const ANSWER = "/desk/answer";
const MARK = "/desk/mark";

const words = document.querySelector("#undo").dataset;
const outbox = new Outbox(document.querySelector("#main").dataset.person);

function newKey() {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}

function refresh() {
  document.querySelector("#desk")?.dispatchEvent(new CustomEvent("live"));
}

function note(kind, question) {
  const interview = document.querySelector("#desk input[name=interview]")?.value ?? "";
  const sent = new URLSearchParams({ interview, kind, about: question, client_key: newKey() });
  return outbox.send(MARK, sent, HEADERS).then(refresh);
}

function post(address, fields) {
  return act(address, { method: "POST", headers: HEADERS, body: new URLSearchParams(fields) });
}

async function playIntoCall(fields) {
  const reply = await post("/desk/play", fields);
  refresh();
  return reply.ok;
}

// What the desk sends but answers; htmx draws what comes back.
function takeOver(event) {
  const { ctx } = event.detail;
  const address = ctx.request.action;
  if (!address.startsWith(DESK)) return;
  // Its time limit would run while it waits for its turn, and a mark must not be given up at all.
  clearTimeout(ctx.requestTimeout);
  if (ctx.request.method !== "GET") forgetAhead();
  if (address !== MARK) {
    ctx.fetch = ctx.request.method === "GET" && address === DESK ? fetchDesk : act;
    return;
  }
  const { body } = ctx.request;
  body.set("client_key", newKey());
  if (body.has("about")) body.set("about", document.querySelector("#desk input[name=question]").value);
  const headers = Object.fromEntries(new Headers(ctx.request.headers));
  ctx.fetch = async () => {
    const reply = await outbox.send(address, body, headers);
    if (reply.status >= BROKEN) {
      showRefused([{ body }]);
      return new Response(null, { status: NOTHING_TO_DRAW });
    }
    if (reply.ok) offerToTakeBack(`${words.mark} ${ctx.sourceEvent?.submitter?.dataset.said ?? ""}`, () => post("/desk/mark/take-back", { client_key: body.get("client_key") }));
    return reply;
  };
}

function offerToTakeBack(said, takeBack) {
  offerUndo(said, () => {
    takeBack().then((reply) => reply.ok || sayNotTakenBack(), sayNotTakenBack).finally(refresh);
  });
}

const TELL = {
  saved: (body) => offerToTakeBack(words.answer, () => post("/desk/back", { to: body.get("question") })),
  lost: (body) => showRefused([{ body }]),
};

function onSubmit(event) {
  takeFormsOver();
  const address = event.target.getAttribute("action");
  if (address === MARK) giveDrawingUp();
  if (address !== ANSWER) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sendAnswer(outbox, event.target, event.submitter, TELL);
}

function showRefused(refused) {
  const box = document.querySelector("#refused");
  const list = box.querySelector("ul");
  for (const entry of refused) {
    const sent = new URLSearchParams(entry.body);
    const row = document.createElement("li");
    const given = ["text", "words", "status", "kind", "rating"].map((name) => sent.get(name));
    row.textContent = [sent.get("question") ?? sent.get("about"), ...sent.getAll("code"), ...given].filter(Boolean).join(" · ");
    list.append(row);
  }
  box.hidden = list.children.length === 0;
}

function watchRefused() {
  const box = document.querySelector("#refused");
  box.querySelector("button").addEventListener("click", () => {
    box.hidden = true;
    box.querySelector("ul").replaceChildren();
  });
}

async function sendWhatWasLeft() {
  if (!outbox.entries.length) return;
  const refused = await outbox.empty();
  refresh();
  showRefused(refused);
}

document.addEventListener("submit", onSubmit, true);
document.addEventListener("htmx:before:request", takeOver);
addEventListener("beforeunload", (event) => {
  if (outbox.entries.length || holdsOutcome()) event.preventDefault();
});
watchConnection();
watchRefused();
watchUndo();
watchWrapUp(sendAtLast);
runStopwatch();
lookAhead();
offerRecordings({ note, playIntoCall });
offerPalette();
offerHelp();
sendWhatWasLeft();
