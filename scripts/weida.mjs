#!/usr/bin/env node
// Runs on whatever Node npm found, before anything is installed; newer syntax and packages come later.
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `微达需要 Node 20 或更新版本（现在是 ${process.version}）：请从 https://nodejs.org 安装。\n` +
      `Weida needs Node 20 or newer (this is ${process.version}): install it from https://nodejs.org.`,
  )
  process.exit(1)
}
import('./lib/launch.mjs').then(({ launch }) => launch(process.argv.slice(2)))
