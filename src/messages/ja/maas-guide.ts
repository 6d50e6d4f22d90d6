import type { maasGuide as en } from '../en/maas-guide.ts';

export const maasGuide: Record<keyof typeof en, string> = {
  'maas.api-answers.done':
    'MAAS {{version}} が応答しています（API {{api}}）。こちらの鍵は管理者のものです。',
  'maas.api-answers.other-line':
    '計画の系列は {{line}} ですが、応答しているのは MAAS {{version}}（API {{api}}）です。計画の line を直してください。',
  'maas.api-answers.not-admin':
    'こちらの鍵は管理者のものではなく、設定ができません。管理者の鍵を作り、計画にある名前で保存してください。',
  'maas.api-answers.unreadable': 'MAAS の応答の一部を解釈できず、除外しました: {{what}}',
  'maas.settings.done': '計画の設定はすべて有効です。',
  'maas.settings.differs': '{{name}} は {{found}} です。計画では {{wanted}} です。',
  'maas.settings.absent': 'この MAAS に設定 {{name}} はありません。計画の値は効きません。',
  'maas.settings.no-dnssec':
    'この MAAS には DNSSEC の設定がありません（1.7 にはない項目です）。/etc/bind/named.conf.options の dnssec-validation を直し、bind9 を再起動してください。',
  'maas.settings.action': '{{name}} を {{value}} にする',
  'maas.settings.undo': '{{name}} を {{value}} に戻す',
  'maas.ssh-keys.done': '配備したマシンには {{n}} 個の公開鍵でログインできます。',
  'maas.ssh-keys.missing': '計画にある公開鍵のうち {{n}} 個がまだ MAAS にありません。',
  'maas.ssh-keys.none':
    '公開鍵がないため、配備しても誰もログインできません。MAAS 1.7 は起動自体を拒みます。計画に加えてください（ssh_keys）。',
  'maas.ssh-keys.action': '公開鍵 {{key}} を登録する',
  'maas.ssh-keys.undo': '登録した公開鍵を取り除く',
  'maas.image-source.done': 'イメージは {{url}} から取得し、{{keyring}} で検証します。',
  'maas.image-source.none': 'MAAS にイメージの取得元がまだありません。計画では {{url}} です。',
  'maas.image-source.other-url': 'イメージの取得元は {{found}} です。計画では {{url}} です。',
  'maas.image-source.other-keyring':
    '取得元の検証に {{foundKeyring}} が使われています。この MAAS では {{keyring}} でなければ、署名の検証で取り込みに失敗します。',
  'maas.image-source.other':
    '別の取得元には触れません: {{url}}。3.8 より前の MAAS では、取得元は一つだけにするのが安全です。',
  'maas.image-source.action': '今後は {{url}} から取り込む',
  'maas.image-source.undo': '取得元を {{url}} に戻す',
  'maas.selections.done': '選択済み: {{releases}}（それ以外はなし）。',
  'maas.selections.missing': 'まだ選択されていません: {{missing}}。',
  'maas.selections.wider':
    '計画にないものまで選択されています: {{wider}}。ミラーに一つでも欠けていると、取り込み全体が失敗します。',
  'maas.selections.action': '{{release}} を選択する（{{arches}}）',
  'maas.selections.remove': '{{release}} の選択を外す',
  'maas.images.done': '選択したイメージはすべてあります（{{size, bytes}}）。',
  'maas.images.absent': 'まだありません: {{images}}。',
  'maas.images.importing':
    '取り込み中です: {{size, bytes}} のうち {{received, bytes}}。未完了: {{images}}。',
  'maas.images.still-importing': 'MAAS はほかのものを取り込んでいます。',
  'maas.images.action': '取り込みを始める',
  'maas.images.wait': '選択したイメージがすべて揃うまで待つ',
  'maas.commissioning-release.done': 'マシンの検査には {{release}} を使います。',
  'maas.commissioning-release.differs':
    'マシンの検査に使うのは {{found}} です。計画では {{release}} です。',
  'maas.commissioning-release.no-image':
    '{{release}} のイメージがないため、マシンを検査できません。取り込むか、別のリリースを選んでください。',
  'maas.commissioning-release.action': 'マシンの検査に {{release}} を使う',
  'maas.subnet.done': '{{cidr}}: ゲートウェイ {{gateway}}、DNS {{dns}}。',
  'maas.subnet.absent': 'MAAS は {{cidr}} をまだ知りません。',
  'maas.subnet.absent-1':
    'クラスターのどのインターフェースも {{cidr}} にありません。サーバーにそのネットワークのアドレスを付けてから、もう一度確認してください。',
  'maas.subnet.other-vlan':
    '{{cidr}} は MAAS では VLAN {{found}} にあります。計画では {{vlan}} です。MAAS で移すか、計画を直してください。',
  'maas.subnet.other-gateway':
    '{{cidr}} のゲートウェイは {{found}} です。計画では {{wanted}} です。',
  'maas.subnet.other-dns': '{{cidr}} の DNS サーバーは {{found}} です。計画では {{wanted}} です。',
  'maas.subnet.create': '{{cidr}} を MAAS に登録する',
  'maas.subnet.action': '{{cidr}} のゲートウェイと DNS サーバーを設定する',
  'maas.subnet.undo': '{{cidr}} のゲートウェイと DNS サーバーを元に戻す',
  'maas.ranges.done': '{{cidr}} のアドレス範囲はすべて有効です。',
  'maas.ranges.missing': 'まだ MAAS にありません: {{missing}}。',
  'maas.ranges.in-the-way':
    '{{missing}} を追加できません。{{other}} と重なっています。使用中のアドレスがあるかもしれないので、MAAS で自分で消すか、計画を直してください。',
  'maas.ranges.small':
    '{{cidr}} の動的範囲は {{nodes}} 台に対して {{size}} 個です。起動、インストーラー、OS がそれぞれ一つ使うことがあるため、{{needed}} 個あると安心です。',
  'maas.ranges.add-dynamic': '{{from}} から {{to}} を、ネットワークから起動するマシンに貸す',
  'maas.ranges.add-static': '{{from}} から {{to}} を、配備したマシンに割り当てる',
  'maas.ranges.add-reserved': '{{from}} から {{to}} を MAAS に払い出させない',
  'maas.ranges.remove': '範囲 {{from}} から {{to}} を取り除く',
  'maas.quiet.done': '{{cidr}} でほかに DHCP に応答するものはありません（{{interface}} で確認）。',
  'maas.quiet.other':
    '{{cidr}} では {{servers}} も DHCP に応答しています（{{interface}} で確認）。マシンは起動ファイルなしのアドレスを受け取ってしまいます。先にそちらを止めてください。それまで MAAS の DHCP は有効にしません。',
  'maas.quiet.no-interface':
    'MAAS サーバーは {{cidr}} のインターフェースを持っていません（あるもの: {{known}}）。そこでは確認も応答もできません。',
  'maas.dhcp.done': '{{cidr}} では MAAS（{{rack}}）が DHCP に応答します。',
  'maas.dhcp.off': '{{cidr}} の DHCP は無効です。{{rack}} が応答するようにします。',
  'maas.dhcp.dead': '{{cidr}} の DHCP は有効ですが、{{rack}} で動いていません: {{info}}',
  'maas.dhcp.no-rack': '{{cidr}} の DHCP に応答するラックコントローラーがありません。',
  'maas.dhcp.action': '{{cidr}} の DHCP を有効にし、{{rack}} に応答させる',
  'maas.dhcp.undo': '{{cidr}} の DHCP を無効に戻す',
  'enrol.done': 'MAAS は {{name}} を {{mac}} で知っています（{{id}}）。',
  'enrol.absent': 'MAAS は {{name}} をまだ知りません。',
  'enrol.name-taken':
    'MAAS に {{name}} という別のマシンがあります。MAAS で名前を変えるか、計画を直してください。',
  'enrol.other-name':
    '{{mac}} のマシンは MAAS では {{found}} です（自動で登録されたもの）。{{name}} として引き継ぎます。',
  'enrol.other-power':
    'MAAS は {{name}} の電源を {{found}} で切り替えます。計画では {{wanted}} です。',
  'enrol.add': '{{name}} を MAC アドレスで MAAS に登録する',
  'enrol.adopt': 'MAAS で {{name}} の名前と電源設定を定める',
  'enrol.remove': '{{name}} を MAAS から取り除く',
  'enrol.switched-by-us':
    'MAAS のドライバーでは {{name}} の電源を切り替えられません。必要な手順の前に Labwright が切り替えるので、その間は開いておいてください。',
  'enrol.unverified':
    'MAAS は {{name}} の電源を切り替える際に証明書を確認しません（https+unverified）。途中に割り込まれるとパスワードを読み取られるおそれがあります。',
  'enrol.by-hand':
    '{{name}} の電源は人が切り替えます。MAAS 3.6 から 3.7.2 ではそうしたマシンで失敗し、3.7.3 で直っています。',
  'enrol.stays-off':
    'MAAS は {{name}} を処理中ですが、ハイパーバイザーでは電源が切れています。電源が入るまで先に進みません。',
  'enrol.power-drift':
    'MAAS は {{name}} を {{believed}} と認識していますが、ハイパーバイザーでは {{found}} です。',
  'enrol.stuck.asked':
    '{{name}} は MAAS が処理を始めてから {{seconds}} 秒間、反応がありません。電源は入っていますか。起動順序はネットワークが先頭ですか。',
  'enrol.stuck.powered':
    '{{name}} は電源が入って {{seconds}} 秒たちますが、アドレスを要求していません。起動順序、ケーブル、VLAN またはポートグループ、スイッチのスパニングツリーを確かめてください。',
  'enrol.stuck.dhcp':
    '{{name}} は {{seconds}} 秒前にアドレスを得ましたが、ブートローダーを取得していません。別の DHCP サーバー、TFTP を止めるファイアウォール、ファームウェアの違いが考えられます。',
  'enrol.stuck.bootloader':
    '{{name}} は {{seconds}} 秒前にブートローダーを取得しましたが、カーネルを取得していません。ラックにブートローダーかイメージがない可能性があります。',
  'enrol.stuck.kernel':
    '{{name}} は {{seconds}} 秒前にカーネルを起動しましたが、ルートイメージを取得していません。メモリー不足、ネットワークドライバーの欠如、MAAS への経路がないことが考えられます。',
  'enrol.stuck.ephemeral':
    '{{name}} はネットワークから起動して {{seconds}} 秒たちますが、報告がありません。時計、ゲートウェイ、DNS を確かめてください。',
  'enrol.stuck.reporting':
    '{{name}} の最後の報告は {{seconds}} 秒前です。コンソールとスクリプトの結果を確認してください。',
  'enrol.labels.done': '{{name}} のプールとタグは設定済みです。',
  'enrol.labels.missing': '{{name}} に足りないもの: タグ {{tags}}、プール {{pool}}。',
  'enrol.labels.action': '{{name}} のプールとタグを設定する',
  'enrol.labels.undo': '付けたタグを {{name}} から外す',
  'enrol.others.none': '計画にないマシンは MAAS にありません。',
  'enrol.others.some': '計画にないマシンが MAAS に {{n}} 台あります。これらには触れません。',
  'enrol.others.one': '{{name}}: {{status}}、{{mac}}',
  'enrol.commission.new': '{{name}} はまだ検査されていません。',
  'enrol.commission.failed': '{{name}} の検査に失敗しました: {{said}}',
  'enrol.commission.done': '{{name}} は検査済み、または検査中です（{{status}}）。',
  'enrol.commission.action': 'MAAS に {{name}} を検査させる',
  'enrol.ready.examining': '{{name}} を検査中です: {{said}}',
  'enrol.ready.done': '{{name}} は準備ができています（{{status}}）。',
  'enrol.ready.wait': '{{name}} の検査が終わるまで待つ',
  'enrol.failed': '{{name}} の状態は {{status}} です: {{said}}',
  'enrol.deploy.ready': '{{name}} は配備できる状態です。',
  'enrol.deploy.done': '{{name}} は配備済み、または配備中です（{{status}}）。',
  'enrol.deploy.other-release':
    '{{name}} では {{found}} が動いています。計画では {{wanted}} です。配備し直すには一度解放してください。',
  'enrol.deploy.action': '{{name}} に {{release}} を配備する（ディスクの内容は上書きされます）',
  'enrol.release': '{{name}} を解放する',
  'enrol.deployed.done': '{{name}} は配備済みです（{{addresses}}）。',
  'enrol.deployed.installing': '{{name}} をインストール中です: {{said}}',
  'enrol.deployed.wait': '{{name}} の配備が終わるまで待つ',
  'step.maas.api-answers.title': 'MAASのAPIが鍵を受け入れる',
  'step.maas.settings.title': 'MAAS の設定',
  'step.maas.ssh-keys.title': '配備先にログインする公開鍵',
  'step.maas.image-source.title': 'イメージの取得元',
  'step.maas.selections.title': 'イメージの選択',
  'step.maas.images.title': 'イメージの取り込み',
  'step.maas.commissioning-release.title': '検査に使うリリース',
  'step.maas.subnet.title': 'MAAS のネットワーク',
  'step.maas.ranges.title': 'アドレス範囲',
  'step.maas.quiet.title': 'ほかに DHCP に応答するものがない',
  'step.maas.dhcp.title': 'MAAS が DHCP に応答する',
  'step.enrol.others.title': '計画にないマシン',
  'step.enrol.known.title': 'MAAS への登録',
  'step.enrol.labels.title': 'プールとタグ',
  'step.enrol.commission.title': '検査の開始',
  'step.enrol.ready.title': '準備完了',
  'step.enrol.deploy.title': '配備の開始',
  'step.enrol.deployed.title': '配備完了',
  'step.maas.api-answers.why':
    '以下はすべて MAAS の API で確認・設定します。通信はサーバーへの SSH 接続を通ります。',
  'step.maas.settings.why':
    'DNS、プロキシ、時刻、カーネルについてマシンに伝わる内容は、ここで決まります。',
  'step.maas.ssh-keys.why': '鍵がなければ、MAAS が配備したマシンに誰もログインできません。',
  'step.maas.image-source.why':
    'インターネットではなく手元のミラーから配備します。鍵リングはパッケージの種類に合うものが必要です。',
  'step.maas.selections.why':
    '絞り込んだミラーも一覧にはすべてを載せます。実際にあるものだけを選ぶ必要があります。',
  'step.maas.images.why': 'イメージがなければ、マシンを一台も登録できません。',
  'step.maas.commissioning-release.why':
    'MAAS はこのリリースでマシンを起動し、その構成を調べます。',
  'step.maas.subnet.why': 'マシンにはこのゲートウェイと DNS サーバーが伝わります。',
  'step.maas.ranges.why': 'MAAS が貸すアドレス、割り当てるアドレス、触れてはいけないアドレスです。',
  'step.maas.quiet.why':
    'もう一つ DHCP サーバーがあると起動ファイルなしのアドレスが配られ、起動したりしなかったりします。',
  'step.maas.dhcp.why': 'これ以降、このネットワークから起動するマシンは MAAS につながります。',
  'step.enrol.others.why': '思わぬことが起きないよう一覧にします。触れることはありません。',
  'step.enrol.known.why':
    '決まった MAC アドレスで登録するので、見つけるために電源を入れる必要がありません。',
  'step.enrol.labels.why': '割り当てるときにマシンを選び分けるためのものです。',
  'step.enrol.commission.why': 'MAAS がマシンの電源を入れ、構成を調べます。',
  'step.enrol.ready.why': '検査とテストが済み、電源が切れた状態です。',
  'step.enrol.deploy.why': 'マシンのディスクに OS をインストールします。',
  'step.enrol.deployed.why': 'インストールした OS が起動し、報告が届いた状態です。',
  'chapter.maas-settings.title': 'MAAS: 設定',
  'chapter.maas-images.title': 'MAAS: イメージ',
  'chapter.maas-network.title': 'MAAS: ネットワークと DHCP',
  'chapter.enrol.title': 'MAAS のマシン',
};
