import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { Alert, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { ErrorState, LoadingState } from '../../../../console/ui/states.tsx'
import { listPeopleEndpoint, type Person } from '../../../contacts/schema.ts'
import type { Explanation } from '../../schema/ask.ts'
import { isGroup, type Rule } from '../../schema/rule.ts'
import { nodeAt } from '../rule/tree.ts'
import type { RuleNames } from '../words/names.ts'
import { conditionInWords } from '../words/rule-in-words.ts'
import { sawInWords } from '../words/saw-in-words.ts'
import { useExplanation } from './use-asked.ts'

export type Chosen = { contactId: string; name: string | null }

/** 为什么: finds a person and tells, clause by clause, why they are in or out. */
export function WhyPanel({
  rule,
  at,
  names,
  ready,
  chosen,
  onChoose,
}: {
  rule: Rule
  at?: string | undefined
  names: RuleNames
  ready: boolean
  chosen: Chosen | undefined
  onChoose: (person: Chosen | undefined) => void
}) {
  const { t } = useTranslation()
  const why = useExplanation({ rule, at }, chosen?.contactId, ready)
  return (
    <section className="w-panel w-why">
      <h2>{t('segments.why')}</h2>
      <PersonSearch chosen={chosen} onChoose={onChoose} />
      {chosen === undefined ? (
        <p className="w-soft w-small">{t('segments.whyHint')}</p>
      ) : why.error ? (
        <ErrorState error={why.error} onRetry={() => void why.refetch()} />
      ) : why.data === undefined ? (
        ready ? (
          <LoadingState rows={3} />
        ) : (
          <p className="w-soft">{t('segments.estimateIncomplete')}</p>
        )
      ) : (
        <div className={why.isPlaceholderData || !ready ? 'w-stale' : ''}>
          <Alert
            showIcon
            type={why.data.passes ? 'success' : 'warning'}
            title={t(why.data.passes ? 'segments.isIn' : 'segments.isOut')}
          />
          <Reasons explanation={why.data} rule={rule} names={names} />
        </div>
      )}
    </section>
  )
}

function PersonSearch({
  chosen,
  onChoose,
}: {
  chosen: Chosen | undefined
  onChoose: (person: Chosen | undefined) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const q = useSettled(text.trim())
  const found = useEndpoint(
    listPeopleEndpoint,
    { query: { q, limit: 10 } },
    { enabled: q !== '', keepPrevious: true },
  )
  const people = q === '' ? [] : (found.data?.items ?? [])
  const label = (name: string | null, id: string) => name ?? t('segments.personNumbered', { id })
  return (
    <Select<string>
      style={{ width: '100%' }}
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear
      aria-label={t('segments.whySearch')}
      placeholder={t('segments.whySearch')}
      loading={found.isFetching}
      value={chosen === undefined ? null : (chosen.contactId as string | null)}
      notFoundContent={q === '' ? t('segments.whySearchHint') : found.isFetching ? '…' : t('common.noMatch')}
      onChange={(id?: string) => {
        const person = people.find((one) => one.id === id)
        onChoose(id === undefined ? undefined : { contactId: id, name: person?.name ?? null })
      }}
      options={[
        ...people.map((one) => ({
          value: one.id,
          label: label(nameOf(one), one.id),
          note: one.phone ?? one.user,
        })),
        ...(chosen && !people.some(({ id }) => id === chosen.contactId)
          ? [{ value: chosen.contactId, label: label(chosen.name, chosen.contactId), note: null }]
          : []),
      ]}
      optionRender={({ data }) => (
        <span className="w-rule-option">
          {data.label}
          {data['note'] !== null && <small>{data['note']}</small>}
        </span>
      )}
    />
  )
}

const nameOf = (person: Person): string | null =>
  person.name ?? person.fans.find(({ remark }) => remark !== null && remark !== '')?.remark ?? null

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 300)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** The rule as a tree with a verdict at each node and what each condition saw. */
function Reasons({ explanation, rule, names }: { explanation: Explanation; rule: Rule; names: RuleNames }) {
  const { t, i18n } = useTranslation()
  const locale = i18n.language === 'en' ? 'en' : 'zh-CN'
  return (
    <ul className="w-reasons">
      {explanation.nodes.map(({ path, passes, condition, saw }) => {
        const node = nodeAt(rule, path)
        if (node === undefined) return null
        return (
          <li key={path.join('.')} style={{ marginInlineStart: path.length * 16 }} data-passes={passes}>
            {passes ? <CheckCircleFilled className="w-yes" /> : <CloseCircleFilled className="w-no" />}
            {condition === null ? (
              <b>
                {t(isGroup(node) ? (node.kind === 'and' ? 'segments.all' : 'segments.any') : 'segments.not')}
              </b>
            ) : (
              <span>
                {conditionInWords(condition, names, locale)}
                <small>{sawInWords(condition, { saw, passes }, names, locale)}</small>
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
