import { Button, Form, Input, Select, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import {
  KEYWORDS,
  listLibraryCategoriesEndpoint,
  listLibraryKeywordsEndpoint,
  listLibraryTitlesEndpoint,
  type NewTemplate,
  SCENE_CHARACTERS,
} from '../schema.ts'

type Props = { busy: boolean; onSubmit: (body: NewTemplate) => void }
type Fields = { kids: number[]; scene: string }

/** Category, then template of the public library, then its keywords and what it is for. */
export function LibraryForm({ busy, onSubmit }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [categoryId, setCategoryId] = useState<string | undefined>()
  const [tid, setTid] = useState<string | undefined>()
  const categories = useEndpoint(listLibraryCategoriesEndpoint, { params: { accountId } })
  return (
    <Loaded query={categories} rows={3}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState compact title={t('templates.noCategories')} />
        ) : (
          <Form<Fields>
            layout="vertical"
            onFinish={({ kids, scene }) => tid && onSubmit({ kind: 'subscription', tid, kids, scene })}
          >
            <Form.Item label={t('templates.category')} required>
              <Select
                value={categoryId ?? null}
                options={items.map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(id) => {
                  setCategoryId(id ?? undefined)
                  setTid(undefined)
                }}
              />
            </Form.Item>
            {categoryId && (
              <TitlePicker key={categoryId} categoryId={categoryId} value={tid} onChange={setTid} />
            )}
            {tid && <Details key={tid} tid={tid} busy={busy} />}
          </Form>
        )
      }
    </Loaded>
  )
}

function TitlePicker({
  categoryId,
  value,
  onChange,
}: {
  categoryId: string
  value: string | undefined
  onChange: (tid: string) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [start, setStart] = useState(0)
  const query = useEndpoint(
    listLibraryTitlesEndpoint,
    { params: { accountId }, query: { categoryId, start: String(start) } },
    { keepPrevious: true },
  )
  return (
    <Loaded query={query} rows={3}>
      {({ items, count }) => (
        <Form.Item
          label={t('templates.libraryTitle')}
          required
          extra={
            start + items.length < count && (
              <Button size="small" type="link" onClick={() => setStart(start + items.length)}>
                {t('templates.libraryMore')}
              </Button>
            )
          }
        >
          <Select
            showSearch
            optionFilterProp="title"
            value={value ?? null}
            onChange={(tid) => tid && onChange(tid)}
            options={items.map(({ tid, title, term }) => ({
              value: tid,
              title,
              label: (
                <>
                  {title} <Tag>{t(`templates.term.${term}`)}</Tag>
                </>
              ),
            }))}
          />
        </Form.Item>
      )}
    </Loaded>
  )
}

function Details({ tid, busy }: { tid: string; busy: boolean }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const query = useEndpoint(listLibraryKeywordsEndpoint, { params: { accountId }, query: { tid } })
  return (
    <Loaded query={query} rows={3}>
      {({ items }) => (
        <>
          <Form.Item
            name="kids"
            label={t('templates.keywords')}
            extra={t('templates.chooseKeywords')}
            rules={[
              {
                required: true,
                type: 'array',
                min: KEYWORDS.fewest,
                max: KEYWORDS.most,
                message: t('templates.keywordsInvalid'),
              },
            ]}
          >
            <Select
              mode="multiple"
              maxCount={KEYWORDS.most}
              options={items.map(({ kid, name, example, rule }) => ({
                value: kid,
                label: `${name}（${rule}，${example}）`,
              }))}
            />
          </Form.Item>
          <Form.Item
            name="scene"
            label={t('templates.scene')}
            extra={t('templates.sceneHint')}
            rules={[{ required: true, max: SCENE_CHARACTERS, message: t('templates.sceneInvalid') }]}
          >
            <Input maxLength={SCENE_CHARACTERS} showCount />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('templates.add')}
          </Button>
        </>
      )}
    </Loaded>
  )
}
