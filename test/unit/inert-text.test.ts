import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inertText, lastLines } from '../../src/contract/inert-text.ts';

describe('text of a host', () => {
  test.each([
    ['plain text as it is', 'a\tb\nc\n', 'a\tb\nc\n'],
    ['other scripts as they are', '日本語 ünï 🗝\n', '日本語 ünï 🗝\n'],
    ['without colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['without a title change', '\x1b]0;evil\x07text', 'text'],
    ['without a title change ended by ST', '\x1b]0;evil\x1b\\text', 'text'],
    ['without a title change that never ends', '\x1b]0;evil\nnext', '\nnext'],
    ['without a link', '\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\', 'here'],
    ['without 8-bit sequences', '\x9b31mred', 'red'],
    ['with Unix line ends', 'a\r\nb\r\n', 'a\nb\n'],
    ['with the last state of a progress line', '10%\r50%\r100%\nend', '100%\nend'],
    ['with the last state of one that ends in a return', '10%\r100%\r\nend', '100%\nend'],
    ['with control characters made visible', 'a\x00b\x08c\x7f', 'a␀b␈c␡'],
    ['without what turns a line around', 'a\u202egpj.exe\u2066', 'a�gpj.exe�'],
  ])('is shown %s', (_how, text, shown) => {
    expect(inertText(text)).toBe(shown);
  });

  const rough = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          '\x1b',
          '\x1b[',
          '\x1b]',
          '\x9b',
          '\r',
          '\r\n',
          '\n',
          '\x07',
          '\x1b\\',
          '?',
        ),
        fc.constantFrom('\x1bP', '31m', '\u202e', '\x1b\x1b[', '\x1b]0;\x1b'),
      ),
    )
    .map((parts) => parts.join(''));

  test('holds no control, no escape and no override whatever it was', () => {
    fc.assert(
      fc.property(rough, (text) => {
        expect(inertText(text)).not.toMatch(
          /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('made inert twice is the same as once', () => {
    fc.assert(
      fc.property(rough, (text) => {
        expect(inertText(inertText(text))).toBe(inertText(text));
      }),
      { numRuns: 500 },
    );
  });

  test('keeps its number of lines unless a sequence swallowed nothing but itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), (lines) => {
        expect(inertText(lines.join('\n')).split('\n')).toHaveLength(
          lines.join('\n').split('\n').length,
        );
      }),
    );
  });

  test('is made inert quickly even when it is hostile', () => {
    const started = performance.now();
    inertText('\x1b['.repeat(100_000));
    inertText('\x1b]'.repeat(100_000));
    inertText('\r'.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(1500);
  });
});

test('the last lines are the last, few and short', () => {
  expect(lastLines('a\nb\nc\n\n', 2)).toBe('b\nc');
  expect(lastLines('x'.repeat(9000))).toHaveLength(4000);
  expect(lastLines('')).toBe('');
});
