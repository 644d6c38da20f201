export { SandboxPanel } from './SandboxPanel.tsx'
