import { type Probe, quick } from '../probe.ts';

export interface Postgres {
  /** Undefined while no server answers. */
  readonly version: string | undefined;
  /** Connections in use, and how many there may be. */
  readonly used: number;
  readonly most: number;
  /** The role `maas`: its comment, where we leave our mark; undefined while it does not exist. */
  readonly role: string | undefined;
  /** There is a database `maas`. */
  readonly database: boolean;
}

/** The PostgreSQL of the system, as its own administrator sees it. */
export const postgres: Probe<Postgres> = quick({
  key: 'postgres',
  sudo: true,
  seconds: 20,
  shown: "psql -c 'SHOW server_version'",
  script: `command -v psql >/dev/null 2>&1 || exit 0
cd / && sudo -n -u postgres psql -XqtA 2>&1 <<'LABWRIGHT_SQL'
SELECT 'version ' || current_setting('server_version');
SELECT 'used ' || count(*) || ' of ' || current_setting('max_connections') FROM pg_stat_activity;
SELECT 'role ' || coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = 'maas';
SELECT 'database' FROM pg_database WHERE datname = 'maas';
LABWRIGHT_SQL
exit 0`,
  parse: ({ text }) => {
    const connections = /^used (\d+) of (\d+)$/m.exec(text);
    return {
      version: /^version (\S+)/m.exec(text)?.[1],
      used: Number(connections?.[1] ?? 0),
      most: Number(connections?.[2] ?? 0),
      role: /^role ?(.*)$/m.exec(text)?.[1],
      database: /^database$/m.test(text),
    };
  },
});
