//! `kill -9` at random moments of an import: started again, it ends as one that nobody disturbed, and nothing is there twice.

use std::{
    fmt::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use zhike_tests::{Site, both};

/// Kills of a normal run; `ZHIKE_KILLS=50` is the full size.
const KILLS: usize = 6;
/// Kills that one import suffers before it may end.
const KILLS_AN_IMPORT: usize = 5;
const ROWS: usize = 7_000;

/// A list in which customers come back, with other people.
fn list() -> String {
    let mut text = String::from("客户名称,统一社会信用代码,联系人,手机,电话,省市,创建日期,备注\n");
    let (places, trades, names) = (
        ["青岛", "济南", "泸州", "黑河"],
        ["贸易", "食品", "机械", "科技", "物流"],
        ["王芳", "李强", "张伟", "刘洋", "陈静", "赵磊", "孙娜"],
    );
    for row in 0..ROWS {
        let customer = (row * 7919) % (ROWS * 2 / 3);
        let (place, trade) = (places[customer % 4], trades[customer % 5]);
        let (name, mobile) = (names[row % 7], 13_800_000_000_u64 + (row as u64 * 37) % 90_000_000);
        let phone = if customer.is_multiple_of(3) { format!("0532-8{customer:07}") } else { String::new() };
        let day = 1 + row % 28;
        writeln!(
            text,
            "{place}第{customer}号{trade}有限公司,,{name},{mobile},{phone},{place},2023年5月{day}日,第{row}行"
        )
        .expect("a string takes what is written");
    }
    text
}

/// What is in the database, as far as two imports of one list must agree.
fn content(site: &Site) -> Vec<Vec<String>> {
    let lists = [
        ("account", "name,number,phone,region,created_at,remark,contact_count,interaction_count"),
        ("contact", "name,account,mobile"),
    ];
    lists
        .map(|(object, fields)| {
            let out = site.path(&format!("{object}.csv"));
            let path = out.to_string_lossy().into_owned();
            let _said = site.zhike(&["export", object, "--fields", fields, "--out", &path]).succeeded();
            let mut lines: Vec<String> =
                std::fs::read_to_string(out).expect("the export is there").lines().map(str::to_owned).collect();
            lines.sort();
            lines
        })
        .into()
}

#[expect(clippy::disallowed_methods, reason = "the size of the test is the caller's to choose")]
fn kills() -> usize {
    std::env::var("ZHIKE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

#[expect(clippy::disallowed_methods, reason = "a kill comes at a moment, not at an event")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

both!(killed_at_any_moment_it_ends_as_if_undisturbed, |site| {
    let undisturbed = Site::new(site.engine());
    let file = undisturbed.file("customers.csv", list());
    let import = ["import", "account", file.to_str().expect("a plain path"), "--on-duplicate", "update"];
    let started = Instant::now();
    let _said = undisturbed.zhike(&import).succeeded();
    let whole = started.elapsed();
    let expected = content(&undisturbed);

    // xorshift: the moments need not be good random numbers, only everywhere
    let mut random = 0x2545_f491_4f6c_dd1d_u64 ^ u64::from(std::process::id());
    let mut moment = |longest: Duration| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        longest.mul_f64((random % 1_000) as f64 / 1_000.0)
    };
    let mut left = kills();
    while left > 0 {
        let site = Site::new(site.engine());
        for _ in 0..KILLS_AN_IMPORT.min(left) {
            let mut child =
                site.command(&import).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
            pause(moment(whole / 2));
            child.kill().expect("it is killed");
            let _status = child.wait().expect("it has ended");
            left -= 1;
        }
        let _said = site.zhike(&import).succeeded();
        let found = content(&site);
        for (found, expected) in found.iter().zip(&expected) {
            let missing = expected.iter().find(|line| found.binary_search(line).is_err());
            let extra = found.iter().find(|line| expected.binary_search(line).is_err());
            assert_eq!((found.len(), missing, extra), (expected.len(), None, None));
        }
        let again = site.zhike(&import).succeeded();
        assert!(
            again.stdout.lines().any(|line| line.trim() == "0  created"),
            "a second run makes nothing:\n{}",
            again.stdout
        );
        let _said = site.zhike(&["doctor"]).succeeded();
    }
});
