import type { maas as en } from '../en/maas.ts';

export const maas: Record<keyof typeof en, string> = {
  'error.maas-address-unfit':
    '{{maas}} のアドレスが正しくありません。ホスト名、IP アドレス、または http://10.0.0.2:5240/MAAS/ のような URL を書いてください。',
  'error.maas-admin-needed':
    '{{maas}} ではこの操作（{{what}}）に管理者権限が必要です。管理者の API キーを使ってください。',
  'error.maas-answer-cut':
    '{{maas}} の応答が途中で途切れました。ネットワークを確認し、もう一度試してください。',
  'error.maas-answer-too-large':
    '{{maas}} の応答が {{limit, bytes}} を超えたため、打ち切りました。',
  'error.maas-answer-unexpected': '{{maas}} の応答が想定（{{expected}}）と異なります。',
  'error.maas-architecture-missing':
    '{{maas}} にはアーキテクチャー {{value}} のイメージがありません（あるもの: {{choices}}）。イメージを選択してインポートするか、別のアーキテクチャーを選んでください。',
  'error.maas-busy':
    '{{maas}} は今この処理を行えません: {{said}} 1 分ほど待ってから、もう一度試してください。',
  'error.maas-call-unknown':
    '{{maas}} の MAAS には API {{what}} がありません。Labwright の想定より古いか新しいバージョンです。',
  'error.maas-certificate-changed':
    '{{maas}} の証明書が変わりました。何も送信していません。信頼済み: {{pinned}} 現在: {{offered}} 続ける前に見比べてください。',
  'error.maas-certificate-unknown':
    '{{maas}} は初めて接続する MAAS です。証明書（{{fingerprint}}、発行先 {{subject}}、有効期限 {{validTo}}）を確認し、信頼してください。',
  'error.maas-clock-skew':
    'このコンピューターの時計が {{maas}} より {{seconds}} 秒遅れています（許容は 300 秒）。NTP で時刻を合わせてから、もう一度試してください。',
  'error.maas-closed':
    '{{maas}} との接続が切れました。要求は実行された可能性があります。状態を確認してから、もう一度試してください。',
  'error.maas-conflict':
    '{{maas}} で同じ対象が同時に変更されたか、すでに存在するため、実行できませんでした。状態を確認してから、もう一度試してください。',
  'error.maas-dhcp-no-rack':
    '{{maas}} で DHCP を有効にするには、担当するラックコントローラーの指定が必要です。ラックコントローラーを選んでください。',
  'error.maas-dhcp-no-range':
    '{{maas}} で DHCP を有効にするには、ネットワークに動的アドレス範囲が必要です。先に範囲を追加してください。',
  'error.maas-down':
    '{{maas}} の Web サーバーは応答していますが、その背後の MAAS が応答しません（HTTP ステータス {{status}}）。起動中であれば 1 分ほど待ってください。続く場合は MAAS のサービスを確認してください。',
  'error.maas-failed':
    '{{maas}} の内部でエラーが起きました（HTTP ステータス {{status}}）: {{said}} 詳細は MAAS のログ（regiond.log）にあります。',
  'error.maas-field-missing':
    '{{maas}} に渡した値が足りません（{{said}}）。プランに必要な値を追加してください。',
  'error.maas-gateway-outside':
    'ゲートウェイが {{maas}} のネットワークの範囲外です。プランのゲートウェイまたはネットワークを修正してください。',
  'error.maas-key-malformed':
    '{{maas}} の API キーの形式が正しくありません。コロン区切りの 3 つの部分からなります。全体をコピーし直してください（maas apikey --username NAME）。',
  'error.maas-key-not-seen':
    'API キーを送信しましたが、{{maas}} に届いていません。途中のプロキシが Authorization ヘッダーを取り除いている可能性があります。',
  'error.maas-key-refused':
    '{{maas}} が API キーを拒否しました。失効したか、別の MAAS のものか、コピーの誤りです。新しいキーを作って（maas apikey --username NAME）登録してください。',
  'error.maas-login-refused':
    '{{maas}} が {{user}} のログインを拒否しました。ユーザー名とパスワードを確認してください。',
  'error.maas-mac-taken':
    'MAC アドレス {{mac}} はすでに {{maas}} のマシン {{machine}} で使われています。そのマシンを使うか、古いものであれば MAAS から削除してください。',
  'error.maas-mac-unfit':
    '{{maas}} は {{mac}} を MAC アドレスとして受け付けません。プランを修正してください。',
  'error.maas-machine-in-use':
    '{{maas}} の {{machine}} は使用中です（{{state}}）。何も削除していません。先に解放（release）してください。',
  'error.maas-moved':
    '{{maas}} のアドレスは {{to}} に転送されています。転送先には何も送信していません。正しければ、そのアドレスをプランに書いてください。',
  'error.maas-name-taken':
    '{{maas}} にすでに存在します（{{said}}）。別の名前や値にするか、既存のものを使ってください。',
  'error.maas-no-addresses':
    '{{maas}} のネットワークに空きアドレスがありません: {{said}} 動的範囲や予約範囲を縮めるか、ネットワークを広げてください。',
  'error.maas-no-commissioning-image':
    '{{maas}} のコミッショニング用 OS は {{os}} {{series}} ですが、そのイメージがありません。そのリリースを選択してインポートするか、コミッショニング用を既存のリリースに変えてください。',
  'error.maas-no-images':
    '{{maas}} にブートイメージがまだないため、マシンを登録できません。先にイメージをインポートしてください。',
  'error.maas-no-network-link':
    '{{maas}} のマシンはどのインターフェースもネットワークに接続されていないため、デプロイできません。MAAS の DHCP が届く場所でコミッショニングをやり直すか、インターフェースをサブネットに割り当ててください。',
  'error.maas-none-available':
    '{{maas}} に割り当て可能なマシンがありません: {{said}} マシンは Ready 状態で、誰にも割り当てられていない必要があります。',
  'error.maas-not-in-version':
    '{{maas}} の MAAS のバージョンにはこの機能がありません（API: {{what}}）。何も送信していません。',
  'error.maas-not-maas':
    '{{maas}} のアドレスで応答しているのは MAAS ではありません。アドレスとポート（5240、古いバージョンでは 80）を確認してください。',
  'error.maas-not-ours':
    '{{maas}} の {{machine}} は、このプランの MAC アドレスを持っていません。何も変更していません。',
  'error.maas-object-missing':
    '{{maas}} に見つかりません（削除されたか、もともとありません）: {{kind}}（{{what}}）。MAAS の状態を確認し直してください。',
  'error.maas-power-busy':
    '{{maas}} はこのマシンの電源操作をまだ実行中です。1 分ほど待ってから、もう一度試してください。',
  'error.maas-power-incomplete':
    '{{maas}} がこのマシンの電源を制御するには設定が足りません（MAAS は不足項目を示しません）。プランの電源設定と、電源タイプが必要とする項目を見比べてください。',
  'error.maas-rack-away':
    '{{maas}} でこれを実行できるラックコントローラーがありません: {{said}} ラックコントローラーが起動し、接続されているか確認してください。',
  'error.maas-rack-slow':
    '{{maas}} は電源コントローラーから時間内に応答を得られませんでした。BMC のアドレスと、ラックコントローラーからの経路を確認してください。',
  'error.maas-range-outside':
    'アドレス範囲が {{maas}} のどのネットワークにも含まれません。プランの範囲を修正するか、ネットワークを追加してください。',
  'error.maas-range-overlap':
    'アドレス範囲が {{maas}} の別の範囲または使用中のアドレスと重なっています。ネットワークの範囲を確認し、別の範囲を選んでください。',
  'error.maas-range-reversed':
    'アドレス範囲の終了が開始より前です。プランの開始と終了を入れ替えてください。',
  'error.maas-refused':
    '{{address}} のポート {{port}} で接続を拒否されました。MAAS は動いていますか。ポートは 5240（古いバージョンでは 80）です。',
  'error.maas-request-refused': '{{maas}} が要求（{{what}}）を受け付けませんでした: {{said}}',
  'error.maas-selection-not-offered':
    '{{maas}} のイメージソースに {{os}} {{series}} がありません。ソースの URL と内容を確認してください。ソースを追加した直後は、MAAS がまだ読み込んでいないことがあります。',
  'error.maas-series-missing':
    '{{maas}} に {{series}} のイメージがありません（あるもの: {{choices}}）。そのリリースを選択してインポートするか、別のリリースを選んでください。',
  'error.maas-setting-unknown':
    '{{maas}} の MAAS のバージョンには設定 {{setting}} がありません。変更せずそのままにします。',
  'error.maas-silent': '{{maas}} から時間内に応答がありませんでした。接続を閉じました。',
  'error.maas-ssh-key-there': 'この SSH 鍵は {{maas}} のユーザーにすでに登録されています。',
  'error.maas-ssh-key-unfit':
    '{{maas}} はこれを SSH 公開鍵として受け付けません。.pub ファイルの行全体をコピーし直してください。',
  'error.maas-tls-refused':
    '{{maas}} と Labwright に共通の TLS バージョンまたは暗号がないか、ポートが TLS を使っていません。アドレスの https / http を確認してください。',
  'error.maas-unreachable':
    '{{address}} のポート {{port}} に到達できません。アドレス、ケーブル、ファイアウォールを確認してください。',
  'error.maas-unresolved':
    '{{address}} の名前解決ができません。綴りを確認するか、IP アドレスを使ってください。',
  'error.maas-value-refused':
    '{{maas}} が値（{{field}}）を受け付けませんでした: {{said}} プランを修正してください。',
  'error.maas-wrong-state':
    '{{maas}} のマシンの状態では実行できません: {{said}} 状態が変わるのを待つか、実行中の処理を中止してください。',
};
