import { installationEndpoint } from '../modules/sandbox/schema.ts'
import { useEndpoint } from './hooks.ts'

/** What this installation is; its public address hardly ever changes. */
export const useInstallation = () => useEndpoint(installationEndpoint, {}, { staleMs: 600_000 })
