export const massFollowing = {
  changed: {
    asks: '{{name}}: articles changed at WeChat since they were confirmed. It was for {{at}} and waits for your decision.',
    asksNow: '{{name}}: articles changed at WeChat since they were confirmed. It waits for your decision.',
    look: 'See changes and decide',
    title: 'Articles of {{name}} changed at WeChat',
    hint: '“As composed” is what was confirmed. Before its time it still goes out at that time; afterwards, as soon as you decide.',
    gone: 'An article was deleted at WeChat; only what was confirmed can be sent.',
    send: 'Send as confirmed',
    sendNew: 'Send the new content',
    skip: 'Don’t send',
    skipTitle: 'Don’t send this group?',
    skipHint: 'Its {{number}} people won’t receive it. This can’t be undone.',
    unchecked: 'Sent as confirmed without looking for changes: the day’s reads at WeChat were used up',
  },
}
