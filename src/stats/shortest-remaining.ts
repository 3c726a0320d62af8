/** One unit of work in a queue ordered by what remains of it. */
interface Job {
  readonly index: number;
  remainingMs: number;
}

/** A binary heap with the least remaining work on top. */
class RemainingQueue {
  readonly #jobs: Job[] = [];

  get top(): Job | undefined {
    return this.#jobs[0];
  }

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
 * Latencies in ms under the clairvoyant policy: every container warm, nothing costs anything, and at every instant the `cores` jobs with the
 * least remaining work run, each on a core of its own (Schrage 1968 proves it best for the mean on one core). `arrivalsMs` ascending;
 * `workMs` is what each would take alone.
 */
export function shortestRemainingLatenciesMs(arrivalsMs: ArrayLike<number>, workMs: ArrayLike<number>, cores: number): Float64Array {
  const latenciesMs = new Float64Array(arrivalsMs.length);
  const running: Job[] = [];
  const waiting = new RemainingQueue();
  let nowMs = 0;
  let next = 0;
  while (next < arrivalsMs.length || running.length > 0) {
    const arrivalMs = next < arrivalsMs.length ? (arrivalsMs[next] as number) : Number.POSITIVE_INFINITY;
    let first = 0;
    for (let i = 1; i < running.length; i += 1) if ((running[i] as Job).remainingMs < (running[first] as Job).remainingMs) first = i;
    const doneMs = running.length === 0 ? Number.POSITIVE_INFINITY : nowMs + (running[first] as Job).remainingMs;
    const untilMs = Math.min(arrivalMs, doneMs);
    for (const job of running) job.remainingMs -= untilMs - nowMs;
    nowMs = untilMs;
    if (doneMs <= arrivalMs) {
      const { index } = running[first] as Job;
      latenciesMs[index] = nowMs - (arrivalsMs[index] as number);
      running.splice(first, 1);
    } else {
      waiting.push({ index: next, remainingMs: workMs[next] as number });
      next += 1;
    }
    rebalance(running, waiting, cores);
  }
  return latenciesMs;
}

/** The least remaining run; a newcomer that needs less takes the place of the one that needs most. */
function rebalance(running: Job[], waiting: RemainingQueue, cores: number): void {
  while (running.length < cores && waiting.top !== undefined) running.push(waiting.pop() as Job);
  const { top } = waiting;
  if (top === undefined) return;
  let last = 0;
  for (let i = 1; i < running.length; i += 1) if ((running[i] as Job).remainingMs > (running[last] as Job).remainingMs) last = i;
  const longest = running[last] as Job;
  if (top.remainingMs >= longest.remainingMs) return;
  running[last] = waiting.pop() as Job;
  waiting.push(longest);
}
