import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, minify, type Plugin, transformWithOxc } from 'vite'

// Where the API runs under `npm run dev`.
const api = `http://127.0.0.1:${process.env['PORT'] || 7300}`

/** The H5 tracker, made small and readable for the browsers inside older phones. */
const tracker: Plugin = {
  name: 'weida-tracker',
  apply: 'build',
  async generateBundle() {
    const source = readFileSync(join(import.meta.dirname, 'src/sdk/h5/weida.js'), 'utf8')
    const { code } = await transformWithOxc(source, 'weida.js', { target: 'es2018' })
    const small = await minify('weida.js', code, { compress: { target: 'es2018' } })
    this.emitFile({ type: 'asset', fileName: 'sdk/weida.js', source: small.code })
  },
}

export default defineConfig({
  root: 'src/console',
  plugins: [react(), tracker],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1_600,
    rolldownOptions: {
      output: {
        // Libraries change with the lock file, pages with every release: browsers keep the former. What only
        // some pages need (charts) stays out of the first load.
        codeSplitting: {
          groups: [
            { name: 'charts', test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 3 },
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|react-router|scheduler)[\\/]/,
              priority: 2,
            },
            { name: 'antd', test: /node_modules[\\/](antd|@ant-design|@rc-component)[\\/]/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/callbacks', '/files', '/openapi.json', '/docs', '/sdk', '/v1', '/sa'].map((path) => [
        path,
        api,
      ]),
    ),
  },
})
