// Sums the reports of `ci-reporter.mjs`: `N passed, N failed`, before it what failed and how each failure begins. A hook
// or a file that failed counts as one failure. What passed only at its second try is named too: it is a defect of the
// test or of the code, to be mended next.
import { existsSync, readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const LINES = 14
const WIDTH = 1_000
const AT = /^\s+at /

/** How a failure begins, with the one line of our tests at which it did. */
function tell(how, { name, text }) {
  console.log(`${how}: ${name}`)
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
  const at = lines.find((line) => AT.test(line) && !/node_modules|anonymous/.test(line))
  const told = lines.filter((line) => line === at || !AT.test(line)).slice(0, LINES)
  for (const line of told) console.log(`    ${line.slice(0, WIDTH)}`)
}

let passed = 0
let failed = 0
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) continue
  const report = JSON.parse(readFileSync(file, 'utf8'))
  passed += report.passed
  failed += report.failed.length + report.notRun.length
  for (const one of report.secondTry) tell('passed only at its second try', one)
  for (const one of report.failed) tell('failed', one)
  for (const one of report.notRun) tell('failed to run', one)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
