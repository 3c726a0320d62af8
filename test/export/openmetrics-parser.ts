/** A small parser of OpenMetrics 1.0, written from its specification and stricter than most readers: it throws on all it does not know. */

interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  unit: string | undefined;
  help: string | undefined;
  readonly samples: ParsedSample[];
}

const suffixes: Readonly<Record<string, readonly string[]>> = { counter: ['_total'], gauge: [''], summary: ['', '_sum', '_count'], info: ['_info'] };
const escapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\"': '"' };

function unescaped(text: string): string {
  return text.replace(/\\./g, (escape) => {
    const meant = escapes[escape];
    if (meant === undefined) throw new Error(`${escape} is no escape`);
    return meant;
  });
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const label = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"(,(?=.)|$)/y;
  while (label.lastIndex < text.length) {
    const at = label.lastIndex;
    const [whole, name = '', value = ''] = label.exec(text) ?? [];
    if (whole === undefined) throw new Error(`no label at ${at} of ${text}`);
    if (name in labels) throw new Error(`label ${name} is there twice`);
    labels[name] = unescaped(value);
  }
  return labels;
}

function parseSample(line: string): ParsedSample {
  const [whole, name = '', labels = '', value = ''] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(line) ?? [];
  if (whole === undefined) throw new Error(`no sample: ${line}`);
  return { name, labels: parseLabels(labels), value: Number(value) };
}

function checkSample({ name, type }: ParsedFamily, sample: ParsedSample): void {
  const suffix = sample.name.slice(name.length);
  if (!sample.name.startsWith(name) || suffixes[type]?.includes(suffix) !== true) throw new Error(`${sample.name} does not belong to ${type} ${name}`);
  if (type === 'summary' && (suffix === '') !== 'quantile' in sample.labels) throw new Error(`quantile has no place in ${sample.name}`);
  if (type !== 'gauge' && sample.value < 0) throw new Error(`${sample.name} is below 0`);
  if (suffix === '_info' && sample.value !== 1) throw new Error(`${sample.name} is not 1`);
}

/** Takes a line that begins with #; returns the family that it begins, or the one it describes. */
function parseMetadata(line: string, families: ParsedFamily[]): void {
  const [whole, keyword, name = '', text = ''] = /^# (TYPE|UNIT|HELP) ([a-z_][a-z0-9_]*) (.+)$/.exec(line) ?? [];
  if (whole === undefined) throw new Error(`no metadata: ${line}`);
  if (keyword === 'TYPE') {
    if (families.some((family) => family.name === name)) throw new Error(`${name} is there twice`);
    if (!(text in suffixes)) throw new Error(`${text} is no type`);
    families.push({ name, type: text, unit: undefined, help: undefined, samples: [] });
    return;
  }
  const family = families.at(-1);
  if (family?.name !== name || family.samples.length > 0) throw new Error(`${line} stands in the wrong place`);
  if (keyword === 'HELP') family.help = unescaped(text);
  else if (name.endsWith(`_${text}`)) family.unit = text;
  else throw new Error(`${name} does not end with its unit ${text}`);
}

/** All families of an exposition. Throws on what the specification does not allow. */
export function parseOpenmetrics(text: string): ParsedFamily[] {
  if (!text.endsWith('\n# EOF\n')) throw new Error('it does not end with # EOF');
  const families: ParsedFamily[] = [];
  const seen = new Set<string>();
  for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
    if (line.startsWith('#')) {
      parseMetadata(line, families);
      continue;
    }
    const family = families.at(-1);
    if (family === undefined) throw new Error(`${line} has no family`);
    const sample = parseSample(line);
    checkSample(family, sample);
    const series = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(series)) throw new Error(`${line} is there twice`);
    seen.add(series);
    family.samples.push(sample);
  }
  return families;
}
