import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type {
  Backend,
  BackendListener,
  Clock,
  Container,
  ContainerState,
  ContainerUsage,
  ErrorCode,
  ExecutionMode,
  FunctionSpec,
  InvocationResult,
} from '../../src/core/index.js';

/** What a backend must be given to be put to the test. Its functions behave as test/fixtures/functions/behaves.cjs does. */
export interface ContractSetup {
  /** A backend that is not open yet, and the clock of its cell. */
  create(): Created | Promise<Created>;
  /** A folder, made anew for each call, in which the invocations of one container find each other's files. */
  meetingPlace(): string;
  readonly functions: { readonly cpu: FunctionSpec; readonly io: FunctionSpec; readonly unloadable: FunctionSpec };
}

interface Created {
  readonly backend: Backend;
  readonly clock: Clock;
}

type Heard =
  | { readonly what: 'ready'; readonly containerId: number }
  | { readonly what: 'result'; readonly containerId: number; readonly invocationId: number; readonly result: InvocationResult; readonly heardMs: number }
  | { readonly what: 'lost'; readonly containerId: number; readonly code: ErrorCode; readonly reason: string }
  | { readonly what: 'ended'; readonly containerId: number; readonly usage: ContainerUsage }
  | { readonly what: 'failed'; readonly containerId: undefined; readonly code: ErrorCode; readonly reason: string };

/** A container as an engine keeps it. */
class PlainContainer implements Container {
  state: ContainerState = 'starting';
  readonly readyMs = Number.NaN;
  readonly inFlight = 0;
  readonly batches = 0;
  readonly served = 0;
  readonly id: number;
  readonly functionId: string;
  readonly launchedMs: number;

  constructor(id: number, functionId: string, launchedMs: number) {
    this.id = id;
    this.functionId = functionId;
    this.launchedMs = launchedMs;
  }
}

/** A cell without an engine: does what it is told to, and takes down what it hears. */
class BareCell {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly heard: Heard[] = [];
  /** What was heard while a method of the backend had not returned. */
  readonly heardInside: Heard[] = [];
  readonly #inputs: unknown[] = [];
  #containers = 0;
  #batches = 0;
  #inside = false;

  private constructor({ backend, clock }: Created) {
    this.backend = backend;
    this.clock = clock;
  }

  static async open(setup: ContractSetup): Promise<BareCell> {
    const cell = new BareCell(await setup.create());
    onTestFinished(() => cell.backend.close());
    await cell.backend.open({
      listener: cell.#listener(),
      functions: new Map(Object.values(setup.functions).map((spec) => [spec.functionId, spec])),
      inputOf: (id) => cell.#inputs[id],
      resourceCache: { policy: 'lru', capacity: 1 },
    });
    return cell;
  }

  launch({ functionId }: FunctionSpec): PlainContainer {
    const container = new PlainContainer(this.#containers, functionId, this.clock.nowMs());
    this.#containers += 1;
    this.#within(() => this.backend.launch(container));
    return container;
  }

  async ready(container: PlainContainer): Promise<PlainContainer> {
    await this.until(() => this.of('ready', container).length > 0);
    container.state = 'idle';
    return container;
  }

  /** Sends a batch; returns the ids of its invocations. */
  dispatch(container: PlainContainer, mode: ExecutionMode, inputs: readonly unknown[]): number[] {
    const ids = inputs.map((input) => this.#inputs.push(input) - 1);
    const submittedMs = this.clock.nowMs();
    const invocations = ids.map((id) => ({ id, functionId: container.functionId, intendedMs: submittedMs, submittedMs, attempt: 1 }));
    this.#within(() => this.backend.dispatch(container, { id: this.#batches++, mode, invocations }));
    return ids;
  }

  retire(container: PlainContainer): void {
    container.state = 'retired';
    this.#within(() => this.backend.retire(container));
  }

  close(): Promise<void> {
    return this.#within(() => this.backend.close());
  }

  of<W extends Heard['what']>(what: W, container?: Container): Extract<Heard, { what: W }>[] {
    return this.heard.filter((one): one is Extract<Heard, { what: W }> => one.what === what && (container === undefined || one.containerId === container.id));
  }

  /** The results of invocations, in the order of the ids, once all of them are there. */
  async results(ids: readonly number[]): Promise<Extract<Heard, { what: 'result' }>[]> {
    const all = (): Extract<Heard, { what: 'result' }>[] => this.of('result').filter(({ invocationId }) => ids.includes(invocationId));
    await this.until(() => all().length >= ids.length);
    return all().sort((a, b) => a.invocationId - b.invocationId);
  }

  async until(condition: () => boolean): Promise<void> {
    await vi.waitFor(() => expect(condition(), JSON.stringify(this.heard)).toBe(true), { timeout: 20_000, interval: 5 });
  }

  #within<T>(call: () => T): T {
    this.#inside = true;
    try {
      return call();
    } finally {
      this.#inside = false;
    }
  }

  #hear(one: Heard): void {
    this.heard.push(one);
    if (this.#inside) this.heardInside.push(one);
  }

  #listener(): BackendListener {
    return {
      containerReady: (containerId) => this.#hear({ what: 'ready', containerId }),
      invocationEnded: (containerId, invocationId, result) => this.#hear({ what: 'result', containerId, invocationId, result, heardMs: this.clock.nowMs() }),
      containerLost: (containerId, code, reason) => this.#hear({ what: 'lost', containerId, code, reason }),
      containerEnded: (containerId, usage) => this.#hear({ what: 'ended', containerId, usage }),
      backendFailed: (code, reason) => this.#hear({ what: 'failed', containerId: undefined, code, reason }),
    };
  }
}

/** What every backend owes to the engine. */
export function describeBackendContract(name: string, setup: ContractSetup): void {
  const { cpu, io, unloadable } = setup.functions;

  describe(`the ${name} backend`, () => {
    it('tells once of each container that it is ready', async () => {
      const cell = await BareCell.open(setup);
      const containers = [cell.launch(io), cell.launch(cpu), cell.launch(io)];
      for (const container of containers) await cell.ready(container);
      await cell.close();
      for (const container of containers) expect(cell.of('ready', container)).toHaveLength(1);
      expect(cell.of('lost')).toEqual([]);
    });

    it('runs a serial batch in order, and tells when on the clock of the cell', async () => {
      const cell = await BareCell.open(setup);
      const container = await cell.ready(cell.launch(cpu));
      const sentMs = cell.clock.nowMs();
      const ids = cell.dispatch(container, 'serial', [{ do: 'sleeps', ms: 20 }, { do: 'returns' }, { do: 'sleeps', ms: 5 }]);
      let lastMs = sentMs;
      for (const { containerId, result, heardMs } of await cell.results(ids)) {
        expect(containerId).toBe(container.id);
        expect(result).toMatchObject({ status: 'completed', errorCode: undefined });
        expect(result.startedMs).toBeGreaterThanOrEqual(lastMs);
        expect(result.endedMs).toBeGreaterThanOrEqual(result.startedMs);
        expect(heardMs).toBeGreaterThanOrEqual(result.endedMs);
        lastMs = result.endedMs;
      }
    });

    it.each([
      ['cpu', cpu, 'meets-blocking'],
      ['io', io, 'meets'],
    ] as const)('runs an expanded batch of kind %s in parallel', async (_kind, spec, meets) => {
      const cell = await BareCell.open(setup);
      const folder = setup.meetingPlace();
      const container = await cell.ready(cell.launch(spec));
      const sentMs = cell.clock.nowMs();
      const ids = cell.dispatch(container, 'expanded', ['a', 'b', 'c'].map((file) => ({ do: meets, folder, name: file, party: 3 })));
      const results = (await cell.results(ids)).map(({ result }) => result);
      expect(results.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
      const startsMs = results.map(({ startedMs }) => startedMs);
      expect(Math.min(...startsMs)).toBeGreaterThanOrEqual(sentMs);
      expect(Math.max(...startsMs)).toBeLessThan(Math.min(...results.map(({ endedMs }) => endedMs)));
    });

    it('tells each result as it comes, before the last of its batch', async () => {
      const cell = await BareCell.open(setup);
      const gate = join(setup.meetingPlace(), 'gate');
      const container = await cell.ready(cell.launch(io));
      const ids = cell.dispatch(container, 'expanded', [{ do: 'waits-for-file', path: gate }, { do: 'returns' }]);
      await cell.results(ids.slice(1));
      expect(cell.of('result')).toHaveLength(1);
      await cell.results(cell.dispatch(container, 'expanded', [{ do: 'leaves-file', path: gate }]));
      await cell.results(ids);
    });

    it('tells how an invocation failed', async () => {
      const cell = await BareCell.open(setup);
      const container = await cell.ready(cell.launch(io));
      const [ended] = await cell.results(cell.dispatch(container, 'serial', [{ do: 'throws' }]));
      expect(ended?.result).toMatchObject({ status: 'failed', errorCode: 'FBB_ERR_FUNCTION_THREW', message: 'thrown on purpose' });
    });

    it('runs two batches at once in one container, each in its mode', async () => {
      const cell = await BareCell.open(setup);
      const gate = join(setup.meetingPlace(), 'gate');
      const container = await cell.ready(cell.launch(io));
      const serial = cell.dispatch(container, 'serial', [{ do: 'waits-for-file', path: gate }, { do: 'returns' }]);
      const beside = await cell.results(cell.dispatch(container, 'expanded', [{ do: 'returns' }, { do: 'returns' }]));
      expect(beside.map(({ result }) => result.status)).toEqual(['completed', 'completed']);
      expect(cell.of('result')).toHaveLength(2);
      await cell.results(cell.dispatch(container, 'expanded', [{ do: 'leaves-file', path: gate }]));
      expect((await cell.results(serial)).map(({ result }) => result.status)).toEqual(['completed', 'completed']);
    });

    it('tells of each invocation once', async () => {
      const cell = await BareCell.open(setup);
      const container = await cell.ready(cell.launch(io));
      const ids = [1, 2, 3].flatMap(() => cell.dispatch(container, 'expanded', Array.from({ length: 20 }, () => ({ do: 'returns' }))));
      await cell.results(ids);
      await cell.close();
      expect(cell.of('result').map(({ invocationId }) => invocationId).sort((a, b) => a - b)).toEqual(ids);
    });

    it('ends a container that is retired, and tells what it used', async () => {
      const cell = await BareCell.open(setup);
      const [retired, other] = [await cell.ready(cell.launch(cpu)), await cell.ready(cell.launch(cpu))];
      await cell.results(cell.dispatch(retired, 'serial', [{ do: 'returns' }]));
      cell.retire(retired);
      await cell.until(() => cell.of('ended', retired).length > 0);
      const { cpuMs, peakMemoryMb } = cell.of('ended', retired)[0]?.usage as ContainerUsage;
      expect(cpuMs).toBeGreaterThan(0);
      expect(peakMemoryMb).toBeGreaterThan(0);
      expect(cell.of('ended', other)).toEqual([]);
      expect(cell.of('lost')).toEqual([]);
      await cell.results(cell.dispatch(other, 'serial', [{ do: 'returns' }]));
    });

    it('shares clients between the invocations of a container as it was told to, and tells what became of the requests when it has ended', async () => {
      const cell = await BareCell.open(setup);
      const [asked, silent] = [await cell.ready(cell.launch(io)), await cell.ready(cell.launch(io))];
      const one = { do: 'asks-resource', args: 1 };
      await cell.results(cell.dispatch(asked, 'serial', [one, one, { ...one, args: 2 }, one]));
      cell.retire(asked);
      cell.retire(silent);
      await cell.until(() => cell.of('ended').length > 1);
      const usageOf = (container: Container): unknown => cell.of('ended', container)[0]?.usage.resources;
      expect(usageOf(asked)).toMatchObject({ hits: 1, misses: 3, failures: 0, evictions: 2, broken: 0 });
      expect(usageOf(silent)).toEqual({ hits: 0, misses: 0, failures: 0, evictions: 0, broken: 0, peak: 0, creationMs: 0, savedBytes: 0 });
    });

    it('ends a container that is retired before it is ready', async () => {
      const cell = await BareCell.open(setup);
      const retired = cell.launch(io);
      cell.retire(retired);
      await cell.until(() => cell.of('ended', retired).length > 0);
      const later = await cell.ready(cell.launch(io));
      expect(cell.of('ready').map(({ containerId }) => containerId)).toEqual([later.id]);
      expect(cell.of('lost')).toEqual([]);
    });

    it('tells of a container that cannot start as lost, and why', async () => {
      const cell = await BareCell.open(setup);
      const lost = cell.launch(unloadable);
      await cell.until(() => cell.of('ended', lost).length > 0);
      expect(cell.heard).toEqual([
        { what: 'lost', containerId: lost.id, code: 'FBB_ERR_CONTAINER_LOST', reason: expect.stringContaining('this module is broken on purpose') },
        { what: 'ended', containerId: lost.id, usage: expect.anything() },
      ]);
    });

    it('tells of a container that dies as lost, and nothing more of its work', async () => {
      const cell = await BareCell.open(setup);
      const container = await cell.ready(cell.launch(io));
      container.state = 'busy';
      cell.dispatch(container, 'expanded', [{ do: 'sleeps', ms: 60_000 }, { do: 'exits', code: 7 }]);
      await cell.until(() => cell.of('ended', container).length > 0);
      expect(cell.heard.map(({ what }) => what)).toEqual(['ready', 'lost', 'ended']);
      expect(cell.of('lost')[0]).toMatchObject({ code: 'FBB_ERR_CONTAINER_LOST', reason: expect.stringContaining('exited with code 7') });
    });

    it('never calls its listener from inside one of its own methods', async () => {
      const cell = await BareCell.open(setup);
      const container = await cell.ready(cell.launch(io));
      const dying = await cell.ready(cell.launch(io));
      await cell.results(cell.dispatch(container, 'serial', [{ do: 'returns' }]));
      dying.state = 'busy';
      cell.dispatch(dying, 'serial', [{ do: 'exits', code: 1 }]);
      await cell.until(() => cell.of('ended', dying).length > 0);
      cell.dispatch(dying, 'serial', [{ do: 'returns' }]);
      cell.retire(dying);
      cell.retire(cell.launch(io));
      cell.retire(container);
      await cell.close();
      expect(cell.heardInside).toEqual([]);
    });

    it('ends every container when it is closed, whatever they are doing, and tells of each end once', async () => {
      const cell = await BareCell.open(setup);
      const idle = await cell.ready(cell.launch(io));
      const busy = await cell.ready(cell.launch(cpu));
      const spinning = await cell.ready(cell.launch(io));
      const retired = await cell.ready(cell.launch(io));
      cell.dispatch(busy, 'expanded', [{ do: 'sleeps', ms: 60_000 }]);
      cell.dispatch(spinning, 'serial', [{ do: 'spins-forever' }]);
      cell.retire(retired);
      const starting = [cell.launch(cpu), cell.launch(io), cell.launch(io), cell.launch(io), cell.launch(io), cell.launch(io)];
      await cell.close();
      for (const container of [idle, busy, spinning, retired, ...starting]) expect(cell.of('ended', container)).toHaveLength(1);
      expect(cell.of('lost')).toEqual([]);
      expect(cell.of('failed')).toEqual([]);
      expect(cell.of('result')).toEqual([]);
    });

    it('may be closed more than once, also at the same time', async () => {
      const cell = await BareCell.open(setup);
      await cell.ready(cell.launch(io));
      await Promise.all([cell.close(), cell.close()]);
      const heard = cell.heard.length;
      await cell.close();
      expect(cell.heard).toHaveLength(heard);
      expect(cell.of('ended')).toHaveLength(1);
    });

    it('may be closed right after it was opened', async () => {
      const cell = await BareCell.open(setup);
      await cell.close();
      expect(cell.heard).toEqual([]);
    });

    it('may be closed without having been opened', async () => {
      const { backend } = await setup.create();
      await expect(backend.close()).resolves.toBeUndefined();
    });
  });
}
