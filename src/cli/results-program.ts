import { Option, type Command } from 'commander';
import type { RemoveOptions } from './remove-command.js';
import type { ReportCommandOptions } from './report-command.js';
import type { PullOptions, PushOptions } from './results-command.js';

/** How the address of a database is written. */
export const storeAddress = 'couchdb=http://user:password@host:5984';

/** `results`: what looks after stored result sets. */
export function addResultsCommands(program: Command): void {
  const results = program.command('results').description('look after stored result sets, and share them through a database of CouchDB');
  results
    .command('push')
    .description('copy a result set into a database; what is there is not sent again and not overwritten')
    .argument('[result]', 'its folder, its id, or latest', 'latest')
    .requiredOption('--to <address>', `${storeAddress}[/database] (default database: faasbatch-results, made when it is missing)`)
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--json', 'print what was done as JSON')
    .action(async (result: string, options: PushOptions) => {
      const { pushCommand } = await import('./results-command.js');
      await pushCommand(result, options);
    });
  results
    .command('pull')
    .description('copy a result set out of a database')
    .argument('<address>', `${storeAddress}/database/id`)
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--json', 'print what was done as JSON')
    .action(async (address: string, options: PullOptions) => {
      const { pullCommand } = await import('./results-command.js');
      await pullCommand(address, options);
    });
  results
    .command('list')
    .description('list the result sets that are stored here, or those of a database')
    .argument('[address]', `${storeAddress}[/database]`)
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--json', 'print as JSON')
    .action(async (address: string | undefined, options: { out: string; json?: true }) => {
      const { resultsListCommand } = await import('./listing-command.js');
      await resultsListCommand(address, options);
    });
  addShowCommand(results);
  addKeepingCommands(results);
}

/** What looks after result sets that are stored here. */
function addKeepingCommands(results: Command): void {
  results
    .command('verify')
    .description('check whether a result set is whole: schema, checksums, and whether its rows add up to its summaries')
    .argument('[result]', 'its folder, its id, or latest', 'latest')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--json', 'print as JSON')
    .action(async (result: string, options: { out: string; json?: true }) => {
      const { verifyCommand } = await import('./verify-command.js');
      verifyCommand(result, options);
    });
  results
    .command('rm')
    .description('remove result sets that are stored here; asks nothing')
    .argument('<result...>', 'of each its folder, its id, or latest')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--json', 'print what was done as JSON')
    .action(async (names: string[], options: RemoveOptions) => {
      const { removeCommand } = await import('./remove-command.js');
      removeCommand(names, options);
    });
}

/** `show`, which is also `results show`. */
export function addShowCommand(parent: Command): void {
  parent
    .command('show')
    .description('show a stored result set')
    .argument('[result]', `its folder, its id, latest, or ${storeAddress}/database/id`, 'latest')
    .option('--out <folder>', 'where result sets are stored', 'results')
    .option('--json', 'print the summaries of all cells as JSON')
    .action(async (result: string, options: { out: string; json?: true }) => {
      const { showCommand } = await import('./show-command.js');
      await showCommand(result, options);
    });
}

const reportFormats = ['html', 'markdown', 'svg'] as const satisfies readonly ReportCommandOptions['format'][];

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('write a report of a result set: one HTML file that needs nothing else, Markdown, or figures for a paper')
    .argument('[result]', 'its folder, its id, or latest', 'latest')
    .option('--against <other>', 'also compare it with this one: its folder, its id, or latest')
    .addOption(new Option('--format <format>', 'html: a page; markdown: tables, to stdout unless --out names a file; svg: a file a figure, with its data as CSV').choices(reportFormats).default('html'))
    .option('--out <path>', 'where the report is written; a folder for svg (default: beside the result set, <result>-report.html or <result>-figures)')
    .option('--results <folder>', 'where result sets are stored', 'results')
    .option('--force', 'overwrite what is there; compare what should not be compared, and say so')
    .action(async (result: string, options: ReportCommandOptions) => {
      const { reportCommand } = await import('./report-command.js');
      reportCommand(result, options);
    });
}
