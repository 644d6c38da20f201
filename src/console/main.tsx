import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import './i18n.ts'
import './theme/base.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has a #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
