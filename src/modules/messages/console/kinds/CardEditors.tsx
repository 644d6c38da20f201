import { Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CUSTOMER_SERVICE_LIMITS as LIMITS } from '../../../../wechat/rules/customer-service-limits.ts'
import type { ContentOf } from '../../schema.ts'
import { useEdit } from '../compose-context.ts'
import { TextField } from '../TextField.tsx'
import { ImageField } from './AssetField.tsx'
import { TargetFields } from './TargetFields.tsx'

const characters = (most: number) => ({ most, unit: 'characters' as const })

export function ImageEditor({ content }: { content: ContentOf<'image'> }) {
  const { t } = useTranslation()
  const edit = useEdit<'image'>()
  return (
    <ImageField
      field="mediaAssetId"
      label={t('messages.kind.image')}
      value={content.mediaAssetId}
      onChange={(mediaAssetId) => edit({ mediaAssetId })}
    />
  )
}

/** 图文到落地页. */
export function NewsEditor({ content }: { content: ContentOf<'news'> }) {
  const { t } = useTranslation()
  const edit = useEdit<'news'>()
  const [byUrl, setByUrl] = useState(content.pictureAssetId === null && content.pictureUrl !== '')
  return (
    <>
      <TextField
        field="title"
        label={t('messages.field.title')}
        value={content.title}
        limit={characters(LIMITS.newsTitle)}
        onChange={(title) => edit({ title })}
      />
      <TextField
        field="description"
        label={t('messages.field.description')}
        value={content.description}
        rows={3}
        limit={characters(LIMITS.newsDescription)}
        onChange={(description) => edit({ description })}
      />
      <TextField
        field="url"
        label={t('messages.field.url')}
        value={content.url}
        example="https://…"
        hint={t('messages.hint.url')}
        onChange={(url) => edit({ url })}
      />
      <Radio.Group
        value={byUrl}
        onChange={({ target }) => {
          setByUrl(target.value as boolean)
          edit(target.value ? { pictureAssetId: null } : { pictureUrl: '' })
        }}
        options={[
          { value: false, label: t('messages.pictureBy.upload') },
          { value: true, label: t('messages.pictureBy.url') },
        ]}
      />
      {byUrl ? (
        <TextField
          field="pictureUrl"
          label={t('messages.field.pictureUrl')}
          value={content.pictureUrl}
          example="https://…"
          onChange={(pictureUrl) => edit({ pictureUrl })}
        />
      ) : (
        <ImageField
          field="pictureUrl"
          label={t('messages.field.picture')}
          hint={t('messages.hint.newsPicture')}
          value={content.pictureAssetId}
          onChange={(pictureAssetId) => edit({ pictureAssetId })}
        />
      )}
    </>
  )
}

export function MiniProgramEditor({ content }: { content: ContentOf<'mini-program'> }) {
  const { t } = useTranslation()
  const edit = useEdit<'mini-program'>()
  return (
    <>
      <TextField
        field="title"
        label={t('messages.field.title')}
        value={content.title}
        limit={characters(LIMITS.miniProgramTitle)}
        onChange={(title) => edit({ title })}
      />
      <TargetFields prefix="" target={content} onChange={(target) => edit(target)} />
      <ImageField
        field="thumbAssetId"
        label={t('messages.field.cardPicture')}
        hint={t('messages.hint.cardPicture')}
        value={content.thumbAssetId}
        onChange={(thumbAssetId) => edit({ thumbAssetId })}
      />
    </>
  )
}

export function MusicEditor({ content }: { content: ContentOf<'music'> }) {
  const { t } = useTranslation()
  const edit = useEdit<'music'>()
  return (
    <>
      <TextField
        field="title"
        label={t('messages.field.title')}
        value={content.title}
        limit={characters(LIMITS.mediaTitle)}
        onChange={(title) => edit({ title })}
      />
      <TextField
        field="description"
        label={t('messages.field.description')}
        value={content.description}
        limit={characters(LIMITS.mediaDescription)}
        onChange={(description) => edit({ description })}
      />
      <TextField
        field="musicUrl"
        label={t('messages.field.musicUrl')}
        value={content.musicUrl}
        example="https://…"
        onChange={(musicUrl) => edit({ musicUrl })}
      />
      <TextField
        field="hqMusicUrl"
        label={t('messages.field.hqMusicUrl')}
        value={content.hqMusicUrl}
        example="https://…"
        hint={t('messages.hint.hqMusicUrl')}
        onChange={(hqMusicUrl) => edit({ hqMusicUrl })}
      />
      <ImageField
        field="thumbAssetId"
        label={t('messages.field.cover')}
        value={content.thumbAssetId}
        onChange={(thumbAssetId) => edit({ thumbAssetId })}
      />
    </>
  )
}
