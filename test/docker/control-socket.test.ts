import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { ControlSocket } from '../../src/backends/docker/control-socket.js';
import { temporaryFolder } from '../backends/temporary-folder.js';

it('the control socket of a container hangs up when it is closed, so that the container ends even if its daemon is gone', async () => {
  const onReady = vi.fn();
  const folder = join(temporaryFolder(), 'c0');
  const socket = new ControlSocket(folder, onReady);
  await socket.listening();
  const container = connect(join(folder, 'control.sock'));
  container.resume().write('ready\n');
  await expect.poll(() => onReady.mock.calls).toHaveLength(1);
  const hungUp = once(container, 'close');
  socket.close();
  await hungUp;
  expect(existsSync(folder)).toBe(false);
});
