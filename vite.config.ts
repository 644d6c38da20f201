import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Where the API runs under `npm run dev`.
const api = `http://127.0.0.1:${process.env['PORT'] || 7300}`

export default defineConfig({
  root: 'src/console',
  plugins: [react()],
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
      ['/api', '/callbacks', '/files', '/openapi.json', '/docs'].map((path) => [path, api]),
    ),
  },
})
