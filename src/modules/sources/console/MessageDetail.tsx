import { Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { lookUp } from '../../../console/ui/error-text.ts'
import type { RecentMessage, Rejection } from '../schema.ts'
import { CodeBlock } from './CodeBlock.tsx'

/** Why a message was not taken, and what to do about it. */
export function Refused({ rejection: { reason, detail } }: { rejection: Rejection }) {
  const told = Object.values(detail).filter((value) => typeof value !== 'object')
  return (
    <>
      <strong>{lookUp('rejections.what', reason) ?? reason}</strong>
      {told.length > 0 && <span className="w-mono"> {told.join(' · ')}</span>}
      <div className="w-soft w-small">{lookUp('rejections.todo', reason)}</div>
    </>
  )
}

export function MessageDetail({ message }: { message: RecentMessage }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (message.outcome === 'rejected') return <RawMessage payload={message.payload} />
  return (
    <Descriptions
      column={1}
      size="small"
      items={[
        {
          key: 'event',
          label: t('sources.event'),
          children: <span className="w-mono">{message.name}</span>,
        },
        { key: 'at', label: t('sources.happenedAt'), children: format.second(message.at) },
        {
          key: 'properties',
          label: t('sources.properties'),
          children:
            message.properties === null ? (
              t('sources.masked')
            ) : (
              <CodeBlock code={JSON.stringify(message.properties, null, 2)} />
            ),
        },
      ]}
    />
  )
}

export function RawMessage({ payload }: { payload: string | null }) {
  const { t } = useTranslation()
  return (
    <div>
      <p className="w-soft" style={{ margin: '0 0 6px' }}>
        {t('sources.rawMessage')}
      </p>
      {payload === null ? t('sources.masked') : <CodeBlock code={payload} />}
    </div>
  )
}
