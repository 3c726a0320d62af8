import type { Container, ContainerUsage, Outcome, Recorder } from '../core/index.js';

/** A container as it was when it left, or as it is while it is still there. */
interface RecordedContainer {
  readonly container: Container;
  readonly launchedMs: number;
  readonly left: { readonly endedMs: number; readonly snapshot: Container } | undefined;
  readonly usage: ContainerUsage | undefined;
}

/** Keeps copies of all it is told, because the engine goes on changing its objects. What it is told twice, it has twice. */
export class RecordingRecorder implements Recorder {
  readonly outcomes: Outcome[] = [];
  readonly containers = new Map<number, RecordedContainer>();
  /** What the engine told about containers out of order or twice; must be empty. */
  readonly complaints: string[] = [];

  containerLaunched(container: Container): void {
    if (this.containers.has(container.id)) this.complaints.push(`container ${container.id} was launched twice`);
    this.containers.set(container.id, { container, launchedMs: container.launchedMs, left: undefined, usage: undefined });
  }

  invocationEnded(outcome: Outcome): void {
    this.outcomes.push(copyOutcome(outcome));
  }

  containerLeft(container: Container, endedMs: number): void {
    const known = this.containers.get(container.id);
    if (known === undefined) this.complaints.push(`container ${container.id} left and was never launched`);
    else if (known.left !== undefined) this.complaints.push(`container ${container.id} left twice`);
    else this.containers.set(container.id, { ...known, left: { endedMs, snapshot: copyContainer(container) } });
  }

  containerUsage(containerId: number, usage: ContainerUsage): void {
    const known = this.containers.get(containerId);
    if (known === undefined) this.complaints.push(`container ${containerId} has a usage and was never launched`);
    else if (known.usage !== undefined) this.complaints.push(`container ${containerId} has two usages`);
    else this.containers.set(containerId, { ...known, usage: { ...usage } });
  }

  /** The outcomes of one invocation; more than one is a fault of the engine. */
  outcomesOf(invocationId: number): Outcome[] {
    return this.outcomes.filter((outcome) => outcome.id === invocationId);
  }

  outcomeOf(invocationId: number): Outcome {
    const [outcome, ...more] = this.outcomesOf(invocationId);
    if (outcome === undefined || more.length > 0) throw new Error(`Invocation ${invocationId} has ${outcome === undefined ? 'no outcome' : `${more.length + 1} outcomes`}.`);
    return outcome;
  }
}

/** The parts are getters in the engine, so a spread would lose them. */
function copyOutcome(outcome: Outcome): Outcome {
  return {
    id: outcome.id,
    functionId: outcome.functionId,
    intendedMs: outcome.intendedMs,
    submittedMs: outcome.submittedMs,
    attempt: outcome.attempt,
    lagMs: outcome.lagMs,
    schedulingMs: outcome.schedulingMs,
    coldStartMs: outcome.coldStartMs,
    queueMs: outcome.queueMs,
    executionMs: outcome.executionMs,
    responseMs: outcome.responseMs,
    totalMs: outcome.totalMs,
    status: outcome.status,
    errorCode: outcome.errorCode,
    containerId: outcome.containerId,
    batchId: outcome.batchId,
    cpuMs: outcome.cpuMs,
    concurrency: outcome.concurrency,
    containerCpuMs: outcome.containerCpuMs,
  };
}

function copyContainer(container: Container): Container {
  return {
    id: container.id,
    functionId: container.functionId,
    state: container.state,
    launchedMs: container.launchedMs,
    readyMs: container.readyMs,
    inFlight: container.inFlight,
    batches: container.batches,
    served: container.served,
  };
}
