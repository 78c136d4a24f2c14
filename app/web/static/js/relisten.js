// The players of the recordings of one interview: one button, or key, for whichever was played last.
const BACK_SECONDS = 5;
const players = document.querySelector("[data-players]");
let current = players?.querySelector("audio") ?? null;

players?.addEventListener("play", (event) => {
  if (current && current !== event.target) current.pause();
  current = event.target;
}, true);

players?.addEventListener("click", (event) => {
  const act = event.target.closest("[data-sound]")?.dataset.sound;
  if (!act || !current) return;
  if (act === "back") current.currentTime = Math.max(0, current.currentTime - BACK_SECONDS);
  else if (current.paused) current.play();
  else current.pause();
});
