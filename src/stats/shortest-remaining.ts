/** One unit of work in a queue ordered by what remains of it. */
interface Job {
  readonly index: number;
  readonly arrivedMs: number;
  /** While it waits. */
  remainingMs: number;
  /** While it runs. */
  endMs: number;
}

/** A binary heap with the least remaining work on top. */
class RemainingQueue {
  readonly #jobs: Job[] = [];

  push(job: Job): void {
    const jobs = this.#jobs;
    let at = jobs.length;
    jobs.push(job);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = jobs[parent] as Job;
      if (above.remainingMs <= job.remainingMs) break;
      jobs[at] = above;
      at = parent;
    }
    jobs[at] = job;
  }

  pop(): Job | undefined {
    const jobs = this.#jobs;
    const top = jobs[0];
    const last = jobs.pop();
    if (last === undefined || last === top) return top;
    let at = 0;
    for (let child = 1; child < jobs.length; child = 2 * at + 1) {
      if (child + 1 < jobs.length && (jobs[child + 1] as Job).remainingMs < (jobs[child] as Job).remainingMs) child += 1;
      const below = jobs[child] as Job;
      if (below.remainingMs >= last.remainingMs) break;
      jobs[at] = below;
      at = child;
    }
    jobs[at] = last;
    return top;
  }
}

/**
 * The clairvoyant policy, as arrivals come: every container warm, nothing costs anything, and at every instant the `cores` jobs with the
 * least remaining work run, each on a core of its own (Schrage 1968 proves it best for the mean on one core).
 */
export class ShortestRemaining {
  readonly #cores: number;
  readonly #onEnd: (latencyMs: number, index: number) => void;
  readonly #running: Job[] = [];
  readonly #waiting = new RemainingQueue();
  #arrived = 0;

  constructor(cores: number, onEnd: (latencyMs: number, index: number) => void) {
    this.#cores = cores;
    this.#onEnd = onEnd;
  }

  /** Work of `workMs` on one core; times must not go back. */
  arrive(atMs: number, workMs: number): void {
    const index = this.#arrived++;
    if (this.#cores === Number.POSITIVE_INFINITY) {
      this.#onEnd(workMs, index);
      return;
    }
    this.#runUntil(atMs);
    const job: Job = { index, arrivedMs: atMs, remainingMs: workMs, endMs: atMs + workMs };
    if (this.#running.length < this.#cores) {
      this.#running.push(job);
      return;
    }
    const last = this.#placeOf((a, b) => a.endMs > b.endMs);
    const longest = this.#running[last] as Job;
    if (job.endMs >= longest.endMs) {
      this.#waiting.push(job);
      return;
    }
    longest.remainingMs = longest.endMs - atMs;
    this.#waiting.push(longest);
    this.#running[last] = job;
  }

  /** No more will arrive. */
  finish(): void {
    this.#runUntil(Number.POSITIVE_INFINITY);
  }

  #runUntil(untilMs: number): void {
    const running = this.#running;
    while (running.length > 0) {
      const first = this.#placeOf((a, b) => a.endMs < b.endMs);
      const { endMs, arrivedMs, index } = running[first] as Job;
      if (endMs > untilMs) return;
      this.#onEnd(endMs - arrivedMs, index);
      const next = this.#waiting.pop();
      if (next === undefined) {
        running[first] = running[running.length - 1] as Job;
        running.pop();
      } else {
        next.endMs = endMs + next.remainingMs;
        running[first] = next;
      }
    }
  }

  /** Of the one of those running that comes before all others. */
  #placeOf(comesBefore: (a: Job, b: Job) => boolean): number {
    const running = this.#running;
    let best = 0;
    for (let i = 1; i < running.length; i += 1) if (comesBefore(running[i] as Job, running[best] as Job)) best = i;
    return best;
  }
}

/** Latencies in ms under the clairvoyant policy. `arrivalsMs` ascending; `workMs` is what each would take alone. */
export function shortestRemainingLatenciesMs(arrivalsMs: ArrayLike<number>, workMs: ArrayLike<number>, cores: number): Float64Array {
  const latenciesMs = new Float64Array(arrivalsMs.length);
  const policy = new ShortestRemaining(cores, (latencyMs, index) => (latenciesMs[index] = latencyMs));
  for (let i = 0; i < arrivalsMs.length; i += 1) policy.arrive(arrivalsMs[i] as number, workMs[i] as number);
  policy.finish();
  return latenciesMs;
}
