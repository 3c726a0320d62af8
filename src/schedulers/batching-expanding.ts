import { z } from 'zod';
import { defineScheduler } from '../core/index.js';
import { createBatchingScheduler } from './batching.js';
import { dispatchIntervalOption } from './dispatch-window.js';
import { serviceSlice, serviceSliceOption } from './service-slice.js';

/** FaaSBatch (Wu et al., ICDCS 2023): a group a window into one container, expanded in parallel, with shared resources. */
export const batchingExpanding = defineScheduler({
  name: 'batching-expanding',
  description: 'one container a group per dispatch interval, batch expanded in parallel, resources shared (FaaSBatch)',
  options: z.strictObject({ dispatchIntervalMs: dispatchIntervalOption, serviceSliceMs: serviceSliceOption.default(0) }),
  multiplexing: true,
  serviceSliceMs: serviceSlice,
  create: ({ dispatchIntervalMs }) => createBatchingScheduler(dispatchIntervalMs, 'expanded'),
});
