import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelledGraph } from '../../src/renderer/map/graph-labels.ts';
import { mapMermaid, mermaidText } from '../../src/renderer/map/map-mermaid.ts';
import { mapSvg } from '../../src/renderer/map/map-svg.ts';

/** What a line of our flowchart may be (mermaid.js.org/syntax/flowchart), and nothing else. */
const TEXT = '(?:[\\p{L}\\p{N}\\p{M} .,_/()·-]|#\\d+;|<br/>)*';
const LINES = [
  /^flowchart LR$/,
  new RegExp(`^ {2}subgraph g\\d+\\["${TEXT}"\\]$`, 'u'),
  new RegExp(`^ {4}n\\d+\\["(?!")${TEXT}"\\]$`, 'u'),
  /^ {2}end$/,
  new RegExp(`^ {2}n\\d+ (---|-\\.-)(\\|"${TEXT}"\\|)? n\\d+$`, 'u'),
  /^ {2}linkStyle \d+(,\d+)* stroke:#b8122a,stroke-width:3px$/,
];

/** What Mermaid shows for a label: its entities are decimal code points. */
const shown = (text: string) =>
  text.replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

/** Any text, and often the characters that mean something to Mermaid or XML. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '"',
        ']',
        '|',
        '#',
        ';',
        '%%',
        '{',
        '}',
        '`',
        '\n',
        'end',
        '-->',
        '&',
        '<',
        '- ',
        '1. ',
        'style x:#',
        '\ud800',
      ),
    )
    .map((parts) => parts.join('')),
);

const anyGraph: fc.Arbitrary<LabelledGraph> = fc
  .array(
    fc.record({
      group: fc.constantFrom('rack', 'a"b', 'end'),
      title: anyText,
      detail: anyText,
      isPlanned: fc.boolean(),
      why: fc.option(anyText, { nil: undefined }),
    }),
    { maxLength: 8 },
  )
  .map((list) => ({
    nodes: list.map(({ group, title, detail, isPlanned }, index) => ({
      id: `machine:${index}"]`,
      group,
      label: { title, detail },
      isPlanned,
    })),
    edges: list.slice(1).map(({ isPlanned, why }, index) => ({
      from: `machine:${index}"]`,
      to: `machine:${index + 1}"]`,
      isPlanned,
      why,
    })),
  }));

test('any names make lines that Mermaid reads as we mean them', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const lines = mapMermaid(graph).trimEnd().split('\n');
      for (const line of lines)
        expect(
          LINES.some((form) => form.test(line)),
          line,
        ).toBe(true);
      const open = lines.filter((line) => line.startsWith('  subgraph')).length;
      expect(lines.filter((line) => line === '  end')).toHaveLength(open);
      expect(lines.filter((line) => / n\d+$/.test(line))).toHaveLength(graph.edges.length);
    }),
  );
});

test('nothing of a name is lost on the way through Mermaid but line breaks', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(shown(mermaidText(text))).toBe(text.toWellFormed().replace(/\s+/g, ' ').trim());
    }),
  );
});

test('a plain graph reads like one', () => {
  const node = (id: string, title: string, detail: string) => ({
    id,
    group: 'rack',
    label: { title, detail },
    isPlanned: false,
  });
  const graph: LabelledGraph = {
    nodes: [node('a', 'br1', 'DHCP: MAAS'), node('b', 'node-1', 'off')],
    edges: [{ from: 'a', to: 'b', isPlanned: true, why: 'spanning tree' }],
  };
  expect(mapMermaid(graph)).toBe(`flowchart LR
  subgraph g0["rack"]
    n0["br1<br/>DHCP#58; MAAS"]
    n1["node-1<br/>off"]
  end
  n0 -.-|"spanning tree"| n1
  linkStyle 0 stroke:#b8122a,stroke-width:3px
`);
});

test('any names make a picture that is well-formed XML with one box for each node', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const place = { x: 0, y: 0, width: 180, height: 44 };
      const places = new Map(graph.nodes.map(({ id }) => [id, place]));
      const svg = mapSvg(graph, [place], places);
      const errors: string[] = [];
      const document = new DOMParser({
        onError: (level, text) => {
          // It only wonders at a replacement character, which is what a lone surrogate becomes.
          if (level !== 'warning') errors.push(`${level} ${text}`);
        },
      }).parseFromString(svg, 'image/svg+xml');
      expect(errors).toEqual([]);
      expect(document.getElementsByTagName('g')).toHaveLength(graph.nodes.length);
      expect(document.getElementsByTagName('script')).toHaveLength(0);
    }),
  );
});
