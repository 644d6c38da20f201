// Preloaded into dependency-cruiser, which has swc read TypeScript without JSX (17.4), and which can't use
// TypeScript 7 instead: without this it fails on every .tsx file.
import swc from '@swc/core'

const parseFileSync = swc.parseFileSync.bind(swc)
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') })
