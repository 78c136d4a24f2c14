// Play the recording of a question: into the call where the telephone can do that, and here, so that the interviewer
// follows. Where it cannot, only here.
import { endReading } from "./stopwatch.js";

let sound = null;

async function play(button, { note, playIntoCall }) {
  const said = document.querySelector("[data-player-said]");
  said.textContent = "";
  sound?.pause();
  sound = new Audio(button.dataset.play);
  sound.addEventListener("ended", endReading, { once: true });
  button.disabled = true;
  try {
    const isInCall = button.dataset.into === "call";
    const [heard] = await Promise.all([isInCall ? playIntoCall() : true, sound.play()]);
    if (!heard) said.textContent = said.dataset.unheard;
    if (!isInCall) note("audio", document.querySelector("#desk input[name=question]")?.value ?? "");
  } catch {
    said.textContent = said.dataset.silent;
  } finally {
    button.disabled = false;
    button.focus();
  }
}

export function offerRecordings(acts) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play]");
    if (button) play(button, acts);
  });
}
