import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

type Labels = Readonly<Record<string, string>>;

export interface Kept {
  readonly Id: string;
  readonly Labels: Labels;
  readonly RepoTags?: readonly string[];
}

export interface FakeDocker {
  /** What has been removed, in any order: `containers/a`, `images/name`. */
  readonly removed: string[];
}

function labelled({ Labels }: Kept, wanted: readonly string[]): boolean {
  return wanted.every((label) => {
    const [name = '', value] = label.split(/=(.*)/s);
    return Labels[name] !== undefined && (value === undefined || Labels[name] === value);
  });
}

/**
 * As much of a daemon as is needed to remove things, for what must not be tried on one that others use; `refuses`: the id of what it
 * does not remove.
 */
export async function fakeDocker(path: string, kept: Readonly<Record<'containers' | 'networks' | 'images', readonly Kept[]>>, { refuses = '' } = {}): Promise<FakeDocker> {
  const removed: string[] = [];
  const answer = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? '' : JSON.stringify(body));
  };
  const remove = (response: ServerResponse, kind: string, id: string): void => {
    if (id === refuses) {
      answer(response, 500, { message: 'it is stuck' });
      return;
    }
    removed.push(`${kind}/${id}`);
    answer(response, kind === 'images' ? 200 : 204, []);
  };
  const told: Readonly<Record<string, unknown>> = { info: { Driver: 'overlay2', CgroupDriver: 'cgroupfs', NCPU: 2, MemTotal: 1, DockerRootDir: '/nowhere' }, version: { Version: '99.0' } };
  const server = createServer(({ method, url = '' }: IncomingMessage, response) => {
    const { pathname, searchParams } = new URL(url, 'http://fake');
    const [, kind = '', ...rest] = pathname.replace(/^\/v[\d.]+/, '').split('/');
    const { label = [] } = JSON.parse(searchParams.get('filters') ?? '{}') as { label?: readonly string[] };
    if (method === 'DELETE') remove(response, kind, decodeURIComponent(rest.join('/')));
    else answer(response, 200, told[kind] ?? kept[kind as keyof typeof kept].filter((one) => labelled(one, label)));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { removed };
}
