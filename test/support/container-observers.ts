import type { ContainerObserver } from '../../src/core/index.js';

/** Takes no notice. */
export const nobody: ContainerObserver = { containerStarted: () => undefined, containerRead: () => undefined, containerStopped: () => undefined };

/** Keeps the process of each container that was started, for as long as `isKept` says. */
export function pidsInto(pids: Map<number, number>, isKept: 'while it runs' | 'for good'): ContainerObserver {
  return {
    ...nobody,
    containerStarted: (id, place) => {
      if (place.kind === 'process') pids.set(id, place.pid);
    },
    containerStopped: (id) => {
      if (isKept === 'while it runs') pids.delete(id);
    },
  };
}
