import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import type { Arm, Broadcast } from '../../schema.ts'

/** How far a record is in what it does now: its copies of the draft, then what WeChat has taken. */
export function ArmProgress({ arm }: { arm: Arm }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (arm.state === 'opening')
    return (
      <Bar
        done={arm.batchesReady}
        all={arm.batchCount}
        text={t('massGroups.copies', { ready: arm.batchesReady, all: arm.batchCount })}
      />
    )
  const { planned, submitted } = arm.totals
  if (arm.state !== 'running' || planned === 0) return null
  return (
    <Bar
      done={submitted}
      all={planned}
      text={t('broadcasts.sentSoFar', { done: format.number(submitted), planned: format.number(planned) })}
    />
  )
}

function Bar({ done, all, text }: { done: number; all: number; text: string }) {
  return (
    <div className="w-small w-faint" aria-live="polite">
      <Progress
        size="small"
        status="active"
        showInfo={false}
        percent={all === 0 ? 0 : Math.floor((done / all) * 100)}
      />
      {text}
    </div>
  )
}

/** 圈群中: it is one statement, so nobody knows how far it is; how many it is about and how long it takes is told. */
export function Selecting({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  if (broadcast.state !== 'preparing' || broadcast.confirmedAt === null) return null
  const seconds = Math.max(0, Math.floor((now - Date.parse(broadcast.confirmedAt)) / 1000))
  const people = broadcast.preflight?.total
  return (
    <section className="w-panel" aria-live="polite">
      <b>{t('broadcasts.label.selecting')}</b>{' '}
      <span className="w-soft">
        {people !== undefined && t('massGroups.selecting', { number: format.number(people) })}{' '}
        {t('massGroups.elapsed', { seconds: format.number(seconds) })}
      </span>
      <div className="w-busy-bar" />
      <div className="w-faint w-small">{t('massGroups.canLeave')}</div>
    </section>
  )
}
