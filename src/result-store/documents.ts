import { z } from 'zod';
import { FbbError } from '../core/index.js';
import { checkStored, manifestSchema, summarySchema, type CellSummary, type Manifest } from '../results/index.js';
import { isResultId, type ResultAddress } from '../storage/index.js';

/** Raised when the layout changes in a way that an older reader would get wrong. */
const layoutVersion = 1;

/** A file of a cell's folder. Names that lead out of a folder, or that hide in it, are none. */
const fileSchema = z.object({
  name: z.string().regex(/^[^./\\\0][^/\\\0]*$/),
  bytes: z.number().int().min(0),
  digest: z.string().regex(/^md5-[A-Za-z0-9+/]{22}==$/),
});

export type StoredFile = z.output<typeof fileSchema>;

const cellIdSchema = z.string().regex(/^[^./\\\0][^/\\\0]*$/);

const resultSchema = z.object({
  type: z.literal('faasbatch-result'),
  layout: z.number().int(),
  id: z.string(),
  tool: z.unknown(),
  /** The cells that have a document. */
  cells: z.array(cellIdSchema),
  manifest: z.record(z.string(), z.unknown()),
});

const cellSchema = z.object({
  type: z.literal('faasbatch-cell'),
  layout: z.number().int(),
  result: z.string(),
  cell: cellIdSchema,
  /** What must be attached for the cell to be whole. */
  files: z.array(fileSchema),
  summary: z.record(z.string(), z.unknown()),
});

const stubsSchema = z.record(z.string(), z.object({ digest: z.string(), length: z.number(), content_type: z.string(), revpos: z.number() }));

/** The document of a result set, as it is stored. `manifest` as it was written, `parsed` in the shape of now. */
export interface ResultDocument {
  readonly rev: string;
  readonly cells: readonly string[];
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly parsed: Manifest;
}

export type Stubs = z.output<typeof stubsSchema>;

export interface CellDocument {
  readonly rev: string;
  readonly files: readonly StoredFile[];
  readonly summary: Readonly<Record<string, unknown>>;
  readonly parsed: CellSummary;
  /** What is attached already. */
  readonly stubs: Stubs;
}

export function resultDocumentId(id: string): string {
  return `result:${id}`;
}

export function cellDocumentId(id: string, cell: string): string {
  return `cell:${id}:${cell}`;
}

/** What it holds without revision and attachments. */
export function renderResult(manifest: Readonly<Record<string, unknown>>, cells: readonly string[]): Record<string, unknown> {
  return { type: 'faasbatch-result', layout: layoutVersion, id: manifest['id'], tool: manifest['tool'], cells, manifest };
}

export function renderCell(result: string, cell: string, content: Pick<CellDocument, 'files' | 'summary'>): Record<string, unknown> {
  return { type: 'faasbatch-cell', layout: layoutVersion, result, cell, files: content.files, summary: content.summary };
}

/** Throws FBB_ERR_RESULTS_INVALID with the place. */
function checkDocument<Schema extends z.ZodType>(json: Readonly<Record<string, unknown>>, schema: Schema, place: string): z.output<Schema> {
  const { layout } = json;
  if (typeof layout === 'number' && layout > layoutVersion) {
    throw new FbbError('FBB_ERR_RESULTS_INVALID', `${place} has layout ${layout}; this version reads up to ${layoutVersion}.`, { fix: 'Read it with a newer faasbatch-bench.' });
  }
  return checkStored(json, schema, place);
}

function mismatch(place: string, what: string): FbbError {
  return new FbbError('FBB_ERR_RESULTS_INVALID', `${place} is not what was written: ${what}.`, { fix: 'It was changed over there. Push the result set into another database from where it was measured.' });
}

function revisionOf(json: Readonly<Record<string, unknown>>): string {
  return String(json['_rev']);
}

/** Reads the document of a result set; throws FBB_ERR_RESULTS_INVALID with the place. */
export function parseResult(json: Readonly<Record<string, unknown>>, { shown, database }: ResultAddress, id: string): ResultDocument {
  const place = `Document ${resultDocumentId(id)} of ${database} (${shown})`;
  const { manifest, cells, id: own } = checkDocument(json, resultSchema, place);
  const parsed = checkStored(manifest, manifestSchema, `The manifest in ${place}`);
  if (own !== id || parsed.id !== id || !isResultId(id)) throw mismatch(place, `it is of another result set, ${JSON.stringify(parsed.id)}`);
  const unknown = cells.find((cell) => !parsed.cells.some((known) => known.id === cell));
  if (unknown !== undefined) throw mismatch(place, `its manifest has no cell ${unknown}`);
  return { rev: revisionOf(json), cells, manifest, parsed };
}

/** Reads the document of a cell; throws FBB_ERR_RESULTS_INVALID with the place. */
export function parseCell(json: Readonly<Record<string, unknown>>, { shown, database }: ResultAddress, id: string, cell: string): CellDocument {
  const place = `Document ${cellDocumentId(id, cell)} of ${database} (${shown})`;
  const { files, summary, result, cell: own } = checkDocument(json, cellSchema, place);
  const parsed = checkStored(summary, summarySchema, `The summary in ${place}`);
  if (result !== id || own !== cell || parsed.cell.id !== cell) throw mismatch(place, `it is of another cell, ${JSON.stringify(parsed.cell.id)}`);
  return { rev: revisionOf(json), files, summary, parsed, stubs: checkStored(json['_attachments'] ?? {}, stubsSchema, `The list of attachments in ${place}`) };
}
