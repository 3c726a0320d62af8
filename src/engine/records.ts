import { DurationRecorder, type Batch, type Container, type ContainerState, type CpuClass, type Invocation, type Outcome, type OutcomeStatus } from '../core/index.js';

/** The engine's own state of one invocation. Its parts are derived from five instants, so they add up by construction. */
export class InvocationRecord implements Outcome {
  readonly id: number;
  readonly functionId: string;
  readonly intendedMs: number;
  readonly submittedMs: number;
  resourceKey: string | undefined = undefined;
  attempt = 1;
  /** Whether it was dispatched in a serial batch. */
  serial = false;

  state: 'waiting' | 'assigned' | 'ended' = 'waiting';
  status: OutcomeStatus = 'completed';
  errorCode: string | undefined = undefined;
  containerId = -1;
  batchId = -1;
  /** Place among all that were dispatched in this cell; -1 until then. */
  dispatchOrder = -1;
  cpuMs: number | undefined = undefined;
  concurrency: number | undefined = undefined;
  containerCpuMs: number | undefined = undefined;

  coldStartMs = 0;
  dispatchedMs = Number.NaN;
  startedMs = Number.NaN;
  handlerEndedMs = Number.NaN;
  knownMs = Number.NaN;

  constructor(id: number, functionId: string, intendedMs: number, submittedMs: number) {
    this.id = id;
    this.functionId = functionId;
    this.intendedMs = intendedMs;
    this.submittedMs = submittedMs;
  }

  get lagMs(): number {
    return this.submittedMs - this.intendedMs;
  }
  get schedulingMs(): number {
    return this.dispatchedMs - this.submittedMs - this.coldStartMs;
  }
  get queueMs(): number {
    return this.startedMs - this.dispatchedMs;
  }
  get executionMs(): number {
    return this.handlerEndedMs - this.startedMs;
  }
  get responseMs(): number {
    return this.knownMs - this.handlerEndedMs;
  }
  get totalMs(): number {
    return this.knownMs - this.intendedMs;
  }

  /** Back to waiting after its container was lost; the next attempt is timed anew, the wait so far becomes scheduling. */
  reset(): void {
    this.state = 'waiting';
    this.containerId = -1;
    this.batchId = -1;
    this.dispatchOrder = -1;
    this.coldStartMs = 0;
    this.dispatchedMs = Number.NaN;
  }

  /** Closes the time line. Instants it never reached collapse onto the last one known, so that the parts still add up. */
  end(status: OutcomeStatus, errorCode: string | undefined, knownMs: number): void {
    this.state = 'ended';
    this.status = status;
    this.errorCode = errorCode;
    this.knownMs = knownMs;
    if (Number.isNaN(this.dispatchedMs)) this.dispatchedMs = knownMs;
    if (Number.isNaN(this.startedMs)) this.startedMs = knownMs;
    if (Number.isNaN(this.handlerEndedMs)) this.handlerEndedMs = knownMs;
  }
}

/** A batch on its way; one that holds a retried invocation runs alone in its container, so that it can harm nobody else. */
export interface PendingBatch extends Batch {
  readonly invocations: InvocationRecord[];
  readonly alone: boolean;
  /** Assigned before the container had served anybody: the wait for its launch is a cold start. */
  readonly cold: boolean;
}

/** The engine's own state of one container. */
export class ContainerRecord implements Container {
  readonly id: number;
  readonly functionId: string;
  launchedMs: number;
  state: ContainerState = 'starting';
  readyMs = Number.NaN;
  inFlight = 0;
  batches = 0;
  served = 0;

  /** Batches not yet handed to the backend: it is starting, or somebody in it must be alone. */
  readonly outbox: PendingBatch[] = [];
  /** How many were dispatched to it and have not ended. */
  running = 0;
  runningAlone = false;
  /** When it last gave a sign of life while it had work. */
  lastSignMs = 0;
  idleSinceMs = 0;
  /** Its launch waits for a place under a cap of containers: the backend does not know it yet. */
  waits = false;
  /** What the scheduler asked for meanwhile. */
  wantedClass: CpuClass | undefined = undefined;

  constructor(id: number, functionId: string, launchedMs: number, readonly pool = new Pool()) {
    this.id = id;
    this.functionId = functionId;
    this.launchedMs = launchedMs;
  }
}

/** The live containers of one function, and what its past invocations took; satisfies PoolView. */
export class Pool {
  // Not properties: a scheduler that looks at a pool sees containers only.
  readonly #history = new DurationRecorder();
  readonly #silenceLimitMs: number;
  readonly idle: ContainerRecord[] = [];
  readonly busy: ContainerRecord[] = [];
  readonly starting: ContainerRecord[] = [];

  /** `silenceLimitMs`: a container with work that says nothing for so long is given up. */
  constructor(silenceLimitMs = Number.POSITIVE_INFINITY) {
    this.#silenceLimitMs = silenceLimitMs;
  }

  get silenceLimitMs(): number {
    return this.#silenceLimitMs;
  }

  get history(): DurationRecorder {
    return this.#history;
  }
}

const initialSlots = 1_024;

/**
 * The invocations of a cell that have not ended, by id: a hash table with open addressing, in which an invocation that comes and goes
 * leaves nothing for the garbage collector, as an entry of a Map does.
 */
export class OpenInvocations {
  #slots: (InvocationRecord | undefined)[] = new Array<InvocationRecord | undefined>(initialSlots).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): InvocationRecord | undefined {
    const slots = this.#slots;
    for (let slot = this.#home(id); ; slot = this.#next(slot)) {
      const record = slots[slot];
      if (record === undefined || record.id === id) return record;
    }
  }

  add(record: InvocationRecord): void {
    if (2 * ++this.#size > this.#slots.length) this.#grow();
    this.#put(record);
  }

  remove(record: InvocationRecord): void {
    const slots = this.#slots;
    let hole = this.#home(record.id);
    for (; slots[hole] !== record; hole = this.#next(hole)) if (slots[hole] === undefined) return;
    // Whoever would not be found past the hole moves into it.
    for (let slot = this.#next(hole); ; slot = this.#next(slot)) {
      const other = slots[slot];
      if (other === undefined) break;
      const fromHome = (slot - this.#home(other.id)) & (slots.length - 1);
      const fromHole = (slot - hole) & (slots.length - 1);
      if (fromHome < fromHole) continue;
      slots[hole] = other;
      hole = slot;
    }
    slots[hole] = undefined;
    this.#size -= 1;
  }

  /** In order of arrival. */
  all(): InvocationRecord[] {
    return this.#slots.filter((record) => record !== undefined).sort((a, b) => a.id - b.id);
  }

  /** Those that were dispatched to this container, in order of dispatch. */
  runningIn(containerId: number): InvocationRecord[] {
    const running = this.#slots.filter((record) => record?.containerId === containerId && record.dispatchOrder >= 0) as InvocationRecord[];
    return running.sort((a, b) => a.dispatchOrder - b.dispatchOrder);
  }

  /** Fibonacci hashing. */
  #home(id: number): number {
    return (Math.imul(id, 0x9e3779b1) >>> 8) & (this.#slots.length - 1);
  }

  #next(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  #put(record: InvocationRecord): void {
    let slot = this.#home(record.id);
    while (this.#slots[slot] !== undefined) slot = this.#next(slot);
    this.#slots[slot] = record;
  }

  #grow(): void {
    const records = this.#slots;
    this.#slots = new Array<InvocationRecord | undefined>(2 * records.length).fill(undefined);
    for (const record of records) if (record !== undefined) this.#put(record);
  }
}

/** Removes from the end first: the container that moves is most often the newest. */
export function removeFrom(list: ContainerRecord[], container: ContainerRecord): void {
  const index = list.lastIndexOf(container);
  if (index === list.length - 1) list.pop();
  else if (index >= 0) list.splice(index, 1);
}

/** Whether the engine made this invocation; a plug-in may hand it anything. */
export function isInvocationRecord(invocation: Invocation): invocation is InvocationRecord {
  return invocation instanceof InvocationRecord;
}
