import { autoReplyEndpoints } from './auto-reply/endpoints.ts'
import type { Endpoint } from './call.ts'
import { callbackEndpoints } from './callbacks/endpoints.ts'
import { commentEndpoints } from './comments/endpoints.ts'
import { credentialEndpoints } from './credentials/endpoints.ts'
import { customEndpoints } from './custom/endpoints.ts'
import { draftEndpoints } from './drafts/endpoints.ts'
import { massEndpoints } from './mass/endpoints.ts'
import { materialEndpoints } from './material/endpoints.ts'
import { menuEndpoints } from './menus/endpoints.ts'
import { publishEndpoints } from './publish/endpoints.ts'
import { qrCodeEndpoints } from './qr-codes/endpoints.ts'
import { quotaEndpoints } from './quota/endpoints.ts'
import { shortKeyEndpoints } from './short-keys/endpoints.ts'
import { statisticsEndpoints } from './statistics/endpoints.ts'
import { subscriptionEndpoints } from './subscriptions/endpoints.ts'
import { tagEndpoints } from './tags/endpoints.ts'
import { templateEndpoints } from './templates/endpoints.ts'
import { userEndpoints } from './users/endpoints.ts'

/** Every call of the simulated official-account platform, one line each in its family's folder. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...credentialEndpoints,
  ...callbackEndpoints,
  ...userEndpoints,
  ...tagEndpoints,
  ...materialEndpoints,
  ...draftEndpoints,
  ...publishEndpoints,
  ...massEndpoints,
  ...customEndpoints,
  ...templateEndpoints,
  ...subscriptionEndpoints,
  ...menuEndpoints,
  ...qrCodeEndpoints,
  ...shortKeyEndpoints,
  ...statisticsEndpoints,
  ...commentEndpoints,
  ...quotaEndpoints(() => KNOWN_PATHS),
  ...autoReplyEndpoints,
]

const KNOWN_PATHS: ReadonlySet<string> = new Set(ENDPOINTS.map((endpoint) => endpoint.path))
