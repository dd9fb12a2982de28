//! `zhike duplicates`: an office's list, and the pairs found in it.

use std::collections::BTreeSet;

use zhike_tests::{Site, both};

/// Rows 2 to 9: 2, 3 and 4 are one company; 5 is its branch; 6 and 7 meet in the import already; 8 and 9 share a brand alone.
const LIST: &str = "客户名称,统一社会信用代码,联系人,手机,电话,省市,行业
北京海岳华为技术有限公司,,王芳,13800001111,010-62345678,北京市,技术
海岳华为技术（北京）有限公司,,王芳,+86 138-0000-1111,,北京,技术
北京市海岳华为技术有限责任公司,,王总,,(010)62345678,,
北京海岳华为技术有限公司深圳分公司,,李强,13900002222,0755-81234567,广东省深圳市,技术
青岛东麓食品有限公司,,赵敏,13700003333,,山东省青岛市,食品
青岛东麓食品有限责任公司,,孙磊,13700004444,,青岛市,食品
成都云岫酒业有限公司,,周洋,13600005555,028-81112222,四川省成都市,酒业
大连云岫机械有限公司,,吴杰,13500006666,0411-83334444,辽宁省大连市,机械
";

/// Band and rows of each line.
fn pairs(site: &Site) -> BTreeSet<(String, u32, u32)> {
    let out = site.path("pairs.csv");
    let _said = site.zhike(&["duplicates", "export", "--out", out.to_str().expect("a plain path")]).succeeded();
    let text = std::fs::read_to_string(out).expect("the file is there");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("left_id,right_id,score,band,reasons,left_row,right_row"));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let score: f64 = fields[2].parse().expect("a number");
            assert!((0.0..=1.0).contains(&score), "{line}");
            assert!(!fields[4].is_empty(), "it says why: {line}");
            let row = |at: usize| fields[at].parse::<u32>().expect("a row");
            (fields[3].to_owned(), row(5).min(row(6)), row(5).max(row(6)))
        })
        .collect()
}

both!(pairs_of_one_list_come_with_their_rows, |site| {
    let file = site.file("list.csv", LIST);
    let _said = site.zhike(&["import", "account", file.to_str().expect("a plain path")]).succeeded();
    let found = pairs(site);
    let same: BTreeSet<(u32, u32)> =
        found.iter().filter(|(band, ..)| band == "same").map(|(_, left, right)| (*left, *right)).collect();
    assert_eq!(same, BTreeSet::from([(2, 3), (2, 4), (3, 4), (6, 7)]), "{found:?}");
    assert!(found.iter().all(|(_, left, right)| (*left, *right) != (8, 9) && *left != 5 && *right != 5), "{found:?}");
    let said = site.zhike(&["duplicates", "scan"]).succeeded();
    assert!(said.stdout.contains('7'), "seven customers were looked at: {}", said.stdout);
});

both!(nothing_to_compare_is_said_plainly, |site| {
    assert_eq!(pairs(site), BTreeSet::new());
    let said = site.zhike(&["duplicates", "scan", "task"]).ended_with(1);
    assert!(said.stderr.contains("查重") || said.stderr.contains("compare"), "{}", said.stderr);
});
