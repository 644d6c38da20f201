// Tasks of the project: `npm test`, `npm run check` and so on. Runs on whatever Node npm found.
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `需要 Node 20 或更新版本（现在是 ${process.version}）。\nNode 20 or newer is needed (this is ${process.version}).`,
  )
  process.exit(1)
}
const [task = '', ...args] = process.argv.slice(2)
import('./lib/tasks.mjs').then(({ runTask }) => runTask(task, args))
