// The driver for interviewers who dial on a telephone of their own: the browser has no part in the sound.

export async function open() {
  return { mute() {}, ring() {}, close() {} };
}
