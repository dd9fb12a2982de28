use zhike_model::Model;
use zhike_types::Lang;

use super::{all_of, conditions, keys_of, one_of, sentence};

#[test]
fn a_filter_falls_into_its_conditions() {
    for (filter, parts) in [
        ("", &[][..]),
        ("owner == me", &["owner == me"]),
        (r#"owner == me && name.contains("a && b")"#, &["owner == me", r#"name.contains("a && b")"#]),
        ("a == 1 || b == 2", &["a == 1 || b == 2"]),
        ("a == 1 && (b == 2 || c == 3)", &["a == 1", "(b == 2 || c == 3)"]),
        ("at >= today && at < today + days(1) && done", &["at >= today && at < today + days(1)", "done"]),
    ] {
        assert_eq!(conditions(filter), parts, "{filter}");
    }
}

#[test]
fn conditions_go_back_to_one_filter() {
    assert_eq!(all_of(&["a == 1", "b == 2 || c"]), "a == 1 && (b == 2 || c)");
    assert_eq!(all_of(&["a || b"]), "a || b");
    assert_eq!(all_of::<&str>(&[]), "");
}

#[test]
fn choices_are_written_and_read() {
    for keys in [&["A"][..], &["A", "B"]] {
        let condition = one_of("level", keys).expect("chosen");
        assert_eq!(keys_of(&condition, "level").expect("read back"), keys);
        assert_eq!(keys_of(&condition, "status"), None);
    }
    assert_eq!(one_of("level", &[]), None);
}

#[test]
fn conditions_read_as_sentences() {
    let model = core();
    let account = model.object("account").expect("core has accounts");
    for (condition, said) in [
        ("owner == me", "负责人 是 我"),
        (r#"level in ["A", "B"]"#, "客户级别 是 A 重点、B 优质"),
        (r#"status != "lost""#, "客户状态 不是 流失"),
        (r#"name.contains("海")"#, "客户名称 含有 海"),
        ("owner == null", "负责人 为空 "),
        ("last_follow_up_at < today - days(30)", "最近跟进时间 早于 30 天前"),
        (r#"next_follow_up_at < now + duration("24h")"#, "下次跟进时间 早于 24 小时后"),
        ("created_at >= today - days(6)", "创建时间 自 6 天前"),
        ("created_at >= today - days(7) && created_at <= now", "创建时间 在 最近 7 天"),
        (r#"industry.startsWith("食")"#, "行业 开头是 食"),
        ("(created_at >= today - days(7) && created_at <= now)", "创建时间 在 最近 7 天"),
        ("(year(created_at) == year(today) && month(created_at) == month(today))", "创建时间 在 本月"),
        ("(employees >= 10 && employees <= 50)", "员工人数 在 10 至 50"),
        (r#"("customer" in roles || "partner" in roles)"#, "合作角色 包含任一 最终客户、合作伙伴"),
        (r#"!("customer" in roles)"#, "合作角色 不包含 最终客户"),
        (r#"within(region, "370200")"#, "所在地区 在 山东省青岛市"),
        ("annual_revenue >= 1000000", "年营业额 至少 1000000"),
        ("contacts.exists(c, c.is_primary)", "  contacts.exists(c, c.is_primary)"),
    ] {
        let it = sentence(condition, account, Lang::Zh, &());
        assert_eq!(format!("{} {} {}", it.field, it.verb, it.answer), said, "{condition}");
    }
}

#[test]
fn a_value_taken_over_from_a_select_is_said_by_its_label() {
    let model = core();
    let opportunity = model.object("opportunity").expect("the sales pack has deals");
    for condition in [r#"currency(amount) == "USD""#, r#"currency(amount) in ["USD", null]"#] {
        let it = sentence(condition, opportunity, Lang::Zh, &());
        assert_eq!((&*it.field, &*it.verb, &*it.answer), ("预计金额", "的币种 是", "USD"), "{condition}");
    }
    let said = sentence(r#"result == "open""#, opportunity, Lang::Zh, &());
    assert_eq!((said.field.as_str(), said.verb.as_str(), said.answer.as_str()), ("结果", "是", "进行中"));
}

fn core() -> Model {
    zhike_model::pack::read(&zhike_model::pack::shipped_packs()).expect("the packs are right")
}
