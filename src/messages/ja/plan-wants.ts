import type { planWants as en } from '../en/plan-wants.ts';

export const planWants: Record<keyof typeof en, string> = {
  'plan.want.address': 'ホスト名か IP アドレスを指定してください',
  'plan.want.auth': 'password、key、key_file、agent のうち少なくとも 1 つが必要です',
  'plan.want.directory': '絶対パスを指定してください（使えるのは英数字と . _ @ + : -）',
  'plan.want.filter': '演算子（=、!=、~）と値を続けて書いてください（例: =amd64）',
  'plan.want.login': 'ログイン名を指定してください',
  'plan.want.name': '使えるのは英数字と . - _ だけです',
  'plan.want.no-credentials': 'アドレスにユーザー名やパスワードを含めないでください',
  'plan.want.no-parent': 'パスに「..」は使えません',
  'plan.want.no-space': '空白、カンマ、引用符は使えません',
  'plan.want.secret': 'シークレットの名前を指定してください（例: mirror-password）',
  'plan.want.url': 'http:// または https:// のアドレスを指定してください',
  'plan.want.interface': 'NIC やブリッジの名前を指定してください（例: br0、eno1）',
  'plan.want.machine': '使えるのは英小文字、数字、- だけです',
  'plan.want.mac': 'MAC アドレスを指定してください（例: 52:54:00:…）',
  'plan.want.cidr': 'IPv4 アドレスをプレフィックス付きで指定してください（例: 192.168.10.11/24）',
  'plan.want.public-key': '公開鍵を 1 行で指定してください（例: ssh-ed25519 AAAA… me@here）',
  'plan.want.sha256': 'SHA-256 を小文字の 16 進数 64 桁で指定してください',
  'plan.want.uuid': 'UUID を小文字で指定してください',
  'plan.want.vmware-name': '使えるのは英数字、空白、. _ ( ) - です',
};
