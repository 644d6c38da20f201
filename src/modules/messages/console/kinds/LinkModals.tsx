import { Form, type FormInstance, Input, Modal } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { isWebAddress } from '../../../../wechat/rules/customer-service-limits.ts'
import { useLinkedMiniPrograms } from '../../../mini-programs/console/index.ts'
import type { LinkInText } from '../../rules/text-parts.ts'
import { MiniProgramSelect } from './MiniProgramSelect.tsx'

type Props = { open: boolean; onClose: () => void; onInsert: (link: LinkInText) => void }

/** What every link in a text is asked: where it leads, as the caller asks it, and what is shown. */
export function LinkModal({
  open,
  title,
  form,
  beside,
  onClose,
  onInsert,
  children,
}: Props & { title: string; form: FormInstance<LinkInText>; beside?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Modal
      open={open}
      title={title}
      okText={t('composer.insert')}
      onCancel={onClose}
      onOk={form.submit}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ href, label, appId = '', path = '' }) =>
          onInsert({ href: href.trim(), label: label.trim(), appId, path: path.trim() })
        }
      >
        {children}
        <Form.Item
          name="label"
          label={t('composer.linkText')}
          rules={[{ required: true, whitespace: true, message: t('composer.linkTextMissing') }]}
        >
          <Input maxLength={60} />
        </Form.Item>
      </Form>
      {beside}
    </Modal>
  )
}

/** 跳转至落地页. */
export function WebLinkModal(props: Props) {
  const { t } = useTranslation()
  const [form] = Form.useForm<LinkInText>()
  return (
    <LinkModal {...props} title={t('messages.link.web')} form={form}>
      <Address label={t('messages.link.address')} />
    </LinkModal>
  )
}

/** 跳转至小程序, one that is linked to the account: old clients open the web address instead. */
export function MiniProgramLinkModal(props: Props) {
  const { t } = useTranslation()
  const [form] = Form.useForm<LinkInText>()
  return (
    <LinkModal {...props} title={t('messages.link.mini')} form={form}>
      <Form.Item
        name="appId"
        label={t('composer.miniProgram')}
        extra={<MiniProgramHint />}
        rules={[{ required: true, message: t('composer.miniProgramMissing') }]}
      >
        <MiniProgramSelect />
      </Form.Item>
      <Form.Item
        name="path"
        label={t('composer.miniPath')}
        rules={[{ required: true, whitespace: true, message: t('composer.miniPathMissing') }]}
      >
        <Input className="w-mono" placeholder="pages/index/index" />
      </Form.Item>
      <Address label={t('composer.miniFallback')} extra={t('composer.miniFallbackHint')} />
    </LinkModal>
  )
}

function Address({ label, extra }: { label: string; extra?: string }) {
  const { t } = useTranslation()
  return (
    <Form.Item
      name="href"
      label={label}
      extra={extra}
      required
      rules={[
        {
          validator: async (_, url: string | undefined) => {
            if (!isWebAddress((url ?? '').trim())) throw new Error(t('composer.urlInvalid'))
          },
        },
      ]}
    >
      <Input placeholder="https://…" />
    </Form.Item>
  )
}

function MiniProgramHint() {
  const { t } = useTranslation()
  const linked = useLinkedMiniPrograms(useAccountId())
  const mayManage = useCan('accounts:manage')
  if (linked.data?.items.length !== 0) return t('composer.miniProgramHint')
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
