import type { Clock, Timer } from './clock.js';

interface ThreadSupplyOptions<Thread, Task> {
  readonly clock: Clock;
  /** Begins to start a thread; `started` or `failed` follows. */
  readonly start: () => void;
  readonly give: (thread: Thread, task: Task) => void;
}

/** What a thread takes to start before one of this container has been timed, in ms. */
const assumedStartMs = 30;

/**
 * Who gets a thread of a container, and when there is another one: every invocation that runs for long ends up with a thread of its own,
 * short ones share. Starting a thread costs some 30 ms of CPU, often more than an invocation, so a further one is started only when no
 * invocation has been taken up for as long as a start takes (the ski-rental rule: never more than twice the cost of having known).
 * Starts under way may be as many as threads are busy, so that a batch of long invocations doubles its threads in each round.
 */
export class ThreadSupply<Thread, Task> {
  readonly #options: ThreadSupplyOptions<Thread, Task>;
  readonly #queue: Task[] = [];
  readonly #idle: Thread[] = [];
  #starting = 0;
  #busy = 0;
  #startMs = assumedStartMs;
  /** When a task was last taken up, or a start begun for the waiting ones. */
  #movedMs = 0;
  #patience: Timer | undefined;

  constructor(options: ThreadSupplyOptions<Thread, Task>) {
    this.#options = options;
  }

  /** Threads that have a task. */
  get busy(): number {
    return this.#busy;
  }

  /** Threads without one, the longest idle first. */
  get idle(): readonly Thread[] {
    return this.#idle;
  }

  add(task: Task): void {
    if (this.#queue.length === 0) this.#movedMs = this.#options.clock.nowMs();
    this.#queue.push(task);
    this.#advance();
  }

  /** A start is over. The shortest seen counts: on busy cores a start takes longer, but costs no more. */
  started(thread: Thread, tookMs: number): void {
    this.#starting -= 1;
    this.#startMs = Math.min(this.#startMs, tookMs);
    this.#idle.push(thread);
    this.#advance();
  }

  /** A start has failed: the task at the head of the queue answers for it, so that nobody waits for ever. */
  failed(): Task | undefined {
    this.#starting -= 1;
    const task = this.#queue.shift();
    this.#advance();
    return task;
  }

  /** The task of a thread has ended; `reusable` threads take the next. */
  ended(thread: Thread, reusable: boolean): void {
    this.#busy -= 1;
    if (reusable) this.#idle.push(thread);
    this.#advance();
  }

  /** Takes an idle thread out of service. */
  drop(thread: Thread): void {
    const index = this.#idle.indexOf(thread);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #advance(): void {
    const { clock, give } = this.#options;
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      this.#busy += 1;
      this.#movedMs = clock.nowMs();
      give(this.#idle.pop() as Thread, this.#queue.shift() as Task);
    }
    // Whatever would allow a further start comes by here too, so there is no need to look again later.
    if (this.#starting >= this.#mostStarts) return;
    if (this.#busy + this.#starting === 0) {
      this.#start();
      return;
    }
    this.#patience ??= clock.setTimer(Math.max(1, this.#movedMs + this.#startMs - clock.nowMs()), () => this.#losePatience());
  }

  /** How many starts may be under way: as many as threads are busy, at most one for each task that waits. */
  get #mostStarts(): number {
    return Math.min(this.#queue.length, Math.max(1, this.#busy));
  }

  /** Nobody was taken up for a while. */
  #losePatience(): void {
    this.#patience = undefined;
    if (this.#options.clock.nowMs() - this.#movedMs >= this.#startMs) {
      while (this.#starting < this.#mostStarts) this.#start();
    }
    this.#advance();
  }

  #start(): void {
    this.#starting += 1;
    this.#movedMs = this.#options.clock.nowMs();
    this.#options.start();
  }
}
