import { z } from 'zod';
import { defineScheduler } from '../core/index.js';
import { createBatchingScheduler } from './batching.js';
import { dispatchIntervalOption } from './dispatch-window.js';
import { oneContainer } from './placement.js';
import { correctedRing, paperRing } from './ring-placement.js';
import { serviceSlice, serviceSliceOption } from './service-slice.js';

const placements = ['group', 'ring-paper', 'ring-corrected'] as const;

const options = z.strictObject({
  dispatchIntervalMs: dispatchIntervalOption,
  serviceSliceMs: serviceSliceOption.default(0),
  placement: z.enum(placements).default('group').describe('the whole group into one container, or by the clients that containers hold: a consistent-hash ring as the journal extension has it, or with its faults mended'),
});

/** FaaSBatch (Wu et al., ICDCS 2023): a group a window into one container, expanded in parallel, with shared resources; placement by clients: IEEE TC 2024. */
export const batchingExpanding = defineScheduler({
  name: 'batching-expanding',
  description: 'one container a group per dispatch interval, batch expanded in parallel, resources shared (FaaSBatch)',
  options,
  multiplexing: true,
  serviceSliceMs: serviceSlice,
  create: ({ dispatchIntervalMs, placement }, { resourceCache }) => {
    const places = { 'group': () => oneContainer('expanded'), 'ring-paper': () => paperRing(resourceCache?.capacity), 'ring-corrected': () => correctedRing(resourceCache?.capacity) };
    return createBatchingScheduler(dispatchIntervalMs, places[placement]());
  },
});
