import { Segmented, Switch, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../../console/ui/sentence.ts'
import { adviceOf } from '../../../../wechat/error-codes.ts'
import type { Content } from '../../schema.ts'
import { ArticlesComposer } from './ArticlesComposer.tsx'
import { ContentPhone } from './ContentPhone.tsx'
import type { Draft } from './draft.ts'
import { ImagesComposer } from './ImagesComposer.tsx'
import { TextComposer } from './TextComposer.tsx'
import { VideoComposer } from './VideoComposer.tsx'
import { VoiceComposer } from './VoiceComposer.tsx'

const KINDS = ['articles', 'text', 'image', 'voice', 'video'] as const satisfies readonly Content['kind'][]
/** 卡券: what WeChat answers to one since it took them out of mass sends. */
const CARD_REFUSED = 45113

/** Step 2: the message, with the phone beside it. */
export function ContentStep({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation()
  const refused = useSentence()(adviceOf(CARD_REFUSED))
  return (
    <div className="w-compose">
      <section className="w-panel">
        <Segmented<Content['kind']>
          value={draft.contentKind}
          onChange={(contentKind) => onChange({ contentKind })}
          style={{ marginBottom: 16 }}
          options={[
            ...KINDS.map((kind) => ({ value: kind, label: t(`broadcasts.content.${kind}`) })),
            {
              // never chosen: it is here to be found, with WeChat's reason
              value: 'card' as Content['kind'],
              label: <Tooltip title={refused}>{t('broadcasts.content.card')}</Tooltip>,
              disabled: true,
            },
          ]}
        />
        <p className="w-faint w-small" style={{ margin: '-8px 0 14px' }}>
          {t('broadcasts.cardRefused', { why: refused, code: CARD_REFUSED })}
        </p>
        {draft.contentKind === 'articles' && (
          <ArticlesComposer articles={draft.articles} onChange={(articles) => onChange({ articles })} />
        )}
        {draft.contentKind === 'text' && (
          <TextComposer text={draft.text} onChange={(text) => onChange({ text })} />
        )}
        {draft.contentKind === 'image' && <ImagesComposer draft={draft} onChange={onChange} />}
        {draft.contentKind === 'voice' && <VoiceComposer voiceId={draft.voiceId} onChange={onChange} />}
        {draft.contentKind === 'video' && <VideoComposer video={draft.video} onChange={onChange} />}
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
