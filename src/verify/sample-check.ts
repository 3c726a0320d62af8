import { scanCsv } from '../results/index.js';
import type { ContainerColumns } from './container-check.js';
import type { FileFindings } from './findings.js';

const required = ['t_ms', 'container', 'memory_mb', 'cpu_percent'] as const;

/** Whether the times of a samples.csv ascend, and who was read was there. */
export function checkSamples(containers: ContainerColumns | undefined, findings: FileFindings): void {
  try {
    scanCsv(findings.path, required, (columns) => {
      const [time, container, memory, cpu] = required.map((name) => columns.get(name) as number) as [number, number, number, number];
      let beforeMs = 0;
      return (record) => {
        const atMs = record.amount(time);
        if (!(atMs >= beforeMs)) findings.addLine(record.line, 'the times do not ascend', `t_ms ${record.text(time) || 'is empty'} comes after ${beforeMs}`);
        else beforeMs = atMs;
        record.amount(memory);
        record.number(cpu);
        if (record.text(container) === 'host' || containers === undefined) return;
        const id = record.number(container);
        if (!containers.places.has(id)) findings.addLine(record.line, 'containers.csv has no such container', `containers.csv has no container ${record.text(container)}`);
      };
    });
  } catch (thrown) {
    findings.addThrown(thrown);
  }
  findings.close();
}
