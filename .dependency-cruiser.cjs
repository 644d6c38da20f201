const PURE = '(^src/(kernel|wechat)/|/(schema|rules)(/|\\.ts$))'
const forbid = (name, from, to) => ({ name, severity: 'error', from, to })
module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    forbid(
      'kernel-imports-nothing-of-ours',
      { path: '^src/kernel/' },
      { path: '^src/', pathNot: '^src/kernel/' },
    ),
    forbid(
      'wechat-imports-only-kernel',
      { path: '^src/wechat/' },
      { path: '^src/', pathNot: '^src/(kernel|wechat)/' },
    ),
    forbid(
      'infra-knows-no-domain',
      { path: '^src/infra/' },
      { path: '^src/', pathNot: '^src/(kernel|infra)/|^src/config\\.ts$' },
    ),
    forbid(
      'channels-know-no-modules',
      { path: '^src/channels/' },
      { path: '^src/', pathNot: '^src/(kernel|wechat|infra|channels)/' },
    ),
    forbid('pure-files-do-no-io', { path: PURE, pathNot: '\\.test\\.ts$' }, { dependencyTypes: ['core'] }),
    forbid(
      'pure-files-import-pure-files',
      { path: '^src/modules/[^/]+/(schema|rules)', pathNot: '\\.test\\.ts$' },
      { path: '^src/', pathNot: PURE },
    ),
    forbid(
      'modules-meet-at-the-front-door',
      { path: '^src/modules/([^/]+)/' },
      {
        path: '^src/modules/[^/]+/',
        pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/(index|schema|console/index)\\.tsx?$'],
      },
    ),
    // a route's test goes through the app, so a test may start the shell it is served by
    forbid(
      'modules-do-not-import-shells',
      { path: '^src/modules/[^/]+/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(server|worker|simulator|cli/|main)' },
    ),
    forbid(
      'shells-use-the-manifest',
      { path: '^src/(server|worker|cli/|main)' },
      { path: '^src/modules/[^/]+/', pathNot: '^src/modules/[^/]+/(index|module|schema)\\.ts$' },
    ),
    forbid(
      'console-is-browser-safe',
      { path: '^src/(console/|modules/[^/]+/console/)' },
      { path: '^src/', pathNot: ['/console/', PURE] },
    ),
    forbid(
      'simulator-stands-alone',
      { path: '^src/simulator/' },
      { path: '^src/', pathNot: '^src/(kernel|simulator)/|^src/wechat/(payloads|error-codes)' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'] },
  },
}
