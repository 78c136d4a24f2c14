//# allFunctionsCalledOnLoad
// One thing after the other: what draws the desk waits for an answer on its way, and an answer for what was done before
// it. A desk that is merely fetched anew waits for nothing: it would be old when it comes, so an answer gives it up, and
// what it would have shown is drawn with the answer.
import { fetchSignedIn } from "./outbox.js";

let answering = Promise.resolve();
let acting = Promise.resolve();
let drawing = null;
let isStale = false;

export async function fetchDesk(address, request) {
  const mine = new AbortController();
  drawing = mine;
  try {
    await answering;
    const signal = AbortSignal.any([mine.signal, request.signal].filter(Boolean));
    const reply = await fetchSignedIn(address, { ...request, signal });
    isStale = false;
    return reply;
  } finally {
    if (drawing === mine) drawing = null;
  }
}

export function act(address, request) {
  const reply = answering.then(() => fetchSignedIn(address, request));
  acting = Promise.allSettled([acting, reply]);
  return reply;
}

export const whatWasDone = () => acting;
export const whatIsAnswered = () => answering;

export function follows(answer) {
  answering = answer.catch(() => undefined);
}

export function giveDrawingUp() {
  if (drawing === null) return;
  drawing.abort();
  isStale = true;
}

export const isDeskStale = () => isStale;

export function deskIsDrawn() {
  isStale = false;
}
