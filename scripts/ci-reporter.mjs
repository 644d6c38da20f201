// A reporter of vitest that keeps what `count-tests.mjs` tells: by file, how many tests passed, and each failure as it
// began. A hook that fails is told, too: the tests it stands before did not run. Written to the file that CI_REPORT names.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

export default class CiReporter {
  onTestRunEnd(modules, unhandled) {
    const files = {}
    for (const module of modules) {
      const path = relative('.', module.moduleId)
      const notRun = [module, ...module.children.allSuites()].flatMap((one) =>
        told([path, one.fullName].filter(Boolean).join(' > '), one.errors()),
      )
      const tests = [...module.children.allTests()]
      const failed = tests.filter((test) => test.result().state === 'failed')
      files[path] = {
        passed: tests.filter((test) => test.result().state === 'passed').length,
        failed: failed.flatMap((test) => told(test.fullName, test.result().errors)),
        notRun,
      }
    }
    if (process.env.CI_REPORT)
      writeFileSync(process.env.CI_REPORT, JSON.stringify({ files, outside: told('outside', unhandled) }))
  }
}

/** The first error says it. */
const told = (name, [error]) =>
  error === undefined ? [] : [{ name, text: error.stack ?? error.message ?? '' }]
