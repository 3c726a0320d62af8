/** One row by the names of its columns. */
export type CsvRow = Readonly<Record<string, string>>;

/** A field up to what ends it: a comma, a line end, or the end of the text. Quoted ones may hold all of these. */
const fieldPattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y;

function* records(text: string): Generator<string[]> {
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    fieldPattern.lastIndex = at;
    const [whole, field = '', end = ''] = fieldPattern.exec(text) ?? [];
    if (whole === undefined) throw new Error(`what begins at character ${at} is no CSV`);
    at = fieldPattern.lastIndex;
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === ',' && at < text.length) continue;
    yield fields;
    fields = [];
  }
}

/** Reads what CsvFile writes (RFC 4180). Throws when a row has more or fewer fields than the header. */
export function* readCsv(text: string): Generator<CsvRow> {
  let header: readonly string[] | undefined;
  for (const fields of records(text)) {
    if (header === undefined) {
      header = fields;
      continue;
    }
    if (fields.length !== header.length) throw new Error(`a row has ${fields.length} fields and the header ${header.length}`);
    yield Object.fromEntries(header.map((name, index) => [name, fields[index] as string]));
  }
}
