// Sums vitest's JSON reports: `N passed, N failed`, before it what failed and how each failure begins. A test file that
// could not be loaded counts as one failure. What passed only at its second try is named too: it is a defect of the test
// or of the code, to be mended next.
import { existsSync, readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const LINES = 14
const WIDTH = 1_000
const AT = /^\s+at /

/** How a failure begins, with the one line of our tests at which it did. */
function tell(message = '') {
  const lines = stripVTControlCharacters(message)
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
  for (const { name, status, message, assertionResults } of JSON.parse(readFileSync(file, 'utf8'))
    .testResults) {
    const failures = assertionResults.filter((test) => test.status === 'failed')
    const successes = assertionResults.filter((test) => test.status === 'passed')
    passed += successes.length
    failed += failures.length
    for (const { fullName, failureMessages } of successes.filter((test) => test.failureMessages.length > 0)) {
      console.log(`passed only at its second try: ${fullName}`)
      tell(failureMessages[0])
    }
    for (const { fullName, failureMessages } of failures) {
      console.log(`failed: ${fullName}`)
      tell(failureMessages[0])
    }
    if (status === 'failed' && failures.length === 0) {
      failed += 1
      console.log(`failed to run: ${name}`)
      tell(message)
    }
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
