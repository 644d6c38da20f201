import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import type { Broadcast, Confirmation } from '../../schema.ts'

/** 等待管理员确认: until when, and what happens when that runs out. */
export function ConfirmationNotice({ broadcast }: { broadcast: Broadcast }) {
  return broadcast.groups.flatMap(({ name, arms }) =>
    arms.map(({ number, confirmation }) =>
      confirmation === null ? null : (
        <Notice
          key={number}
          confirmation={confirmation}
          group={broadcast.groupCount > 1 ? `${name} · ` : ''}
        />
      ),
    ),
  )
}

function Notice({ confirmation, group }: { confirmation: Confirmation; group: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const left = useLeft(confirmation)
  const { batches, until } = confirmation
  const over = left === null
  return (
    <Alert
      type={over ? 'warning' : 'info'}
      showIcon
      title={`${group}${over ? t('massFollowing.confirm.over') : t('massFollowing.confirm.waits', { left })}`}
      description={t(over ? 'massFollowing.confirm.overHint' : 'massFollowing.confirm.hint', {
        number: format.number(batches),
        at: format.instant(until),
      })}
    />
  )
}

/** In a list: what is left of the time to confirm. */
export function ConfirmationMark({ confirmation }: { confirmation: Confirmation | null }) {
  return confirmation === null ? null : <Mark confirmation={confirmation} />
}

function Mark({ confirmation }: { confirmation: Confirmation }) {
  const { t } = useTranslation()
  const left = useLeft(confirmation)
  return (
    <div className="w-faint w-small">
      {left === null ? t('massFollowing.confirm.overShort') : t('massFollowing.confirm.short', { left })}
    </div>
  )
}

/** Minutes and seconds left, null once it ran out. */
function useLeft({ until }: Confirmation): string | null {
  const seconds = Math.ceil((new Date(until).getTime() - useBusinessNow()) / 1_000)
  if (seconds <= 0) return null
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
