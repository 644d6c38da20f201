export const HELP = `微达 Weida — 自托管的微信触达平台  a self-hosted WeChat engagement platform

用法 Usage: weida <command> [options]        (npm: npm start, npm run weida -- <command>)

  start                    启动全部：数据库、接口、后台任务、控制台、模拟微信
                           start everything: database, API, worker, console, simulated WeChat
  api | worker | simulator 只启动一个角色（配合 DATABASE_URL，可多进程）
                           start one role only (with DATABASE_URL, as many processes as wanted)
  migrate                  更新数据库结构  bring the database up to date
  doctor                   检查环境，指出问题和办法  say what is wrong and what to do
  backup FILE              备份数据库和文件（不含密钥）  back up database and files (not the secrets key)
  restore FILE [--yes]     恢复备份；恢复后暂停一切发送，待人确认
                           restore a backup; all sending is paused until someone confirms
  operator create --email E --name N --role R [--password P]
                           新建成员（角色：administrator operator approver analyst）  add a member
  operator password --email E [--password P]
                           重设忘记的密码，并结束其全部登录  set a forgotten password, end their sessions

选项 Options:
  --dev                    (start) 源码改动后自动重启  restart when sources change
  --yes                    (restore) 不再询问，直接替换已有数据  replace what is there without asking
  --help                   显示本帮助  show this help

设置 Settings: 环境变量或 .env，见 .env.example  environment variables or .env, see .env.example
`
