import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import type { CpuClass } from '../../core/index.js';

/** Below the harness, which measures, and its helper, which must get through while both cores are taken; above everything else. */
const containerPriority = 30;
const helperPriority = 40;

/** Numbers of the system call sched_setscheduler in Linux. */
const setSchedulerCall: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 144, arm64: 119 };

/** What a group of processes must have before one of them may be of the real-time class: microseconds a period, written into a file of its control group. */
export interface RealTimeBudget {
  readonly path: string;
  readonly us: number;
}

/**
 * Both read lines of policy (as the kernel numbers them), priority, process, and path and size of a budget (`-` where none is needed);
 * a process that has ended meanwhile is passed over. A budget is given before the class and taken after it: the kernel keeps to that order.
 */
const perlProgram = `my $call = shift;
sub budget {
  my ($path, $us) = @_;
  open(my $file, '>', $path) or return;
  syswrite($file, $us) or -e $path && die "$path: $!\\n";
}
while (defined(my $line = <STDIN>)) {
  my ($policy, $priority, $pid, $path, $us) = split ' ', $line;
  budget($path, $us) if $path ne '-' && $policy;
  opendir(my $tasks, "/proc/$pid/task") or next;
  for my $thread (grep /^\\d/, readdir $tasks) {
    next if syscall($call, $thread + 0, $policy + 0, pack('i', $priority)) == 0 or $! == 3;
    die "$!\\n";
  }
  budget($path, 0) if $path ne '-' && !$policy;
}`;
const shellProgram = `budget() {
  [ "$1" = - ] || told=$(echo "$2" 2>&1 > "$1") || [ ! -e "$1" ] || { echo "$1: $told" >&2; exit 1; }
}
while read -r policy priority pid path us; do
  case $policy in 1) class=--fifo; budget $path $us ;; *) class=--other ;; esac
  told=$(chrt --all-tasks $class --pid $priority $pid 2>&1) || [ ! -e /proc/$pid ] || { echo "$told" >&2; exit 1; }
  case $policy in 1) ;; *) budget $path 0 ;; esac
done`;

/** Why processes cannot be put into the real-time class here; undefined when they can. */
export function whyNoRealTime(): string | undefined {
  try {
    execFileSync('chrt', ['--fifo', String(helperPriority), 'true'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (thrown) {
    const { code, stderr } = thrown as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') return 'there is no chrt here (util-linux)';
    return `chrt --fifo is refused: ${stderr?.toString().trim().split('\n')[0] ?? 'unknown reason'}`;
  }
}

/** How classes are changed: by a system call where Perl can make it, otherwise by a `chrt` for every change. */
export type ClassChanger = 'perl' | 'chrt';

export function classChangerHere(): ClassChanger {
  if (setSchedulerCall[process.arch] === undefined) return 'chrt';
  try {
    execFileSync('perl', ['-e', '0'], { stdio: 'ignore' });
    return 'perl';
  } catch {
    return 'chrt';
  }
}

/**
 * Moves processes between the real-time class and fair share. Node cannot, so a helper does, itself in the real-time class: 0.04 ms a
 * change with Perl, about 2 ms with `chrt`, most of it its start. It ends when its input does, so it does not outlive the harness.
 * All threads of a process change together, and threads made later inherit.
 */
export class CpuClassControl {
  readonly #helper: ChildProcess;
  #closed = false;

  /** `onFailure` is called when a process could not be moved though it is there. */
  constructor(changer: ClassChanger, onFailure: (reason: string) => void) {
    const command = changer === 'perl' ? ['perl', '-e', perlProgram, String(setSchedulerCall[process.arch])] : ['sh', '-c', shellProgram];
    this.#helper = spawn('chrt', ['--fifo', String(helperPriority), ...command], { detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
    let told = '';
    const failed = (reason: string): void => {
      if (this.#closed) return;
      this.#closed = true;
      onFailure(reason);
    };
    this.#helper.stderr?.on('data', (text: Buffer) => (told = `${told}${text.toString()}`.slice(-500)));
    this.#helper.on('error', (error) => failed(error.message));
    this.#helper.on('close', (code) => failed(told.trim() === '' ? `its helper ended with code ${String(code)}` : told.trim().replaceAll('\n', ' ')));
    this.#helper.stdin?.on('error', () => undefined);
  }

  /** `budget`: of the group that the process is in, where it needs one. */
  set(pid: number, cpuClass: CpuClass, budget?: RealTimeBudget): void {
    const group = budget === undefined ? '- 0' : `${budget.path} ${budget.us}`;
    this.#helper.stdin?.write(cpuClass === 'fifo' ? `1 ${containerPriority} ${pid} ${group}\n` : `0 0 ${pid} ${group}\n`);
  }

  close(): void {
    this.#closed = true;
    this.#helper.stdin?.end();
  }
}
