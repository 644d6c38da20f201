// Sums vitest's JSON reports: `N passed, N failed`, the names of what failed before it. A test file that could
// not be loaded counts as one failure.
import { existsSync, readFileSync } from 'node:fs'

let passed = 0
let failed = 0
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) continue
  for (const { name, status, assertionResults } of JSON.parse(readFileSync(file, 'utf8')).testResults) {
    const failures = assertionResults.filter((test) => test.status === 'failed')
    passed += assertionResults.filter((test) => test.status === 'passed').length
    failed += failures.length
    for (const { fullName } of failures) console.log(`failed: ${fullName}`)
    if (status === 'failed' && failures.length === 0) {
      failed += 1
      console.log(`failed to run: ${name}`)
    }
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
