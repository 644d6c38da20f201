import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { commandOf, inRoot, readJsonIfThere } from './project.mjs'

const DEFAULT_SEED = 20_251_121

/** The suite with its full figures; the last result goes into docs/test-long.md with seed and machine. */
export async function longTests(node, args, run) {
  const seed = process.env.WEIDA_TEST_SEED ?? String(DEFAULT_SEED)
  const report = inRoot('.artefacts', 'test-long.json')
  mkdirSync(inRoot('.artefacts'), { recursive: true })
  rmSync(report, { force: true })
  const words = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
    '--testTimeout=1800000',
  ]
  const began = Date.now()
  const code = await run(node, [commandOf('vitest'), ...words, ...args], {
    WEIDA_TEST_SIZE: 'long',
    WEIDA_TEST_SEED: seed,
  })
  const result = readJsonIfThere(report)
  if (result && args.length === 0) record(result, seed, Math.round((Date.now() - began) / 1000))
  return code
}

function record(result, seed, seconds) {
  const failed = result.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => `- ${fullName}`)
  const [cpu] = cpus()
  const lines = [
    '# The long tests, last run',
    '',
    'Written by `npm run test:long`: the suite with full populations, seeds and kill counts.',
    '',
    `- Result: ${result.numPassedTests} passed, ${result.numFailedTests} failed, ${result.numPendingTests} skipped`,
    `- When: ${new Date().toISOString()}, took ${Math.floor(seconds / 60)} min ${seconds % 60} s`,
    `- Seed: ${seed} (repeat with \`WEIDA_TEST_SEED=${seed} npm run test:long\`)`,
    `- Machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}-${process.arch}`,
    ...(failed.length ? ['', '## Failed', '', ...failed] : []),
  ]
  writeFileSync(inRoot('docs', 'test-long.md'), `${lines.join('\n')}\n`)
}
