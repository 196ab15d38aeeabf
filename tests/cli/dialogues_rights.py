"""Questions about accounts, logins, roles, policy and keys, and how each is answered."""

from __future__ import annotations

from tests.cli.dialogue import (
    _A,
    _AGREED,
    _CHANGES,
    _FACTOR_PASSWORD,
    _H,
    _JOIN,
    _MASTER,
    _R,
    _REASON,
    _REJECTED,
    _WHY,
    ADMIN,
    CODE,
    HR,
    HR_CHECKER,
    NEW,
    PASSWORD,
    SECURITY,
    Dialogue,
    Step,
)

RIGHTS: tuple[Dialogue, ...] = (
    Dialogue(
        "login",
        (
            Step("login.login: ask Staff number", "Staff number", "KF001"),
            Step("login._enter: secret Password", "Password", PASSWORD),
        ),
        by=None,
        says="KF001",
    ),
    Dialogue(
        "switch",
        (
            Step("login.switch: ask Staff number", "Staff number", "TF001"),
            Step("login._enter: secret Password", "Password", PASSWORD),
            Step("login._code: secret Code of the app, or a recovery code", "Code", CODE),
        ),
        by=None,
        says="TF001",
    ),
    Dialogue(
        "login NEW01",
        (
            Step("login._enter: secret Password", "Password", "{first}"),
            Step("login._first_change: secret New password", "New password", NEW),
            Step("login._first_change: secret New password", "The same again", NEW),
        ),
        by=None,
        says="NEW01",
    ),
    Dialogue(
        "account passwd",
        (
            Step(_A + "noun.passwd: secret Old password", "Old password", PASSWORD),
            Step(_A + "noun.passwd: secret New password", "New password", NEW),
            Step(_A + "noun.passwd: secret New password", "The same again", NEW),
        ),
        says="The password is changed",
    ),
    Dialogue(
        "account create --employer 安捷电梯",
        (
            Step(_R + "ask Staff number", "Staff number", "NEW02"),
            Step(_R + "ask Name", "Name", "孙小新"),
            Step(_R + "ask Department", "Department", "客服部"),
            Step(_R + "ask Position", "Position", "前台"),
            Step(_R + "ask Mobile or mail", "Mobile or mail", ""),
            Step(_R + "ask Community, by code or name", "Community", "CH"),
            Step(_R + "ask Last day of the contract", "Last day", "2099-12-31"),
            Step(_H + "choose How is the first password handed over?", "handed over?", "1"),
            Step(_H + "ask File for the slip (.txt or .html)", "File for", "{home}/slip.txt"),
        ),
        by=HR,
        says="NEW02",
    ),
    Dialogue(
        "account reset-password KF001 --show",
        (Step(_A + "lifecycle.reset_password: " + _WHY, "Why", "忘记"),),
        by=HR,
        says="KF001",
    ),
    Dialogue(
        "account create NEW04 孙小秋 --show",
        (Step(_H + "ask Why is it shown on the screen", "Why is it shown", "当面交付"),),
        by=HR,
        says="NEW04",
    ),
    Dialogue(
        "account contact KF001",
        (
            Step(_A + "contact._new: ask question", "Mobile", "13900000321"),
            Step(_A + "contact._new: ask question", "Mail", ""),
            Step(_A + "contact.contact: " + _WHY, "Why", "换号"),
        ),
        by=HR,
        says="139\\*\\*\\*\\*0321",
    ),
    Dialogue(
        "account contact KF001 --phone - --reason 换号",
        (Step(_A + "contact._typed: ask question", "Mobile", "13900000321"),),
        by=HR,
        says="139\\*\\*\\*\\*0321",
    ),
    Dialogue(
        "account suspend KF001",
        (Step(_A + "lifecycle.suspend: " + _WHY, "Why", "停职"),),
        by=HR,
        says="KF001",
    ),
    Dialogue(
        "account resume KF001",
        (Step(_A + "lifecycle.resume: " + _WHY, "Why", "结束"),),
        by=HR,
        says="KF001",
    ),
    Dialogue(
        "account unlock BAD01",
        (Step(_A + "lifecycle.unlock: " + _WHY, "Why", "已核实"),),
        by=HR,
        says="BAD01",
    ),
    Dialogue(
        "account hires approve 1",
        (Step(_AGREED, "Make these 1 accounts?", "y"),),
        by=HR_CHECKER,
        says="NEW03",
    ),
    Dialogue(
        "account hires reject 1",
        (Step(_REJECTED, "Why", "部门写错"),),
        by=HR_CHECKER,
        says="rejected",
    ),
    Dialogue(
        "account leave GR001",
        (
            Step(_A + "leaving.leave: " + _WHY, "Why", "离职"),
            Step(_A + "leaving.leave: confirm End the account {number} now?", "GR001 now?", "y"),
        ),
        by=HR,
        says="GR001",
    ),
    Dialogue(
        "account move NO001",
        (
            Step(_A + "moving.move: ask Role of the new post", "new post", "maintenance@CH"),
            Step(_A + "moving.move: " + _WHY, "Why", "轮岗"),
        ),
        by=ADMIN,
        says="NO001",
    ),
    Dialogue(
        "account acknowledge 1",
        (Step(_A + "anomalies.acknowledge: ask What was found out", "found out", "已核实"),),
        by=SECURITY,
        code=0,
    ),
    Dialogue(
        "account report-compromise",
        (
            Step(
                _A + "anomalies.report_compromise: "
                "confirm Lock your own account at once? | Lock account {number} at once?",
                "[y/N]",
                "y",
            ),
        ),
        says="locked",
    ),
    Dialogue(
        "account second-factor enable",
        (
            _FACTOR_PASSWORD,
            Step(_A + "second_factor._code: secret question", "Code that", "000000"),
        ),
        code=2,
        says="no code of that secret",
    ),
    Dialogue(
        "account second-factor disable TF001",
        (Step(_A + "second_factor.disable: ask Why", "Why", "手机丢失"),),
        by=ADMIN,
        says="taken off",
    ),
    Dialogue(
        "account token create CRON01",
        (Step(_A + "token.create: ask What the token is for", "token is for", "清晨"),),
        by=HR,
        says="CRON01",
    ),
    Dialogue(
        "account token revoke {token}",
        (Step(_A + "token.revoke: " + _WHY, "Why", "停用"),),
        by=HR,
    ),
    Dialogue(
        "key rewrap",
        (
            Step(
                "key.rewrap: ask File for a copy of the key, on another disk (none: no copy)",
                "copy of the key",
                "none",
            ),
        ),
        by=ADMIN,
        says="Keep the copies of the old key",
    ),
    Dialogue(
        "recover administrator GR001 --reason 都忘了",
        (
            Step(_MASTER, "Master key", "{masterkey}"),
            Step(
                "recover.administrator: "
                "confirm Make {number} an administrator, and tell everybody?",
                "GR001 an administrator",
                "y",
            ),
        ),
        by=None,
        says="GR001",
    ),
    Dialogue(
        "recover key",
        (Step(_MASTER, "Master key", "{masterkey}"),),
        by=None,
        says="holds this key already",
    ),
    Dialogue(
        "key drop 1",
        (Step("key.drop: confirm Remove data key {key} for good?", "for good?", "n"),),
        by=ADMIN,
        code=2,
        says="Nothing was done",
    ),
    Dialogue(
        "policy apply",
        (
            Step("policy.apply: ask File of policy", "File of policy", "{home}/policy2.toml"),
            Step("policy.apply: " + _REASON, "Reason", "复核"),
        ),
        by=ADMIN,
        says="approve 2",
    ),
    Dialogue(
        "policy diff",
        (Step("policy.diff: ask File of policy", "File of policy", "{home}/policy2.toml"),),
        by=ADMIN,
        says="free_tries",
    ),
    Dialogue(
        "policy approve 1",
        (Step(_AGREED, "in force?", "y"),),
        by=SECURITY,
        says="approved",
    ),
    Dialogue(
        "policy reject 1",
        (Step(_REJECTED, "Why", "太短"),),
        by=SECURITY,
        says="rejected",
    ),
    Dialogue(
        "region create -c CH",
        (
            Step("region.create: ask Name of the region", "Name of the region", "城西"),
            Step("region.create: ask Short code", "Short code", "HX"),
            Step("region.create: " + _REASON, "Reason", "划片"),
        ),
        by=ADMIN,
        says="城西",
    ),
    Dialogue(
        "region add HD CH",
        (Step("region.add: " + _REASON, "Reason", "新接"),),
        by=ADMIN,
        says="added already",
    ),
    Dialogue(
        "region remove HD CH",
        (Step("region.remove: " + _REASON, "Reason", "退出"),),
        by=ADMIN,
        says="taken out",
    ),
    Dialogue(
        "region approve HD CG",
        (Step("region.approve: " + _JOIN, "join the region", "y"),),
        by=SECURITY,
        says="in the region",
    ),
    Dialogue(
        "region reject HD CG",
        (Step("region.reject: " + _WHY, "Why", "不属本片"),),
        by=SECURITY,
        says="rejected",
    ),
    Dialogue(
        "role apply",
        (
            Step("role.files.apply: ask File of roles", "File of roles", "{home}/roles.yaml"),
            Step("role.files._agree: " + _REASON, "Reason", "核对"),
            Step("role.files._agree: " + _CHANGES, "changes?", "y"),
        ),
        by=ADMIN,
        says="changes were made",
    ),
    Dialogue(
        "role unused --revoke",
        (
            Step("role.unused.unused: " + _REASON, "Reason", "清理"),
            Step("role.unused.unused: confirm Revoke {count} grants?", "grants? [y/N]", "y"),
        ),
        by=ADMIN,
        says="revoked",
    ),
    Dialogue(
        "role approve {asked}",
        (Step("role.asking.approve: confirm Confirm this grant?", "this grant?", "y"),),
        by=SECURITY,
        says="GR001",
    ),
    Dialogue(
        "role reject {asked}",
        (Step("role.asking.reject: " + _WHY, "Why", "岗位不需要"),),
        by=SECURITY,
        says="GR001",
    ),
    Dialogue(
        "role grant",
        (
            Step("role.granting.grant: ask Staff number", "Staff number", "NO001"),
            Step("role.granting.grant: choose Which role?", "Which role?", "maintenance"),
            Step("role.granting.grant: " + _REASON, "Reason", "入职"),
        ),
        by=ADMIN,
        says="NO001",
    ),
    Dialogue(
        "role revoke {grant}",
        (Step("role.granting.revoke: " + _REASON, "Reason", "调岗"),),
        by=ADMIN,
        says="revoked",
    ),
)
