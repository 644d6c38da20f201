import path from 'node:path'
import { parseArgs } from 'node:util'
import { openBench, run } from './bench.ts'
import { cases } from './cases/index.ts'
import { describeMachine } from './machine.ts'
import { root } from './processes.ts'
import { type CaseResult, printFigures, writeReport } from './report.ts'

const HELP = `npm run bench [-- CASE… --fans N --rounds N --write]

Sets figures beside ceilings, both measured now. Cases: ${cases.map(({ name }) => name).join(', ')} (all when none is named).
  --fans N    population of the large cases (1,000,000)
  --rounds N  how often what takes seconds is repeated, for a median (3)
  --write     updates docs/benchmarks.md; nothing is written without`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fans: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const unknown = positionals.filter((name) => cases.every((one) => one.name !== name))
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `No case ${unknown.join(', ')}.\n\n${HELP}` : HELP)
  process.exit(unknown.length > 0 ? 1 : 0)
}

const bench = await openBench({ fans: Number(values.fans), rounds: Number(values.rounds) })
let ending: Promise<void> | undefined
const end = () => {
  ending ??= bench.close()
  return ending
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void end().then(() => process.exit(130)))

const results = new Map<string, CaseResult & { title: string }>()
try {
  const server = await bench.postgres()
  const { rows } = await run(server.url, 'show server_version')
  const machine = describeMachine(String(rows[0]?.server_version))
  console.log(`${machine}\n`)
  for (const { name, title, measure } of cases) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    console.log(`${title} (${name})`)
    const result = await measure(bench)
    results.set(name, { title, ...result })
    printFigures(result.figures)
    for (const note of result.notes) console.log(`  · ${note}`)
    console.log()
  }
  if (values.write) {
    const command = ['npm run bench --', ...process.argv.slice(2)].join(' ')
    const order = cases.map(({ name }) => name)
    writeReport(path.join(root, 'docs', 'benchmarks.md'), results, { machine, command, order })
    console.log('docs/benchmarks.md is updated.')
  }
} finally {
  await end()
}
process.exit()
