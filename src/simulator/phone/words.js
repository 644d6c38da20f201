/** @type {Record<'zh' | 'en', Record<string, string>>} */
const WORDS = {
  zh: {
    title: '粉丝的手机',
    account: '公众号',
    search: '粉丝',
    searchHint: '昵称、微信号或 OpenID 开头',
    more: '更多粉丝',
    switch: '换人',
    send: '发送',
    writeHint: '发消息',
    follow: '关注公众号',
    unfollow: '取消关注',
    following: '已关注',
    left: '未关注',
    notFollowing: '未关注该公众号，收不到它的消息',
    back: '返回',
    like: '赞',
    wow: '在看',
    share: '分享',
    favourite: '收藏',
    comment: '留言',
    commentHint: '写留言',
    done: '已记录',
    empty: '还没有消息',
    preview: '预览',
    voice: '语音消息',
    video: '视频消息',
    other: '不支持预览的消息',
    unserved: '该公众号暂时无法提供服务，请稍后再试',
    pickFan: '请选择一位粉丝',
    noAccounts: '还没有模拟公众号',
    failed: '没有成功',
    closed: '该文章未开启留言',
    offline: '文章已被删除',
    music: '音乐',
    miniProgram: '小程序',
    openMiniProgram: '进入小程序',
    details: '查看详情',
    template: '模板消息',
    subscription: '订阅通知',
    inNotices: '服务通知',
    scan: '扫一扫',
    scanHint: '二维码内容、图片地址或场景值',
    permanentCode: '永久',
    codeUntil: '有效期至 ',
    codeOver: '二维码已过期',
    noCode: '没有这个二维码',
    noCodes: '这个公众号还没有生成二维码',
    cancel: '取消',
    subscribe: '订阅通知',
    noTemplates: '这个公众号还没有订阅通知模板',
    wantsToNotify: '申请向你发送以下通知',
    allow: '允许',
    refuse: '取消',
    language: 'English',
  },
  en: {
    title: 'A fan’s phone',
    account: 'Official account',
    search: 'Fan',
    searchHint: 'Nickname, or start of WeChat id or OpenID',
    more: 'More fans',
    switch: 'Switch',
    send: 'Send',
    writeHint: 'Message',
    follow: 'Follow',
    unfollow: 'Unfollow',
    following: 'Following',
    left: 'Not following',
    notFollowing: 'Not a follower: messages from this account don’t arrive',
    back: 'Back',
    like: 'Like',
    wow: 'Wow',
    share: 'Share',
    favourite: 'Favourite',
    comment: 'Comment',
    commentHint: 'Write a comment',
    done: 'Recorded',
    empty: 'No messages yet',
    preview: 'Preview',
    voice: 'Voice message',
    video: 'Video message',
    other: 'This message can’t be shown here',
    unserved: 'This account can’t provide its service right now. Please try again later',
    pickFan: 'Choose a fan',
    noAccounts: 'No simulated accounts yet',
    failed: 'That did not work',
    closed: 'Comments are closed on this article',
    offline: 'The article has been deleted',
    music: 'Music',
    miniProgram: 'Mini program',
    openMiniProgram: 'Open the mini program',
    details: 'Details',
    template: 'Template message',
    subscription: 'Notification',
    inNotices: 'Service notifications',
    scan: 'Scan a code',
    scanHint: 'What the code says, its picture’s address, or a scene',
    permanentCode: 'Permanent',
    codeUntil: 'Until ',
    codeOver: 'This code has expired',
    noCode: 'No such code',
    noCodes: 'This account has made no codes yet',
    cancel: 'Cancel',
    subscribe: 'Notifications',
    noTemplates: 'This account has no notification templates yet',
    wantsToNotify: 'This account asks to send you these notifications',
    allow: 'Allow',
    refuse: 'Cancel',
    language: '中文',
  },
}

const asked =
  new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('lang') ?? navigator.language
/** @type {'zh' | 'en'} */
let language = asked.startsWith('en') ? 'en' : 'zh'

/** @param {string} key */
export const word = (key) => WORDS[language][key] ?? key

export const locale = () => (language === 'en' ? 'en-GB' : 'zh-CN')

/** An instant as the phone shows it, in Beijing.
 * @param {string} at */
export const shortTime = (at) =>
  new Date(at).toLocaleString(locale(), {
    timeZone: 'Asia/Shanghai',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })

export function toggleLanguage() {
  language = language === 'zh' ? 'en' : 'zh'
  localStorage.setItem('lang', language)
}

/** Puts the words of the current language wherever the page asks for one. */
export function placeWords() {
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
  for (const element of document.querySelectorAll('[data-word]'))
    element.textContent = word(element.getAttribute('data-word') ?? '')
  for (const element of document.querySelectorAll('[data-hint]')) {
    element.setAttribute('placeholder', word(element.getAttribute('data-hint') ?? ''))
    element.setAttribute('aria-label', word(element.getAttribute('data-hint') ?? ''))
  }
}
