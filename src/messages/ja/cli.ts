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
  'cli.nothing-to-undo': '元に戻すものはありません。',
  'cli.predicted': '予測',
  'cli.trust-question': '{{host}} を信頼しますか？',
  'cli.passphrase': 'パスフレーズ: ',
  'cli.open-address':
    'このコンピューターのブラウザーで次のアドレスを開いてください（1 回だけ有効）:',
  'cli.in-window':
    'Labwright を専用のブラウザーウィンドウで起動しました。ウィンドウを閉じると終了します。',
  'cli.no-display': 'ウィンドウを開けません。ここには画面がありません。',
  'cli.no-browser': 'ウィンドウを開けません。Chromium、Chrome、Edge のいずれも見つかりません。',
  'cli.help.interrupted':
    'resume は中断した実行を再開し、dismiss は閉じます。--run を省くと最新のものが対象です。\napply --yes は先に再開します。--step か --expect を付けた apply は、中断があれば知らせて止まります。',
  'cli.help.secret': 'シークレットをファイルから渡す（この実行限り。- は標準入力）',
  'cli.help.language': '表示の言語。省くとシステムの言語',
  'cli.help.exit':
    '終了コード: 0 すべて完了・申告済み・スキップ · 1 未実施・ずれあり・待機中・手作業あり · 2 不明またはエラー',
};
