// The driver for the emulated network: its people are heard as captions, so there is no sound but the ringing.

const TONE_HERTZ = 450; // what a calling telephone hears in China: one second on, four seconds off
const VOLUME = 0.04;
const PERIOD_SECONDS = 5;

class Ringing {
  constructor() {
    this.context = null;
    this.timer = null;
  }

  set(on) {
    if (on === (this.timer !== null)) return;
    if (on) {
      this.sound();
      this.timer = setInterval(() => this.sound(), PERIOD_SECONDS * 1000);
    } else {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  sound() {
    this.context ??= new AudioContext();
    const tone = new OscillatorNode(this.context, { frequency: TONE_HERTZ });
    const gain = new GainNode(this.context, { gain: VOLUME });
    tone.connect(gain).connect(this.context.destination);
    tone.start();
    tone.stop(this.context.currentTime + 1);
  }
}

export async function open(given, _onLost, paths) {
  const reply = await fetch(paths.line, { method: "POST", body: new URLSearchParams({ ticket: given.ticket }) });
  if (!reply.ok) throw new Error(`the emulated network refused: ${reply.status}`);
  const { call_id: call } = await reply.json();
  const ringing = new Ringing();
  return {
    mute() {},
    ring: (on) => ringing.set(on),
    close() {
      ringing.set(false);
      navigator.sendBeacon(paths.end, new URLSearchParams({ call_id: call }));
    },
  };
}
