import { leastLogMs, type Axis, type Figure, type LineSeries, type Of } from '../../charts/index.js';
import { grouped } from '../../core/index.js';
import { labelOf, type Manifest } from '../../results/index.js';
import { publishedBy } from '../changes.js';
import { publishedFor, type CellAverage } from '../repetitions.js';
import { twinsOf, type SectionOutline } from './outline.js';
import { rounded } from './rounded.js';
import { parameterAxis } from './parameter-axis.js';

const latency = (name: string): Axis => ({ name, unit: 'ms', scale: 'log' });

const metrics = [
  { id: 'sensitivity-latency', metric: 'meanMs', title: 'Mean latency', y: latency('mean latency'), what: 'Mean latency in ms, mean over the valid repetitions' },
  { id: 'sensitivity-p98', metric: 'p98Ms', title: '98th percentile of the latency', y: latency('p98 latency'), what: '98th percentile of the latency in ms; of several valid repetitions the mean of those of each' },
  { id: 'sensitivity-containers', metric: 'containers', title: 'Containers launched', y: { name: 'containers', unit: '', scale: 'linear' }, what: 'Containers launched, mean over the valid repetitions' },
] as const;

type Metric = (typeof metrics)[number];
type Metrics = Readonly<Record<Metric['metric'], number | null>>;

/** Rows that differ in the swept parameter only: a line of the figure. */
interface Curve {
  readonly of: Of & { readonly scheduler: string };
  readonly rows: readonly CellAverage[];
  /** Whether it has the parameter, as a number. */
  readonly swept: boolean;
}

function hasNumber({ parameters }: CellAverage, parameter: string): boolean {
  return typeof parameters[parameter] === 'number';
}

function withoutNumber(row: CellAverage, parameter: string): CellAverage['parameters'] {
  return hasNumber(row, parameter) ? Object.fromEntries(Object.entries(row.parameters).filter(([name]) => name !== parameter)) : row.parameters;
}

function curvesOf(averages: readonly CellAverage[], parameter: string): Curve[] {
  const groups = [...grouped(averages, (row) => JSON.stringify([row.scheduler, hasNumber(row, parameter), withoutNumber(row, parameter)])).values()];
  const keys = groups.map(([first]) => ({ ...(first as CellAverage), parameters: withoutNumber(first as CellAverage, parameter) }));
  const twins = twinsOf(keys.map(({ scheduler }) => scheduler));
  return groups.map((rows, index) => {
    const key = keys[index] as CellAverage;
    const twin = twins[index];
    return { of: { label: labelOf(key, keys), scheduler: key.scheduler, ...(twin === undefined ? {} : { twin }) }, rows, swept: hasNumber(rows[0] as CellAverage, parameter) };
  });
}

/** The points of a curve by the value of the parameter; those that are not known are left out. */
function pointsOf(rows: readonly CellAverage[], parameter: string, valueOf: (row: CellAverage) => number | null): [number, number][] {
  const points = rows.flatMap((row): [number, number][] => {
    const value = valueOf(row);
    return value === null ? [] : [[row.parameters[parameter] as number, value]];
  });
  return points.sort(([a], [b]) => a - b);
}

function seriesOf(curve: Curve, { parameter, values }: NonNullable<SectionOutline['sweep']>, valueOf: (row: CellAverage) => number | null): LineSeries[] {
  const { of, rows, swept } = curve;
  if (swept) return [{ ...of, shape: 'marks', points: pointsOf(rows, parameter, valueOf) }];
  const value = valueOf(rows[0] as CellAverage);
  return value === null ? [] : [{ ...of, shape: 'line', points: [[values[0] as number, value], [values.at(-1) as number, value]] }];
}

function isKnown({ points }: LineSeries): boolean {
  return points.length > 0;
}

/** What was published for the same values of the parameter. */
function publishedSeries({ of, rows }: Curve, parameter: string, { metric, manifest, shown }: { readonly metric: keyof Metrics; readonly manifest: Manifest; readonly shown: (value: number | null) => number | null }): LineSeries {
  const points = pointsOf(rows, parameter, (row) => {
    const own = publishedFor(row, manifest);
    return own !== undefined && parameter in own.parameters ? shown(own[metric]) : null;
  });
  return { ...of, label: `${of.label} (paper)`, shape: 'marks', points, reference: true };
}

/** How latency and containers depend on what is swept; none where nothing is. */
export function sensitivity({ rows, sweep, caveats }: SectionOutline, manifest: Manifest): Figure[] {
  if (sweep === undefined) return [];
  const { parameter } = sweep;
  const x = parameterAxis(parameter);
  const curves = curvesOf(rows.map(({ average }) => average), parameter);
  const sweptBy = [...new Set(curves.filter(({ swept }) => swept).map(({ of }) => of.scheduler))];
  const whose = sweptBy.length === 1 ? ` of ${sweptBy.join('')}` : '';
  const flat = curves.some(({ swept }) => !swept) ? ' Level lines are rows without this parameter.' : '';
  return metrics.flatMap(({ id, metric, title, y, what }): Figure[] => {
    const shown = (value: number | null): number | null => (value === null ? null : rounded(y.scale === 'log' ? Math.max(leastLogMs, value) : value, 3));
    const own = curves.flatMap((curve) => seriesOf(curve, sweep, (row) => shown(row[metric])));
    const paper = curves.filter(({ swept }) => swept).map((curve) => publishedSeries(curve, parameter, { metric, manifest, shown })).filter(isKnown);
    if (!own.some(isKnown)) return [];
    const unknown = rows.filter(({ average }) => average[metric] === null).map(({ average }) => average.label);
    return [
      {
        id,
        title: `${title}${whose} against the ${x.name}`,
        how: `${what}, at each value of ${parameter}.${flat}${paper.length === 0 ? '' : ` Dashed: as published (${publishedBy(manifest)}).`}`,
        caveats: [...caveats, ...(unknown.length === 0 ? [] : [`${unknown.join(', ')}: not known`])],
        chart: { kind: 'lines', x, y, series: [...own.filter(isKnown), ...paper] },
      },
    ];
  });
}
