import { Button, Descriptions } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { Copyable } from '../../../console/ui/Copyable.tsx'
import { rotateSourceKeysEndpoint, type Source } from '../schema.ts'
import { EditSourceModal } from './SourceForm.tsx'
import type { ShownKeys } from './use-keys.ts'

export function SettingsPanel({ source, shown }: { source: Source; shown: ShownKeys }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useCan('sources:manage')
  const [editing, setEditing] = useState(false)
  return (
    <div className="w-stack" style={{ maxWidth: 900 }}>
      <section className="w-panel">
        <Descriptions
          column={1}
          size="small"
          items={[
            { key: 'name', label: t('common.name'), children: source.name },
            {
              key: 'account',
              label: t('sources.account'),
              children: source.accountName ?? t('sources.noAccount'),
            },
            ...(source.kind === 'public'
              ? [
                  {
                    key: 'origins',
                    label: t('sources.origins'),
                    children: source.allowedOrigins.join('、') || t('sources.noOrigins'),
                  },
                ]
              : []),
            { key: 'at', label: t('common.createdAt'), children: format.instant(source.createdAt) },
            { key: 'by', label: t('common.createdBy'), children: source.createdBy ?? t('common.system') },
          ]}
        />
        {mayManage && (
          <Button style={{ marginTop: 12 }} onClick={() => setEditing(true)}>
            {t('sources.edit')}
          </Button>
        )}
      </section>
      <KeysPanel source={source} shown={shown} />
      <EditSourceModal source={source} open={editing} onClose={() => setEditing(false)} />
    </div>
  )
}

type KeyName = 'writeKey' | 'signingSecret'

function KeysPanel({ source, shown }: { source: Source; shown: ShownKeys }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [asking, setAsking] = useState<KeyName | undefined>()
  const rotate = useEndpointMutation(rotateSourceKeysEndpoint, {
    success: t('sources.rotated'),
    onSuccess: (keys) => {
      shown.set(keys)
      setAsking(undefined)
    },
  })
  const names: KeyName[] = source.kind === 'public' ? ['writeKey', 'signingSecret'] : ['writeKey']
  return (
    <section className="w-panel">
      <h2>{t('sources.keys')}</h2>
      {shown.keys === undefined ? (
        <>
          <p className="w-soft" style={{ marginTop: 0 }}>
            {t(shown.show === undefined ? 'sources.keysAdmin' : 'sources.keysHidden')}
          </p>
          {shown.show && (
            <Button loading={shown.isLoading} onClick={shown.show}>
              {t('sources.showKeys')}
            </Button>
          )}
        </>
      ) : (
        names.map((name) => (
          <div key={name} className="w-row" style={{ marginBottom: 10 }}>
            <span className="w-soft" style={{ minWidth: 90 }}>
              {t(`sources.${name}`)}
            </span>
            <Copyable value={shown.keys?.[name] ?? ''} />
            {shown.show && (
              <Button size="small" onClick={() => setAsking(name)}>
                {t('sources.rotate')}
              </Button>
            )}
            {name === 'signingSecret' && (
              <span className="w-faint w-small">{t('sources.signingSecretHint')}</span>
            )}
          </div>
        ))
      )}
      <ConfirmWithNumbers
        open={asking !== undefined}
        title={t(`sources.rotateTitle.${asking ?? 'writeKey'}`)}
        numbers={[
          {
            label: `${t('sources.accepted')}（${t('sources.lastHour')}）`,
            value: format.number(source.lastHour.accepted),
            strong: true,
          },
        ]}
        note={t('sources.rotateNote')}
        okText={t('sources.rotate')}
        danger
        busy={rotate.isPending}
        onConfirm={() =>
          asking && rotate.mutate({ params: { sourceId: source.id }, body: { [asking]: true } })
        }
        onCancel={() => setAsking(undefined)}
      />
    </section>
  )
}
