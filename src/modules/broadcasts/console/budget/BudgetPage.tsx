import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button, Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { addBeijingDays, monthAfter } from '../../../../kernel/beijing.ts'
import { type MassBudget, massBudgetEndpoint } from '../../schema.ts'
import { OpenOutsideNote } from '../outside/OpenOutsideNote.tsx'
import { AskPanel } from './AskPanel.tsx'
import { LeftBars } from './LeftBars.tsx'
import { MonthGrid } from './MonthGrid.tsx'
import { SaturationChart } from './SaturationChart.tsx'
import './budget.css'

const MINUTE = 60_000
const VIEWS = ['calendar', 'ask'] as const
type View = (typeof VIEWS)[number]

/** 额度日历: what the account's month holds, and what its fans can still receive. */
export function BudgetPage() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [params, setParams] = useSearchParams()
  const view: View = params.get('view') === 'ask' ? 'ask' : 'calendar'
  const month = params.get('month') ?? undefined
  const set = (key: string, value: string | undefined) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === undefined) next.delete(key)
        else next.set(key, value)
        return next
      },
      { replace: true },
    )
  const query = useEndpoint(
    massBudgetEndpoint,
    { params: { accountId }, query: { ...(month !== undefined && { month }) } },
    { keepPrevious: true, every: MINUTE },
  )
  return (
    <>
      <PageHeader
        title={t('massBudget.title')}
        sub={t('massBudget.sub')}
        actions={query.data && <Months budget={query.data} onChoose={(one) => set('month', one)} />}
      />
      <Tabs
        activeKey={view}
        size="small"
        onChange={(key) => set('view', key === 'calendar' ? undefined : key)}
        items={VIEWS.map((key) => ({
          key,
          label: t(`massBudget.view.${key}`),
        }))}
      />
      {view === 'ask' ? (
        <AskPanel />
      ) : (
        <Loaded query={query}>{(budget) => <Calendar budget={budget} />}</Loaded>
      )}
    </>
  )
}

function Calendar({ budget }: { budget: MassBudget }) {
  const { t } = useTranslation()
  const { left, month, perFan } = budget
  return (
    <div className="w-budget">
      <section className="w-panel w-budget-month">
        <h2>{t('massBudget.calendar', { month })}</h2>
        <OpenOutsideNote budget={budget} />
        <MonthGrid budget={budget} />
      </section>
      <section className="w-panel">
        <h2>{t('massBudget.left')}</h2>
        {left === null ? (
          <EmptyState compact title={t('massBudget.noLimit')} hint={t('massBudget.noLimitHint')} />
        ) : (
          <>
            <LeftBars
              series={[
                { key: 'now', lefts: left.now },
                { key: 'planned', lefts: left.planned },
              ]}
            />
            <p className="w-faint w-small">{t('massBudget.leftHint')}</p>
          </>
        )}
      </section>
      {perFan !== null && <SaturationChart month={month} />}
    </div>
  )
}

const monthBefore = (month: string) => addBeijingDays(`${month}-01`, -1).slice(0, 7)

function Months({
  budget: { month, today },
  onChoose,
}: {
  budget: MassBudget
  onChoose: (month: string | undefined) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      <Button
        icon={<LeftOutlined />}
        aria-label={t('massBudget.before')}
        onClick={() => onChoose(monthBefore(month))}
      />
      <strong>{month}</strong>
      <Button
        icon={<RightOutlined />}
        aria-label={t('massBudget.after')}
        onClick={() => onChoose(monthAfter(month))}
      />
      <Button disabled={today.startsWith(month)} onClick={() => onChoose(undefined)}>
        {t('massBudget.thisMonth')}
      </Button>
    </>
  )
}
