import { Segmented, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Content } from '../../schema.ts'
import { ArticlesComposer } from './ArticlesComposer.tsx'
import { ContentPhone } from './ContentPhone.tsx'
import type { Draft } from './draft.ts'
import { ImagesComposer } from './ImagesComposer.tsx'
import { TextComposer } from './TextComposer.tsx'

/** Step 2: the message, with the phone beside it. */
export function ContentStep({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation()
  return (
    <div className="w-compose">
      <section className="w-panel">
        <Segmented<Content['kind']>
          value={draft.contentKind}
          onChange={(contentKind) => onChange({ contentKind })}
          style={{ marginBottom: 16 }}
          options={(['articles', 'text', 'image'] as const).map((kind) => ({
            value: kind,
            label: t(`broadcasts.content.${kind}`),
          }))}
        />
        {draft.contentKind === 'articles' && (
          <ArticlesComposer articles={draft.articles} onChange={(articles) => onChange({ articles })} />
        )}
        {draft.contentKind === 'text' && (
          <TextComposer text={draft.text} onChange={(text) => onChange({ text })} />
        )}
        {draft.contentKind === 'image' && <ImagesComposer draft={draft} onChange={onChange} />}
        {draft.contentKind === 'articles' && (
          <div className="w-row" style={{ marginTop: 18, alignItems: 'flex-start', flexWrap: 'nowrap' }}>
            <Switch
              size="small"
              style={{ marginTop: 3 }}
              checked={draft.ignoreReprint}
              onChange={(ignoreReprint) => onChange({ ignoreReprint })}
            />
            <span>
              {t('broadcasts.ignoreReprint')}
              <div className="w-faint w-small">{t('broadcasts.ignoreReprintHint')}</div>
            </span>
          </div>
        )}
      </section>
      <aside className="w-compose-phone">
        <ContentPhone draft={draft} />
        <p className="w-faint w-small">{t('broadcasts.phoneHint')}</p>
      </aside>
    </div>
  )
}
