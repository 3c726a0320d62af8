import { expect, it } from 'vitest';
import { invoke } from '../../src/runtime/invoke.js';
import { ResourceMultiplexer } from '../../src/runtime/resource-multiplexer.js';

it.each([
  ['FBB_ERR_STORAGE_SLOW', 'FBB_ERR_STORAGE_SLOW'],
  ['FBB_ERR_STORAGE_TOO_LARGE', 'FBB_ERR_STORAGE_TOO_LARGE'],
  ['FBB_ERR_STORAGE_FAILED', 'FBB_ERR_FUNCTION_THREW'],
  ['FBB_ERR_CONTAINER_LOST', 'FBB_ERR_FUNCTION_THREW'],
  ['ECONNRESET', 'FBB_ERR_FUNCTION_THREW'],
  [undefined, 'FBB_ERR_FUNCTION_THREW'],
])('what a handler throws with the code %s is reported as %s', async (code, errorCode) => {
  const module = { handler: () => Promise.reject(Object.assign(new Error('it says\nwhy'), { code })) };
  const run = await invoke({ invocationId: '0', input: {}, receivedMs: 0 }, { module, multiplexer: new ResourceMultiplexer({ policy: 'off' }), signal: new AbortController().signal, ownsThread: false });
  expect(run).toMatchObject({ status: 'failed', errorCode, message: 'it says' });
});
