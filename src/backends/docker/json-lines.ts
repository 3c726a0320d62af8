/** Calls back for each line of JSON that a daemon sends, until the stream ends; the end is told once. */
export function readJsonLines(stream: NodeJS.ReadableStream, onLine: (value: unknown) => void, onEnd: () => void): void {
  let text = '';
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    onEnd();
  };
  stream.on('data', (data: Buffer) => {
    text += data.toString();
    const lines = text.split('\n');
    text = lines.pop() as string;
    for (const line of lines) if (line.trim() !== '') onLine(JSON.parse(line));
  });
  stream.on('end', end);
  stream.on('close', end);
  stream.on('error', end);
}
