type Labels = Readonly<Record<string, string | number>>;

export interface Sample {
  /** What follows the name of the family: `_total`, `_sum`, `_count`, or nothing. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A metric and its samples, all of one unit. */
export interface MetricFamily {
  /** Ends with its unit, where it has one; without the suffixes of its samples. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'summary' | 'info';
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function renderSample(name: string, { suffix = '', labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(String(text))}"`);
  return `${name}${suffix}{${pairs.join(',')}} ${value}`;
}

/** What a label may be called: other characters become an underscore. */
export function labelName(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

/** The text of an exposition of OpenMetrics 1.0; families without samples are left out. */
export function renderExposition(families: readonly MetricFamily[]): string {
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, unit, help, samples }) => [
      `# TYPE ${name} ${type}`,
      ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
      `# HELP ${name} ${escaped(help)}`,
      ...samples.map((sample) => renderSample(name, sample)),
    ]);
  return [...lines, '# EOF', ''].join('\n');
}
