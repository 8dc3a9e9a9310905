const TONES_HZ = [660, 880];
const TONE_S = 0.12;
const VOLUME = 0.06;

/** Two short tones, made by the browser itself so that no file is loaded. */
export class Sound {
  #context: AudioContext | null = null;

  /** Silent where the browser wants a click on the page first. */
  play(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    const volume = context.createGain();
    volume.gain.value = VOLUME;
    volume.connect(context.destination);
    TONES_HZ.forEach((frequency, index) => {
      const tone = context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(volume);
      tone.start(context.currentTime + index * TONE_S);
      tone.stop(context.currentTime + (index + 1) * TONE_S);
    });
  }

  end(): void {
    void this.#context?.close();
    this.#context = null;
  }
}
