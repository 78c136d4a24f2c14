// Play the recording of a question: into the call where the telephone can do that, and here, so that the interviewer
// follows. Where it cannot, only here.
import { asked, endReading, questionForm } from "./stopwatch.js";

let sound = null;

async function play(button, { note, playIntoCall }) {
  const said = document.querySelector("[data-player-said]");
  const { interview, question } = questionForm().elements;
  const isInCall = button.dataset.into === "call";
  const about = asked();
  sound?.pause();
  sound = new Audio(button.dataset.play);
  const ended = new Promise((resolve) => { sound.addEventListener("ended", resolve, { once: true }); });
  said.textContent = "";
  button.disabled = true;
  const fields = { interview: interview.value, question: question.value };
  const [call, local] = await Promise.allSettled([isInCall ? playIntoCall(fields) : true, sound.play()]);
  const isHeard = isInCall ? call.value === true : local.status === "fulfilled";
  if (!isHeard) said.textContent = isInCall ? said.dataset.unheard : said.dataset.silent;
  else if (!isInCall) note("audio", fields.question);
  // What was heard to its end was read to its end, unless another question is asked by then.
  if (isHeard) ended.then(() => { if (asked() === about) endReading(); });
  button.disabled = false;
  button.focus();
}

export function offerRecordings(acts) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play]");
    if (button) play(button, acts);
  });
}
