import type { Ctx } from '../../context.ts'
import type { ResponseOf } from '../../kernel/endpoint.ts'
import { AppError } from '../../kernel/errors.ts'
import { canSeePersons, getFan, maskName } from '../contacts/index.ts'
import { resolveContent } from './resolve.ts'
import { formatValue, needsOfVariables, render } from './rules.ts'
import type { MessageContent, previewMessageEndpoint, Rendered, Values, Variables } from './schema.ts'
import { readValues } from './values.ts'

type Asked = { content: MessageContent; fanId: string | null; context: Record<string, unknown> | null }
type Preview = ResponseOf<typeof previewMessageEndpoint>

/**
 * The message as one fan would get it now, by the code that sends it; without a fan, as somebody of whom nothing is known.
 * Values are put out of sight for roles that may not see personal data; what is checked are the real ones. A content that isn't
 * complete yet has values and no message.
 */
export async function previewMessage(
  ctx: Ctx,
  accountId: string,
  { content, fanId, context }: Asked,
): Promise<Preview> {
  const whole = fanId === null || canSeePersons(ctx.actor)
  const contactId = fanId === null ? '0' : (await getFan(ctx, accountId, fanId)).contact_id
  const person = { n: 0, contactId, fanId: fanId ?? '0', context }
  const needs = needsOfVariables(content.variables)
  const own = (await readValues(ctx.db, needs, [person], accountId)).get(0) ?? {}
  const outcome = await rendered(ctx, accountId, content, own)
  const { message, problem } = outcome
  return {
    message: whole ? message : null,
    problem: problem && (whole ? problem : { ...problem, value: problem.value === '' ? '' : '***' }),
    values: Object.entries(content.variables).map((entry) => shown(entry, own, whole)),
    masked: !whole,
  }
}

type Outcome = Pick<Preview, 'message' | 'problem'>

async function rendered(
  ctx: Ctx,
  accountId: string,
  content: MessageContent,
  values: Values,
): Promise<Outcome> {
  try {
    return outcomeOf(render(await resolveContent(ctx, ctx.db, accountId, content), values))
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== 'message_invalid') throw error
    return { message: null, problem: { reason: 'message_invalid', field: '', value: '', rule: '' } }
  }
}

const outcomeOf = (outcome: Rendered): Outcome =>
  outcome.ok
    ? { message: outcome.message, problem: null }
    : { message: null, problem: { reason: outcome.reason, ...outcome.detail } }

function shown(
  [name, { source, format, missing }]: [string, Variables[string]],
  own: Values,
  whole: boolean,
): Preview['values'][number] {
  const value = formatValue(own[name] ?? null, format)
  if (value !== null) {
    const visible = whole || source.from === 'account-name' ? value : maskName(value)
    return { name, value: visible, used: 'own' }
  }
  return missing === 'skip' || missing.fallback === ''
    ? { name, value: '', used: 'missing' }
    : { name, value: missing.fallback, used: 'fallback' }
}
