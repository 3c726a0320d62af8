import { request } from 'node:http';

const pollPauseMs = 5;
const answerTimeoutMs = 5_000;

export interface Place {
  readonly host: string;
  readonly port: number;
}

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

function ask({ host, port }: Place, method: 'GET' | 'POST', { path, body }: { readonly path: string; readonly body?: object }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = request({ host, port, path, method, agent: false, timeout: answerTimeoutMs, headers: text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }, (response) => {
      let told = '';
      response.on('data', (data: Buffer) => (told += data.toString()));
      response.on('end', () => resolve({ statusCode: response.statusCode ?? 0, body: told }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', reject);
    asked.end(text);
  });
}

/** Asks for /status until a container answers that it is ready; `wanted` looks at the body. Resolves to whether it did before nobody wanted to know any more. */
export async function waitUntilReady(place: Place, wanted: (body: string) => boolean, isWaiting: () => boolean): Promise<boolean> {
  while (isWaiting()) {
    const answer = await ask(place, 'GET', { path: '/status' }).catch(() => undefined);
    if (answer?.statusCode === 200 && wanted(answer.body)) return isWaiting();
    await new Promise((resolve) => setTimeout(resolve, pollPauseMs));
  }
  return false;
}

/** `POST /init` of the artifact's protocol; resolves to what went wrong, if something did. */
export async function initialize(place: Place, functionId: string): Promise<string | undefined> {
  try {
    const { statusCode, body } = await ask(place, 'POST', { path: '/init', body: { workflow: functionId, function: functionId } });
    return statusCode === 200 ? undefined : `answered POST /init with ${statusCode}: ${body.slice(0, 200)}`;
  } catch (thrown) {
    return `did not answer POST /init: ${(thrown as Error).message}`;
  }
}
