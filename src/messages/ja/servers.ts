import type { servers as en } from '../en/servers.ts';

export const servers: Record<keyof typeof en, string> = {
  'chapter.servers.title': 'サーバー用の仮想マシン',

  'step.servers.packages.title': 'イメージを扱うツール',
  'step.servers.packages.why': 'イメージを取得し、検証して、ディスクにするために使います。',
  'step.servers.image.title': 'クラウドイメージの準備ができている',
  'step.servers.image.why':
    'Ubuntu のクラウドイメージはインストーラーなしで起動するため、「yes」の入力待ちで止まりません。ハッシュと署名を検証します。',
  'step.servers.machine.title': 'サーバーが計画どおり',
  'step.servers.machine.why':
    'ディスクはイメージのコピーで、シードは CD ドライブに入ります。MAAS がデプロイするマシンではないので、ディスクから起動します。',
  'step.servers.started.title': 'サーバーが動作し、応答する',
  'step.servers.started.why': 'シードは最初の起動時に読み込まれます。',
  'step.servers.installed.title': '鍵でログインできる',
  'step.servers.installed.why':
    'ログインユーザーにパスワードはなく、sudo もパスワードを求めません。ログインできるのは計画に書かれた鍵だけです。',

  'servers.image.done': '{{path}} は検証済みです。SHA-256 {{sha256}}',
  'servers.image.done-here': 'このコンピューターの {{path}} は検証済みです。SHA-256 {{sha256}}',
  'servers.image.newer':
    '{{url}} に新しいビルドが公開されています。既存の仮想マシンはそのままです。',
  'servers.image.absent': '{{url}} はまだこのホストにありません（{{size, bytes}}）。',
  'servers.image.absent-here':
    '{{url}} はまだこのコンピューターにありません（{{size, bytes}}）。ESXi はイメージの取得も変換もできないため、このコンピューターが代わりに行います。',
  'servers.image.pinned': '計画に SHA-256 が書かれているため、署名は確認しません。',
  'servers.image.action': '{{url}} を取得（中断した所から再開）し、SHA-256 を検証',
  'servers.image.action-here':
    '{{url}} をこのコンピューターに取得（中断した所から再開）し、SHA-256 を検証',
  'servers.image.undo': '{{path}} を削除',
  'servers.image.no-room':
    'イメージには {{size, bytes}} が必要ですが、{{path}} の空きは {{available, bytes}} です。',
  'servers.image.disk-full':
    'ディスクがいっぱいになりました。{{path}} の空きを増やして、もう一度適用してください。取得済みの部分は残っています。',
  'servers.image.wrong-hash':
    '{{url}} から届いたファイルの SHA-256 が公開された値と違うため、削除しました。多くの場合、内容を書き換えたり古いファイルを返したりするプロキシが原因です。その間に新しいビルドが公開された可能性もあるので、もう一度確認してください。',
  'servers.image.keyring-absent':
    '鍵束 {{keyring}} がこのホストにありません。パッケージのない Debian では、別の鍵束かイメージの SHA-256 を計画に書いてください。',
  'servers.image.keyring-armored':
    '鍵束 {{keyring}} はテキスト形式です。バイナリ形式が必要です（gpg --dearmor）。',
  'servers.image.keyring-absent-here':
    '鍵束 {{keyring}} がこのコンピューターにありません。パッケージがない環境では、別の鍵束かイメージの SHA-256 を計画に書いてください。',
  'servers.image.keyring-unreadable':
    '{{keyring}} から鍵を読み取れません。GnuPG の keybox ではなく、gpgv が読めるバイナリ形式の鍵束（gpg --export）が必要です。',
  'servers.image.wrong-key':
    '{{folder}}/SHA256SUMS の署名は、{{keyring}} にある鍵のものではありません。正しい鍵束を計画に書いてください。検証を省いてはいけません。',
  'servers.image.tampered':
    '{{folder}}/SHA256SUMS が署名と一致しません。署名後に変更されたか、途中までしか届いていません。',
  'servers.image.unproved':
    '{{folder}}/SHA256SUMS の署名は鍵束にある鍵のものですが、有効と認められません: {{why}}',
  'servers.image.clock-here':
    '{{folder}}/SHA256SUMS の署名が、このコンピューターの時計では未来の日時になっています。先に時計を合わせてください。',
  'servers.image.clock':
    '{{folder}}/SHA256SUMS の署名が、このホストの時計では未来の日時になっています。先に時計を合わせてください。',
  'servers.image.unlisted': '{{folder}}/SHA256SUMS に {{file}} が載っていません。',
  'servers.image.status': '{{url}} に対するサーバーの応答は {{status}} です。',
  'servers.image.proxy-status':
    '{{url}} に対する、プロキシ {{proxy}} またはその先のサーバーの応答は {{status}} です。',
  'servers.image.refused':
    'サーバーが {{url}} を渡しませんでした。差し替えられた可能性があるので、もう一度確認してください。',
  'servers.image.proxy':
    'プロキシ {{proxy}} 経由で {{url}} を取得できませんでした（{{code}}）。計画のプロキシを確認してください。',
  'servers.image.dns':
    '{{url}} のホスト名をこのホストで解決できません。プロキシが必要ではありませんか。',
  'servers.image.dns-here':
    '{{url}} のホスト名をこのコンピューターで解決できません。プロキシが必要ではありませんか。',
  'servers.image.tls-here':
    '{{url}} の証明書がこのコンピューターで信頼されていないか、暗号化された接続になりませんでした。多くの場合、通信の中身を見るプロキシが原因です。',
  'servers.image.unreachable-here': 'このコンピューターから {{url}} に接続できません（{{code}}）。',
  'servers.image.tls':
    '{{url}} の証明書がこのホストで信頼されていないか、暗号化された接続になりませんでした。多くの場合、通信の中身を見るプロキシが原因です。',
  'servers.image.unreachable': 'このホストから {{url}} に接続できません（{{code}}）。',

  'servers.machine.seed': '{{name}} のシード: {{path}}',
  'servers.machine.folder': '{{name}} のフォルダーを、このラボの印を付けて作成: {{path}}',
  'servers.machine.disk': 'イメージから {{name}} のディスクを作成: {{path}}',
  'servers.machine.no-room':
    'イメージは {{size, bytes}} のディスクになりますが、{{path}} の空きは {{available, bytes}} です。',
  'servers.machine.seed-absent': '{{name}} のシードがホストにありません。',
  'servers.machine.seed-old':
    'シードを書き込んだ後に計画が変わりました。一度起動したマシンはシードを読み直しません。',
  'servers.machine.disk-too-small':
    'イメージには、計画（disks_gib）より大きい 1 台目のディスクが必要です。',

  'servers.started.off': '{{name}} は動作していません。',
  'servers.started.silent':
    '{{name}} は動作していますが、{{address}} でまだ SSH サーバーが応答しません。',
  'servers.started.silent-here':
    '{{name}} は動作していますが、このコンピューターからは {{address}} の SSH サーバーの応答がまだありません。',
  'servers.started.done': '{{name}} が {{address}} で応答しています。ホスト鍵: {{keys}}',
  'servers.started.no-address':
    '{{name}} は動作しています。アドレスは DHCP で決まり、ここからは分かりません。計画の hosts に追加してください。',
  'servers.started.wait': '{{name}} が {{address}} で応答するまで待つ',

  'servers.installed.no-host':
    '設定を続けるには計画に追加してください。hosts の下に {{name}} を置き、address は {{address}}、user は {{user}}、鍵は計画の公開鍵と対になる秘密鍵を指定します。',
  'servers.installed.other':
    '{{address}} で応答しているのは {{name}} ではなく、{{found}} を名乗っています。アドレスを確認してください。',
  'servers.installed.running':
    '{{name}} に鍵でログインできますが、最初の起動処理がまだ終わっていません。',
  'servers.installed.errors':
    '{{name}} に接続できますが、最初の起動処理が次のエラーを報告しています: {{errors}}',
  'servers.installed.done':
    '{{user}} が {{address}} の {{name}} にログインでき、最初の起動処理も完了しています。',
  'servers.installed.wait': '{{name}} の最初の起動処理が終わるまで待つ',

  'machine.boot-order-server':
    '{{name}} の起動順は {{order}} です。サーバーはディスクから起動させます。',
  'upload.bytes': '{{size}} バイト、SHA-256 {{sha256}}',

  'plan.install-node':
    'ノードのシステムは MAAS が入れます。別の役割（role）にするか、install を外してください。',
  'plan.install-count': 'この方法でインストールできるのは、1 台だけの（count のない）マシンです。',
  'plan.install-other-network':
    'このマシンは「{{name}}」につながるインターフェイスを持っていません（networks: {{known}}）。',
  'plan.install-needs-address':
    '「{{name}}」で DHCP に応答するのは MAAS だけなので、マシンのアドレスが必要です（install の addresses）。',
  'plan.install-gateway-outside':
    'ゲートウェイ {{gateway}} は、どのアドレスのネットワークにも含まれません。',
  'plan.install-keyring':
    '鍵束は KVM ホスト自身が読みます。そのホスト上のパスを / から書いてください。',
};
