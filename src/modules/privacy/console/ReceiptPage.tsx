import { Descriptions, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import { type Erasure, getErasureEndpoint } from '../schema.ts'
import { useCounts } from './counts.ts'

/** What was erased of a person, to show to whoever asked. */
export function ReceiptPage() {
  const { erasureId = '' } = useParams()
  const query = useEndpoint(
    getErasureEndpoint,
    { params: { erasureId } },
    { every: (data) => (data?.finishedAt === null ? 1_000 : false) },
  )
  return <Loaded query={query}>{(erasure) => <Receipt erasure={erasure} />}</Loaded>
}

function Receipt({ erasure }: { erasure: Erasure }) {
  const { t } = useTranslation()
  const format = useFormat()
  const countsOf = useCounts()
  const { id, requestedAt, requestedBy, finishedAt, counts, reason, contactId } = erasure
  return (
    <>
      <PageHeader
        title={t('privacy.receipt', { id })}
        sub={
          finishedAt === null
            ? t('privacy.running')
            : t('privacy.receiptSub', {
                requested: format.instant(requestedAt),
                finished: format.instant(finishedAt),
              })
        }
        back={{ to: '/settings/privacy', label: t('privacy.title') }}
      />
      <section className="w-panel" aria-live="polite">
        {finishedAt === null && <Progress percent={100} status="active" showInfo={false} size="small" />}
        <Descriptions
          colon={false}
          size="small"
          column={1}
          styles={{ label: { width: 200 } }}
          items={[
            { key: 'contact', label: t('people.person'), children: `#${contactId}` },
            { key: 'reason', label: t('privacy.reason'), children: t(`privacy.reasons.${reason}`) },
            { key: 'by', label: t('privacy.by'), children: requestedBy ?? t('common.system') },
            ...countsOf(counts).map(({ label, value }) => ({ key: label, label, children: value })),
          ]}
        />
        <p className="w-soft">{t('privacy.receiptNote')}</p>
      </section>
    </>
  )
}
