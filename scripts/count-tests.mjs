// Sums the reports of `ci-reporter.mjs`: `N passed, N failed`, before it what failed and how each failure begins. A hook
// or a file that failed counts as one failure. Of a report `X.json` the files that `X-again.json` has, too, count as they
// went then; what failed before is named: it is a defect of the test or of the code, to be mended next.
//
// With `--failed REPORT` it prints the files in which something failed, a line each, and nothing else.
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
  const some = lines.filter((line) => line === at || !AT.test(line)).slice(0, LINES)
  for (const line of some) console.log(`    ${line.slice(0, WIDTH)}`)
}

const read = (file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { files: {}, outside: [] }
const hasFailed = ({ failed, notRun }) => failed.length + notRun.length > 0

function printFailed(file) {
  for (const [path, result] of Object.entries(read(file).files)) if (hasFailed(result)) console.log(path)
}

function count(reports) {
  let passed = 0
  let failed = 0
  for (const report of reports.filter((one) => !one.endsWith('-again.json'))) {
    const { files, outside } = read(report)
    const again = read(report.replace(/\.json$/, '-again.json'))
    for (const [path, first] of Object.entries(files)) {
      const last = again.files[path] ?? first
      if (last !== first)
        for (const one of [...first.failed, ...first.notRun]) tell('failed at its first try', one)
      for (const one of last.failed) tell('failed', one)
      for (const one of last.notRun) tell('failed to run', one)
      passed += last.passed
      failed += last.failed.length + last.notRun.length
    }
    const others = [...outside, ...again.outside]
    for (const one of others) tell('failed', one)
    failed += others.length
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}

const [first, ...rest] = process.argv.slice(2)
if (first === '--failed') printFailed(rest[0])
else count([first, ...rest].filter(Boolean))
