/** The walls of the house (docs/architecture.md). test/unit/walls.test.ts breaks each one on purpose. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      // A type that two files share is no cycle at run time.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'renderer-imports-only-itself-contract-and-messages',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: '^(src|test|scripts)/', pathNot: '^src/(renderer|contract|messages)/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^src/(renderer|contract|messages)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-and-messages-stand-alone',
      severity: 'error',
      from: { path: '^src/(contract|messages)/' },
      to: { path: '^src/', pathNot: '^src/(contract|messages)/' },
    },
    {
      name: 'electron-only-in-desktop-and-preload',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main/desktop|preload)/' },
      to: {
        path: [
          '^electron$',
          '^electron-store$',
          'node_modules/electron/',
          'node_modules/electron-store/',
        ],
      },
    },
    {
      name: 'guide-and-doctor-are-pure',
      severity: 'error',
      from: { path: '^src/main/(guide|doctor)/' },
      to: {
        path: '^src/main/(ssh|vault|app|server|cli|desktop|practice|plan|files|images)/|^src/main/drivers/(?!simplestreams/(filters|streams)\\.ts)',
      },
    },
    {
      name: 'guide-and-doctor-do-no-io',
      severity: 'error',
      from: { path: '^src/main/(guide|doctor)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-shells-know-the-shell',
      severity: 'error',
      from: { path: '^src/main/', pathNot: '^src/main/(desktop|server|cli)/' },
      to: { path: '^src/main/(desktop|server|cli)/' },
    },
    {
      name: 'preload-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { path: '^src/', pathNot: '^src/preload/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'] },
  },
};
