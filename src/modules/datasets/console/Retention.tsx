import { Button, Form, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  countRowsEndpoint,
  type Dataset,
  getDatasetEndpoint,
  listDatasetsEndpoint,
  updateDatasetEndpoint,
} from '../schema.ts'

/** How long rows are kept; whatever would be deleted is counted before. */
export function Retention({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<number | undefined>()
  const update = useEndpointMutation(updateDatasetEndpoint, {
    invalidates: [getDatasetEndpoint, listDatasetsEndpoint, countRowsEndpoint],
    success: t('common.saved'),
  })
  const save = (retentionDays: number | null) =>
    update.mutate(
      { params: { key: dataset.key }, body: { retentionDays } },
      { onSettled: () => setAsked(undefined) },
    )
  return (
    <section>
      <h3 className="w-section-title">{t('datasets.retention')}</h3>
      <Form<{ retentionDays?: number | null }>
        layout="inline"
        initialValues={{ retentionDays: dataset.retentionDays }}
        onFinish={({ retentionDays }) => (retentionDays ? setAsked(retentionDays) : save(null))}
      >
        <Form.Item name="retentionDays" extra={t('datasets.retentionHint')}>
          <InputNumber
            min={1}
            max={3650}
            precision={0}
            suffix={t('datasets.days')}
            style={{ width: 180 }}
            aria-label={t('datasets.retention')}
          />
        </Form.Item>
        <Button htmlType="submit" loading={update.isPending}>
          {t('common.save')}
        </Button>
      </Form>
      {asked !== undefined && (
        <Confirm
          dataset={dataset}
          days={asked}
          busy={update.isPending}
          onConfirm={() => save(asked)}
          onCancel={() => setAsked(undefined)}
        />
      )}
    </section>
  )
}

function Confirm({
  dataset,
  days,
  ...rest
}: {
  dataset: Dataset
  days: number
  busy: boolean
  onConfirm: () => void
  onCancel: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useEndpoint(countRowsEndpoint, {
    params: { key: dataset.key },
    query: { olderThanDays: days },
  })
  return (
    <ConfirmWithNumbers
      {...rest}
      open
      danger={data === undefined || data.rows > 0}
      title={t('datasets.retentionTitle', { days: format.number(days) })}
      numbers={[
        { label: t('datasets.toDelete'), value: format.number(data?.rows), strong: true },
        ...(dataset.hasLines ? [{ label: t('datasets.lines'), value: format.number(data?.lines) }] : []),
      ]}
      note={t('datasets.retentionNote')}
      okText={t('common.save')}
      busy={rest.busy || data === undefined}
    />
  )
}
