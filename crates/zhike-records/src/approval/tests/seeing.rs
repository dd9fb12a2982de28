//! Who sees what of a request.

use super::*;
use crate::{ApprovalQuery, FieldState, WhichApprovals};

#[test]
fn who_signs_sees_the_facts_and_not_the_record() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![step(users(&[&office.cai]), ApprovalSign::All), manager(1)])).await;
        site.engine
            .attach(&office.fang, "account", office.account, "报价.txt", b"text".to_vec())
            .await
            .expect("a file");
        let asked = office.asks(&site).await;
        let seen = site.engine.approval(&office.cai, asked.id).await.expect("asked of them");
        assert!(!seen.sees_record && seen.may.seat.is_some());
        assert_eq!(seen.before.value("name").as_text(), Some("青岛海尔电器有限公司"));
        assert_eq!(seen.before.state("remark"), FieldState::Unread, "what was not kept is not shown");
        assert_eq!(seen.files.len(), 1);
        site.engine.approval_file(&office.cai, asked.id, seen.files[0].id).await.expect("read while asked");
        let record = site.engine.read(&office.cai, "account", office.account).await;
        assert!(matches!(record, Err(Error::NotFound)), "{record:?}");
        let other = site.engine.approval(&office.wu, asked.id).await;
        assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
        done(&site, &office.cai, &asked, ApprovalAct::Approve).await;
        let after = site.engine.approval(&office.cai, asked.id).await.expect("what one signed one may read again");
        assert!(after.files.is_empty() && after.may.seat.is_none());
        let file = site.engine.approval_file(&office.cai, asked.id, seen.files[0].id).await;
        assert!(matches!(file, Err(Error::NotFound)), "{file:?}");
        let manager = site.engine.approval(&office.li, asked.id).await.expect("hers to sign");
        assert!(manager.sees_record);
    });
}

#[test]
fn the_lists_hold_what_is_to_sign_what_one_asked_for_and_what_one_dealt_with() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1)])).await;
        let asked = office.asks(&site).await;
        let count = async |actor: &Actor, which| site.engine.approvals_count(actor, which).await.expect("counted");
        assert_eq!(count(&office.li, WhichApprovals::ToSign).await, 1);
        assert_eq!(count(&office.fang, WhichApprovals::Mine).await, 1);
        assert_eq!(count(&office.li, WhichApprovals::Handled).await, 0);
        done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert_eq!(count(&office.li, WhichApprovals::ToSign).await, 0);
        assert_eq!(count(&office.li, WhichApprovals::Handled).await, 1);
        assert_eq!(count(&office.wu, WhichApprovals::All).await, 0);
        let about = ApprovalQuery { record: Some(office.account), limit: 10, ..ApprovalQuery::default() };
        assert_eq!(site.engine.approvals(&office.li, &about).await.expect("a list").approvals.len(), 1);
        assert_eq!(site.engine.approvals(&office.wu, &about).await.expect("a list").approvals.len(), 0);
    });
}
