// Bytes a second, by what had passed at times of before.

/** Nodes tell what has passed every 4 s: rates over less would jump. */
const RATE_MILLIS = 12_000;

/** Over less nothing can be said. */
const LEAST_MILLIS = 2_000;

export class Rates {
  /** The oldest first. */
  #samples = [];
  #last = null;

  /**
   * Bytes a second of late, in all and by the names of nodes, with how the fleet is now; null: not known yet.
   * Of what is counted anew, as of another machine that took a node's place, nothing is known for a while.
   */
  after(status, now) {
    const sample = {
      at: now,
      all: status.traffic,
      nodes: new Map(status.nodes.map(({ name, traffic }) => [name, traffic])),
    };
    const samples = this.#samples;
    samples.push(sample);
    while (samples.length > 2 && now - samples[1].at >= RATE_MILLIS) {
      samples.shift();
    }
    const [first] = samples;
    if (now - first.at < LEAST_MILLIS) {
      return this.#last;
    }
    const seconds = (now - first.at) / 1000;
    const rate = (before, after) =>
      before === undefined || after.up < before.up || after.down < before.down
        ? undefined
        : { up: (after.up - before.up) / seconds, down: (after.down - before.down) / seconds };
    this.#last = {
      all: rate(first.all, sample.all),
      nodes: new Map([...sample.nodes].map(([name, moved]) => [name, rate(first.nodes.get(name), moved)])),
    };
    return this.#last;
  }
}
