import { FastForwardOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Progress, Segmented, Tooltip } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow, useSandboxClock } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { nextBeijingMonth } from '../../../kernel/beijing.ts'
import {
  type ClockState,
  forwardClockEndpoint,
  getClockEndpoint,
  nextDueEndpoint,
  stopFastEndpoint,
} from '../schema.ts'

const HOUR = 3_600_000

export function ClockPanel() {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  const clock = useSandboxClock().data
  return (
    <>
      <div className="w-clock">
        <b>{format.second(new Date(now))}</b>
        <small>
          {t('sandbox.beijing')}
          {clock !== undefined &&
            clock.offsetSeconds > 0 &&
            ` · ${t('sandbox.ahead', { days: (clock.offsetSeconds / 86_400).toFixed(1) })}`}
        </small>
      </div>
      <div className="w-clock-due">
        {clock?.busy === true
          ? t('sandbox.busy')
          : clock?.nextDueAt != null
            ? t('sandbox.nextDue', { at: format.second(clock.nextDueAt) })
            : t('sandbox.nothingDue')}
      </div>
      {clock?.fastUntil != null ? (
        <FastRun clock={clock} until={clock.fastUntil} now={now} />
      ) : (
        <Controls now={now} nextDueAt={clock?.nextDueAt ?? null} />
      )}
    </>
  )
}

/** Business time concerns everything on screen, so all of it is read again after a move. */
function useMoved() {
  const client = useQueryClient()
  return (state: ClockState) => {
    client.setQueryData(['api', getClockEndpoint.path, null, null], state)
    void client.invalidateQueries()
  }
}

function Controls({ now, nextDueAt }: { now: number; nextDueAt: string | null }) {
  const { t } = useTranslation()
  const allowed = useCan('sandbox:control')
  const onSuccess = useMoved()
  const [how, setHow] = useState<'fast' | 'jump'>('fast')
  const [to, setTo] = useState<Dayjs | null>(null)
  const forward = useEndpointMutation(forwardClockEndpoint, { onSuccess })
  const nextDue = useEndpointMutation(nextDueEndpoint, { onSuccess })
  const go = (instant: number) => forward.mutate({ body: { to: new Date(instant).toISOString(), how } })
  const presets = [
    { label: t('sandbox.plusHour'), at: now + HOUR },
    { label: t('sandbox.plusDay'), at: now + 24 * HOUR },
    { label: t('sandbox.nextMonth'), at: nextBeijingMonth(new Date(now)).getTime() },
  ]
  return (
    <fieldset
      disabled={!allowed}
      style={{ border: 0, margin: 0, padding: 0 }}
      title={allowed ? undefined : t('common.notAllowed')}
    >
      <Segmented
        block
        value={how}
        onChange={setHow}
        style={{ marginBottom: 6 }}
        options={[
          { value: 'fast', label: t('sandbox.fast') },
          { value: 'jump', label: t('sandbox.jump') },
        ]}
      />
      <p className="w-faint w-small" style={{ margin: '0 0 10px' }}>
        {t(how === 'fast' ? 'sandbox.fastHint' : 'sandbox.jumpHint')}
      </p>
      <div className="w-presets">
        {presets.map(({ label, at }) => (
          <Button key={label} disabled={!allowed} loading={forward.isPending} onClick={() => go(at)}>
            {label}
          </Button>
        ))}
      </div>
      <div className="w-row" style={{ flexWrap: 'nowrap', marginBottom: 12 }}>
        <DatePicker
          showTime
          value={to}
          onChange={setTo}
          style={{ flex: 1 }}
          disabled={!allowed}
          placeholder={t('sandbox.untilInstant')}
          defaultPickerValue={beijingWall(now)}
        />
        <Button disabled={!allowed || to === null} onClick={() => to && go(fromWall(to))}>
          {t('sandbox.go')}
        </Button>
      </div>
      <Tooltip title={t('sandbox.nextDueHint')}>
        <Button
          block
          icon={<FastForwardOutlined />}
          disabled={!allowed || nextDueAt === null}
          loading={nextDue.isPending}
          onClick={() => nextDue.mutate({})}
        >
          {t('sandbox.toNextDue')}
        </Button>
      </Tooltip>
    </fieldset>
  )
}

/** The picker works in the browser's zone; what it shows is meant as Beijing's wall clock. */
const beijingWall = (instant: number): Dayjs => dayjs(new Date(instant + 8 * HOUR).toISOString().slice(0, 19))
const fromWall = (picked: Dayjs): number =>
  new Date(`${picked.format('YYYY-MM-DDTHH:mm:ss')}+08:00`).getTime()

function FastRun({ clock, until, now }: { clock: ClockState; until: string; now: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const allowed = useCan('sandbox:control')
  const client = useQueryClient()
  const startedAt = useRef(now)
  const stop = useEndpointMutation(stopFastEndpoint, { onSuccess: useMoved() })
  // what is on screen changes with every step of the clock
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new state of the clock is a step
  useEffect(() => {
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== getClockEndpoint.path })
  }, [clock.now, client])
  const end = new Date(until).getTime()
  const share = end <= startedAt.current ? 1 : (now - startedAt.current) / (end - startedAt.current)
  return (
    <>
      <Progress percent={Math.min(100, Math.floor(share * 100))} status="active" size="small" />
      <div className="w-row" style={{ justifyContent: 'space-between' }}>
        <span className="w-soft w-small">{t('sandbox.runningTo', { at: format.instant(until) })}</span>
        <Button size="small" disabled={!allowed} loading={stop.isPending} onClick={() => stop.mutate({})}>
          {t('sandbox.stop')}
        </Button>
      </div>
    </>
  )
}
