import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { wallClockIso } from '../core/index.js';
import type { HostFingerprint } from '../metrics/index.js';
import { measureFib30Ms } from '../workloads/index.js';

const calibrationSchema = z.object({ fib30Ms: z.number().positive(), cpuModel: z.string(), node: z.string(), measuredAt: z.string() });

type Calibration = z.output<typeof calibrationSchema>;

const fileName = '.calibration.json';

function readKept(path: string): Calibration | undefined {
  try {
    return calibrationSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * How fast this machine computes. Measured once and kept beside the results, for as long as processor and Node stay the same: a
 * workload fitted anew for each run would differ a little from run to run, and the runs could not be compared.
 */
export function calibrate(outFolder: string, host: HostFingerprint, anew: boolean): Calibration & { readonly kept: boolean } {
  const path = join(outFolder, fileName);
  const kept = anew ? undefined : readKept(path);
  if (kept?.cpuModel === host.cpuModel && kept.node === host.node) return { ...kept, kept: true };
  const calibration: Calibration = { fib30Ms: Math.round(measureFib30Ms() * 1_000) / 1_000, cpuModel: host.cpuModel, node: host.node, measuredAt: wallClockIso() };
  mkdirSync(outFolder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(calibration, undefined, 2)}\n`);
  return { ...calibration, kept: false };
}
