import { Table, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { useGoalText } from '../../../goals/console/index.ts'
import { ContentSummary } from '../../../messages/console/index.ts'
import type { CampaignKind, EditPreview, Plan } from '../../schema.ts'
import { useAudienceText } from '../audience-words.ts'
import { FindingList } from '../edit/FindingList.tsx'
import { useFieldNames } from '../field-names.ts'
import { useTriggerText } from '../use-trigger-text.ts'

/** What an edit changes, for whom, and who keeps what they entered under. */
export function EditImpact({ impact, ...plans }: { impact: EditPreview } & Plans) {
  const { t } = useTranslation()
  const format = useFormat()
  const { keep, runs } = impact
  return (
    <div className="w-stack" data-testid="edit-impact">
      <FindingList type="error" title={t('campaigns.review.blockers')} findings={impact.problems} />
      <section>
        <h3 className="w-section-title">{t('campaigns.editing.keep')}</h3>
        <StatRow>
          <NumberStat label={t('campaigns.editing.keepPlanned')} value={format.number(keep.planned)} />
          <NumberStat label={t('campaigns.editing.keepWaiting')} value={format.number(keep.waiting)} />
          <NumberStat label={t('campaigns.editing.keepCounting')} value={format.number(keep.counting)} />
        </StatRow>
      </section>
      <Changes changes={impact.changes} plans={plans} />
      {runs !== null && (
        <section>
          <h3 className="w-section-title">{t('campaigns.editing.runsAfter')}</h3>
          <Runs at={runs.after} />
          <div className="w-soft w-small" style={{ marginTop: 8 }}>
            {t('campaigns.editing.runsBefore')}
          </div>
          <Runs at={runs.before} />
        </section>
      )}
    </div>
  )
}

const Runs = ({ at }: { at: readonly string[] }) => {
  const format = useFormat()
  return (
    <ul className="w-next-runs">
      {at.slice(0, 5).map((one) => (
        <li key={one}>{format.instant(one)}</li>
      ))}
    </ul>
  )
}

type Plans = { kind: CampaignKind; before: Plan; after: Plan }
type Part = EditPreview['changes'][number]['part']

/** One row a part; trigger, audience and content are told as people read them, the rest field by field. */
function Changes({ changes, plans }: { changes: EditPreview['changes']; plans: Plans }) {
  const { t } = useTranslation()
  const parts = [...new Set(changes.map(({ part }) => part))]
  const ofPart = (part: Part) => changes.filter((one) => one.part === part)
  const told = (part: Part, side: 'before' | 'after') => (
    <PartInWords part={part} plan={plans[side]} kind={plans.kind} changes={ofPart(part)} side={side} />
  )
  return (
    <section>
      <h3 className="w-section-title">{t('campaigns.editing.changes')}</h3>
      <Table
        size="small"
        pagination={false}
        rowKey="part"
        dataSource={parts.map((part) => ({ part }))}
        scroll={{ x: 560 }}
        columns={[
          { title: '', width: 110, render: (_, { part }) => t(`campaigns.editing.part.${part}`) },
          { title: t('campaigns.editing.before'), render: (_, { part }) => told(part, 'before') },
          { title: t('campaigns.editing.after'), render: (_, { part }) => told(part, 'after') },
          {
            title: t('campaigns.editing.appliesTo'),
            width: 180,
            render: (_, { part }) =>
              [...new Set(ofPart(part).map(({ applies }) => applies))].map((applies) => (
                <Tag key={applies} color={applies === 'everyone' ? 'orange' : 'blue'}>
                  {t(`campaigns.editing.applies.${applies}`)}
                </Tag>
              )),
          },
        ]}
      />
    </section>
  )
}

function PartInWords({
  part,
  plan,
  kind,
  changes,
  side,
}: {
  part: Part
  plan: Plan
  kind: CampaignKind
  changes: EditPreview['changes']
  side: 'before' | 'after'
}) {
  const sentence = useTriggerText(plan, kind)
  const { t } = useTranslation()
  const audience = useAudienceText(plan.audience, kind)
  const goal = useGoalText(plan.goal)
  if (part === 'trigger') return <>{sentence}</>
  if (part === 'audience') return <>{audience}</>
  if (part === 'goal') return <>{goal ?? t('goals.notSet')}</>
  if (part === 'content' && plan.content !== null)
    return (
      <>
        <ContentSummary content={plan.content} />
        <Fields
          changes={changes}
          side={side}
          templateId={'templateId' in plan.content ? plan.content.templateId : null}
        />
      </>
    )
  return <Fields changes={changes} side={side} templateId={null} />
}

type FieldsProps = {
  changes: EditPreview['changes']
  side: 'before' | 'after'
  /** Whose fields they are, where they are a template's. */
  templateId: string | null
}

function Fields({ changes, side, templateId }: FieldsProps) {
  const nameOf = useFieldNames(templateId)
  return (
    <>
      {changes.map((one) => (
        <div key={one.field} className="w-small">
          {one.field !== '' && <span className="w-faint">{nameOf(one.field)}</span>}{' '}
          <Value field={one.field} value={one[side]} />
        </div>
      ))}
    </>
  )
}

const MOST = 300

function Value({ field, value }: { field: string; value: unknown }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (value === null || value === undefined || value === '') return <span className="w-faint">—</span>
  if (field === 'holdout' && typeof value === 'number') return <>{`${value / 100} %`}</>
  if (field === 'notAfter' && typeof value === 'string') return <>{format.instant(value)}</>
  if (field === 'quiet' && typeof value === 'object') return <>{t('campaigns.limits.quietOwn')}</>
  if (value === 'inherit' || value === 'none') return <>{t(`campaigns.limits.${value}`)}</>
  if (value === 'marketing' || value === 'service') return <>{t(`campaigns.limits.purposeKind.${value}`)}</>
  if (typeof value === 'boolean') return <>{t(value ? 'common.yes' : 'common.no')}</>
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return <span>{text.length > MOST ? `${text.slice(0, MOST)}…` : text}</span>
}
