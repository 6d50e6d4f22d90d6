import type { errors as en } from '../en/errors.ts';

export const errors: Record<keyof typeof en, string> = {
  'error.argument-extra': '引数 {{argument}} が余分です。値はオプションとして指定してください。',
  'error.cancelled': '中止しました。',
  'error.command-unknown': '{{command}} というコマンドはありません。',
  'error.consent-missing':
    '何も実行していません。確認を取る端末がないため、{{options}} が必要です。',
  'error.disk-full': '{{host}} の空き容量がありません。空きを作ってから、もう一度試してください。',
  'error.fingerprint-differs':
    '{{host}} が示しているフィンガープリント（{{shown}}）と異なります。何も信頼していません。',
  'error.host-auth-failed':
    '{{host}} が {{user}} のログインを拒否しました。ユーザー名とパスワード（または鍵）を確認してください。',
  'error.host-closed':
    '{{host}} との接続が切れました。もう一度試してください。ホスト側の処理は続いています。',
  'error.host-forward-forbidden':
    '{{host}} は、経由してのポート接続を許可していません（sshd の AllowTcpForwarding）。',
  'error.host-forward-refused':
    '{{host}} から見て、{{address}} のポート {{port}} では何も応答していません。',
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
  'error.host-sessions-full':
    '{{host}} はこの接続でこれ以上のセッションを許可していません（sshd の MaxSessions）。不要な端末を閉じるか、MaxSessions を増やしてください。',
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
  'error.image-absent':
    'イメージ {{url}} がこのコンピューターにないか、検証後に変わっています。取得するステップをもう一度適用してください。',
  'error.image-cache-full':
    'このコンピューターに {{path}} を置く空きがありません。空きを増やしてもう一度実行してください。取得済みの部分は残っています。',
  'error.image-damaged': 'イメージ {{what}} が壊れています。内部の表に矛盾があります。',
  'error.image-larger-than-disk':
    '{{url}} は {{needed, bytes}} のディスクですが、計画の 1 台目のディスク（disks_gib）は {{given, bytes}} です。',
  'error.image-no-disk':
    '{{what}} は読み取れるディスクイメージではありません。qcow2 でも、ブートセクターのある raw ディスクでもありません。',
  'error.image-status':
    '{{url}} に対するサーバーの応答は {{status}} です。新しいビルドに置き換わった可能性があるので、もう一度確認してください。',
  'error.image-unfit':
    'イメージ {{what}} は QEMU だけが読める機能（{{feature}}）を使っています。qemu-img convert -O qcow2 で変換してください。',
  'error.image-unreachable':
    '{{url}} を取得できませんでした。接続が何度も切れます（{{why}}）。取得済みの部分は残っています。',
  'error.image-wrong-hash':
    '{{url}} から届いたファイルの SHA-256 が公開された値と違うため、削除しました。多くの場合、内容を書き換えたり古いファイルを返したりするプロキシが原因です。その間に新しいビルドが公開された可能性もあるので、もう一度確認してください。',
  'error.internal': 'Labwright の内部で問題が起きました。詳細は不具合報告に役立ちます。',
  'error.job-failed': '{{host}} での処理を開始できなかったか、失敗しました。',
  'error.job-lost': '{{host}} のジョブは結果を残さずに終わりました。実際の状態を確認し直します。',
  'error.job-lost.absent':
    '{{host}} にジョブの記録がなく、結果が分かりません。実際の状態を確認し直します。',
  'error.job-lost.rebooted':
    'ジョブの実行中に {{host}} が再起動しました。実際の状態を確認し直します。',
  'error.job-lost.killed':
    '{{host}} のジョブが外部から、またはメモリー不足で強制終了されました。実際の状態を確認し直します。',
  'error.job-lost.never-started': '{{host}} のジョブは開始されませんでした。何も実行していません。',
  'error.journal-damaged':
    'ジャーナルが壊れていました。読めた分は新しいファイルに移し、壊れたものは {{kept}} として残しました。',
  'error.key-unreadable': '{{host}} 用の秘密鍵を読めません。形式とパスフレーズを確認してください。',
  'error.lab-locked':
    'このラボは別の Labwright（プロセス {{pid}}）で開かれています。ここでは閲覧のみです。',
  'error.lab-not-open': 'ラボが開かれていません。',
  'error.look-failed': '調べられませんでした。',
  'error.not-in-this-shell': 'この操作はデスクトップアプリでのみ使えます。',
  'error.not-observed': 'まだ確認していません。',
  'error.option-missing': '{{command}} にはオプション {{option}} が必要です。',
  'error.option-unfit': '{{command}} にオプション {{option}} はありません。何も実行していません。',
  'error.option-unknown': '{{option}} というオプションはありません。',
  'error.option-value': 'オプション {{option}} の値が不正か、必要な値が指定されていません。',
  'error.output-too-large': '{{host}} の出力が多すぎるため、確認を打ち切りました。',
  'error.output-unexpected': '{{host}} の応答が想定（{{expected}}）と異なります。',
  'error.plan-changed-on-disk':
    'その間に lab.yaml が別のプログラムで変更されました。保存の前に違いを確認してください。',
  'error.plan-invalid': 'lab.yaml に誤りがあります: {{first}}',
  'error.plan-missing': '{{path}} というファイルはありません。',
  'error.plan-unreadable': '{{path}} を読み書きできません。',
  'error.port-unusable':
    'ポート {{port}} は使えません。使用中か、このユーザーには許可されていません。',
  'error.preview-outdated':
    '今実行される内容が、表示したものと異なります。プレビューを見直してください。',
  'error.proof-failed': 'すべての処理は終わりましたが、確認するとまだ完了していません。',
  'error.read-only': 'このラボは別の Labwright で開かれているため、ここでは閲覧のみです。',
  'error.run-busy': '実行中の処理があります。終わるのを待つか、中止してください。',
  'error.run-interrupted':
    '{{when}} の実行 {{run}} が中断したままです。何も実行していません。先に再開するか、閉じてください。',
  'error.run-not-interrupted': 'このラボに該当する中断した実行はありません。何も実行していません。',
  'error.run-undone': 'この実行は既に元に戻しています。これ以上元に戻すものはありません。',
  'error.run-unknown': 'このラボにその実行はありません。',
  'error.secret-file': 'シークレット {{name}} のファイルを読めません。',
  'error.secret-in-argument':
    'シークレットは --secret NAME=@FILE で渡してください。値をコマンドに直接書くと、このコンピューターの誰からも見えてしまいます。',
  'error.secret-missing': 'シークレット {{name}} が必要ですが、まだ値がありません。',
  'error.secret-unreadable':
    'シークレット {{name}} をこのコンピューターで開けません。もう一度入力してください。',
  'error.site-answer-cut':
    '{{site}} の応答が途中で途切れました。ネットワークを確認して、もう一度試してください。',
  'error.site-answer-too-large':
    '{{site}} の 1 回の応答が {{limit, bytes}} を超えたため、打ち切りました。',
  'error.site-answer-unexpected': '{{site}} の応答が想定（{{expected}}）と異なります。',
  'error.site-busy':
    '{{site}} は混み合っているか、起動の途中です。1 分ほど待って、もう一度試してください。',
  'error.site-certificate-changed':
    '{{site}} の証明書が変わりました。何も送信していません。信頼済み: {{pinned}}、現在: {{offered}}。続ける前に見比べてください。',
  'error.site-certificate-unknown':
    '{{site}} は初めて接続するサイトです。証明書（{{fingerprint}}、対象 {{subject}}、有効期限 {{validTo}}）を確認して信頼してください。',
  'error.site-closed':
    '{{site}} との接続が切れました。もう一度試してください。サイト側の処理は続いています。',
  'error.site-datastore-full':
    '{{site}} のデータストアに空きがありません（{{what}}）。空きを作るか、別のデータストアを選んでください。',
  'error.site-download-refused':
    '{{site}} がファイル {{what}} を渡しませんでした（HTTP ステータス {{status}}）。データストアに対する権限を確認してください。',
  'error.site-fault': '{{site}} がエラー {{fault}} を返しました: {{said}}',
  'error.site-field-too-new':
    '{{path}} には vSphere API {{since}} が必要ですが、このサイトは {{version}} です。何も送信していません。',
  'error.site-file-exists':
    '{{site}} に {{what}} が既にあります。別の名前にするか、先に削除してください。',
  'error.site-file-missing':
    '{{site}} に {{what}} というファイルはありません。データストアとパスを確認してください。',
  'error.site-folder-taken':
    '{{site}} の {{what}} には、このマシンのものではないファイルがあります。移動するか、別の名前にしてください。',
  'error.site-identity-changed':
    '{{site}} は信頼済みのサイトではありません（インスタンス ID が異なります）。何も変更していません。',
  'error.site-in-maintenance':
    '{{site}} のホストはメンテナンスモードです。解除してから、もう一度試してください。',
  'error.site-licence-expired':
    '{{site}} のライセンスが切れているか、ありません。更新するまでマシンの電源を入れられません。',
  'error.site-licence-read-only':
    '{{site}} のライセンスでは API で読み取りしかできません（無償版 ESXi の制限です）。この変更は行われていません。ライセンスを登録するか、同じマシンである役割 esxi のホストを、このサイトの shell: で指定してください。次の計画から、制限のないシェルを使います。',
  'error.site-login-refused':
    '{{site}} が {{user}} のログインを拒否しました。ユーザー名とパスワードを確認してください。失敗が続くとアカウントが一時的にロックされます。',
  'error.site-mac-taken':
    'MAC アドレス {{mac}} は {{site}} の {{machine}} が使っています（このラボのものではありません）。別のアドレスにしてください。',
  'error.site-mac-unfit':
    '{{mac}} は ESXi の固定 MAC アドレスに使えません。00:50:56:00:00:00 から 00:50:56:3f:ff:ff の間にしてください。',
  'error.site-name-taken':
    '{{site}} では {{what}} という名前が既に使われています。別の名前にするか、使っているものを削除してください。',
  'error.site-no-permission':
    '{{site}} でこの操作をする権限がありません（{{what}}）。権限を付けるか、別のユーザーでログインしてください。',
  'error.site-no-resources':
    '{{site}} の CPU またはメモリーが足りません。ほかのマシンの電源を切るか、割り当てを減らしてください。',
  'error.site-not-ours':
    '{{site}} の {{what}} にはこのラボの印がありません。何も変更していません。',
  'error.site-not-supported':
    '{{site}} はこの操作に対応していません（{{what}}）。vCenter、新しいハードウェアまたは新しいバージョンが必要かもしれません。',
  'error.site-not-vsphere':
    '{{site}} は応答しましたが、vSphere の応答ではありません（{{found}}。SOAP を想定）。アドレスとポートを確認してください。',
  'error.site-object-busy':
    '{{site}} の {{what}} は別の処理中か使用中です。終わるのを待って、もう一度試してください。',
  'error.site-object-gone':
    '{{site}} に {{what}} はもうありません。サイトをもう一度確認してください。',
  'error.site-object-missing':
    '{{site}} に {{what}} という名前のもの（{{kind}}）はありません。プランの名前を確認してください。',
  'error.site-path-unfit': '{{what}} はデータストアのパスに使えません。',
  'error.site-power-state':
    '{{site}} のマシンの状態（{{what}}）ではこの操作ができません。先に電源を入れるか切ってください。',
  'error.site-question':
    '{{site}} の {{what}} が質問への回答を待っています: {{said}} サイトの管理画面で回答してください。',
  'error.site-refused':
    '{{address}} のポート {{port}} で接続を拒否されました。ESXi または vCenter は動いていますか。',
  'error.site-request-refused':
    '{{site}} が要求を受け付けませんでした（{{what}}）。プランの値を確認してください。詳細は不具合報告に役立ちます。',
  'error.site-request-unfit':
    '{{path}} が vSphere の形式（{{rule}}）に合いません。何も送信していません。',
  'error.site-session-lost':
    '{{site}} のセッションが切れ、再ログインもできませんでした。もう一度試してください。',
  'error.site-silent': '{{site}} から時間内に応答がありませんでした。接続を閉じました。',
  'error.site-timed-out':
    '{{site}} の処理が制限時間内に終わりませんでした。サイトの状態を確認して、もう一度試してください。',
  'error.site-tls-refused':
    '{{site}} と共通の TLS バージョンまたは暗号方式がありません。サイトを更新するか、古い場合は古い TLS を許可してください。',
  'error.site-too-old':
    '{{site}} の vSphere API は {{version}} です。Labwright には 5.5 以降が必要です。',
  'error.site-unreachable':
    '{{address}} のポート {{port}} に到達できません。アドレス、ケーブル、ファイアウォールを確認してください。',
  'error.site-unresolved':
    '{{address}} の名前解決ができません。綴りを確認するか、IP アドレスを使ってください。',
  'error.site-upload-refused':
    '{{site}} がファイル {{what}} を受け付けませんでした（HTTP ステータス {{status}}）。データストア、空き容量、権限を確認してください。',
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
    'シークレットのファイルが壊れていました。1 回前の保存時のバックアップを使うため、最後に保存した値がない可能性があります。壊れたファイルは {{kept}} として残しました。',
  'error.vault-insecure-store':
    'このシステムには安全な保管場所がありません。シークレットはアプリの終了までメモリーに置きます。',
  'error.vault-locked': 'シークレットはロックされています。パスフレーズを入力してください。',
  'error.vault-lost':
    'シークレットのファイルが壊れていて、使えるバックアップもありません。シークレットはもう一度入力してください。壊れたファイルは {{kept}} として残しました。',
  'error.vault-wrong-passphrase': 'このパスフレーズでは開けません。',
  'journal.identities-anew':
    '{{hosts}} の識別情報はジャーナルに残っていないため照合できず、次の確認で新しく記録します。自分のマシンに間違いないか確かめてください。',
};
