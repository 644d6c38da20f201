import { Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { partsOfText } from '../../../../wechat/rules/text-links.ts'
import { ArticlePicker } from '../../../contents/console/index.ts'
import { useLinkedMiniPrograms } from '../../../mini-programs/console/index.ts'
import { useArticleHosts } from './use-article-hosts.ts'

type Props = { open: boolean; onClose: () => void; onInsert: (piece: string) => void }

/** A link to an article: picked from the published ones, or its address pasted. */
export function ArticleLinkModal({ open, onClose, onInsert }: Props) {
  const { t } = useTranslation()
  const hosts = useArticleHosts()
  const [form] = Form.useForm<{ href: string; label: string }>()
  const [picking, setPicking] = useState(false)
  return (
    <Modal
      open={open}
      title={t('composer.articleLink')}
      okText={t('composer.insert')}
      onCancel={onClose}
      onOk={form.submit}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ href, label }) =>
          onInsert(`<a href="${quoted(href.trim())}">${quoted(label.trim())}</a>`)
        }
      >
        <Form.Item
          name="href"
          label={t('composer.articleUrl')}
          extra={
            <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setPicking(true)}>
              {t('composer.pickPublished')}
            </Button>
          }
          rules={[
            {
              validator: async (_, href: string | undefined) => {
                const [part] = partsOfText(`<a href="${quoted((href ?? '').trim())}">x</a>`, hosts)
                if (part?.kind !== 'article') throw new Error(t('composer.notAnArticle'))
              },
            },
          ]}
        >
          <Input placeholder="https://mp.weixin.qq.com/s/…" />
        </Form.Item>
        <Form.Item
          name="label"
          label={t('composer.linkText')}
          rules={[{ required: true, whitespace: true, message: t('composer.linkTextMissing') }]}
        >
          <Input maxLength={60} />
        </Form.Item>
      </Form>
      <ArticlePicker
        open={picking}
        room={1}
        linksOnly
        onClose={() => setPicking(false)}
        onPick={([article]) => {
          setPicking(false)
          if (article?.url)
            form.setFieldsValue({ href: article.url, label: form.getFieldValue('label') || article.title })
        }}
      />
    </Modal>
  )
}

type MiniProgram = { appId: string; path: string; href: string; label: string }

/** A link into a mini program that is linked to the account; old clients open the web address instead. */
export function MiniProgramLinkModal({ open, onClose, onInsert }: Props) {
  const { t } = useTranslation()
  const [form] = Form.useForm<MiniProgram>()
  const linked = useLinkedMiniPrograms(useAccountId())
  const finish = ({ appId, path, href, label }: MiniProgram) =>
    onInsert(
      `<a href="${quoted(href.trim())}" data-miniprogram-appid="${quoted(appId.trim())}" data-miniprogram-path="${quoted(path.trim())}">${quoted(label.trim())}</a>`,
    )
  return (
    <Modal
      open={open}
      title={t('composer.miniProgramLink')}
      okText={t('composer.insert')}
      onCancel={onClose}
      onOk={form.submit}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" preserve={false} onFinish={finish}>
        <Form.Item
          name="appId"
          label={t('composer.miniProgram')}
          extra={<MiniProgramHint none={linked.data?.items.length === 0} />}
          rules={[{ required: true, message: t('composer.miniProgramMissing') }]}
        >
          <Select
            showSearch
            optionFilterProp="label"
            loading={linked.isPending}
            options={linked.data?.items.map(({ appid, name }) => ({
              value: appid,
              label: `${name} · ${appid}`,
            }))}
          />
        </Form.Item>
        <Form.Item
          name="path"
          label={t('composer.miniPath')}
          rules={[{ required: true, whitespace: true, message: t('composer.miniPathMissing') }]}
        >
          <Input className="w-mono" placeholder="pages/index/index" />
        </Form.Item>
        <Form.Item
          name="href"
          label={t('composer.miniFallback')}
          extra={t('composer.miniFallbackHint')}
          rules={[{ required: true, type: 'url', message: t('composer.urlInvalid') }]}
        >
          <Input placeholder="https://…" />
        </Form.Item>
        <Form.Item
          name="label"
          label={t('composer.linkText')}
          rules={[{ required: true, whitespace: true, message: t('composer.linkTextMissing') }]}
        >
          <Input maxLength={60} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function MiniProgramHint({ none }: { none: boolean }) {
  const { t } = useTranslation()
  const mayManage = useCan('accounts:manage')
  if (!none) return t('composer.miniProgramHint')
  if (!mayManage) return t('composer.noMiniProgramsAsk')
  return (
    <>
      {t('composer.noMiniPrograms')} {/* the draft stays open beside it */}
      <Link to="/settings/mini-programs" target="_blank">
        {t('composer.toMiniPrograms')}
      </Link>
    </>
  )
}

const ENTITIES: Record<string, string> = { '"': '&quot;', '<': '&lt;', '>': '&gt;' }
const quoted = (text: string): string => text.replace(/["<>]/g, (sign) => ENTITIES[sign] ?? sign)
