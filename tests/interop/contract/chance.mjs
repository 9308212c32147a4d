// Choices that one seed decides, so that a run can be had again.
import { fc } from '../packages.mjs';

export class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // mulberry32: 32 bits a call.
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(limit) {
    return this.next() % limit;
  }

  happens(probability) {
    return this.next() / 2 ** 32 < probability;
  }

  pick(list) {
    return list.length === 0 ? undefined : list[this.below(list.length)];
  }

  shuffled(list) {
    return [...list].map((one) => [this.next(), one]).sort(([a], [b]) => a - b).map(([, one]) => one);
  }

  // One value of an arbitrary; the first ones of fast-check are the smallest, so a later one.
  value(arbitrary) {
    return fc.sample(arbitrary, { numRuns: 5, seed: this.next() | 0 })[4];
  }
}
