/**
 * Text from a remote, safe to show: terminal escape sequences are removed, `\r` progress lines are
 * reduced to what would have been left on the screen, and other control characters become visible
 * pictures (Unicode 2400). Without this, captured output could rewrite what a person reads.
 */
export function inertText(text: string): string {
  return text
    .replace(CONTROL_STRING, '')
    .replace(CONTROL_SEQUENCE, '')
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1).replace(/\r$/, ''))
    .join('\n')
    .replace(CONTROL, (character) => {
      const code = character.charCodeAt(0);
      if (code === 0x7f) return '␡';
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : '�';
    });
}

/** OSC, DCS, SOS, PM, APC: up to BEL or ST (ECMA-48 5.6); an unterminated one ends with the line. */
const CONTROL_STRING = /\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?/g;
/** CSI (ECMA-48 5.4) and two-character escapes. */
const CONTROL_SEQUENCE = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
/** C0 but tab and newline, DEL, C1, and the bidirectional overrides that can reorder a line. */
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** The last `lines` lines, at most `bytes` characters long. */
export function lastLines(text: string, lines = 12, characters = 4000): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n').slice(-characters);
}
