import { Alert, Button, Form, Input, InputNumber, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import type { ResponseOf } from '../../../../kernel/endpoint.ts'
import { listSegmentsEndpoint, MAX_PARTS, type Segment, splitSegmentEndpoint } from '../../schema/segment.ts'

const TWO = 2

/** 随机分组: says what each part will hold before it is done; afterwards, where the parts are. */
export function SplitModal({
  segment,
  most = MAX_PARTS,
  onClose,
  onMade,
}: {
  segment: Pick<Segment, 'id' | 'size'>
  most?: number
  onClose: () => void
  /** Takes the parts, instead of their being listed. */
  onMade?: (parts: { id: string; name: string }[]) => void
}) {
  const { t } = useTranslation()
  const [parts, setParts] = useState(TWO)
  const [shares, setShares] = useState<number[] | undefined>()
  const [seed, setSeed] = useState('')
  const [made, setMade] = useState<ResponseOf<typeof splitSegmentEndpoint> | undefined>()
  const split = useEndpointMutation(splitSegmentEndpoint, {
    invalidates: [listSegmentsEndpoint],
    onSuccess: (result) => (onMade === undefined ? setMade(result) : onMade(result.items)),
  })
  const total = shares?.reduce((sum, share) => sum + share, 0) ?? 100
  const change = (next: number) => {
    setParts(next)
    setShares((before) => before && evenShares(next))
  }
  if (made !== undefined)
    return (
      <Modal
        open
        title={t('segments.splitDone')}
        onCancel={onClose}
        footer={<Button onClick={onClose}>{t('common.close')}</Button>}
      >
        <p className="w-soft">{t('segments.splitSeed', { seed: made.seed })}</p>
        <Made items={made.items} />
      </Modal>
    )
  return (
    <Modal
      open
      title={t('segments.split')}
      okText={t('segments.splitGo')}
      confirmLoading={split.isPending}
      okButtonProps={{ disabled: total !== 100 || shares?.some((share) => share < 1) === true }}
      onCancel={onClose}
      onOk={() =>
        split.mutate({
          params: { segmentId: segment.id },
          body: { parts, ...(shares && { shares }), ...(seed.trim() !== '' && { seed: seed.trim() }) },
        })
      }
    >
      <p className="w-soft">{t('segments.splitHint')}</p>
      <Form layout="vertical" component="div">
        <Form.Item label={t('segments.parts')} htmlFor="split-parts">
          <InputNumber
            id="split-parts"
            min={TWO}
            max={most}
            precision={0}
            value={parts}
            onChange={(next) => change(next ?? TWO)}
          />
        </Form.Item>
        <Form.Item>
          <Radio.Group
            value={shares === undefined ? 'even' : 'shares'}
            onChange={(event) => setShares(event.target.value === 'even' ? undefined : evenShares(parts))}
            options={[
              { value: 'even', label: t('segments.even') },
              { value: 'shares', label: t('segments.byShare') },
            ]}
          />
        </Form.Item>
        {shares && <Shares value={shares} onChange={setShares} />}
        {total !== 100 && (
          <Alert type="warning" title={t('segments.sharesWrong', { total })} style={{ marginBottom: 12 }} />
        )}
        <Form.Item label={t('segments.seed')} htmlFor="split-seed" extra={t('segments.seedHint')}>
          <Input
            id="split-seed"
            maxLength={64}
            value={seed}
            onChange={(event) => setSeed(event.target.value)}
          />
        </Form.Item>
      </Form>
      <Preview size={segment.size} parts={parts} shares={shares} />
    </Modal>
  )
}

const evenShares = (parts: number): number[] =>
  Array.from({ length: parts }, (_, index) => Math.floor(100 / parts) + (index < 100 % parts ? 1 : 0))

function Shares({ value, onChange }: { value: readonly number[]; onChange: (value: number[]) => void }) {
  return (
    <div className="w-row" style={{ marginBottom: 12 }}>
      {value.map((share, index) => (
        <InputNumber
          key={index}
          aria-label={`${index + 1}`}
          style={{ width: 84 }}
          min={1}
          max={99}
          precision={0}
          suffix="%"
          value={share}
          onChange={(next) => onChange(value.with(index, next ?? 0))}
        />
      ))}
    </div>
  )
}

/** The numbers before it is done; of a live segment only as far as they were last known. */
function Preview({
  size,
  parts,
  shares,
}: {
  size: number | null
  parts: number
  shares: number[] | undefined
}) {
  const { t } = useTranslation()
  const format = useFormat()
  if (size === null) return null
  const each = shares
    ? shares.map((share) => `≈ ${format.number(Math.round((size * share) / 100))}`)
    : Array.from({ length: parts }, (_, index) =>
        format.number(Math.floor(size / parts) + (index < size % parts ? 1 : 0)),
      )
  return (
    <p>
      {t('segments.splitPreview', { size: format.number(size) })} {each.join(' + ')}
    </p>
  )
}

function Made({ items }: { items: readonly { id: string; name: string; size: number | null }[] }) {
  const format = useFormat()
  return (
    <ul className="w-sample">
      {items.map((part) => (
        <li key={part.id}>
          <Link to={`/segments/${part.id}`}>{part.name}</Link>
          <b>{format.number(part.size)}</b>
        </li>
      ))}
    </ul>
  )
}
