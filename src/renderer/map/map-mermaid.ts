import type { LabelledGraph } from './graph-labels.ts';

/** Letters, digits and marks of any script stand for themselves; all else as Mermaid's `#code;`. */
const PLAIN = /^[\p{L}\p{N}\p{M} .,_/()·-]$/u;

/** Text inside the quotes of a label: nothing in it can end the label or mean something to Mermaid. */
export function mermaidText(text: string): string {
  const characters = [...text.toWellFormed().replace(/\s+/g, ' ').trim()];
  return characters
    .map((character, index) => {
      // `1. a` and `- a` would be taken for lists.
      const isList = /[.-]/.test(character) && characters[index + 1] === ' ';
      return PLAIN.test(character) && !isList ? character : `#${character.codePointAt(0)};`;
    })
    .join('');
}

/** The map as a Mermaid flowchart (mermaid.js.org, flowchart syntax), for documents kept in git. */
export function mapMermaid(graph: LabelledGraph): string {
  const ids = new Map(graph.nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = ['flowchart LR'];
  const groups = Map.groupBy(graph.nodes, ({ group }) => group);
  let count = 0;
  for (const [group, nodes] of groups) {
    lines.push(`  subgraph g${count}["${mermaidText(group)}"]`);
    count += 1;
    for (const { id, label } of nodes) {
      const words = [label.title, label.detail].map(mermaidText).filter((word) => word !== '');
      lines.push(`    ${ids.get(id)}["${words.join('<br/>') || '-'}"]`);
    }
    lines.push('  end');
  }
  const broken: number[] = [];
  let drawn = 0;
  for (const { from, to, isPlanned, why } of graph.edges) {
    const [a, b] = [ids.get(from), ids.get(to)];
    if (a === undefined || b === undefined) continue;
    const line = isPlanned ? '-.-' : '---';
    const said = why === undefined ? '' : mermaidText(why);
    lines.push(`  ${a} ${line}${said === '' ? '' : `|"${said}"|`} ${b}`);
    if (why !== undefined) broken.push(drawn);
    drawn += 1;
  }
  if (broken.length > 0)
    lines.push(`  linkStyle ${broken.join(',')} stroke:#b8122a,stroke-width:3px`);
  return `${lines.join('\n')}\n`;
}
