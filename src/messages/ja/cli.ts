import type { cli as en } from '../en/cli.ts';

export const cli: Record<keyof typeof en, string> = {
  'cli.apply-question': 'この内容で実行しますか？',
  'cli.undo-question': 'この内容で元に戻しますか？',
  'cli.change-question': '代わりにこれを実行しますか？',
  'cli.resume-question': '{{when}} の実行 {{run}} が中断しています。再開しますか？',
  'cli.resuming': '実行 {{run}} を再開します。',
  'cli.dismissed': '実行 {{run}} を閉じました。実施済みの内容は残っています。',
  'cli.plan-problems': '{{path}} に誤りがあります:',
  'cli.in-use': '開いているのはプロセス {{pid}} です。そちらで操作するか、先に閉じてください。',
  'cli.older-rows': 'これより古い記録が {{n}} 件あります: --limit',
};
