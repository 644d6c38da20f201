import { randomUUID } from 'node:crypto'
import type { Ctx } from '../../context.ts'
import { getAccount } from '../accounts/index.ts'
import { goneAmong, keyOfMaterial } from '../contents/index.ts'
import { materialsIn } from '../messages/index.ts'
import { choose } from './choose.ts'
import { passiveOf } from './passive.ts'
import { isActive } from './rules/hours.ts'
import { createMatcher, type Hit, KEYWORD_ORDER, wordsOf } from './rules/keywords.ts'
import { withoutClosingMarks } from './rules/normalise.ts'
import { type Act, byPriority } from './rules/precedence.ts'
import type { TestPush, TestResult } from './schema.ts'
import { readVersion } from './store/live.ts'
import { findTarget, type RuleRow, selectRules } from './store/reads.ts'

/** Customer-service messages that an act allows after it. */
const ALLOWED = { message: 5, other: 3 }

type Candidate = { rule: RuleRow; keyword: number | null }
type Because = TestResult['because']['reason']

/** What somebody who does this would get, and why; reads the rules as they are in the database now. */
export async function testReply(
  ctx: Ctx,
  accountId: string,
  push: TestPush,
  at: Date = ctx.clock.now(),
): Promise<TestResult> {
  const account = await getAccount(ctx, accountId)
  const act = actOfTest(push)
  const { candidates, because } = await candidatesFor(ctx, accountId, act)
  const place = candidates.findIndex(({ rule }) => answers(rule, at))
  const winner = candidates[place]
  const also = winner?.rule.answer.followToo
    ? candidates.slice(place + 1).find(({ rule }) => answers(rule, at))
    : undefined
  const passedOver = candidates.flatMap((one, index) => {
    if (one === winner || one === also) return []
    const reason = index < place || winner === undefined ? silence(one.rule, at) : beaten(winner, one)
    return reason === null ? [] : [{ rule: nameOf(one.rule), keyword: wordOf(one), reason }]
  })
  if (winner === undefined) return { ...NOTHING, because: { reason: 'nobody', keyword: null }, passedOver }
  const { kind } = winner.rule
  const reason = kind === 'default' || kind === 'follow' ? kind : because
  return {
    rule: nameOf(winner.rule),
    because: { reason, keyword: wordOf(winner) },
    passedOver,
    ...(await given(ctx, { account, rule: winner.rule, also: also?.rule, act })),
  }
}

const NOTHING = { rule: null, also: null, first: null, rest: [], effects: null, warnings: [] }

function actOfTest(push: TestPush): Act {
  switch (push.kind) {
    case 'text':
      return { kind: 'text', text: push.text }
    case 'voice':
      return { kind: 'text', text: withoutClosingMarks(push.recognition) }
    default:
      return push
  }
}

/** Every rule that this act could be answered by, the best first, whether or not it may answer now. */
async function candidatesFor(
  ctx: Ctx,
  accountId: string,
  act: Act,
): Promise<{ candidates: Candidate[]; because: Because }> {
  const rules = await selectRules(ctx.db, { accountId })
  const of = (kind: RuleRow['kind']): Candidate[] =>
    rules
      .filter((rule) => rule.kind === kind)
      .sort(byPriority)
      .map((rule) => ({ rule, keyword: null }))
  const aimed = async (kind: 'scan' | 'menu', target: string): Promise<Candidate[]> => {
    const ruleId = await findTarget(ctx.db, { accountId, kind, target })
    const rule = rules.find(({ id }) => id === ruleId)
    return rule === undefined ? [] : [{ rule, keyword: null }]
  }
  switch (act.kind) {
    case 'text': {
      const words = rules.filter(({ kind }) => kind === 'keyword')
      const hits: Hit<RuleRow>[] = createMatcher(words).all(act.text)
      const best = hits.filter(
        (hit, index) => hits.findIndex(({ rule }) => rule.id === hit.rule.id) === index,
      )
      return { candidates: [...best, ...of('default')], because: 'keyword' }
    }
    case 'other':
      return { candidates: of('default'), because: 'default' }
    case 'follow': {
      const code = act.scene === null ? [] : await aimed('scan', act.scene)
      return { candidates: [...code, ...of('follow')], because: code.length > 0 ? 'code' : 'follow' }
    }
    case 'scan':
      return { candidates: await aimed('scan', act.scene), because: 'code' }
    case 'menu':
      return { candidates: await aimed('menu', act.key), because: 'button' }
  }
}

type PassedOver = TestResult['passedOver'][number]['reason']

const answers = (rule: RuleRow, at: Date) => silence(rule, at) === null

function silence(rule: RuleRow, at: Date): PassedOver | null {
  if (rule.state === 'off') return 'off'
  return isActive(rule.hours, at) ? null : 'out_of_hours'
}

/** Why one that matches too comes after the one that answers; of defaults behind a keyword nothing is said. */
function beaten(winner: Candidate, other: Candidate): PassedOver | null {
  if (winner.rule.kind !== other.rule.kind) return null
  if (other.rule.priority < winner.rule.priority) return 'lower_priority'
  const [word, better] = [keywordOf(other), keywordOf(winner)]
  if (word === undefined || better === undefined) return 'newer'
  if (KEYWORD_ORDER.indexOf(word.match) > KEYWORD_ORDER.indexOf(better.match)) return 'looser_match'
  return wordsOf(word).length < wordsOf(better).length ? 'shorter_word' : 'newer'
}

const keywordOf = ({ rule, keyword }: Candidate) => (keyword === null ? undefined : rule.keywords[keyword])
const wordOf = (one: Candidate) => {
  const word = keywordOf(one)
  return word === undefined ? null : { text: word.text, match: word.match }
}
const nameOf = ({ id, name, kind }: RuleRow) => ({ id, name, kind })

type Given = { account: { id: string; name: string }; rule: RuleRow; also: RuleRow | undefined; act: Act }

/** What the rule gives, and one that answers after it; where one of several is drawn, one of them. */
async function given(
  ctx: Ctx,
  { account, rule, also, act }: Given,
): Promise<Pick<TestResult, 'also' | 'first' | 'rest' | 'effects' | 'warnings'>> {
  const own = await partOf(ctx, account, rule)
  const more = also && (await partOf(ctx, account, also))
  const passive = own.replies.length === 0 && more !== undefined ? more.passive : own.passive
  const replies = [...own.replies, ...(more?.replies ?? [])]
  const rest = passive ? replies.slice(1) : replies
  const allowed = act.kind === 'text' || act.kind === 'other' ? ALLOWED.message : ALLOWED.other
  const gone = [...own.gone, ...(more?.gone ?? []).map((reply) => reply + rule.answer.replies.length)]
  const warnings: TestResult['warnings'] = gone.map((reply) => ({
    reason: 'material_gone',
    detail: { reply },
  }))
  for (const { mode, replies: all } of [rule.answer, ...(also === undefined ? [] : [also.answer])])
    if (mode !== 'all' && all.length > 1) warnings.push({ reason: 'one_of', detail: { count: all.length } })
  if (replies.length > 0 && !passive) warnings.push({ reason: 'not_passive', detail: {} })
  if (rest.length > allowed)
    warnings.push({ reason: 'beyond_window', detail: { allowed, replies: rest.length } })
  if (rule.everyMs !== null) warnings.push({ reason: 'at_most_every', detail: { ms: Number(rule.everyMs) } })
  return {
    also: also === undefined ? null : { rule: nameOf(also), effects: also.answer.effects },
    first: passive ? (replies[0] ?? null) : null,
    rest,
    effects: rule.answer.effects,
    warnings,
  }
}

/** The replies of one rule, whether the first can be the push's own answer, and the places of those whose material is gone. */
async function partOf(ctx: Ctx, account: Given['account'], { id, version, answer }: RuleRow) {
  const goneNow = await goneAmong(
    ctx.db,
    account.id,
    answer.replies.flatMap(({ content }) => materialsIn(content)),
  )
  const choices = answer.replies.map(({ content, weight }) => ({
    weight,
    gone: materialsIn(content).some((one) => goneNow.has(keyOfMaterial(one))),
  }))
  const chosen = choose({ mode: answer.mode, replies: choices }, { key: randomUUID(), rule: id })
  const kept = await readVersion(ctx.pool, { ruleId: id, accountId: account.id, version })
  const first = chosen[0] === undefined ? undefined : kept?.answer.replies[chosen[0]]
  return {
    passive: first !== undefined && passiveOf(first, account.name) !== null,
    gone: choices.flatMap((choice, reply) => (choice.gone ? [reply] : [])),
    replies: chosen.flatMap((index) => {
      const content = answer.replies[index]?.content
      return content === undefined ? [] : [{ index, content }]
    }),
  }
}
