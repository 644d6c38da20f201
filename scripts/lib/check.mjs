import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { environmentWith } from './node.mjs'
import { commandOf, inRoot, root } from './project.mjs'

const PURE = 'pure tests'
const steps = () => [
  ['types', [commandOf('typescript', 'tsc'), '--noEmit', '-p', 'tsconfig.json']],
  [PURE, [commandOf('vitest'), 'run', '--project', 'pure', '--reporter=dot']],
  ['console types', [commandOf('typescript', 'tsc'), '--noEmit', '-p', 'tsconfig.console.json']],
  ['boundaries', boundaries()],
  ['format and lint', [commandOf('@biomejs/biome', 'biome'), 'check', '--diagnostic-level=warn', '.']],
  ['doc paths', [inRoot('scripts', 'check-doc-paths.mjs')]],
]

function boundaries() {
  const parser = pathToFileURL(inRoot('scripts/lib/parse-tsx.mjs')).href
  const command = commandOf('dependency-cruiser', 'depcruise')
  return [`--import=${parser}`, command, '--config', '.dependency-cruiser.cjs', 'src']
}

/**
 * Everything that can be checked without a database, side by side; says all that is wrong, not the first. `--without-tests`
 * is for whoever runs the whole suite next.
 */
export async function check(node, args) {
  const began = Date.now()
  const queue = steps().filter(([name]) => name !== PURE || !args.includes('--without-tests'))
  const failed = []
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, words] = next
      const { code, output, seconds } = await capture(node, words)
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
      if (code !== 0) {
        console.log(output.trimEnd())
        failed.push(name)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, worker))
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  console.log(
    failed.length ? `failed: ${failed.join(', ')} (${seconds} s)` : `all checks passed (${seconds} s)`,
  )
  return failed.length ? 1 : 0
}

function capture(node, words) {
  const began = Date.now()
  return new Promise((resolve) => {
    const child = spawn(node, words, { cwd: root, env: environmentWith(node) })
    let output = ''
    const collect = (chunk) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const end = (code) => resolve({ code, output, seconds: ((Date.now() - began) / 1000).toFixed(1) })
    child.once('error', (error) => {
      output += error.message
      end(1)
    })
    child.once('close', end)
  })
}
