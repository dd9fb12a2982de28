use super::{Content, guess};

#[test]
fn columns_of_a_real_list() {
    let columns: &[(Option<Content>, &[&str])] = &[
        (
            Some(Content::CompanyName),
            &["青岛海尔电器有限公司", "艾诚公司", "锦天城律师事务所", "天津丝路英雄会展服务有限公司 ", "老王五金店"],
        ),
        (
            Some(Content::CreditCode),
            &["", "91350100M000100Y43", "914403001922038216", "91110000802100433B", "91110000802100433C"],
        ),
        (Some(Content::PersonName), &["杨斌兰", "刘杰", "宋总", "高先生", "欧阳娜娜", "阿黄"]),
        (Some(Content::Mobile), &["86-13702055903", "18857739853", "199 8265 5597", "137-0747-5646", ""]),
        (Some(Content::Phone), &["020-29817114", "0531-64116902", "08518344792", "", "400-810-8888", "13812346138"]),
        (Some(Content::Email), &["hmcseuu@sina.com", " nsujs@sina.com", "", "c@qq.com", "a@b"]),
        (Some(Content::Region), &["陕西省西安市", "广东省广州市", "遵义", "天津市", "山东青岛"]),
        (Some(Content::Date), &["2021.9.20", "2025-10-29", "2022/06/13", "2023年5月1日", "不详"]),
        (Some(Content::Date), &["20230501", "20221231"]),
        (Some(Content::DateTime), &["2023-05-01 14:30", "2023/5/1 2:30 PM"]),
        (Some(Content::IdNumber), &["11010519491231002X", "440524188001010014"]),
        (Some(Content::Number), &["12", "3.5", "1,234", "100"]),
        (Some(Content::Money), &["￥1,234.50", "3.5万", "100元"]),
        (Some(Content::Percent), &["12%", "3.5%"]),
        (Some(Content::Boolean), &["是", "否", "否"]),
        (Some(Content::Boolean), &["1", "0", "1"]),
        (Some(Content::Url), &["www.haier.com", "https://huawei.com/cn"]),
        (None, &["www.haier.com", "https://huawei.com/cn", "没有"]),
        (None, &["展会", "合作伙伴", "电话", "广告", "老客户", "官网"]),
        (None, &["", " ", "-"]),
        (None, &[]),
    ];
    for (wanted, samples) in columns {
        assert_eq!(guess(samples), *wanted, "{samples:?}");
    }
}

#[test]
fn the_share_decides() {
    assert_eq!(guess(&["12%", "5%", "7%", "5%", "7%", "5%", "7%", "x", "y", "z"]), Some(Content::Percent));
    assert_eq!(guess(&["12%", "5%", "7%", "5%", "7%", "5%", "w", "x", "y", "z"]), None);
}
