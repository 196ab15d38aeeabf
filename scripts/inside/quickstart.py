"""The main job from end to end, command by command; the other half of `scripts/quickstart`."""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import shutil
import string
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

_PROJECT = Path(__file__).resolve().parents[2]
_MARKER = ".made-by-pcloud-quickstart"
_SHOWN_LINES = 24
_STAFF = (
    ("AQ001", "周慎行", "安全管理员", "总经办"),
    ("KF001", "王晓明", "客服", "客服部"),
    ("KF002", "陈静怡", "客服主管", "客服部"),
    ("WX009", "郑守正", "维修主管", "工程部"),
    ("WX001", "赵长明", "维修", "工程部"),
)
_GUARD = "AQ001"
_COMMUNITY = ("翠湖花园", "CH")
_FILE = "handover.xlsx"
_SOME_ROWS_FAILED = 6
_ZONE = "Asia/Shanghai"


class Stopped(Exception):
    """A step went otherwise than it should; says which."""


def _chinese() -> bool:
    for name in ("PCLOUD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return value.lower().startswith(("zh", "中文"))
    return False


class Show:
    """Runs commands in the folder and shows each as one would type it."""

    def __init__(self, folder: Path, *, chinese: bool) -> None:
        self.folder = folder
        self.chinese = chinese
        self.variables = {
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "PCLOUD_SESSION_STORE": "file",
            "PCLOUD_LANG": "zh" if chinese else "en",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PCLOUD_")}
        kept.pop("PYTHONPATH", None)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        self._env = {**kept, **self.variables, "PATH": path}
        self._step = 0

    def say(self, english: str, chinese: str) -> None:
        """Say a sentence in the user's language."""
        print(f"  {chinese if self.chinese else english}\n", flush=True)

    def chapter(self, english: str, chinese: str) -> None:
        """Begin a part of the job."""
        self._step += 1
        print(f"── {self._step}. {chinese if self.chinese else english}", flush=True)

    def run(
        self,
        line: str,
        *,
        may_be: tuple[int, ...] = (0,),
        most: int | None = None,
        quiet: bool = False,
    ) -> str:
        """Run a command line of `pcloud`, with ``< file`` or ``> file`` at its end; return stdout.

        What it prints is shown, its first `most` lines. Stopped where the exit code is none of
        `may_be`.
        """
        print(f"$ {line}", flush=True)
        words = shlex.split(line)
        source = Path(os.devnull)
        target: Path | None = None
        if len(words) > 2 and words[-2] in {"<", ">"}:
            sign, name = words[-2:]
            words = words[:-2]
            if sign == "<":
                source = self.folder / name
            else:
                target = self.folder / name
        with source.open("rb") as stdin:
            whole = most is None and target is None and not quiet
            done = subprocess.run(
                words,
                cwd=self.folder,
                env=self._env,
                stdin=stdin,
                stdout=None if whole else subprocess.PIPE,
                text=True,
                encoding="utf-8",
                check=False,
            )
        if target is not None:
            target.touch(mode=0o600)
            target.write_text(done.stdout, encoding="utf-8")
        elif done.stdout and not quiet:
            lines = done.stdout.splitlines()
            print("\n".join(lines[:most]))
            if most is not None and len(lines) > most:
                more = len(lines) - most
                print(f"… 还有 {more} 行" if self.chinese else f"… {more} more lines")
        sys.stdout.flush()
        if done.returncode not in may_be:
            raise Stopped(f"{line!r} → {done.returncode}")
        return done.stdout or ""


def _own_folder(folder: Path) -> None:
    """Make `folder` empty and ours; Stopped where it holds what quickstart did not make."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Stopped(f"{folder}: not a folder")
    if folder.exists():
        if not (folder / _MARKER).is_file() and any(folder.iterdir()):
            raise Stopped(f"{folder}: not made by quickstart; name another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    (folder / _MARKER).touch()
    (folder / "secrets").mkdir(mode=0o700)


def _from_slip(path: Path) -> str:
    """Return the first password on a slip, as its holder would read it off."""
    found = re.search(r"\b\w{4}-\w{4}-\w{4}\b", path.read_text(encoding="utf-8"))
    if found is None:
        raise Stopped(f"{path.name}: no first password")
    return found.group()


def _ticket_in(told: str) -> str:
    """Return the number of the ticket in what `ticket submit` printed."""
    found = re.search(r"^(?:Ticket number|工单号)\s+(\d+)$", told, re.MULTILINE)
    if found is None:
        raise Stopped("ticket submit: no number")
    return found[1]


def _password() -> str:
    letters = [secrets.choice(kind) for kind in (string.ascii_uppercase, string.digits, "-+=%")]
    letters += [secrets.choice(string.ascii_lowercase) for _ in range(9)]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


class Job:
    """The parts of the job, in order."""

    def __init__(self, show: Show) -> None:
        self.show = show
        self.folder = show.folder

    def first_login(self, number: str, first: str) -> None:
        """Log in with a first password and set an own one, kept in secrets/NUMBER."""
        kept = self.folder / "secrets" / number
        kept.touch(mode=0o600)
        own = _password()
        kept.write_text(f"{first}\n{own}\n", encoding="utf-8")
        self.show.run(f"pcloud login {number} --password-stdin < secrets/{number}", quiet=True)
        self.show.run(f"pcloud account passwd --password-stdin < secrets/{number}", quiet=True)
        kept.write_text(f"{own}\n", encoding="utf-8")

    def login(self, number: str) -> None:
        """Log in again."""
        self.show.run(f"pcloud login {number} --password-stdin < secrets/{number}", quiet=True)

    def set_up(self) -> dict[str, str]:
        """Make database, key and the first two accounts; return their first passwords."""
        show = self.show
        show.chapter("Set up: database, key, two accounts", "建立：数据库、密钥、两个账号")
        database = shlex.quote(f"sqlite:///{self.folder / 'pcloud.db'}")
        language = "zh" if show.chinese else "en"
        show.run(
            f"pcloud init --no-input --language {language} --database {database}"
            " --key-file key/pcloud.key --key-copy key-copy/pcloud.key -o json > secrets/init.json"
        )
        show.say(
            "An encrypted SQLite database, a key apart from it, a copy of the key, and two people: "
            "A001 registers staff, S001 grants roles. Neither can do the other's part.",
            "加密的 SQLite 数据库，密钥另放一处并留副本；两个账号：A001（行政）登记员工，"
            "S001（系统管理员）授予角色，互不能代替。",
        )
        text = (self.folder / "secrets" / "init.json").read_text(encoding="utf-8")
        rows: list[dict[str, Any]] = json.loads(text)
        return {str(row["staff_number"]): str(row["first_password"]) for row in rows}

    def staff(self, first: dict[str, str]) -> None:
        """Register people and grant their roles, the sensitive one with a yes; make a community."""
        show = self.show
        show.chapter("Administration registers five people", "行政登记五名员工")
        self.first_login("A001", first["A001"])
        for number, name, position, department in _STAFF:
            slip = f"secrets/{number}.txt"
            show.run(
                f"pcloud account create {number} {name} --department {department}"
                f" --position {position} --slip {slip}"
            )
            first[number] = _from_slip(self.folder / slip)
        show.say(
            "Each first password is on a slip of its own, opens 72 hours and only its own change. "
            "They can log in, and may do nothing yet.",
            "初始密码各在一张密码条上，72 小时内有效，只能用来修改密码。"
            "五人可以登录，但还没有任何权限。",
        )
        show.chapter(
            "The system administrator grants roles and makes a community",
            "系统管理员授予角色、建立小区",
        )
        self.first_login("S001", first["S001"])
        name, code = _COMMUNITY
        show.run(f"pcloud community create {name} --code {code}")
        for number, _name, role, _department in _STAFF:
            place = "" if number == _GUARD else f" --community {code}"
            show.run(f"pcloud role grant {number} {role}{place} --reason 新入职")
        show.say(
            "AQ001 is the first security administrator, which is told loudly. KF001 (clerk) may "
            "load at once; the lead's role opens private data, so KF002 waits for AQ001's yes.",
            "AQ001 是首位安全管理员，系统会醒目地留痕并通知。KF001（客服）立即可以导入；"
            "客服主管能查看完整个人信息，属敏感角色，KF002 须等 AQ001 确认。",
        )
        show.chapter("The security administrator confirms", "安全管理员确认敏感授权")
        self.first_login(_GUARD, first[_GUARD])
        waiting = show.run("pcloud role pending -o ids", most=1)
        show.run(f"pcloud role approve {waiting.strip()} --yes --reason 任命书已核对")
        show.say(
            "Now KF002 may approve what somebody else loaded. Who registers, who grants and who "
            "confirms are three people.",
            "现在 KF002（客服主管）可以审批别人的导入。登记、授权、确认分属三人。",
        )

    def workbook(self) -> None:
        """Make the developer's workbook, check it, load it."""
        show = self.show
        show.chapter(
            "A developer's workbook of 2,000 rows arrives", "开发商发来 2,000 行的业主清册"
        )
        tool = shlex.quote(os.path.relpath(_PROJECT / "scripts" / "make_sample", self.folder))
        show.run(f"{tool} --rows 2000 --out {_FILE}", most=6)
        show.say(
            "All people in it are made up, the dirt is the usual.", "人是编造的，错漏是常见的。"
        )
        self.first_login("KF001", self.first["KF001"])
        show.run(
            f"pcloud import check {_FILE} --community {_COMMUNITY[1]}",
            may_be=(0, _SOME_ROWS_FAILED),
            most=_SHOWN_LINES,
        )
        show.say(
            "Everything wrong is found in one pass, cell by cell, before anything is stored.",
            "所有问题一次找全，精确到单元格；此时什么都没有写入。",
        )
        show.run(
            f"pcloud import load {_FILE} --community {_COMMUNITY[1]} --developer 湖畔置业"
            " --handover-note 移交单2026-03",
            may_be=(0, _SOME_ROWS_FAILED),
            most=_SHOWN_LINES,
        )
        show.say(
            "Loaded, sealed and waiting; the rows whose house cannot be told were kept out.",
            "已加密暂存，等待复核；认不出房屋的行没有导入。",
        )

    def approval(self) -> None:
        """The second person looks, approves, applies."""
        show = self.show
        show.chapter("The second person checks and applies", "第二个人复核并生效")
        show.run("pcloud import approve 1 --yes", may_be=(4,), most=_SHOWN_LINES)
        show.say(
            "KF001 may not approve; nobody checks their own entry.",
            "KF001 无权审批；自己不能复核自己。",
        )
        self.first_login("KF002", self.first["KF002"])
        show.run("pcloud import show 1", most=2 * _SHOWN_LINES)
        show.run("pcloud import approve 1 --yes --reason 抽查无误", most=_SHOWN_LINES)
        show.run("pcloud import apply 1", most=_SHOWN_LINES)
        show.say(
            "Owners are bound to houses, all in one transaction.", "业主与房屋已绑定，一次完成。"
        )

    def repair(self) -> None:
        """Who is on shift; a burst pipe from the call to the rating; what falls due."""
        show = self.show
        code = _COMMUNITY[1]
        show.chapter("Who can do what, and who is on shift", "维修人员与排班")
        self.first_login("WX009", self.first["WX009"])
        show.run("pcloud technician set WX001 --skill 给排水 --skill 强电 --limit 4")
        self._roster()
        show.run(f"pcloud roster import roster.csv --community {code}", most=_SHOWN_LINES)
        show.chapter("A call: the kitchen is under water", "来电：厨房水管爆了")
        self.login("KF001")
        told = show.run(
            f"pcloud ticket submit --community {code} --house 1-1-201 --contact 王女士"
            " --phone 13800001234 --content 厨房水管爆了 --urgent - --read-back",
            most=_SHOWN_LINES,
        )
        show.say(
            "The emergency was heard in the words; it is accepted and out with who is on shift in "
            "the same moment, and the supervisors know. At a terminal all of it is asked for.",
            "按报修内容判断为紧急（水浸），同一时刻完成受理并派给当班人员，主管同时得知。"
            "在终端上直接输入 pcloud ticket submit，会逐项询问。",
        )
        number = _ticket_in(told)
        show.run(
            f"pcloud ticket responsibility {number} --to property --reason 应急抢修", quiet=True
        )
        self.first_login("WX001", self.first["WX001"])
        show.run(f"pcloud ticket take {number}", quiet=True)
        show.run(f"pcloud ticket arrive {number} --checked", quiet=True)
        show.run(
            f"pcloud ticket complete {number} --note 更换角阀 --part 角阀*1 --cost 35", quiet=True
        )
        self.login("KF002")
        show.run(f"pcloud ticket callback {number} --reached --score 5", quiet=True)
        show.run(f"pcloud ticket show {number}")
        show.say(
            "Each step has its limit; whoever did the work does not rate it. The entry was checked "
            "on site by the technician: nothing waited for that.",
            "每一步都有时限；干活的人不能替业主评价。录入由维修人员到场核对，派单不必等待。",
        )
        show.run(f"pcloud report show tickets --community {code}", most=_SHOWN_LINES)
        show.chapter("What falls due, as cron would find it", "到期扫描：预演明天中午")
        self.login("S001")
        show.run('pcloud sweep run --at "明天 12:00" --dry-run', most=_SHOWN_LINES)
        show.run("pcloud cron print", most=_SHOWN_LINES)

    def _roster(self) -> None:
        """Write a roster by which WX001 is on shift now: round the clock, yesterday and today."""
        today = datetime.now(ZoneInfo(_ZONE)).date()
        days = (today - timedelta(days=1), today, today + timedelta(days=1))
        lines = ["日期,工号,姓名,班次", *(f"{day},WX001,赵长明,值" for day in days)]
        (self.folder / "roster.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def questions(self) -> None:
        """A query and a report with charts."""
        show = self.show
        code = _COMMUNITY[1]
        show.chapter("Questions", "查询")
        self.login("KF002")
        show.run(f"pcloud owner find --name 王 --community {code} --limit 5")
        show.run(f"pcloud house list --community {code} --building 2栋 --limit 5")
        show.say("Numbers are shown masked.", "证件号和电话以掩码显示。")
        show.chapter("A report with charts", "报表与图表")
        show.run(f"pcloud report show owners --community {code}")
        show.run(f"pcloud report export owners --community {code} --out owners.xlsx")
        self.login("S001")
        show.run("pcloud audit verify")
        show.say(
            "The same report as a workbook with charts; and the trail of all this is unbroken.",
            "同一份报表另存为带图表的工作簿；以上每一步的审计日志完整无缺。",
        )

    def do(self) -> None:
        """Do all of it."""
        self.first = self.set_up()
        self.staff(self.first)
        self.workbook()
        self.approval()
        self.repair()
        self.questions()


def _leave_a_door(show: Show) -> None:
    """Write what a shell needs to go on in the folder."""
    bin_folder = shlex.quote(str(Path(sys.executable).parent))
    lines = [f"export {name}={shlex.quote(value)}" for name, value in show.variables.items()]
    lines.append(f'export PATH={bin_folder}:"$PATH"')
    (show.folder / "env.sh").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Do the job in the folder that `argv` names (quickstart-demo in the checkout)."""
    folder = Path(argv[0] if argv else _PROJECT / "quickstart-demo").absolute()
    chinese = _chinese()
    show = Show(folder, chinese=chinese)
    try:
        _own_folder(folder)
        Job(show).do()
    except (Stopped, OSError) as error:
        print(f"quickstart: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    _leave_a_door(show)
    shown = shlex.quote(str(folder))
    if chinese:
        print(f"── 完成。全部文件在 {shown}；密码在其中的 secrets/。")
        print(f"  接着用：cd {shown} && . ./env.sh && pcloud whoami")
        print(f"  删除：rm -r {shown}")
    else:
        print(f"── Done. All of it is in {shown}; passwords are in its secrets/.")
        print(f"  Go on: cd {shown} && . ./env.sh && pcloud whoami")
        print(f"  Remove: rm -r {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
