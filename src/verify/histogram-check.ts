import { readFileSync } from 'node:fs';
import type { LatencySummary } from '../core/index.js';
import type { FileFindings } from './findings.js';

const linePattern = /^\s*(\d+\.\d+)\s+(\d\.\d+)\s+(\d+)(\s+\S+)?$/;
const totalPattern = /^#\[Max\s*=\s*([\d.]+), Total count\s*=\s*(\d+)\]$/m;
/** A histogram counts in whole microseconds, and the text has three decimals. */
const toleranceMs = 0.002;

/** The last percentile, which is all of them; tells lines that cannot be. */
function checkLines(text: string, findings: FileFindings): number {
  let [value, percentile, count] = [0, 0, 0];
  for (const [index, line] of text.split('\n').entries()) {
    if (index === 0 || line === '' || line.startsWith('#')) continue;
    const [, ...found] = linePattern.exec(line) ?? [];
    const [nextValue, nextPercentile, nextCount] = found.map(Number) as [number?, number?, number?];
    if (nextValue === undefined || nextPercentile === undefined || nextCount === undefined) findings.addLine(index + 1, 'it is no line of a histogram');
    else if (nextValue < value || nextPercentile < percentile || nextCount < count) findings.addLine(index + 1, 'it is below the line before');
    else [value, percentile, count] = [nextValue, nextPercentile, nextCount];
  }
  findings.close();
  return count;
}

/** Whether a total.hgrm can be read and counts the latencies of the summary. */
export function checkHistogram({ count, max }: LatencySummary, findings: FileFindings): void {
  let text: string;
  try {
    text = readFileSync(findings.path, 'utf8');
  } catch (thrown) {
    findings.addThrown(thrown);
    return;
  }
  const [, maxText, countText] = totalPattern.exec(text) ?? [];
  if (maxText === undefined || countText === undefined) {
    findings.add(null, 'it is no histogram, or it was cut: there is no line with maximum and total count');
    return;
  }
  if (Number(countText) !== count) findings.add('Total count', `${countText}, and summary.json has ${count}`);
  if (Math.abs(Number(maxText) - (max ?? 0)) > toleranceMs) findings.add('Max', `${maxText}, and summary.json has ${max}`);
  const last = checkLines(text, findings);
  if (last !== Number(countText)) findings.add(null, `the last line counts ${last}, and the total count is ${countText}`);
}
