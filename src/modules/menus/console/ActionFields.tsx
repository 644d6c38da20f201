import { FileTextOutlined, PictureOutlined } from '@ant-design/icons'
import { Button, Form, Input, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { bytesOf } from '../../../wechat/rules/customer-service-limits.ts'
import { isKeyed, MENU_LIMITS } from '../../../wechat/rules/menu-limits.ts'
import { ArticlePicker, ImagePicker, MediaPicker } from '../../contents/console/index.ts'
import { getArticleSetEndpoint, MEDIA_KINDS, type MediaKind } from '../../contents/schema.ts'
import { useLinkedMiniPrograms } from '../../mini-programs/console/index.ts'
import { keyOf } from '../rules.ts'
import type { MenuLeaf } from '../schema.ts'

type Props = {
  button: MenuLeaf
  problemOf: (...fields: string[]) => string | undefined
  onChange: (part: Partial<MenuLeaf>) => void
}

/** What each kind of button asks for. */
export function ActionFields(props: Props) {
  const { type } = props.button
  if (isKeyed(type)) return <KeyField {...props} />
  switch (type) {
    case 'view':
      return <AddressField {...props} hint="urlHint" />
    case 'miniprogram':
      return <MiniProgramFields {...props} />
    case 'media_id':
      return <MaterialField {...props} />
    case 'view_limited':
      return <RawId id={props.button.mediaId} />
    default:
      return <ArticleField {...props} />
  }
}

const helped = (problem: string | undefined, hint?: string) => ({
  validateStatus: problem ? ('error' as const) : ('' as const),
  help: problem,
  extra: hint,
})

function KeyField({ button, problemOf, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <Form.Item label={t('menus.key')} {...helped(problemOf('key'), t('menus.keyHint'))}>
      <Input
        aria-label={t('menus.key')}
        value={button.key}
        placeholder={keyOf({ ...button, key: '' })}
        suffix={
          <span className="w-faint w-small">
            {t('menus.bytes', { used: bytesOf(keyOf(button)), most: MENU_LIMITS.keyBytes })}
          </span>
        }
        onChange={({ target }) => onChange({ key: target.value })}
      />
    </Form.Item>
  )
}

function AddressField({ button, problemOf, onChange, hint }: Props & { hint: 'urlHint' | 'fallbackHint' }) {
  const { t } = useTranslation()
  const label = t(hint === 'urlHint' ? 'menus.url' : 'menus.fallback')
  return (
    <Form.Item label={label} required {...helped(problemOf('url'), t(`menus.${hint}`))}>
      <Input
        aria-label={label}
        value={button.url}
        placeholder="https://"
        onChange={({ target }) => onChange({ url: target.value })}
      />
    </Form.Item>
  )
}

function MiniProgramFields(props: Props) {
  const { t } = useTranslation()
  const { button, problemOf, onChange } = props
  const linked = useLinkedMiniPrograms(useAccountId()).data?.items ?? []
  return (
    <>
      <Form.Item
        label={t('menus.miniProgram')}
        required
        {...helped(problemOf('appId'), t('menus.miniProgramHint'))}
      >
        <Select
          aria-label={t('menus.miniProgram')}
          value={button.appId === '' ? null : button.appId}
          options={linked.map(({ appid, name }) => ({ value: appid, label: `${name} · ${appid}` }))}
          placeholder={t('menus.chooseMiniProgram')}
          onChange={(appId: string) => onChange({ appId })}
        />
      </Form.Item>
      <Form.Item label={t('menus.path')} required {...helped(problemOf('path'))}>
        <Input
          aria-label={t('menus.path')}
          value={button.path}
          placeholder="pages/index/index"
          onChange={({ target }) => onChange({ path: target.value })}
        />
      </Form.Item>
      <AddressField {...props} hint="fallbackHint" />
    </>
  )
}

function RawId({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <p className="w-soft" style={{ overflowWrap: 'anywhere' }}>
      {t('menus.rawId', { id })}
    </p>
  )
}

const NONE: readonly string[] = []

function MaterialField({ button, problemOf, onChange }: Props) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<MediaKind>('image')
  const [picking, setPicking] = useState(false)
  const choose = (mediaAssetId: string | undefined) => {
    setPicking(false)
    if (mediaAssetId !== undefined) onChange({ mediaAssetId, mediaId: '' })
  }
  const { mediaAssetId, mediaId } = button
  return (
    <Form.Item label={t('menus.material')} required {...helped(problemOf('mediaAssetId', 'mediaId'))}>
      {mediaAssetId === null && mediaId !== '' && <RawId id={mediaId} />}
      {mediaAssetId !== null && <p className="w-soft">{t('menus.materialChosen', { id: mediaAssetId })}</p>}
      <div className="w-row" style={{ flexWrap: 'wrap' }}>
        <Segmented
          value={kind}
          onChange={setKind}
          options={MEDIA_KINDS.map((one) => ({ value: one, label: t(`messages.kind.${one}`) }))}
        />
        <Button icon={<PictureOutlined />} onClick={() => setPicking(true)}>
          {t('menus.chooseMaterial')}
        </Button>
      </div>
      {kind === 'image' ? (
        <ImagePicker
          place="menu"
          open={picking}
          chosen={NONE}
          max={1}
          onClose={() => setPicking(false)}
          onChoose={([first]) => choose(first)}
        />
      ) : (
        <MediaPicker
          place="menu"
          kind={kind}
          open={picking}
          onClose={() => setPicking(false)}
          onChoose={({ id }) => choose(id)}
        />
      )}
    </Form.Item>
  )
}

function ArticleField({ button, problemOf, onChange }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [picking, setPicking] = useState(false)
  const { articleSetId, articleId } = button
  const { data: set } = useEndpoint(
    getArticleSetEndpoint,
    { params: { accountId, articleSetId: articleSetId ?? '' } },
    { enabled: articleSetId !== null },
  )
  return (
    <Form.Item
      label={t('menus.article')}
      required
      {...helped(problemOf('articleSetId', 'articleId'), t('menus.articleHint'))}
    >
      {articleSetId === null && articleId !== '' && <RawId id={articleId} />}
      <div className="w-row">
        {set !== undefined && <strong>{set.title}</strong>}
        <Button icon={<FileTextOutlined />} onClick={() => setPicking(true)}>
          {t('articles.choose')}
        </Button>
      </div>
      <ArticlePicker
        open={picking}
        room={1}
        place="menu"
        onClose={() => setPicking(false)}
        onPick={([first]) => {
          setPicking(false)
          if (first !== undefined) onChange({ articleSetId: first.articleSetId, articleId: '' })
        }}
      />
    </Form.Item>
  )
}
