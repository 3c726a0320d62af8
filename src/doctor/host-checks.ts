import { accessSync, constants, readFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { makeCellFolder, removeFolder, whyNoRealTime } from '../backends/launched/index.js';
import { FbbError, findControllerFile } from '../core/index.js';
import { availableMemoryMb } from '../metrics/index.js';
import { ok, warning, type Check } from './check.js';

/** A run measures others as well when more than this share of the cores is taken. */
const quietShare = 0.5;
const mbPerGb = 1_024;

function inPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function checkMachine(): Check {
  const cores = availableParallelism();
  const load = loadavg()[0] ?? 0;
  const found = `${cores} ${cores === 1 ? 'core' : 'cores'}, ${(availableMemoryMb() / mbPerGb).toFixed(1)} GB of memory to give, load average ${load.toFixed(2)}`;
  return load > quietShare * cores ? warning('machine', `${found}: others compute here, which a run would measure too`, 'top shows who; wait until they are done') : ok('machine', found);
}

/** With the longest path of a socket that a backend makes. */
function checkTemporaryFolder(): Check {
  const name = 'temporary folder';
  try {
    removeFolder(makeCellFolder((folder, id) => join(folder, `c${id}`, 'http.sock')));
    return ok(name, `${tmpdir()} can be written, and is short enough for paths of sockets`);
  } catch (thrown) {
    const { message, fix } = thrown as FbbError;
    return { name, state: 'failed', found: message, mend: thrown instanceof FbbError ? fix : 'Set TMPDIR to a folder that is yours.' };
  }
}

interface Tool {
  readonly program: string;
  readonly without: string;
  readonly from: string;
}

const wantedTools: readonly Tool[] = [
  { program: 'taskset', without: 'no --container-cores for processes', from: 'util-linux' },
  { program: 'chrt', without: 'no real-time class', from: 'util-linux' },
  { program: 'perl', without: 'a change of class takes 2 ms instead of 0.04', from: 'perl' },
];

function checkTools(): Check {
  const missing = wantedTools.filter(({ program }) => !inPath(program));
  if (missing.length === 0) return ok('tools', wantedTools.map(({ program }) => program).join(', '));
  const found = missing.map(({ program, without }) => `no ${program}: ${without}`).join('; ');
  const packages = [...new Set(missing.map(({ from }) => from))].join(' ');
  return warning('tools', found, process.platform === 'linux' ? `sudo apt-get install ${packages}` : 'a Linux machine has them');
}

/** The file of the control group of this process, where it has no budget for the real-time class. */
function emptyBudget(): string | undefined {
  const path = findControllerFile(process.pid, 'cpu', 'cpu.rt_runtime_us');
  try {
    return path !== undefined && Number(readFileSync(path, 'latin1')) === 0 ? path : undefined;
  } catch {
    return undefined;
  }
}

export function mendRealTime(): string {
  if (process.platform !== 'linux') return 'a Linux machine has it';
  if (!inPath('chrt')) return 'sudo apt-get install util-linux';
  const budget = emptyBudget();
  if (budget !== undefined) return `echo 500000 | sudo tee ${budget}`;
  return process.getuid?.() === 0 ? 'run this container or service with CAP_SYS_NICE (docker run --cap-add SYS_NICE)' : 'sudo prlimit --pid $$ --rtprio=99:99, in the shell of the run';
}

function checkRealTime(): Check {
  const refused = whyNoRealTime();
  const name = 'real-time processes';
  return refused === undefined ? ok(name, 'SCHED_FIFO is permitted') : warning(name, `${refused}; without SCHED_FIFO, scheduler sfs is skipped and the load may come late`, mendRealTime());
}

/** What can be seen without asking anybody. */
export function checkHost(): Check[] {
  // An older Node does not get here.
  return [ok('Node', process.version), checkMachine(), checkTemporaryFolder(), checkTools(), checkRealTime()];
}
