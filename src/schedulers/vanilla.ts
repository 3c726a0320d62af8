import { z } from 'zod';
import { defineScheduler, type Container, type Scheduler } from '../core/index.js';
import { DispatchWindow, dispatchIntervalOption } from './dispatch-window.js';
import { SerialCreation } from './serial-creation.js';

/** The paper's baseline as its artifact runs it: per tick and function one container an invocation. */
export const vanilla = defineScheduler({
  name: 'vanilla',
  description: "the paper's baseline: windowed, one container an invocation, missing ones created one after another",
  options: z.strictObject({ dispatchIntervalMs: dispatchIntervalOption }),
  create({ dispatchIntervalMs }): Scheduler {
    const creation = new SerialCreation((containers, group, ctx) => {
      group.forEach((invocation, i) => ctx.assign(containers[i % containers.length] as Container, [invocation], 'serial'));
    });
    const window = new DispatchWindow(dispatchIntervalMs, (_functionId, group, ctx) => creation.begin(group, group.length, ctx));
    return {
      onArrival: (invocation, ctx) => window.add(invocation, ctx),
      onContainerReady: (container, ctx) => creation.onContainerReady(container, ctx),
      onContainerLost: (container, ctx) => creation.onContainerLost(container, ctx),
    };
  },
});
