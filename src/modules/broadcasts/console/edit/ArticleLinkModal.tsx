import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { partsOfText } from '../../../../wechat/rules/text-links.ts'
import { ArticlePicker } from '../../../contents/console/index.ts'
import { type LinkInText, LinkModal } from '../../../messages/console/index.ts'
import { useArticleHosts } from './use-article-hosts.ts'
import { writeMassLink } from './write-mass-link.ts'

/** A link to an article: picked from the published ones, or its address pasted. */
export function ArticleLinkModal(props: {
  open: boolean
  onClose: () => void
  onInsert: (link: LinkInText) => void
}) {
  const { t } = useTranslation()
  const hosts = useArticleHosts()
  const [form] = Form.useForm<LinkInText>()
  const [picking, setPicking] = useState(false)
  return (
    <LinkModal
      {...props}
      title={t('composer.articleLink')}
      form={form}
      beside={
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
              const link = { href: (href ?? '').trim(), label: 'x', appId: '', path: '' }
              const [part] = partsOfText(writeMassLink(link), hosts)
              if (part?.kind !== 'article') throw new Error(t('composer.notAnArticle'))
            },
          },
        ]}
      >
        <Input placeholder="https://mp.weixin.qq.com/s/…" />
      </Form.Item>
    </LinkModal>
  )
}
