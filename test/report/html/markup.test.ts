import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html, scriptJson } from '../../../src/report/html/markup.js';

describe('HTML from a template', () => {
  it('takes for text whatever is put in', () => {
    expect(html`<p title="${'"x'}">${'<script>alert(1)</script>'}</p>`.text).toBe('<p title="&quot;x">&lt;script&gt;alert(1)&lt;/script&gt;</p>');
  });

  it('takes markup as it is, alone and in a row', () => {
    expect(html`<ul>${[html`<li>${'&'}</li>`, html`<li>${2}</li>`]}</ul>`.text).toBe('<ul><li>&amp;</li><li>2</li></ul>');
  });

  it('leaves no character that could begin or end anything', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"']/.test(escapeHtml(text))));
  });

  it('has no control characters but line ends and tabs', () => {
    expect(escapeHtml('a\u0000b\u001b[31m\u0085\n\t')).toBe('a b [31m \n\t');
  });
});

describe('JSON in a script', () => {
  it('cannot end the script, and is read back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('</script>', '<!--', '\u2028', '<SCRIPT'), (value, text) => {
        const { text: written } = scriptJson(JSON.stringify([value, text]));
        expect(written).not.toMatch(/[<\u2028\u2029]/);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify([value, text])));
      }),
    );
  });
});
