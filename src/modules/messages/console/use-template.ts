import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { listTemplatesEndpoint, type MessageTemplate, type TemplateKind } from '../../templates/schema.ts'

const FRESH_MS = 15_000
/** An account has at most 25 of each kind, and those of before. */
const MOST = 100

/** All templates of the account, also those gone from WeChat. */
export function useTemplates(kind?: TemplateKind) {
  const accountId = useAccountId()
  const query = useEndpoint(
    listTemplatesEndpoint,
    { params: { accountId }, query: { limit: MOST, gone: 'true' } },
    { staleMs: FRESH_MS },
  )
  const items = query.data?.items
  return { query, templates: kind === undefined ? items : items?.filter((one) => one.kind === kind) }
}

/** The template chosen: null where it isn't known here any more, undefined before that is known. */
export function useTemplate(templateId: string | null): { template: MessageTemplate | null | undefined } {
  const { templates } = useTemplates()
  if (templateId === null || templates === undefined) return { template: undefined }
  return { template: templates.find(({ id }) => id === templateId) ?? null }
}
