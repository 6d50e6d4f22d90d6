import type { steps as en } from '../en/steps.ts';

export const steps: Record<keyof typeof en, string> = {
  'chapter.mirror.title': 'イメージミラー',
  'step.mirror.reachable.title': 'サーバーに到達できる',
  'step.mirror.reachable.why': 'これ以降の確認と作業は、すべて SSH 経由で行います。',
  'step.mirror.sudo.title': 'sudo が使える',
  'step.mirror.sudo.why': 'パッケージ、Web ルート、ミラー本体は root の所有だからです。',
  'step.mirror.clock.title': '時刻が合っている',
  'step.mirror.clock.why': '時計が 1 分以上ずれると、署名・証明書・ログに問題が出ます。',
  'step.mirror.disk.title': 'ディスクに十分な空きがある',
  'step.mirror.disk.why': 'ダウンロードの前に、ソース自身のインデックスから必要量を見積もります。',
  'step.mirror.packages.title': 'パッケージがインストール済み',
  'step.mirror.packages.why':
    'simplestreams がイメージを複製し、キーリングが出所を証明し、apache2 が配信します。',
  'step.mirror.web-root.title': 'Web ルート配下のディレクトリー',
  'step.mirror.web-root.why':
    'ここに置いたものを Web サーバーが公開します。読み取れる必要があります。',
  'step.mirror.images.title': 'ブートイメージをミラー済み',
  'step.mirror.images.why':
    'MAAS が自前のサーバーからデプロイできるようになり、速く、インターネットも不要になります。',
  'step.mirror.signature.title': '署名を検証できる',
  'step.mirror.signature.why':
    'Ubuntu のイメージであることは、署名されたインデックスだけが証明します。',
  'step.mirror.files.title': '選んだファイルがすべて揃っている',
  'step.mirror.files.why':
    'ミラーされたインデックスには、フィルターで除いたものも載っています。そのため、選んだファイルを 1 つずつサイズとハッシュで確認します。',
  'step.mirror.served.title': 'HTTP で配信されている',
  'step.mirror.served.why':
    'MAAS は HTTP でイメージを取得します。MAAS から見える状態を確認します。',
  'step.mirror.refresh.title': '夜間の自動更新',
  'step.mirror.refresh.why':
    'Ubuntu は新しいイメージを公開し続けます。ミラーは夜間に自動で更新されます。',

  'finding.blocked': '前の手順を待っています。',
  'finding.skipped': '{{who}} がスキップしました: {{why}}',
  'finding.claimed': '{{who}} が完了と申告しました: {{why}}',
  'preview.not-checked': 'まだ確認していません。',
  'preview.waits': '{{steps}}を待っています。',
  'preview.needs-facts': '前の手順が終わると計画できます。',
  'run.needs-failed': '{{step}} が成功しなかったため、開始していません。',
  'run.cannot-observe':
    '状態を確認できなかったため、何もしていません。原因を直してから、もう一度確認してください。',
  'run.exit-code': 'コマンドは終了コード {{code}} で終わりました。',
  'run.fix-then-check': '必要なら端末で原因を直し、もう一度確認してから、残りを適用してください。',
  'run.waited-in-vain':
    '時間内に満たされませんでした。原因を確認してから、もう一度適用してください。',
  'run.manual-then-check': '手作業で行ってから、もう一度確認してください。',

  'plan.unknown-key-near': '「{{key}}」というキーはありません。「{{near}}」のことですか。',
  'plan.unknown-key': '「{{key}}」というキーはありません。',
  'plan.missing-key': '「{{key}}」がありません。',
  'plan.wrong-value': '{{expected}}',
  'plan.not-one-of': '次のいずれかを指定してください: {{values}}',
  'plan.not-of-type': '次の型の値を指定してください: {{type}}',
  'plan.too-small': '小さすぎるか短すぎます（最小 {{limit}}）',
  'plan.too-big': '大きすぎるか長すぎます（最大 {{limit}}）',
  'plan.unknown-host': 'このプランにホスト「{{name}}」はありません（ホスト: {{known}}）。',
  'plan.directory-outside': 'ディレクトリーは Web ルート {{root}} の下に置いてください。',
  'plan.bad-regex': '正規表現として正しくありません: {{filter}}',
  'plan.source-is-index':
    'インデックスファイルではなく、ストリームのアドレスを指定してください。index.json を指定すると署名の検証が無効になります。',
  'plan.too-large': 'lab.yaml としては大きすぎるファイルです。',
  'plan.syntax': 'YAML として正しくありません: {{what}}',
  'plan.empty': 'ファイルにプランがありません。',
  'plan.bad-version': 'バージョン {{version}} には対応していません。',
  'plan.newer-version':
    'このファイルは新しい Labwright（バージョン {{version}}）で書かれています。Labwright を更新してください。',

  'host.reachable.done': '{{name}} が {{address}} で応答しました（ユーザー {{user}}）。',
  'host.sudo.done': 'sudo で root になれます。',
  'host.sudo.not-root':
    'sudo は動きましたが root になりません。このユーザーの sudoers の設定を確認してください。',
  'host.clock.done': '時計のずれは {{seconds}} 秒です。',
  'host.clock.behind': 'このコンピューターより {{seconds}} 秒遅れています。',
  'host.clock.ahead': 'このコンピューターより {{seconds}} 秒進んでいます。',
  'host.clock.action': '時刻同期を有効にして、同期を待つ',
  'mirror.disk.done':
    '{{files}} ファイル（合計 {{total, bytes}}）のうち残り {{fetch, bytes}} を取得し、ほかに {{reserve, bytes}} を空けておきます。{{mount}} の空きは {{available, bytes}} です。',
  'mirror.disk.nothing-to-fetch':
    '{{files}} ファイル（合計 {{total, bytes}}）はすべてあります。{{mount}} の空きは {{available, bytes}} です。',
  'mirror.disk.complete':
    '公開済みの {{files}} ファイルはすべてあります。ソースに問い合わせられないため、更新に必要な量は不明です。',
  'mirror.disk.short':
    '{{needed, bytes}} 必要ですが、{{mount}} の空きは {{available, bytes}} しかありません。ディスクを増やすか、プランでイメージを減らしてください。',
  'packages.done': 'インストール済み: {{names}}',
  'packages.missing': '未インストール: {{names}}',
  'packages.half': '以前のインストールが途中で終わっています: {{names}}',
  'packages.no-apt': '{{name}} には apt がありません。この章には Ubuntu か Debian が必要です。',
  'packages.not-offered':
    '{{name}} のパッケージソースに {{names}} がありません。Ubuntu を使うか、提供しているソースを追加してください。',
  'apt.install': '{{names}} をインストール',
  'apt.remove': 'インストールしたパッケージを削除: {{names}}',
  'mirror.web-root.done': '{{path}} があり、読み取れます。',
  'mirror.web-root.absent': '{{path}} がまだありません。',
  'mirror.web-root.unreadable': 'Web サーバーが {{path}} を読み取れません。',
  'mirror.web-root.action': '{{path}} を作成',
  'mirror.web-root.undo': '{{path}} から下の空のフォルダーを削除',
  'mirror.web-root.other-path':
    'ディレクトリー {{directory}} の末尾が、ストリームのパス {{path}} と異なります。（元の手順書には 2 通りのディレクトリーが書かれています。ソースと同じパスにすると後で探しやすくなります。）',
  'mirror.images.absent': 'まだ何もミラーされていません: {{count}} ファイル、{{bytes, bytes}}',
  'mirror.images.unfinished':
    '{{count}} ファイル中 {{have}} があります。残り {{bytes, bytes}} です。すべて揃うとインデックスが公開されます。',
  'mirror.images.missing':
    '{{count}} ファイル中 {{have}} が公開内容どおりです。最初の不一致: {{first}}',
  'mirror.images.done': '選んだ {{count}} ファイルがすべてあります。',
  'mirror.images.newer':
    'ソースに新しいイメージがあります（{{count}} ファイル）。夜間の更新で取得します。',
  'mirror.images.filter-none':
    'フィルターに一致するイメージがありません。このままでは sstream-mirror はエラーなしで終わり、空のミラーを公開します。ソースにあるリリース: {{releases}}',
  'mirror.images.action': 'ブートイメージをミラー',
  'mirror.images.action-bootloaders': 'ブートローダーをミラー',
  'mirror.images.forget': '壊れた {{count}} ファイルと欠けたファイルを sstream-mirror に見直させる',
  'mirror.images.forget-missing': '欠けたファイルを sstream-mirror に探し直させる',
  'mirror.images.undo': 'ミラーした {{count}} ファイルを削除',
  'mirror.note.unanchored':
    '{{filter}} は部分一致なので、次のものも対象になります: {{also}}。名前どおりに絞るには {{better}} と書きます。',
  'mirror.note.filter-none':
    'フィルターに一致するイメージがありません。ソースにあるリリース: {{releases}}',
  'mirror.note.no-bootloaders':
    'ソースにブートローダーがありません。MAAS 2.1 以降では必要です。ないと、ノードが TFTP でファイルを見つけられません。',
  'mirror.signature.done': 'すべてのインデックスが {{keyring}} の鍵で署名されています。',
  'mirror.signature.unsigned':
    'index.json だけがあり、署名された index.sjson がありません。検証なしで作られたミラーです。ストリームのアドレスからミラーし直してください。',
  'mirror.signature.wrong-key':
    '{{file}} は {{keyring}} にない鍵で署名されています。このソースのキーリングを使ってください。',
  'mirror.signature.clock':
    '{{file}} を検証できません。サーバーの時計では、鍵または署名が未来のものです。時計を直してから再確認してください。',
  'mirror.signature.bad': '{{file}} の署名が正しくありません。署名の後に変更されています。',
  'mirror.files.done':
    '{{count}} ファイルすべてが、署名されたインデックスのサイズとハッシュに一致します。',
  'mirror.files.no-index': 'まだインデックスが公開されていません。',
  'mirror.files.missing':
    '{{count}} ファイルが欠けているか壊れています。最初: {{first}} がありません。',
  'mirror.files.size':
    '{{count}} ファイルが欠けているか壊れています。最初: {{first}} のサイズが違います。',
  'mirror.files.hash':
    '{{count}} ファイルが欠けているか壊れています。最初: {{first}} の内容が違います。',
  'mirror.served.done':
    '{{from}} から見て、{{url}} がインデックスと選んだファイルをすべて配信しています。',
  'mirror.served.stopped': 'Web サーバーが動いていません。',
  'mirror.served.unreachable':
    'apache2 は動いていますが、{{from}} から {{url}} を取得できません。ファイアウォールと待ち受けアドレスを確認してください。{{detail}}',
  'mirror.served.status':
    '{{from}} から {{url}} にアクセスすると HTTP {{status}} が返ります。Web サーバーの設定を確認してください。',
  'mirror.served.other':
    '{{from}} が {{url}} から受け取るインデックスが、ディスク上のものと違います。間にキャッシュか別のサーバーがあります。',
  'mirror.served.files': '{{count}} ファイルが正しいサイズで配信されていません。最初: {{first}}',
  'mirror.served.no-fetcher':
    '{{from}} に curl も wget もないため、ミラーを確認できません。どちらかをインストールしてください。',
  'mirror.served.action': 'apache2 を起動し、自動起動を有効にする',
  'mirror.refresh.done': 'ミラーは毎晩自動で更新されます。',
  'mirror.refresh.absent': '{{path}} がまだありません。',
  'mirror.refresh.differs': '{{path}} がプランと異なります。',
  'mirror.refresh.inactive': 'タイマーが有効になっていません。',
  'mirror.refresh.write': '{{path}} を書き込む',
  'mirror.refresh.enable': 'タイマーを有効にする',
  'mirror.refresh.undo': '夜間の更新を取り除く',
  'mirror.fail.keyring-absent':
    'キーリング {{keyring}} がありません。ubuntu-cloudimage-keyring をインストールするか、プランのパスを直してください。',
  'mirror.fail.keyring-armored':
    'キーリング {{keyring}} はテキスト（armored）形式です。gpgv にはバイナリー形式が必要です。gpg --dearmor で変換できます。',
  'mirror.fail.wrong-key':
    '{{source}} は {{keyring}} にない鍵で署名されています。何も書き込んでいません。',
  'mirror.fail.clock':
    'サーバーの時計が {{seconds}} 秒遅れているため、{{source}} の署名を検証できません。時計を直してから再適用してください。何も書き込んでいません。',
  'mirror.fail.tampered':
    '{{source}} の署名が正しくありません。途中かソース側で変更されています。何も書き込んでいません。',
  'mirror.fail.disk-full':
    'ディスクがいっぱいです。途中のファイルは残してあり、空きができれば続きから再開します。',
  'mirror.fail.read-only':
    'ファイルシステムが読み取り専用です。dmesg を確認してください。ディスク故障の際によく起こります。',
  'mirror.fail.no-range':
    'ソースがダウンロードの再開に対応していないため、途中のファイルを破棄しました。もう一度適用すると最初から取得します。',
  'mirror.fail.corrupt':
    '{{url}} が署名されたインデックスと一致しません。ソースか途中のプロキシーが壊れています。',
  'mirror.fail.denied': '{{path}} に書き込めません。',
  'mirror.fail.dns':
    'サーバー上で {{source}} の名前解決ができません。DNS とプランのプロキシーを確認してください。',
  'mirror.fail.unreachable':
    'サーバーから {{source}} に到達できません。ネットワークとプランのプロキシーを確認してください。',
  'mirror.fail.proxy':
    'サーバーからプロキシー {{proxy}} 経由で {{source}} に到達できません。プランのプロキシーが正しく、応答するか確認してください。',
  'mirror.fail.proxy-refused':
    'プロキシー {{proxy}} から {{url}} を取得できません。プロキシーがソースを許可しているか、またプランのソースを確認してください。',
  'mirror.fail.certificate':
    'サーバーが {{source}} の証明書を受け付けません。サーバーの時計と ca-certificates を確認してください。HTTPS の中身を検査するプロキシーが原因のこともあります。',
  'mirror.fail.status':
    '{{url}} が HTTP {{status}} を返しました。プランのソースを確認するか、しばらくしてからもう一度試してください。',
  'mirror.fail.not-given': '{{url}} を取得できません。プランのソースを確認してください。',
  'mirror.fail.no-fetcher':
    'サーバーに curl も wget もないため、ソースを調べられません。どちらかをインストールしてください。',
  'mirror.fail.not-found': '{{url}} はありません。プランのソースを確認してください。',
  'mirror.fail.filter': 'sstream-mirror がフィルター {{filter}} を解釈できません。',
  'mirror.fail.no-tool': 'sstream-mirror がインストールされていません。',
  'apt.locked':
    '別のパッケージ管理が動いています（ロック中）。終わるのを待って、もう一度適用してください。',
  'apt.no-package': 'パッケージソースに {{name}} がありません。',
  'apt.disk-full': 'パッケージのための空き容量がありません。',
  'apt.read-only': 'ファイルシステムが読み取り専用のため、インストールできませんでした。',
  'apt.clock-behind':
    'サーバーの時計では、パッケージリストがまだ有効になっていません。時計を直してから再適用してください。',
  'apt.expired':
    'サーバーの時計では、パッケージリストの有効期限が切れています。時計が進んでいれば直してください。そうでなければ、パッケージソースが更新されていません。',
  'apt.unsigned':
    '既知の鍵で署名されていないパッケージソースがあります。ソースを直してください。何もインストールしていません。',
  'apt.script-failed':
    '{{name}} のインストールスクリプトが失敗しました。メッセージは出力にあります。',
  'apt.unmet': '依存関係を満たせません。パッケージソースの組み合わせに問題があります。',
  'apt.unreachable':
    'パッケージソースに到達できません。ネットワークとプランのプロキシーを確認してください。',
  'apt.proxy':
    'プロキシー {{proxy}} 経由でパッケージソースに到達できません。プランのプロキシーが正しく、応答するか確認してください。',
  'apt.proxy-refused':
    'プロキシー {{proxy}} からパッケージソースを取得できません（HTTP ステータス {{status}}）。プロキシーが許可しているか確認してください。',
  'propose.role': 'ミラー用パッケージのある最初のホスト。なければ最初に指定されたホスト。',
  'propose.address': '指定どおりのアドレスで応答しました。',
  'propose.system': '観測したシステムです。',
  'propose.line': '見つかったディレクトリーから判断しました。なければ現在の系列です。',
  'propose.directory': 'ここにミラーが見つかりました。',
  'propose.directory-default': 'ミラーは見つかりませんでした。通常の場所です。',
  'propose.user': '指定どおりのユーザーでログインできました。',
  'propose.source': 'この系列の標準の取得元です。ミラーからは取得元が分かりません。',
  'propose.filters': 'ミラーにあるリリース、アーキテクチャ、カーネルです。',
  'propose.filters-default': 'この系列の標準の選択です。イメージは見つかりませんでした。',
  'propose.max': '1 つのイメージについて見つかった版の最大数です。',
  'propose.max-default': '最新版だけを保持します。イメージは見つかりませんでした。',
  'propose.refresh': '既定値（毎晩）です。不要ならプランで無効にしてください。',
  'propose.keyring': 'ubuntu-cloudimage-keyring パッケージのキーリングです。',
};
