import type { Container, Invocation, SchedulerContext } from '../core/index.js';
import { HashRing } from './hash-ring.js';
import { oneContainer, type Place } from './placement.js';

const unlimited = Number.POSITIVE_INFINITY;

/** The clients that a container holds, as far as a scheduler can tell: those that were last asked for there. */
class HeldClients {
  readonly #capacity: number;
  /** The one that was asked for last comes last. */
  readonly #keys = new Set<string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  use(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.#capacity) return;
    const { value: oldest } = this.#keys.values().next();
    this.#keys.delete(oldest as string);
  }
}

interface Node {
  readonly container: Container;
  readonly held: HeldClients;
}

/** What both rules share: nodes of the ring, and how groups become batches. */
class Placement {
  readonly #capacity: number;
  readonly nodes = new Map<number, Node>();
  /** The batches of the window under way. */
  readonly #batches = new Map<Container, Invocation[]>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Containers end without a word to the scheduler. */
  forgetGone(onGone: (node: Node) => void): void {
    for (const [id, node] of this.nodes) {
      if (node.container.state !== 'retired' && node.container.state !== 'lost') continue;
      this.nodes.delete(id);
      onGone(node);
    }
  }

  /** Whether a container would hold too many clients with one more. */
  isFull({ held }: Node): boolean {
    return held.size + 1 > this.#capacity;
  }

  isInWindow({ container }: Node): boolean {
    return this.#batches.has(container);
  }

  give(node: Node, invocation: Invocation): void {
    const batch = this.#batches.get(node.container);
    if (batch === undefined) this.#batches.set(node.container, [invocation]);
    else batch.push(invocation);
    if (invocation.resourceKey !== undefined) node.held.use(invocation.resourceKey);
  }

  /** Sends off the window. What no container of the ring takes goes to the newest warm one that the window has not used, or to a new one, which joins the ring. */
  assign(rest: readonly Invocation[], ring: HashRing<Node>, ctx: SchedulerContext): void {
    const [first] = rest;
    if (first !== undefined) {
      const node = this.#unused(ctx.pool(first.functionId).idle) ?? this.#joining(ring, ctx.launch(first.functionId));
      for (const invocation of rest) this.give(node, invocation);
    }
    for (const [container, batch] of this.#batches) ctx.assign(container, batch, 'expanded');
    this.#batches.clear();
  }

  #unused(idle: readonly Container[]): Node | undefined {
    for (let i = idle.length - 1; i >= 0; i -= 1) {
      const node = this.nodes.get((idle[i] as Container).id);
      if (node !== undefined && !this.isInWindow(node)) return node;
    }
    return undefined;
  }

  #joining(ring: HashRing<Node>, container: Container): Node {
    const node = { container, held: new HeldClients(this.#capacity) };
    this.nodes.set(container.id, node);
    ring.add(`c${container.id}`, node);
    return node;
  }
}


/** Where nobody says which client he uses there is nothing to place by: the group goes to one container. */
function whereClientsAreNamed(place: Place): Place {
  const noRing = oneContainer('expanded');
  return (functionId, group, ctx) => {
    const named = group.some(({ resourceKey }) => resourceKey !== undefined);
    (named ? place : noRing)(functionId, group, ctx);
  };
}

/**
 * The rule of the journal extension as its artifact has it: one place a container on one ring for all functions, from which containers never
 * leave; a request goes to the container it belongs to if that is idle, of its function, not yet used in this window, and would not
 * hold too many clients with one more, whether it holds this one or not. All others go together to one container.
 */
export function paperRing(capacity = unlimited): Place {
  const ring = new HashRing<Node>(1);
  const placement = new Placement(capacity);
  return whereClientsAreNamed((functionId, group, ctx) => {
    const rest: Invocation[] = [];
    for (const invocation of group) {
      const node = invocation.resourceKey === undefined ? undefined : ring.nodeFor(invocation.resourceKey);
      const fits = node !== undefined && node.container.functionId === functionId && node.container.state === 'idle' && !placement.isInWindow(node) && !placement.isFull(node);
      if (fits) placement.give(node, invocation);
      else rest.push(invocation);
    }
    placement.assign(rest, ring, ctx);
  });
}

/** Places of a container on the ring: enough that each gets about an equal share of the keys. */
const replicas = 64;

/**
 * The same idea with its faults mended: a ring for each function with 64 places a container, which leave when the container does;
 * requests for one client stay together; the first container clockwise is taken that is idle and holds the client already or has room for it.
 * What no container takes goes together to one.
 */
export function correctedRing(capacity = unlimited): Place {
  const rings = new Map<string, HashRing<Node>>();
  const placement = new Placement(capacity);
  return whereClientsAreNamed((functionId, group, ctx) => {
    const ring = rings.get(functionId) ?? new HashRing<Node>(replicas);
    rings.set(functionId, ring);
    placement.forgetGone((node) => rings.get(node.container.functionId)?.remove(node));
    const rest: Invocation[] = [];
    const chosen = new Map<string, Node | undefined>();
    for (const invocation of group) {
      const { resourceKey } = invocation;
      if (resourceKey !== undefined && !chosen.has(resourceKey)) chosen.set(resourceKey, nodeWithRoom(resourceKey, ring, placement));
      const node = resourceKey === undefined ? undefined : chosen.get(resourceKey);
      if (node === undefined) rest.push(invocation);
      else placement.give(node, invocation);
    }
    placement.assign(rest, ring, ctx);
  });
}

/** The first container clockwise that is idle, and holds the client already or has room for it. */
function nodeWithRoom(key: string, ring: HashRing<Node>, placement: Placement): Node | undefined {
  return ring.nodesFor(key).find((node) => node.container.state === 'idle' && (node.held.has(key) || !placement.isFull(node)));
}
