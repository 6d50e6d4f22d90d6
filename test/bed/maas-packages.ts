// Doubles of MAAS's packages. Names, dependencies and what postinst does to the system follow MAAS's
// own packaging (debian/control and debian/*.postinst of lp:maas, 1.7 and 3.4). What they depend on
// is real: apache2, bind9, isc-dhcp-server, postgresql, chrony, libvirt-clients. MAAS itself is not in
// them: a command that asks as MAAS's does, and something that tells a version.

import { readFile } from 'node:fs/promises';
import type { PackageSpec } from './apt-packages.ts';

const DOUBLE = 'test double of the Labwright bed: this is no MAAS';

/** Suites of the bed's repository, each with another MAAS. */
export type MaasSuite = 'maas17' | 'maas3' | 'maas-bare' | 'maas-unmet' | 'maas-broken';

const OLD_VERSION = '1.7.6+bzr3376-0ubuntu2~14.04.1+bed1';
const NEW_VERSION = '1:3.4.2-14353-g.5a5221d57-0ubuntu1~22.04.1+bed1';

const unit = (description: string, start: string) => `[Unit]
Description=${description} (${DOUBLE})

[Service]
User=maas
ExecStart=${start}

[Install]
WantedBy=multi-user.target
`;

const enable = (name: string) => `systemctl daemon-reload\nsystemctl enable --now ${name}\n`;

/** As maas-common's own: a system account without a login shell, whose home is /var/lib/maas. */
const ADD_USER = `adduser --quiet --system --group --no-create-home --home /var/lib/maas maas
install -d -o maas -g maas -m 755 /var/lib/maas
`;

/** The distribution's DHCP server would answer with an empty configuration; MAAS starts its own. */
const STOP_DHCP = `systemctl disable --now isc-dhcp-server.service
systemctl reset-failed isc-dhcp-server.service || true
`;

const postinst = (text: string) => `#!/bin/sh\nset -e\n${text}`;

/** Tells a version where MAAS does, and nothing else. */
const REGION_DAEMON = `#!/usr/bin/python3
# ${DOUBLE}.
import http.server

class Region(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path == "/MAAS/api/2.0/version/"
        body = b'{"version": "3.4.2", "subversion": "14353-g.5a5221d57", "capabilities": []}'
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(body if known else b"Not Found")

    def log_message(self, *words):
        pass

http.server.ThreadingHTTPServer(("", 5240), Region).serve_forever()
`;

const SLEEPER = '/bin/sleep infinity';

function old(command: Buffer): PackageSpec[] {
  const base = { version: OLD_VERSION, description: DOUBLE, suite: 'maas17', files: [] };
  return [
    { ...base, name: 'maas', depends: 'maas-cluster-controller, maas-region-controller' },
    { ...base, name: 'maas-common', depends: 'adduser', postinst: postinst(ADD_USER) },
    {
      ...base,
      name: 'maas-region-controller',
      depends: 'maas-region-controller-min, maas-dns, postgresql (>= 9.1)',
    },
    {
      ...base,
      name: 'maas-region-controller-min',
      depends: 'maas-common, apache2, python3',
      files: [
        { path: 'usr/sbin/maas-region-admin', content: command, mode: 0o755 },
        {
          path: 'usr/share/maas/bed/version',
          content: '{"version": "1.7.6", "subversion": "bzr3376", "capabilities": []}',
        },
        {
          path: 'etc/apache2/conf-available/maas-bed.conf',
          content: `Alias /MAAS/api/1.0/version /usr/share/maas/bed/version
<Directory /usr/share/maas/bed>
  Require all granted
</Directory>
AcceptPathInfo On
`,
        },
      ],
      postinst: postinst(`mkdir -p /etc/maas
echo "DEFAULT_MAAS_URL = \\"http://$(hostname -I | cut -d' ' -f1)/MAAS\\"" >/etc/maas/maas_local_settings.py
a2enconf -q maas-bed
systemctl restart apache2
`),
    },
    {
      ...base,
      name: 'maas-cluster-controller',
      depends: 'maas-common, maas-dhcp',
      files: [
        {
          path: 'lib/systemd/system/maas-clusterd.service',
          content: unit('MAAS Cluster Controller', SLEEPER),
        },
      ],
      postinst: postinst(enable('maas-clusterd')),
    },
    { ...base, name: 'maas-dhcp', depends: 'isc-dhcp-server', postinst: postinst(STOP_DHCP) },
    { ...base, name: 'maas-dns', depends: 'bind9, maas-region-controller-min' },
  ];
}

function current(command: Buffer): PackageSpec[] {
  const base = { version: NEW_VERSION, description: DOUBLE, suite: 'maas3', files: [] };
  return [
    { ...base, name: 'maas', depends: 'maas-rack-controller, maas-region-controller' },
    { ...base, name: 'maas-common', depends: 'adduser', postinst: postinst(ADD_USER) },
    { ...base, name: 'maas-region-controller', depends: 'maas-region-api, postgresql (>= 9.1)' },
    {
      ...base,
      name: 'maas-region-api',
      depends: 'bind9, chrony, maas-common, python3',
      files: [
        { path: 'usr/bin/maas', content: command, mode: 0o755 },
        { path: 'usr/sbin/regiond-bed', content: REGION_DAEMON, mode: 0o755 },
        {
          path: 'lib/systemd/system/maas-regiond.service',
          content: unit('MAAS Region Controller', '/usr/sbin/regiond-bed'),
        },
      ],
      postinst: postinst(`mkdir -p /etc/maas
(umask 027; echo "maas_url: http://$(hostname -I | cut -d' ' -f1):5240/MAAS" >/etc/maas/regiond.conf)
${enable('maas-regiond')}`),
    },
    {
      ...base,
      name: 'maas-rack-controller',
      depends: 'bind9, libvirt-clients, maas-common, maas-dhcp',
      files: [
        {
          path: 'lib/systemd/system/maas-rackd.service',
          content: unit('MAAS Rack Controller', SLEEPER),
        },
      ],
      postinst: postinst(enable('maas-rackd')),
    },
    { ...base, name: 'maas-dhcp', depends: 'isc-dhcp-server', postinst: postinst(STOP_DHCP) },
  ];
}

/** MAAS 1.7 and 3.x, one that is nothing but its account, and two that cannot be installed. */
export async function maasPackages(): Promise<PackageSpec[]> {
  const command = await readFile(new URL('maas-double.py', import.meta.url));
  const trouble = { version: OLD_VERSION, description: DOUBLE, files: [] };
  const empty = ['maas-dhcp', 'maas-dns'];
  return [
    ...old(command),
    ...current(command),
    {
      ...trouble,
      name: 'maas',
      suite: 'maas-bare',
      depends: 'adduser',
      postinst: postinst(ADD_USER),
    },
    ...empty.map((name) => ({ ...trouble, name, suite: 'maas-bare' })),
    {
      ...trouble,
      name: 'maas',
      suite: 'maas-unmet',
      depends: 'labwright-bed-no-such-package (>= 9)',
    },
    ...empty.map((name) => ({ ...trouble, name, suite: 'maas-unmet' })),
    {
      ...trouble,
      name: 'maas',
      suite: 'maas-broken',
      postinst: '#!/bin/sh\necho "maas: fails on purpose" >&2\nexit 1\n',
    },
    ...empty.map((name) => ({ ...trouble, name, suite: 'maas-broken' })),
  ];
}
