// A reporter of vitest that keeps what `count-tests.mjs` tells: how many tests passed, and each failure as it began. A
// hook that fails is told, too: the tests it stands before did not run. Written to the file that CI_REPORT names.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

export default class CiReporter {
  onTestRunEnd(modules, unhandled) {
    const report = { passed: 0, failed: [], notRun: [], secondTry: [] }
    for (const module of modules) {
      const file = relative('.', module.moduleId)
      tell(report.notRun, file, module.errors())
      for (const suite of module.children.allSuites())
        tell(report.notRun, `${file} > ${suite.fullName}`, suite.errors())
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result()
        if (state === 'passed') report.passed += 1
        if (state === 'passed') tell(report.secondTry, test.fullName, errors)
        if (state === 'failed') report.failed.push({ name: test.fullName, text: textOf(errors[0]) })
      }
    }
    tell(report.notRun, 'outside of any test', unhandled)
    if (process.env.CI_REPORT) writeFileSync(process.env.CI_REPORT, JSON.stringify(report))
  }
}

function tell(list, name, errors) {
  if (errors.length > 0) list.push({ name, text: textOf(errors[0]) })
}

const textOf = (error) => error?.stack ?? error?.message ?? ''
