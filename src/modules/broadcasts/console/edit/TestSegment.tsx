import { Alert, Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { listSegmentsEndpoint } from '../../../segments/schema.ts'
import type { TestPerson } from '../../schema.ts'

type Looked = { people: TestPerson[] } | { error: unknown } | 'looking' | undefined

/** Chooses a small segment; who would get the test is seen before it goes. */
export function TestSegment({
  busy,
  peopleOf,
  onSend,
  onStop,
}: {
  busy: boolean
  peopleOf: (segmentId: string) => Promise<{ people: TestPerson[] }>
  onSend: (fanIds: string[]) => void
  onStop: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const list = useCursorList(listSegmentsEndpoint, { query: { accountId, listed: 'true', limit: 200 } })
  const [looked, setLooked] = useState<Looked>()
  const look = (segmentId: string) => {
    setLooked('looking')
    peopleOf(segmentId).then(setLooked, (error: unknown) => setLooked({ error }))
  }
  const people = typeof looked === 'object' && 'people' in looked ? looked.people : []
  return (
    <>
      <div className="w-row" style={{ flexWrap: 'nowrap' }}>
        <Select
          aria-label={t('testSend.segment')}
          style={{ flex: 1 }}
          showSearch={{ optionFilterProp: 'name' }}
          loading={list.isLoading || looked === 'looking'}
          disabled={busy}
          placeholder={t('testSend.segment')}
          notFoundContent={t('audience.noSegments')}
          onChange={look}
          options={list.items.map((segment) => ({
            value: segment.id,
            name: segment.name,
            label: `${segment.name}（${segment.size === null ? t('audience.notComputed') : format.number(segment.size)}）`,
          }))}
        />
        {busy ? (
          <Button onClick={onStop}>{t('testSend.stop')}</Button>
        ) : (
          <Button disabled={people.length === 0} onClick={() => onSend(people.map(({ fanId }) => fanId))}>
            {t('testSend.goTo', { number: format.number(people.length) })}
          </Button>
        )}
      </div>
      {people.length > 0 && (
        <p className="w-faint w-small" style={{ marginBottom: 0 }}>
          {t('testSend.people', {
            names: people
              .slice(0, 5)
              .map(({ remark, openid }) => remark || openid)
              .join(t('audience.comma')),
            number: format.number(people.length),
          })}
        </p>
      )}
      {typeof looked === 'object' && 'error' in looked && <Refused error={looked.error} />}
    </>
  )
}

function Refused({ error }: { error: unknown }) {
  const { title, advice } = useErrorText()(error)
  return <Alert type="warning" showIcon title={title} description={advice} style={{ marginTop: 10 }} />
}
