/** HTML that is safe as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | readonly Markup[];

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Marks that turn the direction of what follows: in a name, they would turn the numbers behind it as well. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;
/** Seen, so that nobody takes the name for another. */
const replacement = '\ufffd';

/** Text for HTML and XML, also inside quoted attributes; control characters, which neither may hold, become spaces. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] as string)
    .replace(turning, replacement)
    .replace(/[\p{Cs}\ufffe\uffff]|[^\P{Cc}\n\t]/gu, ' ');
}

function rendered(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  return typeof part === 'number' ? String(part) : part.map(({ text }) => text).join('');
}

/** HTML from a template: whatever is put into it is text, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => (index === 0 ? text : rendered(parts[index - 1] as Part) + text)).join(''));
}

export const nothing = new Markup('');

/** JSON for a script element, which no text in it can end. */
export function scriptJson(json: string): Markup {
  return new Markup(json.replace(turning, replacement).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'));
}
