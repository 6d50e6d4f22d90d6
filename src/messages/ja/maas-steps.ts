import type { maasSteps as en } from '../en/maas-steps.ts';

export const maasSteps: Record<keyof typeof en, string> = {
  'chapter.maas-server.title': 'MAAS サーバー',
  'step.maas.reachable.title': 'MAAS サーバーに接続できる',
  'step.maas.reachable.why': 'この章の確認と作業はすべて SSH で行います。',
  'step.maas.sudo.title': 'MAAS サーバーで sudo が使える',
  'step.maas.sudo.why': 'パッケージ、データベース、MAAS のコマンドには root 権限が必要です。',
  'step.maas.clock.title': 'MAAS サーバーの時計が合っている',
  'step.maas.clock.why':
    'マシンの認証には時刻を使います。時計がずれていると Commissioning が止まったままになります。',
  'step.maas.source.title': 'MAAS の入手元',
  'step.maas.source.why':
    'どのバージョンが入るのかをインストール前に確認します。すでにある MAAS はそのまま使います。',
  'step.maas.up-to-date.title': 'システムが最新の状態',
  'step.maas.up-to-date.why': '手順書では、MAAS のインストール前にパッケージを最新にします。',
  'step.maas.restart.title': '再起動待ちがない',
  'step.maas.restart.why':
    '再起動を待っているカーネルやライブラリーは、MAAS が動く前に切り替えておきます。',
  'step.maas.time-daemon.title': '時計を合わせるサービスは 1 つだけ',
  'step.maas.time-daemon.why':
    'MAAS は chrony を使います。systemd-timesyncd と同時に動くと時計がずれます。',
  'step.maas.ports.title': 'ポートが空いている',
  'step.maas.ports.why':
    '他のプログラムが待ち受けていると、DNS、DHCP、TFTP、Web 画面が次々に使えなくなります。',
  'step.maas.database.title': 'MAAS 用のデータベース',
  'step.maas.database.why':
    'snap の MAAS にはデータベースが含まれません。必要な PostgreSQL はバージョンごとに異なります。',
  'step.maas.install.title': 'MAAS がインストールされている',
  'step.maas.install.why': 'すでにある MAAS に上書きでインストールすることはありません。',
  'step.maas.init.title': 'MAAS が初期化されている',
  'step.maas.init.why': 'snap の MAAS に、役割、アドレス、データベースを設定します。',
  'step.maas.services.title': 'サービスが動いている',
  'step.maas.services.why': '止まったサービスが 1 つあるだけで、別の場所で障害が起きます。',
  'step.maas.answers.title': 'MAAS が応答する',
  'step.maas.answers.why':
    'バージョンは認証なしで取得できます。動作していることと、どのバージョンかを確かめます。',
  'step.maas.address.title': 'マシンに伝わる MAAS のアドレスが正しい',
  'step.maas.address.why': '古いアドレスのままだと、マシンは応答のない場所から取得しようとします。',
  'step.maas.admin.title': '最初の管理ユーザー',
  'step.maas.admin.why': 'パスワードは保管庫から、MAAS の入力プロンプトへ直接渡します。',
  'step.maas.api-key.title': 'API キーが保管庫にある',
  'step.maas.api-key.why': 'MAAS の設定はすべてこのキーで行います。',

  'chapter.power-identity.title': '仮想マシンの電源操作',
  'step.power.client.title': 'MAAS サーバーの virsh',
  'step.power.client.why': 'MAAS は KVM ホストの仮想マシンの電源を virsh で操作します。',
  'step.power.account.title': 'MAAS のアカウント',
  'step.power.account.why': '鍵は、システムに登録されたホームディレクトリーに置く必要があります。',
  'step.power.key.title': 'MAAS の鍵ペア',
  'step.power.key.why': '入力する人がいないため、パスフレーズは付けません。',
  'step.power.known-host.title': 'MAAS が KVM ホストを知っている',
  'step.power.known-host.why':
    'ホスト鍵はネットワークのスキャンではなく、信頼済みの接続を通して取得します。',
  'step.power.authorized.title': 'MAAS が KVM ホストにログインできる',
  'step.power.authorized.why': 'ssh-copy-id と同じことを、Labwright のログインで行います。',
  'step.power.restart.title': 'virsh のエラーが続く場合の再起動',
  'step.power.restart.why':
    'virsh のインストール後にエラーが出る場合の、手順書の最後の手段です。一度だけ提案します。',
  'step.power.proof.title': 'MAAS から KVM ホストの仮想マシンが見える',
  'step.power.proof.why': 'MAAS が実際に使うアカウントから、MAAS と同じ方法で問い合わせます。',

  'restart.action': '{{host}} を再起動',
  'restart.wait': '{{host}} が同じマシンとして戻るまで待つ',

  'maas.source.other-line':
    'MAAS {{version}} がインストールされていますが、プランは {{line}} 系です。何も変更しません。プランの line を直すか、別のホストを使ってください。',
  'maas.source.is-snap':
    'プランではパッケージから入れることになっていますが、snap でインストールされています。そのまま使い、以降は snap の手順で進めます。',
  'maas.source.is-deb':
    'プランでは snap を使うことになっていますが、パッケージからインストールされています。そのまま使い、以降はパッケージの手順で進めます。',
  'maas.source.other-version':
    'プランは {{track}} ですが、インストール済みの {{version}} をそのまま使います。MAAS のアップグレードは別の作業です。先にバックアップを取ってください。',
  'maas.source.installed-snap': 'MAAS {{version}} が snap でインストールされています。',
  'maas.source.installed-deb': 'MAAS {{version}} がパッケージからインストールされています。',
  'maas.source.no-ppa': 'このホストのパッケージソースに {{ppa}} がありません。',
  'maas.source.lists-old': 'パッケージ一覧がないか、パッケージソースの設定より古くなっています。',
  'maas.source.not-offered':
    '{{name}} のパッケージソースに MAAS がありません。提供しているソースを追加するか、snap を使ってください。',
  'maas.source.transitional':
    '{{name}} のパッケージ「maas」は snap を入れるだけのものです。入手元（snap か ppa）をプランで指定してください。',
  'maas.source.offers-other-line':
    'インストールされるのは MAAS {{version}}（{{origin}}）ですが、プランは {{line}} 系です。対応するシステムを使うか、プランを直してください。',
  'maas.source.other-ubuntu':
    'MAAS {{version}} は Ubuntu {{bases}} 用です。このホストは {{name}} です。',
  'maas.source.candidate': 'MAAS {{version}} がインストールされます（入手元: {{origin}}）。',
  'maas.source.channel': 'チャンネル {{channel}} に MAAS {{version}} があります。',
  'maas.source.no-snapd': 'snap をインストールするための snapd がこのホストにありません。',
  'maas.source.no-channel':
    'チャンネル {{channel}} に MAAS がないか、問い合わせできませんでした: {{said}}',
  'maas.source.no-such-ppa': 'この Ubuntu のリリース用の {{ppa}} はありません。',
  'maas.source.add-ppa': 'パッケージソース {{ppa}} を追加',
  'maas.source.remove-ppa': 'パッケージソース {{ppa}} を削除',
  'maas.source.update': 'パッケージ一覧を更新',

  'maas.up-to-date.done': 'すべてのパッケージが最新です。',
  'maas.up-to-date.before':
    'MAAS はインストール済みです。この手順はインストール前のためのものです。',
  'maas.up-to-date.pending': '{{count}} 個のパッケージを更新できます: {{names}}',
  'maas.up-to-date.no-apt': 'このホストには apt がありません。MAAS には Ubuntu が必要です。',
  'maas.up-to-date.action': 'パッケージ一覧とパッケージを更新',
  'maas.restart.done': 'システムは再起動を必要としていません。',
  'maas.restart.wanted': 'システムの再起動が必要です。原因のパッケージ: {{packages}}',
  'maas.restart.later':
    '再起動が必要ですが、すでに MAAS が動いています。都合のよいときに再起動してください。',
  'maas.restart.after-updates': 'パッケージの更新後に分かります。',
  'maas.time-daemon.chrony': '時計を合わせているのは chrony だけです。',
  'maas.time-daemon.free': 'MAAS と一緒に入る chrony の妨げになるものはありません。',
  'maas.time-daemon.timesyncd':
    'systemd-timesyncd が時計を合わせています。MAAS はそのために chrony を使います。',
  'maas.time-daemon.both': 'systemd-timesyncd と chrony の両方が時計を合わせています。',
  'maas.time-daemon.action': 'systemd-timesyncd を無効にする',
  'maas.time-daemon.undo': 'systemd-timesyncd を再び有効にする',
  'maas.ports.done': 'MAAS のポート（{{ports}}）は他で使われていません。',
  'maas.ports.taken': 'MAAS に必要なポートを他のプログラムが使っています: {{list}}',
  'maas.ports.mirror-1.7':
    'apache2 がポート 80 でイメージミラーを公開しています。MAAS 1.7 も同じ apache2 の /MAAS で動くため、両立します。',
  'maas.ports.mirror-3.x':
    'apache2 がポート 80 でイメージミラーを公開しています。この MAAS は 5240 で応答するため、両立します。',
  'maas.ports.dnsmasq':
    'dnsmasq は多くの場合 libvirt か LXD のネットワークのものです。MAAS サーバーでは次のようにして止めます: virsh net-destroy default; virsh net-autostart --disable default',
  'maas.ports.resolved':
    'systemd-resolved が自身のアドレス以外でも待ち受けています。/etc/systemd/resolved.conf から DNSStubListenerExtra を外してください。',

  'maas.database.deb': 'パッケージがデータベースを用意し、設定済みです。',
  'maas.database.in-use': 'MAAS は初期化済みで、データベースがあります。',
  'maas.database.test-db': 'テスト用データベースがあります。',
  'maas.database.no-test-db': 'snap の maas-test-db がインストールされていません。',
  'maas.database.install-test-db': 'snap の maas-test-db をインストール',
  'maas.database.unfit':
    'MAAS {{maas}} には PostgreSQL {{wanted}} が必要ですが、ここにあるのは {{version}} です。',
  'maas.database.silent': 'PostgreSQL はインストール済みですが、応答しません。',
  'maas.database.no-server': 'PostgreSQL がインストールされていません。',
  'maas.database.no-role':
    'PostgreSQL {{version}} は動いていますが、MAAS 用のロールがまだありません。',
  'maas.database.no-database':
    'PostgreSQL {{version}} に MAAS 用のロールはありますが、データベースがありません。',
  'maas.database.foreign':
    'PostgreSQL に、このラボが作っていないロール「maas」があります。変更はしません。そのパスワードをシークレット「{{secret}}」に設定してください。',
  'maas.database.password-lost':
    'このラボのロールはありますが、保管庫にパスワード（「{{secret}}」）がありません。新しいパスワードを設定します。',
  'maas.database.done':
    'PostgreSQL {{version}} に MAAS 用のロールとデータベースがあり、保管庫にパスワード（「{{secret}}」）があります。',
  'maas.database.make-password': 'パスワードを生成し、シークレット「{{secret}}」として保管',
  'maas.database.action': 'PostgreSQL にロールとデータベース「maas」を作成',

  'maas.install.deb': 'MAAS {{version}} がパッケージからインストールされています。',
  'maas.install.snap': 'MAAS {{version}} が snap でインストールされています。',
  'maas.install.no-snap':
    'MAAS がインストールされていません。チャンネル {{channel}} からインストールします。',
  'maas.install.action': '{{channel}} から MAAS の snap をインストール',
  'maas.install.snap-said': 'snap のメッセージ: {{said}}',
  'maas.install.wait': 'MAAS が応答するまで待つ',
  'maas.init.deb': 'パッケージが初期化を済ませています。',
  'maas.init.done': 'region と rack を兼ねた構成で、アドレスは {{url}} です。',
  'maas.init.todo': 'MAAS はインストール済みですが、初期化されていません。',
  'maas.init.other-mode':
    'MAAS は「{{mode}}」として初期化されています。この章は region と rack を兼ねた構成のためのものなので、変更しません。',
  'maas.init.action': 'MAAS を region+rack として {{url}} で初期化',
  'maas.init.wrong-password':
    'シークレット「maas-database-password」のパスワードがデータベースに拒否されました。',
  'maas.init.no-database': 'データベースが応答しません。',
  'maas.init.timeout': 'maas init が時間内に終わりませんでした。最後の出力を確認してください。',
  'maas.init.said': 'maas init のメッセージ: {{said}}',
  'maas.services.done': '動作中: {{names}}',
  'maas.services.dead': '動いていません: {{names}}',
  'maas.services.idle': 'DHCP など、MAAS が必要とするまで止まっているもの: {{names}}',
  'maas.services.connections':
    'PostgreSQL の接続 {{most}} のうち {{used}} を使用中です。空きがなくなると MAAS が止まります。max_connections を増やしてください。',
  'maas.services.action': '{{names}} を再起動',
  'maas.answers.done': 'MAAS {{version}} が {{url}} で応答しています。',
  'maas.answers.silent': '{{url}} で何も応答しません。{{said}}',
  'maas.answers.status': '{{url}} の応答は HTTP {{status}} です。',
  'maas.address.done': 'マシンには {{url}} が伝わります。',
  'maas.address.unknown': 'MAAS の設定からアドレスを読み取れません。',
  'maas.address.other':
    'マシンには {{url}} が伝わりますが、このホストではありません（このホスト: {{addresses}}、プラン: {{wanted}}）。',
  'maas.address.other-1.7':
    'マシンには {{url}} が伝わりますが、このホストではありません（このホスト: {{addresses}}、プラン: {{wanted}}）。次のコマンドで変更します: sudo dpkg-reconfigure maas-region-controller',
  'maas.address.other-deb':
    'マシンには {{url}} が伝わりますが、このホストではありません（このホスト: {{addresses}}、プラン: {{wanted}}）。次のコマンドで変更します: sudo maas-region local_config_set --maas-url {{wanted}}; sudo maas-rack config --region-url {{wanted}}; sudo systemctl restart maas-regiond maas-rackd',
  'maas.address.action': 'MAAS のアドレスを {{url}} にする（サービスは再起動されます）',
  'maas.admin.done': '「{{user}}」が登録されています。',
  'maas.admin.absent':
    '「{{user}}」はまだ登録されていません。パスワードはシークレット「{{secret}}」です。',
  'maas.admin.no-password':
    '「{{user}}」はまだ登録されておらず、保管庫にパスワードもありません。シークレット「{{secret}}」を設定してから、もう一度確認してください。',
  'maas.admin.action': '管理ユーザー {{user}}（{{email}}）をシークレット「{{secret}}」で作成',
  'maas.admin.taken':
    '{{user}} という名前か {{email}} というアドレスの別のユーザーが MAAS にいます。',
  'maas.admin.timeout': 'MAAS から想定外の入力を求められたため、応答しませんでした。',
  'maas.admin.said': 'MAAS のメッセージ: {{said}}',
  'maas.api-key.done':
    '保管庫に「{{user}}」の API キー（「{{secret}}」）があり、MAAS にも登録されています。',
  'maas.api-key.absent': 'このコンピューターの保管庫に API キー（「{{secret}}」）がありません。',
  'maas.api-key.other':
    '保管庫の「{{secret}}」は「{{user}}」のキーではありません。MAAS にある現在のキーを取得します。',
  'maas.api-key.action': '{{user}} の API キーを「{{secret}}」として保管庫に取り込む',
  'maas.api-key.none': 'MAAS から {{user}} の API キーを取得できませんでした: {{said}}',

  'power.client.snap': 'MAAS の snap に virsh が含まれています。',
  'power.account.none': 'このホストにアカウント「maas」がありません。',
  'power.account.done': 'MAAS のアカウントのホームは {{home}} です（シェル {{shell}}）。',
  'power.account.snap': 'snap の MAAS は root で動作し、ホームは {{home}} です。',
  'power.account.no-home': 'MAAS のアカウントのホーム {{home}} がありません。',
  'power.account.no-shell': 'MAAS のアカウントにログインシェルがありません（{{shell}}）。',
  'power.account.shell-only-guide':
    '手順書では ssh-copy-id のために設定します。この後の作業には不要なので、この手順はスキップしてかまいません。',
  'power.account.make-home': '{{home}} を作成',
  'power.account.give-shell': 'アカウント maas のシェルを /bin/bash にする',
  'power.account.undo': 'アカウント maas のシェルを {{shell}} に戻す',
  'power.key.absent': 'MAAS のアカウントに鍵ペアがありません。',
  'power.key.done': 'MAAS のアカウントに鍵 {{path}} があります。',
  'power.key.locked':
    '{{path}} にはパスフレーズがあり、MAAS では使えません。パスフレーズを外す（ssh-keygen -p）か、鍵を別の場所に移してください。',
  'power.key.action': '{{home}}/.ssh に鍵ペア（{{type}}）を作成',
  'power.key.undo': '鍵ペア {{path}} を削除',
  'power.known-host.done': 'MAAS は {{host}} のホスト鍵 {{count}} 個を知っています。',
  'power.known-host.unknown':
    'MAAS が知らない {{host}} のホスト鍵があります（全部で {{count}} 個）。',
  'power.known-host.other':
    'MAAS が知っている {{host}} の鍵は、実際の {{count}} 個のどれとも一致しないものを含んでいます。',
  'power.known-host.unverified':
    '3.0 以降の MAAS 自身のドライバーはホスト鍵を確認しません（unverified-ssh）。下の手順では確認します。',
  'power.known-host.action': '{{host}} のホスト鍵を MAAS のアカウントに登録',
  'power.known-host.replace': '{{host}} の古いホスト鍵を新しいものに置き換える',
  'power.known-host.undo': '登録した {{host}} のホスト鍵を取り除く',
  'power.authorized.no-key': 'MAAS のアカウントにまだ鍵ペアがありません。',
  'power.authorized.done': '{{maas}} の鍵で {{user}} としてログインできます。',
  'power.authorized.absent': '{{maas}} の鍵では、まだ {{user}} としてログインできません。',
  'power.authorized.action': '{{maas}} の鍵で {{user}} としてログインできるようにする',
  'power.authorized.undo': '{{user}} の authorized_keys から MAAS の鍵を取り除く',
  'power.restart.not-needed': 'virsh が応答するため、再起動は不要です。',
  'power.restart.no-help': '原因が分かっており、再起動しても解決しません。',
  'power.restart.was': 'virsh のインストール後に MAAS サーバーは再起動されています。',
  'power.restart.offered':
    'virsh が原因不明のエラーになります（{{said}}）。手順書では MAAS サーバーを一度再起動します。',
  'power.proof.done': 'MAAS から接続できます: {{uri}}',
  'power.proof.failed': '{{uri}} が応答しません: {{said}}',
  'power.proof.no-tool': 'MAAS サーバーに virsh がありません。',
  'power.proof.host-key':
    'MAAS のアカウントは、{{address}} が示すホスト鍵を知りません。別のマシンが応答していませんか。',
  'power.proof.group':
    'MAAS は {{host}} にログインできますが、{{user}} は libvirt を使えません。グループの手順で設定します。',
  'power.proof.denied':
    '{{host}} が MAAS の鍵による {{user}} のログインを拒否しています。sshd の設定（PubkeyAuthentication、AuthorizedKeysFile、AllowUsers）を確認してください。',
  'power.proof.no-libvirt': '{{host}} で libvirt が動いていません。',
  'power.proof.no-nc':
    '{{host}} に netcat がありません。netcat-openbsd をインストールしてください。',
  'power.proof.dns':
    'MAAS サーバーで {{address}} の名前を解決できません。プランには IP アドレスを書いてください。',
  'power.proof.unreachable':
    'MAAS サーバーから {{address}} に SSH で接続できません。途中のネットワークとファイアウォールを確認してください。',
  'power.proof.maas-path':
    'MAAS {{version}} は自身の SSH 補助プログラムを見つけられません（3.7.1 で修正）。snap を更新してください: sudo snap refresh maas --channel=3.7/stable',
};
