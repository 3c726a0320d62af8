import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ExitCode, FbbError } from '../core/index.js';
import { tell } from './output.js';
import { packageVersion } from './package-root.js';
import { addReportCommand, addResultsCommands, addShowCommand, storeAddress } from './results-program.js';
import type { CalibrateOptions } from './calibrate-command.js';
import type { CleanOptions } from './clean-command.js';
import type { DiffOptions } from './diff-command.js';
import type { DoctorOptions } from './doctor-command.js';
import type { ExportCommandOptions } from './export-command.js';
import type { ImportArtifactOptions } from './import-command.js';
import type { PluginCheckOptions } from './plugin-command.js';
import type { SuiteOptions } from './suite-selection.js';
import type { ValidateOptions } from './validate-command.js';

function list(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

/** Gathers an option that can be given more than once. */
function several(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** An argument parser for whole numbers in a range. */
function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < from || value > to) throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
    return value;
  };
}

function loadArgument(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('It must be a number above 0 and at most 1.');
  return value;
}

/** Subcommands inherit nothing of the override that is set after they were made. */
function overrideExits(command: Command): void {
  command.exitOverride();
  command.commands.forEach(overrideExits);
}

function addPluginCommands(program: Command): void {
  const plugin = program.command('plugin').description('write a scheduler of your own, and check one');
  plugin
    .command('new')
    .description('make a folder with a scheduler, its tests and a suite')
    .argument('<name>', 'of the scheduler and of the folder')
    .option('--into <folder>', 'where the folder is made', '.')
    .action(async (name: string, options: { into: string }) => {
      const { pluginNewCommand } = await import('./plugin-command.js');
      pluginNewCommand(name, options);
    });
  plugin
    .command('check')
    .description('try the rules that every scheduler keeps on one of your own')
    .argument('<plug-in>', 'path of its file, or name of an installed package')
    .option('--runs <n>', 'random cells a rule is tried on, about', whole(1, 100_000), 60)
    .option('--seed <n>', 'seed of these cells', whole(0, 0x7fff_ffff), 1)
    .option('--set <option=value>', 'an option of the scheduler that differs from its default; can be given again', several)
    .option('--time-limit <s>', 'ends the check after so many seconds', whole(1, 86_400), 120)
    .option('--json', 'print as JSON')
    .action(async (specifier: string, options: PluginCheckOptions) => {
      const { pluginCheckCommand } = await import('./plugin-command.js');
      await pluginCheckCommand(specifier, options);
    });
}

function addSimulationCommands(program: Command): void {
  program
    .command('calibrate')
    .description('measure this machine and write its profile, for the simulation (about 40 s)')
    .option('--write <path>', 'where the profile is written (default: this-host.yaml beside the results)')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .action(async (options: CalibrateOptions) => {
      const { calibrateCommand } = await import('./calibrate-command.js');
      await calibrateCommand(options);
    });

  program
    .command('validate-sim')
    .description('run cells here and in the simulation of this machine, and print how far apart they are')
    .argument('[suite]', 'name of a built-in suite, or path of a YAML file', 'icdcs')
    .addOption(new Option('--live <result>', 'a stored live run to compare with, instead of one made now: its folder, id, or latest').conflicts(['experiments', 'workloads', 'schedulers', 'repeat', 'limit']))
    .addOption(new Option('--published', "compare with the published figures of the suite instead, on the host profile of the paper's testbed").conflicts('live'))
    .option('--host <profile>', 'host to simulate (default: this machine, measured when there is no profile of it yet)')
    .option('--experiments <names>', 'only these, separated by commas', list)
    .option('--workloads <names>', 'only these, separated by commas', list)
    .option('--schedulers <names>', 'only these, separated by commas', list)
    .option('--repeat <n>', 'run every live cell so often', whole(1, 1000))
    .option('--limit <n>', 'only the first n invocations of each workload', whole(1, 100_000_000))
    .option('--out <folder>', 'where result sets are stored', 'results')
    .action(async (suite: string, options: ValidateOptions) => {
      const { validateCommand } = await import('./validate-command.js');
      await validateCommand(suite, options);
    });
}

function addHostCommands(program: Command): void {
  program
    .command('doctor')
    .description('look at what a run needs, and say what mends what does not work')
    .addOption(new Option('--backend <name>', 'for which backend; process leaves Docker out').choices(['docker', 'process']).default('docker'))
    .option('--storage <address>', 'also look at redis://host:6379 or couchdb=http://user:password@host:5984; can be given again', several)
    .option('--json', 'print as JSON')
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./doctor-command.js');
      await doctorCommand(options);
      // What was given up may still wait for an answer.
      end();
    });

  program
    .command('clean')
    .description('remove what dead runs have left: containers, networks and temporary folders')
    .option('--images', 'also the images that were made for functions')
    .option('--all', 'also what belongs to runs that may be alive, or to other machines')
    .option('--json', 'print as JSON')
    .action(async (options: CleanOptions) => {
      const { cleanCommand } = await import('./clean-command.js');
      await cleanCommand(options);
      end();
    });
}

function addImportCommands(program: Command): void {
  program
    .command('import')
    .description('read results of others into a result set')
    .command('artifact')
    .description("the results that the paper's artifact writes: latency_amplification_*.csv, and beside them utilization_*.csv and num_containers_*.csv")
    .argument('<folder>', 'of the artifact, or a part of it; folders in it are looked through')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--id <id>', 'of the result set (default: artifact, with the time)')
    .option('--expected <n>', 'invocations that were sent in each run; those without a row are lost (default: 800 of icdcs-cpu, 400 of icdcs-io)', whole(1, 100_000_000))
    .option('--json', 'print the summaries of all cells as JSON')
    .action(async (folder: string, options: ImportArtifactOptions) => {
      const { importArtifactCommand } = await import('./import-command.js');
      importArtifactCommand(folder, options);
    });
}

const exportFormats = ['csv', 'parquet', 'hgrm', 'perfetto', 'openmetrics'] as const satisfies readonly ExportCommandOptions['to'][];

function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write a result set in a format that other programs read')
    .argument('[result]', 'its folder, its id, or latest', 'latest')
    .addOption(new Option('--to <format>', 'csv and parquet: rows for tables; hgrm: latency histograms; perfetto: what ran when, for ui.perfetto.dev; openmetrics: numbers of cells, for Prometheus').choices(exportFormats).makeOptionMandatory())
    .option('--cells <ids>', 'only cells with these ids, or with this in their id; separated by commas', list)
    .option('--into <folder>', 'where the files are written (default: beside the result set, <result>-<format>)')
    .option('--force', 'overwrite files that are there')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .action(async (result: string, options: ExportCommandOptions) => {
      const { exportCommand } = await import('./export-command.js');
      exportCommand(result, options);
    });
}

function addDiffCommand(program: Command): void {
  program
    .command('diff')
    .description('compare two result sets, or the schedulers of one, and say which differences are shown')
    .argument('[results...]', `A and B: each a folder, an id, latest, or ${storeAddress}/database/id; A:scheduler is that scheduler alone`)
    .option('--within <result>', 'compare the schedulers of one result set with each other')
    .option('--base <scheduler>', 'with --within: the one that the others are compared with (default: of the suite)')
    .option('--fail-on <threshold>', "exit with 3 on a shown regression beyond it: 'p98>+5%', 'containers>+0'; can be given again", several)
    .option('--metrics <names>', 'what to show, separated by commas, or all (default: the total latency, containers, GB·s, CPU·s, cold starts)', list)
    .option('--force', 'compare what should not be compared, and say so')
    .option('--self-test', 'try the thresholds on one result set: with a known slowdown they must fire, without they must not')
    .option('--markdown', 'print tables for a pull request')
    .option('--json', 'print all comparisons as JSON')
    .option('--csv', 'print all comparisons as CSV')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .action(async (names: string[], options: DiffOptions) => {
      const { diffCommand } = await import('./diff-command.js');
      await diffCommand(names, options);
    });
}

const listTopics = ['suites', 'schedulers', 'workloads', 'functions', 'hosts', 'results'] as const;

// Each action loads its command when it runs, so that --help does not wait for what it does not need.
function createProgram(): Command {
  const program = new Command('faasbatch-bench')
    .description('Benchmark harness for serverless scheduling: replays a workload against real containers, once per scheduler, and compares.')
    .version(packageVersion)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`FBB_ERR_USAGE: ${text.replace(/^error: /, '')}`) })
    .showHelpAfterError('Run with --help to see what there is.');

  program
    .command('suite')
    .description('run a suite and compare its schedulers')
    .argument('<suite>', 'name of a built-in suite, or path of a YAML file')
    .option('--experiments <names>', 'only these, separated by commas', list)
    .option('--workloads <names>', 'only these, separated by commas', list)
    .option('--schedulers <names>', 'only these, separated by commas', list)
    .option('--scheduler <plug-in>', 'add a scheduler of your own: path of its file, or name of an installed package; can be given again', several)
    .option('--set <scheduler.option=value>', 'an option that differs from the suite; can be given again', several)
    .option('--cache <policy>', 'how containers share clients, in all cells: off, unbounded, lru:10, lfu:10, gdsf:10, random:10 (default: of suite and scheduler)')
    .addOption(new Option('--full', 'all experiments of the suite').conflicts('experiments'))
    .option('--repeat <n>', 'run every cell so often', whole(1, 1000))
    .option('--limit <n>', 'only the first n invocations of each workload', whole(1, 100_000_000))
    .option('--quick', 'a short run to see that it works (the first 45 invocations, under 90 s for icdcs); no substitute for a full one')
    .option('--load <share>', 'CPU work offered per core and second when each invocation runs alone (default: of the suite)', loadArgument)
    .option('--seed <n>', 'seed of everything random (default: of the suite)', whole(0, 0xffff_ffff))
    .option('--reseed', 'draw a workload of its own for each repetition; otherwise all repeat the same')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--resume [result]', 'run what is missing of an earlier run: its folder, id, or latest')
    .option('--recalibrate', 'measure the speed of this machine anew')
    .option('--launch-limit <n>', 'containers that may be starting at once (default: two a core)', whole(1, 1000))
    .option('--container-memory <mb>', 'memory of a container, in MB (default: 1024, with docker 256)', whole(64, 1_048_576))
    .option('--container-cores <n>', 'cores that a container may use at once (default: all; fewer need taskset, or docker)', whole(1, 1024))
    .option('--max-containers <n>', 'containers that a cell may have at a time; further launches wait (default: no cap; with docker as many as fit into memory)', whole(1, 100_000))
    .addOption(new Option('--backend <name>', 'where containers come from (default: process)').choices(['process', 'docker', 'simulation']))
    .option('--base-image <image>', "for docker: an image with Node 20 to build the function image upon (default: none; this machine's own Node goes in)")
    .option('--image <function=image>', 'for docker: an image that stands for a function and serves /status, /init, /run and /batch_run on port 5000; can be given again', several)
    .option('--storage <address>', 'a storage for functions: redis://user:password@host:6379 or couchdb=http://user:password@host:5984; one of each can be given (default: an embedded one for what needs CouchDB)', several)
    .option('--host <profile>', 'host to simulate: name of a profile that there is, or path of one', undefined)
    .option('--no-rows', 'no row for each invocation, only histograms: for millions of them')
    .option('--live [address]', 'a page that shows the running suite: a port of 127.0.0.1, or host:port (default: a free port of 127.0.0.1)')
    .option('--json', 'print the summaries of all cells as JSON')
    .action(async (suite: string, options: SuiteOptions) => {
      const { suiteCommand } = await import('./suite-command.js');
      await suiteCommand(suite, options);
    });

  addSimulationCommands(program);

  program
    .command('list')
    .description('list what there is')
    .addArgument(program.createArgument('[topic]', 'what to list (default: all but results)').choices(listTopics))
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--verbose', 'with options and defaults')
    .option('--json', 'print as JSON')
    .action(async (topic: (typeof listTopics)[number] | undefined, options: { out: string; verbose?: true; json?: true }) => {
      const { listCommand } = await import('./list-command.js');
      listCommand(topic, options);
    });

  addShowCommand(program);
  addReportCommand(program);
  addDiffCommand(program);
  addResultsCommands(program);
  addExportCommand(program);
  addImportCommands(program);
  addHostCommands(program);
  addPluginCommands(program);
  overrideExits(program);
  return program;
}

function report(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  if (thrown instanceof FbbError) {
    tell(`${thrown.code}: ${thrown.message}\n${thrown.fix}`);
    return thrown.exitCode;
  }
  tell(`This is a bug in faasbatch-bench; please report it.\n${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
  return ExitCode.bug;
}

/** Ends the process when all that was printed is written. */
function end(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/** Runs a command line; the only place that turns errors into exit codes. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (head, less) closes the pipe; that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? ExitCode.done);
    throw error;
  });
  // Whoever read the progress has gone; the run goes on for its results.
  process.stderr.on('error', () => undefined);
  try {
    await createProgram().parseAsync(argv);
  } catch (thrown) {
    process.exitCode = report(thrown);
    // Nothing has begun that would have to end, but a plug-in that could not be used may have left timers of its own.
    if (process.exitCode === ExitCode.usage) end();
  }
}
