import type { errors as en } from '../en/errors.ts';

export const errors: Record<keyof typeof en, string> = {
  'error.cancelled': '中止しました。',
  'error.disk-full': '{{host}} の空き容量がありません。空きを作ってから、もう一度試してください。',
  'error.fingerprint-differs':
    '{{host}} が示しているフィンガープリント（{{shown}}）と異なります。何も信頼していません。',
  'error.host-auth-failed':
    '{{host}} が {{user}} のログインを拒否しました。ユーザー名とパスワード（または鍵）を確認してください。',
  'error.host-closed':
    '{{host}} との接続が切れました。もう一度試してください。ホスト側の処理は続いています。',
  'error.host-identity-changed':
    '{{host}} は信頼済みのマシンではありません（machine-id が異なります）。何も変更していません。再インストールした場合は「ホスト」で登録し直してください。',
  'error.host-key-changed':
    '{{host}} のホスト鍵が変わりました。何も送信していません。続ける前に「ホスト」でフィンガープリントを見比べてください。',
  'error.host-key-revoked':
    '{{host}} のホスト鍵は known_hosts で失効扱いになっています。何も送信していません。',
  'error.host-key-unknown':
    '{{host}} は初めて接続するホストです。フィンガープリント（{{type}} {{fingerprint}}）を確認し、「ホスト」で信頼してください。',
  'error.host-no-shell':
    '{{host}} で POSIX シェルが起動しませんでした。ログインシェルと起動ファイルを確認してください。',
  'error.host-refused':
    '{{address}} のポート {{port}} で接続を拒否されました。SSH サーバーは動いていますか。',
  'error.host-silent':
    '{{address}} のポート {{port}} は接続を受け付けましたが、応答がありません。SSH サーバーか確認してください。',
  'error.host-timeout': '{{host}} から時間内に応答がありませんでした。接続を閉じました。',
  'error.host-unknown': 'プランに {{host}} というホストはありません。',
  'error.host-unreachable':
    '{{address}} のポート {{port}} に到達できません。アドレス、ケーブル、ファイアウォールを確認してください。',
  'error.host-unresolved':
    '{{address}} の名前解決ができません。綴りを確認するか、IP アドレスを使ってください。',
  'error.host-no-common-algorithm':
    '{{host}} と Labwright に共通の暗号方式がありません。古い SSH サーバーの可能性があります。',
  'error.internal': 'Labwright の内部で問題が起きました。詳細は不具合報告に役立ちます。',
  'error.job-failed': '{{host}} での処理を開始できなかったか、失敗しました。',
  'error.job-lost':
    '{{host}} のジョブは結果を残さずに終わりました（{{why}}）。実際の状態を確認し直します。',
  'error.journal-damaged':
    'ジャーナルが壊れていました。読めた分は新しいファイルに移し、壊れたものは {{kept}} として残しました。',
  'error.key-unreadable': '{{host}} 用の秘密鍵を読めません。形式とパスフレーズを確認してください。',
  'error.lab-locked':
    'このラボは別の Labwright（プロセス {{pid}}）で開かれています。ここでは閲覧のみです。',
  'error.lab-not-open': 'ラボが開かれていません。',
  'error.not-in-this-shell': 'この操作はデスクトップアプリでのみ使えます。',
  'error.not-observed': 'まだ確認していません。',
  'error.output-too-large': '{{host}} の出力が多すぎるため、確認を打ち切りました。',
  'error.output-unexpected': '{{host}} の応答が想定（{{expected}}）と異なります。',
  'error.plan-changed-on-disk':
    'その間に lab.yaml が別のプログラムで変更されました。保存の前に違いを確認してください。',
  'error.plan-invalid': 'lab.yaml に誤りがあります: {{first}}',
  'error.plan-missing': '{{path}} というファイルはありません。',
  'error.plan-unreadable': '{{path}} を読み書きできません。',
  'error.preview-outdated':
    '今実行される内容が、表示したものと異なります。プレビューを見直してください。',
  'error.proof-failed': 'すべての処理は終わりましたが、確認するとまだ完了していません。',
  'error.read-only': 'このラボは別の Labwright で開かれているため、ここでは閲覧のみです。',
  'error.run-busy': '実行中の処理があります。終わるのを待つか、中止してください。',
  'error.run-unknown': 'このラボにその実行はありません。',
  'error.secret-missing': 'シークレット {{name}} が必要ですが、まだ値がありません。',
  'error.secret-unreadable':
    'シークレット {{name}} をこのコンピューターで開けません。もう一度入力してください。',
  'error.step-unknown': 'このラボに {{step}} という手順はありません。',
  'error.sudo-denied':
    '{{host}}: このユーザーは sudo を使えません。管理者に権限を依頼してください。',
  'error.sudo-missing':
    '{{host}} に sudo がありません。インストールするか、root でログインしてください。',
  'error.sudo-needs-terminal': '{{host}}: sudo が端末を必要としています（sudoers の requiretty）。',
  'error.sudo-wrong-password': '{{host}}: sudo のパスワードが拒否されました。',
  'error.terminal-unknown': 'この端末はもうありません。',
  'error.upload-corrupt':
    '{{host}} に届いた {{path}} が壊れていたため、置き換えませんでした。もう一度試してください。',
  'error.vault-damaged':
    'シークレットのファイルが壊れていたため、バックアップを使います。壊れたものは {{kept}} に残しました。',
  'error.vault-insecure-store':
    'このシステムには安全な保管場所がありません。シークレットはアプリの終了までメモリーに置きます。',
  'error.vault-locked': 'シークレットはロックされています。パスフレーズを入力してください。',
  'error.vault-wrong-passphrase': 'このパスフレーズでは開けません。',
};
