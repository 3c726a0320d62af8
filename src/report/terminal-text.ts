/** What somebody else has named, in one line: control characters become a space; marks of direction and joiners, which show nothing themselves, go. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/\p{Cf}/gu, '');
}

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** East Asian Width W and F in blocks, and what is drawn as a picture; a flag is two letters of one column each. */
const wide = /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation})$/u;
const asPicture = '\ufe0f';

function charactersOf(text: string): { readonly character: string; readonly columns: number }[] {
  let before = 0;
  return Array.from(text, (character) => {
    // Makes a picture, which is wide, of a sign that is not.
    const columns = character === asPicture ? Number(before === 1) : zeroWidth.test(character) ? 0 : wide.test(character) ? 2 : 1;
    before = columns;
    return { character, columns };
  });
}

/** Columns of a terminal that a text without styles takes; where terminals differ, rather too many. */
export function textWidth(text: string): number {
  return charactersOf(text).reduce((sum, { columns }) => sum + columns, 0);
}

/** As many characters as fit, from the front. */
function firstOf(characters: ReturnType<typeof charactersOf>, columns: number): string {
  let used = 0;
  const end = characters.findIndex((each) => (used += each.columns) > columns);
  return (end === -1 ? characters : characters.slice(0, end)).map(({ character }) => character).join('');
}

/** At most so many columns, at least one: what is too long loses its middle, because names of variants differ at their end. */
export function shortened(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const characters = charactersOf(text);
  const kept = Math.max(0, columns - 1);
  const head = firstOf(characters, Math.ceil(kept / 2));
  const room = kept - textWidth(head);
  let tail = characters.length;
  for (let used = 0; tail > 0; tail -= 1) {
    used += characters[tail - 1]?.columns ?? 0;
    if (used > room) break;
  }
  return `${head}…${characters.slice(tail).map(({ character }) => character).join('')}`;
}

/** Lines of at most so many columns, at least two, broken between words and, where a word is longer than a line, in it. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (textWidth(line) > columns) {
      const part = firstOf(charactersOf(line), Math.max(2, columns));
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return [...lines, line];
}
